"""The link to the Redis or Valkey that replicas share: asked in batches, and done without while it is in trouble.

Whatever is asked within one turn of the event loop travels together, one batch at a time. Of any trouble the callers
hear nothing but None, at once as long as it lasts.
"""

import asyncio
import hashlib
import logging
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from types import TracebackType
from typing import TYPE_CHECKING, Any, Literal, Self

from scenario_mcp.http_server.shared_store.errors import is_for_all, reason

if TYPE_CHECKING:
    from redis.asyncio import Redis


State = Literal["off", "up", "down"]

PREFIX = "scenario-mcp:"
ANSWER_SECONDS = 0.2
"""Who takes longer is done without, after `LAST_TURNS`: 250 ms in all unless this process has no time itself."""
LAST_TURNS = 10
TURN_SECONDS = 0.005
CONNECT_SECONDS = 1.0
PROBE_SECONDS = 1.0
MAX_PENDING = 2_000
MAX_PENDING_BYTES = 16_000_000
BATCH_BYTES = 1_000_000

_logger = logging.getLogger(__name__)


class Script:
    """A Lua script that answers with a list of whole numbers."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.digest = hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()


_PROBE = "return redis.call('SET', KEYS[1], '1', 'PX', 60000)"
"""A real write in a real script: that is what a full server, a replica and a strict list of permissions refuse."""


@dataclass(eq=False, slots=True)
class _Command:
    arguments: tuple[str | bytes | int, ...]
    due: float
    waiting: "asyncio.Future[Any] | None" = None
    script: Script | None = None
    size: int = 0

    def settle(self, reply: Any) -> None:
        if self.waiting is not None and not self.waiting.done():
            self.waiting.set_result(reply)


class _Deadline:
    """Ends what is not done when it is due and the event loop has since turned a few times.

    In a loop that is busy the answer of a quick server may lie there unread for long: that is not the server's fault.
    """

    def __init__(self, limit: asyncio.Timeout, due: float) -> None:
        self._loop = asyncio.get_running_loop()
        self._limit = limit
        self._turns = LAST_TURNS
        self._next = self._loop.call_at(due, self._turn)

    def _turn(self) -> None:
        if self._turns:
            self._turns -= 1
            self._next = self._loop.call_later(TURN_SECONDS, self._turn)
        else:
            self._limit.reschedule(self._loop.time())

    def cancel(self) -> None:
        self._next.cancel()


class RedisLink:
    """Keys and scripts in Redis or Valkey, all beginning with `prefix`.

    Entering it waits for at most a second or so. After that `state` is true to within a second: a write is tried every
    second, and whatever fails in between counts at once. `failures` counts what went unanswered for any trouble.
    """

    def __init__(self, url: str, *, prefix: str = PREFIX) -> None:
        self._url = url
        self._prefix = prefix
        self._redis: Redis | None = None
        self._pending: list[_Command] = []
        self._pending_bytes = 0
        self._sender: asyncio.Task[None] | None = None
        self._keeper: asyncio.Task[None] | None = None
        self.state: State = "off"
        self.failures = 0

    async def __aenter__(self) -> Self:
        self._redis = _connect(self._url)
        self.state = "up"
        await self._probe()
        self._keeper = asyncio.create_task(self._keep_probing())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        tasks = [task for task in (self._sender, self._keeper) if task is not None]
        if self._sender is not None:
            await asyncio.wait([self._sender], timeout=ANSWER_SECONDS)  # what nobody waits for, such as a note
        self.state = "off"
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._abandon(self._take_all())
        if self._redis is not None:
            with suppress(Exception):  # a connection that cannot be closed properly is gone all the same
                await self._redis.aclose()

    async def get(self, name: str) -> bytes | None:
        """Return the value, None if there is none or there is trouble."""
        reply = await self._ask(("GET", self._prefix + name))
        return reply if isinstance(reply, bytes) else None

    def store(self, name: str, value: bytes, seconds: float) -> None:
        """Keep a value for so long. Nobody waits for it, and in trouble it is not kept."""
        milliseconds = int(seconds * 1000)
        if milliseconds > 0 and self.state == "up":
            arguments = ("SET", self._prefix + name, value, "PX", milliseconds)
            self._add(_Command(arguments, asyncio.get_running_loop().time() + ANSWER_SECONDS, size=len(value)))

    async def run(self, script: Script, names: Sequence[str], *arguments: int) -> list[int] | None:
        """Return what the script answers, None if there is trouble."""
        keys = [self._prefix + name for name in names]
        reply = await self._ask(("EVALSHA", script.digest, len(keys), *keys, *arguments), script)
        return reply if isinstance(reply, list) else None

    async def _ask(self, arguments: tuple[str | bytes | int, ...], script: Script | None = None) -> Any:
        if self.state != "up":
            return None
        loop = asyncio.get_running_loop()
        waiting: asyncio.Future[Any] = loop.create_future()
        self._add(_Command(arguments, loop.time() + ANSWER_SECONDS, waiting, script))
        return await waiting

    def _add(self, command: _Command) -> None:
        if len(self._pending) >= MAX_PENDING or self._pending_bytes + command.size > MAX_PENDING_BYTES:
            self._abandon([command])
            return
        self._pending.append(command)
        self._pending_bytes += command.size
        if self._sender is None:
            self._sender = asyncio.create_task(self._send())

    async def _send(self) -> None:
        """Send what is pending, batch by batch, until nothing is."""
        batch: list[_Command] = []
        try:
            while self._pending and self.state == "up":
                batch = self._take()
                trouble: Exception | None = None
                for command, reply in zip(batch, await self._execute(batch, batch[0].due), strict=True):
                    if _is_unknown_script(reply, command):
                        self._add_again(command)
                    elif isinstance(reply, Exception):
                        self._abandon([command])
                        trouble = reply if is_for_all(reply) else trouble
                    else:
                        command.settle(reply)
                if trouble is not None:
                    self._go_down(trouble)
        except Exception as error:  # noqa: BLE001  # no trouble with what is shared may reach a caller
            self._abandon(batch)
            self._go_down(error)
        finally:
            self._sender = None
            self._abandon([command for command in batch if command.waiting is not None and not command.waiting.done()])

    def _add_again(self, command: _Command) -> None:
        """Send the whole script, since a server that was started again does not know its digest."""
        if command.script is not None and self.state == "up":
            command.arguments = ("EVAL", command.script.text, *command.arguments[2:])
            command.script = None
            self._pending.append(command)

    async def _execute(self, commands: Sequence[_Command], due: float) -> list[Any]:
        """Return replies, errors among them. Raises whatever keeps the server from replying."""
        if self._redis is None:
            return []
        pipeline = self._redis.pipeline(transaction=False)
        for command in commands:
            pipeline.execute_command(*command.arguments)
        async with asyncio.timeout(None) as limit:
            deadline = _Deadline(limit, due)
            try:
                return await pipeline.execute(raise_on_error=False)
            finally:
                deadline.cancel()

    async def _keep_probing(self) -> None:
        while True:
            await asyncio.sleep(PROBE_SECONDS)
            await self._probe()

    async def _probe(self) -> None:
        """Connect if need be, with more patience than a call has, then write in the time that a call waits."""
        now = asyncio.get_running_loop().time
        try:
            replies = await self._execute([_Command(("PING",), 0)], now() + CONNECT_SECONDS)
            write = _Command(("EVAL", _PROBE, 1, self._prefix + "probe"), 0)
            replies += await self._execute([write], now() + ANSWER_SECONDS)
        except Exception as error:  # noqa: BLE001  # no trouble with what is shared ends the watch over it
            replies = [error]
        trouble = next((reply for reply in replies if isinstance(reply, Exception)), None)
        if trouble is not None:
            self._go_down(trouble)
        elif self.state == "down":
            self.state = "up"
            _logger.warning("Redis is used again: what replicas share is shared from now on.")

    def _go_down(self, error: Exception) -> None:
        if self.state == "up":
            self.state = "down"
            self.failures += 1
            _logger.warning(
                "Redis is not used for now, because %s. Until it is mended, this process counts calls and remembers "
                "searches for itself alone.",
                reason(error),
            )
            self._abandon(self._take_all())

    def _take(self) -> list[_Command]:
        size = number = 0
        while number < len(self._pending) and size < BATCH_BYTES:
            size += self._pending[number].size
            number += 1
        batch, self._pending = self._pending[:number], self._pending[number:]
        self._pending_bytes -= size
        return batch

    def _take_all(self) -> list[_Command]:
        everything, self._pending, self._pending_bytes = self._pending, [], 0
        return everything

    def _abandon(self, commands: Sequence[_Command]) -> None:
        self.failures += len(commands)
        for command in commands:
            command.settle(None)


def _connect(url: str) -> "Redis":
    from redis.asyncio import Redis
    from redis.asyncio.retry import Retry
    from redis.backoff import NoBackoff

    return Redis.from_url(
        url,
        protocol=2,  # what every server speaks, without asking for it first
        driver_info=None,
        retry=Retry(NoBackoff(), 0),
        socket_timeout=None,  # a batch has one time limit, here, in place of one per reply
        socket_connect_timeout=None,
    )


def _is_unknown_script(reply: Any, command: _Command) -> bool:
    return isinstance(reply, Exception) and command.script is not None and type(reply).__name__ == "NoScriptError"
