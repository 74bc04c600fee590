"""Queries to the terminal that this process runs in: sent only where that is safe, with a short timeout."""

import contextlib
import os
import re
import select
import sys
import time
from collections.abc import Iterator, Mapping
from typing import IO

from scenario_mcp import interruption

if sys.platform != "win32":
    import fcntl
    import termios

ATTRIBUTES = "\x1b[c"
"""Queries the device attributes, which every terminal reports: after them, no other answer comes."""
TIMEOUT_SECONDS = 1.0
_END = re.compile(rb"\x1b\[\?[\d;]*c")
_SEQUENCES = re.compile(rb"\x1b\[[0-?]*[ -/]*[@-~]|\x1b[P_\]X^].*?(?:\x1b\\|\x07)", re.DOTALL)
_MAX_ANSWER_BYTES = 4096
_MULTIPLEXERS = ("TMUX", "STY")
_KNOWN_WITHOUT_PICTURES = ("", "dumb", "linux")


def ask_terminal(query: str, stream: IO[str], environ: Mapping[str, str]) -> bytes:
    """Return the terminal's answer to a query, up to and including its device attributes.

    Nothing is written and the answer is empty if `stream` is not a terminal with this process in the foreground; on
    Windows; in continuous integration; in tmux and screen, which print parts of queries; and if the user has typed
    ahead. The answer is also empty if the terminal does not finish it within `TIMEOUT_SECONDS`. The terminal's mode is
    restored, and keys that are typed meanwhile return to its input where the system allows that.
    """
    if sys.platform == "win32" or not _may_ask(stream, environ):
        return b""
    try:
        with interruption.raised(), _unbuffered_terminal() as terminal:
            if select.select([terminal], [], [], 0)[0]:
                return b""
            stream.flush()
            os.write(terminal, (query + ATTRIBUTES).encode())
            answer = _listen(terminal)
            os.write(terminal, b"\r\x1b[K")  # a terminal that does not know a query may have printed a part of it
            _give_back(terminal, answer)
    except (OSError, termios.error):
        return b""
    return answer if _END.search(answer) else b""


def _may_ask(stream: IO[str], environ: Mapping[str, str]) -> bool:
    term = environ.get("TERM", "")
    if term in _KNOWN_WITHOUT_PICTURES or term.startswith(("screen", "tmux")):
        return False
    if environ.get("CI") or any(environ.get(name) for name in _MULTIPLEXERS):
        return False
    try:
        return stream.isatty() and os.tcgetpgrp(stream.fileno()) == os.getpgrp()
    except (OSError, ValueError):  # another process's terminal; a closed stream
        return False


@contextlib.contextmanager
def _unbuffered_terminal() -> Iterator[int]:
    """Open the terminal without echo, line buffering and blocking."""
    terminal = os.open("/dev/tty", os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
    try:
        mode = termios.tcgetattr(terminal)
        quiet = termios.tcgetattr(terminal)
        quiet[3] &= ~(termios.ECHO | termios.ICANON)
        termios.tcsetattr(terminal, termios.TCSANOW, quiet)
        try:
            yield terminal
        finally:
            termios.tcsetattr(terminal, termios.TCSANOW, mode)
    finally:
        os.close(terminal)


def _listen(terminal: int) -> bytes:
    deadline = time.monotonic() + TIMEOUT_SECONDS
    answer = b""
    while not _END.search(answer) and len(answer) < _MAX_ANSWER_BYTES:
        remaining_seconds = deadline - time.monotonic()
        if remaining_seconds <= 0 or not select.select([terminal], [], [], remaining_seconds)[0]:
            break
        answer += os.read(terminal, _MAX_ANSWER_BYTES)
    return answer


def _give_back(terminal: int, answer: bytes) -> None:
    """Put keys that were typed between the answers back into the input. Some systems forbid that to every program."""
    typed = _SEQUENCES.sub(b"", answer).partition(b"\x1b")[0]
    with contextlib.suppress(OSError):
        for byte in typed:
            fcntl.ioctl(terminal, termios.TIOCSTI, bytes([byte]))
