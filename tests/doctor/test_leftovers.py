"""What is told of files that no host reads, and of copies that are left."""

from pathlib import Path

import pytest

from scenario_mcp.doctor.host_files import read_host_files
from scenario_mcp.doctor.leftovers import find_leftovers
from scenario_mcp.hosts.installation import Installation
from scenario_mcp.hosts.places import Machine
from scenario_mcp.hosts.table import BY_NAME
from tests.support.doctor import SHELL, configure, lines, machine
from tests.support.host_files import put

CLAUDE = ".config/Claude/claude_desktop_config.json"
ENTRY = {"command": "/opt/scenario-mcp"}


def _find(home: Path, here: Machine | None = None) -> list[str]:
    here = here or machine(home)
    return lines(find_leftovers(here, home / "project", read_host_files(here, home / "project"), SHELL))


@pytest.mark.parametrize(
    ("host", "file"),
    [
        ("claude-desktop", ".config/claude/claude_desktop_config.json"),
        ("claude-desktop", ".claude/claude_desktop_config.json"),
        ("claude-desktop", "Library/Application Support/Claude/claude_desktop_config.json"),
        ("claude-desktop", "project/claude_desktop_config.json"),
        ("claude-code", ".claude/settings.json"),
        ("windsurf", ".codeium/mcp_config.json"),
        ("antigravity", ".gemini/antigravity-cli/mcp_config.json"),
    ],
)
def test_this_server_in_a_file_that_its_host_does_not_read_is_told(tmp_path: Path, host: str, file: str) -> None:
    path = configure(tmp_path, file, ENTRY)
    assert _find(tmp_path) == [
        (
            f"✗ {BY_NAME[host].title} does not read {path}, where this server is written → scenario-mcp install "
            f"{host}, then "
            f"{SHELL.delete(str(path))} unless it holds more"
        )
    ]


def test_a_file_that_a_variable_has_moved_elsewhere_is_told(tmp_path: Path) -> None:
    path = configure(tmp_path, CLAUDE, ENTRY)
    moved = configure(tmp_path, "moved.json", ENTRY)
    assert _find(tmp_path, machine(tmp_path, environ={"CLAUDE_DESKTOP_CONFIG": str(moved)})) == [
        (
            f"✗ Claude Desktop does not read {path}, where this server is written → scenario-mcp install "
            f"claude-desktop, then "
            f"rm {path} unless it holds more"
        )
    ]


def test_of_two_files_of_which_one_is_read_the_other_is_told(tmp_path: Path) -> None:
    configure(tmp_path, ".config/opencode/opencode.json", {"command": ["/opt/scenario-mcp"]}, key="mcp")
    other = configure(tmp_path, ".config/opencode/opencode.jsonc", {"command": ["/opt/scenario-mcp"]}, key="mcp")
    (found,) = _find(tmp_path)
    assert found.startswith(f"✗ opencode does not read {other}, where this server is written")


def test_other_servers_and_broken_files_in_such_places_are_passed_over(tmp_path: Path) -> None:
    configure(tmp_path, ".claude/settings.json", {"command": "other"})
    (tmp_path / ".claude" / "mcp.json").write_text("{")
    assert _find(tmp_path) == []


def test_a_file_that_a_link_leads_to_counts_once(tmp_path: Path) -> None:
    path = configure(tmp_path, CLAUDE, ENTRY)
    (tmp_path / ".claude").mkdir()
    (tmp_path / ".claude" / "claude_desktop_config.json").symlink_to(path)
    assert _find(tmp_path) == []


def test_a_copy_is_told_once_nothing_needs_it_any_more(tmp_path: Path) -> None:
    path = configure(tmp_path, CLAUDE, {"command": "other"}, name="other")
    host = BY_NAME["claude-desktop"]
    put(path, host)
    copy = path.with_name(f"{path.name}.scenario-mcp.bak")
    assert copy.exists()
    assert _find(tmp_path) == []  # `install --remove` needs it
    configure(tmp_path, CLAUDE, {"command": "other"}, name="another")
    assert Installation(path, host, "scenario").remove().what == "absent"
    assert _find(tmp_path) == [
        (
            f"! A copy of claude_desktop_config.json is left, though this server is not in that file: {copy} "
            f"→ If the file is as you want it: rm {copy}"
        )
    ]


def test_what_an_interrupted_command_left_is_told(tmp_path: Path) -> None:
    path = configure(tmp_path, CLAUDE, ENTRY)
    left = path.with_name(f".{path.name}.abc.tmp")
    left.touch()
    assert _find(tmp_path) == [f"! An interrupted command left {left} → rm {left}"]


def test_an_edition_that_lacks_this_server_is_told(tmp_path: Path) -> None:
    configure(tmp_path, "AppData/Roaming/Claude/claude_desktop_config.json", ENTRY)
    other = tmp_path / "AppData/Local/Packages/Claude_x/LocalCache/Roaming/Claude"
    other.mkdir(parents=True)
    here = Machine("windows", str(tmp_path), {"PATH": ""}, lambda _: None)
    assert _find(tmp_path, here) == [
        (
            "! Claude Desktop has this server in one of its editions, but not in "
            f"{other}/claude_desktop_config.json → scenario-mcp install claude-desktop"
        )
    ]
