"""Messages of one client -> answers of the SDK's kernel (`ServerRunner`), each request in a task of its own.

The SDK's own loop moves every message through a second task and a memory stream, and gives each request a group's
task, a cancel scope and an event, which together cost a tenth of a call and more. What it decides is decided here
likewise: the first request fixes the era of the protocol, a request that was cancelled is not answered, and one that is
still under way at the end is told so. Source: MCP's specification of 2025-11-25 and 2026-07-28, and `mcp.server.runner`
of the SDK 2.3.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Mapping
from functools import cached_property
from typing import Any, Protocol

import anyio
import mcp_types as types
from mcp.server.connection import Connection, NotifyOnlyOutbound
from mcp.server.lowlevel import Server
from mcp.server.runner import ServerRunner, aclose_shielded, modern_error_data
from mcp.shared.dispatcher import CallOptions, coerce_request_id
from mcp.shared.exceptions import MCPError, NoBackChannelError
from mcp.shared.inbound import InboundLadderRejection, classify_inbound_request
from mcp.shared.jsonrpc_dispatcher import cancelled_request_id_from_params, progress_token_from_params
from mcp.shared.transport_context import TransportContext
from mcp_types.version import LATEST_MODERN_VERSION, MODERN_PROTOCOL_VERSIONS

from scenario_mcp.transports import jsonrpc

LAST_WRITES_SECONDS = 1.0
"""How long the calls that are dropped at the end may take to stop, and their answers to be written."""
_TRANSPORT = TransportContext(kind="stdio", can_send_request=False)
_CLOSED = types.ErrorData(code=types.CONNECTION_CLOSED, message="Connection closed")

Ask = Callable[["MessageContext", str, Mapping[str, Any] | None], Awaitable[dict[str, Any]]]


class Outgoing(Protocol):
    """What takes lines for the client."""

    async def write(self, line: bytes) -> None:
        """Write a line."""

    def settle(self, request_id: types.RequestId) -> None:
        """Note a request that is answered."""


async def serve(server: Server[Any], incoming: AsyncIterator[types.JSONRPCMessage], outgoing: Outgoing) -> None:
    """Answer one client until its messages end; what is then still under way is dropped, and answered with an error."""
    async with server.lifespan(server) as state:
        dispatch = _Dispatch(server, state, outgoing)
        try:
            async for message in incoming:
                await dispatch.take(message)
        finally:
            await dispatch.end()


class MessageContext:
    """The SDK's `DispatchContext` of a request or a notification."""

    transport = _TRANSPORT
    message_metadata = None
    can_send_request = False
    task: asyncio.Task[None]

    def __init__(self, dispatch: "_Dispatch", request: types.JSONRPCRequest | None = None) -> None:
        self.request_id = None if request is None else request.id
        self.is_cancelled = False
        """The client has said that it no longer waits."""
        self.is_answered = False
        self._dispatch = dispatch
        self._progress_token = None if request is None else progress_token_from_params(request.params)

    @cached_property
    def cancel_requested(self) -> anyio.Event:
        """Set when the client cancels the request. Made when somebody asks: as a rule nobody does."""
        return anyio.Event()

    def cancel(self) -> None:
        """Stop the request, whose client no longer waits."""
        self.is_cancelled = True
        self.cancel_requested.set()
        self.task.cancel()

    async def send_raw_request(
        self, method: str, _params: Mapping[str, Any] | None, _opts: CallOptions | None = None
    ) -> dict[str, Any]:
        """Refuse: this server asks its clients nothing."""
        raise NoBackChannelError(method)

    async def notify(self, method: str, params: Mapping[str, Any] | None, opts: CallOptions | None = None) -> None:
        """Tell the client something as long as the request is under way."""
        if not self.is_answered:
            await self._dispatch.notify(method, params, opts)

    async def progress(self, progress: float, total: float | None = None, message: str | None = None) -> None:
        """Tell the client how far the request is, if it has asked for that."""
        if self._progress_token is None:
            return
        told = {"progressToken": self._progress_token, "progress": progress, "total": total, "message": message}
        params = {name: value for name, value in told.items() if value is not None}
        await self.notify("notifications/progress", params)


