"""One reader for each tool, and how its answers are looked at."""

from collections.abc import Mapping
from typing import Any

import pytest

from scenario_mcp.api.requests import AssetSearch, ModelSearch
from scenario_mcp.errors import SearchRefused
from scenario_mcp.server.arguments import ArgumentReader
from scenario_mcp.server.tools.get_models import ModelsLookup
from scenario_mcp.server.tools.view_assets import AssetsView

ASSETS = ArgumentReader(AssetSearch)
MODELS = ArgumentReader(ModelSearch)
VIEW = ArgumentReader(AssetsView)
LOOKUP = ArgumentReader(ModelsLookup)


def read(raw: Mapping[str, Any], reader: ArgumentReader[Any] = ASSETS) -> dict[str, Any]:
    """Return the request that arguments become, as it is sent."""
    dumped: dict[str, Any] = reader.read(raw).model_dump(by_alias=True, exclude_none=True, mode="json")
    return dumped


def refusal(raw: Mapping[str, Any], reader: ArgumentReader[Any] = ASSETS) -> str:
    """Return why arguments are refused."""
    with pytest.raises(SearchRefused) as refused:
        reader.read(raw)
    return refused.value.message


def readings(raw: Mapping[str, Any]) -> tuple[str, ...]:
    """Return what is said of how the filter was read."""
    found = ASSETS.read(raw).filter
    assert found is not None
    return found.readings
