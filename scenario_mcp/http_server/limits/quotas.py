"""Whose quota for searches Scenario has said to be spent: until when nobody asks again."""

import time
from collections.abc import Callable

from cachetools import TLRUCache

from scenario_mcp.http_server.shared_store.redis_link import RedisLink

UNKNOWN_WAIT_SECONDS = 600.0
"""Scenario does not always say when the quota is filled up again."""
MAX_WAIT_SECONDS = 86_400.0
MAX_CALLERS = 10_000


class SpentQuotas:
    """What is known in this process, and shared where replicas share something.

    Reading costs no question of its own: `RateLimiter` asks for it along with the number of calls, and has it learned
    here.
    """

    def __init__(self, shared: RedisLink | None, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._shared = shared
        self._clock = clock
        self._ends: TLRUCache[str, float] = TLRUCache(MAX_CALLERS, lambda _caller, end, _now: end, timer=clock)

    async def spent(self, caller: str) -> float:
        """Return the seconds until Scenario may be asked again, 0 for now."""
        end = self._ends.get(caller)
        return 0.0 if end is None else max(0.0, end - self._clock())

    async def note(self, caller: str, wait_seconds: float | None) -> None:
        """Remember that Scenario has refused a search, and how long to wait if it said so: a day at most."""
        seconds = UNKNOWN_WAIT_SECONDS if wait_seconds is None else min(wait_seconds, MAX_WAIT_SECONDS)
        if seconds <= 0:
            return
        self.learn(caller, seconds)
        if self._shared is not None:
            self._shared.store(self.name(caller), b"1", seconds)

    def learn(self, caller: str, wait_seconds: float) -> None:
        """Remember what another replica has noted."""
        self._ends[caller] = self._clock() + wait_seconds

    @staticmethod
    def name(caller: str) -> str:
        """Return under which name replicas share it; it is there as long as the quota is spent."""
        return f"quota:{caller}"
