"""Standard streams that a reader who left, a full disk or a narrow alphabet does not break: commands need not care."""

import codecs
import errno
import io
import os
import sys
from collections.abc import Callable
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import IO, BinaryIO, Literal, TextIO

EXIT_UNWRITTEN = 74
"""Exit code of a command whose output could not be written, such as to a full disk: EX_IOERR of sysexits.h."""
_ERRORS = "scenario-mcp-nearest"
_REPLACED_ERRORS = ("strict", "surrogateescape")
"""Other ways to treat what an alphabet lacks were chosen by somebody: PYTHONIOENCODING=ascii:backslashreplace."""
_NEAREST = {
    "\N{HORIZONTAL ELLIPSIS}": "~",  # one cell, so that tables stay straight
    "\N{EN DASH}": "-",
    "\N{EM DASH}": "-",
    "\N{LEFT SINGLE QUOTATION MARK}": "'",
    "\N{RIGHT SINGLE QUOTATION MARK}": "'",
    "\N{LEFT DOUBLE QUOTATION MARK}": '"',
    "\N{RIGHT DOUBLE QUOTATION MARK}": '"',
    "\N{RIGHTWARDS ARROW}": ">",
    "\N{MULTIPLICATION SIGN}": "x",
    "\N{BULLET}": "*",
    "\N{MIDDLE DOT}": ".",
    "\N{FULL BLOCK}": "#",
    "\N{BOX DRAWINGS HEAVY HORIZONTAL}": "-",
    "\N{BOX DRAWINGS HEAVY LEFT}": "-",
    "\N{BOX DRAWINGS HEAVY RIGHT}": "-",
}


def run_safely(command: Callable[[], int]) -> int:
    """Run a command whose prints to the standard streams never fail; return its exit code.

    What comes after the first failure is dropped. If that was another one than a reader who left (`| head`), a
    sentence on stderr says so, and the exit code is `EXIT_UNWRITTEN`. Characters that the stream's encoding lacks are
    replaced by near ones. A stream that is closed at the start reads and writes nothing.
    """
    _fill_closed()
    streams = sys.stdin, sys.stdout, sys.stderr
    with ExitStack() as opened:

        def nothing(mode: Literal["r", "w"]) -> TextIO:
            return opened.enter_context(Path(os.devnull).open(mode, encoding="utf-8"))

        sys.stdin = sys.stdin or nothing("r")
        sys.stdout = _safe(sys.stdout or nothing("w"))
        sys.stderr = _safe(sys.stderr or nothing("w"))
        opened.callback(_set, streams)
        code = _code_of(command)
        failure = _failure(sys.stdout)
        if failure is not None and not _has_reader_left(failure):
            sys.stderr.write(f"scenario-mcp: Standard output cannot be written: {failure.strerror or failure}.\n")
            code = EXIT_UNWRITTEN
        _failure(sys.stderr)
    return code


def _set(streams: tuple[TextIO, TextIO, TextIO]) -> None:
    sys.stdin, sys.stdout, sys.stderr = streams


def _code_of(command: Callable[[], int]) -> int:
    try:
        return command()
    except SystemExit as end:  # of argparse
        return end.code if isinstance(end.code, int) else int(bool(end.code))


def is_read(stream: IO[str]) -> bool:
    """Whether what was written so far has reached its reader or file; False for good after the first failure."""
    return _failure(stream) is None


def _failure(stream: IO[str]) -> OSError | None:
    with suppress(ValueError):  # closed by the command itself
        stream.flush()
    sink = getattr(stream, "buffer", None)
    return sink.failure if isinstance(sink, _Sink) else None


def _has_reader_left(failure: OSError) -> bool:
    return isinstance(failure, ConnectionError) or (sys.platform == "win32" and failure.errno == errno.EINVAL)


def _fill_closed() -> None:
    """Open nothing in place of closed descriptors: a file or socket that took their number would get the prints."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            with suppress(OSError):
                os.open(os.devnull, os.O_RDWR)  # takes the lowest number that is free


def _safe(stream: TextIO) -> TextIO:
    buffer = getattr(stream, "buffer", None)
    if buffer is None:  # no file: it cannot fail
        return stream
    codecs.register_error(_ERRORS, _nearest)
    with suppress(OSError):
        stream.flush()
    errors = _ERRORS if stream.errors in _REPLACED_ERRORS else stream.errors
    return io.TextIOWrapper(
        _Sink(buffer),
        stream.encoding,
        errors,
        line_buffering=bool(stream.line_buffering) or stream.isatty(),
        write_through=bool(getattr(stream, "write_through", False)),
    )


class _Sink(io.RawIOBase):
    """Writes to another stream, which it leaves open; after the first failure to nothing."""

    def __init__(self, stream: BinaryIO) -> None:
        super().__init__()
        self._stream = stream
        self.failure: OSError | None = None

    def writable(self) -> bool:
        return True

    def isatty(self) -> bool:
        return self._stream.isatty()

    def fileno(self) -> int:
        return self._stream.fileno()

    @property
    def name(self) -> str:
        return str(getattr(self._stream, "name", ""))

    def write(self, data: "bytes | bytearray | memoryview", /) -> int:  # type: ignore[override]  # of all buffers, those of text
        rest = bytes(data)
        while rest and self.failure is None:
            try:
                written: int | None = self._stream.write(rest)
                if written is None:  # the same without a buffer, as with PYTHONUNBUFFERED
                    self._wait()
                else:
                    rest = rest[written:]  # without a buffer a signal may cut it short
            except BlockingIOError as error:  # another process that shares the stream made it non-blocking
                rest = rest[error.characters_written :]
                self._wait()
            except OSError as error:
                self._give_up(error)
        return len(data)

    def flush(self) -> None:
        while self.failure is None and not self._stream.closed:
            try:
                self._stream.flush()
            except BlockingIOError:
                self._wait()
            except OSError as error:
                self._give_up(error)
            else:
                return

    def _wait(self) -> None:
        import select

        select.select([], [self._stream], [])

    def _give_up(self, failure: OSError) -> None:
        """Let what the stream still holds, and flushes at the end of the process, go nowhere."""
        self.failure = failure
        with suppress(OSError, ValueError):
            nothing = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nothing, self._stream.fileno())
            os.close(nothing)


def _nearest(error: UnicodeError) -> tuple[str, int]:
    """Replace what an encoding lacks: by a near character, else by its base letter, else by a question mark."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    import unicodedata

    def near(character: str) -> str:
        if "\ud800" <= character <= "\udfff":  # a byte of a file name that is no text
            return f"\\x{ord(character) & 0xFF:02x}"
        plain = _NEAREST.get(character) or unicodedata.normalize("NFKD", character)
        return "".join(part for part in plain if part.isascii()) or "?"

    return "".join(map(near, error.object[error.start : error.end])), error.end
