"""What the one call of a single request must bring, whatever form the call has."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from benchmarks.agents.session import Result


@dataclass(frozen=True)
class Expectation:
    """What is expected of the result of a call; each part that is given must hold, and the call must not be refused."""

    hits: Sequence[str] | None = None
    """Ids of all hits: no other, none missing."""
    ordered: bool = False
    """Whether `hits` is also their order."""
    includes: Sequence[str] = ()
    """Ids that are among the hits."""
    at_most: int | None = None
    """How many hits there may be."""
    leading: Sequence[str] = ()
    """Ids of which all of the first `of_first` hits are."""
    of_first: int = 3
    refers: Sequence[str] = ()
    """Ids that the call itself names as pictures or assets."""
    total: int | None = None
    """How many there are in all, said by the answer."""
    shows: Sequence[str] = ()
    """Texts that the answer holds."""
    pictures: int = 0
    """How many pictures the answer holds."""

    def complaint(self, arguments: Mapping[str, Any], result: Result) -> str | None:
        """Say what is wrong with a call and its result, None if they are right."""
        if result.is_error:
            return "the call was refused"
        return (
            self._about_hits(result)
            or self._about_the_count(result)
            or _lacking(self.refers, json.dumps(arguments), "the call does not name")
            or _lacking(self.shows, result.text, "the answer does not hold")
            or (f"{result.pictures} pictures, not {self.pictures}" if result.pictures < self.pictures else None)
        )

    def _about_hits(self, result: Result) -> str | None:
        found = result.hit_ids
        if self.hits is not None and set(found) != set(self.hits):
            return f"missing {sorted(set(self.hits) - set(found))}; wrong {sorted(set(found) - set(self.hits))}"
        if self.hits is not None and self.ordered and list(found) != list(self.hits):
            return "another order"
        if missing := sorted(set(self.includes) - set(found)):
            return f"missing {missing}"
        if self.at_most is not None and len(found) > self.at_most:
            return f"{len(found)} hits, at most {self.at_most} are to the point"
        if self.leading:
            first = found[: self.of_first]
            wrong = [each for each in first if each not in self.leading]
            if wrong or len(first) < self.of_first:
                return f"among the first {self.of_first}: wrong {wrong}"
        return None

    def _about_the_count(self, result: Result) -> str | None:
        if self.total is None or result.total == self.total:
            return None
        return f"the answer counts {result.total}, not {self.total}"


def _lacking(texts: Sequence[str], where: str, says: str) -> str | None:
    lacking = [text for text in texts if text not in where]
    return f"{says} {lacking}" if lacking else None
