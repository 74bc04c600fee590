"""Ranking of documents one by one, by what each rule says of it: for queries that can be meant in one way only.

It is for few documents, or for those of a single term, which are ranked as far as they are asked for.

Where a graph has one path, without phrases, a rule costs each document the sum of what it costs at each term, so that
nothing need be parted into buckets step by step.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple, TypeAlias

from scenario_mcp.sandbox.engine.layout import ATTRIBUTE_SHIFT, OFFSET_SHIFT
from scenario_mcp.sandbox.engine.narrowing import ATTRIBUTE_MASK, POSITION_MASK, ROUNDED
from scenario_mcp.sandbox.engine.postings import Postings, rounded_position
from scenario_mcp.sandbox.engine.terms import Subset

DirectRule: TypeAlias = Callable[[Sequence[Subset], Sequence[int]], Iterator[list[int]]]
"""Parts documents, given by their numbers, into groups of equals, the best first; within each in order of insertion."""

FARTHEST = 3
"""The cost of two neighbouring terms that are not near each other."""
_COST_BITS = 16
_ATTRIBUTE_BITS = ATTRIBUTE_MASK << ATTRIBUTE_SHIFT
_WHOLE, _BEGINNING, _NEITHER = range(3)


class _Exact(NamedTuple):
    """A term that is looked for as it is: its position in the query, and its places in documents."""

    position: int
    having: Mapping[int, Sequence[int]]


class DirectRanking:
    """The rules of one search."""

    def __init__(self, postings: Postings, position_cost: Callable[[Subset, int], int]) -> None:
        self._postings = postings
        self._position_cost = position_cost

    def by_proximity(self, terms: Sequence[Subset], numbers: Sequence[int]) -> Iterator[list[int]]:
        """Rank by proximity, then attribute, then position."""
        costs, places = self._costs(terms, numbers)
        for (left, right), (lefts, rights) in zip(pairwise(terms), pairwise(places), strict=True):
            if left.end + 1 == right.start:
                term = right.term
                before = self._postings.places_in(term.exact, costs) if term.is_frequent_beginning else rights
                for number, nearness in _nearness(lefts, rights, before).items():
                    costs[number] += nearness - FARTHEST << 2 * _COST_BITS
        return _grouped(costs)

    def by_attribute(self, terms: Sequence[Subset], numbers: Sequence[int]) -> Iterator[list[int]]:
        """Rank by attribute, then position."""
        return _grouped(self._costs(terms, numbers)[0])

    def by_attribute_alone(self, term: Subset, universe: int) -> Iterator[list[int]]:
        """Rank the documents of a term, however many, by attribute, then position."""
        places = self._postings.places(term.words(), universe)
        seen: dict[int, None] = {}
        attribute = 0
        while places:
            here = dict.fromkeys([place >> OFFSET_SHIFT for place in places if place & _ATTRIBUTE_BITS == attribute])
            if here:
                yield from self.by_position((term,), [number for number in here if number not in seen])
                seen |= here
                places = [place for place in places if place & _ATTRIBUTE_BITS != attribute]
            attribute += 1 << ATTRIBUTE_SHIFT

    def by_position(self, terms: Sequence[Subset], numbers: Sequence[int]) -> Iterator[list[int]]:
        """Rank by position."""
        mask = (1 << _COST_BITS) - 1
        return _grouped({number: cost & mask for number, cost in self._costs(terms, numbers)[0].items()})

    def by_exactness(self, terms: Sequence[Subset], numbers: Sequence[int]) -> Iterator[list[int]]:
        """Rank by whether an attribute is the query or begins with it, then by how many words are as in the query."""
        if len(terms) == 1 and self._are_alike(terms[0], numbers):
            return iter([[*numbers]])
        costs = dict.fromkeys(numbers, 0)
        exact: list[_Exact] = []
        count = last = 0
        for place, term in enumerate(terms):
            if term.exact_words() is not None:
                having = _by_number(self._postings.places_in(term.term.exact, costs))
                exact.append(_Exact(rounded_position(term.start), having))
                count += term.end - term.start + 1
                last = place
                for number in costs.keys() - having.keys():
                    costs[number] += term.size
        if exact and last < len(exact):  # none is missing before the last one
            for number in costs:
                costs[number] += self._likeness(exact, count, number) << _COST_BITS
        return _grouped(costs)

    def _are_alike(self, term: Subset, numbers: Sequence[int]) -> bool:
        """Whether all have the word as it is, and none where the query has it; they are equal by position."""
        exact = term.term.exact
        position = rounded_position(term.start)
        if term.words() != exact or position != term.start:  # else those as far before it are equal by position too
            return False
        return all(ROUNDED[place & POSITION_MASK] != position for place in self._postings.places_in(exact, numbers[:1]))

    def _likeness(self, exact: Sequence["_Exact"], count: int, number: int) -> int:
        attributes: set[int] | None = None
        for position, having in exact:
            places = having.get(number, ())
            for place in places:
                if ROUNDED[place & POSITION_MASK] == position:
                    break
            else:
                return _NEITHER
            here = {place >> ATTRIBUTE_SHIFT & ATTRIBUTE_MASK for place in places}
            attributes = here if attributes is None else attributes & here
        for attribute in attributes or ():
            if self._postings.has_word_count(number, attribute, count):
                return _WHOLE
        return _BEGINNING if attributes else _NEITHER

    def _costs(self, terms: Sequence[Subset], numbers: Sequence[int]) -> tuple[dict[int, int], list[list[int]]]:
        """Return what attribute and position of its words cost each document, and the places of each term."""
        costs = dict.fromkeys(numbers, 0)
        all_places = [self._postings.places_in(term.words(), costs) for term in terms]
        for term, places in zip(terms, all_places, strict=True):
            size = term.size
            by_position: dict[int, int] = {}
            lowest: dict[int, int] = {}
            for place in places:  # in their order: the first of a document is in the best attribute
                number = place >> OFFSET_SHIFT
                position = ROUNDED[place & POSITION_MASK]
                cost = by_position.get(position)
                if cost is None:
                    cost = by_position[position] = self._position_cost(term, position)
                if number not in lowest:
                    lowest[number] = cost
                    costs[number] += (place >> ATTRIBUTE_SHIFT & ATTRIBUTE_MASK) * size << _COST_BITS
                elif cost < lowest[number]:
                    lowest[number] = cost
            for number, cost in lowest.items():
                costs[number] += cost
        return costs, all_places


def _nearness(lefts: Sequence[int], rights: Sequence[int], rights_before: Sequence[int]) -> dict[int, int]:
    """Return the documents with words of two terms near each other, and how near: reversed costs one more."""
    found: dict[int, int] = {}
    right = set(rights)
    before = right if rights_before is rights else set(rights_before)
    for place in lefts:
        if place + 1 in right:
            nearness = 0
        elif place + 2 in right or place - 1 in before:
            nearness = 1
        elif place + 3 in right or place - 2 in before:
            nearness = 2
        else:
            continue
        number = place >> OFFSET_SHIFT
        if nearness < found.get(number, FARTHEST):
            found[number] = nearness
    return found


def _by_number(places: Sequence[int]) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for place in places:
        found.setdefault(place >> OFFSET_SHIFT, []).append(place)
    return found


def _grouped(costs: dict[int, int]) -> Iterator[list[int]]:
    groups: dict[int, list[int]] = {}
    for number, cost in costs.items():
        if cost in groups:
            groups[cost].append(number)
        else:
            groups[cost] = [number]
    for cost in sorted(groups):
        yield groups[cost]
