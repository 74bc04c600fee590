"""Widening: what a query without phrases finds, from its words as they are on to typos and to fewer words.

It gives the buckets that the rules `words` and `typo` give one after the other. Which words have typos, and which
documents have them, is looked up when the words themselves have not filled the page.
"""

from collections.abc import Iterator, Sequence
from functools import cached_property

from scenario_mcp.sandbox.engine import bitsets, rules
from scenario_mcp.sandbox.engine.query_graph import QueryGraph
from scenario_mcp.sandbox.engine.ranking import Bucket
from scenario_mcp.sandbox.engine.terms import Subset


class Widening:
    """The documents of a universe that have words of a query."""

    def __init__(self, terms: Sequence[Subset], graph: QueryGraph, universe: int) -> None:
        self._terms = terms
        self._as_they_are = [rules.without_typos(term) for term in terms]
        self._graph = graph
        self._universe = universe
        self._counted = 0
        self._ways = self._with_first_word()

    @property
    def documents(self) -> int:
        """The documents with the first word, however it is written."""
        return self._found(self._universe.bit_count())

    def count(self, most: int) -> int:
        """Return how many documents there are; `most` if there are more."""
        return min(most, self._found(most).bit_count())

    def _found(self, most: int) -> int:
        """Return all documents, or at least `most` of them: once there are so many, no others are looked for."""
        while self._counted.bit_count() < most and (documents := next(self._ways, None)) is not None:
            self._counted |= self._universe & documents
        return self._counted

    def _with_first_word(self) -> Iterator[int]:
        """Yield documents with the first word, a few of the words that it may stand for at a time."""
        for _, term in self._graph.terms():
            if term.first_id == 0:
                yield from term.documents_in_parts()

    def buckets(self) -> Iterator[Bucket]:
        """Yield documents with the same number of words and of typos, the best first."""
        left = self._universe
        for count in range(len(self._terms), 0, -1):
            exact = left & self._exact[count]
            if exact:
                yield Bucket(exact, QueryGraph.of_paths([self._as_they_are[:count]]))
            found = left & self._having[count]
            if others := bitsets.without(found, exact):
                yield from self._with_typos(count, found, others)
            left = bitsets.without(left, found)

    @cached_property
    def _exact(self) -> list[int]:
        """The documents with the first words as they are, by the number of words."""
        found = [self._universe]
        for term in self._as_they_are:
            found.append(found[-1] and found[-1] & term.documents())
        return found

    @cached_property
    def _having(self) -> list[int]:
        """The documents with the first words, however they are written, by the number of words."""
        ending: list[list[Subset]] = [[] for _ in self._terms]
        for _, term in self._graph.terms():
            ending[term.last_id].append(term)
        found = [self._universe]
        for terms in ending:
            ways = [(before, term) for term in terms if (before := found[term.first_id])]
            found.append(bitsets.union(before & term.documents() for before, term in ways))
        return found

    def _with_typos(self, count: int, found: int, others: int) -> Iterator[Bucket]:
        """Yield the documents with the first words that do not have all of these as they are."""
        if count == 1:
            for subset in rules.by_typos(self._terms[0])[1:]:
                if here := others & subset.documents():
                    yield Bucket(here, QueryGraph.of_paths([[subset]]))
                    others = bitsets.without(others, here)
        elif others.bit_count() == 1:
            yield Bucket(others, QueryGraph())
        else:
            having_all = next(iter(rules.all_words()(self._graph.beginning(count), found)))
            yield from rules.typo()(having_all.graph, others)
