"""One process of the server over HTTP: what it imports, and its ASGI app."""

import asyncio
import gc
import logging
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING

from scenario_mcp import late_imports, logs
from scenario_mcp.errors import ScenarioError
from scenario_mcp.http_server import heap
from scenario_mcp.settings import Settings
from scenario_mcp.transports import garbage, lazy_sdk

if TYPE_CHECKING:
    from starlette.applications import Starlette
    from starlette.types import ASGIApp

    from scenario_mcp.http_server.settings import HttpSettings

STARTUP_FAILURE = 3
"""The exit code of a process that cannot start, as uvicorn has it."""


def create_app(settings: Settings, http: "HttpSettings") -> "ASGIApp":
    """Return the ASGI app of one process, which ends here with a sentence in the log if it cannot start."""
    logs.open_log(settings.log_level, (*settings.credentials.secrets, *http.secrets))
    heap.give_back_what_is_free()
    gc.disable()  # what is imported lives to the end
    lazy_sdk.load_lowlevel()
    lazy_sdk.load_eras()
    late_imports.import_ahead(settings.upstream)
    from opentelemetry import trace

    from scenario_mcp.http_server.app import build_app
    from scenario_mcp.http_server.compose import compose
    from scenario_mcp.http_server.shutdown import drain_on_signals
    from scenario_mcp.http_server.telemetry import tracing

    try:
        parts = compose(settings, http)
    except ScenarioError as error:
        logging.getLogger(__name__).error("%s", error.message)  # noqa: TRY400  # the sentence says it all
        sys.exit(STARTUP_FAILURE)
    if problem := tracing.service_name_problem(trace.get_tracer_provider()):
        logging.getLogger(__name__).warning("%s", problem)

    @asynccontextmanager
    async def lifespan(_app: "Starlette") -> AsyncIterator[None]:
        async with parts.opened():
            drain_on_signals(parts.drain, http.drain_seconds)
            gc.collect()
            gc.freeze()  # what is there by now lives to the end
            gc.enable()
            gc.set_threshold(*garbage.THRESHOLDS)
            with suppress(asyncio.CancelledError):  # by an end that waits for nothing
                yield

    return build_app(parts, http, lifespan)
