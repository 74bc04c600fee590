"""Programs that a test starts and ends, each with a log of its own."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from tests.support import local_http
from tests.support.forked import Forked

PATIENCE_SECONDS = 30.0
"""For whatever a program is waited for: a busy machine starts them late."""
ENDS_WITHIN_SECONDS = 3.0
"""A program that was told to end and has not by then is killed."""
_LOOK_AGAIN_SECONDS = 0.02
_LOG_LINES = 25


def until(is_so: Callable[[], bool], what: str, seconds: float = PATIENCE_SECONDS) -> float:
    """Look until it is so; return the seconds that it took."""
    began = time.monotonic()
    while not is_so():
        if time.monotonic() - began > seconds:
            raise AssertionError(f"After {seconds:g} s still not so: {what}")
        time.sleep(_LOOK_AGAIN_SECONDS)
    return time.monotonic() - began


def json_at(url: str) -> dict[str, object]:
    """Return what an address answers, nothing if it does not answer."""
    try:
        answer = local_http.get(url, timeout=5)
    except httpx.TransportError:
        return {}
    document: dict[str, object] = answer.json()
    return document


@dataclass
class Program:
    """A program that listens on a port of this machine; it may be started again after its end."""

    name: str
    command: Sequence[str]
    port: int
    folder: Path
    environ: Mapping[str, str] = field(default_factory=dict)
    is_forked: bool = False
    """Whether the command is one of Python that `tests.support.forked` knows."""
    _process: subprocess.Popen[bytes] | Forked | None = field(default=None, init=False)

    @property
    def log_path(self) -> Path:
        return self.folder / f"{self.name}.log"

    @property
    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    @property
    def process_id(self) -> int:
        assert self._process is not None
        return self._process.pid

    def start(self) -> None:
        """Start it and wait until its port takes connections; if it ran before, it must have been ended."""
        self.launch()
        self.await_port()

    def launch(self) -> None:
        if self._process is not None:
            self.wait()
        # Only what a program needs to run: no proxy, no key of whoever runs the test.
        environ = {"PATH": os.environ["PATH"], **self.environ}
        with self.log_path.open("ab") as log, Path(os.devnull).open("rb") as nothing:
            if self.is_forked:
                self._process = Forked(
                    self.command, stdin=nothing.fileno(), stdout=log.fileno(), stderr=log.fileno(), environ=environ
                )
                return
            self._process = subprocess.Popen(  # noqa: S603  # our own words
                self.command, env=environ, stdout=log, stderr=log, stdin=subprocess.DEVNULL, start_new_session=True
            )

    def await_port(self) -> None:
        until(lambda: self.listens() or not self.is_running, f"{self.name} takes connections")
        assert self.is_running, f"{self.name} ended by itself:\n{self.last_lines()}"

    def listens(self) -> bool:
        try:
            socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
        except OSError:
            return False
        return True

    def tell(self, number: signal.Signals) -> None:
        assert self._process is not None
        self._process.send_signal(number)

    def wait(self) -> int:
        """Return the exit code; one that a signal caused is negative."""
        assert self._process is not None
        return self._process.wait(PATIENCE_SECONDS)

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Tell it to end; return the exit code."""
        self.tell(number)
        return self.wait()

    def end(self) -> None:
        """End it and its children, however it is; before, it should have been told to."""
        if self._process is None:
            return
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(ENDS_WITHIN_SECONDS)
        with suppress(ProcessLookupError):  # neither it nor a child of its is left
            if self.is_forked:
                self._process.kill()
            else:
                os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait(PATIENCE_SECONDS)

    def last_lines(self) -> str:
        lines = self.log_path.read_text("utf-8", "replace").splitlines()[-_LOG_LINES:] if self.log_path.exists() else []
        return "\n".join([f"--- {self.name}", *lines])
