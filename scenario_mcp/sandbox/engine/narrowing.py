"""Narrowing: the places of words in ever fewer documents, as one rule after the other parts them.

Each rule asks within the documents that the rule before has left. The places there are taken from those that the rule
before has seen, so that all places of a frequent word are looked at once in a search, if at all.
"""

from array import array
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from scenario_mcp.sandbox.engine import bitsets
from scenario_mcp.sandbox.engine.layout import ATTRIBUTE_SHIFT, OFFSET_SHIFT
from scenario_mcp.sandbox.engine.postings import Postings, paired, rounded_position
from scenario_mcp.sandbox.engine.vocabulary import Words

POSITION_MASK = (1 << ATTRIBUTE_SHIFT) - 1
ATTRIBUTE_MASK = (1 << OFFSET_SHIFT - ATTRIBUTE_SHIFT) - 1


def _all_rounded() -> "array[int]":
    """Return the rounded position of each position: steps of equal ones, of which most are long."""
    rounded = array("I")
    while len(rounded) <= POSITION_MASK:
        value = rounded_position(len(rounded))
        rounded += array("I", [value]) * (value - len(rounded) + (rounded_position(value) == value))
    return rounded[: POSITION_MASK + 1]


ROUNDED = _all_rounded()


@dataclass(slots=True)
class _Step:
    universe: int
    places: Sequence[int]
    by_attribute: Mapping[int, int] | None = None
    by_position: Mapping[int, int] | None = None


class NarrowedPostings:
    """The places of one search, kept for as long as its rules are."""

    def __init__(self, postings: Postings) -> None:
        self._postings = postings
        self._steps: dict[Words, list[_Step]] = defaultdict(list)

    def _step(self, words: Words, universe: int) -> _Step:
        steps = self._steps[words]
        while steps and bitsets.without(universe, steps[-1].universe):
            steps.pop()
        if not steps:
            steps.append(_Step(universe, self._postings.places(words, universe)))
        elif steps[-1].universe != universe:
            steps.append(_Step(universe, _within(steps[-1].places, universe)))
        return steps[-1]

    def by_attribute(self, words: Words, universe: int) -> Mapping[int, int]:
        """Return the documents that have any of the words in each attribute."""
        step = self._step(words, universe)
        if step.by_attribute is None:
            groups: dict[int, list[int]] = defaultdict(list)
            for place in step.places:
                groups[place >> ATTRIBUTE_SHIFT & ATTRIBUTE_MASK].append(place >> OFFSET_SHIFT)
            step.by_attribute = {attribute: bitsets.from_numbers(numbers) for attribute, numbers in groups.items()}
        return step.by_attribute

    def by_position(self, words: Words, universe: int) -> Mapping[int, int]:
        """Return the documents that have any of the words at each position; far positions are grouped."""
        step = self._step(words, universe)
        if step.by_position is None:
            groups: dict[int, list[int]] = defaultdict(list)
            for place in step.places:
                groups[ROUNDED[place & POSITION_MASK]].append(place >> OFFSET_SHIFT)
            step.by_position = {position: bitsets.from_numbers(numbers) for position, numbers in groups.items()}
        return step.by_position

    def pairs(self, left: Words, right: Words, distance: int, universe: int) -> int:
        """Return the documents with one of the words, and `distance` words after it in its attribute one of others."""
        return paired(self._step(left, universe).places, self._step(right, universe).places, distance)


def _within(places: Sequence[int], universe: int) -> Sequence[int]:
    inside = set(bitsets.numbers_in(universe))
    return [place for place in places if place >> OFFSET_SHIFT in inside]
