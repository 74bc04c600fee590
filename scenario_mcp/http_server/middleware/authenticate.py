"""Authentication: tells who asks, and whether from a person's own machine."""

from collections.abc import Iterable, Mapping

from starlette.types import ASGIApp, Receive, Scope, Send

from scenario_mcp.addresses import is_loopback
from scenario_mcp.http_server.access_lists import LOOPBACK_HOSTS, loopback_origins
from scenario_mcp.http_server.allow_list import AllowList
from scenario_mcp.http_server.auth.authenticator import Authenticator, CallerRefused
from scenario_mcp.http_server.inbound_request import NotAuthenticated, inbound

_FORWARDING = frozenset({"forwarded", "via", "x-real-ip", "x-client-ip", "true-client-ip"})
_FORWARDING_PREFIXES = ("x-forwarded", "cf-", "tailscale-")


class Authenticate:
    """Sets the request's `caller`, or rejects it with 401, 403 or 503 as the authenticator says."""

    def __init__(
        self,
        app: ASGIApp,
        authenticator: Authenticator,
        *,
        listens_on_loopback: bool,
        programs_pages: Iterable[str] = (),
    ) -> None:
        """`programs_pages` are origins that the operator allows and no web site can have."""
        self._app = app
        self._authenticator = authenticator
        self._listens_on_loopback = listens_on_loopback
        self._loopback_hosts = AllowList(f"{host}{port}" for host in LOOPBACK_HOSTS for port in ("", ":*"))
        self._own_origins = AllowList((*loopback_origins(), *programs_pages))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        request = inbound(scope)
        address = scope["client"][0] if scope["client"] else ""
        is_own_machine = scope.get("http_version") != "1.0" and self._is_own_machine(address, request.headers.fields)
        try:
            request.caller = await self._authenticator.authenticate(
                request.headers, address=address, is_own_machine=is_own_machine
            )
        except CallerRefused as refused:
            raise NotAuthenticated(
                refused.status,
                refused.message,
                reason="caller",
                headers=refused.headers_of(scope.get("raw_path") or b""),
                for_operator=" ".join(filter(None, (refused.message, refused.for_operator))),
            ) from None
        await self._app(scope, receive, send)

    def _is_own_machine(self, address: str, fields: Mapping[str, str]) -> bool:
        """Whether a request seems to come from a person's own machine, through no proxy that others can reach.

        A proxy on this machine that adds no header cannot be told, unless it speaks HTTP/1.0 as nginx does by default.
        """
        return (
            self._listens_on_loopback
            and is_loopback(address)
            and fields.get("host", "") in self._loopback_hosts
            and fields.get("origin", "http://localhost") in self._own_origins
            and not any(name in _FORWARDING or name.startswith(_FORWARDING_PREFIXES) for name in fields)
        )
