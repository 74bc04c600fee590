"""Ids of what was found lately, which completions offer."""

import sys
from collections.abc import Iterable
from itertools import islice

MAX_REMEMBERED = 200
"""Of each resource type."""


class RecentIds:
    """The ids of the last hits of each resource type with their names, newest first."""

    def __init__(self) -> None:
        self._names: dict[str, dict[str, str]] = {"assets": {}, "models": {}}

    def add(self, resource_type: str, hits: Iterable[tuple[str, str | None]]) -> None:
        """Remember hits (id, name) in their order; the oldest are forgotten.

        Callers of one project find the same hits, so texts that are equal are kept once for all of them.
        """
        names = self._names[resource_type]
        intern, forget = sys.intern, names.pop
        for hit_id, name in reversed([*hits]):
            forget(hit_id, None)
            names[intern(hit_id)] = intern(name) if name else ""
        for oldest in [*islice(names, max(0, len(names) - MAX_REMEMBERED))]:
            del names[oldest]

    def complete(self, resource_type: str, beginning: str) -> list[str]:
        """Return the ids that begin so, or whose name holds these letters, newest first."""
        wanted = beginning.strip().lower()
        newest = reversed(self._names[resource_type].items())
        return [hit_id for hit_id, name in newest if hit_id.lower().startswith(wanted) or wanted in name.lower()]
