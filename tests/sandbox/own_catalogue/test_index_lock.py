"""The lock beside an index: one process at a time, free again whatever ends the process that holds it."""

import subprocess
import sys
from pathlib import Path

import pytest

from scenario_mcp.sandbox.own_catalogue.index_lock import can_lock, held
from tests.support.folders import write

HOLDER = """
import sys
from pathlib import Path
from scenario_mcp.sandbox.own_catalogue.index_lock import held

with held(Path(sys.argv[1]), lambda _: None):
    print("held", flush=True)
    sys.stdin.readline()
"""


class _Waited(Exception):
    """Whoever asked for the lock would have to wait."""


def _wait(_seconds: float) -> None:
    raise _Waited


def test_it_is_held_by_one_and_free_once_that_one_is_killed(tmp_path: Path) -> None:
    path = tmp_path / "a.lock"
    with subprocess.Popen(  # noqa: S603  # our own words
        [sys.executable, "-c", HOLDER, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(_Waited), held(path, _wait):
            pass
        pauses: list[float] = []

        def end_the_holder(seconds: float) -> None:
            pauses.append(seconds)
            holder.kill()
            holder.wait(10)

        with held(path, end_the_holder), pytest.raises(_Waited), held(path, _wait):
            pass
        assert pauses == [0.2]
    with held(path, _wait):
        pass


def test_what_cannot_be_locked_holds_nobody_up(tmp_path: Path) -> None:
    with held(None, _wait):
        pass
    with held(tmp_path / "nowhere" / "a.lock", _wait):
        pass
    with held(write(tmp_path / "text.lock", "no database, but as long as one is " * 100), _wait):
        pass


def test_a_folder_whose_files_can_be_locked_is_told_from_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert can_lock(tmp_path)
    assert can_lock(tmp_path / "nowhere")  # whose fault is another one
    assert list(tmp_path.iterdir()) == []
    monkeypatch.setattr("scenario_mcp.sandbox.own_catalogue.index_lock._begin", lambda _: False)
    assert not can_lock(tmp_path)
