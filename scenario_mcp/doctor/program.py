"""The program: its version and place, its Python, and the packages that it needs. Nothing but Python is needed here."""

import re
import shutil
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from importlib import metadata
from pathlib import Path

from scenario_mcp import __version__
from scenario_mcp.doctor.finding import Finding, Sign, note, well, wrong
from scenario_mcp.doctor.shell import Shell
from scenario_mcp.errors import SettingsRefused
from scenario_mcp.hosts.launch import PROGRAM, own_launch

OLDEST_PYTHON = (3, 11)
_REQUIREMENT = re.compile(r"(?P<name>[A-Za-z0-9._-]+)(?:\[[^]]*\])?\s*(?P<bounds>[^;]*)(?P<marker>;.*)?")
_BOUND = re.compile(r"(>=|<=|==|!=|<|>)\s*([\d.]+)")

InstalledVersion = Callable[[str], str]
"""The version of a package; raises `PackageNotFoundError`."""


def examine_program(environ: Mapping[str, str], shell: Shell) -> Iterator[Finding]:
    """Yield what is found."""
    try:
        place = own_launch(environ, sys.prefix, sys.executable).command
        yield well(f"scenario-mcp {__version__}, started by {place}")
    except SettingsRefused as error:
        place = sys.executable
        yield Finding.of_sentences(Sign.NOTE, str(error))
    version = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info < OLDEST_PYTHON:
        oldest = ".".join(map(str, OLDEST_PYTHON))
        yield wrong(
            f"Python {version} is too old: {oldest} or later is needed ({sys.executable})",
            f"Install scenario-mcp with a later one: uv tool install --python {oldest} {PROGRAM}",
        )
    else:
        yield well(f"Python {version}, {sys.executable}")
    yield from _other_program(environ, place)
    yield from examine_packages(shell)


def examine_packages(
    shell: Shell,
    requirements: Iterable[str] | None = None,
    version_of: InstalledVersion = metadata.version,
) -> Iterator[Finding]:
    """Yield the packages that are missing, or of a version that is not supported."""
    if requirements is None:
        try:
            requirements = metadata.requires(PROGRAM) or ()
        except metadata.PackageNotFoundError:
            yield note(
                "scenario-mcp runs from its source and is not installed, so its packages are not known",
                shell.call([sys.executable, "-m", "pip", "install", str(Path(__file__).parents[2])]),
            )
            return
    problems = [problem for each in requirements if (problem := _problem(each, version_of))]
    for fact, requirement in problems:
        yield wrong(fact, _reinstall(shell, requirement))
    if not problems:
        yield well("The packages that it needs are there")


def _problem(requirement: str, version_of: InstalledVersion) -> tuple[str, str] | None:
    """Say what is wrong with a package, and how it is asked for; None if all is well, or it is for other systems."""
    parts = _REQUIREMENT.match(requirement)
    if parts is None or parts["marker"]:
        return None
    name, bounds = parts["name"], parts["bounds"].strip(" ()")
    try:
        version = version_of(name)
    except metadata.PackageNotFoundError:
        return f"The package {name} is missing", f"{name}{bounds}"
    if all(_fits(version, sign, bound) for sign, bound in _BOUND.findall(bounds)):
        return None
    return f"The package {name} is of version {version}, and {bounds} is needed", f"{name}{bounds}"


def _fits(version: str, sign: str, bound: str) -> bool:
    there, wanted = _numbers(version), _numbers(bound)
    length = max(len(there), len(wanted))
    there, wanted = there + [0] * (length - len(there)), wanted + [0] * (length - len(wanted))
    fits = {">=": there >= wanted, "<=": there <= wanted, "==": there == wanted, "!=": there != wanted}
    return {**fits, "<": there < wanted, ">": there > wanted}[sign]


def _numbers(version: str) -> list[int]:
    beginning = re.match(r"\d+(?:\.\d+)*", version)
    return [int(each) for each in beginning[0].split(".")] if beginning else [0]


def _reinstall(shell: Shell, requirement: str) -> str:
    """Return what puts the packages right, by what installed this program."""
    parts = Path(sys.prefix).parts
    if {"uv", "tools"} <= set(parts):
        return f"uv tool install --reinstall {PROGRAM}"
    if "pipx" in parts:
        return f"pipx reinstall {PROGRAM}"
    return shell.call([sys.executable, "-m", "pip", "install", requirement])


def _other_program(environ: Mapping[str, str], place: str) -> Iterator[Finding]:
    """Tell if another installation is what the name starts."""
    found = shutil.which(PROGRAM, path=environ.get("PATH"))
    if found and Path(place).stem == PROGRAM and Path(found).resolve() != Path(place).resolve():
        yield note(
            f"The name {PROGRAM} starts another installation: {found}",
            f"Remove one of the two, or write the whole path: {place}",
        )
