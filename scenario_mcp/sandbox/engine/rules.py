"""The ranking rules: words, typo, proximity, attribute, position, exactness (Meilisearch: `milli`, `search/new`)."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

from scenario_mcp.sandbox.engine import bitsets
from scenario_mcp.sandbox.engine.direct import DirectRanking
from scenario_mcp.sandbox.engine.narrowing import NarrowedPostings
from scenario_mcp.sandbox.engine.postings import Postings, rounded_position
from scenario_mcp.sandbox.engine.query_graph import QueryGraph
from scenario_mcp.sandbox.engine.ranking import Bucket, Condition, Edge, GraphRule, Rule, Step
from scenario_mcp.sandbox.engine.terms import Spelling, Subset
from scenario_mcp.sandbox.engine.vocabulary import Words

_FARTHEST = 4
"""From this distance on, words count as not near each other."""
_DISTANCES = (0, 1, 4, 7, 11, 16, 24, 64, 256, 1024)
"""The cost of a word is the index of the first entry that its distance from its place in the query does not exceed."""
_REMEMBERED_COSTS = 1000
_Table: TypeAlias = Callable[[Words, int], Mapping[int, int]]


def before_sorting(postings: Postings, attributes: int) -> list[Step]:
    """Return the rules that come before `sortBy`, and after `words` and `typo`."""
    narrowed = NarrowedPostings(postings)
    direct = DirectRanking(postings, _position_cost)
    return [
        Step(_proximity(narrowed), direct.by_proximity, 3, direct.by_attribute_alone),
        Step(_attribute(narrowed, attributes), direct.by_attribute, 2),
        Step(_position(narrowed), direct.by_position),
    ]


def after_sorting(postings: Postings, attributes: int) -> list[Step]:
    """Return the rules that come after `sortBy`."""
    direct = DirectRanking(postings, _position_cost)
    exact_attribute = _ExactAttribute(postings, NarrowedPostings(postings), attributes)
    return [Step(exact_attribute, direct.by_exactness, 2), Step(_exactness(postings))]


def _end_documents(condition: Condition, _: int) -> int:
    return condition.end.documents()


def words() -> Rule:
    """Return the rule that prefers documents with more words of the query."""
    return GraphRule(_needing, _end_documents, may_drop=True)


def all_words() -> Rule:
    """Return the rule whose first bucket has the documents with all words."""
    return GraphRule(_needing, _end_documents)


def _needing(_: Subset | None, term: Subset, __: int) -> list[Edge]:
    return [Edge(0, Condition("words", term))]


def typo() -> Rule:
    """Return the rule that prefers documents with fewer typos."""

    def edges(_: Subset | None, term: Subset, __: int) -> list[Edge]:
        base = 0 if term.size == 1 else term.size
        return [
            Edge(base + typos, Condition("typo", subset, value=(typos,))) for typos, subset in enumerate(by_typos(term))
        ]

    return GraphRule(edges, _end_documents)


def without_typos(term: Subset) -> Subset:
    """Return the words of a term that have no typo."""
    return term._replace(has_one_typo=False, has_two_typos=False)


def by_typos(term: Subset) -> list[Subset]:
    """Return the words of a term without typos, with one and with two, as far as it may have them."""
    subsets = [
        without_typos(term),
        term._replace(spelling=Spelling.NONE, has_two_typos=False),
        term._replace(spelling=Spelling.NONE, has_one_typo=False),
    ]
    return subsets[: term.most_typos + 1]


def _proximity(narrowed: NarrowedPostings) -> Rule:
    def edges(left: Subset | None, right: Subset, _: int) -> list[Edge]:
        most = right.size - 1
        anywhere = Condition("anywhere", right)
        if left is None or left.end + 1 != right.start:
            return [Edge(most, anywhere)]
        near = [Edge(cost, Condition("near", right, left, (cost + 1,))) for cost in range(most, most + _FARTHEST - 1)]
        return [*near, Edge(most + _FARTHEST - 1, anywhere)]

    def resolve(condition: Condition, universe: int) -> int:
        if condition.start is None:
            return condition.end.documents()
        after = 1 + condition.value[0] - condition.end.size
        return _near(narrowed, condition.start, condition.end, after, universe)

    return GraphRule(edges, resolve)


def _near(narrowed: NarrowedPostings, left: Subset, right: Subset, after: int, universe: int) -> int:
    """Return the documents with the right term `after` words after the left one, or one word less before it."""
    found = 0
    for left_words, left_documents in _ends(left, is_last=True):
        for right_words, right_documents in _ends(right, is_last=False):
            pairs = narrowed.pairs(left_words, right_words, after, universe)
            if left_documents is None and right_documents is None and after > 1:
                words_before = right.term.exact if right.term.is_frequent_beginning else right_words
                pairs |= narrowed.pairs(words_before, left_words, after - 1, universe)
            for documents in (left_documents, right_documents):
                if documents is not None:
                    pairs &= documents
            found |= pairs
    return found


def _ends(term: Subset, *, is_last: bool) -> Iterator[tuple[Words, int | None]]:
    """Yield the words that may touch a neighbour: single ones, and of each phrase one, with the phrase's documents."""
    if words := term.words():
        yield words, None
    for phrase in term.phrases():
        yield frozenset((phrase[-1 if is_last else 0],)), term.term.postings.documents_with_phrase(phrase)


