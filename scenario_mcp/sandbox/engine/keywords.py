"""Keywords: which documents have the words of a query, and which have them best."""

from collections.abc import Sequence
from dataclasses import dataclass

from scenario_mcp.sandbox.engine import bitsets, rules
from scenario_mcp.sandbox.engine.postings import Postings
from scenario_mcp.sandbox.engine.queries import parse_query
from scenario_mcp.sandbox.engine.query_graph import QueryGraph
from scenario_mcp.sandbox.engine.ranking import Rule, rank


@dataclass(frozen=True, slots=True)
class Found:
    """The documents that a query finds, ranked only as far as a page needs."""

    documents: int
    _graph: QueryGraph
    _rules: Sequence[Rule]

    @property
    def count(self) -> int:
        """How many there are."""
        return self.documents.bit_count()

    def page(self, offset: int, limit: int) -> list[int]:
        """Return the numbers of the best documents from `offset` on."""
        return rank(self._rules, self._graph, self.documents, offset, limit)


def find(text: str, universe: int, postings: Postings, attributes: int, sorting: Sequence[Rule]) -> Found:
    """Find documents with all words of a query, then those without some of its last words, never without the first.

    A query without words finds everything, in the order of `sorting`. Otherwise `sorting` breaks ties of words, typos,
    proximity, attribute and position.
    """
    query = parse_query(text, postings)
    excluded = bitsets.union(map(postings.documents_with_phrase, query.excluded))
    universe = bitsets.without(universe, excluded)
    if not query.terms:
        return Found(universe, QueryGraph(), sorting)
    graph = QueryGraph.of_query(query.terms)
    droppable = [number for numbers in graph.removal_order() for number in numbers]
    return Found(
        graph.without(droppable).documents(universe),
        graph,
        [*rules.before_sorting(postings, attributes), *sorting, *rules.after_sorting(postings, attributes)],
    )
