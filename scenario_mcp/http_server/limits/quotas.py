"""A transport that sends no search while the plan's quota for searches is known to be used up."""

import time
from collections.abc import Callable

import httpx
from cachetools import TLRUCache

from scenario_mcp.api.client import is_search
from scenario_mcp.api.error_mapping import quota_still_exceeded
from scenario_mcp.errors import QuotaExceeded
from scenario_mcp.http_server.shared_store.redis_link import RedisLink

UNKNOWN_WAIT_SECONDS = 600.0
"""Scenario does not always say when the quota is renewed."""
MAX_WAIT_SECONDS = 86_400.0
MAX_CALLERS = 10_000


class QuotaCache:
    """The API keys whose quota is used up, known in this process and, if there is a Redis, in all replicas.

    Never queries Redis itself: the script of the rate limiter returns the quota too and stores it here.
    """

    def __init__(self, shared: RedisLink | None, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._shared = shared
        self._clock = clock
        self._ends: TLRUCache[str, float] = TLRUCache(MAX_CALLERS, lambda _payer, end, _now: end, timer=clock)

    def remaining_seconds(self, payer: str) -> float:
        """Return the seconds until Scenario may be asked again, 0 for now."""
        end = self._ends.get(payer)
        return 0.0 if end is None else max(0.0, end - self._clock())

    def set(self, payer: str, wait_seconds: float | None) -> None:
        """Remember, for all replicas, that the quota is used up for so long if that is known: a day at most."""
        seconds = UNKNOWN_WAIT_SECONDS if wait_seconds is None else min(wait_seconds, MAX_WAIT_SECONDS)
        if seconds <= 0:
            return
        self.set_here(payer, seconds)
        if self._shared is not None:
            self._shared.store(self.name(payer), b"1", seconds)

    def set_here(self, payer: str, wait_seconds: float) -> None:
        """Remember, in this process, what another replica has found."""
        self._ends[payer] = self._clock() + wait_seconds

    @staticmethod
    def name(payer: str) -> str:
        """Return the key in Redis, which exists as long as the quota is used up."""
        return f"quota:{payer}"


class QuotaTransport(httpx.AsyncBaseTransport):
    """Raises `QuotaExceeded` at once for searches while the quota of `payer` is used up, and learns when it is."""

    def __init__(self, transport: httpx.AsyncBaseTransport, quotas: QuotaCache, payer: str) -> None:
        self._transport = transport
        self._quotas = quotas
        self._payer = payer

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Return the answer of the transport around which this is built."""
        if not is_search(request):
            return await self._transport.handle_async_request(request)
        wait_seconds = self._quotas.remaining_seconds(self._payer)
        if wait_seconds:
            raise quota_still_exceeded(wait_seconds)
        try:
            return await self._transport.handle_async_request(request)
        except QuotaExceeded as error:
            self._quotas.set(self._payer, error.wait_seconds)
            raise
