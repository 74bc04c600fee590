"""A batch that keeps what can be stored: what cannot be is told, and costs the others nothing."""

import sqlite3
from collections.abc import Callable, Sequence
from typing import TypeVar

from scenario_mcp.sandbox.engine.storage import Batch, Store

ItemT = TypeVar("ItemT")
_OF_THE_INDEX = (sqlite3.OperationalError, sqlite3.InternalError, sqlite3.NotSupportedError)
"""Errors of the index itself, such as a full disk: another item would not fare better."""


def put_each(
    store: Store,
    items: Sequence[ItemT],
    put: Callable[[Batch, ItemT], None],
    refuse: Callable[[ItemT, Exception], None],
) -> None:
    """Store all items in one batch; if that fails, each in a batch of its own, and call `refuse` for those that fail.

    Raises:
        sqlite3.Error: the index cannot be written.

    """
    try:
        _put_all(store, items, put)
    except _OF_THE_INDEX:
        raise
    except Exception as error:
        if _is_of_the_file(error):
            raise
        for item in items:
            try:
                _put_all(store, [item], put)
            except _OF_THE_INDEX:
                raise
            except Exception as reason:
                if _is_of_the_file(reason):
                    raise
                refuse(item, reason)


def _put_all(store: Store, items: Sequence[ItemT], put: Callable[[Batch, ItemT], None]) -> None:
    with store.writing() as batch:
        for item in items:
            put(batch, item)


def _is_of_the_file(error: Exception) -> bool:
    """Whether SQLite finds its file damaged: its plain `DatabaseError` says so."""
    return type(error) is sqlite3.DatabaseError
