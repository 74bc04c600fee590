"""Calls as many clients make them, held against what the sandbox itself answers."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx

from tests.cluster.cluster import CALLERS, Cluster, token_of
from tests.support.local_http import NO_TLS

CONNECTIONS = 32
LONGEST_SECONDS = 300.0
"""No load goes on for longer."""
_PATIENCE = httpx.Timeout(40)
_WORDS = ("knight", "castle", "forest", "dragon", "robot", "ship", "sword", "potion")
_WINDOWS = ((5, 0), (4, 1), (3, 2), (2, 0), (7, 0))
_HEADERS = {"Accept": "application/json, text/event-stream", "MCP-Protocol-Version": "2025-11-25"}

Arguments = Mapping[str, str | int]

SEARCHES: Sequence[Arguments] = [
    {"query": word, "limit": limit, "offset": offset} for word, (limit, offset) in itertools.product(_WORDS, _WINDOWS)
]
"""Forty searches whose answers differ."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back for one call."""

    status: int
    is_error: bool
    ids: tuple[str, ...]
    text: str
    """The first text block of a result, or the beginning of what is no result."""


def right_ids(cluster: Cluster, arguments: Arguments) -> tuple[str, ...]:
    """Return the ids that this search must find: what the sandbox says when it is asked without us."""
    reply = cluster.direct.post("/v1/search/assets", json=dict(arguments)).raise_for_status()
    return tuple(hit["id"] for hit in reply.json()["hits"])


def open_client(address: str) -> httpx.AsyncClient:
    """Return a client of nginx or of one replica."""
    limits = httpx.Limits(max_connections=CONNECTIONS, max_keepalive_connections=CONNECTIONS)
    return httpx.AsyncClient(base_url=address, limits=limits, timeout=_PATIENCE, verify=NO_TLS, trust_env=False)


async def search(client: httpx.AsyncClient, caller: str, arguments: Arguments) -> Answer:
    """Call `search_assets` once."""
    params = {"name": "search_assets", "arguments": dict(arguments)}
    body = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}
    reply = await client.post("/mcp", json=body, headers={**_HEADERS, "Authorization": f"Bearer {token_of(caller)}"})
    try:
        result: dict[str, Any] = reply.json()["result"]
    except (ValueError, KeyError):
        return Answer(reply.status_code, is_error=True, ids=(), text=reply.text[:300])
    hits = result.get("structuredContent", {}).get("hits", [])
    return Answer(
        reply.status_code,
        is_error=result.get("isError", False),
        ids=tuple(hit["id"] for hit in hits),
        text=result["content"][0]["text"],
    )


class Load:
    """Callers that go on asking through nginx over many connections, and compare every answer."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._right = [right_ids(cluster, arguments) for arguments in SEARCHES]
        self._numbers = itertools.count()
        self._ended = False
        self._one_more = asyncio.Condition()
        self.done = 0
        """Calls that were answered."""
        self.wrong: list[str] = []
        """What each answer was that is not the right one with status 200."""

    @asynccontextmanager
    async def going_on(self) -> AsyncIterator[None]:
        """Ask for as long as the body runs; then wait for the last answers."""
        async with (
            asyncio.timeout(LONGEST_SECONDS),
            open_client(self._cluster.address) as client,
            asyncio.TaskGroup() as group,
        ):
            for _ in range(CONNECTIONS):
                group.create_task(self._ask(client))
            try:
                yield
            finally:
                self._ended = True

    async def reached(self, calls: int) -> None:
        """Wait until so many calls were answered."""
        async with self._one_more:
            await self._one_more.wait_for(lambda: self.done >= calls)

    async def _ask(self, client: httpx.AsyncClient) -> None:
        while not self._ended:
            number = next(self._numbers)
            which = number % len(SEARCHES)
            caller = CALLERS[number % 7 % len(CALLERS)]  # every caller gets round to every search
            try:
                answer = await search(client, caller, SEARCHES[which])
            except httpx.HTTPError as error:
                self.wrong.append(f"call {number}: {error!r}")
            else:
                if answer.status != httpx.codes.OK or answer.is_error or answer.ids != self._right[which]:
                    self.wrong.append(f"call {number} of {caller}: {answer}")
            async with self._one_more:
                self.done += 1
                self._one_more.notify_all()
