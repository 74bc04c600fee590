"""A store for the tests of reading a folder, and a clock that stands still, however slow the machine is."""

from collections.abc import Iterator
from types import SimpleNamespace

import pytest

from scenario_mcp.sandbox.engine.storage import Store
from scenario_mcp.sandbox.own_catalogue import batch_pace, milestones


@pytest.fixture
def store() -> Iterator[Store]:
    with Store.open() as store:
        yield store


class Clock(SimpleNamespace):
    """Stands in for the module `time`; it moves on by `step` whenever it is looked at."""

    now = 0.0
    step = 0.0

    def monotonic(self) -> float:
        self.now += self.step
        return self.now


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Batches end by their size alone, and no reading is told to take long, until a test moves this clock on."""
    clock = Clock()
    for module in (batch_pace, milestones):
        monkeypatch.setattr(module, "time", clock)
    return clock