def _attribute(narrowed: NarrowedPostings, attributes: int) -> Rule:
    last = attributes - 1

    def edges(_: Subset | None, term: Subset, universe: int) -> list[Edge]:
        found = set(narrowed.by_attribute(term.words(), universe))
        for phrase in term.phrases():
            found |= set(narrowed.by_attribute(frozenset(phrase), universe))
        return [
            Edge(attribute * term.size, Condition("attribute", term, value=(attribute,)))
            for attribute in sorted(found | {last})
        ]

    def resolve(condition: Condition, universe: int) -> int:
        return _at_places(condition.end, condition.value, universe, narrowed.by_attribute)

    return GraphRule(edges, resolve)


def _position(narrowed: NarrowedPostings) -> Rule:
    def edges(_: Subset | None, term: Subset, universe: int) -> list[Edge]:
        found = set(narrowed.by_position(term.words(), universe))
        for phrase in term.phrases():
            found |= set(narrowed.by_position(frozenset(phrase[:1]), universe))
        costs: dict[int, list[int]] = {}
        for position in sorted(found):
            costs.setdefault(_position_cost(term, position), []).append(position)
        costs.setdefault(term.size * len(_DISTANCES), [])
        return [
            Edge(cost, Condition("position", term, value=tuple(positions))) for cost, positions in sorted(costs.items())
        ]

    def resolve(condition: Condition, universe: int) -> int:
        return _at_places(condition.end, condition.value, universe, narrowed.by_position)

    return GraphRule(edges, resolve)


def _at_places(term: Subset, places: Sequence[int], universe: int, table: _Table) -> int:
    """Return the documents of a term at attributes or positions; of a phrase, its first word's count."""
    by_place = table(term.words(), universe)
    found = bitsets.union(by_place.get(place, 0) for place in places)
    for phrase in term.phrases():
        by_place = table(frozenset(phrase[:1]), universe)
        documents = term.term.postings.documents_with_phrase(phrase)
        found |= bitsets.union(by_place.get(place, 0) for place in places) & documents
    return found


def _position_cost(term: Subset, position: int) -> int:
    return _cost_from(abs(position - term.start), term.size)


@lru_cache(_REMEMBERED_COSTS)
def _cost_from(distance: int, size: int) -> int:
    return sum(_cost_of(distance + place) for place in range(size))


def _cost_of(distance: int) -> int:
    return next((cost for cost, most in enumerate(_DISTANCES) if distance <= most), len(_DISTANCES))


def _exactness(postings: Postings) -> Rule:
    def edges(_: Subset | None, term: Subset, __: int) -> list[Edge]:
        return [Edge(0, Condition("exact", term)), Edge(term.size, Condition("any", term))]

    def resolve(condition: Condition, _: int) -> int:
        if condition.name == "any":
            return condition.end.documents()
        words = condition.end.exact_words()
        return 0 if words is None else postings.documents_with_phrase(words)

    def resolve_end(condition: Condition) -> Subset:
        return condition.end if condition.name == "any" else condition.end.only_exact()

    return GraphRule(edges, resolve, resolve_end)


@dataclass(frozen=True, slots=True)
class _ExactAttribute:
    """The rule that prefers attributes equal to the query, then attributes that begin with it."""

    postings: Postings
    narrowed: NarrowedPostings
    attributes: int

    def __call__(self, graph: QueryGraph, universe: int) -> Iterator[Bucket]:
        """Yield three buckets, the last with all other documents."""
        terms = _exact_terms(graph)
        whole, beginning = self._find(terms, universe) if terms else (0, 0)
        for documents in (whole, bitsets.without(beginning, whole), bitsets.without(universe, whole | beginning)):
            yield Bucket(documents, graph)

    def _find(self, terms: Sequence[Subset], universe: int) -> tuple[int, int]:
        words = [(word, term.start + place) for term in terms for place, word in enumerate(term.exact_words() or ())]
        candidates = universe
        for word, position in words:
            candidates &= self.narrowed.by_position(frozenset((word,)), universe).get(rounded_position(position), 0)
        count = sum(term.end - term.start + 1 for term in terms)
        whole = beginning = 0
        for attribute in range(self.attributes):
            starting = candidates
            for word, _ in words:
                starting &= self.narrowed.by_attribute(frozenset((word,)), universe).get(attribute, 0)
            counted = starting & self.postings.with_word_count(attribute, count)
            whole |= counted
            beginning |= bitsets.without(starting, counted)
        return whole, beginning


def _exact_terms(graph: QueryGraph) -> list[Subset]:
    """Return the terms to be found one after the other; empty if a term before them has no exact spelling."""
    by_id: dict[int, Subset] = {}
    for _, term in graph.terms():
        if term.exact_words() is not None:
            by_id.setdefault(term.first_id, term)
    numbers = sorted(by_id)
    return [by_id[number] for number in numbers] if numbers == list(range(len(numbers))) else []
