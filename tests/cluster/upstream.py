"""The sandbox as a process that counts the searches it gets, and holds them back while a test wants it to."""

import asyncio
import sys

import uvicorn
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from scenario_mcp.sandbox.app import create_app
from scenario_mcp.sandbox.catalogue import Catalogue

LONGEST_SECONDS = 20.0
"""No search is held back for longer, whatever a test forgets."""


class Counted:
    """The sandbox, with three addresses beside it: /counts, /hold and /release."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._searches = 0
        self._held = 0
        self._open = asyncio.Event()
        self._open.set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        match scope.get("path"):
            case "/counts":
                await JSONResponse({"searches": self._searches, "held": self._held})(scope, receive, send)
            case "/hold":
                self._open.clear()
                await JSONResponse({})(scope, receive, send)
            case "/release":
                self._open.set()
                await JSONResponse({})(scope, receive, send)
            case "/v1/search/assets":
                self._searches += 1
                self._held += 1
                async with asyncio.timeout(LONGEST_SECONDS):
                    await self._open.wait()
                self._held -= 1
                await self._app(scope, receive, send)
            case _:
                await self._app(scope, receive, send)


def serve() -> None:
    """Serve on the port that is the first argument."""
    app = Counted(create_app(Catalogue.load()))
    uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[1]), lifespan="off", log_level="warning", access_log=False)
