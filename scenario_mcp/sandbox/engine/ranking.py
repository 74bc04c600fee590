"""Meilisearch's ranking: rule after rule parts the documents into buckets, until a page is full.

Most rules see the query as a graph. Every step onto a term has a price, and conditions that documents must meet; the
cheapest ways through the graph make the first bucket, and the graph of these ways is what the next rule sees.
"""

from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import NamedTuple, TypeAlias

from scenario_mcp.sandbox.engine import bitsets
from scenario_mcp.sandbox.engine.query_graph import QueryGraph
from scenario_mcp.sandbox.engine.terms import Subset


class Bucket(NamedTuple):
    """Documents that a rule holds for equal, and the graph that they meet."""

    documents: int
    graph: QueryGraph


Rule: TypeAlias = Callable[[QueryGraph, int], Iterator[Bucket]]
"""Parts a set of documents, the best first; the buckets need not have all of them."""


class Condition(NamedTuple):
    """What a step asks of documents; equal ones are the same condition."""

    name: Hashable
    end: Subset
    start: Subset | None = None


class Step(NamedTuple):
    """A way onto a term: its price and its condition."""

    price: int
    condition: Condition


@dataclass(frozen=True, slots=True)
class GraphRule:
    """A rule that prices the steps of a graph."""

    steps: Callable[[Subset | None, Subset], list[Step]]
    resolve: Callable[[Condition], int]
    resolve_end: Callable[[Condition], Subset] = lambda condition: condition.end
    may_drop: bool = False
    """Whether terms may be left out, from the end of the query, each at the price of 1."""

    def __call__(self, graph: QueryGraph, universe: int) -> Iterator[Bucket]:
        """Yield buckets from the cheapest to the dearest."""
        search = _Search(self, graph)
        for price in search.prices():
            if not universe:
                return
            bucket = search.bucket(price, universe)
            universe = bitsets.without(universe, bucket.documents)
            yield bucket


class _Edge(NamedTuple):
    end: int
    price: int
    condition: Condition | None
    dropped_before: frozenset[int]


class _Search:
    """The ways through a graph under one rule."""

    def __init__(self, rule: GraphRule, graph: QueryGraph) -> None:
        self._rule = rule
        self._edges = _edges(rule, graph)
        self._prices = _prices_to_end(self._edges, graph)
        self._resolved: dict[Condition, int] = {}
        self._universe = 0
        self._found = 0
        self._paths: list[tuple[Condition, ...]] = []

    def prices(self) -> list[int]:
        """Return what ways cost."""
        return sorted(self._prices[QueryGraph.START])

    def bucket(self, price: int, universe: int) -> Bucket:
        """Find the documents on the ways of a price, and these ways."""
        self._universe, self._found, self._paths = universe, 0, []
        self._visit(QueryGraph.START, price, universe, (), frozenset())
        paths = [[self._rule.resolve_end(condition) for condition in conditions] for conditions in self._paths]
        return Bucket(self._found, QueryGraph.of_paths(paths))

    def _visit(
        self, node: int, price: int, documents: int, path: tuple[Condition, ...], dropped: frozenset[int]
    ) -> None:
        if node == QueryGraph.END:
            self._paths.append(path)
            self._found |= documents
            self._universe = bitsets.without(self._universe, documents)
            return
        for edge in self._edges[node]:
            left = price - edge.price
            if left not in self._prices[edge.end]:
                continue
            if edge.condition is None:
                self._visit(edge.end, left, documents, path, dropped | edge.dropped_before)
            elif edge.end not in dropped:
                meeting = documents & self._meeting(edge.condition)
                if meeting:
                    self._visit(edge.end, left, meeting, (*path, edge.condition), dropped)
            documents &= self._universe
            if not documents:
                return

    def _meeting(self, condition: Condition) -> int:
        documents = self._resolved.get(condition)
        if documents is None:
            documents = self._resolved[condition] = self._rule.resolve(condition)
        return documents


def _edges(rule: GraphRule, graph: QueryGraph) -> dict[int, list[_Edge]]:
    droppable: dict[int, frozenset[int]] = {}
    if rule.may_drop:
        before: frozenset[int] = frozenset()
        for numbers in graph.removal_order():
            droppable |= dict.fromkeys(numbers, before)
            before |= numbers
    edges: dict[int, list[_Edge]] = {}
    for number, node in graph.nodes.items():
        edges[number] = []
        for end in sorted(node.after):
            term = graph.nodes[end].term
            if term is None:
                edges[number].append(_Edge(end, 0, None, frozenset()))
                continue
            if end in droppable:
                edges[number].append(_Edge(end, term.size, None, droppable[end]))
            edges[number] += [_Edge(end, *step, frozenset()) for step in rule.steps(node.term, term)]
    return edges


def _prices_to_end(edges: dict[int, list[_Edge]], graph: QueryGraph) -> dict[int, set[int]]:
    prices: dict[int, set[int]] = {number: set() for number in graph.nodes}
    prices[QueryGraph.END] = {0}
    for number in graph.backward():
        for edge in edges[number]:
            prices[number] |= {edge.price + price for price in prices[edge.end]}
    return prices


@dataclass(slots=True)
class _Page:
    """A page that is filled with the best documents; some before it are still to be passed over."""

    passed_over: int
    limit: int
    numbers: list[int] = field(default_factory=list)

    @property
    def is_full(self) -> bool:
        return len(self.numbers) >= self.limit

    def fill(self, rules: Sequence[Rule], graph: QueryGraph, universe: int) -> None:
        size = universe.bit_count()
        if size <= self.passed_over:
            self.passed_over -= size
        elif size == 1 or not rules:
            last = self.passed_over + self.limit - len(self.numbers)
            self.numbers += islice(bitsets.numbers_in(universe), self.passed_over, last)
            self.passed_over = 0
        else:
            for bucket in rules[0](graph, universe):
                self.fill(rules[1:], bucket.graph, bucket.documents)
                universe = bitsets.without(universe, bucket.documents)
                if self.is_full:
                    return
            self.fill((), graph, universe)


def rank(rules: Sequence[Rule], graph: QueryGraph, universe: int, offset: int, limit: int) -> list[int]:
    """Return the documents from `offset` on, at most `limit`; equals stay in order of insertion."""
    page = _Page(offset, limit)
    if limit > 0:
        page.fill(rules, graph, universe)
    return page.numbers
