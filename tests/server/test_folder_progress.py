"""A folder of one's own behind the server: read from its start on, with progress for clients that ask for it."""

import asyncio
import threading
from pathlib import Path
from typing import Any

import pytest
from mcp.client import Client

from scenario_mcp.sandbox.own_catalogue import background
from scenario_mcp.sandbox.own_catalogue.file_count import FileCount
from scenario_mcp.sandbox.own_catalogue.ingest import index_folder
from scenario_mcp.sandbox.own_catalogue.report import IngestReport
from scenario_mcp.server.app import build_server
from scenario_mcp.settings import Sandbox, Settings
from tests.support.folders import draw, wait_for_readings
from tests.support.hosted import result_of, serving
from tests.support.raw_stdio import call

PATIENCE_SECONDS = 30


class FourFiles(FileCount):
    """A count that is done at once."""

    def start(self) -> None:
        self.files = 4


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    for number in range(4):
        draw(tmp_path / "art" / f"castle_{number}.png")
    return tmp_path / "art"


async def test_the_folder_is_read_before_the_first_search(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    begun = threading.Event()

    def index(*arguments: Any) -> IngestReport:
        begun.set()
        return index_folder(*arguments)

    monkeypatch.setattr(background, "index_folder", index)
    async with Client(build_server(Settings(upstream=Sandbox((str(folder),))))) as client:
        await client.list_tools()
        assert await asyncio.to_thread(begun.wait, PATIENCE_SECONDS)


async def test_a_search_that_waits_for_the_folder_reports_how_far_it_is(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(background, "FIRST_WAIT_SECONDS", PATIENCE_SECONDS)
    monkeypatch.setattr(background, "FileCount", FourFiles)
    heard: list[tuple[float, float | None, str | None]] = []
    told = threading.Event()

    def index_slowly(folder: Path, store: Any, on_progress: Any) -> IngestReport:
        on_progress(IngestReport(new=1))
        assert told.wait(PATIENCE_SECONDS)
        return index_folder(folder, store, on_progress)

    async def hear(progress: float, total: float | None, message: str | None) -> None:
        heard.append((progress, total, message))
        if message:
            told.set()

    monkeypatch.setattr(background, "index_folder", index_slowly)
    async with Client(build_server(Settings(upstream=Sandbox((str(folder),))))) as client:
        await client.call_tool("search_assets", {"query": "castle"}, progress_callback=hear)
    assert heard[0] == (0.0, 1.0, None)
    assert (0.25, 1.0, "Reading the catalogue: 1 of about 4 files") in heard
    assert heard[-1] == (1.0, 1.0, None)


async def test_callers_over_http_read_no_path_of_an_index_that_cannot_be_kept(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").write_text("x", "utf-8")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    wait_for_readings(monkeypatch)
    async with serving(Settings(upstream=Sandbox((str(folder),)))) as service:
        assert caplog.messages[0].startswith(
            f"The index of the catalogue cannot be kept in {tmp_path}/file/scenario-mcp/catalogues: Not a directory."
        )
        answers = [await service.post(call(1, "search_assets", query=query)) for query in ("castle", "zebra")]
        draw(folder / "zebra.png")
        monkeypatch.setattr(background, "FRESH_SECONDS", 0)
        monkeypatch.setattr(background, "LOOKS_SHARE", 0)
        answers.append(await service.post(call(1, "search_assets", query="zebra")))
    assert [result_of(each)["structuredContent"]["returned"] for each in answers] == [4, 0, 1]
    assert not any(str(tmp_path) in each.text for each in answers)
