"""Ids, owners and dates of the catalogue."""

from __future__ import annotations

import hashlib
import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
END = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)


def ident(prefix: str, key: str) -> str:
    """Return a stable id: the prefix and 22 letters that depend on the key alone."""
    number = int.from_bytes(hashlib.sha256(key.encode()).digest(), "big")
    out = ""
    for _ in range(22):
        number, rest = divmod(number, len(_LETTERS))
        out += _LETTERS[rest]
    return prefix + out


@dataclass(frozen=True)
class Owner:
    """A project, its team and its people."""

    project: str
    team: str
    authors: tuple[str, ...]


OWN = Owner("proj_sandbox", "team_sandbox", tuple(ident("user_", n) for n in ("mara", "jonas", "yuki")))
PUBLIC = Owner("proj_scenario", "team_scenario", (ident("user_", "scenario"),))


def community(name: str) -> Owner:
    """One of the community studios."""
    return Owner(f"proj_community-{name}", f"team_{name}", (ident("user_", name),))


STUDIOS = (community("atelier"), community("starforge"))

COLLECTION_NAMES = {
    "heroes": "Heroes",
    "creatures": "Creatures",
    "props": "Props",
    "environments": "Environments",
    "concept": "Concept art",
    "icons": "Icons",
}
COLLECTIONS = {key: ident("collection_", name.lower()) for key, name in COLLECTION_NAMES.items()}


def stamp(when: datetime) -> str:
    """ISO date with milliseconds."""
    return when.strftime("%Y-%m-%dT%H:%M:%S.") + f"{when.microsecond // 1000:03d}Z"


def between(rng: random.Random, start: datetime, end: datetime) -> datetime:
    """Return a moment in office hours, roughly."""
    day = start + timedelta(seconds=rng.uniform(0, (end - start).total_seconds()))
    day = day.replace(
        hour=rng.randint(8, 18),
        minute=rng.randrange(60),
        second=rng.randrange(60),
        microsecond=rng.randrange(1000) * 1000,
    )
    return min(max(day, start), end)


def moment(rng: random.Random, year0: int, month0: int, year1: int, month1: int) -> str:
    """Return a date between two months."""
    return stamp(between(rng, datetime(year0, month0, 2, tzinfo=UTC), datetime(year1, month1, 28, tzinfo=UTC)))
