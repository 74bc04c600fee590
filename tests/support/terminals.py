"""A terminal for tests: a pseudo-terminal that a program runs in, and that answers as it is told."""

import os
import select
import subprocess
import sys
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import pytest

from scenario_mcp.terminal.query import ATTRIBUTES

TAKE_IT = "import fcntl, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0)\n"
PATIENT = "from scenario_mcp.terminal import query; query.TIMEOUT_SECONDS = 60\n"
"""Before a program whose terminal answers, but not at once on a busy machine."""
MAX_WAIT_SECONDS = 60
KITTY = b"\x1b_Gi=31;OK\x1b\\\x1bP>|kitty(0.42.1)\x1b\\\x1b[6;20;10t\x1b[?62;c"
ITERM2 = b"\x1bP>|iTerm2 3.5.0\x1b\\\x1b[6;20;10t\x1b[?62;4c"
SIXEL = b"\x1bP>|XTerm(390)\x1b\\\x1b[6;20;10t\x1b[?64;1;2;4;6c"
NO_PICTURES = b"\x1b[?1;2c"


class Seen(NamedTuple):
    """What a program wrote to its terminal, with plain line ends, and to its standard error."""

    output: bytes
    errors: str


def run_in_terminal(
    program: str,
    *arguments: str,
    answers: Sequence[bytes] = (),
    typed_ahead: bytes = b"",
    is_its_own: bool = True,
    environ: Mapping[str, str] | None = None,
) -> Seen:
    """Run Python code in a terminal, which answers each question for its attributes with the next of `answers`."""
    patience = PATIENT if answers and all(answer.endswith(b"c") for answer in answers) else ""  # none is cut short
    terminal, inside = os.openpty()
    os.write(terminal, typed_ahead)
    output = b""
    answered = 0
    with subprocess.Popen(  # noqa: S603  # our own code
        [sys.executable, "-c", (TAKE_IT if is_its_own else "") + patience + program, *arguments],
        stdin=inside,
        stdout=inside,
        stderr=subprocess.PIPE,
        start_new_session=True,
        env=environ,
    ) as process:
        os.close(inside)
        while True:
            if not select.select([terminal], [], [], MAX_WAIT_SECONDS)[0]:
                process.kill()
                pytest.fail(f"nothing more after {output[-200:]!r}")
            try:
                part = os.read(terminal, 65_536)
            except OSError:  # so Linux says that the program has closed its side
                break
            if not part:  # and so does macOS
                break
            output += part
            while answered < min(output.count(ATTRIBUTES.encode()), len(answers)):
                os.write(terminal, answers[answered])
                answered += 1
        assert process.stderr is not None
        errors = process.stderr.read().decode()
        assert process.wait(MAX_WAIT_SECONDS) == 0, errors
    os.close(terminal)
    return Seen(output.replace(b"\r\n", b"\n"), errors)
