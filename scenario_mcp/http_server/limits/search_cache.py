"""A transport that answers the same search of the same caller within seconds by one request to Scenario."""

import hashlib
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any, Literal

import httpx
from cachetools import TLRUCache

from scenario_mcp.api.client import is_search
from scenario_mcp.api.found_assets import FoundAsset, FoundPage
from scenario_mcp.api.parsing import read_answer
from scenario_mcp.api.replies import Asset, SearchPage
from scenario_mcp.http_server.shared_store.redis_link import RedisLink
from scenario_mcp.net.single_flight import SingleFlight
from scenario_mcp.pictures.cache import usable_until

Source = Literal["hit", "shared hit", "joined", "miss"]

MAX_BYTES = 6_000_000
MAX_ANSWER_BYTES = 1_000_000
ENTRY_BYTES = 500
"""Memory that an entry takes beside its body."""


@dataclass(slots=True)
class _Entry:
    body: bytes
    end: float
    usable_until: float | None = None
    """In seconds since 1970, from the first hit on."""


class SearchCache:
    """Bodies of answers as Scenario sent them, for `seconds` (0: never), in this process and in Redis if there is one.

    No error is stored, and no answer for longer than its signed addresses can be used.
    """

    def __init__(
        self,
        seconds: float,
        shared: RedisLink | None,
        *,
        max_bytes: int = MAX_BYTES,
        on_search: Callable[[Source], None] = lambda _source: None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._seconds = seconds
        self._shared = shared
        self._on_search = on_search
        self._clock = clock
        self._entries: TLRUCache[bytes, _Entry] = TLRUCache(
            max_bytes,
            ttu=lambda _key, entry, _now: entry.end,
            timer=clock,
            getsizeof=lambda entry: ENTRY_BYTES + len(entry.body),
        )
        self._in_flight: SingleFlight[bytes, httpx.Response] = SingleFlight()

    async def get_or_fetch(
        self, caller: str, request: httpx.Request, transport: httpx.AsyncBaseTransport
    ) -> httpx.Response:
        """Return the answer that the same request of this caller got lately, else that of `transport`.

        Whoever asks for what is being fetched waits for it. An error of `transport` is raised for all who wait.
        """
        if self._seconds <= 0:
            return await transport.handle_async_request(request)
        key = hashlib.sha256(b"\0".join((caller.encode(), str(request.url).encode(), request.content))).digest()
        entry = self._entries.get(key)
        if entry is not None and (response := _usable_response(request, entry)):
            self._on_search("hit")
            return response
        has_joined = True

        async def fetch() -> httpx.Response:
            nonlocal has_joined
            has_joined = False
            body = await self._shared.get(_name(key)) if self._shared is not None else None
            response = None if body is None else _usable_response(request, _Entry(body, 0))
            self._on_search("miss" if response is None else "shared hit")
            if response is None:
                response = await transport.handle_async_request(request)
                self._store(key, response)
            return response

        response = await self._in_flight.do(key, fetch)
        if has_joined:
            self._on_search("joined")
        return response

    def _store(self, key: bytes, response: httpx.Response) -> None:
        # At a glance, by the first address: those of one answer are signed together. A hit looks at all.
        addresses = islice(_addresses(response.extensions["answer"]), 1)
        seconds, body = min(self._seconds, _usable_until(addresses) - time.time()), response.extensions["body"]
        if seconds <= 0 or len(body) > MAX_ANSWER_BYTES or len(body) + ENTRY_BYTES > self._entries.maxsize:
            return
        self._entries[key] = _Entry(body, self._clock() + seconds)
        if self._shared is not None:
            self._shared.store(_name(key), body, seconds)


class SearchCacheTransport(httpx.AsyncBaseTransport):
    """Answers the searches of one caller from the cache; the transport around which it is built answers the rest."""

    def __init__(self, transport: httpx.AsyncBaseTransport, cache: SearchCache, caller: str) -> None:
        self._transport = transport
        self._cache = cache
        self._caller = caller

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Return the answer, stored or new."""
        if is_search(request):
            return await self._cache.get_or_fetch(self._caller, request, self._transport)
        return await self._transport.handle_async_request(request)


def _usable_response(request: httpx.Request, entry: _Entry) -> httpx.Response | None:
    """Return a stored answer; None if it cannot be read, or if an address in it can no longer be used."""
    response = read_answer(request, entry.body)
    if response is not None and entry.usable_until is None:
        entry.usable_until = _usable_until(_addresses(response.extensions["answer"]))
    return response if entry.usable_until is not None and time.time() < entry.usable_until else None


def _usable_until(addresses: Iterable[str]) -> float:
    now = time.time()
    return min((usable_until(url, now) for url in addresses), default=float("inf"))


def _addresses(page: SearchPage[Any] | FoundPage) -> Iterator[str]:
    for document in page.hits:
        if isinstance(document, Asset | FoundAsset) and document.url:
            yield document.url
        if document.thumbnail and document.thumbnail.url:
            yield document.thumbnail.url


def _name(key: bytes) -> str:
    return f"search:{key.hex()}"
