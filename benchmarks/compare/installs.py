"""Programs that a clone does not bring, installed once into the user's cache, each with its dependencies."""

import shutil
import subprocess
import sys
import venv
from collections.abc import Sequence
from pathlib import Path

from benchmarks.compare.program import LeftOut, Program

SERVERS = Path(__file__).resolve().parent / "servers"
PATIENCE_SECONDS = 600
_INSTALLED = "installed.txt"
_VERSION = "import importlib.metadata, sys; print(importlib.metadata.version(sys.argv[1]))"


def python_environment(folder: Path, script: str, *requirements: str) -> Program:
    """Return a server in a virtual environment of its own; the first requirement names what is compared.

    Raises:
        LeftOut: with the reason.

    """
    python = folder / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    if _needs_install(folder, requirements):
        venv.create(folder, with_pip=True, clear=True)
        _run([str(python), "-m", "pip", "install", "-q", *requirements], folder)
        _remember(folder, requirements)
    package = requirements[0].partition(">")[0]
    version = _run([str(python), "-c", _VERSION, package], folder).strip()
    return Program([str(python), str(SERVERS / script)], version)


def node_packages(folder: Path, script: str, *requirements: str) -> Program:
    """Return a server in a folder of its own with its Node packages; the first one is what is compared.

    Raises:
        LeftOut: with the reason.

    """
    node, npm = shutil.which("node"), shutil.which("npm")
    if not (node and npm):
        raise LeftOut("Node and npm are not installed")
    if _needs_install(folder, requirements):
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "package.json").write_text("{}", "utf-8")
        _run([npm, "install", "--no-audit", "--no-fund", *requirements], folder)
        _remember(folder, requirements)
    shutil.copy(SERVERS / script, folder / script)  # Node looks for packages beside the script
    package = requirements[0].rpartition("@")[0]
    read = "console.log(JSON.parse(require('fs').readFileSync(`node_modules/${process.argv[1]}/package.json`)).version)"
    version = _run([node, "-e", read, package], folder).strip()
    return Program([node, str(folder / script)], version)


def _needs_install(folder: Path, requirements: Sequence[str]) -> bool:
    note = folder / _INSTALLED
    return not note.is_file() or note.read_text("utf-8").split("\n") != list(requirements)


def _remember(folder: Path, requirements: Sequence[str]) -> None:
    (folder / _INSTALLED).write_text("\n".join(requirements), "utf-8")


def _run(command: list[str], folder: Path) -> str:
    try:
        finished = subprocess.run(  # noqa: S603  # our own words
            command, cwd=folder, capture_output=True, text=True, timeout=PATIENCE_SECONDS, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise LeftOut(f"{Path(command[0]).name} took longer than {PATIENCE_SECONDS} s") from error
    if finished.returncode:
        last = (finished.stderr.strip().splitlines() or ["no word of it"])[-1]
        raise LeftOut(f"{' '.join(command[1:4])} failed: {last[:200]}")
    return finished.stdout
