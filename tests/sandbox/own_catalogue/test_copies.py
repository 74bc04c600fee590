"""Files of one content are told."""

import io
import shutil
from pathlib import Path

import pytest
from mcp.client import Client

from scenario_mcp.sandbox.engine.storage import Store
from scenario_mcp.sandbox.own_catalogue.copies import digest_of
from scenario_mcp.sandbox.own_catalogue.file_documents import asset_id_of
from scenario_mcp.sandbox.own_catalogue.ingest import index_folder
from scenario_mcp.sandbox.own_catalogue.report import counts_of
from scenario_mcp.server.app import build_server
from scenario_mcp.settings import Sandbox, Settings
from tests.support.folders import draw, wait_for_readings, write


@pytest.mark.parametrize("size", [1, 1000, 64 * 1024, 64 * 1024 + 1, 300_000])
def test_a_change_at_the_beginning_the_end_or_of_the_size_is_another_content(size: int) -> None:
    content = bytes(range(251)) * (size // 251 + 1)
    first = digest_of(io.BytesIO(content[:size]))
    assert digest_of(io.BytesIO(content[:size])) == first
    for other in (b"?" + content[1:size], content[: size - 1] + b"?", content[:size] + b"\0"):
        assert digest_of(io.BytesIO(other)) != first
    assert digest_of(io.BytesIO()) == b""


def test_copies_are_counted_the_same_at_each_start(tmp_path: Path, store: Store) -> None:
    draw(tmp_path / "a.png")
    (tmp_path / "b").mkdir()
    shutil.copy(tmp_path / "a.png", tmp_path / "b/a.png")
    shutil.copy(tmp_path / "a.png", tmp_path / "b/again.png")
    draw(tmp_path / "other.png", (9, 9))
    for name in ("1.txt", "2.txt"):
        write(tmp_path / name, "")
    assert counts_of(index_folder(tmp_path, store)) == "6 new, 2 copies of others among them"
    assert counts_of(index_folder(tmp_path, store)) == "6 unchanged, 2 copies of others among them"
    (tmp_path / "b/a.png").unlink()
    assert counts_of(index_folder(tmp_path, store)) == "5 unchanged, 1 removed, 1 copy of others among them"


async def test_the_details_of_a_picture_name_its_copies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    wait_for_readings(monkeypatch)
    folder = tmp_path / "folder"
    draw(folder / "a.png")
    (folder / "b").mkdir()
    shutil.copy(folder / "a.png", folder / "b/a.png")
    async with Client(build_server(Settings(upstream=Sandbox((str(folder),))))) as client:
        await client.call_tool("search_assets", {"query": "a"})
        result = await client.call_tool("view_assets", {"assetIds": [asset_id_of("a.png")], "details": True})
    assert '"copies":["b/a.png"]' in str(result.content[0])
