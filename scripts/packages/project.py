"""The facts about the project that all packages tell: from `pyproject.toml` and the package's version."""

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path

VERSION = re.compile(r'(?m)^__version__ = "([^"]+)"$')


@dataclass(frozen=True, slots=True)
class Project:
    """What `pyproject.toml` says, and the version."""

    name: str
    version: str
    description: str
    author: str
    license: str
    keywords: tuple[str, ...]
    requires_python: str
    dependencies: tuple[str, ...]
    """As requirements (PEP 508), without extras."""
    repository: str
    """Where the source is published; empty as long as it is not."""


def version_file(root: Path) -> Path:
    """Return the one file that holds the version."""
    return root / "scenario_mcp" / "__init__.py"


def read_version(root: Path) -> str:
    """Return the version."""
    found = VERSION.search(version_file(root).read_text("utf-8"))
    if not found:
        raise ValueError(f"{version_file(root)} has no line __version__ = …")
    return found[1]


def read_project(root: Path) -> Project:
    """Read `pyproject.toml`."""
    table = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["project"]
    return Project(
        name=table["name"],
        version=read_version(root),
        description=table["description"],
        author=table["authors"][0]["name"],
        license=table["license"],
        keywords=tuple(table["keywords"]),
        requires_python=table["requires-python"],
        dependencies=tuple(table["dependencies"]),
        repository=table.get("urls", {}).get("Repository", ""),
    )
