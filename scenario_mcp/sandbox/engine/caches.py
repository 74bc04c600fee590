"""A cache with a bound in bytes, for what has very different sizes: what was not used for longest goes first."""

from collections import OrderedDict
from collections.abc import Hashable
from typing import Generic, TypeVar

KeyT = TypeVar("KeyT", bound=Hashable)
ValueT = TypeVar("ValueT")

_ENTRY_BYTES = 200
"""What an entry takes besides its value: its place in the table, and its key."""


class ByteCache(Generic[KeyT, ValueT]):
    """A table of what was used last, as far as it has room."""

    def __init__(self, most_bytes: int) -> None:
        self._entries: OrderedDict[KeyT, tuple[ValueT, int]] = OrderedDict()
        self._left = most_bytes

    def get(self, key: KeyT) -> ValueT | None:
        """Return what was put there; None if it was not, or has gone."""
        entry = self._entries.get(key)
        if entry is None:
            return None
        self._entries.move_to_end(key)
        return entry[0]

    def put(self, key: KeyT, value: ValueT, size: int) -> ValueT:
        """Keep a value of so many bytes, and return it."""
        size += _ENTRY_BYTES
        if replaced := self._entries.pop(key, None):
            self._left += replaced[1]
        self._entries[key] = (value, size)
        self._left -= size
        while self._left < 0:
            _, (_, freed) = self._entries.popitem(last=False)
            self._left += freed
        return value
