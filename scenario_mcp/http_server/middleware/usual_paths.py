"""Usual paths: a slash too many at the end or in between leads where the path without it does."""

import re
from collections.abc import Collection

from starlette.types import ASGIApp, Receive, Scope, Send

_SLASHES = re.compile("/{2,}")


class UsualPaths:
    """Takes `/mcp/` and `//mcp` for `/mcp`. It does not redirect: many clients do not follow one with a POST."""

    def __init__(self, app: ASGIApp, paths: Collection[str]) -> None:
        self._app = app
        self._paths = frozenset(paths)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one scope; a path that leads nowhere stays as it came."""
        if scope["type"] == "http" and scope["path"] not in self._paths:
            path = _SLASHES.sub("/", scope["path"]).removesuffix("/")
            if path in self._paths:
                scope = {**scope, "path": path}
        await self._app(scope, receive, send)
