"""The rows: what is compared, in the order of the table. A new one is an entry here."""

import io
import re
import subprocess
import sys
import tarfile
import tomllib
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

from benchmarks.compare.installs import SERVERS, node_packages, python_environment
from benchmarks.compare.program import LeftOut, Program

ROOT = Path(__file__).resolve().parents[2]
BASELINE = "mcpserver"
"""Everything else is told as a ratio to this row."""
FLOOR = "floor"
BEFORE = "before"
_NOT_OF_THE_SDK = ("uvloop", "httptools")
"""What makes uvicorn quicker, and an install of `mcp` alone does not bring."""
_AS_IF_PLAIN = """\
import runpy, sys
names, target = sys.argv[1:3]
sys.argv[:3] = [target]
sys.modules.update(dict.fromkeys(names.split(",")))
if target.endswith(".py"):
    runpy.run_path(target, run_name="__main__")
else:
    runpy.run_module(target, run_name="__main__", alter_sys=True)
"""
"""Runs a module or a script in which these packages cannot be imported."""


class Row(NamedTuple):
    """One line of the table."""

    name: str
    """As the option `--rows` has it."""
    title: str
    """In Markdown; `{version}` is put in."""
    program: Callable[[Path], Program]
    """What makes its program, given a folder to install into."""
    http: tuple[str, ...] = ("--http",)
    """Options before a port."""
    release: str = ""
    """The version, as long as it is not installed."""


def _without(packages: Sequence[str], target: str, *options: str) -> Program:
    command = [sys.executable, "-P", "-c", _AS_IF_PLAIN, ",".join(packages), target, *options]
    return Program(command, python_path=str(ROOT))


def _ours_plain(_folder: Path) -> Program:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    extra, plain = (
        {re.split(r"[^\w-]", requirement)[0] for requirement in requirements}
        for requirements in (project["optional-dependencies"]["http"], project["dependencies"])
    )
    return _without(sorted(extra - plain), "scenario_mcp")


def _ours(_folder: Path) -> Program:
    return Program([sys.executable, "-P", "-m", "scenario_mcp"], python_path=str(ROOT))


def _script(name: str, *options: str) -> Callable[[Path], Program]:
    return lambda _folder: _without(_NOT_OF_THE_SDK, str(SERVERS / name), *options)


def _quick_script(name: str) -> Callable[[Path], Program]:
    return lambda _folder: Program([sys.executable, "-P", str(SERVERS / name)])


def _before(commit: str, folder: Path) -> Program:
    archive = subprocess.run(  # noqa: S603  # our own words
        ["git", "archive", commit, "scenario_mcp"],  # noqa: S607  # git is where the system has it
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    if archive.returncode:
        raise LeftOut(archive.stderr.decode(errors="replace").strip())
    with tarfile.open(fileobj=io.BytesIO(archive.stdout)) as files:
        files.extractall(folder, filter="data")
    return _ours_plain(folder)._replace(python_path=str(folder))


def before(commit: str) -> Row:
    """Return the row of this server as it was at a commit, in a plain install."""
    return Row(BEFORE, f"ours at `{commit}`", partial(_before, commit), _OURS_OVER_HTTP)


def _installed(make: Callable[..., Program], *words: str) -> Callable[[Path], Program]:
    return lambda folder: make(folder, *words)


_OURS_OVER_HTTP = ("--http", "--port")
ROWS = (
    Row("ours", "**ours**, plain install", _ours_plain, _OURS_OVER_HTTP),
    Row("ours-quick", "**ours**, with the extra `http`", _ours, _OURS_OVER_HTTP),
    Row("lowlevel", "pass-through: `lowlevel.Server` of the Python SDK", _script("lowlevel.py")),
    Row(BASELINE, "pass-through: `MCPServer` of the Python SDK", _script("mcp_server.py")),
    Row("mcpserver-quick", "the same, `uvloop` and `httptools` installed", _quick_script("mcp_server.py")),
    Row(
        "fastmcp",
        "pass-through: FastMCP {version}",
        _installed(python_environment, "fast_mcp.py", "fastmcp>=4,<5", "httpx>=0.28,<1"),
        release="4.x",
    ),
    Row(
        "typescript-1",
        "pass-through: TypeScript SDK {version}",
        _installed(node_packages, "typescript_1.mjs", "@modelcontextprotocol/sdk@1", "zod@4"),
        release="1.x",
    ),
    Row(
        "typescript-2",
        "pass-through: TypeScript SDK {version}",
        _installed(
            node_packages,
            "typescript_2.mjs",
            "@modelcontextprotocol/server@2",
            "@modelcontextprotocol/node@2",
            "hono@4",
            "zod@4",
        ),
        release="2.x",
    ),
    Row("httpx", "MCP by hand, upstream with `httpx`", _script("hand_written.py", "--httpx")),
    Row(FLOOR, "the floor: all by hand", _script("hand_written.py")),
)
NAMES = tuple(row.name for row in ROWS)
