"""MCP's progress of a call that waits for a folder of one's own to be read, for clients that ask for it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext, suppress

from scenario_mcp.backend import Scenario
from scenario_mcp.server.context import Context

_PAUSE_SECONDS = 0.2


def reported(context: Context, scenario: Scenario) -> AbstractAsyncContextManager[None]:
    """Report how far the folder is read, as long as a call lasts and the folder is being read."""
    if scenario.reading is None or scenario.reading.progress() is None:
        return nullcontext()
    return _reported(context, scenario)


@asynccontextmanager
async def _reported(context: Context, scenario: Scenario) -> AsyncIterator[None]:
    reporting = asyncio.create_task(_report(context, scenario))
    try:
        yield
    finally:
        reporting.cancel()
        with suppress(asyncio.CancelledError):
            await reporting


async def _report(context: Context, scenario: Scenario) -> None:
    reached = 0.0
    while scenario.reading is not None and (progress := scenario.reading.progress()) is not None:
        fraction, message = progress
        if fraction > reached:  # progress has to grow
            reached = fraction
            await context.session.report_progress(fraction, 1, message)
        await asyncio.sleep(_PAUSE_SECONDS)
