"""The headings of `CHANGELOG.md`: `## 0.1.0 (unreleased)` becomes `## 0.1.0 (2026-11-29)`."""

import datetime as dt
import re

HEADING = re.compile(r"(?m)^## (\S+) \(([^)]+)\)$")
_UNRELEASED = "unreleased"


class NoEntries(Exception):
    """The changelog says nothing of a version that is not released."""


def top(text: str) -> tuple[str, str]:
    """Return the version of the first heading, and its day or `unreleased`."""
    found = HEADING.search(text)
    if not found:
        raise NoEntries("CHANGELOG.md has no heading such as `## 0.1.0 (unreleased)`.")
    return found[1], found[2]


def entries(text: str) -> str:
    """Return what stands under the first heading."""
    found = HEADING.search(text)
    return HEADING.split(text, maxsplit=2)[3].strip() if found else ""


def released(text: str, version: str, day: dt.date) -> str:
    """Return the changelog with a first heading that names the version and the day.

    Raises:
        NoEntries: the first heading is of a version that is released, or nothing stands under it.

    """
    if top(text)[1] != _UNRELEASED:
        raise NoEntries(f"CHANGELOG.md has no unreleased entries. Add them under `## {version} (unreleased)`.")
    if not entries(text):
        raise NoEntries("CHANGELOG.md has an unreleased heading without entries.")
    return HEADING.sub(f"## {version} ({day.isoformat()})", text, count=1)
