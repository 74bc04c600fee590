"""A folder that is read while it is searched: how far it is, what changes in it, and what goes wrong."""

import logging
import re
import shutil
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from scenario_mcp.sandbox.catalogue import Document
from scenario_mcp.sandbox.own_catalogue import background
from scenario_mcp.sandbox.own_catalogue.background import BackgroundIngest
from scenario_mcp.sandbox.own_catalogue.ingest import index_folder, index_path
from scenario_mcp.sandbox.own_catalogue.report import IngestReport
from scenario_mcp.sandbox.similarity.semantic import meanings
from scenario_mcp.sandbox.similarity.visual import descriptor
from tests.sandbox.own_catalogue.conftest import Clock
from tests.support.folders import age, draw, write

PATIENCE_SECONDS = 30
OnProgress = Callable[[IngestReport], None]


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Keep the indexes of these tests apart from the user's, and let every search look at the folder."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(background, "FIRST_WAIT_SECONDS", PATIENCE_SECONDS)
    monkeypatch.setattr(background, "LOOK_SECONDS", PATIENCE_SECONDS)
    monkeypatch.setattr(background, "FRESH_SECONDS", 0)
    monkeypatch.setattr(background, "LOOKS_SHARE", 0)
    return tmp_path / "cache"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "pictures"
    draw(folder / "knights/brave_knight.png")
    draw(folder / "owl.gif", format="GIF")
    return folder


def names(ingest: BackgroundIngest) -> set[str]:
    """Return the names of all assets as a search would find them."""
    ingest.look()
    return {str(each["metadata"]["name"]) for each in ingest.catalogue.store.documents("assets")}  # type: ignore[index]  # an object


def note(ingest: BackgroundIngest) -> str:
    return ingest.note(found_nothing=True, by_picture=False)


