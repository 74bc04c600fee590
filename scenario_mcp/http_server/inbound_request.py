"""A request to MCP's endpoint on its way in, and the exceptions that end it early."""

from dataclasses import dataclass, field

from starlette.types import Scope

from scenario_mcp.http_server.auth.authenticator import Caller
from scenario_mcp.http_server.inbound_headers import InboundHeaders
from scenario_mcp.text import clean

MAX_SHOWN_CHARACTERS = 100
_KEY = "scenario_mcp.inbound"


@dataclass(slots=True)
class InboundRequest:
    """What each middleware has found out about a request, for those inside it."""

    headers: InboundHeaders
    request_id: str
    caller: Caller = field(init=False)
    body: bytes = field(init=False)


def attach(scope: Scope, request: InboundRequest) -> None:
    """Keep a request in the ASGI scope that it belongs to."""
    scope[_KEY] = request


def inbound(scope: Scope) -> InboundRequest:
    """Return the request that `RequestContext` has attached."""
    request: InboundRequest = scope[_KEY]
    return request


def shown(value: str) -> str:
    """Return a header's value as the log quotes it."""
    return f"'{clean(value, MAX_SHOWN_CHARACTERS)}'"


class RequestRejected(Exception):
    """The request is answered with an HTTP error and goes no further. The message is safe to show.

    `for_operator` is what the log says in its place: which setting to change, and what the request held.
    """

    def __init__(
        self,
        status: int,
        message: str,
        *,
        reason: str,
        headers: tuple[tuple[str, str], ...] = (),
        for_operator: str = "",
    ) -> None:
        super().__init__(message)
        self.for_operator = for_operator or message
        self.status = status
        self.message = message
        self.reason = reason
        """Label of the metric, one word."""
        self.headers = headers


class NotAuthenticated(RequestRejected):
    """The credentials of the request do not let it in."""


class ClientDisconnected(Exception):
    """The client has closed its connection, so nobody reads an answer."""
