"""Whose credentials are tried: those of the environment and of hosts' files, each once."""

from pathlib import Path
from typing import Any

import pytest

from scenario_mcp.doctor.accounts import Accounts, find_accounts
from scenario_mcp.doctor.host_files import read_host_files
from tests.support.doctor import circumstances, configure, lines

CLAUDE = ".config/Claude/claude_desktop_config.json"
KEY = {"SCENARIO_SDK_API_KEY": "api_4kQ7key", "SCENARIO_SDK_API_SECRET": "9fT2vXsecret"}


def _find(home: Path, **environ: str) -> Accounts:
    of = circumstances(home, environ)
    return find_accounts(of, read_host_files(of.machine, home / "project").entries)


def _entry(home: Path, file: str = CLAUDE, **entry: Any) -> None:
    configure(home, file, {"command": "/opt/scenario-mcp", **entry})


def test_without_any_credentials_it_says_how_to_set_them(tmp_path: Path) -> None:
    found = _find(tmp_path)
    assert found.accounts == ()
    assert lines(found.findings) == [
        (
            "✗ There are no credentials for Scenario → export SCENARIO_SDK_API_KEY=KEY; export "
            "SCENARIO_SDK_API_SECRET=SECRET. "
            "Without an account: export SCENARIO_MCP_SANDBOX=1"
        )
    ]


def test_equal_credentials_are_asked_with_once(tmp_path: Path) -> None:
    _entry(tmp_path, env=KEY)
    _entry(tmp_path, ".cursor/mcp.json", env=KEY | {"SCENARIO_PROJECT_ID": "proj_1"})
    _entry(tmp_path, ".junie/mcp/mcp.json", env=KEY, disabled=True)
    found = _find(tmp_path, **KEY)
    assert [(each.origin, each.mend) for each in found.accounts] == [
        ("the environment", "export SCENARIO_SDK_API_KEY=KEY; export SCENARIO_SDK_API_SECRET=SECRET"),
        ("Cursor (scenario)", "scenario-mcp install cursor --force"),
    ]
    assert found.findings == ()


def test_hosts_with_their_own_credentials_need_none_in_the_shell(tmp_path: Path) -> None:
    _entry(tmp_path, env=KEY)
    found = _find(tmp_path)
    assert [each.origin for each in found.accounts] == ["Claude Desktop (scenario)"]
    assert lines(found.findings) == ["- No credentials are set in this shell; hosts have their own"]


def test_a_host_that_may_pass_on_credentials_of_the_shell_is_told(tmp_path: Path) -> None:
    _entry(tmp_path, ".cursor/mcp.json")
    assert lines(_find(tmp_path, **KEY).findings) == [
        (
            '! Cursor, server "scenario": it has no credentials of its own, and Cursor may not pass on yours '
            "→ scenario-mcp install cursor --force"
        )
    ]


def test_a_host_that_has_no_credentials_is_told(tmp_path: Path) -> None:
    _entry(tmp_path)
    assert lines(_find(tmp_path, **KEY).findings) == [
        (
            '✗ Claude Desktop, server "scenario": it has no credentials, so searches are refused '
            "→ scenario-mcp install claude-desktop --force"
        )
    ]


@pytest.mark.parametrize(
    "entry",
    [
        {"args": ["--sandbox"]},
        {"args": ["--catalogue", "/art"]},
        {"env": {"SCENARIO_MCP_SANDBOX": "1"}},
        {"env": KEY | {"SCENARIO_SDK_API_KEY": "your-api-key"}},
        {"env": {"SCENARIO_MCP_TIMEOUT_SECONDS": "soon"}},
        {"command": "docker", "args": ["run", "-i", "scenario-mcp"]},
    ],
)
def test_entries_that_need_no_account_or_are_told_elsewhere_are_passed_over(
    tmp_path: Path, entry: dict[str, Any]
) -> None:
    _entry(tmp_path, **entry)
    assert _find(tmp_path, SCENARIO_MCP_SANDBOX="1").accounts == ()
    assert lines(_find(tmp_path, SCENARIO_MCP_SANDBOX="1").findings) == [
        "- No account is needed: the sandbox or a folder of your own is searched"
    ]


def test_keys_that_a_host_asks_for_cannot_be_tried(tmp_path: Path) -> None:
    env = {name: f"${{input:{name.lower()}}}" for name in KEY}
    configure(tmp_path, ".config/Code/User/mcp.json", {"command": "/opt/scenario-mcp", "env": env}, key="servers")
    assert _find(tmp_path).accounts == ()
    assert lines(_find(tmp_path).findings) == ["- No credentials are set in this shell; hosts have their own"]


def test_credentials_that_are_wrong_are_not_told_again(tmp_path: Path) -> None:
    assert lines(_find(tmp_path, **KEY | {"SCENARIO_SDK_API_KEY": "$KEY"}).findings) == [
        "- Scenario is not asked with what SCENARIO_SDK_API_KEY holds: see the settings"
    ]
