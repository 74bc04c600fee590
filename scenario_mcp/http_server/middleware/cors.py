"""CORS: lets web pages of the allowed origins call."""

import re
from collections.abc import Iterable

from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

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
MAX_AGE_SECONDS = 3600
"""How long a browser may keep the answer to a preflight request."""


class Cors(CORSMiddleware):
    """Starlette's CORS for requests with an Origin header; others, which no browser sends, pass as they are."""

    def __init__(self, app: ASGIApp, origins: Iterable[str]) -> None:
        exact, pattern = split_origins(origins)
        super().__init__(
            app,
            allow_origins=exact,
            allow_origin_regex=pattern,
            allow_methods=("POST", "GET"),
            allow_headers=ALLOWED_HEADERS,
            expose_headers=EXPOSED_HEADERS,
            max_age=MAX_AGE_SECONDS,
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one scope."""
        if scope["type"] == "http" and any(name == b"origin" for name, _ in scope["headers"]):
            await super().__call__(scope, receive, send)
        else:
            await self.app(scope, receive, send)


def split_origins(allowed: Iterable[str]) -> tuple[list[str], str | None]:
    """Return an allow-list as Starlette takes it: exact origins, and a pattern for those of any port or host."""
    exact, patterns = [], []
    for origin in allowed:
        if origin.endswith("://*"):
            patterns.append(re.escape(origin[:-1]) + ".+")
        elif origin.endswith(":*"):
            patterns.append(re.escape(origin[:-2]) + r":\d{1,5}")
        else:
            exact.append(origin)
    return exact, "|".join(patterns) or None
