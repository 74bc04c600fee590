"""What all tests share: how they run in parallel, and snapshots."""

import gc
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol

import pytest

from tests.support.examples import load_profile
from tests.support.forks import Forks, starts_processes
from tests.support.process_state import log_as_it_was

os.environ["SSL_CERT_FILE"] = str(Path(__file__).parent / "support" / "nobody.pem")
"""Before anything makes a TLS context: reading all of the system's certificates takes a tenth of a second each time,
here and in the processes that tests start. Nothing in tests is asked outside this machine."""

gc.set_threshold(50_000, 20, 50)
"""Fewer rounds of the garbage collector: collecting and importing make much that stays."""

load_profile()

SNAPSHOTS = Path(__file__).parent / "snapshots"
MAX_ID_CHARACTERS = 200
"""How long a value may be that names a case of a test."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-snapshots", action="store_true", help="write what the server publishes now")
    parser.addoption("--forks", type=int, default=0, help="run in so many processes: cheaper than -n, not on Windows")


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("--forks"):
        config.pluginmanager.register(Forks(config.getoption("--forks")))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """As many workers as there are cores, hyperthreads counted: each more would import and collect everything again."""
    return os.cpu_count() or 1


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Name a case with long data by its argument: what was made just now would have another name in each worker."""
    return argname if isinstance(val, str | bytes) and len(val) > MAX_ID_CHARACTERS else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the tests that start processes: so one worker has them all, and no two of them run at once.

    `--dist worksteal` gives each worker a stretch of the list, and lets idle ones take from the ends of the others'.
    """
    items.sort(key=lambda item: not starts_processes(item))


def pytest_collection_finish() -> None:
    """Keep what was collected out of the garbage collector's rounds, of which each would look at all of it."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def _own_log() -> Iterator[None]:
    """Tests run commands in this process, each of which opens its log."""
    with log_as_it_was():
        yield


class Snapshot(Protocol):
    def __call__(self, name: str, value: Any) -> None: ...


@pytest.fixture
def snapshot(request: pytest.FixtureRequest) -> Snapshot:
    """Compare a JSON value with the file of that name under tests/snapshots."""

    def compare(name: str, value: Any) -> None:
        path = SNAPSHOTS / f"{name}.json"
        text = json.dumps(value, indent=2, ensure_ascii=False, sort_keys=False) + "\n"
        if request.config.getoption("--update-snapshots"):
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, "utf-8")
        assert path.exists(), f"{path.name} is missing. If it should be there: pytest --update-snapshots"
        assert text == path.read_text("utf-8"), (
            f"What the server publishes differs from {path.name}. If that is on purpose, run "
            "`pytest --update-snapshots` and commit the change with a line in the changelog."
        )

    return compare
