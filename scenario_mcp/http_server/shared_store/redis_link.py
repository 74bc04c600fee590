"""The link to the Redis or Valkey that replicas share. While Redis is failing, every method answers None at once.

Commands that come while others are under way travel together afterwards, as one pipeline: on connections of their own
they would cost this process four times the CPU. A command that was sent is never sent again, since it may have counted.
"""

import asyncio
import logging
from collections.abc import Sequence
from contextlib import suppress
from types import TracebackType
from typing import TYPE_CHECKING, Any, Literal, Self

from scenario_mcp.http_server.shared_store.errors import concerns_every_command, describe_failure
from scenario_mcp.http_server.shared_store.url import redis_place

if TYPE_CHECKING:
    from redis.asyncio import Redis

State = Literal["off", "up", "down"]
Command = tuple[str | bytes | int, ...]
Reply = Any
"""What Redis answers, or the exception that came in its place."""

PREFIX = "scenario-mcp:"
ANSWER_SECONDS = 0.2
GRACE_SECONDS = 0.05
"""After `ANSWER_SECONDS`, from when the event loop gets round to it: Redis is not blamed for a loop that was busy."""
CONNECT_SECONDS = 1.0
PROBE_SECONDS = 1.0
MAX_WAITING_COMMANDS = 2_000
MAX_WAITING_BYTES = 2_000_000
"""Of values to store; more are dropped. A pipeline holds no more either, so it arrives in time."""
_PROBE = "return redis.call('SET', KEYS[1], '1', 'PX', 60000)"
"""A real write in a real script: a full server, a replica and a strict access list refuse exactly that."""

_logger = logging.getLogger(__name__)


class RedisLink:
    """Keys in Redis or Valkey, all beginning with `PREFIX`, and scripts that use them.

    Entering it takes about a second at most. A probe writes every `probe_seconds`, so `state` is as fresh as that, and
    any failure in between changes it at once.
    """

    def __init__(self, url: str, *, probe_seconds: float = PROBE_SECONDS) -> None:
        self._redis = _connect(url)
        self._place = redis_place(url)
        self._has_tls = url.startswith("rediss:")
        self._probe_seconds = probe_seconds
        self._waiting: list[tuple[Command, asyncio.Future[Reply]]] = []
        self._waiting_bytes = 0
        self._due = 0.0
        self._sender: asyncio.Task[None] | None = None
        self._prober: asyncio.Task[None] | None = None
        self.state: State = "off"

    async def __aenter__(self) -> Self:
        self.state = "up"
        await self._probe()
        self._prober = asyncio.create_task(self._keep_probing())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._prober is not None:
            self._prober.cancel()
            await asyncio.wait([self._prober])
        if self._sender is not None:
            await asyncio.wait([self._sender], timeout=ANSWER_SECONDS)  # for stores that nobody waits for
        self.state = "off"
        if self._sender is not None:
            await self._sender  # what is under way has its time limit, and the rest is not sent any more
        with suppress(Exception):  # a connection that cannot be closed properly is gone all the same
            await self._redis.aclose()

    async def get(self, name: str) -> bytes | None:
        """Return the value; None if there is no such key, or if Redis is failing."""
        reply = await self._add(("GET", PREFIX + name))
        return reply if isinstance(reply, bytes) else None

    def store(self, name: str, value: bytes, seconds: float) -> None:
        """Store a value for so long, in the background. While Redis is failing it is dropped."""
        milliseconds = int(seconds * 1000)
        if milliseconds > 0:
            self._add(("SET", PREFIX + name, value, "PX", milliseconds), size=len(value))

    async def run(self, script: str, names: Sequence[str], *arguments: int) -> list[int] | None:
        """Run a Lua script that answers with a list of whole numbers; None if Redis is failing."""
        keys = [PREFIX + name for name in names]
        # By its text, since a Redis that was restarted does not know a digest. It compiles the same text only once.
        reply = await self._add(("EVAL", script, len(keys), *keys, *arguments))
        return reply if isinstance(reply, list) else None

    def _add(self, command: Command, *, size: int = 0) -> "asyncio.Future[Reply]":
        """Return what becomes the reply, None in place of any failure."""
        loop = asyncio.get_running_loop()
        reply: asyncio.Future[Reply] = loop.create_future()
        has_room = len(self._waiting) < MAX_WAITING_COMMANDS and self._waiting_bytes + size <= MAX_WAITING_BYTES
        if self.state != "up" or not has_room:
            reply.set_result(None)
        else:
            if not self._waiting:
                self._due = loop.time() + ANSWER_SECONDS
            self._waiting.append((command, reply))
            self._waiting_bytes += size
            if self._sender is None:
                self._sender = asyncio.create_task(self._send())
        return reply

    async def _send(self) -> None:
        """Send what waits, one pipeline after the other, until nothing waits."""
        while self._waiting:
            batch, self._waiting, self._waiting_bytes = self._waiting, [], 0
            if self.state == "up":
                replies = await self._execute([command for command, _ in batch], self._due)
            else:
                replies = [None] * len(batch)
            for (_, waiting), reply in zip(batch, replies, strict=True):
                if isinstance(reply, Exception) and concerns_every_command(reply):
                    self._go_down(reply)
                if not waiting.done():  # its caller may have given up
                    waiting.set_result(None if isinstance(reply, Exception) else reply)
        self._sender = None

    async def _execute(self, commands: Sequence[Command], due: float) -> list[Reply]:
        loop = asyncio.get_running_loop()
        pipeline = self._redis.pipeline(transaction=False)
        for command in commands:
            pipeline.execute_command(*command)
        try:
            async with asyncio.timeout(None) as limit:
                end = loop.call_at(due, lambda: limit.reschedule(loop.time() + GRACE_SECONDS))
                try:
                    return await pipeline.execute(raise_on_error=False)
                finally:
                    end.cancel()
        except Exception as error:  # noqa: BLE001  # no trouble with Redis may reach a caller
            return [error] * len(commands)

    async def _keep_probing(self) -> None:
        while True:
            await asyncio.sleep(self._probe_seconds)
            await self._probe()

    async def _probe(self) -> None:
        """Connect if need be, with more patience than a call has, then write in the time that a call waits."""
        now = asyncio.get_running_loop().time
        replies = await self._execute([("PING",)], now() + CONNECT_SECONDS)
        replies += await self._execute([("EVAL", _PROBE, 1, PREFIX + "probe")], now() + ANSWER_SECONDS)
        failure = next((reply for reply in replies if isinstance(reply, Exception)), None)
        if failure is not None:
            self._go_down(failure)
        elif self.state == "down":
            self.state = "up"
            _logger.warning("Redis at %s has recovered: replicas share limits and searches again.", self._place)

    def _go_down(self, error: Exception) -> None:
        if self.state == "up":
            self.state = "down"
            _logger.warning(
                "Redis at %s is failing: %s. Until it recovers, this process limits calls and caches searches alone.",
                self._place,
                describe_failure(error, has_tls=self._has_tls),
            )


def _connect(url: str) -> "Redis":
    from redis.asyncio import Redis
    from redis.asyncio.retry import Retry
    from redis.backoff import NoBackoff

    return Redis.from_url(
        url,
        protocol=2,  # what every server speaks, without asking for it first
        driver_info=None,
        retry=Retry(NoBackoff(), 0),
        socket_timeout=None,  # a pipeline has one time limit, here, in place of one per reply
        socket_connect_timeout=None,
    )
