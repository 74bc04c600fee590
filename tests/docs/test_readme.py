"""What the documents claim, held against the code."""

import json
import re
from pathlib import Path

import pytest

from scenario_mcp import settings
from scenario_mcp.http_server import settings as hosted_settings
from scenario_mcp.http_server.settings import HttpSettings
from scenario_mcp.server.tools import TOOLS
from scenario_mcp.settings import Settings

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text("utf-8")
SETTINGS = (ROOT / "docs" / "settings.md").read_text("utf-8")
DOCUMENTS = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]


def _first_cells(heading: str, page: str = README) -> list[str]:
    """Return the code spans in the first column of the table under a heading's row."""
    rows = page[page.index(f"| {heading} |") :].split("\n\n", maxsplit=1)[0].splitlines()[2:]
    return [span for row in rows for span in re.findall(r"`([^`]+)`", row.split("|")[1])]


def test_it_is_short() -> None:
    assert len(README.splitlines()) < 180


def test_the_example_configuration_is_shown_as_it_is() -> None:
    page = (ROOT / "docs" / "start-artist.md").read_text("utf-8")
    shown = re.search(r"<!-- file: claude_config.example.json -->\n```json\n(.*?)```", page, re.DOTALL)
    assert shown
    assert json.loads(shown[1]) == json.loads((ROOT / "claude_config.example.json").read_text("utf-8"))


def test_its_two_commands_stand_where_the_continuous_integration_takes_them_from() -> None:
    for name, last in (("demo", "scenario-mcp demo"), ("tests", "python -m pytest -n auto")):
        block = re.search(rf"<!-- command: {name} -->\n```sh\n(.+)\n```", README)
        assert block
        assert block[1].startswith("python3 -m venv .venv && ")
        assert block[1].endswith(f"&& .venv/bin/{last}")


def test_its_command_for_windows_is_the_same_line_by_line() -> None:
    posix = re.search(r"<!-- command: demo -->\n```sh\n(.+)\n```", README)
    windows = re.search(r"(?s)<!-- command: demo on Windows -->\n```powershell\n(.+?)\n```", README)
    assert posix
    assert windows
    translated = posix[1].replace("python3 ", "py ").replace(".venv/bin/", ".venv\\Scripts\\")
    assert windows[1].splitlines() == translated.split(" && ")


def test_it_names_every_tool() -> None:
    asked = README.partition("## Ask")[2].partition("\n## ")[0]
    assert re.findall(r"`([a-z]+_[a-z_]+)`", asked) == [*TOOLS]


def test_each_figure_of_its_first_screen_stands_in_the_page_that_it_names() -> None:
    first_screen = README.partition("## ")[0]
    claims = re.findall(r"(?s)- \*\*.+?(?=\n- |\n\n)", first_screen)
    assert len(claims) == 3
    for claim in claims:
        sources = "".join((ROOT / path).read_text("utf-8") for path in re.findall(r"\]\(([^)#]+)", claim))
        figures = re.findall(r"\d[\d.,]*(?<![.,])(?: of \d+)?", re.sub(r"\]\([^)]*\)", "", claim))
        assert figures
        assert [figure for figure in figures if figure not in sources] == []


def test_its_settings_are_those_of_the_page_of_settings() -> None:
    in_readme = set(_first_cells("Environment variable"))
    assert in_readme
    assert in_readme <= set(_first_cells("Environment variable", SETTINGS))


def test_the_page_of_settings_lists_each_with_its_default() -> None:
    source = Path(settings.__file__).read_text("utf-8")
    in_code = set(re.findall(r'"(SCENARIO_[A-Z_]+)"', source)) - {"SCENARIO_API_KEY", "SCENARIO_API_SECRET"}
    assert set(_first_cells("Environment variable", SETTINGS)) == in_code
    for default in (settings.BASE_URL, *settings.CDN_HOSTS, f"{settings.TIMEOUT_SECONDS:g}", Settings().log_level):
        assert f"| `{default}` |" in SETTINGS


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_every_link_to_a_file_leads_somewhere(path: Path) -> None:
    for target in re.findall(r"\]\((?!https?://|#)([^)#]+)", path.read_text("utf-8")):
        assert (path.parent / target).exists(), target


def test_the_hosting_page_lists_every_setting_of_the_server_over_http_with_its_default() -> None:
    page = (ROOT / "docs" / "hosting.md").read_text("utf-8")
    table = page.partition("<!-- settings: begin -->")[2].partition("<!-- settings: end -->")[0]
    listed = dict(re.findall(r"^\| `(SCENARIO_MCP_[A-Z_]+)` \| `?([^|`]+?)`? \|", table, re.MULTILINE))
    assert set(listed) == set(hosted_settings.NAMES)
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
