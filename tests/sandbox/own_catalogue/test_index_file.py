"""The index where SQLite cannot work as usual: on network drives, read-only and full disks, and after damage."""

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from scenario_mcp.errors import SettingsRefused
from scenario_mcp.sandbox.engine.storage import Store
from scenario_mcp.sandbox.own_catalogue.index_file import IndexFile
from tests.support.folders import write

LASTING = "Until the server ends, it is kept in {}; the next start reads all files again."


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A temporary folder that is always the same one."""
    folder = tmp_path / "temporary"

    def make(prefix: str) -> str:
        assert prefix == "scenario-mcp-"
        folder.mkdir()
        return str(folder)

    monkeypatch.setattr("tempfile.mkdtemp", make)
    return folder


def fail_below(monkeypatch: pytest.MonkeyPatch, folder: Path, statement: str, message: str) -> None:
    """Let a statement fail in databases below a folder, as SQLite does there."""
    connect = sqlite3.connect

    class Failing(sqlite3.Connection):
        def execute(self, sql: str, parameters: Any = ()) -> sqlite3.Cursor:
            if statement in sql:
                raise sqlite3.OperationalError(message)
            return super().execute(sql, parameters)

    def connect_there(database: Any, **options: Any) -> sqlite3.Connection:
        if str(database).startswith(f"{folder}/"):
            options["factory"] = Failing
        connection: sqlite3.Connection = connect(database, **options)
        return connection

    monkeypatch.setattr(sqlite3, "connect", connect_there)


def at(path: Path) -> Callable[[], Path]:
    return lambda: path


def write_one(store: Store) -> list[str]:
    with store.writing() as batch:
        batch.put("assets", {"id": "a"})
    return store.ids("assets")


def test_an_index_lies_where_it_should(tmp_path: Path) -> None:
    index = IndexFile.open(at(tmp_path / "i.sqlite"))
    assert (index.path, index.warning) == (tmp_path / "i.sqlite", "")
    assert index.lock_path("reading") == tmp_path / "i.reading.lock"
    index.close()


@pytest.mark.parametrize("message", ["locking protocol", "disk I/O error", "database is locked"])
def test_without_a_write_ahead_log_another_journal_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, message: str
) -> None:
    fail_below(monkeypatch, tmp_path / "cache", "WAL", message)
    monkeypatch.setattr("scenario_mcp.sandbox.engine.opening._SWITCH_SECONDS", 0)
    write(tmp_path / "cache" / "x", "")
    for _ in range(2):
        index = IndexFile.open(at(tmp_path / "cache" / "i.sqlite"))
        assert index.warning == (
            f"The index of the catalogue in {tmp_path}/cache has no write-ahead log ({message}), as on network drives: "
            "searches wait while files are read. Set XDG_CACHE_HOME to a folder of this machine."
        )
        assert write_one(index.store) == ["a"]
        index.close()


@pytest.mark.parametrize("message", ["locking protocol", "unable to open database file", "database or disk is full"])
def test_where_no_index_can_be_it_lies_in_a_temporary_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, temporary: Path, message: str
) -> None:
    fail_below(monkeypatch, tmp_path / "cache", "", message)
    write(tmp_path / "cache" / "x", "")
    index = IndexFile.open(at(tmp_path / "cache" / "i.sqlite"))
    assert index.warning == (
        f"The index of the catalogue cannot be used in {tmp_path}/cache: {message}. {LASTING.format(temporary)}"
    )
    assert (index.path, index.lock_path("reading")) == (temporary / "catalogue.sqlite", None)
    assert write_one(index.store) == ["a"]
    index.close()
    assert not temporary.exists()


def test_where_no_file_can_be_locked_it_lies_in_a_temporary_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, temporary: Path
) -> None:
    """Some network drives say of every file that somebody else has locked it: to wait would be for ever."""
    fail_below(monkeypatch, tmp_path / "cache", "BEGIN", "database is locked")
    write(tmp_path / "cache" / "x", "")
    index = IndexFile.open(at(tmp_path / "cache" / "i.sqlite"))
    assert index.warning == (
        f"The index of the catalogue cannot be used in {tmp_path}/cache: files cannot be locked there. "
        f"{LASTING.format(temporary)}"
    )
    assert index.lock_path("reading") is None
    assert write_one(index.store) == ["a"]
    index.close()
    assert [path.name for path in (tmp_path / "cache").iterdir()] == ["x"]


def test_where_nothing_can_be_written_it_is_in_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, temporary: Path
) -> None:
    fail_below(monkeypatch, tmp_path, "", "disk I/O error")

    def locate() -> Path:
        raise SettingsRefused("The cache is read-only.")

    index = IndexFile.open(locate)
    assert index.warning == f"The cache is read-only. {LASTING.format('memory')}"
    assert (index.path, index.lock_path("reading")) == (None, None)
    assert write_one(index.store) == ["a"]
    index.close()
    assert not temporary.exists()


def test_an_index_that_may_not_be_written_is_not_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, temporary: Path
) -> None:
    path = write(tmp_path / "i.sqlite", "")
    monkeypatch.setattr("os.access", lambda *_: False)
    index = IndexFile.open(at(path))
    assert index.path == temporary / "catalogue.sqlite"
    assert "cannot be used" in index.warning
    index.close()


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:20_000])


@pytest.mark.parametrize(
    "damage",
    [
        lambda path: path.write_bytes(b"not a database, but as long as one is " * 400),
        _cut,
        lambda path: path.write_bytes(b"\0" * 40_000),
        lambda path: path.write_bytes(path.read_bytes()[:50] + b"\xff" * 4046 + path.read_bytes()[4096:]),
    ],
    ids=["no database", "cut off", "zeros", "head overwritten"],
)
def test_a_damaged_index_is_built_anew(
    tmp_path: Path, damage: Callable[[Path], object], caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "i.sqlite"
    index = IndexFile.open(at(path))
    write_one(index.store)
    index.close()
    damage(path)
    index = IndexFile.open(at(path))
    assert (index.path, index.warning, index.store.count("assets")) == (path, "", 0)
    assert write_one(index.store) == ["a"]
    index.close()
    (message,) = caplog.messages
    assert message.startswith("The index of the catalogue is damaged (")
    assert message.endswith("): it is built anew.")
