"""Write what is published of the tools, from their models: `python -m scripts.published`. A test compares them."""

import json
from pathlib import Path

from scenario_mcp.server import published, results
from scenario_mcp.server.tools import TOOLS
from scenario_mcp.server.tools.search import OF_OWN_FILES, SEARCH_ASSETS

PATH = Path(published.__file__).with_name(published.FILE)


def text() -> str:
    """Return the file as it has to be: the tools as MCP lists them, and what is said besides of an own catalogue."""
    tools = [
        results.listed_tool(tool).model_dump(mode="json", by_alias=True, exclude_none=True) for tool in TOOLS.values()
    ]
    listed = {"tools": tools, "besides": {SEARCH_ASSETS.name: OF_OWN_FILES}}
    return json.dumps(listed, indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    PATH.write_text(text(), "utf-8")
