"""Sends a request to the API until there is an answer, or no sense in another try.

The rules are those of Scenario's own SDK 2.4, with the retry budget of the AWS SDKs' standard mode.
"""

import asyncio
import logging
import random as randomness
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import NamedTuple

import anyio
import httpx

from scenario_mcp import logs
from scenario_mcp.api.circuit_breaker import CircuitBreaker
from scenario_mcp.api.error_mapping import ErrorMapper, Failure, circuit_open, not_the_api
from scenario_mcp.api.parsing import read_answer
from scenario_mcp.credentials import Credentials
from scenario_mcp.errors import ScenarioError, Unavailable
from scenario_mcp.net.bounded_body import MAX_ANSWER_BYTES, MAX_PROBLEM_BYTES, TooLarge, Undecodable, read_body
from scenario_mcp.settings import Settings

TRIES = 3
FIRST_TRY_SHARE = 2 / 3
"""Maximum share of the deadline for the first try, so that a connection that hangs leaves time for a second."""
LAST_SLOT_SHARE = 1 / 10
"""Minimum share of the deadline left when a slot frees up; with less, the request is not sent."""
PROBLEM_SECONDS = 2.0
"""Time limit for the body of an error: its status says most of it."""
MAX_REQUESTS = 20
"""In flight at a time. As many as httpx keeps connections alive."""

MAX_SLEEP_SECONDS = 15.0
"""A longer wait is left to the caller: a model can do something else meanwhile."""
FIRST_BACKOFF_SECONDS = 0.5
MAX_BACKOFF_SECONDS = 8.0
RETRY_BUDGET = 100.0
"""Retries at hand in the beginning; one that succeeds is given back."""
EARNED_BY_SUCCESS = 0.2

_logger = logging.getLogger(__name__)


class Try(NamedTuple):
    """One request to the API and its outcome."""

    number: int
    cause: str
    """A status or the name of an exception."""
    begun: float
    """Seconds since 1970."""
    seconds: float


def request_slots(number: int = MAX_REQUESTS) -> anyio.Semaphore:
    """Return a limit for the requests that may be in flight at a time."""
    return anyio.Semaphore(number, max_value=number, fast_acquire=True)


class RetryTransport(httpx.AsyncBaseTransport):
    """A transport whose responses are the API's answers, complete and parsed; everything else is an error.

    A request is sent at most `tries` times within `settings.timeout_seconds`, which include waiting for a slot,
    connecting, sleeping and reading. Raises a `ScenarioError` without a cause: HTTP's exceptions quote strangers.

    `on_try` is called after every request: no transport below could know whether the body was an answer.
    """

    def __init__(  # noqa: PLR0913  # what a test has to hold still: how often, time, chance
        self,
        transport: httpx.AsyncBaseTransport,
        settings: Settings,
        credentials: Credentials,
        *,
        tries: int | None = None,
        slots: anyio.Semaphore | None = None,
        on_try: Callable[[Try], None] | None = None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = anyio.sleep,
        random: Callable[[], float] = randomness.random,
    ) -> None:
        self._transport = transport
        self._errors = ErrorMapper(settings, credentials)
        self._timeout_seconds = settings.timeout_seconds
        # A fault that was asked for is to be seen, so there is no try after it.
        self._tries = tries or (TRIES if settings.upstream.is_retried else 1)
        self._slots = slots or request_slots()
        self._on_try = on_try
        self._clock = clock
        self._sleep = sleep
        self._random = random
        self._budget = RETRY_BUDGET
        self._breaker = CircuitBreaker(clock)
        self._last_outage: ScenarioError = Unavailable("None.")

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Return the answer: in `extensions["body"]` its body, in `extensions["answer"]` what was read from it."""
        end, number = self._clock() + self._timeout_seconds, 1
        while isinstance(outcome := await self._try(request, end, number), Failure):
            wait_seconds = self._wait_seconds(outcome, number)
            if number == self._tries or not self._may_retry(outcome, wait_seconds, end):
                raise outcome.error
            self._budget -= 1
            await self._sleep(wait_seconds)
            number += 1
        self._budget = min(RETRY_BUDGET, self._budget + max(EARNED_BY_SUCCESS, number - 1))
        return outcome

    def _wait_seconds(self, failure: Failure, number: int) -> float:
        if failure.wait_seconds is not None:
            return failure.wait_seconds
        # Full jitter: callers that failed together do not come back together.
        return self._random() * min(MAX_BACKOFF_SECONDS, FIRST_BACKOFF_SECONDS * 2.0 ** (number - 1))

    def _may_retry(self, failure: Failure, wait_seconds: float, end: float) -> bool:
        return (
            failure.is_retryable
            and self._budget >= 1
            and wait_seconds <= MAX_SLEEP_SECONDS
            and self._clock() + wait_seconds < end
            and not self._breaker.is_open
        )

    async def _try(self, request: httpx.Request, end: float, number: int) -> httpx.Response | Failure:
        """Send the request once, when there is a free slot and the API is not known to be down."""
        try:
            self._slots.acquire_nowait()
        except anyio.WouldBlock:
            with anyio.move_on_after(end - LAST_SLOT_SHARE * self._timeout_seconds - self._clock()) as waiting:
                await self._slots.acquire()
            if waiting.cancelled_caught:
                return self._errors.no_free_slot(int(self._slots.max_value or 0))
        try:
            wait_seconds = self._breaker.admit()
            if wait_seconds:
                return circuit_open(wait_seconds, self._last_outage)
            begin, begun = self._clock(), time.time()
            share = FIRST_TRY_SHARE if number == 1 < self._tries else 1
            outcome = await self._send(request, min(share * self._timeout_seconds, end - begin))
        finally:
            self._slots.release()
        failure = outcome if isinstance(outcome, Failure) else None
        if failure is not None and failure.is_outage:
            self._breaker.fail()
            self._last_outage = failure.error
        else:
            self._breaker.succeed()
        self._note(Try(number, failure.cause if failure else "200", begun, self._clock() - begin), failure)
        return outcome

    async def _send(self, request: httpx.Request, seconds: float) -> httpx.Response | Failure:
        try:
            async with asyncio.timeout(seconds):
                response = await self._transport.handle_async_request(request)
                try:
                    if response.status_code != httpx.codes.OK:
                        return await self._read_problem(request, response)
                    body = await read_body(response, MAX_ANSWER_BYTES)
                finally:
                    await response.stream.aclose()  # type: ignore[union-attr]  # an asynchronous transport's response
        except (TimeoutError, httpx.HTTPError, httpx.InvalidURL, TooLarge, Undecodable) as error:
            return self._errors.from_exception(error)
        return read_answer(request, body) or not_the_api(body)

    async def _read_problem(self, request: httpx.Request, response: httpx.Response) -> Failure:
        body = b""  # without it, the status still says what to do
        with anyio.move_on_after(PROBLEM_SECONDS), suppress(httpx.HTTPError, TooLarge, Undecodable):
            body = await read_body(response, MAX_PROBLEM_BYTES)
        return self._errors.from_response(request, response.status_code, response.headers, body)

    def _note(self, tried: Try, failure: Failure | None) -> None:
        logs.note(upstream_status=tried.cause, tries=tried.number)
        if self._on_try:
            self._on_try(tried)
        level = logging.INFO if failure else logging.DEBUG
        if _logger.isEnabledFor(level):
            fields = {
                "upstream_status": tried.cause,
                "tries": tried.number,
                "duration_ms": round(tried.seconds * 1000, 1),
            }
            _logger.log(level, "Scenario gave no answer" if failure else "Scenario answered", extra=fields)
