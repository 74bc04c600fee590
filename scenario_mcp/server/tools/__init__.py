"""The MCP tools, one file each: request, description, handler. A new tool is a file of its own and a line in `TOOLS`.

A handler asks `Scenario` and returns an `Answer`; it knows nothing of MCP.
"""

from collections.abc import Mapping
from typing import Any

from scenario_mcp.server.tools.get_models import GET_MODELS
from scenario_mcp.server.tools.list_tags_and_collections import LIST_TAGS_AND_COLLECTIONS
from scenario_mcp.server.tools.search import SEARCH_ASSETS, SEARCH_MODELS
from scenario_mcp.server.tools.tool import Tool
from scenario_mcp.server.tools.view_assets import VIEW_ASSETS

TOOLS: Mapping[str, Tool[Any]] = {
    tool.name: tool for tool in (SEARCH_ASSETS, SEARCH_MODELS, VIEW_ASSETS, GET_MODELS, LIST_TAGS_AND_COLLECTIONS)
}
"""By name, in the order in which they are listed."""
