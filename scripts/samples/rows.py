"""What every row of the catalogue starts from."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from .ids import END, OWN, Owner, between, ident, stamp

Row = dict[str, Any]


@dataclass
class Entry:
    """A row of the catalogue and where its file comes from."""

    row: Row
    kind: str  # picture, clip, sound, wave, solid, render, text, json, document
    source: Any
    suffix: str

    @property
    def file(self) -> str:
        """The name of the media file."""
        return f"{self.row['id']}.{self.suffix}"


def base(key: str, owner: Owner, author: int, rng: random.Random, made: datetime) -> Row:
    """Return a row with the parts that every kind of asset has."""
    changed = (
        made
        if rng.random() < 0.4
        else made + min(timedelta(hours=rng.expovariate(1 / 200)), (END - made) * rng.random())
    )
    return {
        "id": ident("asset_", key),
        "authorId": owner.authors[author % len(owner.authors)],
        "collectionIds": [],
        "createdAt": stamp(made),
        "updatedAt": stamp(changed),
        "metadata": {},
        "mimeType": "image/png",
        "nsfw": [],
        "ownerId": owner.project,
        "privacy": "public",
        "tags": [],
        "teamId": owner.team,
    }


def old(rng: random.Random) -> datetime:
    """Return a moment before the last days."""
    return between(rng, datetime(2024, 11, 1, 8, tzinfo=UTC), datetime(2026, 11, 6, tzinfo=UTC))


def privacy(owner: Owner, rng: random.Random) -> str:
    """Return who may see a row of this owner."""
    if owner is not OWN:
        return "public"
    return rng.choices(("private", "unlisted", "public"), (76, 12, 12))[0]
