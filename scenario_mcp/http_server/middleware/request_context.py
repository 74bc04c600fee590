"""Request context: reads the headers once, and gives each request an id that its answer and its log lines carry."""

import re
import secrets
from collections.abc import Callable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from scenario_mcp.http_server.inbound_headers import InboundHeaders
from scenario_mcp.http_server.inbound_request import InboundRequest, attach

_REQUEST_ID = re.compile(r"[A-Za-z0-9._:-]{1,64}")


class RequestContext:
    """Attaches the `InboundRequest`; adds X-Request-Id to the answer, and while draining Connection: close."""

    def __init__(self, app: ASGIApp, is_draining: Callable[[], bool]) -> None:
        self._app = app
        self._is_draining = is_draining

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        headers = InboundHeaders(scope["headers"])
        given = headers.fields.get("x-request-id", "")
        request_id = given if _REQUEST_ID.fullmatch(given) else secrets.token_hex(8)
        attach(scope, InboundRequest(headers, request_id))

        async def send_with_id(message: Message) -> None:
            if message["type"] == "http.response.start":
                fields = message["headers"]
                fields.append((b"x-request-id", request_id.encode()))
                if self._is_draining() and not any(name == b"connection" for name, _ in fields):
                    fields.append((b"connection", b"close"))  # the client's next request goes to another replica
            await send(message)

        await self._app(scope, receive, send_with_id)
