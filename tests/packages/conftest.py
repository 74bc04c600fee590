"""One release of a copy of the project, made once: all tests here look at what it built."""

import shutil
import subprocess
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest

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


def git(root: Path, *words: str) -> str:
    done = subprocess.run(["git", *words], cwd=root, check=True, capture_output=True, text=True)  # noqa: S603, S607  # our own words
    return done.stdout.rstrip()


def committed(root: Path) -> Path:
    """Make a folder a git repository whose branch is main, with everything committed."""
    git(root, "init", "--quiet", "--initial-branch", "main")
    git(root, "config", "user.name", "Somebody")
    git(root, "config", "user.email", "somebody@example.com")
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--message", "Begin")
    return root


@pytest.fixture(scope="session")
def release(tmp_path_factory: pytest.TempPathFactory) -> Release:
    if not (ROOT / ".git").exists():
        pytest.skip("a release is made from a git repository")
    root = tmp_path_factory.mktemp("release") / "scenario-mcp"
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


@pytest.fixture(scope="session")
def unpacked_bundle(release: Release, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("bundle") / "an extension"
    with zipfile.ZipFile(release.packages.bundle) as archive:
        archive.extractall(folder)  # our own
    return folder
