"""Names and figures of README.md and docs/, held against the code."""

import importlib.util
import json
import re
import tomllib
from pathlib import Path
from typing import get_args

import pytest

from scenario_mcp.api import requests
from scenario_mcp.cli import make_parser
from scenario_mcp.http_server.settings import AuthMethod
from scenario_mcp.rendering import hits
from scenario_mcp.server.tools import lookups, view_assets
from tests.docs.test_readme import DOCUMENTS, ROOT

PAGES = {path: path.read_text("utf-8") for path in DOCUMENTS if path.parent.name != "decisions"}
MISTAKES = {("doctor.md", "SCENARIO_MCP_TIMEOUT"), ("hosting.md", "SCENARIO_MCP_PORT")}
"""Variables that pages name to say that they are none."""
FIGURES = {
    "searching.md": (
        f"A page holds {requests.DEFAULT_LIMIT} hits unless `limit` says otherwise",
        f"A search reaches its first {requests.MAX_REACH:,} hits",
    ),
    "limits.md": (f"**The first {requests.MAX_REACH:,} hits**",),
    "tools.md": (f"at most {hits.MAX_HITS_BYTES:,} bytes of hits",),
    "pictures.md": (
        f"Pictures have at most {view_assets.DEFAULT_SIZE} pixels",
        f"`size` says otherwise ({view_assets.MAX_SIZE} at most)",
    ),
}


@pytest.mark.parametrize("page", FIGURES)
def test_its_figures_are_those_of_the_code(page: str) -> None:
    text = " ".join((ROOT / "docs" / page).read_text("utf-8").split())
    assert lookups.MAX_IDS == 8, "pages say: up to eight"
    assert [sentence for sentence in FIGURES[page] if sentence not in text] == []


def test_every_variable_that_is_named_exists() -> None:
    source = "".join(path.read_text("utf-8") for path in (ROOT / "scenario_mcp").rglob("*.py"))
    known = set(re.findall(r"\bSCENARIO_[A-Z_]*[A-Z]\b", source))
    named = {
        (path.name, name) for path, text in PAGES.items() for name in re.findall(r"\bSCENARIO_[A-Z_]*[A-Z]\b", text)
    }
    assert {(page, name) for page, name in named if name not in known} <= MISTAKES


def test_every_way_of_authentication_that_is_named_exists() -> None:
    named = {each for text in PAGES.values() for each in re.findall(r"SCENARIO_MCP_HTTP_AUTH=([\w-]+)", text)}
    assert named == {*get_args(AuthMethod)}


def test_every_extra_that_is_named_exists() -> None:
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["optional-dependencies"]
    named = {each for text in PAGES.values() for each in re.findall(r"(?:\.|scenario-mcp)\[(\w+)\]", text)}
    assert {"dev", "http"} <= named
    assert named <= set(extras)


def test_every_module_that_is_to_be_run_exists() -> None:
    modules = {each for text in PAGES.values() for each in re.findall(r"python -m ((?:scripts|benchmarks)\.\w+)", text)}
    files = {each for text in PAGES.values() for each in re.findall(r"python (benchmarks/\w+\.py)", text)}
    assert len(modules) > 5
    assert [each for each in modules if importlib.util.find_spec(each) is None] == []
    assert [each for each in files if not (ROOT / each).is_file()] == []


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_its_entries_for_hosts_start_with_arguments_that_are_read(path: Path) -> None:
    for block in re.findall(r"(?s)```json\n(\{\s*\"mcpServers\".*?)```", PAGES[path]):
        for entry in json.loads(block)["mcpServers"].values():
            if entry.get("command", "").endswith("scenario-mcp"):
                make_parser().parse_args(entry["args"])
