"""A folder of one's own behind the server, behind the sandbox on a port, and in the terminal."""

import io
import json
import os
import re
import sys
import threading
from pathlib import Path
from typing import Any

import anyio.to_thread
import httpx
import pytest
from mcp.client import Client
from mcp.client.stdio import StdioServerParameters, stdio_client
from rich.console import Console

from scenario_mcp import cli
from scenario_mcp.api.requests import AssetSearch, ModelSearch
from scenario_mcp.backend import open_scenario
from scenario_mcp.rendering.hits import AssetPage, ModelPage
from scenario_mcp.sandbox.app import create_app
from scenario_mcp.sandbox.catalogue import Catalogue
from scenario_mcp.sandbox.engine.storage import Store
from scenario_mcp.sandbox.own_catalogue import background
from scenario_mcp.sandbox.own_catalogue.background import BackgroundIngest
from scenario_mcp.sandbox.own_catalogue.ingest import index_folder
from scenario_mcp.sandbox.own_catalogue.progress import open_folder
from scenario_mcp.sandbox.own_catalogue.report import IngestReport, counts_of
from scenario_mcp.server.tools.search import search_assets, search_models
from scenario_mcp.settings import Sandbox, Settings
from tests.sandbox.test_service import running
from tests.support.folders import draw, wait_for_readings, write, write_lines
from tests.support.forked import forked_command, run_forked

PATIENCE_SECONDS = 30


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Keep the indexes of these tests apart from the user's."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "pictures"
    draw(folder / "knights/brave_knight.png")
    draw(folder / "owl.gif", format="GIF")
    write(folder / "broken\x1b[31m.png", "x")
    return folder


@pytest.mark.parametrize("arguments", [["--catalogue", "DIR"], []])
async def test_a_folder_is_searched_by_option_and_by_setting(folder: Path, arguments: list[str]) -> None:
    environ = {**os.environ} if arguments else {**os.environ, "SCENARIO_MCP_CATALOGUE": str(folder)}
    command = forked_command(*(str(folder) if word == "DIR" else word for word in arguments))
    parameters = StdioServerParameters(command=command[0], args=command[1:], env=environ)
    async with Client(stdio_client(parameters, errlog=sys.stderr)) as client:
        result = await client.call_tool("search_assets", {"query": "knight"})
        with anyio.fail_after(PATIENCE_SECONDS):
            while "still being read" in str(result.content):  # on a busy machine
                result = await client.call_tool("search_assets", {"query": "knight"})
        assert result.structured_content is not None
        (hit,) = result.structured_content["hits"]
        assert (hit["name"], hit["tags"]) == ("brave knight", "knights")
        (contents,) = (await client.read_resource(hit["uri"])).contents
        assert contents.mime_type == "image/webp"


def test_the_sandbox_on_a_port_serves_a_folder(folder: Path) -> None:
    with running(f"port=0, is_quiet=True, folders=[__import__('pathlib').Path({str(folder)!r})]") as (process, lines):
        base_url = lines[1].removeprefix("SCENARIO_BASE_URL=")
        body = {"filter": "kind = image AND tags = knights"}
        (hit,) = httpx.post(f"{base_url}/search/assets", json=body, auth=("sandbox", "sandbox")).json()["hits"]
        picture = httpx.get(hit["url"] + "&width=32&format=webp")
        assert picture.headers["content-type"] == "image/webp"
        process.terminate()
        assert process.wait(PATIENCE_SECONDS) == 0
        assert process.stderr is not None
        assert process.stderr.read() == (
            "Catalogue: 2 new, 1 broken.\n  broken[31m.png is not a picture that can be read\n"
        )


