"""What a command prints, where it cannot be written: in this process with streams made for it, and in real ones."""

import errno
import io
import os
import sys
import threading
from collections.abc import Callable
from typing import Any, BinaryIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scenario_mcp import standard_streams
from tests.support.failing import Failing

SENTENCE = "scenario-mcp: Standard output cannot be written: No space left on device.\n"


class Written(io.BytesIO):
    """A stream whose bytes can be looked at after its text stream is gone."""

    def close(self) -> None:
        """Stay."""


def _text(stream: BinaryIO | io.RawIOBase, encoding: str = "utf-8", errors: str = "strict") -> io.TextIOWrapper:
    return io.TextIOWrapper(stream, encoding, errors, write_through=True)  # type: ignore[arg-type]  # raw will do


def _run(
    monkeypatch: pytest.MonkeyPatch, stdout: io.TextIOWrapper | None, command: Callable[[], int]
) -> tuple[int, str]:
    """Run a command with this standard output; return its exit code and what stands on standard error."""
    errors = Written()
    monkeypatch.setattr(sys, "stdout", stdout)
    monkeypatch.setattr(sys, "stderr", _text(errors))
    before = (sys.stdin, sys.stdout, sys.stderr)
    code = standard_streams.run_safely(command)
    assert (sys.stdin, sys.stdout, sys.stderr) == before
    monkeypatch.undo()
    return code, errors.getvalue().decode()


def _prints(*lines: str, code: int = 0) -> Callable[[], int]:
    def command() -> int:
        for line in lines:
            sys.stdout.write(f"{line}\n")
            sys.stdout.flush()
        return code

    return command


def test_what_can_be_written_is_and_the_exit_code_is_the_commands(monkeypatch: pytest.MonkeyPatch) -> None:
    written = Written()
    assert _run(monkeypatch, _text(written), _prints("A…", "é", code=3)) == (3, "")
    assert written.getvalue() == "A…\né\n".encode()


@pytest.mark.promise(number=7)
def test_after_a_full_disk_the_rest_is_dropped_and_one_sentence_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    full = Failing(OSError(errno.ENOSPC, "No space left on device"), writes=1)
    assert _run(monkeypatch, _text(full), _prints("first", "second", "third")) == (74, SENTENCE)
    assert full.written == b"first\n"


@pytest.mark.promise(number=7)
@pytest.mark.parametrize("failure", [BrokenPipeError(errno.EPIPE, "Broken pipe"), ConnectionResetError()])
@pytest.mark.parametrize("code", [0, 1])
def test_a_reader_who_leaves_changes_nothing(monkeypatch: pytest.MonkeyPatch, failure: OSError, code: int) -> None:
    assert _run(monkeypatch, _text(Failing(failure)), _prints("first", "second", code=code)) == (code, "")


def test_a_command_can_ask_whether_it_is_still_read(monkeypatch: pytest.MonkeyPatch) -> None:
    def command() -> int:
        before = standard_streams.is_read(sys.stdout)
        sys.stdout.write("first")
        return 10 * before + standard_streams.is_read(sys.stdout)

    assert _run(monkeypatch, _text(Written()), command) == (11, "")
    assert _run(monkeypatch, _text(Failing(BrokenPipeError())), command) == (10, "")


def test_an_exit_of_the_parser_is_an_exit_code(monkeypatch: pytest.MonkeyPatch) -> None:
    def command() -> int:
        sys.stdout.write("usage")
        raise SystemExit(2)

    assert _run(monkeypatch, _text(Written()), command) == (2, "")
    assert _run(monkeypatch, _text(Failing(OSError(errno.ENOSPC, "No space left on device"))), command) == (
        74,
        SENTENCE,
    )


