"""Meilisearch's ranking: rule after rule parts the documents into buckets, until a page is full.

Most rules see the query as a graph. An edge to a term has a cost and a condition that documents must meet; the
documents on the cheapest paths are the first bucket, and the graph of these paths is what the next rule sees. In
Meilisearch: `milli`, `search/new`, `bucket_sort` (`rank`) and `graph_based_ranking_rule` with `ranking_rule_graph`.

An example: `red castle` is the graph `start -> red -> castle -> end` and `start -> redcastle -> end`. Of the documents
"red castle", "castle of a red king", "red castel", "redcastle" and "red dragon"
- `words` puts the first four into the bucket of cost 0, and "red dragon", without the last term, into that of cost 1;
- `typo` parts the four: no typo (the first two), one typo ("red castel"), words written as one ("redcastle");
- `proximity` parts the two, and sees `red -> castle` only: side by side ("red castle"), then farther apart.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import NamedTuple, TypeAlias

from scenario_mcp.sandbox.engine import bitsets
from scenario_mcp.sandbox.engine.direct import DirectRule
from scenario_mcp.sandbox.engine.query_graph import QueryGraph
from scenario_mcp.sandbox.engine.terms import Subset


class Bucket(NamedTuple):
    """Documents that a rule ranks equally, and the graph that they meet."""

    documents: int
    graph: QueryGraph


Rule: TypeAlias = Callable[[QueryGraph, int], Iterator[Bucket]]
"""Parts a set of documents into buckets, the best first; the buckets need not have all documents."""

_FEW = 256
"""So many documents, or fewer, are better ranked one by one."""


class Step(NamedTuple):
    """A rule in its place."""

    rule: Rule
    direct: DirectRule | None = None
    """What ranks few documents by this rule, and by rules that follow."""
    span: int = 1
    """By how many rules `direct` ranks."""
    alone: Callable[[Subset, int], Iterator[list[int]]] | None = None
    """What ranks any number of documents by the same rules, where a query is one term, only as far as is asked for."""


class Condition(NamedTuple):
    """What an edge asks of documents; equal ones are the same condition."""

    name: str
    end: Subset
    start: Subset | None = None
    value: tuple[int, ...] = ()
    """Numbers that belong to the name, such as positions."""


class Edge(NamedTuple):
    """A way to reach a term: its cost and its condition."""

    cost: int
    condition: Condition


@dataclass(frozen=True, slots=True)
class GraphRule:
    """A rule that costs the edges of a graph."""

    edges: Callable[[Subset | None, Subset, int], list[Edge]]
    """The ways from a term to another; those that no document of a set has may be left out."""
    resolve: Callable[[Condition, int], int]
    """The documents that meet a condition; those outside of a set do not matter."""
    resolve_end: Callable[[Condition], Subset] = lambda condition: condition.end
    may_drop: bool = False
    """Whether terms may be left out, from the end of the query, each at a cost of 1."""

    def __call__(self, graph: QueryGraph, universe: int) -> Iterator[Bucket]:
        """Yield buckets from the cheapest to the most expensive."""
        search = _PathSearch(self, graph, universe)
        for cost in search.costs():
            if not universe:
                return
            bucket = search.bucket(cost, universe)
            universe = bitsets.without(universe, bucket.documents)
            yield bucket


class _GraphEdge(NamedTuple):
    end: int
    cost: int
    condition: Condition | None
    dropped_before: frozenset[int]


class _PathSearch:
    """The paths through a graph under one rule."""

    def __init__(self, rule: GraphRule, graph: QueryGraph, universe: int) -> None:
        self._rule = rule
        self._everything = universe
        self._edges = _edges(rule, graph, universe)
        self._costs = _costs_to_end(self._edges, graph)
        self._resolved: dict[Condition, int] = {}
        self._universe = 0
        self._found = 0
        self._paths: list[tuple[Condition, ...]] = []

    def costs(self) -> list[int]:
        """Return what paths cost."""
        return sorted(self._costs[QueryGraph.START])

    def bucket(self, cost: int, universe: int) -> Bucket:
        """Find the documents on the paths of a cost, and these paths."""
        self._universe, self._found, self._paths = universe, 0, []
        self._visit(QueryGraph.START, cost, universe, (), frozenset())
        if not self._found & self._found - 1:  # of one document or none there is nothing to rank
            return Bucket(self._found, QueryGraph())
        paths = [[self._rule.resolve_end(condition) for condition in conditions] for conditions in self._paths]
        return Bucket(self._found, QueryGraph.of_paths(paths))

    def _visit(
        self, node: int, cost: int, documents: int, path: tuple[Condition, ...], dropped: frozenset[int]
    ) -> None:
        if node == QueryGraph.END:
            self._paths.append(path)
            self._found |= documents
            self._universe = bitsets.without(self._universe, documents)
            return
        for edge in self._edges[node]:
            left = cost - edge.cost
            if left not in self._costs[edge.end]:
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
            documents = self._resolved[condition] = self._rule.resolve(condition, self._everything)
        return documents


def _edges(rule: GraphRule, graph: QueryGraph, universe: int) -> dict[int, list[_GraphEdge]]:
    droppable: dict[int, frozenset[int]] = {}
    if rule.may_drop:
        before: frozenset[int] = frozenset()
        for numbers in graph.removal_order():
            droppable |= dict.fromkeys(numbers, before)
            before |= numbers
    edges: dict[int, list[_GraphEdge]] = {}
    for number, node in graph.nodes.items():
        edges[number] = []
        for end in sorted(node.after):
            term = graph.nodes[end].term
            if term is None:
                edges[number].append(_GraphEdge(end, 0, None, frozenset()))
                continue
            if end in droppable:
                edges[number].append(_GraphEdge(end, term.size, None, droppable[end]))
            edges[number] += [_GraphEdge(end, *step, frozenset()) for step in rule.edges(node.term, term, universe)]
    return edges


def _costs_to_end(edges: dict[int, list[_GraphEdge]], graph: QueryGraph) -> dict[int, set[int]]:
    costs: dict[int, set[int]] = {number: set() for number in graph.nodes}
    costs[QueryGraph.END] = {0}
    for number in graph.backward():
        for edge in edges[number]:
            costs[number] |= {edge.cost + cost for cost in costs[edge.end]}
    return costs


@dataclass(slots=True)
class _PageInProgress:
    """A page that is filled with the best documents; some before it are still to be skipped."""

    to_skip: int
    limit: int
    numbers: list[int] = field(default_factory=list)

    @property
    def is_full(self) -> bool:
        return len(self.numbers) >= self.limit

    def fill(self, steps: Sequence[Step], graph: QueryGraph, universe: int) -> None:
        size = universe.bit_count()
        if size <= self.to_skip:
            self.to_skip -= size
        elif size == 1:
            self.numbers.append(universe.bit_length() - 1)
        elif not steps:
            self._add(bitsets.numbers_in(universe))
        elif (alone := steps[0].alone) is not None and (terms := graph.only_path()) is not None and len(terms) == 1:
            self._fill_with(alone(terms[0], universe), steps, graph, terms)
        elif size <= _FEW and steps[0].direct is not None and (terms := graph.only_path()) is not None:
            self._fill_directly(steps, graph, terms, [*bitsets.numbers_in(universe)])
        else:
            for bucket in steps[0].rule(graph, universe):
                self.fill(steps[1:], bucket.graph, bucket.documents)
                universe = bitsets.without(universe, bucket.documents)
                if self.is_full:
                    return
            self.fill((), graph, universe)

    def _fill_directly(
        self, steps: Sequence[Step], graph: QueryGraph, terms: Sequence[Subset], numbers: Sequence[int]
    ) -> None:
        rank_directly = steps[0].direct
        if rank_directly is None or len(numbers) > _FEW:
            self.fill(steps, graph, bitsets.from_numbers(numbers))
        else:
            self._fill_with(rank_directly(terms, numbers), steps, graph, terms)

    def _fill_with(
        self, groups: Iterable[list[int]], steps: Sequence[Step], graph: QueryGraph, terms: Sequence[Subset]
    ) -> None:
        rest = steps[steps[0].span :]
        for group in groups:
            if len(group) <= self.to_skip:
                self.to_skip -= len(group)
            elif len(group) == 1 or not rest:
                self._add(group)
            else:
                self._fill_directly(rest, graph, terms, group)
            if self.is_full:
                return

    def _add(self, numbers: Iterable[int]) -> None:
        self.numbers += islice(numbers, self.to_skip, self.to_skip + self.limit - len(self.numbers))
        self.to_skip = 0


def rank(buckets: Iterable[Bucket], steps: Sequence[Step], offset: int, limit: int) -> list[int]:
    """Return the documents of buckets from `offset` on, at most `limit`; equals stay in order of insertion."""
    page = _PageInProgress(offset, limit)
    if limit > 0:
        for bucket in buckets:
            page.fill(steps, bucket.graph, bucket.documents)
            if page.is_full:
                break
    return page.numbers
