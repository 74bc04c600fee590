"""Rate limits: calls per minute and calls at once of one caller, calls at once of all, and floods of requests."""

import math
import time
from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Literal

from scenario_mcp import logs
from scenario_mcp.errors import RateLimited
from scenario_mcp.http_server.limits.quotas import QuotaCache
from scenario_mcp.http_server.shared_store.redis_link import RedisLink

Limit = Literal["calls per minute", "calls at once", "calls at once in all"]

MINUTE_SECONDS = 60.0
BUSY_WAIT_SECONDS = 2
MAX_CALLERS = 10_000
MAX_FLOOD_KEYS = 10_000

# KEYS[1] lists when the last calls were admitted, newest first. Redis tells the time, so the clocks of the replicas
# may differ. If it is set back, the list starts anew, or every call would be rejected until it caught up.
_ADMIT = """
local limit, minute, wait = tonumber(ARGV[1]), 60000, 0
if limit > 0 then
  local time = redis.call('TIME')
  local now = time[1] * 1000 + math.floor(time[2] / 1000)
  local newest = redis.call('LINDEX', KEYS[1], 0)
  if newest and tonumber(newest) > now + 1000 then redis.call('DEL', KEYS[1]) end
  local oldest = redis.call('LINDEX', KEYS[1], limit - 1)
  if oldest and tonumber(oldest) > now - minute then
    wait = tonumber(oldest) + minute - now
  else
    redis.call('LPUSH', KEYS[1], string.format('%.0f', now))
    redis.call('LTRIM', KEYS[1], 0, limit - 1)
    redis.call('PEXPIRE', KEYS[1], minute)
  end
end
return {wait, redis.call('PTTL', KEYS[2])}
"""


class OverLimit(RateLimited):
    """A call exceeds a limit of this server; the message names the limit and the time to wait."""

    def __init__(self, limit: Limit, message: str, wait_seconds: int) -> None:
        super().__init__(message, wait_seconds=wait_seconds)
        self.limit = limit


@dataclass(eq=False, slots=True)
class _Calls:
    """The calls of one caller: when the last ones were admitted, and how many are in flight."""

    admitted: deque[float]
    in_flight: int = 0


@dataclass(eq=False)
class RateLimiter:
    """Limits calls per minute by a moving window (0 turns this off), and calls at once in this process.

    The window is in Redis, for all replicas together, and always in this process too: it decides as soon as Redis
    fails, and a caller who exceeds the limit in this process alone is rejected without asking Redis.
    """

    calls_per_minute: int
    concurrent_calls_per_caller: int
    concurrent_calls: int
    quotas: QuotaCache
    redis: RedisLink | None = None
    clock: Callable[[], float] = time.monotonic
    _callers: OrderedDict[str, _Calls] = field(default_factory=OrderedDict, init=False, repr=False)
    _in_flight: int = field(default=0, init=False)

    def admit(self, caller: str, payer: str) -> "Admission":
        """Return a context manager that holds a slot for one call of this caller; entering it may raise `OverLimit`.

        `payer` is whose quota at Scenario the call uses. One script reads that quota and counts the call.
        """
        return Admission(self, caller, payer)

    async def begin(self, caller: str, payer: str) -> None:
        """Admit a call, which must `end`.

        Raises:
            OverLimit: a limit is reached.

        """
        calls = self._calls_of(caller)
        if calls.in_flight >= self.concurrent_calls_per_caller:
            raise _too_many_of_yours(self.concurrent_calls_per_caller)
        if self._in_flight >= self.concurrent_calls:
            raise _too_many_in_all(self.concurrent_calls)
        calls.in_flight += 1
        self._in_flight += 1
        try:
            wait_seconds = await self._count(caller, payer, calls)
        except BaseException:
            self.end(caller)
            raise
        if wait_seconds > 0:
            self.end(caller)
            raise _too_many_within_a_minute(self.calls_per_minute, wait_seconds)

    def end(self, caller: str) -> None:
        """Free the slot of a call."""
        self._callers[caller].in_flight -= 1
        self._in_flight -= 1

    async def _count(self, caller: str, payer: str, calls: _Calls) -> float:
        """Return the seconds to wait; with 0, the call is counted."""
        wait_seconds = self._wait_seconds(calls)
        if wait_seconds > 0:
            return wait_seconds
        if self.redis is not None:
            names = (f"calls:{caller}", self.quotas.name(payer))
            reply = await self.redis.run(_ADMIT, names, self.calls_per_minute)
            if reply is None:
                wait_seconds = self._wait_seconds(calls)  # other calls may have been admitted meanwhile
            else:
                wait_seconds = reply[0] / 1000
                if reply[1] > 0:
                    self.quotas.set_here(payer, reply[1] / 1000)
        if wait_seconds <= 0 and self.calls_per_minute:
            calls.admitted.append(self.clock())
        return wait_seconds

    def _wait_seconds(self, calls: _Calls) -> float:
        if not self.calls_per_minute or len(calls.admitted) < self.calls_per_minute:
            return 0.0
        return calls.admitted[0] + MINUTE_SECONDS - self.clock()

    def _calls_of(self, caller: str) -> _Calls:
        """Return the calls of a caller, and forget callers without a call within a minute."""
        calls = self._callers.get(caller)
        if calls is None:
            calls = self._callers[caller] = _Calls(deque(maxlen=self.calls_per_minute))
        self._callers.move_to_end(caller)
        since = self.clock() - MINUTE_SECONDS
        for _ in range(2):  # more than one call can add, so that a backlog shrinks
            name, oldest = next(iter(self._callers.items()))
            if oldest.in_flight or oldest is calls:
                self._callers.move_to_end(name)
            elif not oldest.admitted or oldest.admitted[-1] <= since or len(self._callers) > MAX_CALLERS:
                del self._callers[name]
        return calls


