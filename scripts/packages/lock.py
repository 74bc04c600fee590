"""The lock file of the bundle: the part of the project's `uv.lock` that a user needs, with the very same versions."""

import re
import tomllib
from typing import Any

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

from scripts.packages.project import Project

_PACKAGE = "[[package]]\n"
_MARKER_OF_AN_EXTRA = re.compile(r"\bextra == ")


def outdated(text: str, project: Project) -> list[str]:
    """Return the requirements of which the lock knows nothing, or another version, or that are none any more.

    Markers are not compared, since uv writes them in a form of its own.
    """
    own = next(each for each in tomllib.loads(text)["package"] if each["name"] == project.name)
    ours = {
        (canonicalize_name(each.name), str(each.specifier), tuple(sorted(each.extras)))
        for each in map(Requirement, project.dependencies)
    }
    locked = {
        (each["name"], str(SpecifierSet(each.get("specifier", ""))), tuple(sorted(each.get("extras", []))))
        for each in own["metadata"]["requires-dist"]
        if not _MARKER_OF_AN_EXTRA.search(each.get("marker", ""))
    }
    specifiers = {
        (name, str(Requirement(f"{name}{specifier}").specifier), extras) for name, specifier, extras in locked
    }
    return sorted({name for name, _, _ in ours ^ specifiers})


def bundle_lock(text: str, project: Project) -> str:
    """Return the lock of a project that has the same dependencies, is not built, and has no extras.

    The texts of the packages stay as uv wrote them; only the project's own is written anew.
    """
    head, *blocks = text.split(_PACKAGE)
    head = head.partition("[manifest]")[0]  # what the project is built with
    packages = [(block, tomllib.loads(f"{_PACKAGE}{block}")["package"][0]) for block in blocks]
    own = next(package for _, package in packages if package["name"] == project.name)
    needed = _reachable(own, [package for _, package in packages])
    written = [
        _own_block(own, project) if package is own else block
        for block, package in packages
        if package is own or (package["name"], package["version"]) in needed
    ]
    return f"{head}{_PACKAGE}{_PACKAGE.join(written)}".rstrip() + "\n"


def _reachable(own: dict[str, Any], packages: list[dict[str, Any]]) -> set[tuple[str, str]]:
    """Return the name and version of every package that the project needs, on any system."""
    waiting, found = list(own["dependencies"]), set[tuple[str, str]]()
    while waiting:
        wanted = waiting.pop()
        for package in packages:
            if package["name"] != wanted["name"] or package["version"] != wanted.get("version", package["version"]):
                continue
            key = (package["name"], package["version"])
            if key not in found:
                found.add(key)
                waiting += package.get("dependencies", [])
            for extra in wanted.get("extra", []):
                waiting += package["optional-dependencies"].get(extra, [])
    return found


def _own_block(own: dict[str, Any], project: Project) -> str:
    requirements = [
        each for each in own["metadata"]["requires-dist"] if not _MARKER_OF_AN_EXTRA.search(each.get("marker", ""))
    ]
    lines = [
        f'name = "{project.name}"',
        f'version = "{project.version}"',
        'source = { virtual = "." }',
        *_array("dependencies", own["dependencies"]),
        "",
        "[package.metadata]",
        *_array("requires-dist", requirements),
        "",
        "",
    ]
    return "\n".join(lines)


def _array(name: str, items: list[dict[str, Any]]) -> list[str]:
    return [f"{name} = [", *(f"    {_inline(item)}," for item in items), "]"]


def _inline(value: object) -> str:
    """Write strings, lists and tables as uv does."""
    match value:
        case dict():
            return "{ " + ", ".join(f"{key} = {_inline(item)}" for key, item in value.items()) + " }"
        case list():
            return "[" + ", ".join(_inline(item) for item in value) + "]"
        case _:
            return f'"{value}"'
