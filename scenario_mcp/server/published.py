"""The tools as they are published: made from their models beforehand, so that a list of them builds no schema.

`python -m scripts.published` writes `published.json`; a test compares it with the models.
"""

import json
from functools import cache
from importlib.resources import files
from typing import Any

FILE = "published.json"


def tools(*, of_own_files: bool) -> list[dict[str, Any]]:
    """Return the tools as MCP lists them, in their order; where an own catalogue is searched, with a word on that."""
    return _read()["ofOwnFiles" if of_own_files else "tools"]


@cache
def _read() -> dict[str, list[dict[str, Any]]]:
    published: dict[str, Any] = json.loads((files(__package__) / FILE).read_text("utf-8"))
    besides = published["besides"]
    of_own_files = [
        {**tool, "description": f"{tool['description']} {besides[tool['name']]}"} if tool["name"] in besides else tool
        for tool in published["tools"]
    ]
    return {"tools": published["tools"], "ofOwnFiles": of_own_files}
