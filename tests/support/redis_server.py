"""A real Redis for tests, in trouble when a test wants it."""

import os
import shutil
import signal
import subprocess
from pathlib import Path
from types import TracebackType
from typing import Self

import pytest
import redis

from scenario_mcp.http_server.shared_store import redis_link
from tests.support.ports import free_ports

READY = "eady to accept connections"
needs_redis = pytest.mark.skipif(shutil.which("redis-server") is None, reason="redis-server is not installed")


PATIENCE_SECONDS = 30.0


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
        if self._picks_port:
            (self.port,), self._picks_port = free_ports(1), False
        printed = self._start()
        if READY not in printed:
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