class _Dispatch:
    """One client's requests; also the SDK's `Outbound` of its connection."""

    def __init__(self, server: Server[Any], state: Any, outgoing: Outgoing) -> None:
        self._server = server
        self._state = state
        self._outgoing = outgoing
        self._without_requests = NotifyOnlyOutbound(self)
        self._connection = Connection.for_loop(self)
        self._connected = ServerRunner(server, self._connection, state)
        self._ask: Ask | None = None
        """How requests are answered in the era of the client's first one."""
        self._under_way: dict[types.RequestId, MessageContext] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def take(self, message: types.JSONRPCMessage) -> None:
        """Begin to answer a message. Answers are dropped: this server asks its clients nothing."""
        if isinstance(message, types.JSONRPCRequest):
            if self._ask is None:
                is_stateless = message.method != "initialize" and _has_envelope(message.params)
                self._ask = self._ask_stateless if is_stateless else self._ask_connected
            context = MessageContext(self, message)
            self._under_way[coerce_request_id(message.id)] = context
            task = self._start(context, self._answer(context, message, self._ask))
            if message.method == "initialize":
                await asyncio.wait([task])  # a client that does not wait for the answer has shaken hands, too
        elif isinstance(message, types.JSONRPCNotification):
            if message.method == "notifications/cancelled":
                request_id = cancelled_request_id_from_params(message.params)
                if request_id is not None and (found := self._under_way.pop(coerce_request_id(request_id), None)):
                    found.cancel()
                    found.task.add_done_callback(self._tasks.discard)  # it may not even have begun
            context = MessageContext(self)
            self._start(context, self._hear(context, message))

    def _start(self, context: MessageContext, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Begin work that takes its task off the list as its last step: a callback takes another turn of the loop."""
        context.task = asyncio.create_task(work)
        self._tasks.add(context.task)
        return context.task

    async def _answer(self, context: MessageContext, request: types.JSONRPCRequest, ask: Ask) -> None:
        try:
            try:
                result = await ask(context, request.method, request.params)
                line = jsonrpc.serialize_result(request.id, result)
            except Exception as error:  # noqa: BLE001  # the SDK knows what of it may be said, and logs the rest
                line = _refusal(request.id, modern_error_data(error))
            finally:
                key = coerce_request_id(request.id)
                if self._under_way.get(key) is context:  # not a newer one under the same id
                    del self._under_way[key]
            if not context.is_cancelled:
                context.is_answered = True
                await self._outgoing.write(line)
                self._outgoing.settle(request.id)
        finally:
            self._tasks.discard(context.task)

    async def _ask_connected(
        self, context: MessageContext, method: str, params: Mapping[str, Any] | None
    ) -> dict[str, Any]:
        """Answer a request of a client that has shaken hands, or is about to."""
        if method != "initialize" and _has_envelope(params):
            raise MCPError(
                types.INVALID_REQUEST,
                "this connection serves the handshake protocol era; "
                "requests carrying the 2026-07-28 envelope are not accepted on it",
            )
        return await self._connected.on_request(context, method, params)

    async def _ask_stateless(
        self, context: MessageContext, method: str, params: Mapping[str, Any] | None
    ) -> dict[str, Any]:
        """Answer a request that names its protocol itself."""
        if method == "initialize":
            requested = (params or {}).get("protocolVersion")
            raise MCPError(
                types.UNSUPPORTED_PROTOCOL_VERSION,
                "connection is serving the 2026-07-28 protocol; the initialize handshake is not accepted",
                {
                    "supported": [*MODERN_PROTOCOL_VERSIONS],
                    **({"requested": requested} if isinstance(requested, str) else {}),
                },
            )
        route = classify_inbound_request({"method": method, "params": params})
        if isinstance(route, InboundLadderRejection):
            raise MCPError(route.code, route.message, route.data)
        connection = Connection.from_envelope(
            route.protocol_version, route.client_info, route.client_capabilities, outbound=self._without_requests
        )
        try:
            return await ServerRunner(self._server, connection, self._state).on_request(context, method, params)
        finally:
            await aclose_shielded(connection)

    async def _hear(self, context: MessageContext, message: types.JSONRPCNotification) -> None:
        """Take a notification; the era of those before the first request is that of the handshake."""
        hearing = self._connected
        if self._ask == self._ask_stateless:
            connection = Connection.from_envelope(LATEST_MODERN_VERSION, None, None, outbound=self._without_requests)
            hearing = ServerRunner(self._server, connection, self._state)
        try:
            await hearing.on_notify(context, message.method, message.params)
        finally:
            self._tasks.discard(context.task)

    async def send_raw_request(
        self, method: str, _params: Mapping[str, Any] | None, _opts: CallOptions | None = None
    ) -> dict[str, Any]:
        raise NoBackChannelError(method)

    async def notify(self, method: str, params: Mapping[str, Any] | None, _opts: CallOptions | None = None) -> None:
        """Tell the client something."""
        known = {} if params is None else {"params": dict(params)}
        await self._outgoing.write(jsonrpc.serialize(types.JSONRPCNotification(jsonrpc="2.0", method=method, **known)))

    async def end(self) -> None:
        """Drop what is under way, and say so to who still waits."""
        dropped = [*self._under_way.values()]
        for task in self._tasks:
            task.cancel()
        with anyio.move_on_after(LAST_WRITES_SECONDS, shield=True):
            if self._tasks:
                await asyncio.wait(self._tasks)
            for context in dropped:
                if context.request_id is not None and not context.is_answered:
                    await self._outgoing.write(_refusal(context.request_id, _CLOSED))
                    self._outgoing.settle(context.request_id)
        await aclose_shielded(self._connection)


def _has_envelope(params: Mapping[str, Any] | None) -> bool:
    """Whether a request names its protocol itself, as none does that follows a handshake."""
    meta = params.get("_meta") if params else None
    return isinstance(meta, Mapping) and types.PROTOCOL_VERSION_META_KEY in meta


def _refusal(request_id: types.RequestId, error: types.ErrorData) -> bytes:
    return jsonrpc.serialize(types.JSONRPCError(jsonrpc="2.0", id=request_id, error=error))
