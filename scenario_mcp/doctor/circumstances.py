"""The circumstances of an examination: this machine and its user, the settings, and how lines are typed here."""

import os
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from scenario_mcp.doctor.redaction import Redaction
from scenario_mcp.doctor.shell import Shell
from scenario_mcp.errors import SettingsRefused
from scenario_mcp.hosts.launch import PROGRAM, own_launch
from scenario_mcp.hosts.places import Machine, System
from scenario_mcp.settings import Settings


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What is examined."""

    environ: Mapping[str, str]
    machine: Machine
    folder: Path
    """The current one, or the home if that is gone."""
    settings: Settings
    """Without what is wrong in them."""
    shell: Shell
    wrong_names: frozenset[str] = frozenset()
    """Settings that were left out."""
    is_offline: bool = False
    from_options: frozenset[str] = frozenset()
    """Variables that options of the command line stand for."""
    redaction: Redaction = field(default_factory=Redaction)
    """Learns the secrets that are read on the way."""

    @property
    def home_variable(self) -> str:
        """The variable that names the home folder."""
        return "USERPROFILE" if self.machine.system == "windows" else "HOME"

    def home_problem(self) -> str:
        """Say why hosts' files cannot be looked for; nothing if they can."""
        home = self.machine.home
        if not home:
            return f"{self.home_variable} is not set, so the files of hosts are not known"
        try:
            os.scandir(home).close()
        except OSError as error:
            return f"The home folder {home} cannot be read: {error.strerror}"
        return ""


def machine_here(environ: Mapping[str, str]) -> Machine:
    """Describe this machine; the home is empty where nobody knows it."""
    try:
        return Machine.here(environ)
    except RuntimeError:
        systems: dict[str, System] = {"darwin": "macos", "win32": "windows"}
        return Machine(systems.get(sys.platform, "linux"), "", environ)


def shell_here(machine: Machine) -> Shell:
    """Return how lines are typed here: this program by its name alone where the shell finds it."""
    environ = machine.environ
    if shutil.which(PROGRAM, path=environ.get("PATH")):
        return Shell(machine.system)
    try:
        launch = own_launch(environ, sys.prefix, sys.executable)
    except SettingsRefused:
        return Shell(machine.system)
    return Shell(machine.system, (launch.command, *launch.arguments))


def folder_here(machine: Machine) -> Path:
    """Return the current folder; the home, else the root, if it is gone."""
    try:
        return Path.cwd()
    except OSError:
        return Path(machine.home or os.sep)
