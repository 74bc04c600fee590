"""Asking the terminal: what it answers comes back, and nothing else of it is touched."""

import io
import json
import os
import sys
from typing import Any

import pytest

from scenario_mcp.terminal.query import TIMEOUT_SECONDS, ask_terminal
from tests.support.terminals import KITTY, NO_PICTURES, run_in_terminal

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo-terminals of this kind")

PROGRAM = """
import json, os, select, sys, termios, time
from scenario_mcp.terminal.query import ask_terminal
before = termios.tcgetattr(0)
start = time.monotonic()
answers = [ask_terminal("\\x1b[>q", sys.stdout, environ) for environ in json.loads(sys.argv[1])]
report = {
    "answers": [answer.decode() for answer in answers],
    "seconds": time.monotonic() - start,
    "is_restored": termios.tcgetattr(0) == before,
    "typed": os.read(0, 99).decode() if select.select([0], [], [], 0)[0] else "",
}
sys.stderr.write(json.dumps(report))
"""
PLAIN = {"TERM": "xterm-256color"}
WRITTEN = b"\x1b[>q\x1b[c\r\x1b[K"
CAN_GIVE_BACK = """
try:
    fcntl.ioctl(0, termios.TIOCSTI, b"\\n")
except OSError:
    import sys; sys.stderr.write("refused")
"""


def _ask(*environs: dict[str, str], **terminal: Any) -> tuple[bytes, dict[str, Any]]:
    output, report = run_in_terminal(PROGRAM, json.dumps(environs), **terminal)
    return output, json.loads(report)


def test_the_answer_comes_back_and_the_mode_too() -> None:
    output, report = _ask(PLAIN, answers=[KITTY])
    seconds = report.pop("seconds")
    assert report == {"answers": [KITTY.decode()], "is_restored": True, "typed": ""}
    assert seconds < 60
    assert output == WRITTEN


def test_a_terminal_that_never_answers_is_waited_for_briefly_and_restored() -> None:
    output, report = _ask(PLAIN)
    seconds = report.pop("seconds")
    assert report == {"answers": [""], "is_restored": True, "typed": ""}
    assert TIMEOUT_SECONDS <= seconds < 30
    assert output == WRITTEN


def test_half_an_answer_is_none() -> None:
    _, report = _ask(PLAIN, answers=[b"\x1bP>|kitty"])
    assert report["answers"] == [""]
    assert report["is_restored"]


@pytest.mark.parametrize(
    "environ",
    [
        {},
        {"TERM": "dumb"},
        {"TERM": "linux"},
        {"TERM": "screen.xterm-256color"},
        {"TERM": "tmux-256color"},
        {**PLAIN, "TMUX": "/run/tmux/default,1,0"},
        {**PLAIN, "STY": "1.pts-0.host"},
        {**PLAIN, "CI": "true"},
    ],
    ids=json.dumps,
)
def test_nothing_is_written_where_it_could_do_harm(environ: dict[str, str]) -> None:
    output, report = _ask(environ, answers=[KITTY])
    assert (output, report["answers"], report["is_restored"]) == (b"", [""], True)


def test_nothing_is_written_to_a_terminal_that_belongs_to_another_process() -> None:
    output, report = _ask(PLAIN, answers=[KITTY], is_its_own=False)
    assert (output, report["answers"], report["is_restored"]) == (b"", [""], True)


def test_what_was_typed_ahead_is_left_for_whom_it_was_meant() -> None:
    output, report = _ask(PLAIN, answers=[KITTY], typed_ahead=b"ls -l\n")
    assert (output, report["answers"], report["is_restored"]) == (b"ls -l\n", [""], True)  # the terminal's own echo
    assert report["typed"] == "ls -l\n"


def test_what_is_typed_between_the_answers_is_given_back() -> None:
    if run_in_terminal(CAN_GIVE_BACK).errors == "refused":
        pytest.skip("this system lets no program put anything into a terminal's input")
    _, report = _ask(PLAIN, answers=[b"ls\x1b[6;20;10t -l\n" + NO_PICTURES])
    assert report["answers"] == ["ls\x1b[6;20;10t -l\n\x1b[?1;2c"]
    assert report["typed"] == "ls -l\n"


def test_it_can_be_asked_again() -> None:
    output, report = _ask(PLAIN, PLAIN, answers=[KITTY, NO_PICTURES])
    assert report["answers"] == [KITTY.decode(), NO_PICTURES.decode()]
    assert output == WRITTEN * 2


def test_what_is_no_terminal_is_not_asked() -> None:
    file = io.StringIO()
    assert ask_terminal("\x1b[>q", file, PLAIN) == b""
    assert file.getvalue() == ""
    file.close()
    assert ask_terminal("\x1b[>q", file, PLAIN) == b""
    with open(os.devnull, "w", encoding="utf-8") as nowhere:  # noqa: PTH123  # os.devnull is a name, not a path here
        assert ask_terminal("\x1b[>q", nowhere, PLAIN) == b""
