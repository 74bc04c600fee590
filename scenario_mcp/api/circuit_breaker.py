"""A circuit breaker: sends nothing to an API that is down, but a probe now and then.

Not a package: those for it bring storages, decorators and errors of their own, or are no longer maintained.
"""

from collections.abc import Callable

FAILURES_TO_OPEN = 5
SECONDS_TO_OPEN = 1.0
"""Failures within less are one event, such as a restart that resets every connection: a retry succeeds."""
PROBE_SECONDS = 5.0
STREAK_SECONDS = 60.0
"""Failures further apart are counted anew."""


class CircuitBreaker:
    """Opens after consecutive failures; while open it admits one request every `PROBE_SECONDS`, until one succeeds.

    A probe that hangs does not delay the next one.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._failures = 0
        self._first_failure = self._last_failure = 0.0
        self._probe_due: float | None = None

    @property
    def is_open(self) -> bool:
        """Whether requests are rejected."""
        return self._probe_due is not None

    def admit(self) -> float:
        """Return 0 if a request may be sent now, be it as the probe; else the seconds until the next probe."""
        if self._probe_due is None:
            return 0.0
        now = self._clock()
        if now < self._probe_due:
            return self._probe_due - now
        self._probe_due = now + PROBE_SECONDS
        return 0.0

    def succeed(self) -> None:
        """Record that the API has answered."""
        self._failures = 0
        self._probe_due = None

    def fail(self) -> None:
        """Record that the API was not reached."""
        now = self._clock()
        if self._failures == 0 or now - self._last_failure > STREAK_SECONDS:
            self._failures, self._first_failure = 0, now
        self._failures += 1
        self._last_failure = now
        if (
            self._probe_due is None
            and self._failures >= FAILURES_TO_OPEN
            and now - self._first_failure >= SECONDS_TO_OPEN
        ):
            self._probe_due = now + PROBE_SECONDS