@dataclass(frozen=True, slots=True)
class Admission:
    """The slot of one call."""

    limiter: RateLimiter
    caller: str
    payer: str

    async def __aenter__(self) -> None:
        try:
            await self.limiter.begin(self.caller, self.payer)
        except OverLimit as error:
            logs.note(limit=error.limit)
            raise

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.limiter.end(self.caller)


class FloodGuard:
    """Limits requests of any kind by a fixed window of a minute, in this process. A `per_minute` of 0 turns it off."""

    def __init__(self, per_minute: int, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._per_minute = per_minute
        self._clock = clock
        self._minutes: OrderedDict[str, list[float]] = OrderedDict()

    def knows(self, key: str) -> bool:
        """Whether this key has been counted lately, if anything is counted."""
        return not self._per_minute or key in self._minutes

    def wait_seconds(self, key: str) -> int:
        """Count a request; return the seconds to wait, 0 if it is within the limit."""
        if not self._per_minute:
            return 0
        now = self._clock()
        minute = self._minutes.get(key)
        if minute is None or now >= minute[0]:
            minute = self._minutes[key] = [now + MINUTE_SECONDS, 0]
            if len(self._minutes) > MAX_FLOOD_KEYS:
                self._minutes.popitem(last=False)
        self._minutes.move_to_end(key)
        minute[1] += 1
        return 0 if minute[1] <= self._per_minute else math.ceil(minute[0] - now)


def _too_many_within_a_minute(limit: int, wait_seconds: float) -> OverLimit:
    wait = math.ceil(wait_seconds)
    sentence = (
        f"You have made {limit} {'call' if limit == 1 else 'calls'} within a minute, as many as this server allows. "
        f"Wait {wait} {'second' if wait == 1 else 'seconds'}, then try again."
    )
    return OverLimit("calls per minute", sentence, wait)


def _too_many_of_yours(limit: int) -> OverLimit:
    sentence = (
        f"{limit} of your calls {'is' if limit == 1 else 'are'} still being answered, as many as this server allows at "
        f"once. Wait for one of them, then try again in {BUSY_WAIT_SECONDS} seconds."
    )
    return OverLimit("calls at once", sentence, BUSY_WAIT_SECONDS)


def _too_many_in_all(limit: int) -> OverLimit:
    sentence = (
        f"{limit} {'call of one user is' if limit == 1 else 'calls of all users are'} being answered, as many as this "
        f"server takes at once. Try again in {BUSY_WAIT_SECONDS} seconds."
    )
    return OverLimit("calls at once in all", sentence, BUSY_WAIT_SECONDS)
