"""A folder brought into a store: once, again, by two processes, and after a break."""

import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from scenario_mcp.errors import SettingsRefused
from scenario_mcp.sandbox.engine.storage import Store
from scenario_mcp.sandbox.own_catalogue import file_ingest, ingest
from scenario_mcp.sandbox.own_catalogue.batch_pace import BatchPace
from scenario_mcp.sandbox.own_catalogue.ingest import index_folder, index_path
from tests.sandbox.own_catalogue.conftest import Clock
from tests.support.folders import counts, draw, write, write_lines

PATIENCE_SECONDS = 30


def test_a_second_run_reads_nothing_again(tmp_path: Path, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(5):
        draw(tmp_path / f"{number}.png")
    write(tmp_path / "broken.png", "x")
    write_lines(tmp_path, {"id": "asset_1"}, {"id": "asset_2"})
    first = index_folder(tmp_path, store)
    monkeypatch.setattr("scenario_mcp.sandbox.own_catalogue.walk.os.open", None)
    second = index_folder(tmp_path, store)
    assert (counts(first), counts(second)) == ({"new": 7, "broken": 1}, {"unchanged": 7, "broken": 1})
    assert first.problems == second.problems == [("broken.png", "is not a picture that can be read")]


def test_the_folder_is_never_written_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "pictures"
    draw(folder / "a.png")
    before = [(path.name, path.stat().st_mtime_ns) for path in sorted(tmp_path.rglob("*"))]
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    path = index_path(folder)
    with Store.open(path) as store:
        index_folder(folder, store)
    shutil.rmtree(tmp_path / "cache")
    assert [(path.name, path.stat().st_mtime_ns) for path in sorted(tmp_path.rglob("*"))] == before
    assert path.is_relative_to(tmp_path / "cache/scenario-mcp/catalogues")


def test_the_index_of_a_folder_is_found_again_by_any_way_to_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    (tmp_path / "a").mkdir()
    (tmp_path / "b").symlink_to("a")
    assert index_path(tmp_path / "a") == index_path(tmp_path / "b") == index_path(tmp_path / "a/../a")
    assert index_path(tmp_path / "a") != index_path(tmp_path)


def test_a_cache_that_cannot_be_written_is_refused_with_a_way_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(write(tmp_path / "file", "x")))
    with pytest.raises(SettingsRefused) as refused:
        index_path(tmp_path)
    assert str(refused.value) == (
        f"The index of the catalogue cannot be kept in {tmp_path}/file/scenario-mcp/catalogues: Not a directory. "
        "Set XDG_CACHE_HOME to a folder that may be written."
    )


def test_a_folder_that_is_none_is_refused(tmp_path: Path, store: Store) -> None:
    with pytest.raises(SettingsRefused) as refused:
        index_folder(tmp_path / "nowhere", store)
    assert str(refused.value) == f"The catalogue {tmp_path}/nowhere cannot be read: No such file or directory."
    with pytest.raises(SettingsRefused) as refused:
        index_folder(draw(tmp_path / "a.png"), store)
    assert str(refused.value) == f"The catalogue {tmp_path}/a.png is a file. Give the folder that it lies in."


def test_the_counts_are_told_as_they_grow(tmp_path: Path, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file_ingest, "_KNOWN_AT_ONCE", 2)
    for number in range(5):
        draw(tmp_path / f"{number}.png")
    seen: list[int] = []
    index_folder(tmp_path, store, lambda report: seen.append(report.done))
    index_folder(tmp_path, store, lambda report: seen.append(report.done))
    assert seen == [5, 5, 2, 4, 5]


