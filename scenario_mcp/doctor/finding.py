"""A finding: one fact, whether it is well, and what to do next."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Self

from scenario_mcp.errors import ScenarioError


class Sign(StrEnum):
    """How a fact is to be taken."""

    WELL = "well"
    NOTE = "note"
    """It works, but is worth a look."""
    WRONG = "wrong"
    """It keeps something from working."""
    SKIPPED = "skipped"
    """It was not looked at."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One line: what was found, and exactly what to type or change; nothing where nothing is to be done."""

    sign: Sign
    fact: str
    next_step: str = ""

    @classmethod
    def of_sentences(cls, sign: Sign, message: str, otherwise: str = "") -> Self:
        """Part a message that says what happened, then what to do; `otherwise` is the step of one that does not."""
        fact, mark, rest = message.partition(". ")
        return cls(sign, fact + "." if mark else fact, rest or otherwise)

    @classmethod
    def of_error(cls, sign: Sign, error: ScenarioError) -> Self:
        """Part what is told of an error to a person who can change the settings."""
        return cls.of_sentences(sign, error.told(to_operator=True))


def well(fact: str) -> Finding:
    """Return a finding of something that works."""
    return Finding(Sign.WELL, fact)


def note(fact: str, next_step: str) -> Finding:
    """Return a finding that is worth a look."""
    return Finding(Sign.NOTE, fact, next_step)


def wrong(fact: str, next_step: str) -> Finding:
    """Return a finding of something that does not work."""
    return Finding(Sign.WRONG, fact, next_step)


def skipped(fact: str, next_step: str = "") -> Finding:
    """Return a finding of something that was not looked at, and why."""
    return Finding(Sign.SKIPPED, fact, next_step)
