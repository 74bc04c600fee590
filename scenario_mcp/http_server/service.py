"""Runs the server over HTTP: the socket, its workers, and an end that loses no call."""

import asyncio
import gc
import logging
import os
import signal
import socket
import sys
import tempfile
import threading
from contextlib import AsyncExitStack, suppress
from functools import partial

import uvicorn
from prometheus_client import multiprocess
from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.supervisors.multiprocess import Multiprocess

from scenario_mcp import logs
from scenario_mcp.errors import ScenarioError, SettingsRefused
from scenario_mcp.http_server.app import App
from scenario_mcp.http_server.compose import open_app
from scenario_mcp.http_server.request_checks import cors_origins
from scenario_mcp.http_server.settings import HttpSettings
from scenario_mcp.http_server.telemetry.metrics import SHARED_FOLDER
from scenario_mcp.http_server.uvicorn_protocol import HeadTimeoutProtocol
from scenario_mcp.settings import Settings

LAST_CALLS_SECONDS = 25
"""How long calls in flight may still take at the end."""
LAST_CALLS_OF_A_PERSON_SECONDS = 1.0
KEEP_ALIVE_SECONDS = 75
"""Longer than balancers keep an idle connection, or they would send a call on one that is just being closed."""
BACKLOG = 2048
GARBAGE_THRESHOLDS = (10_000, 20, 50)
"""A page of hits is thousands of objects, none of them in a cycle, so cycles are looked for less often than Python does
by itself; still less often, and what waits to be found takes megabytes."""
ALLOWED_HEADERS = (
    "authorization",
    "content-type",
    "last-event-id",
    "mcp-method",
    "mcp-name",
    "mcp-protocol-version",
    "mcp-session-id",
    "traceparent",
    "x-request-id",
    "x-scenario-api-key",
    "x-scenario-api-secret",
    "x-scenario-project-id",
)
EXPOSED_HEADERS = ("mcp-protocol-version", "mcp-session-id", "retry-after", "www-authenticate", "x-request-id")


def run(settings: Settings, http: HttpSettings) -> int:
    """Serve until SIGINT or SIGTERM; return the exit code.

    Raises:
        SettingsRefused: the address cannot be listened to.

    """
    listener = _bind(http)
    host, port = listener.getsockname()[:2]
    shown = f"[{host}]" if ":" in host else host
    sys.stderr.write(f"scenario-mcp: serving MCP at http://{shown}:{port}/mcp ({_who_asks(settings, http)})\n")
    sys.stderr.flush()
    config = uvicorn.Config(
        partial(create_app, settings, http),
        factory=True,
        workers=http.workers,
        http=HeadTimeoutProtocol,
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        backlog=BACKLOG,
        forwarded_allow_ips=list(http.trusted_proxies),
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=LAST_CALLS_SECONDS,
    )
    if http.workers == 1:
        uvicorn.Server(config).run([listener])
        return 0
    with tempfile.TemporaryDirectory(prefix="scenario-mcp-") as folder:
        os.environ[SHARED_FOLDER] = folder  # before the workers import what counts
        workers = _Workers(config, [listener])
        workers.run()
    return max(0, *(each.exitcode or 0 for each in workers.processes))  # what a signal has ended is below 0


class _Workers(Multiprocess):
    """uvicorn's workers; what one that has ended had counted as going on is forgotten."""

    def keep_subprocess_alive(self) -> None:
        before = {each.pid for each in self.processes}
        super().keep_subprocess_alive()
        for process_id in before - {each.pid for each in self.processes}:
            multiprocess.mark_process_dead(process_id)  # type: ignore[no-untyped-call]  # the package leaves it out


def _bind(http: HttpSettings) -> socket.socket:
    family = socket.AF_INET6 if ":" in http.host else socket.AF_INET
    try:
        listener = socket.create_server((http.host.strip("[]"), http.port), family=family, backlog=BACKLOG)
    except OSError as error:
        reason = (error.strerror or "").partition(" (")[0]  # Python adds where it was tried
        raise SettingsRefused(
            f"Port {http.port} of {http.host} cannot be listened to ({reason}). Give another --port or --host."
        ) from error
    listener.set_inheritable(True)
    return listener


