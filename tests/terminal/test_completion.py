"""Completion in shells: what the scripts offer, asked in the shells themselves."""

import shutil
import subprocess
from pathlib import Path

import pytest

from scenario_mcp.terminal.session import FOUND, WRONG_ARGUMENTS
from tests.support.command_line import typed

Output = pytest.CaptureFixture[str]
IN_BASH = """
source "$1"
offered() { COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMPREPLY=(); _shtab_scenario_mcp; echo "${COMPREPLY[*]}"; }
offered scenario-mcp se
offered scenario-mcp --sandbox search models --im
offered scenario-mcp search ""
offered scenario-mcp install claude-d
cd "$2"
offered scenario-mcp search --like knight
offered scenario-mcp search --save a
offered scenario-mcp completion f
"""
IN_FISH = """
source $argv[1]
for line in 'scenario-mcp search --image-' 'scenario-mcp search --sort crea' 'scenario-mcp install curs'
  complete -C $line
end
"""


def script(capsys: Output, folder: Path, shell: str) -> Path:
    ended = typed(capsys, "completion", shell)
    assert (ended.code, ended.errors) == (FOUND, "")
    path = folder / f"completion.{shell}"
    path.write_text(ended.output, "utf-8")
    return path


def ask(shell: str, program: str, *arguments: str) -> list[str]:
    words = ["-c", program, "x"] if shell == "bash" else ["--no-config", "-c", program]
    finished = subprocess.run(  # noqa: S603  # a shell with our own code
        [shutil.which(shell) or shell, *words, *arguments],
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
    )
    assert finished.stderr == ""
    return finished.stdout.splitlines()


@pytest.mark.processes
@pytest.mark.skipif(shutil.which("bash") is None, reason="without bash")
def test_bash_offers_commands_options_files_folders_and_values(capsys: Output, tmp_path: Path) -> None:
    folder = tmp_path / "files"
    (folder / "art").mkdir(parents=True)
    (folder / "knight.png").touch()
    assert ask("bash", IN_BASH, str(script(capsys, tmp_path, "bash")), str(folder)) == [
        "search",
        "--image --image-semantic-ratio",
        "assets models",
        "claude-desktop",
        "knight.png",
        "art",
        "fish",
    ]


@pytest.mark.processes
@pytest.mark.skipif(shutil.which("fish") is None, reason="without fish")
def test_fish_offers_them_with_the_beginning_of_their_explanation(capsys: Output, tmp_path: Path) -> None:
    assert ask("fish", IN_FISH, str(script(capsys, tmp_path, "fish"))) == [
        "--image-semantic-ratio\t0-1, default 1 = same subject and mood; 0 = near-duplicate",
        "createdAt:desc\tcreatedAt, updatedAt, width, height or score (popularity) with :asc...",
        "createdAt:asc\tcreatedAt, updatedAt, width, height or score (popularity) with :asc...",
        "cursor\tsuch as claude-desktop, cursor, vscode, codex",
    ]


@pytest.mark.processes
@pytest.mark.skipif(shutil.which("zsh") is None, reason="without zsh")
def test_zsh_takes_the_script_and_registers_it(capsys: Output, tmp_path: Path) -> None:
    path = script(capsys, tmp_path, "zsh")
    program = 'autoload -Uz compinit; compinit -u -D; eval "$(<$1)"; print -r -- $_comps[scenario-mcp]'
    finished = subprocess.run(  # noqa: S603  # a shell with our own code
        [shutil.which("zsh") or "zsh", "-f", "-c", program, "x", str(path)],
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
    )
    assert (finished.stdout, finished.stderr) == ("_shtab_scenario_mcp\n", "")
    text = path.read_text("utf-8")
    assert "createdAt\\:desc" in text or "createdAt:desc" in text
    assert "(assets models)" in text


def test_without_a_shell_it_is_that_of_the_environment(capsys: Output) -> None:
    assert typed(capsys, "completion", SHELL="/bin/bash") == typed(capsys, "completion", "bash")
    assert typed(capsys, "completion", SHELL="/bin/nushell") == (
        WRONG_ARGUMENTS,
        "",
        "scenario-mcp: Which shell? Name one of bash, zsh, fish, powershell, such as: scenario-mcp completion bash\n",
    )
