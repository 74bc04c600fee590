"""A folder that an earlier process has read: what the first search of a new one does without."""

import subprocess
import sys
from pathlib import Path

import pytest

from scenario_mcp.sandbox.own_catalogue.background import BackgroundIngest
from tests.support.folders import draw, write

PATIENCE_SECONDS = 30
SEARCH = """
import asyncio, sys
from pathlib import Path
import httpx
from scenario_mcp.sandbox.app import create_app
from scenario_mcp.sandbox.own_catalogue.background import BackgroundIngest

async def search(app, **body):
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://sandbox", auth=("sandbox", "sandbox")) as client:
        answer = await client.post("/v1/search/assets", json=body)
    return [hit["metadata"]["name"] for hit in answer.json()["hits"]]

def heavy():
    modules = ("PIL", "scenario_mcp.sandbox.own_catalogue.generators.reading")
    return [name for name in modules if name in sys.modules]

with BackgroundIngest(Path(sys.argv[1])) as ingest:
    assert ingest.wait(60)
    app = create_app(ingest.catalogue)
    assert ingest._describer._idle.wait(60)
    print(asyncio.run(search(app, query="knight")), heavy(), ingest._count.files)
    print(asyncio.run(search(app, query="knight", querySemanticRatio=1)), heavy())
"""


@pytest.mark.processes
def test_the_first_search_by_words_imports_nothing_that_reads_pictures_and_counts_no_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    folder = tmp_path / "art"
    draw(folder / "brave_knight.png")
    write(folder / "knights.txt", "all knights")
    with BackgroundIngest(folder) as ingest:
        assert ingest.wait(PATIENCE_SECONDS)
        assert ingest._describer._idle.wait(PATIENCE_SECONDS)
    finished = subprocess.run(  # noqa: S603  # our own words
        [sys.executable, "-c", SEARCH, str(folder)], capture_output=True, text=True, timeout=60, check=True
    )
    assert finished.stdout.splitlines() == ["['knights', 'brave knight'] [] 0", "['knights', 'brave knight'] ['PIL']"]
