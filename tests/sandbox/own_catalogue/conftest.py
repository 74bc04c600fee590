"""A store for the tests of reading a folder."""

from collections.abc import Iterator

import pytest

from scenario_mcp.sandbox.engine.storage import Store


@pytest.fixture
def store() -> Iterator[Store]:
    with Store.open() as store:
        yield store
