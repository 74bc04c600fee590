"""The sandbox's store: what it keeps, and that it stays whole with several processes and sudden ends."""

import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from scenario_mcp.errors import SettingsRefused
from scenario_mcp.sandbox.catalogue import Catalogue
from scenario_mcp.sandbox.engine import opening
from scenario_mcp.sandbox.engine.indexes import IndexSettings
from scenario_mcp.sandbox.engine.storage import File, Store, StoredMedia
from scenario_mcp.sandbox.requests import SearchRequest
from scenario_mcp.sandbox.search import SearchIndex
from scenario_mcp.sandbox.similarity.visual.catalogue import CatalogueLooks

PROJECT = "proj_sandbox"
WRITER = """
import sys
from pathlib import Path
from scenario_mcp.sandbox.engine.storage import Store

with Store.open(Path(sys.argv[1])) as store, store.writing() as batch:
    for number in range(int(sys.argv[2])):
        batch.put("assets", {"id": f"asset_{number}", "ownerId": "proj_sandbox", "tags": ["castle"]})
    print("written", flush=True)
    sys.stdin.readline()
"""


@contextmanager
def another_writer(path: Path, count: int = 3) -> Iterator[subprocess.Popen[str]]:
    """A process in the middle of a batch: everything is written, nothing committed before it reads a line."""
    command = [sys.executable, "-c", WRITER, str(path), str(count)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603  # our own command
        assert process.stdout
        assert process.stdout.readline() == "written\n"
        try:
            yield process
        finally:
            process.kill()


def index_of(store: Store) -> SearchIndex:
    catalogue = Catalogue.of_store(store, Path())
    return SearchIndex(catalogue, "assets", CatalogueLooks(catalogue))


def found(index: SearchIndex, query: str = "castle") -> list[str]:
    return [str(hit["id"]) for hit in index.search(SearchRequest(query=query), PROJECT).hits]


def asset(key: str, *tags: str) -> dict[str, object]:
    return {"id": key, "ownerId": PROJECT, "tags": list(tags)}


@pytest.fixture(params=["memory", "file"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    with Store.open(None if request.param == "memory" else tmp_path / "store.sqlite") as opened:
        yield opened


def test_documents_keep_the_order_in_which_they_came_first(store: Store) -> None:
    with store.writing() as batch:
        for key in ("a", "b", "c"):
            batch.put("assets", asset(key, "old"))
        batch.put("models", asset("a"))
    with store.writing() as batch:
        batch.put("assets", asset("b", "new"))
        batch.remove("assets", "a")
        batch.remove("assets", "never-there")
        batch.put("assets", asset("a", "back"))
    assert store.ids("assets") == ["b", "c", "a"]
    assert [document["tags"] for document in store.documents("assets")] == [["new"], ["old"], ["back"]]
    assert (store.count("assets"), store.count("models")) == (3, 1)
    assert store.get("assets", "b") == asset("b", "new")
    assert store.get("assets", "d") is None
    assert [each["id"] for each in store.get_many("assets", ["c", "d", "\ud800", "b"])] == ["c", "b"]


def test_what_belongs_to_a_document_goes_with_it(store: Store) -> None:
    with store.writing() as batch:
        batch.put("assets", asset("a"))
        batch.put_media("a", "old.png", "image/png")
        batch.put_media("a", "pictures/a.png", "image/png")
        batch.put_feature("assets", "a", "look", b"\0\1")
        batch.put_feature("models", "a", "look", b"\2")
    assert store.media("a") == StoredMedia("pictures/a.png", "image/png")
    assert store.features("assets", "look") == {"a": b"\0\1"}
    with store.writing() as batch:
        batch.remove("assets", "a")
    assert store.media("a") is None
    assert (store.features("assets", "look"), store.features("models", "look")) == ({}, {"a": b"\2"})


def test_files_are_remembered_and_forgotten(store: Store) -> None:
    lines = File("b.jsonl", size=10, mtime_ns=2**60, state="read", ids=("x", "y"))
    broken = File("a.png", size=0, mtime_ns=1, state="refused", problem="It is empty.")
    with store.writing() as batch:
        batch.put_file(lines)
        batch.put_file(broken)
        batch.put_file(File("gone.png", 1, 1, "read"))
        batch.remove_file("gone.png")
    assert store.files() == {"a.png": broken, "b.jsonl": lines}


def test_a_batch_that_fails_leaves_nothing(store: Store) -> None:
    generation = store.generation()

    def write() -> None:
        with store.writing() as batch:
            batch.put("assets", asset("a"))
            assert store.count("assets") == 1  # the thread that writes sees its own changes
            batch.put("assets", {"name": "without an id"})

    with pytest.raises(KeyError):
        write()
    assert (store.count("assets"), store.generation()) == (0, generation)


def test_a_feature_and_a_file_leave_the_documents_as_they_are() -> None:
    store = Store.open()
    with store.writing() as batch:
        batch.put("assets", {"id": "a"})
    with store.snapshot() as before:
        pass
    with store.writing() as batch:
        batch.put_feature("assets", "a", "look", b"1")
        batch.put_file(File("a.png", 1, 1, "asset"))
        batch.put("assets", {"id": "a"})
    with store.snapshot() as described:
        pass
    assert (described.generation, described.documents) == (before.generation + 1, before.documents)
    with store.writing() as batch:
        batch.remove("assets", "a")
    with store.snapshot() as removed:
        pass
    assert removed.documents == before.documents + 1


def test_a_search_finds_what_the_last_batch_left(store: Store) -> None:
    index = index_of(store)
    assert found(index) == []
    with store.writing() as batch:
        batch.put("assets", asset("a", "castle"))
        batch.put("assets", asset("b", "castle"))
    assert found(index) == ["a", "b"]
    with store.writing() as batch:
        batch.put("assets", asset("a", "forest"))
    assert (found(index), found(index, "forest")) == (["b"], ["a"])


def segments_of(store: Store) -> list[tuple[int, int]]:
    with store.snapshot() as snapshot:
        return snapshot.connection.execute("SELECT segment, blocks FROM segments ORDER BY segment").fetchall()


def put_three_blocks(store: Store) -> None:
    with store.writing() as batch:
        for number in range(8200):
            batch.put("assets", asset(f"n{number}", "castle" if number % 4000 == 0 else "hut"))


def test_a_search_finds_the_same_once_words_are_joined(store: Store) -> None:
    put_three_blocks(store)
    index = index_of(store)
    castles = ["n0", "n4000", "n8000"]
    assert (found(index), segments_of(store)) == (castles, [(0, 1), (1, 1), (2, 1)])
    store.join_words()
    assert (found(index), segments_of(store)) == (castles, [(0, 3)])
    with store.writing() as batch:
        batch.put("assets", asset("n8200", "castle"))
    assert (found(index), segments_of(store)) == ([*castles, "n8200"], [(0, 3)])
    generation = store.generation()
    store.join_words()
    assert store.generation() == generation  # there is nothing to join: nothing has changed


def test_a_batch_that_fails_leaves_words_unjoined(store: Store) -> None:
    put_three_blocks(store)

    def write() -> None:
        with store.writing() as batch:
            batch.put("assets", asset("a", "castle"))
            batch.join_words()
            assert segments_of(store) == [(0, 3)]
            assert len(found(index_of(store))) == 4  # the thread that writes sees what it has written so far
            raise KeyError

    with pytest.raises(KeyError):
        write()
    assert (segments_of(store), len(found(index_of(store)))) == ([(0, 1), (1, 1), (2, 1)], 3)


def test_other_threads_read_while_one_writes(tmp_path: Path) -> None:
    with Store.open(tmp_path / "store.sqlite") as store, store.writing() as batch:
        batch.put("assets", asset("a", "castle"))
        seen: list[int] = []
        reader = threading.Thread(target=lambda: seen.append(store.count("assets")))
        reader.start()
        reader.join(timeout=10)
        assert seen == [0]


def test_another_process_is_read_around_and_then_seen(tmp_path: Path) -> None:
    path = tmp_path / "store.sqlite"
    with Store.open(path) as store:
        index = index_of(store)
        with another_writer(path) as process:
            assert found(index) == []
            process.communicate("go on\n", timeout=30)
        assert found(index) == ["asset_0", "asset_1", "asset_2"]


def test_a_second_writer_waits_for_the_first(tmp_path: Path) -> None:
    path = tmp_path / "store.sqlite"
    with Store.open(path) as store, another_writer(path) as process:

        def write() -> None:
            with store.writing() as batch:
                batch.put("assets", asset("own", "castle"))

        waiting = threading.Thread(target=write)
        waiting.start()
        process.communicate("go on\n", timeout=30)
        waiting.join(timeout=30)
        assert store.ids("assets") == ["asset_0", "asset_1", "asset_2", "own"]


def test_a_process_killed_in_the_middle_of_a_batch_leaves_the_last_whole_one(tmp_path: Path) -> None:
    path = tmp_path / "store.sqlite"
    with Store.open(path) as store, store.writing() as batch:
        batch.put("assets", asset("whole", "castle"))
    with another_writer(path, count=5000) as process:  # more than are kept in memory before they are written
        process.kill()
        process.wait(timeout=30)
    with Store.open(path) as store:
        assert found(index_of(store)) == ["whole"]
        with store.writing() as batch:
            batch.put("assets", asset("after", "castle"))
        assert found(index_of(store)) == ["whole", "after"]
        with store.snapshot() as snapshot:
            assert snapshot.connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_a_file_with_another_index_or_of_another_program_is_refused(tmp_path: Path) -> None:
    ours, foreign, text = tmp_path / "ours.sqlite", tmp_path / "foreign.sqlite", tmp_path / "notes.txt"
    Store.open(ours).close()
    Store.open(ours).close()
    connection = sqlite3.connect(foreign)
    connection.execute("CREATE TABLE notes (text TEXT)")
    connection.close()
    text.write_text("dear diary, " * 100, encoding="utf-8")
    with pytest.raises(SettingsRefused, match=r"written by another version of scenario-mcp, or by another program\."):
        Store.open(ours, settings={"assets": IndexSettings((), {}, {})})
    with pytest.raises(SettingsRefused, match=r"Remove it, and it is built anew\.$"):
        Store.open(foreign)
    with pytest.raises(SettingsRefused, match=r"notes\.txt cannot be used as the sandbox's catalogue: "):
        Store.open(text)


def test_a_catalogue_gives_out_what_a_store_holds_and_files_of_its_folder_only(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "a.png").write_bytes(b"picture")
    (tmp_path / "secret.txt").write_bytes(b"secret")
    with Store.open() as store:
        with store.writing() as batch:
            batch.put("assets", {"id": "film", "thumbnail": {"assetId": "a"}})
            batch.put("models", {"id": "m"})
            batch.put_media("a", "a.png", "image/png")
            batch.put_media("b", "../secret.txt", "text/plain")
            batch.put_media("c", "gone.png", "image/png")
        catalogue = Catalogue.of_store(store, folder)
        assert (list(catalogue.assets), len(catalogue.models), catalogue.models.get("film")) == (["film"], 1, None)
        media = catalogue.media("a")
        assert media is not None
        assert (media.content, media.mime_type) == (b"picture", "image/png")
        assert catalogue.picture("film") == media
        assert [catalogue.media(key) for key in ("b", "c", "d")] == [None, None, None]


class _BusyConnection(sqlite3.Connection):
    """A connection to a new file that another process is switching to the write-ahead log, twice."""

    refusals = 2

    def execute(self, sql: str, parameters: Any = ()) -> sqlite3.Cursor:
        if "WAL" in sql and self.refusals:
            self.refusals -= 1
            raise sqlite3.OperationalError("database is locked")
        return super().execute(sql, parameters)


def test_a_new_store_waits_for_another_process_that_creates_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """SQLite itself does not wait for the switch to the write-ahead log."""
    connect = sqlite3.connect
    monkeypatch.setattr(sqlite3, "connect", lambda *args, **named: connect(*args, factory=_BusyConnection, **named))
    with Store.open(tmp_path / "new.sqlite") as store:
        assert store.count("assets") == 0


def test_a_store_that_stays_busy_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "_SWITCH_SECONDS", 0)
    monkeypatch.setattr(opening, "_BUSY_SECONDS", 0)
    with closing(sqlite3.connect(tmp_path / "new.sqlite", isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(SettingsRefused, match="database is locked"):
            Store.open(tmp_path / "new.sqlite")
