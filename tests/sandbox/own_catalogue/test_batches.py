"""A batch that keeps what can be stored."""

import sqlite3

import pytest

from scenario_mcp.sandbox.engine.storage import Batch, File, Store
from scenario_mcp.sandbox.own_catalogue.batches import put_each


def put(batch: Batch, size: object) -> None:
    if isinstance(size, Exception):
        raise size
    batch.put_file(File(f"{size!r:.20}.png", size, 0, "asset", "", ()))  # type: ignore[arg-type]  # what is tested


@pytest.mark.parametrize("odd", [2**63, ValueError("odd"), KeyError("odd"), RecursionError(), sqlite3.DataError("odd")])
def test_what_cannot_be_stored_costs_the_others_nothing(store: Store, odd: object) -> None:
    refused: list[object] = []
    put_each(store, [1, odd, 3], put, lambda item, _: refused.append(item))
    assert refused == [odd]
    assert sorted(store.files()) == ["1.png", "3.png"]


@pytest.mark.parametrize("error", [sqlite3.OperationalError("disk is full"), sqlite3.DatabaseError("malformed")])
def test_an_index_that_cannot_be_written_is_no_fault_of_an_item(store: Store, error: sqlite3.Error) -> None:
    with pytest.raises(type(error)):
        put_each(store, [1, error], put, lambda *_: pytest.fail("an item is blamed"))
    assert store.files() == {}
