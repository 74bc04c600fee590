"""Where the files of hosts lie on one machine, and which hosts are installed on it."""

import shutil
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from scenario_mcp.hosts.host import Host

System = Literal["linux", "macos", "windows"]


@dataclass(frozen=True, slots=True)
class Machine:
    """What decides where files lie."""

    system: System
    home: str
    environ: Mapping[str, str]
    find_program: Callable[[str], str | None] = shutil.which

    @classmethod
    def here(cls, environ: Mapping[str, str]) -> "Machine":
        """Describe this machine and its user."""
        systems: dict[str, System] = {"darwin": "macos", "win32": "windows"}
        system = systems.get(sys.platform, "linux")
        home = environ.get("USERPROFILE" if system == "windows" else "HOME", "") or str(Path.home())
        return cls(system, home, environ, lambda name: shutil.which(name, path=environ.get("PATH")))

    @property
    def variables(self) -> dict[str, str]:
        """What stands in braces in the paths of hosts."""
        config = self.environ.get("XDG_CONFIG_HOME") or f"{self.home}/.config"
        support = {
            "linux": config,
            "macos": f"{self.home}/Library/Application Support",
            "windows": self.environ.get("APPDATA") or f"{self.home}/AppData/Roaming",
        }
        return {
            "home": self.home,
            "support": support[self.system],
            "local": self.environ.get("LOCALAPPDATA") or f"{self.home}/AppData/Local",
            "config": config if self.system == "linux" else f"{self.home}/.config",
        }


@dataclass(frozen=True, slots=True)
class Place:
    """A file that a host may read, and the folder or file that shows that it does."""

    file: Path
    sign: Path

    @property
    def is_used(self) -> bool:
        """Whether an installed host reads the file, be it written or not."""
        return self.sign.exists()


def user_places(host: Host, machine: Machine) -> tuple[Place, ...]:
    """Return all places of the user's files; a pattern with no match has none."""
    for name, pattern in host.moved_by.items():
        if value := machine.environ.get(name):
            path = Path(pattern.replace(f"{{{name}}}", value)).expanduser()
            return (Place(path, path.parent),)
    patterns = host.windows_files if machine.system == "windows" and host.windows_files else host.files
    return tuple(place for pattern in patterns for place in _places(pattern, machine.variables))


def is_installed(host: Host, machine: Machine) -> bool:
    """Whether the host has left files on the machine, or its command is there."""
    signs = [Path(sign.format_map(machine.variables)) for sign in host.signs]
    found = any(sign.exists() for sign in signs) if signs else any(each.is_used for each in user_places(host, machine))
    return found or any(machine.find_program(program) for program in host.programs)


def files_to_write(host: Host, machine: Machine) -> tuple[Path, ...]:
    """Return the files that the host reads here, or the one that it will read; none if it has no files."""
    places = user_places(host, machine)
    used = [place.file for place in places if place.is_used]
    if host.writes_all and used:
        return tuple(used)
    present = [file for file in used if file.exists()]
    return tuple((present or used or [place.file for place in places])[:1])


def project_file(host: Host, project: Path) -> Path | None:
    """Return the host's file in a project; None if it has none."""
    files = [project / each for each in host.project_files]
    return next((file for file in files if file.exists()), files[0] if files else None)


def _places(pattern: str, variables: Mapping[str, str]) -> Iterator[Place]:
    sign, _, rest = pattern.partition("//")
    fixed, star, varying = sign.partition("*")
    if not star:
        path = Path(sign.format_map(variables))
        yield Place(path / rest, path) if rest else Place(path, path.parent)
        return
    base, _, beginning = fixed.rpartition("/")
    folder, _, name = (beginning + star + varying).rpartition("/")
    for found in sorted(Path(base.format_map(variables)).glob(folder)):
        yield Place(found / name, found)
