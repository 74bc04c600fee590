"""One line in the terminal for each request: method, path, status, time, hits, and the fault that hit it.

Neither the query of an address nor a body or a header is shown: they hold search words, signatures and keys.
"""

import asyncio
import queue
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TextIO

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from scenario_mcp.text import clean, without_links

MAX_PATH_CHARACTERS = 80
PATIENCE_SECONDS = 2.0
"""After so long a request without an answer gets a line of its own."""
MAX_WAITING_LINES = 1_000
LAST_LINES_SECONDS = 1.0
"""How long the end waits for lines that are not written yet."""
FAULT, HITS = "fault", "hits"
"""What the endpoints and the faults note in the state of a request."""


@contextmanager
def lines_to(stream: TextIO) -> Iterator[Callable[[str], None]]:
    """Yield what writes lines to a stream in a thread: a pipe that nobody reads blocks no request, but loses lines."""
    lines: queue.Queue[str | None] = queue.Queue(MAX_WAITING_LINES)

    def write_all() -> None:
        with suppress(OSError, ValueError):  # the reader has gone
            while (line := lines.get()) is not None:
                stream.write(f"{line}\n")
                stream.flush()

    def write(line: str) -> None:
        with suppress(queue.Full):
            lines.put_nowait(line)

    thread = threading.Thread(target=write_all, daemon=True)
    thread.start()
    try:
        yield write
    finally:
        with suppress(queue.Full):
            lines.put_nowait(None)
        thread.join(LAST_LINES_SECONDS)


class RequestLog:
    """Middleware that writes a line when an answer begins, and one when it is long in coming."""

    def __init__(self, app: ASGIApp, write: Callable[[str], None], patience_seconds: float = PATIENCE_SECONDS) -> None:
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
