"""The command as a process of its own: it works before anything else works."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from scenario_mcp import __version__, cli

pytestmark = pytest.mark.processes

WITHOUT_PACKAGES = """
import sys
for name in ("anyio", "httpx", "mcp", "pydantic", "tomlkit", "ruamel", "rich"):
    sys.modules[name] = None
from scenario_mcp.cli import run
sys.exit(run(sys.argv[1:]))
"""


def _run(*arguments: str, program: str = "", **environ: str) -> "subprocess.CompletedProcess[str]":
    start = ["-c", program] if program else ["-m", "scenario_mcp"]
    return subprocess.run(  # noqa: S603  # our own command
        [sys.executable, *start, "doctor", *arguments],
        input="",
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={"PYTHONPATH": str(Path(__file__).parents[2]), **environ},
    )


def test_with_nothing_but_python_it_still_says_what_it_can(tmp_path: Path) -> None:
    environ = {"HOME": str(tmp_path), "LC_ALL": "C", "PYTHONIOENCODING": "ascii", "SCENARIO_SDK_API_KEY": "${KEY}"}
    finished = _run(program=WITHOUT_PACKAGES, **environ)
    assert (finished.returncode, finished.stderr) == (1, "")
    assert f"  ok   scenario-mcp {__version__}, started by " in finished.stdout
    assert "  FAIL SCENARIO_SDK_API_KEY holds a reference that nothing has replaced, not a value -> " in finished.stdout
    assert "Network\n  skip Not looked at: the module anyio is missing\n" in finished.stdout


def test_without_home_path_network_and_with_broken_settings_it_ends_with_a_report() -> None:
    finished = _run("--json", "--offline", HOME="/nowhere", SCENARIO_MCP_LOG_LEVEL="loud", SCENARIO_BASE_URL="nonsense")
    assert (finished.returncode, finished.stderr) == (1, "")
    report = json.loads(finished.stdout)
    wrong = [each["fact"] for each in report["findings"] if each["sign"] == "wrong"]
    assert wrong == [
        "SCENARIO_BASE_URL must be a web address that starts with https://.",
        "SCENARIO_MCP_LOG_LEVEL must be one of debug, info, warning, error, not 'loud'.",
        "There are no credentials for Scenario",
        "The home folder /nowhere cannot be read: No such file or directory",
    ]


def test_wrong_arguments_end_with_code_2() -> None:
    assert cli.run(["doctor", "--everything"], {}) == 2


def test_a_reader_who_left_and_a_folder_that_is_gone_stop_nothing(tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    command = f"cd {gone} && rmdir {gone} && {sys.executable} -m scenario_mcp --sandbox doctor --offline | head -1"
    environ = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "PYTHONPATH": str(Path(__file__).parents[2])}
    finished = subprocess.run(  # noqa: S602  # a pipe, as a person would write it
        command, shell=True, capture_output=True, text=True, timeout=60, check=False, env=environ
    )
    assert (finished.stdout, finished.stderr) == ("Program\n", "")
