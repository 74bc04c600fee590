"""The server over HTTP as an ASGI app: who asks, may they, and what do they get."""

import asyncio
import json
import re
import secrets
import time
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any

import anyio
import mcp_types as types
from mcp.server.lowlevel import Server
from starlette.datastructures import Headers
from starlette.types import Receive, Scope, Send

from scenario_mcp import logs
from scenario_mcp.addresses import is_loopback
from scenario_mcp.backend import Backend
from scenario_mcp.http_server.auth.authenticator import Authenticator, Caller, CallerRefused, Hasher
from scenario_mcp.http_server.backends import Backends
from scenario_mcp.http_server.limits.rate_limits import FloodGuard
from scenario_mcp.http_server.mcp_post import Reply, exchange
from scenario_mcp.http_server.request_checks import AllowList, BodyReader, ClientDisconnected, RequestRejected
from scenario_mcp.http_server.settings import LOOPBACK_HOSTS, HttpSettings, loopback_origins
from scenario_mcp.http_server.telemetry import tracing
from scenario_mcp.http_server.telemetry.metrics import CONTENT_TYPE, Metrics
from scenario_mcp.transports import jsonrpc

MCP_PATH = "/mcp"
PATIENCE_SECONDS = 1.0
"""After so long a look is taken whether the client is still there."""
LOGGED_KEY_CHARACTERS = 12
FLOOD = 5
"""Times as many requests of any kind as calls are allowed: nobody needs so many beside them."""
NEWCOMERS_PER_MINUTE = 600
"""Callers not seen lately, from one address: a studio's, but not whoever makes up keys."""

_REQUEST_ID = re.compile(r"[A-Za-z0-9._:-]{1,64}")
_FORWARDING = frozenset({"forwarded", "via", "x-real-ip", "x-client-ip", "true-client-ip"})
_FORWARDING_PREFIXES = ("x-forwarded", "cf-", "tailscale-")
_JSON = "application/json"
_Page = tuple[int, str, bytes]


