"""Where each host's files lie on the three systems: the table of facts, apart from the code's own."""

from pathlib import Path, PureWindowsPath

import pytest

from scenario_mcp.hosts.places import Machine, System, files_to_write, is_installed, project_file, user_places
from scenario_mcp.hosts.table import BY_NAME, HOSTS

MAC = "/Users/me/Library/Application Support"
ROAMING = r"C:\Users\me\AppData\Roaming"
PROFILE = r"C:\Users\me"
CLINE = "globalStorage/saoudrizwan.claude-dev/settings/cline_mcp_settings.json"
# host: first file on Linux, macOS, Windows
FILES = {
    "claude-desktop": (
        "/home/me/.config/Claude/claude_desktop_config.json",
        f"{MAC}/Claude/claude_desktop_config.json",
        rf"{ROAMING}\Claude\claude_desktop_config.json",
    ),
    "claude-code": ("/home/me/.claude.json", "/Users/me/.claude.json", rf"{PROFILE}\.claude.json"),
    "cursor": ("/home/me/.cursor/mcp.json", "/Users/me/.cursor/mcp.json", rf"{PROFILE}\.cursor\mcp.json"),
    "vscode": ("/home/me/.config/Code/User/mcp.json", f"{MAC}/Code/User/mcp.json", rf"{ROAMING}\Code\User\mcp.json"),
    "vscode-insiders": (
        "/home/me/.config/Code - Insiders/User/mcp.json",
        f"{MAC}/Code - Insiders/User/mcp.json",
        rf"{ROAMING}\Code - Insiders\User\mcp.json",
    ),
    "copilot-cli": (
        "/home/me/.copilot/mcp-config.json",
        "/Users/me/.copilot/mcp-config.json",
        rf"{PROFILE}\.copilot\mcp-config.json",
    ),
    "windsurf": (
        "/home/me/.codeium/windsurf/mcp_config.json",
        "/Users/me/.codeium/windsurf/mcp_config.json",
        rf"{PROFILE}\.codeium\windsurf\mcp_config.json",
    ),
    "codex": ("/home/me/.codex/config.toml", "/Users/me/.codex/config.toml", rf"{PROFILE}\.codex\config.toml"),
    "gemini-cli": (
        "/home/me/.gemini/settings.json",
        "/Users/me/.gemini/settings.json",
        rf"{PROFILE}\.gemini\settings.json",
    ),
    "antigravity": (
        "/home/me/.gemini/config/mcp_config.json",
        "/Users/me/.gemini/config/mcp_config.json",
        rf"{PROFILE}\.gemini\config\mcp_config.json",
    ),
    "zed": (
        "/home/me/.config/zed/settings.json",
        "/Users/me/.config/zed/settings.json",
        rf"{ROAMING}\Zed\settings.json",
    ),
    "goose": (
        "/home/me/.config/goose/config.yaml",
        "/Users/me/.config/goose/config.yaml",
        rf"{ROAMING}\Block\goose\config\config.yaml",
    ),
    "lm-studio": ("/home/me/.lmstudio/mcp.json", "/Users/me/.lmstudio/mcp.json", rf"{PROFILE}\.lmstudio\mcp.json"),
    "junie": ("/home/me/.junie/mcp/mcp.json", "/Users/me/.junie/mcp/mcp.json", rf"{PROFILE}\.junie\mcp\mcp.json"),
    "opencode": (
        "/home/me/.config/opencode/opencode.json",
        "/Users/me/.config/opencode/opencode.json",
        rf"{PROFILE}\.config\opencode\opencode.json",
    ),
    "cline": (
        f"/home/me/.config/Code/User/{CLINE}",
        f"{MAC}/Code/User/{CLINE}",
        rf"{ROAMING}\Code\User\{CLINE}",
    ),
    "kiro": (
        "/home/me/.kiro/settings/mcp.json",
        "/Users/me/.kiro/settings/mcp.json",
        rf"{PROFILE}\.kiro\settings\mcp.json",
    ),
    "warp": ("/home/me/.warp/.mcp.json", "/Users/me/.warp/.mcp.json", rf"{PROFILE}\.warp\.mcp.json"),
}
PROJECT_FILES = {
    "claude-code": ".mcp.json",
    "cursor": ".cursor/mcp.json",
    "vscode": ".vscode/mcp.json",
    "vscode-insiders": ".vscode/mcp.json",
    "copilot-cli": ".mcp.json",
    "codex": ".codex/config.toml",
    "gemini-cli": ".gemini/settings.json",
    "antigravity": ".agents/mcp_config.json",
    "zed": ".zed/settings.json",
    "junie": ".junie/mcp/mcp.json",
    "opencode": "opencode.json",
    "kiro": ".kiro/settings/mcp.json",
    "warp": ".warp/.mcp.json",
}
MACHINES = (
    Machine("linux", "/home/me", {}, lambda _: None),
    Machine("macos", "/Users/me", {}, lambda _: None),
    Machine("windows", PROFILE, {"APPDATA": ROAMING, "LOCALAPPDATA": rf"{PROFILE}\AppData\Local"}, lambda _: None),
)


def test_every_host_with_a_file_stands_in_this_table() -> None:
    assert set(FILES) == {host.name for host in HOSTS if host.files}
    assert set(PROJECT_FILES) == {host.name for host in HOSTS if host.project_files}


