"""What answers each caller: a client of its own over connections, caches and limits that all share."""

from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from functools import partial
from types import TracebackType
from typing import Self

import anyio
import httpx
from cachetools import LRUCache

from scenario_mcp.api.client import ScenarioClient
from scenario_mcp.api.retries import RetryTransport, Try, request_slots
from scenario_mcp.api.vocabulary import vocabulary_cache
from scenario_mcp.backend import Backend, Connections, Scenario, connect, open_connections
from scenario_mcp.credentials import Credentials
from scenario_mcp.errors import NotAuthorized
from scenario_mcp.http_server.auth.authenticator import Caller
from scenario_mcp.http_server.limits.quotas import QuotaCache, QuotaTransport
from scenario_mcp.http_server.limits.rate_limits import RateLimiter
from scenario_mcp.http_server.limits.search_cache import SearchCache, SearchCacheTransport
from scenario_mcp.http_server.telemetry import tracing
from scenario_mcp.http_server.telemetry.metrics import Metrics
from scenario_mcp.pictures.cache import PictureCache
from scenario_mcp.pictures.resize import Resizer
from scenario_mcp.recent_ids import RecentIds
from scenario_mcp.settings import Settings

MAX_CALLERS = 1_000
"""Callers whose clients and recent hits are kept, least recently used first to go."""
PICTURES_AT_ONCE = 16
"""Of all callers together."""


class _Opening:
    """Opens what answers a caller. Nothing of it is the caller's own to close, so a forgotten one leaves nothing open.

    Not made by `asynccontextmanager`: its generator, if forgotten, would have to be ended by a task.
    """

    def __init__(
        self, connect_caller: Callable[[Caller, RecentIds], Awaitable[Scenario]], caller: Caller, recent: RecentIds
    ) -> None:
        self._scenario = partial(connect_caller, caller, recent)

    async def __aenter__(self) -> Scenario:
        return await self._scenario()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close nothing."""


class Backends:
    """The backend of each caller. Shared connections open when first needed and close with `async with`."""

    def __init__(  # noqa: PLR0913  # what callers share, each part for itself
        self,
        settings: Settings,
        rate_limiter: RateLimiter,
        searches: SearchCache,
        quotas: QuotaCache,
        metrics: Metrics,
        *,
        at_once: int,
    ) -> None:
        self._settings = settings
        self.rate_limiter = rate_limiter
        self._searches = searches
        self._quotas = quotas
        self._metrics = metrics
        self._slots = request_slots(at_once)
        self._at_once = at_once
        self._cache = PictureCache(concurrent_reads=PICTURES_AT_ONCE)
        self._vocabulary = vocabulary_cache()
        self._resizer = Resizer()
        self._backends: LRUCache[str, tuple[Caller, Backend]] = LRUCache(MAX_CALLERS)
        self._stack = AsyncExitStack()
        self._opening = anyio.Lock()
        self._opened: Connections | None = None

    def of(self, caller: Caller) -> Backend:
        """Return the backend of a caller, the same one as long as it is kept."""
        known = self._backends.get(caller.key)
        if known is not None and known[0] == caller:
            return known[1]
        backend = Backend(
            partial(_Opening, self._connect, caller),
            caller.credentials,
            partial(self.rate_limiter.admit, caller.key, caller.payer),
        )
        self._backends[caller.key] = caller, backend
        return backend

    async def _connect(self, caller: Caller, recent: RecentIds) -> Scenario:
        if caller.problem:
            raise NotAuthorized(caller.problem)
        connections = await self._connections()
        credentials = connections.credentials(caller.credentials)
        transport = self._transport(caller, credentials, connections.api)
        client = ScenarioClient(transport, self._settings.upstream.base_url, credentials)
        return connect(
            self._settings,
            connections,
            client,
            recent,
            picture_cache=self._cache,
            vocabulary_cache=self._vocabulary,
            resizer=self._resizer,
            owner=caller.key,
            local_files=False,
            is_operators=caller.credentials.holder == "own",
        )

    def _transport(
        self, caller: Caller, credentials: Credentials, api: httpx.AsyncBaseTransport
    ) -> httpx.AsyncBaseTransport:
        """Build the transport of one caller: cache, then quota, then tries, then the network."""
        retrying = RetryTransport(api, self._settings, credentials, slots=self._slots, on_try=self._note_try)
        return SearchCacheTransport(QuotaTransport(retrying, self._quotas, caller.payer), self._searches, caller.key)

    def _note_try(self, tried: Try) -> None:
        self._metrics.record_upstream_request(tried)
        tracing.record_upstream_request(tried)

    async def _connections(self) -> Connections:
        if self._opened is None:
            async with self._opening:
                if self._opened is None:
                    opening = open_connections(self._settings, at_once=self._at_once)
                    self._opened = await self._stack.enter_async_context(opening)
        return self._opened

    async def __aenter__(self) -> Self:
        if self._settings.upstream.is_folder:
            await self._connections()  # so that it is read before the first search
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stack.aclose()
