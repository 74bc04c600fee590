"""Indexing that is killed at random moments, again and again, ends as if nothing had happened."""

import random
import subprocess
import sys
from pathlib import Path

import pytest

from scenario_mcp.sandbox.catalogue import Catalogue
from scenario_mcp.sandbox.engine.indexes import OWN_INDEX_SETTINGS
from scenario_mcp.sandbox.engine.storage import Store
from scenario_mcp.sandbox.own_catalogue.ingest import index_folder
from scenario_mcp.sandbox.requests import SearchRequest
from scenario_mcp.sandbox.search import SearchIndex
from scenario_mcp.sandbox.similarity.visual.catalogue import CatalogueLooks
from tests.support.folders import counts, draw, media_path, stored, write, write_lines

PATIENCE_SECONDS = 60
PROGRAM = """if True:
    import os, signal, sys
    from pathlib import Path
    from scenario_mcp.sandbox.engine.indexes import OWN_INDEX_SETTINGS
    from scenario_mcp.sandbox.engine.storage import Store
    from scenario_mcp.sandbox.own_catalogue import file_ingest, jsonl_ingest
    from scenario_mcp.sandbox.own_catalogue.features import describe_new
    from scenario_mcp.sandbox.own_catalogue.ingest import index_folder
    from scenario_mcp.sandbox.catalogue import Catalogue
    file_ingest._BATCH = jsonl_ingest._BATCH = 3
    folder, index = Path(sys.argv[1]), Path(sys.argv[2])
    killed = 0
    for seconds in map(float, sys.argv[3:]):
        process = os.fork()
        if process == 0:
            signal.setitimer(signal.ITIMER_REAL, seconds)  # the alarm ends the process as SIGKILL does: at once
            with Store.open(index, OWN_INDEX_SETTINGS) as store:
                index_folder(folder, store)
                describe_new(Catalogue.of_store(store, folder), lambda: None)
            os._exit(0)
        killed += os.WIFSIGNALED(os.waitpid(process, 0)[1])
    print(killed)
"""


def found(store: Store, folder: Path, query: str) -> set[str]:
    catalogue = Catalogue.of_store(store, folder)
    index = SearchIndex(catalogue, "assets", CatalogueLooks(catalogue))
    return {str(hit["id"]) for hit in index.search(SearchRequest(query=query), "proj_sandbox").hits}


@pytest.mark.skipif(sys.platform == "win32", reason="has no fork")
@pytest.mark.parametrize("seed", [0, *(pytest.param(seed, marks=pytest.mark.fuzz) for seed in range(1, 20))])
def test_an_index_that_was_killed_often_is_the_one_that_never_was(tmp_path: Path, seed: int) -> None:
    folder, index = tmp_path / "folder", tmp_path / "index.sqlite"
    lines = [{"id": f"asset_{number}", "tags": ["castle"]} for number in range(20)]
    write_lines(folder, *lines, {"id": "asset_named", "file": "3.png"})
    for number in range(20):
        draw(folder / f"{number}.png", (4 + number, 4))
    write(folder / "broken.png", "x")
    moments = random.Random(seed)  # noqa: S311  # repeatable, not secret
    delays = [f"{moments.uniform(0.001, 0.06):.4f}" for _ in range(12)]
    finished = subprocess.run(  # noqa: S603  # our own words
        [sys.executable, "-c", PROGRAM, str(folder), str(index), *delays],
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
        check=True,
    )
    assert int(finished.stdout) >= 3
    with Store.open(index, OWN_INDEX_SETTINGS) as store, Store.open(None, OWN_INDEX_SETTINGS) as clean:
        index_folder(folder, store)
        index_folder(folder, clean)
        assert stored(store) == stored(clean)
        assert store.files() == clean.files()
        assert [media_path(store, each) for each in stored(clean)] == [
            media_path(clean, each) for each in stored(clean)
        ]
        for query in ("castle", "3", "19"):
            assert found(store, folder, query) == found(clean, folder, query)
        with store.snapshot() as snapshot:
            assert snapshot.connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert counts(index_folder(folder, store)) == counts(index_folder(folder, clean))
