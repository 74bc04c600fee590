"""The command `install`, as a person uses it in a home of their own."""

import io
import json
import os
import shutil
import stat
import sys
import tomllib
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import yaml
from mcp.client import Client
from mcp.client.stdio import StdioServerParameters, stdio_client

from scenario_mcp import cli
from scenario_mcp.hosts import command
from scenario_mcp.hosts.launch import own_launch
from scenario_mcp.hosts.table import HOSTS

KEYS = {"SCENARIO_SDK_API_KEY": "key_of_nobody", "SCENARIO_SDK_API_SECRET": "secret_of_nobody"}
PROGRAM = own_launch(os.environ)
STARTS = PROGRAM.shown


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home with Cursor, Claude Desktop and Codex in it."""
    monkeypatch.setattr(command, "ask_at_terminal", lambda: None)
    monkeypatch.setattr(sys, "platform", "linux")
    for folder in (".cursor", ".config/Claude", ".codex"):
        (tmp_path / folder).mkdir(parents=True)
    return tmp_path


def _install(home: Path, *arguments: str, **environ: str) -> int:
    return cli.run(["install", *arguments], {"HOME": str(home), "PATH": str(home), **environ})


def test_it_says_what_it_wrote_what_was_there_and_how_to_go_on(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (home / ".cursor/mcp.json").write_text('{"mcpServers": {"a": {}, "b": {}}}')
    assert _install(home, "cursor", "claude-desktop", **KEYS) == 0
    assert capsys.readouterr().out == (
        "Cursor\n"
        f"  written      {home}/.cursor/mcp.json (2 other servers stay)\n"
        f"  copy         {home}/.cursor/mcp.json.scenario-mcp.bak\n"
        f"  starts       {STARTS}\n"
        "  keys         Cursor reads SCENARIO_SDK_API_KEY and SCENARIO_SDK_API_SECRET: "
        "set them in the environment that it starts with.\n"
        "  next         Cursor Settings → MCP lists the server; switch it on there.\n"
        "Claude Desktop\n"
        f"  written      {home}/.config/Claude/claude_desktop_config.json (a new file)\n"
        "  warning      The file holds SCENARIO_SDK_API_KEY and SCENARIO_SDK_API_SECRET as plain text, "
        "readable by you alone.\n"
        f"  starts       {STARTS}\n"
        "  next         Quit Claude Desktop, also in the tray or menu bar, and start it. "
        "Settings → Developer lists the server.\n"
    )
    entry = json.loads((home / ".config/Claude/claude_desktop_config.json").read_text())["mcpServers"]["scenario"]
    assert entry["env"] == KEYS
    assert _install(home, "cursor", "claude-desktop", "--remove") == 0
    assert capsys.readouterr().out == (
        "Cursor\n"
        f"  removed  {home}/.cursor/mcp.json: as it was before (2 other servers stay).\n"
        "Claude Desktop\n"
        f"  deleted  {home}/.config/Claude/claude_desktop_config.json: it held nothing else.\n"
    )


def test_on_windows_a_file_with_keys_is_for_whoever_may_open_its_folder(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    chmod = Path.chmod

    def set_read_only_bit_alone(path: Path, mode: int) -> None:
        chmod(path, 0o666 if mode & stat.S_IWRITE else 0o444)

    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setattr(shutil, "which", lambda *_, **__: None)  # Python's own asks Windows, from 3.12 on
    monkeypatch.setattr(Path, "chmod", set_read_only_bit_alone)
    folders = {"USERPROFILE": str(home), "APPDATA": str(home / "AppData/Roaming"), "LOCALAPPDATA": str(home)}
    (home / "AppData/Roaming/Claude").mkdir(parents=True)
    assert _install(home, "claude-desktop", **folders, **KEYS) == 0
    assert (
        "  warning      The file holds SCENARIO_SDK_API_KEY and SCENARIO_SDK_API_SECRET as plain text, "
        "readable by whoever may open its folder.\n"
    ) in capsys.readouterr().out


def test_the_second_time_nothing_changes(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _install(home, "--all", "--sandbox") == 0
    files = {path: path.read_bytes() for path in home.rglob("*") if path.is_file()}
    assert len(files) == 3
    capsys.readouterr()
    assert _install(home, "--all", "--sandbox") == 0
    assert {path: path.read_bytes() for path in home.rglob("*") if path.is_file()} == files
    assert capsys.readouterr().out.count("the server stands in it already (no other servers).\n") == 3


def test_a_dry_run_needs_no_keys_and_writes_nothing(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _install(home, "claude-desktop", "--dry-run") == 0
    said = capsys.readouterr().out
    assert f"  would write  {home}/.config/Claude/claude_desktop_config.json (a new file)\n" in said
    assert (
        "  warning      The file would hold SCENARIO_SDK_API_KEY and SCENARIO_SDK_API_SECRET as plain text.\n" in said
    )
    assert not (home / ".config/Claude/claude_desktop_config.json").exists()


def test_without_keys_nothing_is_written(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _install(home, "cursor", "claude-desktop") == 2
    assert capsys.readouterr().err == (
        "scenario-mcp: SCENARIO_SDK_API_KEY is not set, and its value must stand in the host's file. "
        "Set it, or run this command in a terminal, which asks for it. Without an account: add --sandbox.\n"
    )
    assert [path for path in home.rglob("*") if path.is_file()] == []


def test_keys_are_asked_for_once_and_never_shown(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked: list[str] = []

    def answer(question: str) -> str:
        asked.append(question)
        return "hidden-" + str(len(asked))

    (home / ".config/zed").mkdir()
    monkeypatch.setattr(command, "ask_at_terminal", lambda: answer)
    assert _install(home, "claude-desktop", "zed") == 0
    assert asked == ["API key of your Scenario project: ", "API secret of your Scenario project: "]
    written = json.loads((home / ".config/zed/settings.json").read_text())["context_servers"]["scenario"]["env"]
    assert list(written.values()) == ["hidden-1", "hidden-2"]
    assert "hidden" not in "".join(capsys.readouterr())


@pytest.mark.parametrize(
    ("arguments", "environ", "message"),
    [
        (["cursr"], {}, "'cursr' is no host. Did you mean cursor? Hosts: claude-desktop, claude-code, cursor, vscode,"),
        ([], {}, "Name a host, or give --all. Found on this machine: claude-desktop, cursor, codex. Hosts: claude-"),
        (["cursor", "--name", "a_b"], {}, "--name takes up to 30 letters, digits and hyphens, such as scenario-art."),
        (["cursor", "--http", "http://a.example"], {}, "--http would be reached unencrypted: http is for this machine"),
        (
            ["cursor", "--http", "https://a.example", "--sandbox"],
            {},
            "--http names a server that runs elsewhere: leave",
        ),
        (["cursor", "--token-env", "TOKEN"], {}, "--token-env needs --http URL."),
        (
            ["cursor", "--http", "https://a.example", "--token-env", "ey.x"],
            {},
            "--token-env takes the name of a variab",
        ),
        (["cursor", "--catalogue", "/no/such"], {}, "--catalogue is not a folder: '/no/such'."),
        (["cursor", "--catalogue", ""], {}, "--catalogue is not a folder: ''."),
        (["claude-desktop"], {**KEYS, "SCENARIO_SDK_API_KEY": "your-api-key"}, "SCENARIO_SDK_API_KEY holds a placeho"),
        (["cursor"], {"SCENARIO_SDK_API_KEY": "key"}, "SCENARIO_SDK_API_KEY is set but SCENARIO_SDK_API_SECRET is not"),
        (["cursor"], {"SCENARIO_MCP_TIMEOUT_SECONDS": "no"}, "SCENARIO_MCP_TIMEOUT_SECONDS must be a number of second"),
    ],
)
def test_wrong_arguments_are_refused(
    home: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], environ: dict[str, str], message: str
) -> None:
    assert _install(home, *arguments, **environ) == 2
    said = capsys.readouterr()
    assert said.err.startswith(f"scenario-mcp: {message}")
    assert said.out == ""
    assert [path for path in home.rglob("*") if path.is_file()] == []


def test_a_host_that_is_not_there_is_written_only_by_force(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _install(home, "kiro", "cursor", "--sandbox") == 1
    assert capsys.readouterr().out.startswith(
        f"Kiro\n  not written  It was not found on this machine (no {home}/.kiro). "
        "Start it once, or write its file with --force.\nCursor\n  written "
    )
    assert _install(home, "kiro", "--sandbox", "--force") == 0
    assert (home / ".kiro/settings/mcp.json").exists()


def test_a_host_that_is_named_beside_all_that_are_found_is_not_forgotten(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _install(home, "kiro", "cursor", "--all", "--sandbox") == 1
    titles = [line for line in capsys.readouterr().out.splitlines() if not line.startswith(" ")]
    assert titles == ["Kiro", "Cursor", "Claude Desktop", "Codex"]


def test_a_machine_without_hosts_is_told_of_all(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _install(tmp_path, "--all", "--sandbox") == 1
    assert capsys.readouterr().out.startswith(
        "No host was found on this machine. Name one of: claude-desktop, claude-c"
    )


def test_a_file_that_is_refused_stops_no_other_host(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (home / ".cursor/mcp.json").write_text("{\n")
    assert _install(home, "cursor", "codex", "--sandbox") == 3
    said = capsys.readouterr().out
    assert f"  not written  {home}/.cursor/mcp.json cannot be read: line 2, column 1: expecting property name" in said
    assert tomllib.loads((home / ".codex/config.toml").read_text())["mcp_servers"]["scenario"]["args"] == ["--sandbox"]


def test_files_of_a_project_lie_in_the_current_folder(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    project = home / "game"
    project.mkdir()
    monkeypatch.chdir(project)
    assert _install(home, "vscode", "windsurf", "kiro", "--project", "--sandbox") == 1
    assert [path.relative_to(project).as_posix() for path in sorted(project.rglob("*.json"))] == [
        ".kiro/settings/mcp.json",
        ".vscode/mcp.json",
    ]
    assert "  not written  It has no file for a project: leave --project out.\n" in capsys.readouterr().out
    assert _install(home, "zed", "--project", **KEYS) == 0
    assert "  warning      It lies in a project: keep it out of version control.\n" in capsys.readouterr().out
    assert _install(home, "windsurf", "--project", "--remove") == 1
    assert capsys.readouterr().out == "Windsurf\n  not removed  It has no file for a project: leave --project out.\n"


def test_a_server_over_http_stands_where_the_host_takes_one(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _install(home, "cursor", "codex", "claude-desktop", "--http", "https://mcp.example.com/mcp") == 3
    assert capsys.readouterr().out.endswith(
        "Claude Desktop\n  not written  Its file takes no server over HTTP. "
        "Add it in Settings → Connectors → Add custom connector.\n"
    )
    assert json.loads((home / ".cursor/mcp.json").read_text()) == {
        "mcpServers": {"scenario": {"url": "https://mcp.example.com/mcp"}}
    }


def test_a_token_is_one_variable_and_has_no_samples(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    remote = ("--http", "https://mcp.example.com/mcp", "--token-env", "TEAM_TOKEN")
    assert _install(home, "cursor", *remote) == 0
    assert "  keys         Cursor reads TEAM_TOKEN: set it in the environment that" in capsys.readouterr().out
    (home / ".config/zed").mkdir()
    assert _install(home, "zed", *remote) == 2
    assert capsys.readouterr().err == (
        "scenario-mcp: TEAM_TOKEN is not set, and its value must stand in the host's file. "
        "Set it, or run this command in a terminal, which asks for it.\n"
    )


@pytest.mark.skipif(sys.platform == "win32", reason="Windows keeps a folder that is in use")
def test_a_project_that_is_gone_is_said_to_be_gone(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (home / "gone").mkdir()
    monkeypatch.chdir(home / "gone")
    (home / "gone").rmdir()
    assert _install(home, "cursor", "--project", "--sandbox") == 2
    assert capsys.readouterr().err == (
        "scenario-mcp: The current folder is gone. Go to the project's folder, and try again.\n"
    )


@pytest.mark.promise(number=22)
def test_what_is_printed_holds_no_key(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    names = [host.name for host in HOSTS]
    assert _install(home, *names, "--print", **KEYS) == 0
    said = capsys.readouterr().out
    assert not any(value in said for value in KEYS.values())
    assert said.count('"SCENARIO_SDK_API_KEY": "your-api-key"') == 10
    assert [path for path in home.rglob("*") if path.is_file()] == []


def test_what_is_printed_says_where_the_keys_come_from(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _install(home, "cursor", "vscode", "zed", "--print") == 0
    assert [line for line in capsys.readouterr().out.splitlines() if line.startswith("  keys")] == [
        (
            "  keys  Cursor reads SCENARIO_SDK_API_KEY and SCENARIO_SDK_API_SECRET: "
            "set them in the environment that it starts with."
        ),
        "  keys  VS Code asks for them when it first starts the server, and keeps them.",
        "  keys  Put the values in place of your-api-key and your-api-secret.",
    ]


def test_a_host_without_a_file_shows_what_to_paste(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _install(home, "ai-assistant", "--sandbox") == 0
    title, *lines, last = capsys.readouterr().out.splitlines()
    assert title == "JetBrains AI Assistant"
    assert json.loads("\n".join(lines)) == {
        "mcpServers": {
            "scenario": {"command": PROGRAM.command, "args": [*PROGRAM.arguments, "--sandbox"]},
        }
    }
    assert last == '  next  Paste it in Settings → Tools → AI Assistant → Model Context Protocol → Add → "As JSON".'
    assert _install(home, "ai-assistant", "--remove") == 3


def test_a_server_is_taken_out_whatever_else_is_wrong(home: Path) -> None:
    assert _install(home, "cursor", "--sandbox", "--name", "art") == 0
    assert _install(home, "cursor", "--name", "art", "--remove", SCENARIO_SDK_API_KEY="half", UV="/no/such") == 0
    assert [path for path in home.rglob("*") if path.is_file()] == []


def test_several_folders_are_given_to_the_server(home: Path) -> None:
    for name in ("a", "b"):
        (home / name).mkdir()
    assert _install(home, "cursor", "--catalogue", str(home / "a"), "--catalogue", str(home / "b")) == 0
    entry = json.loads((home / ".cursor/mcp.json").read_text())["mcpServers"]["scenario"]
    assert entry["args"][-4:] == ["--catalogue", str(home / "a"), "--catalogue", str(home / "b")]


def test_a_file_that_is_refused_keeps_its_server(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    broken = home / ".cursor/mcp.json"
    broken.write_text('{"mcpServers": {"scenario": 1}')
    (home / ".codex/config.toml").write_text('[mcp_servers.a]\n[mcp_servers.scenario]\nurl = "x"\n')
    assert _install(home, "cursor", "codex", "claude-desktop", "--remove", "--dry-run") == 3
    assert capsys.readouterr().out == (
        "Cursor\n"
        f"  not removed  {broken} cannot be read: line 1, column 31: expecting ',' delimiter. "
        "Correct it there, and try again.\n"
        "Codex\n"
        f"  would be removed  {home}/.codex/config.toml (1 other server stays).\n"
        "Claude Desktop\n"
        f'  nothing to do  {home}/.config/Claude/claude_desktop_config.json has no server "scenario".\n'
    )
    assert _install(home, "codex", "--force", "--sandbox") == 0
    assert "  replaced     an entry for a server over HTTP\n" in capsys.readouterr().out


def test_nobody_is_asked_where_nobody_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    assert command.ask_at_terminal() is None


def test_a_person_who_gives_no_answer_gives_no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    def end_of_input(_: str) -> str:
        raise EOFError

    monkeypatch.setattr(sys, "stdin", SimpleNamespace(isatty=lambda: True))
    monkeypatch.setattr("getpass.getpass", end_of_input)
    ask = command.ask_at_terminal()
    assert ask
    assert ask("API key: ") == ""


def test_a_narrow_alphabet_stops_nothing(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(written, "ascii"))
    assert _install(home, "cursor", "--sandbox") == 0
    assert b"  next         Cursor Settings > MCP lists the server; switch it on there.\n" in written.getvalue()


def test_a_reader_who_goes_away_stops_nothing(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "w") as stdout:
        monkeypatch.setattr(sys, "stdout", stdout)
        assert _install(home, "--all", "--sandbox") == 0
        monkeypatch.undo()
    assert len([path for path in home.rglob("*") if path.is_file()]) == 3


def _started(entry: dict[str, Any]) -> tuple[list[str], dict[str, str]]:
    """Return the command line and the environment of an entry, as its host reads it."""
    first = entry.get("command", entry.get("cmd"))
    line = first if isinstance(first, list) else [first, *entry["args"]]
    return line, entry.get("env") or entry.get("envs") or entry.get("environment") or {}


def _entries(home: Path) -> list[tuple[list[str], dict[str, str]]]:
    """Return what stands in each file, read by other parsers than ours."""
    found = []
    for path in sorted(path for path in home.rglob("*") if path.is_file()):
        loaded = tomllib.loads(path.read_text()) if path.suffix == ".toml" else yaml.safe_load(path.read_text())
        (servers,) = loaded.values()
        found.append(_started(servers["art"]))
    return found


@pytest.mark.processes
async def test_what_every_host_would_start_is_this_server(home: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    art = tmp_path_factory.mktemp("art and more")
    refs = str(tmp_path_factory.mktemp("refs"))
    names = [host.name for host in HOSTS if host.files]
    options = ("--catalogue", str(art), "--force", "--name", "art")
    assert _install(home, *names, *options, SCENARIO_MCP_IMAGE_FOLDERS=refs) == 0
    found = _entries(home)
    assert len(found) == len(names)
    line = [PROGRAM.command, *PROGRAM.arguments, "--catalogue", str(art)]
    assert all(each == (line, {"SCENARIO_MCP_IMAGE_FOLDERS": refs}) for each in found), found
    environ = {**os.environ, "XDG_CACHE_HOME": str(home / "cache"), **found[0][1]}
    parameters = StdioServerParameters(command=line[0], args=line[1:], env=environ)
    async with Client(stdio_client(parameters, errlog=sys.stderr)) as client:
        assert len((await client.list_tools()).tools) == 5
