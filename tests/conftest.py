"""What all tests share: a sandbox server, clients of both protocol eras, and snapshots."""

import json
from pathlib import Path
from typing import Any, Protocol

import pytest
from hypothesis import settings

settings.register_profile("any machine", deadline=None)  # no test fails because a machine is busy
settings.load_profile("any machine")

SNAPSHOTS = Path(__file__).parent / "snapshots"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-snapshots", action="store_true", help="write what the server publishes now")


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