@pytest.mark.parametrize(
    ("encoding", "errors", "expected"),
    [
        ("ascii", "strict", "a~ 'b' > uber c??d ?? \\xe9 ?"),
        ("ascii", "surrogateescape", "a~ 'b' > uber c??d ?? \\xe9 ?"),
        (
            "ascii",
            "backslashreplace",
            "a\\u2026 \\u2018b\\u2019 \\u2192 \\xfcber c\\u0153\\xf8d \\u77e5\\u8b58 \\udce9 \\U0001f600",
        ),
        ("cp1252", "strict", "a… \u2018b\u2019 > über cœød ?? \\xe9 ?"),
        ("latin-1", "strict", "a~ 'b' > über c?ød ?? \\xe9 ?"),
        ("utf-8", "strict", "a… \u2018b\u2019 → über cœød 知識 \\xe9 😀"),
    ],
)
def test_what_an_alphabet_lacks_is_written_as_something_near(
    monkeypatch: pytest.MonkeyPatch, encoding: str, errors: str, expected: str
) -> None:
    written = Written()
    text = "a… \u2018b\u2019 → über cœød 知識 \udce9 😀"
    assert _run(monkeypatch, _text(written, encoding, errors), _prints(text)) == (0, "")
    assert written.getvalue().decode(encoding) == f"{expected}\n"


@settings(max_examples=50)
@given(
    text=st.text(st.characters(codec=None, exclude_characters="\r\n")),
    encoding=st.sampled_from(["ascii", "latin-1", "cp1252", "cp437", "cp932", "koi8-r", "gb18030", "utf-8"]),
)
def test_any_text_is_written_in_any_alphabet(text: str, encoding: str) -> None:
    with pytest.MonkeyPatch.context() as monkeypatch:
        written = Written()
        assert _run(monkeypatch, _text(written, encoding), _prints(text)) == (0, "")
    shown = written.getvalue().decode(encoding)
    assert shown.endswith("\n")
    position = -1
    for character in filter(str.isascii, text):  # what every alphabet has stays, in its order
        position = shown.find(character, position + 1)
        assert position >= 0


def test_closed_streams_are_read_and_written_as_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    monkeypatch.setattr(sys, "stdout", None)
    monkeypatch.setattr(sys, "stderr", None)

    def command() -> int:
        sys.stderr.write("c")
        return sys.stdout.write("ab") + len(sys.stdin.read())

    assert standard_streams.run_safely(command) == 2


def test_an_error_stream_that_fails_stops_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", _text(Failing(OSError(errno.ENOSPC, "No space left on device"))))
    monkeypatch.setattr(sys, "stdout", _text(Failing(OSError(errno.EIO, "Input/output error"))))

    def command() -> int:
        sys.stderr.write("for nobody\n")
        return _prints("for nobody")()

    assert standard_streams.run_safely(command) == standard_streams.EXIT_UNWRITTEN


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pipes of this kind")
@pytest.mark.parametrize("buffering", [-1, 0], ids=["buffered", "unbuffered"])
def test_a_slow_reader_of_a_pipe_that_does_not_block_gets_everything(
    monkeypatch: pytest.MonkeyPatch, buffering: int
) -> None:
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    line = "knight " * 100_000
    got: list[bytes] = []

    def read() -> None:
        with os.fdopen(reader, "rb") as stream:
            got.append(stream.read())

    thread = threading.Thread(target=read)
    with io.TextIOWrapper(os.fdopen(writer, "wb", buffering), encoding="utf-8") as stdout:
        threading.Timer(0.05, thread.start).start()
        assert _run(monkeypatch, stdout, _prints(line)) == (0, "")
    thread.join(10)
    assert got == [f"{line}\n".encode()]


def test_what_a_signal_cuts_short_is_written_on(monkeypatch: pytest.MonkeyPatch) -> None:
    class CutShort(Written):
        def write(self, data: Any, /) -> int:
            return super().write(data[:1_000])

    sink = CutShort()
    line = "".join(map(str, range(10_000)))
    assert _run(monkeypatch, _text(sink), _prints(line)) == (0, "")
    assert sink.getvalue() == f"{line}\n".encode()
