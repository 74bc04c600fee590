"""Servers, and programs that import them, as processes forked from one that has imported them: see `fork_server`."""

import atexit
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from tests.support import fork_server

ROOT = Path(__file__).parent.parent.parent
MODULE = ("-m", "scenario_mcp")
STAND_IN = Path(__file__).with_name("fork_stand_in.py")


@cache
def _address() -> str:
    """Start the process that forks, once for all tests of this process; return where it is asked."""
    folder = tempfile.TemporaryDirectory(prefix="forks")
    address = f"{folder.name}/socket"
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(address)
        listener.listen(64)
        environ = {name: value for name, value in os.environ.items() if not name.startswith("SCENARIO_")}
        process = subprocess.Popen(  # noqa: S603  # our own module
            [sys.executable, "-m", fork_server.__name__, str(listener.fileno())],
            stdin=subprocess.PIPE,
            pass_fds=[listener.fileno()],
            env={**environ, "PYTHONPATH": str(ROOT)},
        )

    def end() -> None:
        assert process.stdin is not None
        process.stdin.close()
        process.wait()
        folder.cleanup()

    atexit.register(end)
    return address


def forked_command(*arguments: str) -> list[str]:
    """Return a command that forks `python -m scenario_mcp ARGUMENT...` or `python -c PROGRAM ARGUMENT...`.

    For what starts a command itself. What it starts is a process that takes signals and gives the exit code for
    the forked one, and whose end is that of the forked one.
    """
    if arguments[:2] == MODULE:
        arguments = arguments[2:]
    return [sys.executable, "-I", "-S", str(STAND_IN), _address(), *arguments]


def run_forked(
    *arguments: str, seconds: float = 60, environ: Mapping[str, str] = os.environ
) -> "subprocess.CompletedProcess[str]":
    """Run `scenario-mcp ARGUMENT...`, or the program after `-c`, without input; return how it ended."""
    with Path(os.devnull).open("rb") as nothing, tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as errors:
        process = Forked(
            arguments, stdin=nothing.fileno(), stdout=out.fileno(), stderr=errors.fileno(), environ=environ
        )
        try:
            code = process.wait(seconds)
        finally:
            process.kill()
            process.wait()
        out.seek(0)
        errors.seek(0)
        return subprocess.CompletedProcess(arguments, code, out.read().decode(), errors.read().decode())


class Forked:
    """A process of the package with these arguments, or of the program after `-c`, with what tests need of `Popen`."""

    def __init__(
        self, arguments: Sequence[str], *, stdin: int, stdout: int, stderr: int, environ: Mapping[str, str]
    ) -> None:
        self.returncode: int | None = None
        self._link = socket.socket(socket.AF_UNIX)
        self._link.connect(_address())
        socket.send_fds(self._link, [b"f"], [stdin, stdout, stderr])
        asked = {
            "arguments": list(arguments),
            "environ": dict(environ),
            "folder": str(Path.cwd()),
            "descriptors": [0, 1, 2],
        }
        self._link.sendall(json.dumps(asked).encode() + b"\n")
        self.pid = self._read_number(fork_server.PATIENCE_SECONDS)

    def _read_number(self, seconds: float | None) -> int:
        self._link.settimeout(seconds)
        digits = b""
        while not digits.endswith(b"\n"):
            part = self._link.recv(1)
            assert part, "the process that forks has ended"
            digits += part
        return int(digits)

    def wait(self, seconds: float | None = None) -> int:
        """Return the exit code, negative for a signal.

        Raises:
            subprocess.TimeoutExpired: it has not ended by then.

        """
        if self.returncode is None:
            try:
                self.returncode = self._read_number(seconds)
            except (TimeoutError, BlockingIOError):
                raise subprocess.TimeoutExpired("scenario-mcp", seconds or 0) from None
            self._link.close()
        return self.returncode

    def poll(self) -> int | None:
        try:
            return self.wait(0)
        except subprocess.TimeoutExpired:
            return None

    def send_signal(self, number: signal.Signals) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)