def test_many_lines_and_files_come_in_batches(tmp_path: Path, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scenario_mcp.sandbox.own_catalogue.jsonl_ingest._BATCH", 4)
    monkeypatch.setattr("scenario_mcp.sandbox.own_catalogue.file_ingest._BATCH", 4)
    write_lines(tmp_path, *({"id": f"asset_{number}"} for number in range(9)))
    for number in range(9):
        write(tmp_path / f"{number}.mp3", "x")
    before = store.generation()
    assert counts(index_folder(tmp_path, store)) == {"new": 18}
    assert store.generation() - before >= 6


def test_batches_are_stored_soon_at_first_and_after_four_seconds_at_last(clock: Clock) -> None:
    pace = BatchPace(most=100)
    waits = []
    for _ in range(7):
        began = clock.now
        while not pace.is_due(size=1):
            assert not pace.is_due(size=0), "nothing waits to be stored"
            clock.now += 0.01
        waits.append(clock.now - began)
        pace.start_next()
    assert waits == pytest.approx([0.15, 0.3, 0.6, 1.2, 2.4, 4.0, 4.0], abs=0.02)
    assert pace.is_due(size=100)
    assert pace.is_due(size=1, new_bytes=16_000_000)


def test_a_slow_machine_stores_and_tells_of_each_file(tmp_path: Path, store: Store, clock: Clock) -> None:
    clock.step = 10.0
    for number in range(3):
        draw(tmp_path / f"{number}.png")
    seen: list[tuple[int, int]] = []
    index_folder(tmp_path, store, lambda report: seen.append((report.done, store.count("assets"))))
    assert seen == [(1, 1), (2, 2), (3, 3), (3, 3)]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL], ids=str)
def test_what_was_done_before_a_break_is_not_done_again(tmp_path: Path, number: signal.Signals) -> None:
    folder, index = tmp_path / "folder", tmp_path / "index.sqlite"
    write_lines(folder, *({"id": f"asset_line_{number}"} for number in range(40)))
    for name in range(40):
        write(folder / f"{name}.mp3", "x")
    program = """if True:
        import os, signal, sys
        from pathlib import Path
        from scenario_mcp.sandbox.own_catalogue import file_ingest, ingest, jsonl_ingest
        from scenario_mcp.sandbox.engine.storage import Store
        signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background has it ignored
        file_ingest._BATCH = jsonl_ingest._BATCH = 10
        def report(report):
            if report.new >= 60:
                print(report.new, flush=True)  # a batch also ends early on a slow disk
                os.kill(os.getpid(), int(sys.argv[3]))
        with Store.open(Path(sys.argv[2])) as store:
            ingest.index_folder(Path(sys.argv[1]), store, report)
    """
    broken_off = subprocess.run(  # noqa: S603  # our own words
        [sys.executable, "-c", program, str(folder), str(index), str(int(number))],
        timeout=PATIENCE_SECONDS,
        check=False,
        capture_output=True,
    )
    assert broken_off.returncode != 0
    done = int(broken_off.stdout)
    assert 60 <= done < 70
    with Store.open(index) as store:
        assert store.count("assets") == done
        assert counts(index_folder(folder, store)) == {"new": 80 - done, "unchanged": done}
        assert store.count("assets") == 80


def test_two_processes_may_index_the_same_folder_at_once(tmp_path: Path) -> None:
    folder, index = tmp_path / "folder", tmp_path / "index.sqlite"
    write_lines(folder, *({"id": f"asset_{number}"} for number in range(100)))
    for number in range(100):
        draw(folder / f"{number}.png", (4, 4))
    program = """if True:
        import sys
        from pathlib import Path
        from scenario_mcp.sandbox.own_catalogue import file_ingest, ingest, jsonl_ingest
        from scenario_mcp.sandbox.engine.storage import Store
        file_ingest._BATCH = jsonl_ingest._BATCH = 5
        with Store.open(Path(sys.argv[2])) as store:
            report = ingest.index_folder(Path(sys.argv[1]), store)
            print(report.new + report.changed + report.unchanged, store.count("assets"))
    """
    processes = [
        subprocess.Popen(  # noqa: S603  # our own words
            [sys.executable, "-c", program, str(folder), str(index)], stdout=subprocess.PIPE, text=True
        )
        for _ in range(2)
    ]
    assert [process.communicate(timeout=PATIENCE_SECONDS)[0] for process in processes] == ["200 200\n"] * 2
    with Store.open(index) as store:
        assert counts(index_folder(folder, store)) == {"unchanged": 200}


def test_a_folder_of_another_way_of_reading_gets_another_index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    before = index_path(tmp_path)
    monkeypatch.setattr(ingest, "READING_VERSION", 10_000)
    assert index_path(tmp_path) != before
