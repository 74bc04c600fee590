"""Hybrid search: keywords and meaning in one list."""

from scenario_mcp.sandbox.similarity.semantic.hybrid import excluded, merge, wanted
from tests.support.sample_search import SAMPLES, search


def test_a_ratio_of_0_changes_nothing_and_above_it_there_are_always_hits_whatever_the_order() -> None:
    assert search(query="bonfire") == search(query="bonfire", query_semantic_ratio=0.0) == []
    total = len(search(filter="kind EXISTS", limit=1000))
    for query in ("bonfire", "xyzzyq", "狐"):
        found = search(query=query, query_semantic_ratio=0.5, limit=1000)
        assert len(found) == total
        assert found == search(query=query, query_semantic_ratio=0.5, limit=1000, sort_by=("createdAt:asc",))


def test_with_a_small_ratio_documents_with_the_words_come_first() -> None:
    named = search(query="castle tower", limit=5)
    assert search(query="castle tower", query_semantic_ratio=0.1, limit=5) == named


def test_what_a_query_excludes_is_not_near_either() -> None:
    assert wanted('weapon -axe -"long sword" self-made') == "weapon     self-made"
    assert excluded('weapon -axe -"long sword" self-made') == '-axe -"long sword"'
    found = search(query="weapon -axe", query_semantic_ratio=1, limit=1000)
    assert not [key for key in found if "axe" in str(SAMPLES.assets[key].get("description")).split()]
    assert "sword" in str(SAMPLES.assets[found[0]]["description"])


def test_a_filter_holds_in_a_search_by_meaning() -> None:
    found = search(query="weapon", query_semantic_ratio=0.7, filter='tags = "ink"', limit=100)
    assert set(found) == set(search(filter='tags = "ink"', limit=100))


def test_two_lists_are_merged_by_weighted_score_as_the_engine_does() -> None:
    by_keywords = [(1, 1.0), (2, 1.0), (3, 0.5)]
    by_meaning = [(4, 0.9), (2, 0.6), (3, 0.4), (1, 0.1)]
    assert merge(by_keywords, by_meaning, 0.5) == [1, 2, 4, 3]
    assert merge(by_keywords, by_meaning, 0.8) == [4, 2, 3, 1]
    assert merge(by_keywords, by_meaning, 1.0) == [4, 2, 3, 1]
    assert merge([], by_meaning, 0.3) == [4, 2, 3, 1]
    assert merge([(1, 0.8)], [(2, 0.8)], 0.5) == [2, 1]
