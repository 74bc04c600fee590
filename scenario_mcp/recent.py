"""What was found lately: ids to complete, for a person who picks a resource or fills in a prompt."""

from collections import OrderedDict
from collections.abc import Iterable

MAX_REMEMBERED = 200
MAX_COMPLETIONS = 100
"""As many values as MCP lets one completion hold."""


class RecentHits:
    """The ids of the last hits of each collection with their names, newest first."""

    def __init__(self) -> None:
        self._names: dict[str, OrderedDict[str, str]] = {"assets": OrderedDict(), "models": OrderedDict()}

    def add(self, collection: str, hits: Iterable[tuple[str, str | None]]) -> None:
        """Remember hits (id, name) in their order; the oldest are forgotten."""
        names = self._names[collection]
        for hit_id, name in reversed([*hits]):
            names[hit_id] = (name or "").lower()
            names.move_to_end(hit_id)
        while len(names) > MAX_REMEMBERED:
            names.popitem(last=False)

    def complete(self, collection: str, beginning: str) -> list[str]:
        """Return the ids that begin so, or whose name holds these letters, newest first."""
        wanted = beginning.strip().lower()
        newest = reversed(self._names[collection].items())
        return [hit_id for hit_id, name in newest if hit_id.lower().startswith(wanted) or wanted in name]
