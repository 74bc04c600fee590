"""How a host is to start this very program: by an absolute path that stays, or through uvx or pipx."""

import json
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from scenario_mcp.errors import SettingsRefused

PROGRAM = "scenario-mcp"
_UV_CACHE = re.compile(r"(archive|builds|environments)-v\d+")
_PIPX_CACHES = {".cache", "cache", "caches"}


@dataclass(frozen=True, slots=True)
class Launch:
    """A program by its absolute path, and the arguments that start this server."""

    command: str
    arguments: tuple[str, ...] = ()

    @property
    def shown(self) -> str:
        """As it is typed in a shell."""
        line = [self.command, *self.arguments]
        return subprocess.list2cmdline(line) if sys.platform == "win32" else shlex.join(line)

    def with_arguments(self, *more: str) -> "Launch":
        """Return the same with more arguments."""
        return Launch(self.command, (*self.arguments, *more))


def own_launch(environ: Mapping[str, str], prefix: str = sys.prefix, executable: str = sys.executable) -> Launch:
    """Return how the program that runs now is started again, at any later time.

    Raises:
        SettingsRefused: it runs in a cache that goes away, and what made it is not on the path.

    """
    parts = Path(prefix).parts
    if any(_UV_CACHE.fullmatch(part) for part in parts):
        command = _beside(environ.get("UV", ""), "uvx") or _on_path(environ, "uvx")
        return Launch(command, (*_origin("--from"), PROGRAM))
    if "pipx" in parts and _PIPX_CACHES.intersection(part.lower() for part in parts):
        return Launch(_on_path(environ, "pipx"), ("run", *_origin("--spec"), PROGRAM))
    if script := _beside(executable, PROGRAM):
        return Launch(script)
    return Launch(executable, ("-m", "scenario_mcp"))


def typed_program(environ: Mapping[str, str]) -> str:
    """Return what calls this program in the shell that it was started from: its name alone if the PATH leads to it."""
    try:
        launch = own_launch(environ)
    except SettingsRefused:  # a cache without its program
        return PROGRAM
    name = Path(launch.command).stem
    found = shutil.which(name, path=environ.get("PATH"))
    is_on_path = found is not None and Path(found).resolve() == Path(launch.command).resolve()
    return (Launch(name, launch.arguments) if is_on_path else launch).shown


def _beside(program: str, name: str) -> str:
    """Return the absolute path of a program in the folder of another; nothing if it is not there."""
    for ending in ("", ".exe"):
        path = Path(program).absolute().with_name(name + ending)
        if program and path.is_file():
            return str(path)
    return ""


def _on_path(environ: Mapping[str, str], name: str) -> str:
    found = shutil.which(name, path=environ.get("PATH"))
    if not found:
        raise SettingsRefused(
            f"This program runs in a cache that may be emptied, and {name} is not on the PATH. "
            f"Install it to stay: uv tool install {PROGRAM}, or pipx install {PROGRAM}."
        )
    return str(Path(found).absolute())


def _origin(option: str) -> tuple[str, ...]:
    """Return the option that names where this package was installed from, if that was no index."""
    try:
        text = distribution(PROGRAM).read_text("direct_url.json")
    except PackageNotFoundError:
        text = None
    if not text:
        return ()
    origin = json.loads(text)
    url = str(origin["url"])
    vcs = origin.get("vcs_info")
    if vcs:
        revision = vcs.get("requested_revision") or vcs["commit_id"]
        return (option, f"{vcs['vcs']}+{url}@{revision}")
    return (option, _local_path(url) if url.startswith("file:") else url)


def _local_path(url: str) -> str:
    from urllib.parse import urlsplit
    from urllib.request import url2pathname

    return url2pathname(urlsplit(url).path)