def _who_asks(settings: Settings, http: HttpSettings) -> str:
    if http.auth != "caller-key":
        return f"callers bring {'access tokens' if http.auth == 'access-tokens' else 'OAuth tokens'}"
    if not settings.upstream.needs_credentials:
        return "the sandbox, no key needed"
    own = ", or use this server's on this machine" if http.is_loopback and settings.credentials.are_given else ""
    return f"callers bring their own Scenario key{own}"


def create_app(settings: Settings, http: HttpSettings) -> ASGIApp:
    """Return the ASGI app of one process."""
    logs.open_log(settings.log_level, (*settings.credentials.secrets, *http.secrets))
    return Lifespan(settings, http)


class Lifespan:
    """Opens and closes what the app needs as ASGI's lifespan says, and passes everything else on to it."""

    def __init__(self, settings: Settings, http: HttpSettings) -> None:
        self._settings = settings
        self._http = http
        self._app: ASGIApp | None = None
        self._app_for_pages: ASGIApp | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one scope."""
        if scope["type"] == "http":
            is_of_page = any(name == b"origin" for name, _ in scope["headers"])
            app = self._app_for_pages if is_of_page else self._app  # most callers are no browsers
            if app is not None:
                await app(scope, receive, send)
        elif scope["type"] == "lifespan":
            await receive()
            async with AsyncExitStack() as stack:
                try:
                    app = await stack.enter_async_context(open_app(self._settings, self._http))
                except ScenarioError as error:  # a proxy or certificates that cannot be used
                    await send({"type": "lifespan.startup.failed", "message": error.message})
                    return
                _end_on_signals(app, self._http.drain_seconds)
                self._app, self._app_for_pages = app, with_cors(app, self._http)
                gc.collect()
                gc.freeze()  # what is there by now lives to the end
                gc.set_threshold(*GARBAGE_THRESHOLDS)
                await send({"type": "lifespan.startup.complete"})
                with suppress(asyncio.CancelledError):  # by an end that waits for nothing
                    await receive()
            await send({"type": "lifespan.shutdown.complete"})


def with_cors(app: ASGIApp, http: HttpSettings) -> ASGIApp:
    """Let pages of the allowed origins call; outside of all else, since browsers ask before they send anything."""
    exact, pattern = cors_origins(http.allowed_origins)
    return CORSMiddleware(
        app,
        allow_origins=exact,
        allow_origin_regex=pattern,
        allow_methods=("POST", "GET"),
        allow_headers=ALLOWED_HEADERS,
        expose_headers=EXPOSED_HEADERS,
        max_age=3600,
    )


def _end_on_signals(app: App, drain_seconds: float) -> None:
    """Let SIGTERM first be told to the balancer, and only then to the web server, which refuses new calls from then on.

    A second SIGTERM ends that wait. SIGINT is a person's: calls in flight get a moment, not half a minute.
    """
    if threading.current_thread() is not threading.main_thread():
        return  # a test's; signals are the main thread's
    loop = asyncio.get_running_loop()
    tell = signal.getsignal(signal.SIGTERM)  # the web server, which takes a second SIGINT for impatience

    def end(number: int) -> None:
        if callable(tell):
            tell(number, None)

    def cut_off(number: int) -> None:
        logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)  # calls that are cut off are no errors now
        end(number)

    def begin(number: int) -> None:
        is_patient = number == signal.SIGTERM and not app.is_draining
        app.drain()
        loop.call_later(drain_seconds if is_patient else 0, end, number)
        if number == signal.SIGINT:
            loop.call_later(LAST_CALLS_OF_A_PERSON_SECONDS, cut_off, number)

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda number, _: loop.call_soon_threadsafe(begin, number))
