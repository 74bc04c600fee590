"""A question to the terminal that this process runs in: asked only where it does no harm, given up soon."""

import contextlib
import os
import re
import select
import sys
import time
from collections.abc import Iterator, Mapping
from typing import IO

if sys.platform != "win32":
    import fcntl
    import termios

ATTRIBUTES = "\x1b[c"
"""Asks for the device attributes, which every terminal answers: once they are there, no other answer will come."""
TIMEOUT_SECONDS = 1.0
_END = re.compile(rb"\x1b\[\?[\d;]*c")
_SEQUENCES = re.compile(rb"\x1b\[[0-?]*[ -/]*[@-~]|\x1b[P_\]X^].*?(?:\x1b\\|\x07)", re.DOTALL)
_MAX_ANSWER_BYTES = 4096
_MULTIPLEXERS = ("TMUX", "STY")
_KNOWN_WITHOUT_PICTURES = ("", "dumb", "linux")


def ask_terminal(question: str, stream: IO[str], environ: Mapping[str, str]) -> bytes:
    """Return what the terminal behind `stream` answers to the question, up to and with its device attributes.

    Nothing is written, and the answer is empty, unless `stream` is the terminal that this process is in the foreground
    of; on Windows; in continuous integration; in tmux and screen, which show a part of the question; and when somebody
    has typed ahead. It is empty too if the terminal does not finish it within `TIMEOUT_SECONDS`. The terminal's mode
    is restored, and what is typed meanwhile goes back into its input, where the system allows that.
    """
    if sys.platform == "win32" or not _may_ask(stream, environ):
        return b""
    try:
        with _unbuffered_terminal() as terminal:
            if select.select([terminal], [], [], 0)[0]:
                return b""
            stream.flush()
            os.write(terminal, (question + ATTRIBUTES).encode())
            heard = _listen(terminal)
            os.write(terminal, b"\r\x1b[K")  # terminals that do not know a question may have shown a part of it
            _give_back(terminal, heard)
    except (OSError, termios.error):
        return b""
    return heard if _END.search(heard) else b""


def _may_ask(stream: IO[str], environ: Mapping[str, str]) -> bool:
    term = environ.get("TERM", "")
    if term in _KNOWN_WITHOUT_PICTURES or term.startswith(("screen", "tmux")):
        return False
    if environ.get("CI") or any(environ.get(name) for name in _MULTIPLEXERS):
        return False
    try:
        return stream.isatty() and os.tcgetpgrp(stream.fileno()) == os.getpgrp()
    except (OSError, ValueError):  # another process's terminal; a stream that is closed
        return False


@contextlib.contextmanager
def _unbuffered_terminal() -> Iterator[int]:
    """Open the terminal so that it echoes nothing and hands over each byte at once, and neither end blocks."""
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
    heard = b""
    while not _END.search(heard) and len(heard) < _MAX_ANSWER_BYTES:
        remaining_seconds = deadline - time.monotonic()
        if remaining_seconds <= 0 or not select.select([terminal], [], [], remaining_seconds)[0]:
            break
        heard += os.read(terminal, _MAX_ANSWER_BYTES)
    return heard


def _give_back(terminal: int, heard: bytes) -> None:
    """Put what somebody typed between the answers back, as if typed now. Some systems allow that to no program."""
    typed = _SEQUENCES.sub(b"", heard).partition(b"\x1b")[0]
    with contextlib.suppress(OSError):
        for byte in typed:
            fcntl.ioctl(terminal, termios.TIOCSTI, bytes([byte]))
