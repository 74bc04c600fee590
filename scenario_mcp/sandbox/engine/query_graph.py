"""The graph of the ways to understand a query: words as they are, or two and three adjacent ones written as one.

For `red castle`, with the positions `start` and `end` of each term and its `first_id` and `last_id` in the query:

    START --> red (0..0, ids 0..0) --> castle (1..1, ids 1..1) --> END
      |                                                             ^
      +-----------> redcastle (0..1, ids 0..1) ---------------------+

In Meilisearch: `milli`, `search/new/query_graph`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from scenario_mcp.sandbox.engine.terms import Subset, Term, typos_allowed
from scenario_mcp.sandbox.engine.tokens import MAX_WORD_BYTES

_LONGEST_NGRAM = 3


@dataclass(slots=True)
class Node:
    """A term in a graph, or its start or end (None); its neighbours by number."""

    term: Subset | None
    before: set[int]
    after: set[int]


class QueryGraph:
    """Ways from the start (node 0) to the end (node 1) over terms that are next to each other."""

    START, END = 0, 1

    def __init__(self) -> None:
        self.nodes = {number: Node(None, set(), set()) for number in (self.START, self.END)}

    @classmethod
    def of_query(cls, terms: Sequence[Subset]) -> "QueryGraph":
        """Connect all terms, and two and three adjacent words written as one in their place."""
        graph = cls()
        for place, term in enumerate(terms):
            graph.add(term)
            for size in range(2, _LONGEST_NGRAM + 1):
                ngram = _ngram(terms[place + 1 - size : place + 1]) if place + 1 >= size else None
                if ngram is not None:
                    graph.add(ngram)
        graph._connect_neighbours()
        return graph

    @classmethod
    def of_paths(cls, paths: Iterable[Sequence[Subset]]) -> "QueryGraph":
        """Build the graph of some paths from the start to the end; they share their last nodes, not their first."""
        graph = cls()
        known: dict[tuple[Subset, ...], int] = {}
        for path in paths:
            last = cls.START
            for place in range(len(path)):
                rest = tuple(path[place:])
                if rest not in known:
                    known[rest] = graph.add(rest[0])
                graph.connect(last, known[rest])
                last = known[rest]
            graph.connect(last, cls.END)
        return graph

    def add(self, term: Subset) -> int:
        """Add a term, connected with nothing."""
        number = len(self.nodes)
        self.nodes[number] = Node(term, set(), set())
        return number

    def connect(self, before: int, after: int) -> None:
        """Let a node follow another."""
        self.nodes[before].after.add(after)
        self.nodes[after].before.add(before)

    def terms(self) -> list[tuple[int, Subset]]:
        """Return the numbers and terms of the nodes that have one."""
        return [(number, node.term) for number, node in self.nodes.items() if node.term is not None]

    def only_path(self) -> list[Subset] | None:
        """Return the terms of the only path; None if there are several paths, or none, or if there is a phrase."""
        terms: list[Subset] = []
        number = self.START
        while number != self.END:
            after = self.nodes[number].after
            if len(after) != 1:
                return None
            (number,) = after
            term = self.nodes[number].term
            if term is not None:
                if term.phrases():
                    return None
                terms.append(term)
        return terms

    def beginning(self, count: int) -> "QueryGraph":
        """Return the ways to write the first terms of a query."""
        graph = QueryGraph()
        for _, term in self.terms():
            if term.last_id < count:
                graph.add(term)
        graph._connect_neighbours()
        return graph

    def removal_order(self) -> list[set[int]]:
        """Return the nodes that may be left out, from the end of the query: not what must stay, else not the first."""
        terms = self.terms()
        if len({term.first_id for _, term in terms} | {term.last_id for _, term in terms}) < 2:  # noqa: PLR2004  # a single term
            return []
        by_place: dict[int, set[int]] = {}
        has_mandatory = False
        for number, term in terms:
            if term.phrase is not None or term.is_mandatory:
                has_mandatory = True
            else:
                by_place.setdefault(term.first_id, set()).add(number)
        order = [by_place[place] for place in sorted(by_place, reverse=True)]
        return order if has_mandatory else order[:-1]

    def documents(self, universe: int) -> int:
        """Return the documents with all terms of any way."""
        found = {self.START: universe}
        for number in reversed(self.backward()[:-1]):
            node = self.nodes[number]
            before = 0
            for each in node.before:
                before |= found[each]
            found[number] = before if node.term is None or not before else before & node.term.documents()
        return found[self.END]

    def without(self, numbers: Iterable[int]) -> "QueryGraph":
        """Return the graph without some nodes; what was before them leads to what was after them."""
        graph = QueryGraph()
        for number, node in self.nodes.items():
            graph.nodes[number] = Node(node.term, set(node.before), set(node.after))
        for number in numbers:
            node = graph.nodes.pop(number)
            for each in node.before:
                graph.nodes[each].after.remove(number)
                graph.nodes[each].after |= node.after
            for each in node.after:
                graph.nodes[each].before.remove(number)
                graph.nodes[each].before |= node.before
        return graph

    def backward(self) -> list[int]:
        """Return the nodes from the end to the start, each after all that follow it: depth first."""
        order: list[int] = []
        seen: set[int] = set()

        def visit(number: int) -> None:
            seen.add(number)
            for following in self.nodes[number].after:
                if following not in seen:
                    visit(following)
            order.append(number)

        visit(self.START)
        return order

    def _connect_neighbours(self) -> None:
        terms = self.terms()
        starting: dict[int, list[int]] = {}
        for number, term in terms:
            starting.setdefault(term.first_id, []).append(number)
        for number, last_id in [(self.START, -1), *[(number, term.last_id) for number, term in terms]]:
            following = [first_id for first_id in starting if first_id > last_id]
            for other in starting[min(following)] if following else (self.END,):
                self.connect(number, other)


def _ngram(terms: Sequence[Subset]) -> Subset | None:
    """Write adjacent words as one; None if there is a phrase or a separator that is hard between them."""
    end = terms[0].start - 1
    for each in terms:
        if each.term.phrase is not None or each.start != end + 1:
            return None
        end = each.end
    words = tuple([each.term.word for each in terms])
    word = "".join(words)
    if len(word.encode()) > MAX_WORD_BYTES:
        return None
    term = Term(
        terms[0].term.postings,
        word,
        ngram=words,
        most_typos=max(0, typos_allowed(word) - len(terms) + 1),
        is_prefix=terms[-1].term.is_prefix,
    )
    return Subset(term, terms[0].start, terms[-1].end, terms[0].first_id, terms[-1].last_id)
