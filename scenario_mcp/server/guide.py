"""The guide to searching, written for a model: fields, operators, and what is easy to guess wrong."""

from importlib.resources import files

from scenario_mcp.api.filter_fields import ASSET_FILTER_FIELDS, MODEL_FILTER_FIELDS
from scenario_mcp.api.requests import AssetSearch, ModelSearch
from scenario_mcp.filters.field_types import FilterFields

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


def _listed(fields: FilterFields) -> str:
    return "\n".join(f"- {field.name}: {field.meaning}" for field in fields.values())