class App:
    """MCP at `/mcp`, and beside it what balancers, meters and OAuth clients ask for."""

    def __init__(  # noqa: PLR0913  # the parts that one server is made of
        self,
        server: Server[Backend],
        http: HttpSettings,
        *,
        authenticator: Authenticator,
        backends: Backends,
        metrics: Metrics,
        hasher: Hasher,
        redis_state: Callable[[], str],
        documents: dict[str, dict[str, Any]],
    ) -> None:
        self._server = server
        self._authenticator = authenticator
        self._backends = backends
        self._metrics = metrics
        self._hasher = hasher
        self._redis_state = redis_state
        self._is_loopback = http.is_loopback
        self._hosts = AllowList(http.allowed_hosts)
        self._origins = AllowList(http.allowed_origins)
        self._loopback_hosts = AllowList(f"{host}{port}" for host in LOOPBACK_HOSTS for port in ("", ":*"))
        self._bodies = BodyReader()
        self._loopback_origins = AllowList(loopback_origins())
        self._floods = FloodGuard(FLOOD * http.calls_per_minute)
        self._newcomers = FloodGuard(min(NEWCOMERS_PER_MINUTE, FLOOD * http.calls_per_minute))
        self._pages: dict[str, Callable[[], _Page]] = {
            "/livez": lambda: (HTTPStatus.OK, _JSON, b'{"status":"alive"}'),
            "/readyz": self._readiness,
            "/metrics": lambda: (HTTPStatus.OK, CONTENT_TYPE, metrics.render()),
        }
        for path, document in documents.items():
            page = (HTTPStatus.OK, _JSON, json.dumps(document).encode())
            self._pages[path] = lambda page=page: page  # type: ignore[misc]  # mypy cannot tell a default's type
        self.is_draining = False

    def drain(self) -> None:
        """Say from now on that this process is about to end; go on serving."""
        self.is_draining = True
        self._metrics.record_draining()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one HTTP request."""
        path, method = scope["path"], scope["method"]
        if path == MCP_PATH:
            await self._serve_mcp(scope, receive, send)
        elif path not in self._pages:
            message = f"There is nothing here. MCP is at {MCP_PATH}."
            await _respond(send, HTTPStatus.NOT_FOUND, _JSON, _error(message), {})
        elif method in {"GET", "HEAD"}:
            await _respond(send, *self._pages[path](), {"cache-control": "no-store"}, is_head=method == "HEAD")
        else:
            await _respond(send, HTTPStatus.METHOD_NOT_ALLOWED, "", b"", {"allow": "GET, HEAD"})

    def _readiness(self) -> _Page:
        state = {"status": "draining" if self.is_draining else "ready", "redis": self._redis_state()}
        status = HTTPStatus.SERVICE_UNAVAILABLE if self.is_draining else HTTPStatus.OK
        return status, _JSON, json.dumps(state).encode()

    async def _serve_mcp(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = Headers(scope=scope)
        # Read many times below; of a name that comes twice the first counts, as with `headers.get`.
        fields = {name.decode("latin-1"): value.decode("latin-1") for name, value in reversed(headers.raw)}
        given = fields.get("x-request-id", "")
        request_id = given if _REQUEST_ID.fullmatch(given) else secrets.token_hex(8)
        more = {"x-request-id": request_id}
        if self.is_draining:
            more["connection"] = "close"  # the next one goes to another replica
        try:
            self._check(scope["method"], fields, sum(name == b"host" for name, _ in headers.raw))
            caller = await self._authenticate(scope, headers, fields)
            async with self._bodies.read(fields.get("content-length", ""), receive) as body:
                reply = await self._answer(caller, request_id, headers, body, receive)
        except RequestRejected as refused:
            self._metrics.record_rejection(refused.reason)
            more |= {name.lower(): value for name, value in refused.headers}
            await _respond(send, refused.status, _JSON, _error(refused.message), more)
        except ClientDisconnected:
            pass
        else:
            await _respond(send, reply.status, _JSON if reply.body else "", reply.body, more)

    def _check(self, method: str, fields: Mapping[str, str], hosts: int) -> None:
        """Refuse what is no MCP request to this server, before anything else of it is looked at."""
        if method != "POST":
            message = "Send MCP messages by POST: this server keeps no sessions and sends nothing by itself."
            raise RequestRejected(HTTPStatus.METHOD_NOT_ALLOWED, message, reason="method", headers=(("Allow", "POST"),))
        if fields.get("host", "") not in self._hosts or hosts != 1:
            message = "The Host header does not name this server. SCENARIO_MCP_ALLOWED_HOSTS lists its names."
            raise RequestRejected(HTTPStatus.MISDIRECTED_REQUEST, message, reason="host")
        origin = fields.get("origin")
        if origin is not None and origin not in self._origins:
            message = (
                "Pages of this origin may not call this server. SCENARIO_MCP_ALLOWED_ORIGINS lists those that may."
            )
            raise RequestRejected(HTTPStatus.FORBIDDEN, message, reason="origin")
        if fields.get("content-type", "").partition(";")[0].strip().lower() != _JSON:
            message = "Send MCP messages with Content-Type: application/json."
            raise RequestRejected(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, message, reason="content type")

    async def _authenticate(self, scope: Scope, headers: Headers, fields: Mapping[str, str]) -> Caller:
        """Tell who asks, unless they ask too often for anything."""
        address = scope["client"][0] if scope["client"] else ""
        is_own_machine = scope.get("http_version") != "1.0" and self._is_own_machine(address, fields)
        try:
            caller = await self._authenticator.authenticate(headers, address=address, is_own_machine=is_own_machine)
        except CallerRefused as refused:
            _reject_flood(self._floods, self._hasher.of("address", address))
            raise RequestRejected(refused.status, refused.message, reason="caller", headers=refused.headers) from None
        if not self._backends.knows(caller):
            _reject_flood(self._newcomers, self._hasher.of("address", address))
        _reject_flood(self._floods, caller.key)
        return caller

    def _is_own_machine(self, address: str, fields: Mapping[str, str]) -> bool:
        """Whether this seems to come from a person's own machine, and through no proxy that others can reach.

        A proxy on this machine that adds no header cannot be told, unless it speaks HTTP/1.0 as nginx does by itself.
        """
        return (
            self._is_loopback
            and is_loopback(address)
            and fields.get("host", "") in self._loopback_hosts
            and fields.get("origin", "http://localhost") in self._loopback_origins
            and not any(name in _FORWARDING or name.startswith(_FORWARDING_PREFIXES) for name in fields)
        )

    async def _answer(self, caller: Caller, request_id: str, headers: Headers, body: bytes, receive: Receive) -> Reply:
        started = time.perf_counter()
        self._metrics.request_started()
        with logs.call(request=request_id, caller=caller.key[:LOGGED_KEY_CHARACTERS]) as known:
            try:
                with anyio.CancelScope() as scope, tracing.continue_trace(headers):
                    watch = _Watch(receive, scope)
                    try:
                        return await exchange(self._server, self._backends.of(caller), headers, body)
                    finally:
                        watch.end()
            finally:
                self._metrics.request_ended()
                self._metrics.record_request(known, time.perf_counter() - started)
        raise ClientDisconnected


class _Watch:
    """Cancels a call whose client has left; it begins late, since most calls are over by then."""

    def __init__(self, receive: Receive, scope: anyio.CancelScope) -> None:
        self._receive = receive
        self._scope = scope
        self._task: asyncio.Task[None] | None = None
        self._timer = asyncio.get_running_loop().call_later(PATIENCE_SECONDS, self._begin)

    def _begin(self) -> None:
        self._task = asyncio.create_task(self._wait())

    async def _wait(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass
        self._scope.cancel()

    def end(self) -> None:
        """Watch no more."""
        self._timer.cancel()
        if self._task:
            self._task.cancel()


def _reject_flood(floods: FloodGuard, key: str) -> None:
    """Refuse a request of which there were too many."""
    wait_seconds = floods.wait_seconds(key)
    if wait_seconds:
        message = f"Too many requests. Wait {wait_seconds} seconds, then go on more slowly."
        headers = (("Retry-After", str(wait_seconds)),)
        raise RequestRejected(HTTPStatus.TOO_MANY_REQUESTS, message, reason="flood", headers=headers)


def _error(message: str) -> bytes:
    """Return a refusal as clients of JSON-RPC read it."""
    return jsonrpc.serialize_error(None, types.INVALID_REQUEST, message)


async def _respond(  # noqa: PLR0913  # a response is just these
    send: Send, status: int, content_type: str, body: bytes, more: dict[str, str], *, is_head: bool = False
) -> None:
    headers = [(b"content-length", b"%d" % len(body))]
    if content_type:
        headers.append((b"content-type", content_type.encode()))
    headers += [(name.encode(), value.encode("latin-1", "replace")) for name, value in more.items()]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if is_head else body})
