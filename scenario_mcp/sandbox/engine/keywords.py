"""Keywords: which documents have the words of a query, and which have them best."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from scenario_mcp.sandbox.engine import bitsets, rules
from scenario_mcp.sandbox.engine.postings import Postings
from scenario_mcp.sandbox.engine.queries import parse_query
from scenario_mcp.sandbox.engine.query_graph import QueryGraph
from scenario_mcp.sandbox.engine.ranking import Bucket, Rule, Step, rank
from scenario_mcp.sandbox.engine.widening import Widening


class FoundDocuments(Protocol):
    """Documents that a query finds, as far as they are asked for."""

    @property
    def documents(self) -> int:
        """All of them."""
        ...

    def count(self, most: int) -> int:
        """Return how many there are; `most` if there are more."""
        ...

    def buckets(self) -> Iterator[Bucket]:
        """Yield them, the best first."""
        ...


class _Whole(NamedTuple):
    """Documents that are known from the beginning."""

    documents: int
    graph: QueryGraph

    def count(self, most: int) -> int:
        return min(most, self.documents.bit_count())

    def buckets(self) -> Iterator[Bucket]:
        yield Bucket(self.documents, self.graph)


@dataclass(frozen=True, slots=True)
class Found:
    """The documents that a query finds, looked for and ranked only as far as a page needs."""

    _found: FoundDocuments
    _steps: Sequence[Step]

    @property
    def documents(self) -> int:
        """All of them."""
        return self._found.documents

    def count(self, most: int) -> int:
        """Return how many there are; `most` if there are more."""
        return self._found.count(most)

    def page(self, offset: int, limit: int) -> list[int]:
        """Return the numbers of the best documents from `offset` on."""
        return rank(self._found.buckets(), self._steps, offset, limit)


def find(text: str, universe: int, postings: Postings, attributes: int, sorting: Sequence[Rule]) -> Found:
    """Find documents with all words of a query, then those without some of its last words.

    All have the phrases of the query; if it has none, all have its first word.

    A query without words finds everything, in the order of `sorting`. Otherwise `sorting` breaks ties of words, typos,
    proximity, attribute and position.
    """
    query = parse_query(text, postings)
    if query.excluded:
        universe = bitsets.without(universe, bitsets.union(map(postings.documents_with_phrase, query.excluded)))
    sorted_by = [Step(rule) for rule in sorting]
    if not query.terms:
        return Found(_Whole(universe, QueryGraph()), sorted_by)
    graph = QueryGraph.of_query(query.terms)
    steps = [*rules.before_sorting(postings, attributes), *sorted_by, *rules.after_sorting(postings, attributes)]
    if all(term.phrase is None for term in query.terms):
        return Found(Widening(query.terms, graph, universe), steps)
    droppable = [number for numbers in graph.removal_order() for number in numbers]
    documents = graph.without(droppable).documents(universe)
    return Found(_Whole(documents, graph), [Step(rules.words()), Step(rules.typo()), *steps])
