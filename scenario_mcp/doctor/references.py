"""References to variables in a host's entry: replaced as that host replaces them, and those that it leaves as text."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from scenario_mcp.hosts.host import Host

_REFERENCE = re.compile(
    r"\$\{env:(?P<dollar_env>\w+)\}|\$\{input:(?P<input>[\w.-]+)\}|\$\{(?P<brace>[A-Za-z_]\w*)(?::-(?P<default>[^}]*))?\}"
    r"|(?<!\$)\{env:(?P<env>\w+)\}|\$(?P<dollar>[A-Za-z_]\w*)|%(?P<percent>[A-Za-z_]\w*)%"
)
STAND_IN = "asked-for-by-the-host"
"""In place of what a host asks a person for: listing the tools needs no real one."""
_READ_BY: Mapping[str, frozenset[str]] = {
    "${NAME:-}": frozenset({"brace"}),
    "${NAME}": frozenset({"brace", "dollar"}),
    "${env:NAME}": frozenset({"dollar_env"}),
    "${input:NAME}": frozenset({"dollar_env", "input"}),
    "{env:NAME}": frozenset({"env"}),
}


@dataclass(frozen=True, slots=True)
class Replaced:
    """A value as the server gets it."""

    value: str
    unset: tuple[str, ...] = ()
    """Variables that are not set here."""
    left: tuple[str, ...] = ()
    """References that the host leaves as text."""
    is_asked_for: bool = False


def replace_references(value: str, host: Host, environ: Mapping[str, str]) -> Replaced:
    """Replace what this host replaces."""
    forms = _READ_BY.get(host.reference, frozenset())
    unset: list[str] = []
    left: list[str] = []
    asked: list[str] = []

    def replacement(found: re.Match[str]) -> str:
        form = found.lastgroup if found.lastgroup != "default" else "brace"
        name = found[form or 0]
        if form not in forms:
            left.append(found[0])
            return found[0]
        if form == "input":
            asked.append(name)
            return STAND_IN
        if environ.get(name):
            return environ[name]
        if found["default"] and form == "brace":
            return found["default"]
        unset.append(name)
        if form == "brace" and (found["default"] is not None or not host.reference.endswith(":-}")):
            return ""
        return found[0] if host.reference.endswith(":-}") else ""

    return Replaced(_REFERENCE.sub(replacement, value), tuple(unset), tuple(left), bool(asked))