def test_the_command_line_serves_and_exports_a_folder(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    served: list[object] = []
    monkeypatch.setattr("scenario_mcp.sandbox.service.serve", lambda **options: served.append(options["folders"]))
    assert cli.run(["sandbox", "--catalogue", str(folder)], {}) == 0
    assert cli.run(["sandbox"], {"SCENARIO_MCP_CATALOGUE": str(folder)}) == 0
    assert cli.run(["--catalogue", str(folder), "sandbox"], {}) == 0
    assert cli.run(["sandbox", "--catalogue", str(folder), "--catalogue", str(tmp_path)], {}) == 0
    assert cli.run(["sandbox"], {}) == 0
    assert served == [[folder], [folder], [folder], [folder, tmp_path], []]

    assert (
        cli.run(["--catalogue", str(folder), "export", str(tmp_path / "out"), "--query", "knight", "--assets"], {}) == 0
    )
    assert f"Saved 1 asset in {tmp_path}/out.\n" in capsys.readouterr().err
    assert cli.run(["--sandbox", "export", str(tmp_path / "all"), "--most", "2", "--no-pictures"], {}) == 0
    assert sorted(path.name for path in (tmp_path / "all").iterdir()) == [
        "assets.jsonl",
        "collections.jsonl",
        "media",
        "models.jsonl",
    ]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (
            ["--catalogue", "/nowhere/at/all"],
            "The catalogue '/nowhere/at/all' is not a folder. Give --catalogue the path of an existing one.\n",
        ),
        (
            ["--catalogue", "a\x1b[31m"],
            "The catalogue 'a\\x1b[31m' is not a folder. Give --catalogue the path of an existing one.\n",
        ),
        (["--catalogue", "~nobody-of-this-name/x"], "The catalogue '~nobody-of-this-name/x' is not a folder. Give"),
        (["export", "x", "--filter", "kind = image"], "A filter is either of assets or of models: add --assets or"),
        (["export", "x", "--most", "0"], "--most must be at least 1."),
    ],
)
def test_what_cannot_be_meant_is_refused(
    arguments: list[str], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.run(arguments, {}) == 2
    assert capsys.readouterr().err.startswith(f"scenario-mcp: {sentence}")


async def test_a_search_says_that_the_folder_is_still_being_read(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(background, "FIRST_WAIT_SECONDS", 0.0)
    may_end = threading.Event()

    def index_slowly(*arguments: Any) -> IngestReport:
        assert may_end.wait(PATIENCE_SECONDS)
        return index_folder(*arguments)

    monkeypatch.setattr(background, "index_folder", index_slowly)
    async with open_scenario(Settings(upstream=Sandbox((str(folder),)))) as scenario:
        page = (await search_assets(scenario, AssetSearch(query="knight"))).page
        assert isinstance(page, AssetPage)
        assert (page.note or "").startswith(
            "The catalogue is still being read: 0 files so far. Repeat the search later"
        )
        models = (await search_models(scenario, ModelSearch(query="knight"))).page
        assert isinstance(models, ModelPage)
        assert (models.note or "").startswith("The catalogue is still being read: 0 files so far.")
        may_end.set()
        reading = scenario.reading
        assert isinstance(reading, BackgroundIngest)
        assert await anyio.to_thread.run_sync(reading.wait, PATIENCE_SECONDS)
        page = (await search_assets(scenario, AssetSearch(query="knight"))).page
        assert isinstance(page, AssetPage)
        assert (page.returned, page.note) == (1, None)


async def test_a_search_of_an_empty_folder_says_that_it_is_empty(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wait_for_readings(monkeypatch)
    (tmp_path / "empty").mkdir()
    async with open_scenario(Settings(upstream=Sandbox((str(tmp_path / "empty"),)))) as scenario:
        page = (await search_assets(scenario, AssetSearch(query="zebra"))).page
    assert isinstance(page, AssetPage)
    assert (page.note or "").startswith("The catalogue's folder is empty. No hits.")


@pytest.mark.parametrize("is_terminal", [True, False])
def test_a_bar_is_drawn_on_a_terminal_only(folder: Path, is_terminal: bool) -> None:  # noqa: FBT001  # pytest's
    console = Console(file=io.StringIO(), force_terminal=is_terminal, width=120, highlight=False)
    for _ in range(2):
        with open_folder(folder, console) as catalogue:
            assert len(catalogue.assets) == 2
    shown = console.file.getvalue()  # type: ignore[attr-defined]  # the StringIO above
    assert ("Reading the catalogue" in shown) == is_terminal
    assert "\x1b[31m.png" not in shown
    if not is_terminal:
        assert shown == (
            "Catalogue: 2 new, 1 broken.\n  broken[31m.png is not a picture that can be read\n"
            "Catalogue: 2 unchanged, 1 broken.\n  broken[31m.png is not a picture that can be read\n"
        )


def test_an_empty_folder_and_many_problems_are_told_in_few_lines(tmp_path: Path) -> None:
    assert counts_of(IngestReport()) == "nothing found"
    assert counts_of(IngestReport(new=1_234, removed=2)) == "1,234 new, 2 removed"
    folder = tmp_path / "pictures"
    for number in range(30):
        write(folder / f"{number}.png", "x")
    console = Console(file=io.StringIO(), width=200, highlight=False)
    with open_folder(folder, console):
        pass
    shown = console.file.getvalue().splitlines()  # type: ignore[attr-defined]  # the StringIO above
    assert len(shown) == 23
    assert shown[-2:] == [
        "  and 10 more, in the table `files` of the index",
        "  By reason: is not a picture that can be read (30)",
    ]


def test_the_index_of_one_folder_is_not_that_of_another(folder: Path, tmp_path: Path) -> None:
    write_lines(tmp_path / "other", {"id": "asset_1"})
    console = Console(file=io.StringIO())
    with open_folder(folder, console) as first, open_folder(tmp_path / "other", console) as second:
        assert len(first.assets) == 2
        assert list(second.assets) == ["asset_1"]


def test_the_module_lists_the_commands() -> None:
    finished = run_forked("--help")
    assert finished.returncode == 0
    assert "--catalogue DIR" in finished.stdout
    assert "export" in finished.stdout


async def test_the_example_of_the_documentation_works(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir(exist_ok=True)
    text = (Path(__file__).parents[3] / "docs/own-catalogue.md").read_text("utf-8")
    blocks = dict(re.findall(r"`(\w+\.jsonl)`:\n```json\n(.*?)```", text, re.DOTALL))
    assert set(blocks) == {"assets.jsonl", "models.jsonl"}
    for name, lines in blocks.items():
        write(folder / name, lines)
    draw(folder / "characters/gate_knight.png", (768, 1024))
    console = Console(file=io.StringIO())
    with open_folder(folder, console) as catalogue:
        assert console.file.getvalue() == "Catalogue: 3 new.\n"  # type: ignore[attr-defined]  # the StringIO above
        metadata = catalogue.assets["asset_gate_knight"]["metadata"]
        assert isinstance(metadata, dict)
        assert (metadata["width"], metadata["prompt"]) == (768, "a knight guards a gate at dusk")


@pytest.mark.parametrize(
    ("lines", "own", "public"),
    [
        (  # hits of an account: its project is who owns something private
            [("a", "proj_real", "private"), ("b", "proj_real", "public"), ("c", "proj_else", "public")],
            ["a", "b"],
            ["b", "c"],
        ),
        ([("a", "proj_else", "public"), ("b", "proj_more", "public")], ["a", "b"], ["a", "b"]),
        ([("a", "proj_sandbox", "public"), ("b", "proj_else", "public")], ["a"], ["a", "b"]),
        ([("a", "proj_one", "private"), ("b", "proj_two", "unlisted")], ["a", "b"], []),
    ],
)
async def test_in_a_folder_of_ones_own_the_private_is_ones_own(
    tmp_path: Path, lines: list[tuple[str, str, str]], own: list[str], public: list[str]
) -> None:
    text = "".join(
        json.dumps({"id": key, "ownerId": owner, "privacy": privacy, "tags": ["x"]}) + "\n"
        for key, owner, privacy in lines
    )
    (tmp_path / "assets.jsonl").write_text(text, "utf-8")
    with Store.open() as store:
        index_folder(tmp_path, store)
        app = create_app(Catalogue.of_store(store, tmp_path))
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(app), base_url="http://localhost/v1", auth=("sandbox", "sandbox")
        ) as http:
            for is_public, expected in ((False, own), (True, public)):
                answer = await http.post("/search/assets", json={"filter": "tags = x", "public": is_public})
                assert [hit["id"] for hit in answer.json()["hits"]] == expected
            for key, _, _ in lines:
                assert (await http.get(f"/assets/{key}")).status_code == 200
