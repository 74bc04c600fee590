"""What answers each caller: a client of its own over connections, memories and limits that all share."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from functools import partial
from itertools import islice
from time import time
from types import TracebackType
from typing import Any, Self

import anyio
from cachetools import LRUCache

from scenario_mcp.api.client import Try
from scenario_mcp.api.replies import Asset, SearchPage
from scenario_mcp.backend import Backend, Connections, RecentIds, Scenario, connect, open_connections
from scenario_mcp.errors import NotAuthorized
from scenario_mcp.http_server.aiohttp_transport import make_way
from scenario_mcp.http_server.auth.authenticator import Caller
from scenario_mcp.http_server.limits.quotas import SpentQuotas
from scenario_mcp.http_server.limits.rate_limits import RateLimiter
from scenario_mcp.http_server.limits.search_cache import SearchMemory
from scenario_mcp.http_server.telemetry import tracing
from scenario_mcp.http_server.telemetry.metrics import Metrics
from scenario_mcp.pictures.reader import PictureCache, usable_until
from scenario_mcp.settings import Settings

MAX_CALLERS = 1_000
"""Whose clients and recent hits are kept; who has not asked for longest is forgotten first."""
PICTURES_AT_ONCE = 16
"""Read for all callers together."""


class Backends:
    """The backend of each caller. What it shares is opened when it is first needed, and closed with `async with`."""

    def __init__(  # noqa: PLR0913  # what callers share, each part for itself
        self,
        settings: Settings,
        rate_limiter: RateLimiter,
        memory: SearchMemory,
        quotas: SpentQuotas,
        metrics: Metrics,
        *,
        at_once: int,
    ) -> None:
        self._settings = settings
        self.rate_limiter = rate_limiter
        self.memory = memory
        self.quotas = quotas
        self.metrics = metrics
        self.turns = anyio.Semaphore(at_once, max_value=at_once, fast_acquire=True)
        self._at_once = at_once
        self._cache = PictureCache(at_once=PICTURES_AT_ONCE)
        self._backends: LRUCache[str, tuple[Caller, Backend]] = LRUCache(MAX_CALLERS)
        self._stack = AsyncExitStack()
        self._opening = anyio.Lock()
        self._opened: tuple[Settings, Connections] | None = None

    def knows(self, caller: Caller) -> bool:
        """Whether this caller has asked lately."""
        return caller.key in self._backends

    def of(self, caller: Caller) -> Backend:
        """Return the backend of a caller, the same one as long as it is kept."""
        known = self._backends.get(caller.key)
        if known is not None and known[0] == caller:
            return known[1]
        backend = Backend(
            caller.settings, partial(self._open, caller), partial(self.rate_limiter.admit, caller.key, caller.payer)
        )
        self._backends[caller.key] = caller, backend
        return backend

    @asynccontextmanager
    async def _open(self, caller: Caller, settings: Settings, recent: RecentIds) -> AsyncIterator[Scenario]:
        if caller.problem:
            raise NotAuthorized(caller.problem)
        opened, connections = await self._connections()
        if opened.sandbox:
            settings = replace(opened, whose_key=settings.whose_key, image_folders=())
        upkeep = CallerUpkeep(caller, self)
        yield connect(settings, connections, recent, picture_cache=self._cache, upkeep=upkeep, owner=caller.key)

    async def _connections(self) -> tuple[Settings, Connections]:
        if self._opened is None:
            async with self._opening:
                if self._opened is None:
                    opening = open_connections(self._settings, partial(make_way, at_once=self._at_once))
                    self._opened = await self._stack.enter_async_context(opening)
        return self._opened

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stack.aclose()


class CallerUpkeep:
    """What is kept of one caller from call to call: the client's `Upkeep`."""

    def __init__(self, caller: Caller, backends: Backends) -> None:
        self._key = caller.key
        self._payer = caller.payer
        self._backends = backends

    @property
    def turns(self) -> anyio.Semaphore:
        """The requests that may be in flight, of all callers together."""
        return self._backends.turns

    async def recall(
        self,
        request: bytes,
        *,
        read: Callable[[bytes], SearchPage[Any] | None],
        ask: Callable[[], Awaitable[tuple[bytes, SearchPage[Any]]]],
    ) -> SearchPage[Any]:
        """Return what the same search of this caller has found just now, else what `ask` returns."""
        page: SearchPage[Any] = await self._backends.memory.recall(
            self._key, request, read=read, ask=ask, keep_seconds=keep_seconds, usable_seconds=usable_seconds
        )
        return page

    async def quota_wait_seconds(self) -> float:
        """Return in how many seconds the key that this caller's calls go by has searches again."""
        return await self._backends.quotas.spent(self._payer)

    async def note_quota(self, wait_seconds: float | None) -> None:
        """Remember that its searches are used up."""
        await self._backends.quotas.note(self._payer, wait_seconds)

    def note_try(self, tried: Try) -> None:
        """Count a request and record its span."""
        self._backends.metrics.record_upstream_request(tried)
        tracing.record_upstream_request(tried)


def keep_seconds(page: SearchPage[Any]) -> float:
    """Return for how long a page is worth keeping, by its first address: those of one answer are signed together."""
    return _seconds_left(islice(_addresses(page), 1))


def usable_seconds(page: SearchPage[Any]) -> float:
    """Return for how long all signed addresses of a page can be used."""
    return _seconds_left(_addresses(page))


def _seconds_left(addresses: Iterable[str]) -> float:
    now = time()
    return min((usable_until(url, now) - now for url in addresses), default=float("inf"))


def _addresses(page: SearchPage[Any]) -> Iterator[str]:
    for document in page.hits:
        if isinstance(document, Asset) and document.url:
            yield document.url
        if document.thumbnail and document.thumbnail.url:
            yield document.thumbnail.url