@pytest.mark.parametrize("name", FILES)
def test_its_file_lies_where_the_vendor_says(name: str) -> None:
    found = [user_places(BY_NAME[name], machine)[0].file for machine in MACHINES]
    linux, macos, windows = FILES[name]
    assert (str(found[0]), str(found[1])) == (linux, macos)
    assert PureWindowsPath(str(found[2])) == PureWindowsPath(windows)


def test_a_file_of_a_project_lies_in_it() -> None:
    project = Path("/home/me/game")
    found = {host.name: project_file(host, project) for host in HOSTS}
    assert found == {host.name: project / PROJECT_FILES[host.name] if host.project_files else None for host in HOSTS}


def test_a_file_of_a_project_that_is_there_is_taken(tmp_path: Path) -> None:
    (tmp_path / ".github").mkdir()
    there = tmp_path / ".github" / "mcp.json"
    there.write_text("{}")
    assert project_file(BY_NAME["copilot-cli"], tmp_path) == there


def _machine(system: System, home: Path, **environ: str) -> Machine:
    return Machine(system, str(home), environ, lambda _: None)


def _made(home: Path, *folders: str) -> None:
    for folder in folders:
        (home / folder).mkdir(parents=True)


def test_claude_desktop_on_windows_has_a_file_for_each_edition_that_was_started(tmp_path: Path) -> None:
    _made(
        tmp_path,
        "AppData/Roaming/Claude",
        "AppData/Local/Claude-Data/claude_pzs8sxrjxfjjc",
        "AppData/Local/Packages/Claude_pzs8sxrjxfjjc/LocalCache/Roaming/Claude",
        "AppData/Local/Packages/Claude_neverstarted/LocalCache",
        "AppData/Local/Packages/Microsoft.Claude/LocalCache/Roaming/Claude",
        "AppData/Local/Claude-3p",
    )
    found = files_to_write(BY_NAME["claude-desktop"], _machine("windows", tmp_path))
    assert [file.relative_to(tmp_path / "AppData").as_posix() for file in found] == [
        "Roaming/Claude/claude_desktop_config.json",
        "Local/Claude-Data/claude_pzs8sxrjxfjjc/claude_desktop_config.json",
        "Local/Packages/Claude_pzs8sxrjxfjjc/LocalCache/Roaming/Claude/claude_desktop_config.json",
        "Local/Claude-3p/claude_desktop_config.json",
    ]


def test_an_edition_alone_is_written_alone(tmp_path: Path) -> None:
    _made(tmp_path, "AppData/Local/Packages/Claude_x/LocalCache/Roaming/Claude")
    (found,) = files_to_write(BY_NAME["claude-desktop"], _machine("windows", tmp_path))
    assert "Packages" in found.parts


@pytest.mark.parametrize(
    ("name", "variable", "file"),
    [
        ("claude-desktop", "CLAUDE_DESKTOP_CONFIG", ""),
        ("claude-code", "CLAUDE_CONFIG_DIR", ".claude.json"),
        ("copilot-cli", "COPILOT_HOME", "mcp-config.json"),
        ("codex", "CODEX_HOME", "config.toml"),
    ],
)
def test_a_variable_moves_the_file(tmp_path: Path, name: str, variable: str, file: str) -> None:
    machine = _machine("linux", tmp_path, **{variable: "/etc/{odd} name"})
    assert files_to_write(BY_NAME[name], machine) == (Path("/etc/{odd} name") / file,)


def test_the_configuration_folder_of_linux_can_be_elsewhere(tmp_path: Path) -> None:
    environ = {"XDG_CONFIG_HOME": "/elsewhere"}
    for system, file in (("linux", Path("/elsewhere/zed")), ("macos", tmp_path / ".config/zed")):
        machine = Machine("linux" if system == "linux" else "macos", str(tmp_path), environ, lambda _: None)
        assert files_to_write(BY_NAME["zed"], machine) == (file / "settings.json",)


def test_the_file_that_is_there_is_taken(tmp_path: Path) -> None:
    machine = _machine("linux", tmp_path)
    opencode = tmp_path / ".config/opencode"
    opencode.mkdir(parents=True)
    assert files_to_write(BY_NAME["opencode"], machine) == (opencode / "opencode.json",)
    (opencode / "opencode.jsonc").write_text("{}")
    assert files_to_write(BY_NAME["opencode"], machine) == (opencode / "opencode.jsonc",)
    _made(tmp_path, ".cache/lm-studio")
    assert files_to_write(BY_NAME["lm-studio"], machine) == (tmp_path / ".cache/lm-studio/mcp.json",)


def test_a_host_is_installed_where_its_folder_or_its_command_is(tmp_path: Path) -> None:
    machine = _machine("linux", tmp_path)
    assert [host.name for host in HOSTS if is_installed(host, machine)] == []
    _made(tmp_path, ".cursor", ".kiro", ".claude", ".config/Code/User/globalStorage/saoudrizwan.claude-dev")
    found = [host.name for host in HOSTS if is_installed(host, machine)]
    assert found == ["claude-code", "cursor", "vscode", "cline", "kiro"]
    with_command = Machine("linux", str(tmp_path / "other"), {}, lambda name: "/bin/x" if name == "codex" else None)
    assert [host.name for host in HOSTS if is_installed(host, with_command)] == ["codex"]


def test_this_machine_is_one_of_the_three(tmp_path: Path) -> None:
    machine = Machine.here({"HOME": str(tmp_path), "USERPROFILE": str(tmp_path), "PATH": str(tmp_path)})
    assert machine.system in {"linux", "macos", "windows"}
    assert machine.home == str(tmp_path)
    assert machine.find_program("codex") is None
