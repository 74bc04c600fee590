"""What is read of hosts' files: entries of every host, and what is told of files that cannot be read."""

import os
from pathlib import Path

import pytest

from scenario_mcp.doctor.host_files import read_host_files
from scenario_mcp.hosts.host import Host
from scenario_mcp.hosts.places import files_to_write
from scenario_mcp.hosts.table import HOSTS
from tests.support.doctor import configure, lines, machine
from tests.support.host_files import LIVE, put

CLAUDE = ".config/Claude/claude_desktop_config.json"


@pytest.mark.parametrize("host", [host for host in HOSTS if host.files], ids=lambda host: host.name)
def test_the_entry_that_install_writes_is_found_in_the_file_of_every_host(tmp_path: Path, host: Host) -> None:
    here = machine(tmp_path)
    (path,) = files_to_write(host, here)
    put(path, host, LIVE)
    (entry,) = read_host_files(here, tmp_path / "project").entries
    assert (entry.host, entry.file, entry.name) == (host, path, "scenario")
    assert (entry.command, entry.arguments) == ("/opt/art tools/scenario-mcp", ())
    assert entry.environment["SCENARIO_PROJECT_ID"] == "proj_1"
    assert not entry.is_off


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (
            '{"mcpServers": {"scenario": {"command": "scenario-mcp",}}}',
            "✗ Claude Desktop cannot read FILE: line 1, column WHY → Correct it there",
        ),
        ('{"mcpServers": {', "! Claude Desktop cannot read FILE: line 1, column 17: WHY → Correct it there"),
        ("[]", "! Claude Desktop finds no servers in FILE: it does not hold an object → Correct it there"),
        (b"\xff\xfe", "! Claude Desktop cannot read FILE: line 1, column 1: it is not UTF-8 → Correct it there"),
        (None, "! FILE is a folder, where Claude Desktop has a file → Move it away"),
    ],
)
def test_a_file_that_cannot_be_read_is_told(tmp_path: Path, text: str | bytes | None, line: str) -> None:
    path = tmp_path / CLAUDE
    path.parent.mkdir(parents=True)
    if text is None:
        path.mkdir()
    else:
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
    (found,) = lines(read_host_files(machine(tmp_path), tmp_path / "project").findings)
    expected = line.replace("FILE", str(path))
    before, why, after = expected.partition("WHY")
    assert found == expected if not why else (found.startswith(before) and found.endswith(after))


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_the_right_to_read_it_is_told(tmp_path: Path) -> None:
    path = configure(tmp_path, CLAUDE, {"command": "scenario-mcp"})
    path.chmod(0)
    assert lines(read_host_files(machine(tmp_path), tmp_path / "project").findings) == [
        f"! {path} of Claude Desktop cannot be read: Permission denied → Give yourself the right to read it"
    ]


def test_entries_of_projects_are_found_where_their_hosts_read_them(tmp_path: Path) -> None:
    entry = {"command": "scenario-mcp", "env": {"A": 1, "B": True, "C": None}, "args": ["--sandbox", 5]}
    project = tmp_path / "game"
    configure(project, ".mcp.json", entry)
    configure(project, ".vscode/mcp.json", entry, key="servers")
    (tmp_path / ".claude.json").write_text(
        '{"projects": {"/srv/art": {"mcpServers": {"art": {"command": "scenario-mcp"}}}}}'
    )
    found = read_host_files(machine(tmp_path), project).entries
    assert [(each.host.name, each.name, str(each.project)) for each in found] == [
        ("claude-code", "art", "/srv/art"),
        ("claude-code", "scenario", str(project)),
        ("vscode", "scenario", str(project)),
    ]
    assert found[1].environment == {"A": "1", "B": "true", "C": ""}
    assert found[1].arguments == ("--sandbox", "5")


@pytest.mark.parametrize(
    "text", ['{"mcpServers": 5}', '{"mcpServers": {"a": null, "b": [], "c": {}, "d": {"command": 5, "args": "x"}}}', ""]
)
def test_odd_entries_are_passed_over(tmp_path: Path, text: str) -> None:
    path = tmp_path / CLAUDE
    path.parent.mkdir(parents=True)
    path.write_text(text)
    read = read_host_files(machine(tmp_path), tmp_path / "project")
    assert (read.entries, read.findings) == ([], [])
