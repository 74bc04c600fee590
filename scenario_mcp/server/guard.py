"""The guard around every answer: a log line, one deadline, and no word of an unforeseen error."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TypeVar

import mcp_types as types
from mcp.shared.exceptions import MCPError

from scenario_mcp import logs
from scenario_mcp.backend import Scenario
from scenario_mcp.errors import ScenarioError, Unavailable
from scenario_mcp.server import client_logging
from scenario_mcp.server.context import Context
from scenario_mcp.settings import WAIT_LONGER, Settings
from scenario_mcp.text import clean

logger = logging.getLogger(__name__)

GRACE_SECONDS = 0.2
"""What a call may take beyond its parts' deadline, so that the part that was late can say so itself.

It counts from when the event loop gets round to it: a loop that was busy would otherwise leave none.
"""
MAX_ADMISSION_SECONDS = 1.0
"""How much of the wait for admission does not count: the deadline of a call's parts begins behind it."""
MAX_LOGGED_ID_CHARACTERS = 64
UNFORESEEN = "The server made a mistake, which it has logged. Try another request."

ParamsT = TypeVar("ParamsT")
ResultT = TypeVar("ResultT")


class DeadlineExceeded(Unavailable):
    """The answer as a whole took too long."""


def guarded(
    handler: Callable[[Context, ParamsT], Awaitable[ResultT]],
) -> Callable[[Context, ParamsT], Awaitable[ResultT]]:
    """Log how a handler answers; let protocol errors pass, and answer any other exception without its text."""

    async def guard(context: Context, params: ParamsT) -> ResultT:
        started = time.perf_counter()
        with logs.call(request=_request_id(context), method=context.method) as known:
            outcome = "cancelled"
            try:
                result = await handler(context, params)
                outcome = "error" if isinstance(result, types.CallToolResult) and result.is_error else "ok"
            except MCPError:
                outcome = "refused"
                raise
            except Exception as error:
                outcome = "mistake"
                logger.exception("A handler failed")
                raise MCPError(types.INTERNAL_ERROR, UNFORESEEN) from error
            finally:
                known.update(outcome=outcome, duration_ms=round(1000 * (time.perf_counter() - started), 1))
                logger.info("answered")
                if outcome != "cancelled":
                    await client_logging.notify(context, known)
            return result

    return guard


def _request_id(context: Context) -> str | int | None:
    """Return the request's id as it may be logged: a client chooses it freely."""
    request_id = context.request_id
    return clean(request_id, MAX_LOGGED_ID_CHARACTERS) if isinstance(request_id, str) else request_id


def told(context: Context, error: ScenarioError, log: logs.BoundedLog) -> str:
    """Return what a caller is told of an error; what only the operator can do then stands in the log."""
    is_operators = context.lifespan_context.is_operators
    if error.for_operator and not is_operators:
        log.write(logging.WARNING, error.for_operator, f"{error.message} {error.for_operator}")
    return error.told(to_operator=is_operators)


@asynccontextmanager
async def admitted(settings: Settings, context: Context) -> AsyncIterator[Scenario]:
    """Admit a call and give it what it asks, with one deadline for the wait for admission and the call itself.

    Raises:
        DeadlineExceeded: the call was not over in time.
        ScenarioError: what admission and opening raise.

    """
    backend = context.lifespan_context
    backend.is_asked = True
    loop = asyncio.get_running_loop()
    begun, waited = loop.time(), 0.0
    deadline: asyncio.TimerHandle

    def give_grace() -> None:
        nonlocal deadline
        now, end = loop.time(), begun + settings.timeout_seconds + min(waited, MAX_ADMISSION_SECONDS)
        if now < end:
            deadline = loop.call_at(end, give_grace)
        else:
            limit.reschedule(now + GRACE_SECONDS)

    deadline = loop.call_at(begun + settings.timeout_seconds, give_grace)
    try:
        async with asyncio.timeout(None) as limit, backend.admit():
            scenario = await backend.scenario()
            waited = loop.time() - begun
            yield scenario
    except TimeoutError as error:
        raise DeadlineExceeded(
            f"The answer was not complete within {settings.timeout_seconds:g} seconds. Ask for less at a time.",
            for_operator=WAIT_LONGER,
        ) from error
    finally:
        deadline.cancel()
