"""The guide to searching, written for a model: fields, operators, and what is easy to guess wrong."""

from collections.abc import Mapping
from importlib.resources import files

from scenario_mcp.api.filter_fields import ASSET_FILTER_FIELDS, MODEL_FILTER_FIELDS
from scenario_mcp.api.requests import AssetSearch, ModelSearch

URI = "scenario://guide/search"


def text() -> str:
    """Return the guide as Markdown, with the fields of the request models."""
    return (
        (files(__package__) / "guide.md")
        .read_text("utf-8")
        .format(
            asset_fields=_listed(ASSET_FILTER_FIELDS),
            model_fields=_listed(MODEL_FILTER_FIELDS),
            asset_sort=", ".join(AssetSearch.sort_fields),
            model_sort=", ".join(ModelSearch.sort_fields),
        )
    )


def _listed(fields: Mapping[str, str]) -> str:
    return "\n".join(f"- {name}: {meaning}" for name, meaning in fields.items())
