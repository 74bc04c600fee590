"""The pace of batches: small ones at first, so that searches soon find something; large ones later, which cost less."""

import time

_FIRST_SECONDS = 0.15
_GROWTH = 2.0
_LONGEST_SECONDS = 4.0
_MOST_BYTES = 16_000_000
"""A batch waits in memory."""


class BatchPace:
    """Says when a batch is to be stored: when it is full, or when the last one was stored long enough ago."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._seconds = _FIRST_SECONDS
        self._next = time.monotonic() + self._seconds
        self._bytes = 0

    def is_due(self, size: int, new_bytes: int = 0) -> bool:
        """Whether a batch of this size, whose last part has so many bytes, is to be stored now."""
        self._bytes += new_bytes
        is_full = size >= self._most or self._bytes >= _MOST_BYTES
        return is_full or (size > 0 and time.monotonic() >= self._next)

    def start_next(self) -> None:
        """Begin the next batch, once one is stored."""
        self._bytes = 0
        self._seconds = min(_GROWTH * self._seconds, _LONGEST_SECONDS)
        self._next = time.monotonic() + self._seconds
