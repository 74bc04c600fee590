"""The whole examination: every area is told, whatever happens in one of them."""

import os
import select
import threading
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from scenario_mcp.doctor import examination, files
from scenario_mcp.doctor.circumstances import Circumstances, folder_here, machine_here, shell_here
from scenario_mcp.doctor.examination import examined
from scenario_mcp.doctor.finding import Finding, well
from scenario_mcp.doctor.shell import Shell
from scenario_mcp.hosts.places import Machine
from tests.support.doctor import circumstances, configure, lines, program, sandbox_on_a_port

CLAUDE = ".config/Claude/claude_desktop_config.json"
AGAIN = "→ Try again: scenario-mcp doctor"


def _offline(home: Path, environ: Mapping[str, str] | None = None) -> Circumstances:
    return replace(circumstances(home, environ), is_offline=True)


def _examined(of: Circumstances, seconds: float = 60) -> dict[str, list[str]]:
    return {area: lines(found) for area, found in examined(of, seconds)}


def test_offline_nothing_is_asked_and_hosts_are_still_started(tmp_path: Path) -> None:
    configure(tmp_path, CLAUDE, {"command": str(program(tmp_path)), "args": ["--sandbox"]})
    found = _examined(_offline(tmp_path, {"SCENARIO_SDK_JWT": "a.b.c"}))
    assert found["hosts"][0].startswith('✓ Claude Desktop, server "scenario": it starts in ')
    assert {area: each for area, each in found.items() if area != "hosts"} == {
        "files": ["- No folders are set, neither a catalogue nor reference pictures"],
        "network": ["- Not looked at: --offline"],
        "account": ["- Scenario is not asked: --offline"],
    }


def test_where_no_network_is_needed_it_is_not_asked(tmp_path: Path) -> None:
    found = _examined(circumstances(tmp_path, {"SCENARIO_MCP_SANDBOX": "1"}))
    assert found["network"] == ["- Not needed: the sandbox and folders of your own are searched on this machine"]
    assert found["account"] == ["- No account is needed: the sandbox or a folder of your own is searched"]


@pytest.mark.usefixtures("no_proxies")
def test_without_a_network_the_account_is_not_asked(tmp_path: Path) -> None:
    environ = {"SCENARIO_SDK_JWT": "a.b.c", "SCENARIO_BASE_URL": "http://127.0.0.1:9/v1"}
    found = _examined(circumstances(tmp_path, environ))
    assert found["network"][-1].startswith("✗ Scenario could not be reached at 127.0.0.1:9.")
    assert found["account"] == ["- Scenario is not asked until the network works"]


@pytest.mark.usefixtures("no_proxies")
async def test_credentials_in_a_hosts_file_are_tried_though_the_shell_searches_the_samples(tmp_path: Path) -> None:
    async with sandbox_on_a_port() as base_url:
        env = {"SCENARIO_SDK_API_KEY": "sandbox", "SCENARIO_SDK_API_SECRET": "no", "SCENARIO_BASE_URL": base_url}
        configure(tmp_path, CLAUDE, {"command": str(program(tmp_path)), "env": env})
        published: dict[str, list[Finding]] = {}
        await examination.examine(circumstances(tmp_path, {"SCENARIO_MCP_SANDBOX": "1"}), published.__setitem__)
    assert lines(published["account"]) == [
        (
            "✗ Scenario did not accept the credentials of Claude Desktop (scenario) (401) "
            "→ Copy the key and its secret from Scenario again: scenario-mcp install claude-desktop --force"
        )
    ]


def test_a_check_that_fails_is_told_and_stops_no_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> Iterator[Finding]:
        yield well("This much is known")
        raise ZeroDivisionError("secret")

    monkeypatch.setattr(files, "examine_files", broken)
    found = _examined(circumstances(tmp_path, {"SCENARIO_MCP_SANDBOX": "1"}))
    assert found["files"] == [
        "✓ This much is known",
        (
            "✗ This check failed (ZeroDivisionError) "
            "→ Tell the authors of scenario-mcp, with what this says: scenario-mcp doctor --json"
        ),
    ]
    assert found["hosts"][0].startswith("! No host was found on this machine")


