"""What is told of entries as they stand: twice, in a wrong place, open to others, with inputs that nobody asks for."""

import json
from pathlib import Path

import pytest

from scenario_mcp.doctor.entry_problems import misplaced, oddities_of, open_to_others, twins
from scenario_mcp.doctor.host_files import read_host_files
from tests.support.doctor import SHELL, configure, lines, machine

CLAUDE = ".config/Claude/claude_desktop_config.json"
VSCODE = ".config/Code/User/mcp.json"
OWN = {"command": "/opt/scenario-mcp"}


@pytest.mark.parametrize(
    ("file", "content", "line"),
    [
        (
            VSCODE,
            {"mcpServers": {"scenario": OWN}},
            (
                'VS Code: the server "scenario" stands under "mcpServers" in FILE, and the host looks under "servers" '
                "→ scenario-mcp install vscode, then take the other out"
            ),
        ),
        (
            CLAUDE,
            {"art": OWN},
            (
                'Claude Desktop: the server "art" stands at the top in FILE, and the host looks under "mcpServers" '
                "→ scenario-mcp install claude-desktop --name art, then take the other out"
            ),
        ),
        (
            CLAUDE,
            {"mcp": {"servers": {"scenario": OWN}}, "mcpServers": {"other": {"command": "x"}}},
            (
                'Claude Desktop: the server "scenario" stands under "mcp.servers" in FILE, and the host looks under '
                '"mcpServers" → scenario-mcp install claude-desktop, then take the other out'
            ),
        ),
    ],
)
def test_an_entry_where_its_host_does_not_look_is_told(
    tmp_path: Path, file: str, content: dict[str, object], line: str
) -> None:
    path = tmp_path / file
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps(content))
    read = read_host_files(machine(tmp_path), tmp_path / "project")
    assert read.entries == []
    assert lines(misplaced(read.misplaced, SHELL)) == [f"✗ {line.replace('FILE', str(path))}"]


def test_an_entry_in_its_place_is_not_misplaced(tmp_path: Path) -> None:
    for file, key in ((CLAUDE, "mcpServers"), (VSCODE, "servers"), (".config/opencode/opencode.json", "mcp")):
        configure(tmp_path, file, OWN if key != "mcp" else {"command": ["/opt/scenario-mcp"]}, key=key)
    read = read_host_files(machine(tmp_path), tmp_path / "project")
    assert (len(read.entries), read.misplaced) == (3, [])


def test_the_same_server_twice_in_a_host_is_told(tmp_path: Path) -> None:
    path = tmp_path / CLAUDE
    path.parent.mkdir(parents=True)
    sandbox = {**OWN, "args": ["--sandbox"]}
    path.write_text(json.dumps({"mcpServers": {"scenario": OWN, "art": OWN, "samples": sandbox}}))
    entries = read_host_files(machine(tmp_path), tmp_path / "project").entries
    assert lines(twins(entries, SHELL)) == [
        (
            '! Claude Desktop: the same server is there twice, as "scenario" and "art" '
            "→ scenario-mcp install claude-desktop --remove --name art"
        )
    ]


def test_the_same_server_for_you_and_for_a_project_is_told(tmp_path: Path) -> None:
    mine = configure(tmp_path, ".cursor/mcp.json", OWN)
    projects = configure(tmp_path / "project", ".cursor/mcp.json", OWN)
    entries = read_host_files(machine(tmp_path), tmp_path / "project").entries
    assert lines(twins(entries, SHELL)) == [
        (
            f'! Cursor: the same server is there twice, as "scenario" in {mine} and {projects} '
            "→ scenario-mcp install cursor --remove --project"
        )
    ]


def test_keys_in_a_file_that_others_may_read_are_told(tmp_path: Path) -> None:
    path = configure(tmp_path, CLAUDE, {**OWN, "env": {"SCENARIO_SDK_API_KEY": "api_4kQ7key"}})
    configure(tmp_path, ".cursor/mcp.json", {**OWN, "env": {"SCENARIO_SDK_API_KEY": "${env:KEY}"}}).chmod(0o644)
    path.chmod(0o644)
    entries = read_host_files(machine(tmp_path), tmp_path / "project").entries
    assert lines(open_to_others(entries, SHELL)) == [
        f"! {path} holds keys, and other users of this machine may read it → chmod 600 {path}"
    ]
    path.chmod(0o600)
    assert lines(open_to_others(entries, SHELL)) == []


def test_an_input_that_the_file_does_not_ask_for_is_told(tmp_path: Path) -> None:
    path = tmp_path / VSCODE
    path.parent.mkdir(parents=True)
    env = {"SCENARIO_SDK_API_KEY": "${input:key}", "SCENARIO_SDK_API_SECRET": "${input:secret}"}
    inputs = [{"id": "secret", "type": "promptString"}, "odd"]
    path.write_text(json.dumps({"servers": {"scenario": {**OWN, "env": env}}, "inputs": inputs}))
    (entry,) = read_host_files(machine(tmp_path), tmp_path / "project").entries
    assert lines(oddities_of(entry)) == [
        (
            '✗ VS Code, server "scenario": it refers to the input "key", for which mcp.json does not ask '
            f'→ Add {{"id": "key", "type": "promptString", "password": true}} to "inputs" in {path}'
        )
    ]


def test_a_secret_that_is_no_text_is_not_shown(tmp_path: Path) -> None:
    configure(tmp_path, CLAUDE, {**OWN, "env": {"SCENARIO_SDK_API_SECRET": 1234567890}})
    (entry,) = read_host_files(machine(tmp_path), tmp_path / "project").entries
    (line,) = lines(oddities_of(entry))
    assert line.endswith('"SCENARIO_SDK_API_SECRET": "VALUE"')
