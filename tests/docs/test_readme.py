"""What the documents claim, held against the code."""

import json
import re
from pathlib import Path

import pytest
from mcp.client import Client

from scenario_mcp import settings
from scenario_mcp.http_server import settings as hosted_settings
from scenario_mcp.http_server.settings import HttpSettings
from scenario_mcp.sandbox.faults import FAULTS
from scenario_mcp.server import guide
from scenario_mcp.server.app import build_server
from scenario_mcp.server.resources import TEMPLATES
from scenario_mcp.settings import Sandbox, Settings

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text("utf-8")
DOCUMENTS = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]


def _first_cells(heading: str) -> list[str]:
    """Return the code spans in the first column of the table under a heading's row."""
    rows = README[README.index(f"| {heading} |") :].split("\n\n")[0].splitlines()[2:]
    return [span for row in rows for span in re.findall(r"`([^`]+)`", row.split("|")[1])]


def test_it_is_short() -> None:
    assert len(README.splitlines()) < 200


def test_it_shows_the_example_configuration_as_it_is() -> None:
    shown = re.search(r"<!-- file: claude_config.example.json -->\n```json\n(.*?)```", README, re.DOTALL)
    assert shown
    assert json.loads(shown[1]) == json.loads((ROOT / "claude_config.example.json").read_text("utf-8"))


def test_its_two_commands_stand_where_the_continuous_integration_takes_them_from() -> None:
    for name, last in (("demo", "scenario-mcp demo"), ("tests", "python -m pytest -n auto")):
        block = re.search(rf"<!-- command: {name} -->\n```sh\n(.+)\n```", README)
        assert block
        assert block[1].startswith("python3 -m venv .venv && ")
        assert block[1].endswith(f"&& .venv/bin/{last}")


async def test_its_tables_list_every_tool_prompt_and_resource() -> None:
    async with Client(build_server(Settings(upstream=Sandbox()))) as client:
        assert _first_cells("Tool") == [tool.name for tool in (await client.list_tools()).tools]
        assert _first_cells("Prompt") == [prompt.name for prompt in (await client.list_prompts()).prompts]
    assert _first_cells("Resource") == [*(template.uri for template in TEMPLATES), guide.URI]


def test_its_table_lists_every_setting_with_its_default() -> None:
    source = Path(settings.__file__).read_text("utf-8")
    in_code = set(re.findall(r'"(SCENARIO_[A-Z_]+)"', source)) - {"SCENARIO_API_KEY", "SCENARIO_API_SECRET"}
    assert set(_first_cells("Environment variable")) == in_code
    for default in (settings.BASE_URL, *settings.CDN_HOSTS, f"{settings.TIMEOUT_SECONDS:g}", Settings().log_level):
        assert f"| `{default}` |" in README


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_every_link_to_a_file_leads_somewhere(path: Path) -> None:
    for target in re.findall(r"\]\((?!https?://|#)([^)#]+)", path.read_text("utf-8")):
        assert (path.parent / target).exists(), target


def test_it_lists_every_kind_of_failure_that_the_sandbox_can_show() -> None:
    listed = README[README.index("Faults: ") :].split("\n\n")[0]
    assert [kind for kind in re.findall(r"`([^`]+)`", listed) if kind != "Retry-After"] == list(FAULTS)


def test_the_hosting_page_lists_every_setting_of_the_server_over_http_with_its_default() -> None:
    page = (ROOT / "docs" / "hosting.md").read_text("utf-8")
    table = page.partition("<!-- settings: begin -->")[2].partition("<!-- settings: end -->")[0]
    listed = dict(re.findall(r"^\| `(SCENARIO_MCP_[A-Z_]+)` \| `?([^|`]+?)`? \|", table, re.MULTILINE))
    in_code = set(re.findall(r'"(SCENARIO_MCP_[A-Z_]+)"', Path(hosted_settings.__file__).read_text("utf-8")))
    assert set(listed) == in_code | {"SCENARIO_MCP_ACCESS_TOKENS"} - {"SCENARIO_MCP_SANDBOX"}
    default = HttpSettings()
    assert {
        name: listed[f"SCENARIO_MCP_{name}"]
        for name in ("HTTP_AUTH", "CALLS_PER_MINUTE", "CONCURRENT_CALLS_PER_CALLER")
    } == {
        "HTTP_AUTH": default.auth,
        "CALLS_PER_MINUTE": str(default.calls_per_minute),
        "CONCURRENT_CALLS_PER_CALLER": str(default.concurrent_calls_per_caller),
    }
    assert listed["SCENARIO_MCP_CONCURRENT_CALLS"] == str(default.concurrent_calls)
    assert listed["SCENARIO_MCP_SEARCH_CACHE_SECONDS"] == f"{default.search_cache_seconds:g}"
    assert listed["SCENARIO_MCP_DRAIN_SECONDS"] == f"{default.drain_seconds:g}"
