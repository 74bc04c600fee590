"""A real Redis for tests, in trouble when a test wants it."""

import os
import shutil
import signal
import socket
import subprocess
from pathlib import Path
from types import TracebackType
from typing import Self

import pytest
import redis

from scenario_mcp.http_server.shared_store import redis_link

READY = "eady to accept connections"
needs_redis = pytest.mark.skipif(shutil.which("redis-server") is None, reason="redis-server is not installed")


def free_port() -> int:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        return int(server.getsockname()[1])


PATIENCE_SECONDS = 30.0
_PORTS_TRIED = 5


class RedisServer:
    """`redis-server` with nothing on disk, on a free loopback port or, with `folder`, on a socket in it.

    While it is open, links of this process wait for its answers however busy the machine is; but not while it pauses.
    """

    def __init__(self, *options: str, folder: Path | None = None, port: int | None = None) -> None:
        self.port = port or 0
        self._picks_port = not port and not folder
        self._patience = pytest.MonkeyPatch()
        self._socket = folder / "redis.sock" if folder else None
        self._options = options
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"unix://{self._socket}" if self._socket else f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        """Start it, or start it again at the same address."""
        printed = ""
        for _ in range(_PORTS_TRIED if self._picks_port else 1):
            if self._picks_port:
                self.port = free_port()
            printed = self._start()
            if READY in printed:
                self._picks_port = False
                return
            if "already in use" not in printed:  # else somebody else was faster
                break
        raise AssertionError(printed)

    def _start(self) -> str:
        """Start it once; return what it has printed until it was ready, or had ended."""
        place = ["--unixsocket", str(self._socket)] if self._socket else []
        if "--tls-port" not in self._options:
            place += ["--port", str(self.port)]
        command = ["redis-server", "--bind", "127.0.0.1", "--save", "", *place, *self._options]
        self._process = subprocess.Popen(  # noqa: S603  # arguments of our own
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
        assert self._process.stdout is not None
        printed = ""
        for line in self._process.stdout:
            printed += line.decode()
            if READY in printed:
                return printed
        self.kill()
        return printed

    def pause(self) -> None:
        self._patience.undo()
        self._signal(signal.SIGSTOP)

    def go_on(self) -> None:
        self._signal(signal.SIGCONT)
        self._patience.setattr(redis_link, "GRACE_SECONDS", PATIENCE_SECONDS)

    def kill(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.communicate()

    def client(self, password: str | None = None) -> "redis.Redis":
        return redis.Redis.from_url(self.url, password=password)

    def _signal(self, number: int) -> None:
        assert self._process is not None
        os.kill(self._process.pid, number)

    def __enter__(self) -> Self:
        self.start()
        self._patience.setattr(redis_link, "GRACE_SECONDS", PATIENCE_SECONDS)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._patience.undo()
        self.kill()
