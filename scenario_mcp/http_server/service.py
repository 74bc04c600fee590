"""Runs the server over HTTP under uvicorn: the socket, and the processes that serve it."""

import os
import socket
import sys
import tempfile
from functools import partial
from pathlib import Path

import uvicorn
from uvicorn.supervisors.multiprocess import Multiprocess

from scenario_mcp import __version__
from scenario_mcp.errors import SettingsRefused, Unavailable
from scenario_mcp.http_server.process import create_app
from scenario_mcp.http_server.settings import MCP_PATH, HttpSettings
from scenario_mcp.http_server.shared_store.url import redis_place
from scenario_mcp.http_server.telemetry.worker_metrics import SHARED_FOLDER, forget_worker
from scenario_mcp.http_server.uvicorn_protocol import HeadTimeoutProtocol
from scenario_mcp.listeners import listen, port_problem
from scenario_mcp.settings import Live, Sandbox, Settings

LAST_CALLS_SECONDS = 25
"""How long calls in flight may still take at the end."""
KEEP_ALIVE_SECONDS = 75
"""Longer than balancers keep an idle connection, or they would send a call on one that is just being closed."""
WORKER_SECONDS = 10
"""How long a worker may be silent before it is replaced: a start on a busy machine takes more than uvicorn's 5. The
longer this is, the later a start that fails is noticed."""
BACKLOG = 2048


def run(settings: Settings, http: HttpSettings) -> int:
    """Serve until SIGINT or SIGTERM; return the exit code.

    Raises:
        SettingsRefused: the address cannot be listened on; a catalogue cannot be read, or its index not be kept; a
            proxy, or certificates, cannot be used.

    """
    if isinstance(settings.upstream, Sandbox) and settings.upstream.folders:
        from scenario_mcp.sandbox.own_catalogue.preconditions import require_usable  # no other server needs its room

        require_usable(map(Path, settings.upstream.folders))
    _require_usable_network(settings, http)
    listener = _bind(http)
    host, port = listener.getsockname()[:2]
    shown = f"[{host}]" if ":" in host else host
    redis = f"Redis at {redis_place(http.redis_url)}" if http.redis_url else "no Redis"
    lines = (
        f"serving MCP at http://{shown}:{port}{MCP_PATH} ({_who_asks(settings, http)})",
        f"version {__version__}, log level {settings.log_level}, {redis}",
        *(f"warning: {sentence}" for sentence in http.warnings),
    )
    sys.stderr.write("".join(f"scenario-mcp: {line}\n" for line in lines))
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
        timeout_worker_healthcheck=WORKER_SECONDS,
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
    """uvicorn's workers; of one that has ended, what it counted as going on is forgotten."""

    def keep_subprocess_alive(self) -> None:
        before = {each.pid for each in self.processes}
        super().keep_subprocess_alive()
        for process_id in before - {each.pid for each in self.processes}:
            forget_worker(process_id)


def _require_usable_network(settings: Settings, http: HttpSettings) -> None:
    """Look at the way to Scenario and to the issuer of tokens, since no caller could do anything about it."""
    upstream = settings.upstream.base_url if isinstance(settings.upstream, Live) else ""
    if not (urls := [url for url in (upstream, http.oauth_issuer) if url]):
        return
    from scenario_mcp.net.connections import Network  # a sandbox without OAuth needs none

    network = Network(settings.ca_bundle)
    try:
        for url in urls:
            network.require_usable(url)
    except Unavailable as error:
        raise SettingsRefused(error.message) from error


def _bind(http: HttpSettings) -> socket.socket:
    try:
        listener = listen(http.host.strip("[]"), http.port, backlog=BACKLOG)
    except OSError as error:
        raise SettingsRefused(port_problem(http.host, http.port, error)) from error
    listener.set_inheritable(True)
    return listener


def _who_asks(settings: Settings, http: HttpSettings) -> str:
    if http.auth != "caller-key":
        return f"callers bring {'access tokens' if http.auth == 'access-tokens' else 'OAuth tokens'}"
    if not settings.upstream.needs_credentials:
        return "the sandbox, no key needed"
    own = ", or use this server's on this machine" if http.is_loopback and settings.credentials.are_given else ""
    return f"callers bring their own Scenario key{own}"
