"""The command as a process of its own: it works before anything else works."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from scenario_mcp import __version__, cli
from tests.support.doctor import configure

pytestmark = pytest.mark.processes

ROOT = Path(__file__).parents[2]

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
        env={"PYTHONPATH": str(ROOT), **environ},
    )


def test_with_nothing_but_python_it_still_says_what_it_can(tmp_path: Path) -> None:
    environ = {"HOME": str(tmp_path), "LC_ALL": "C", "PYTHONIOENCODING": "ascii", "SCENARIO_SDK_API_KEY": "${KEY}"}
    finished = _run(program=WITHOUT_PACKAGES, **environ)
    assert (finished.returncode, finished.stderr) == (1, "")
    assert f"  ok   scenario-mcp {__version__}, started by " in finished.stdout
    assert "  FAIL SCENARIO_SDK_API_KEY holds a reference that nothing has replaced, not a value -> " in finished.stdout
    assert "Network\n  skip Not looked at: the module anyio is missing\n" in finished.stdout


def test_with_broken_settings_and_no_network_it_still_starts_the_server_as_a_host_does(tmp_path: Path) -> None:
    entry = {"command": sys.executable, "args": ["-m", "scenario_mcp", "--sandbox"]}
    configure(tmp_path, ".config/Claude/claude_desktop_config.json", {**entry, "env": {"PYTHONPATH": str(ROOT)}})
    environ = {"HOME": str(tmp_path), "SCENARIO_MCP_LOG_LEVEL": "loud", "SCENARIO_BASE_URL": "nonsense"}
    finished = _run("--json", "--offline", **environ)
    assert (finished.returncode, finished.stderr) == (1, "")
    report = json.loads(finished.stdout)
    wrong = [each["fact"] for each in report["findings"] if each["sign"] == "wrong"]
    assert wrong == [
        "SCENARIO_BASE_URL must be a web address that starts with https://.",
        "SCENARIO_MCP_LOG_LEVEL must be one of debug, info, warning, error, not 'loud'.",
    ]
    hosts = [each["fact"] for each in report["findings"] if each["area"] == "hosts"]
    assert re.fullmatch(
        r'Claude Desktop, server "scenario": it starts in [\d.]+ s and lists 5 tools: search_assets, search_models, '
        r"view_assets, get_models, list_tags_and_collections(; some hosts wait 5 s)?",
        hosts[0],
    )


def test_wrong_arguments_end_with_code_2() -> None:
    assert cli.run(["doctor", "--everything"], {}) == 2


def test_a_reader_who_left_and_a_folder_that_is_gone_stop_nothing(tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    command = f"cd {gone} && rmdir {gone} && {sys.executable} -m scenario_mcp --sandbox doctor --offline | head -1"
    environ = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "PYTHONPATH": str(ROOT)}
    finished = subprocess.run(  # noqa: S602  # a pipe, as a person would write it
        command, shell=True, capture_output=True, text=True, timeout=60, check=False, env=environ
    )
    assert (finished.stdout, finished.stderr) == ("Program\n", "")
