"""The pace of batches: small ones at first, so that searches soon find something; large ones later, which cost less."""

import time

_FIRST_SECONDS = 0.15
_GROWTH = 1.5
_LONGEST_SECONDS = 4.0


class BatchPace:
    """Says when a batch is to be stored: when it is full, or when the last one was stored long enough ago."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._seconds = _FIRST_SECONDS
        self._next = time.monotonic() + self._seconds

    def is_due(self, size: int) -> bool:
        """Whether a batch of this size is to be stored now."""
        return size >= self._most or (size > 0 and time.monotonic() >= self._next)

    def start_next(self) -> None:
        """Begin the next batch, once one is stored."""
        self._seconds = min(_GROWTH * self._seconds, _LONGEST_SECONDS)
        self._next = time.monotonic() + self._seconds
