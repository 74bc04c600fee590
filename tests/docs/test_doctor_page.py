"""docs/doctor.md, held against the command: its transcript, its JSON, its options and exit codes."""

import io
import json
import re
import sys
from pathlib import Path

import anyio.to_thread
import pytest

from scenario_mcp import cli
from scenario_mcp.commands import doctor
from scenario_mcp.doctor import hosts, network
from scenario_mcp.doctor.finding import Sign
from scenario_mcp.doctor.report import SIGNS
from tests.support.doctor import configure, program, sandbox_on_a_port

PAGE = (Path(__file__).parents[2] / "docs" / "doctor.md").read_text("utf-8")
TAKEN = re.compile(r"\d+ ms|\d\.\d s\b")


def _block(name: str) -> str:
    return PAGE.partition(f"<!-- {name}: begin -->")[2].partition("```")[2].partition("\n")[2].partition("```")[0]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the home of the page: one entry that works, one that does not."""
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.setattr(hosts, "SLOW_SECONDS", 1000)
    monkeypatch.setattr(network, "SLOW_SECONDS", 1000)
    (tmp_path / ".local" / "bin").mkdir(parents=True)
    own = program(tmp_path / ".local" / "bin")
    (own.parent / "python").touch()
    gone = {"command": f"{tmp_path}/old/.venv/bin/scenario-mcp"}
    configure(tmp_path, ".config/Claude/claude_desktop_config.json", {**gone, "env": {"SCENARIO_MCP_SANDBOX": "1"}})
    configure(tmp_path, ".cursor/mcp.json", {"command": str(own), "args": ["--sandbox"]})
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "executable", str(own.parent / "python"))
    return tmp_path


async def _run(home: Path, base_url: str, monkeypatch: pytest.MonkeyPatch, *options: str) -> tuple[int, str]:
    environ = {
        "HOME": str(home),
        "PATH": f"{home}/.local/bin",
        "SCENARIO_SDK_API_KEY": "sandbox",
        "SCENARIO_SDK_API_SECRET": "sandbox",
        "SCENARIO_BASE_URL": base_url,
        "SCENARIO_CDN_HOSTS": "127.0.0.1",
        "SCENARIO_MCP_TIMEOUT": "30",
    }
    output = type("Stream", (io.StringIO,), {"encoding": "utf-8"})()
    monkeypatch.setattr(sys, "stdout", output)
    options_read = cli.make_parser(["doctor"]).parse_args(["doctor", *options])
    code = await anyio.to_thread.run_sync(doctor.run, options_read, environ)
    return code, output.getvalue().replace(str(home), "/home/me").replace(base_url, "http://127.0.0.1:8090/v1")


async def test_its_transcript_is_a_true_one(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with sandbox_on_a_port() as base_url:
        code, text = await _run(home, base_url, monkeypatch)
    shown = re.sub(r"Python \d+\.\d+\.\d+", "Python 3.12.8", text)
    assert TAKEN.sub("TIME", shown) == TAKEN.sub("TIME", _block("transcript"))
    assert code == 1


async def test_its_json_has_the_shape_of_the_commands(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    code, text = await _run(home, "http://127.0.0.1:9/v1", monkeypatch, "--json", "--offline")
    report, documented = json.loads(text), json.loads(_block("json"))
    assert code == 1
    assert report | {"findings": [each for each in report["findings"] if each["sign"] == "wrong"]} == documented
    areas = {each["area"] for each in report["findings"]}
    assert areas == set(doctor.TITLES) == set(re.findall(r"`(\w+)`", PAGE.partition("`area` is ")[2].partition(";")[0]))


def test_it_lists_every_option_sign_and_exit_code(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["doctor", "--help"], {}) == 0
    rows = PAGE.partition("| Option |")[2].partition("\n\n")[0]
    assert set(re.findall(r"`(--[a-z]+)", rows)) == set(re.findall(r"(?m)^  (--[a-z]+)", capsys.readouterr().out))
    signs = PAGE.partition("| Sign |")[2].partition("\n\n")[0].splitlines()[2:]
    assert [re.findall(r"`(\S+)`", each) for each in signs] == [
        [SIGNS[sign][0], SIGNS[sign][1].strip(), sign] for sign in Sign
    ]
    assert re.findall(r"(?m)^\| (\d) ", PAGE) == ["0", "1", "2"]
