"""A server under measurement over HTTP, called from many connections by a process of its own."""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from benchmarks.compare.meters import cpu_seconds, resident_megabytes
from benchmarks.compare.program import NotAnswered
from tests.cluster.programs import Program
from tests.support.ports import free_ports

ROOT = Path(__file__).resolve().parents[2]


class Load(NamedTuple):
    """What a load saw, and what it cost the server."""

    seen: Mapping[str, float]
    cpu_microseconds: float
    """Of the server for a call."""
    megabytes: float
    """Resident memory of the server after it."""

    @property
    def per_second(self) -> float:
        """Return calls a second."""
        return self.seen["per_second"]


class Round(NamedTuple):
    """What one process needed over HTTP."""

    calls_per_second: float
    call_cpu_ms: float
    p50_ms: float
    p95_ms: float
    megabytes: float
    load_cores: float
    """Cores that the load kept busy meanwhile, 1.0 would be its bound."""
    upstream_cores: float
    """The same of the upstream."""


@contextmanager
def running(command: Sequence[str], environ: Mapping[str, str], folder: Path, name: str) -> Iterator[Program]:
    """Run a server on a free port, which is put behind its command."""
    (port,) = free_ports(1)
    program = Program(name, [*command, str(port)], port, folder, {"PYTHONPATH": str(ROOT), **environ})
    try:
        program.start()
        yield program
    finally:
        if program.is_running:
            program.stop(signal.SIGKILL)


def load(program: Program, port: int, count: int, *options: str) -> Load:
    """Load a server through a port; read its CPU meter after the warm-up and at the end.

    Raises:
        NotAnswered: some calls went wrong.

    """
    command = [sys.executable, "-m", "benchmarks.load", str(port), str(count), *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as calling:  # noqa: S603  # our own script
        assert calling.stdout  # noqa: S101  # opened as a pipe
        calling.stdout.readline()
        begin = cpu_seconds(program.process_id)
        seen: dict[str, float] = json.loads(calling.stdout.readline())
    cpu = cpu_seconds(program.process_id) - begin
    if seen["wrong"]:
        raise NotAnswered(f"{seen['wrong']:g} of {seen['calls']:g} calls went wrong.\n{program.last_lines()}")
    return Load(seen, cpu * 1e6 / count, resident_megabytes(program.process_id))


class HttpServer(NamedTuple):
    """How a server is started; the port is put behind its command."""

    name: str
    command: Sequence[str]
    environ: Mapping[str, str]
    folder: Path
    """For its log."""


def measure(server: HttpServer, upstream: int, calls: int, protocol: str) -> Round:
    """Start a server, warm it up, and call it from 32 connections; the upstream is a process's id.

    Raises:
        NotAnswered: the server did not start, or some calls went wrong.

    """
    try:
        with running(server.command, server.environ, server.folder, server.name) as program:
            before = cpu_seconds(upstream)
            loaded = load(program, program.port, calls, "--warm-up", str(calls), "--protocol", protocol)
            # The warm-up asks upstream as often as what is measured.
            asked = (cpu_seconds(upstream) - before) / 2
    except AssertionError as error:
        raise NotAnswered(str(error)) from error
    seconds = loaded.seen["seconds"]
    return Round(
        calls_per_second=loaded.per_second,
        call_cpu_ms=loaded.cpu_microseconds / 1000,
        p50_ms=loaded.seen["p50"] * 1000,
        p95_ms=loaded.seen["p95"] * 1000,
        megabytes=loaded.megabytes,
        load_cores=loaded.seen["cpu_seconds"] / seconds,
        upstream_cores=asked / seconds,
    )
