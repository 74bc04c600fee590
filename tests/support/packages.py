"""A release of a copy of the project, and what is done with its packages: installing the wheel, starting the bundle."""

import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from mcp.client.stdio import StdioServerParameters

from scripts.packages.build import Packages
from scripts.packages.project import read_project
from scripts.release.__main__ import main

ROOT = Path(__file__).parents[2]
REPOSITORY = "https://github.com/example/scenario-mcp"
VERSION = "9.8.7"


@dataclass(frozen=True)
class Release:
    """A copy of the project after its release, the packages, and what was printed."""

    root: Path
    packages: Packages
    exit_code: int
    output: str


def run(*words: str | Path, cwd: Path | None = None) -> str:
    """Run a program that must succeed; return what it writes."""
    done = subprocess.run(words, cwd=cwd, capture_output=True, text=True, timeout=100, check=False)  # noqa: S603  # our own words
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout.rstrip()


def git(root: Path, *words: str) -> str:
    return run("git", *words, cwd=root)


def committed(root: Path) -> Path:
    """Make a folder a git repository whose branch is main, with everything committed."""
    git(root, "init", "--quiet", "--initial-branch", "main")
    git(root, "config", "user.name", "Somebody")
    git(root, "config", "user.email", "somebody@example.com")
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--message", "Begin")
    return root


def make_release(root: Path) -> Release:
    """Copy what is in the work tree into a folder, give it an address, and release it."""
    if not (ROOT / ".git").exists():
        pytest.skip("a release is made from a git repository")
    for name in git(ROOT, "ls-files", "--cached", "--others", "--exclude-standard").splitlines():
        if (ROOT / name).exists():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, root / name)
    project = root / "pyproject.toml"
    urls = f'[project.urls]\nRepository = "{REPOSITORY}"\n\n[project.scripts]'
    project.write_text(project.read_text("utf-8").replace("[project.scripts]", urls, 1), "utf-8")
    log = root / "CHANGELOG.md"
    log.write_text(log.read_text("utf-8").replace("\n## ", "\n## 9.9.9 (unreleased)\n\n- A line.\n\n## ", 1), "utf-8")
    committed(root)
    with pytest.MonkeyPatch.context() as patch:
        printed: list[str] = []
        patch.setattr("builtins.print", lambda *words, **_: printed.append("\n".join(map(str, words))))
        exit_code = main([VERSION, "--without-mcpb"], root)
    folder = root / "dist" / VERSION
    packages = Packages(
        read_project(root),
        folder / f"scenario_mcp-{VERSION}.tar.gz",
        folder / f"scenario_mcp-{VERSION}-py3-none-any.whl",
        folder / f"scenario-mcp-{VERSION}.mcpb",
        folder / "server.json",
    )
    return Release(root, packages, exit_code, "\n".join(printed))


def environment_with(wheel: Path, folder: Path) -> Path:
    """Make an environment that has the wheel, and beside it what this one has but the project; return its Python."""
    run(sys.executable, "-m", "venv", "--without-pip", folder)
    python = folder / ("Scripts" if sys.platform == "win32" else "bin") / "python"
    packages = Path(run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"))
    # A path in a file of paths comes after the environment's own, and its own files of paths are not read: so an
    # editable installation of the project in it is not seen.
    paths = [path for path in sys.path if path.endswith("site-packages")]
    (packages / "tests.pth").write_text("\n".join(paths), "utf-8")
    if shutil.which("uv"):
        run("uv", "pip", "install", "--quiet", "--no-deps", "--python", python, wheel)
    else:
        run(sys.executable, "-m", "pip", "--python", python, "install", "--quiet", "--no-deps", "--no-index", wheel)
    imported = run(python, "-c", "import scenario_mcp; print(scenario_mcp.__file__)", cwd=folder)
    assert Path(imported).is_relative_to(folder)
    return python


def as_a_host_says(manifest: dict[str, Any], folder: Path, answers: Mapping[str, str | bool]) -> StdioServerParameters:
    """Replace variables as the format's MANIFEST.md says: the folder, answers or their defaults; others stay."""
    values: dict[str, str | bool] = {name: each["default"] for name, each in manifest["user_config"].items()}
    texts = {
        f"user_config.{name}": str(value).lower() if isinstance(value, bool) else value
        for name, value in {**values, **answers}.items()
    } | {"__dirname": str(folder)}

    def replaced(text: str) -> str:
        return re.sub(r"\$\{([\w.]+)\}", lambda found: texts.get(found[1], found[0]), text)

    config = manifest["server"]["mcp_config"]
    return StdioServerParameters(
        command=config["command"],
        args=[replaced(each) for each in config["args"]],
        env={name: replaced(value) for name, value in config["env"].items()},
    )