def test_a_module_that_is_missing_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "scenario_mcp.doctor.accounts", None)
    found = _examined(circumstances(tmp_path))
    assert found["account"] == ["- Not looked at: the module scenario_mcp.doctor.accounts is missing"]


def test_what_hangs_is_left_alone_in_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    is_over = threading.Event()

    def hang(*_: object) -> list[Finding]:
        is_over.wait(20)
        return []

    monkeypatch.setattr(files, "examine_files", hang)
    monkeypatch.setattr(examination, "read_host_files", hang)
    monkeypatch.setattr(examination, "AREA_SECONDS", {**examination.AREA_SECONDS, "files": 0.1})
    monkeypatch.setattr(examination, "READ_SECONDS", 0.1)
    monkeypatch.setattr(examination, "END_SECONDS", 0.1)
    found = _examined(_offline(tmp_path))
    is_over.set()
    assert found["files"] == [f"✗ Not all was looked at within 0.1 s {AGAIN}"]
    assert found["hosts"] == [
        f"✗ The files of hosts could not be read in time: a drive of theirs does not answer {AGAIN}"
    ]


def test_the_whole_ends_in_time_even_if_the_event_loop_hangs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    is_over = threading.Event()
    monkeypatch.setattr(Circumstances, "home_problem", lambda _: "")
    monkeypatch.setattr(examination._Examination, "run_area", lambda *_: is_over.wait(20) and _nothing())
    monkeypatch.setattr(examination, "END_SECONDS", 0.1)
    found = _examined(circumstances(tmp_path), 0.1)
    is_over.set()
    assert found == {
        area: [f"✗ This was not looked at: the time was over {AGAIN}"] for area in examination.AREA_SECONDS
    }


async def _nothing() -> None:
    """Do nothing."""


@pytest.mark.promise(number=23)
def test_an_end_before_the_end_ends_what_was_started(tmp_path: Path) -> None:
    held = tmp_path / "held"
    os.mkfifo(held)
    reader = os.open(held, os.O_RDONLY | os.O_NONBLOCK)
    script = f"exec 5> {held}; echo started >&5; sleep 300"
    configure(tmp_path, CLAUDE, {"command": str(program(tmp_path, script))})
    areas = examined(_offline(tmp_path, {"SCENARIO_MCP_SANDBOX": "1"}))
    assert next(areas)[0] == "files"
    select.select([reader], [], [], 20)
    assert os.read(reader, 100) == b"started\n"
    areas.close()
    select.select([reader], [], [], 20)  # the end of the file comes when nobody holds it any more
    assert os.read(reader, 100) == b""
    os.close(reader)


def test_an_examination_that_fails_as_a_whole_is_told_in_each_area(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr(examination, "_Examination", broken)
    assert all("This check failed (MemoryError)" in each[0] for each in _examined(circumstances(tmp_path)).values())


@pytest.mark.parametrize(
    ("home", "line"),
    [
        ("", "✗ HOME is not set, so the files of hosts are not known → export HOME=FOLDER"),
        ("/nowhere", "✗ The home folder /nowhere cannot be read: No such file or directory → export HOME=FOLDER"),
    ],
)
def test_a_home_that_is_not_there_is_told(tmp_path: Path, home: str, line: str) -> None:
    of = _offline(tmp_path)
    found = _examined(replace(of, machine=Machine("linux", home, of.environ, lambda _: None)))
    assert found["hosts"] == [line]


def test_circumstances_are_known_without_home_and_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: Any) -> Path:
        raise RuntimeError

    monkeypatch.setattr(Path, "home", unknown)
    here = machine_here({})
    assert here.home == ""

    def gone() -> Path:
        raise FileNotFoundError

    monkeypatch.setattr(Path, "cwd", gone)
    assert folder_here(here) == Path("/")


def test_this_program_is_called_as_the_shell_finds_it(tmp_path: Path) -> None:
    program(tmp_path)
    assert shell_here(Machine("linux", "", {"PATH": str(tmp_path)})).own("doctor") == "scenario-mcp doctor"
    by_path = shell_here(Machine("linux", "", {"PATH": ""}))
    assert by_path.own("doctor") not in {"scenario-mcp doctor", Shell("linux").own("doctor")}
