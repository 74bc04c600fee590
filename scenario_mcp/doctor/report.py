"""The report: findings as lines for people, and as JSON for programs."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import TextIO

from scenario_mcp import __version__
from scenario_mcp.doctor.finding import Finding, Sign

SIGNS: Mapping[Sign, tuple[str, str]] = {
    Sign.WELL: ("\u2713", "ok  "),
    Sign.NOTE: ("!", "note"),
    Sign.WRONG: ("\u2717", "FAIL"),
    Sign.SKIPPED: ("-", "skip"),
}
"""Each sign, and the word for it where the alphabet is too narrow."""
_ARROW = ("\u2192", "->")


def lines_of(title: str, findings: Iterable[Finding], *, is_ascii: bool) -> list[str]:
    """Return the lines of one area: its title, and one line a finding."""
    lines = [title]
    for each in findings:
        step = f" {_ARROW[is_ascii]} {each.next_step}" if each.next_step else ""
        lines.append(f"  {SIGNS[each.sign][is_ascii]} {each.fact}{step}")
    return lines


def summary(findings: Sequence[Finding]) -> str:
    """Return the last line."""
    wrong = sum(each.sign is Sign.WRONG for each in findings)
    notes = sum(each.sign is Sign.NOTE for each in findings)
    worth = f"{notes} {'is' if notes == 1 else 'are'} worth a look"
    if not wrong:
        return f"All is well; {worth}." if notes else "All is well."
    what = "1 thing is wrong" if wrong == 1 else f"{wrong} things are wrong"
    return f"{what}; {worth}." if notes else f"{what}."


def as_json(areas: Mapping[str, Sequence[Finding]]) -> str:
    """Return all findings as one object."""
    findings = [
        {"area": area, "sign": each.sign, "fact": each.fact, "next_step": each.next_step or None}
        for area, found in areas.items()
        for each in found
    ]
    wrong = sum(each["sign"] is Sign.WRONG for each in findings)
    report = {"version": __version__, "is_well": not wrong, "wrong": wrong, "findings": findings}
    return json.dumps(report, indent=2)


def has_signs(stream: TextIO) -> bool:
    """Whether the alphabet of a stream has the signs."""
    try:
        "".join([*(sign for sign, _ in SIGNS.values()), _ARROW[0]]).encode(stream.encoding or "ascii")
    except (LookupError, UnicodeEncodeError):
        return False
    return True
