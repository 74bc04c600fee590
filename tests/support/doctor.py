"""A patient for the doctor: a home of its own, hosts' files in it, and findings as the lines that a person reads."""

import json
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import anyio
import uvicorn

from scenario_mcp import __version__
from scenario_mcp.doctor.circumstances import Circumstances
from scenario_mcp.doctor.finding import Finding, Sign
from scenario_mcp.doctor.report import lines_of
from scenario_mcp.doctor.settings import examine_settings
from scenario_mcp.doctor.shell import Shell
from scenario_mcp.hosts.places import Machine, System
from scenario_mcp.listeners import listen
from scenario_mcp.sandbox.app import create_app
from scenario_mcp.sandbox.faults import FaultPlan
from tests.support.sample_search import SAMPLES

SHELL = Shell("linux")
TOOLS = ("search_assets", "view_assets")
ANSWERS = "\n".join(
    f"read -r line; echo '{json.dumps(each)}'" if each else "read -r line"
    for each in (
        {"jsonrpc": "2.0", "id": 1, "result": {"serverInfo": {"name": "scenario", "version": __version__}}},
        None,
        {"jsonrpc": "2.0", "id": 2, "result": {"tools": [{"name": name} for name in TOOLS]}},
    )
)
"""Of a server that works, as a shell says them."""


def lines(findings: Iterable[Finding]) -> list[str]:
    """Return findings as they are shown."""
    return [each.removeprefix("  ") for each in lines_of("", findings, is_ascii=False)[1:]]


def troubles(findings: Iterable[Finding]) -> list[str]:
    """Return the lines of what is not well."""
    return lines(each for each in findings if each.sign in {Sign.NOTE, Sign.WRONG})


def machine(home: Path | str, system: System = "linux", environ: Mapping[str, str] | None = None) -> Machine:
    """Describe a machine on which nothing is installed but what lies in the home."""
    return Machine(system, str(home), {"PATH": "/usr/bin:/bin", **(environ or {})}, lambda _: None)


def circumstances(home: Path, environ: Mapping[str, str] | None = None) -> Circumstances:
    """Return the circumstances of somebody with this home and environment."""
    here = machine(home, environ=environ)
    read = examine_settings(here.environ, SHELL)
    return Circumstances(here.environ, here, home, read.settings, SHELL, read.wrong_names)


def program(folder: Path, script: str = ANSWERS, name: str = "scenario-mcp") -> Path:
    """Write a program of this server's name; without a script it works."""
    path = folder / name
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return path


def configure(home: Path, file: str, entry: Mapping[str, Any], key: str = "mcpServers", name: str = "scenario") -> Path:
    """Write an entry into a host's file below the home."""
    path = home / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({key: {name: dict(entry)}}))
    return path


@asynccontextmanager
async def sandbox_on_a_port(fault: str = "") -> AsyncIterator[str]:
    """Serve the samples on a port of this machine; yield the base URL."""
    app = create_app(SAMPLES, faults=FaultPlan.parse(fault) if fault else None)
    server = uvicorn.Server(uvicorn.Config(app, lifespan="off", log_level="critical", access_log=False))
    with listen("127.0.0.1", 0) as listener:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(server._serve, [listener])
            yield f"http://127.0.0.1:{listener.getsockname()[1]}/v1"
            server.should_exit = True
