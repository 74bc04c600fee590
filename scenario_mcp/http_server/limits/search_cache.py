"""The same request of the same caller within seconds is one request to Scenario."""

import hashlib
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

from cachetools import TLRUCache

from scenario_mcp.http_server.shared_store.redis_link import RedisLink
from scenario_mcp.net.single_flight import SingleFlight

Outcome = Literal["hit", "shared hit", "joined", "miss"]
AnswerT = TypeVar("AnswerT")

MAX_BYTES = 6_000_000
MAX_ANSWER_BYTES = 1_000_000
ENTRY_BYTES = 500
"""What an entry takes beside its body."""


@dataclass(frozen=True, slots=True)
class _Kept:
    body: bytes
    end: float


class SearchMemory:
    """Answers as Scenario sent them, for `seconds` (0 is never), in this process and where replicas share something.

    Whoever asks for what is being asked joins that request. No error is kept, and no answer longer than it can be used.
    """

    def __init__(
        self,
        seconds: float,
        shared: RedisLink | None,
        *,
        max_bytes: int = MAX_BYTES,
        on_recall: Callable[[Outcome], None] = lambda _outcome: None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._seconds = seconds
        self._shared = shared
        self._on_recall = on_recall
        self._clock = clock
        self._kept: TLRUCache[bytes, _Kept] = TLRUCache(
            max_bytes,
            ttu=lambda _key, kept, _now: kept.end,
            timer=clock,
            getsizeof=lambda kept: ENTRY_BYTES + len(kept.body),
        )
        self._flights: SingleFlight[bytes, Any] = SingleFlight()

    async def recall(  # noqa: PLR0913  # what a search is, where its answer comes from, how long it is good
        self,
        caller: str,
        request: bytes,
        *,
        read: Callable[[bytes], AnswerT | None],
        ask: Callable[[], Awaitable[tuple[bytes, AnswerT]]],
        keep_seconds: Callable[[AnswerT], float],
        usable_seconds: Callable[[AnswerT], float],
    ) -> AnswerT:
        """Return what was answered lately, or what `ask` returns as (body, answer).

        `request` is all that the answer depends on beside the caller. `read` makes an answer of a body, None if it
        cannot. `keep_seconds` says at a glance how long an answer is worth keeping, `usable_seconds` with care whether
        it still is when it is asked for again. What `ask` raises is raised for everyone who waits for it.
        """
        if self._seconds <= 0:
            return (await ask())[1]
        key = hashlib.sha256(caller.encode() + b"\0" + request).digest()
        kept = self._kept.get(key)
        if kept is not None:
            answer = read(kept.body)
            if answer is not None and usable_seconds(answer) > 0:
                self._on_recall("hit")
                return answer
        has_joined = True

        async def find() -> AnswerT:
            nonlocal has_joined
            has_joined = False
            answer = await self._look_up(key, read)
            if answer is not None and usable_seconds(answer) <= 0:
                answer = None
            self._on_recall("miss" if answer is None else "shared hit")
            if answer is None:
                body, answer = await ask()
                self._keep(key, body, keep_seconds(answer))
            return answer

        found: AnswerT = await self._flights.do(key, find)
        if has_joined:
            self._on_recall("joined")
        return found

    async def _look_up(self, key: bytes, read: Callable[[bytes], AnswerT | None]) -> AnswerT | None:
        body = await self._shared.get(_name(key)) if self._shared is not None else None
        return None if body is None else read(body)

    def _keep(self, key: bytes, body: bytes, usable_seconds: float) -> None:
        seconds = min(self._seconds, usable_seconds)
        if seconds <= 0 or len(body) > MAX_ANSWER_BYTES or len(body) + ENTRY_BYTES > self._kept.maxsize:
            return
        self._kept[key] = _Kept(body, self._clock() + seconds)
        if self._shared is not None:
            self._shared.store(_name(key), body, seconds)


def _name(key: bytes) -> str:
    return f"search:{key.hex()}"