class Gate:
    """Holds a reading up once it has come so far."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, done: int) -> None:
        self.reached, self.opened = threading.Event(), threading.Event()

        def index_slowly(folder: Path, store: Any, on_progress: OnProgress) -> IngestReport:
            def wait(report: IngestReport) -> None:
                on_progress(report)
                if report.done >= done:
                    self.reached.set()
                    assert self.opened.wait(PATIENCE_SECONDS)
                    on_progress(report)  # the server may have ended

            return index_folder(folder, store, wait)

        monkeypatch.setattr(background, "index_folder", index_slowly)


def test_what_changes_in_a_folder_is_found_without_a_restart(folder: Path) -> None:
    with BackgroundIngest(folder) as ingest:
        assert names(ingest) == {"brave knight", "owl"}
        draw(folder / "new" / "fox.png")
        assert names(ingest) == {"brave knight", "owl", "fox"}
        (folder / "new" / "fox.png").rename(folder / "badger.png")
        (folder / "owl.gif").unlink()
        assert names(ingest) == {"brave knight", "badger"}
        age(draw(folder / "badger.png", (20, 10)), 9)
        ingest.look()
        assert sorted(each["metadata"]["width"] for each in ingest.catalogue.store.documents("assets")) == [20, 64]  # type: ignore[index]  # an object
        shutil.rmtree(folder / "knights")
        assert names(ingest) == {"badger"}


def test_a_folder_is_not_looked_at_before_every_search(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with BackgroundIngest(folder) as ingest:
        assert ingest.wait(PATIENCE_SECONDS)
        monkeypatch.setattr(background, "FRESH_SECONDS", PATIENCE_SECONDS)
        draw(folder / "fox.png")
        assert names(ingest) == {"brave knight", "owl"}
        monkeypatch.setattr(background, "FRESH_SECONDS", 0)
        monkeypatch.setattr(background, "LOOKS_SHARE", 4)
        monkeypatch.setattr(ingest, "_cost", PATIENCE_SECONDS)
        assert names(ingest) == {"brave knight", "owl"}


def test_a_large_folder_is_searched_while_it_is_read(
    folder: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(background, "FIRST_WAIT_SECONDS", 0)
    gate = Gate(monkeypatch, 2)
    with caplog.at_level(logging.INFO), BackgroundIngest(folder) as ingest:
        assert gate.reached.wait(PATIENCE_SECONDS)
        assert names(ingest) == {"brave knight", "owl"}
        draw(folder / "fox.png")
        ingest._count._thread.join(PATIENCE_SECONDS)  # type: ignore[union-attr]  # it has been started
        monkeypatch.setattr(ingest._count, "files", 20_000)
        assert (
            note(ingest)
            == "The catalogue is still being read: 2 of about 20,000 files. Repeat the search later for all."
        )
        assert ingest.progress() == (0.0001, "Reading the catalogue: 2 of about 20,000 files")
        gate.opened.set()
        assert ingest.wait(PATIENCE_SECONDS)
        assert (note(ingest), ingest.progress()) == ("", None)
    assert caplog.messages == [
        f"Reading the catalogue {folder}; its index is {index_path(folder)}.",
        f"Catalogue: 2 new. Its index is {index_path(folder)}.",
    ]


def test_a_folder_that_an_earlier_start_has_read_is_searched_whole_while_it_is_looked_at(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with BackgroundIngest(folder) as ingest:
        assert ingest.wait(PATIENCE_SECONDS)
    monkeypatch.setattr(background, "FIRST_WAIT_SECONDS", 0)
    reached, opened = threading.Event(), threading.Event()

    def index_slowly(folder: Path, store: Any, on_progress: OnProgress) -> IngestReport:
        on_progress(IngestReport(unchanged=1))
        reached.set()
        assert opened.wait(PATIENCE_SECONDS)
        return index_folder(folder, store, on_progress)

    monkeypatch.setattr(background, "index_folder", index_slowly)
    with BackgroundIngest(folder) as ingest:
        assert reached.wait(PATIENCE_SECONDS)
        assert names(ingest) == {"brave knight", "owl"}
        told = re.sub(r"1 of about 2 files|1 files so far", "SO FAR", note(ingest))
        assert told == (
            "The catalogue is being looked at again: SO FAR. Searches find what was read before; "
            "repeat the search later for what is new or changed since."
        )
        opened.set()
        assert ingest.wait(PATIENCE_SECONDS)
        assert note(ingest) == ""


def test_a_reading_that_takes_long_is_told_in_the_log_ever_more_rarely(
    folder: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, clock: Clock
) -> None:
    monkeypatch.setattr(background, "_COUNT_SECONDS", PATIENCE_SECONDS)

    def index_slowly(folder: Path, store: Any, on_progress: OnProgress) -> IngestReport:
        for number in range(1, 31):  # three seconds each
            clock.now += 3.0
            on_progress(IngestReport(new=number))
        return index_folder(folder, store, on_progress)

    monkeypatch.setattr(background, "index_folder", index_slowly)
    with BackgroundIngest(folder) as ingest:
        assert ingest.wait(PATIENCE_SECONDS)
    told = [re.sub(r" of about .*", " files so far.", message) for message in caplog.messages]
    assert told == [
        *(f"The catalogue is still being read: {files} files so far." for files in (1, 3, 7, 15)),
        f"Catalogue: 2 new. Its index is {index_path(folder)}.",
    ]


def test_the_files_that_cannot_be_read_are_logged_once(folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    write(folder / "bad.png", "x")
    with BackgroundIngest(folder) as ingest:
        assert names(ingest) == {"brave knight", "owl"}
        write(folder / "worse.png", "y")
        assert names(ingest) == {"brave knight", "owl"}
    assert caplog.messages == [
        f"Catalogue: 2 new, 1 broken. Its index is {index_path(folder)}.",
        "bad.png is not a picture that can be read",
        "Catalogue: 2 unchanged, 2 broken.",
        "worse.png is not a picture that can be read",
    ]


def test_the_reading_stops_with_the_server(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    gate = Gate(monkeypatch, 1)
    with BackgroundIngest(folder) as ingest:
        assert gate.reached.wait(PATIENCE_SECONDS)
        ingest._stopping.set()
        gate.opened.set()
    assert not ingest._thread.is_alive()
    assert not ingest.wait(0)


def test_a_thread_that_does_not_stop_is_left_with_its_store(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(background, "_STOP_SECONDS", 0.0)
    gate = Gate(monkeypatch, 1)
    with BackgroundIngest(folder) as ingest:
        assert gate.reached.wait(PATIENCE_SECONDS)
    assert len(ingest.catalogue.assets) == 2
    gate.opened.set()
    ingest._thread.join(PATIENCE_SECONDS)


def test_a_folder_that_vanishes_is_told_and_found_again(folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    with BackgroundIngest(folder) as ingest:
        assert names(ingest) == {"brave knight", "owl"}
        folder.rename(folder.with_name("away"))
        assert names(ingest) == {"brave knight", "owl"}
        assert note(ingest) == (
            "The catalogue's folder cannot be read (No such file or directory). "
            "Searches find the 2 files read before; the folder is read again soon."
        )
        assert caplog.messages == [f"The catalogue {folder} cannot be read: No such file or directory."]
        folder.with_name("away").rename(folder)
        assert names(ingest) == {"brave knight", "owl"}
        assert note(ingest) == ""


def test_a_mistake_of_the_reading_is_logged_and_told(
    folder: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object) -> IngestReport:
        raise ZeroDivisionError

    monkeypatch.setattr(background, "index_folder", fail)
    with BackgroundIngest(folder) as ingest:
        assert ingest.wait(PATIENCE_SECONDS)
        assert note(ingest) == (
            "The catalogue's folder was not read to its end: the server made a mistake (ZeroDivisionError), "
            "which it has logged. Searches find the 0 files read before; the folder is read again soon."
        )
        monkeypatch.setattr(background, "index_folder", index_folder)
        assert names(ingest) == {"brave knight", "owl"}
    assert caplog.messages[0] == "The catalogue was not read to its end"


@contextmanager
def failing_once(monkeypatch: pytest.MonkeyPatch, error: sqlite3.Error) -> Iterator[None]:
    errors = [error]

    def index(*arguments: Any) -> IngestReport:
        if errors:
            raise errors.pop()
        return index_folder(*arguments)

    monkeypatch.setattr(background, "index_folder", index)
    yield


def test_an_index_that_fails_later_is_replaced(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with (
        failing_once(monkeypatch, sqlite3.OperationalError("database or disk is full")),
        BackgroundIngest(folder) as it,
    ):
        assert names(it) == {"brave knight", "owl"}
        assert it.index_path is not None
        assert it.index_path.parent.parent == tmp_path
        assert caplog.messages[0].startswith("The index of the catalogue failed (database or disk is full). Until the")
        kept = it.index_path
    assert not kept.exists()


def test_an_index_that_is_found_damaged_later_is_built_anew(
    folder: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    error = sqlite3.DatabaseError("database disk image is malformed")
    error.sqlite_errorcode = sqlite3.SQLITE_CORRUPT
    with failing_once(monkeypatch, error), BackgroundIngest(folder) as ingest:
        assert names(ingest) == {"brave knight", "owl"}
        assert ingest.index_path == index_path(folder)
    assert caplog.messages == [
        "The index of the catalogue is damaged (database disk image is malformed): it is built anew."
    ]


def test_one_of_two_servers_reads_and_the_other_takes_over_from_one_that_is_killed(folder: Path) -> None:
    program = """if True:
        import os, sys
        from pathlib import Path
        from scenario_mcp.sandbox.own_catalogue import background, ingest
        def index(folder, store, on_progress):
            print("reads", flush=True)
            sys.stdin.readline()
        background.index_folder = index
        with background.BackgroundIngest(Path(sys.argv[1])) as ingest:
            ingest.wait(60)
    """
    with subprocess.Popen(  # noqa: S603  # our own words
        [sys.executable, "-c", program, str(folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout
        assert other.stdout.readline() == "reads\n"
        with BackgroundIngest(folder) as ingest:
            while ingest._count.files < 2:  # another thread counts
                assert not ingest.wait(0.05)
            assert note(ingest).startswith("The catalogue is still being read: 0 of about 2 files.")
            other.kill()
            other.wait(PATIENCE_SECONDS)
            assert names(ingest) == {"brave knight", "owl"}


def test_a_search_by_meaning_says_what_is_not_described(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    begun, described = threading.Event(), threading.Event()
    describe = meanings.describe

    def describe_slowly(document: Document) -> bytes:
        begun.set()
        assert described.wait(PATIENCE_SECONDS)
        return describe(document)

    monkeypatch.setattr(meanings, "describe", describe_slowly)
    with BackgroundIngest(folder) as ingest:
        assert names(ingest) == {"brave knight", "owl"}
        assert begun.wait(PATIENCE_SECONDS)
        assert ingest.note(found_nothing=False, by_picture=False, by_meaning=True) == (
            "2 files are found by their words only, not by their meaning yet. Repeat the search later."
        )
        assert note(ingest) == ""
        described.set()


def test_a_search_by_picture_says_what_is_not_described(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    begun, described = threading.Event(), threading.Event()
    describe = descriptor.describe_file

    def describe_slowly(file: Any) -> bytes:
        begun.set()
        assert described.wait(PATIENCE_SECONDS)
        return describe(file)

    monkeypatch.setattr(descriptor, "describe_file", describe_slowly)
    with BackgroundIngest(folder) as ingest:
        assert names(ingest) == {"brave knight", "owl"}
        assert begun.wait(PATIENCE_SECONDS)
        assert ingest.note(found_nothing=False, by_picture=True) == (
            "2 pictures cannot be found by their looks yet. Repeat the search later."
        )
        assert note(ingest) == ""
        described.set()
