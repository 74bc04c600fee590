"""Builds every package of one version into a folder."""

import asyncio
import json
import re
import subprocess
import sys
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path

from mcp.client import Client

from scenario_mcp.server.app import build_server
from scenario_mcp.settings import Sandbox, Settings
from scripts.packages.bundle import Tools, bundle_name, make_bundle
from scripts.packages.project import Project, read_project
from scripts.packages.registry import server_json

_SENTENCE = re.compile(r"[^.]+\.")


class BuildFailed(Exception):
    """A package does not build; the message holds what hatchling says."""


@dataclass(frozen=True, slots=True)
class Packages:
    """What was built, as files."""

    project: Project
    sdist: Path
    wheel: Path
    bundle: Path
    server: Path | None
    """The entry of the registry; None as long as the project's repository is not known."""


def build(root: Path, to: Path, remote: str = "") -> Packages:
    """Build into an empty folder. The wheel is built from the sdist, which so shows that it is complete.

    Raises:
        BuildFailed: a package does not build.
        ValueError: the project's repository is not one on GitHub.

    """
    project = read_project(root)
    to.mkdir(parents=True, exist_ok=True)
    _hatchling(root, "sdist", to)
    (sdist,) = to.glob("*.tar.gz")
    with tempfile.TemporaryDirectory() as folder:
        with tarfile.open(sdist) as archive:
            archive.extraction_filter = getattr(tarfile, "data_filter", None)  # not in Python before 3.11.4
            archive.extractall(folder)  # noqa: S202  # made just now, by this very project
        (source,) = Path(folder).iterdir()
        _hatchling(source, "wheel", to)
    (wheel,) = to.glob("*.whl")
    content = make_bundle(root, project, wheel, asyncio.run(_tools()))
    bundle = to / bundle_name(project)
    bundle.write_bytes(content)
    server = None
    if project.repository:
        server = to / "server.json"
        server.write_text(f"{json.dumps(server_json(project, content, remote), indent=2)}\n", "utf-8")
    return Packages(project, sdist, wheel, bundle, server)


def _hatchling(source: Path, target: str, to: Path) -> None:
    command = [sys.executable, "-m", "hatchling", "build", "-t", target, "-d", str(to.resolve())]
    done = subprocess.run(command, cwd=source, capture_output=True, text=True, check=False)  # noqa: S603  # our own words
    if done.returncode:
        raise BuildFailed(f"The {target} does not build.\n{done.stderr}".rstrip())


async def _tools() -> Tools:
    """Return the first sentence that each tool says of itself."""
    async with Client(build_server(Settings(upstream=Sandbox()))) as client:
        tools = (await client.list_tools()).tools
    sentences = {tool.name: _SENTENCE.match(tool.description or "") for tool in tools}
    return {name: found[0] if found else "" for name, found in sentences.items()}
