"""Shortcuts of the ranking give what its rules give one after the other."""

import random

import pytest

from scenario_mcp.sandbox.engine import bitsets, keywords, ranking, rules
from scenario_mcp.sandbox.engine.indexes import IndexSettings
from scenario_mcp.sandbox.engine.postings import Postings
from scenario_mcp.sandbox.engine.queries import parse_query
from scenario_mcp.sandbox.engine.query_graph import QueryGraph
from scenario_mcp.sandbox.engine.ranking import Bucket, Step, rank
from scenario_mcp.sandbox.engine.storage import Store
from tests.sandbox.engine.test_judge import ATTRIBUTES, some_document, some_query

DOCUMENTS = 60


def by_rules(query: str, universe: int, postings: Postings) -> tuple[int, list[int]]:
    """Find and rank with rules alone, which look at the whole graph."""
    parsed = parse_query(query, postings)
    universe = bitsets.without(universe, bitsets.union(map(postings.documents_with_phrase, parsed.excluded)))
    if not parsed.terms:
        return universe, list(bitsets.numbers_in(universe))
    graph = QueryGraph.of_query(parsed.terms)
    droppable = [number for numbers in graph.removal_order() for number in numbers]
    found = graph.without(droppable).documents(universe)
    attributes = len(ATTRIBUTES)
    steps = [*rules.before_sorting(postings, attributes), *rules.after_sorting(postings, attributes)]
    plain = [Step(rules.words()), Step(rules.typo()), *(Step(step.rule) for step in steps)]
    return found, rank([Bucket(found, graph)], plain, 0, DOCUMENTS)


def test_documents_and_their_order_are_those_of_the_rules(monkeypatch: pytest.MonkeyPatch) -> None:
    chance = random.Random(5)  # noqa: S311  # test data
    universe = (1 << DOCUMENTS) - 1
    with Store.open(settings={"assets": IndexSettings(ATTRIBUTES, {}, {})}) as store:
        with store.writing() as batch:
            for number in range(DOCUMENTS):
                batch.put("assets", some_document(chance, number))
        with store.snapshot() as snapshot:
            postings = Postings(snapshot.connection, 0)
            for place in range(150):
                monkeypatch.setattr(
                    ranking, "_FEW", (0, 10, DOCUMENTS)[place % 3]
                )  # more documents than these go by the rules
                query = some_query(chance)
                documents, order = by_rules(query, universe, postings)
                found = keywords.find(query, universe, postings, len(ATTRIBUTES), ())
                assert found.page(0, DOCUMENTS) == order, query
                assert found.page(3, 4) == order[3:7], query
                assert found.documents == documents, query
                assert found.count(5) == min(5, documents.bit_count()), query
