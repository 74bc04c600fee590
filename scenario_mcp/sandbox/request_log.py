"""One line in the terminal for each request: method, path, status, time, hits, and the fault that hit it.

Neither the query of an address nor a body or a header is shown: they hold search words, signatures and keys.
"""

import asyncio
import sys
import time
from collections.abc import Callable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from scenario_mcp.text import clean, without_links

MAX_PATH_CHARACTERS = 80
PATIENCE_SECONDS = 2.0
"""After which a request without an answer is a line of its own."""
FAULT, HITS = "fault", "hits"
"""What the endpoints and the faults note in the state of a request."""


def print_line(line: str) -> None:
    """Write a line to stderr: stdout is read by programs."""
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()


class RequestLog:
    """Middleware that writes a line when an answer begins, and one when it is long in coming."""

    def __init__(
        self, app: ASGIApp, write: Callable[[str], None] = print_line, patience_seconds: float = PATIENCE_SECONDS
    ) -> None:
        self._app = app
        self._write = write
        self._patience_seconds = patience_seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass one request on, and write its line."""
        begin = time.perf_counter()
        state = scope.setdefault("state", {})

        def write(outcome: str) -> None:
            notes = [f"{1000 * (time.perf_counter() - begin):.0f} ms"]
            notes += [f"{state[HITS]} hits"] if HITS in state else []
            notes += [f"fault {state[FAULT]}"] if FAULT in state else []
            self._write(f"{time.strftime('%H:%M:%S')} {_shown(scope)} {outcome}  {', '.join(notes)}")

        late = asyncio.get_running_loop().call_later(self._patience_seconds, write, "no answer yet")

        async def noting(message: Message) -> None:
            if message["type"] == "http.response.start":
                late.cancel()
                write(str(message["status"]))
            await send(message)

        try:
            await self._app(scope, receive, noting)
        finally:
            late.cancel()


def _shown(scope: Scope) -> str:
    # Cleaned: a path may hold what steers a terminal, or an address with a signature.
    return f"{clean(scope['method'], 10)} {clean(without_links(scope['path']), MAX_PATH_CHARACTERS)}"
