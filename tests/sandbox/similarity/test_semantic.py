"""Search by meaning: words that are near in meaning, documents that are near a query, and the merging of two lists."""

import math
from importlib import resources
from pathlib import Path
from typing import Any

import pytest

from scenario_mcp.sandbox.catalogue import Catalogue, Document
from scenario_mcp.sandbox.engine.storage import Store
from scenario_mcp.sandbox.requests import OffsetPaging, SearchRequest
from scenario_mcp.sandbox.search import SearchIndex
from scenario_mcp.sandbox.similarity.semantic.hybrid import excluded, merge, wanted
from scenario_mcp.sandbox.similarity.semantic.meanings import FEATURE, Meaning, Meanings, describe
from scenario_mcp.sandbox.similarity.semantic.word_vectors import (
    SIZE,
    Rows,
    pack,
    shipped_vectors,
    split_telling,
    unpack,
)
from scenario_mcp.sandbox.similarity.visual.catalogue import CatalogueLooks

PROJECT = "proj_sandbox"
SAMPLES = Catalogue.load()
SAMPLE_LOOKS = CatalogueLooks(SAMPLES)
SAMPLE_INDEX = SearchIndex(SAMPLES, "assets", SAMPLE_LOOKS)
VECTORS = shipped_vectors()
PACKAGE = resources.files("scenario_mcp.sandbox.similarity.semantic")


def search(index: SearchIndex = SAMPLE_INDEX, limit: int = 10, **request: Any) -> list[str]:
    page = index.search(SearchRequest(paging=OffsetPaging(limit=limit), **request), PROJECT)
    return [str(hit["id"]) for hit in page.hits]


def cosine(one: str, other: str) -> float:
    return Rows([VECTORS.row(VECTORS.find(one))]).cosines(unpack(VECTORS.row(VECTORS.find(other))))[0]


# Words.


def test_the_words_that_are_shipped_say_where_they_are_from_and_stay_small() -> None:
    content = (PACKAGE / "words.vectors").read_bytes()
    header, words, rows = content.split(b"\n", 2)
    assert header.startswith(b"Word vectors: GloVe 6B 50d by Jeffrey Pennington, Richard Socher and")
    assert b"Public Domain Dedication and License 1.0" in header
    assert (len(words.split()), len(rows)) == (32_000, 32_000 * SIZE)
    assert len(content) < 2_000_000
    assert "PDDL" in (PACKAGE / "words.vectors.license").read_text("utf-8")


def test_words_that_are_near_in_meaning_have_vectors_that_are_near() -> None:
    for word, near, strange in (("weapon", "sword", "owl"), ("ship", "boat", "crown"), ("castle", "fortress", "robot")):
        assert cosine(word, near) > 0.4 > cosine(word, strange)
    assert cosine("castle", "castle") == pytest.approx(1, abs=0.02)


def test_a_form_of_a_word_is_found_by_the_word() -> None:
    for form, word in (("grimoires", "grimoire"), ("wyverns", "wyvern"), ("starfighters", "starfighter")):
        assert VECTORS.find(form) == VECTORS.find(word) is not None
    assert VECTORS.find("xyzzyq") is None


def test_a_rare_word_weighs_more_than_a_common_one() -> None:
    weights = [VECTORS.weight(VECTORS.find(word)) for word in ("the", "with", "house", "windmill")]
    assert weights == sorted(weights)
    assert weights[0] < 0.05
    assert weights[-1] > VECTORS.weight(None) - 0.05


def test_text_is_cut_into_words_that_tell_something() -> None:
    assert split_telling("Épée t2, 3D Épee (v 16) in 1980 f") == ["epee", "t2", "3d", "in"]
    assert split_telling("狐 の 精霊") == ["狐", "の", "精霊"]


def test_the_mean_of_words_without_vectors_is_near_to_nothing() -> None:
    assert VECTORS.mean(["xyzzyq"]) == (0.0,) * SIZE
    assert math.hypot(*VECTORS.mean(["castle", "xyzzyq", "tower"])) == pytest.approx(1)
    assert Rows([pack(VECTORS.mean([]))]).cosines(VECTORS.mean(["castle"])) == pytest.approx([0], abs=1e-6)


def test_cosines_are_those_that_plain_arithmetic_gives() -> None:
    rows = [VECTORS.row(VECTORS.find(word)) for word in ("castle", "owl", "with")]
    vector = VECTORS.mean(["stone", "tower"])
    plain = [sum(a * b for a, b in zip(unpack(row), vector, strict=True)) for row in rows]
    assert Rows(rows).cosines(vector) == pytest.approx(plain, abs=1e-4)
    assert Rows([]).cosines(vector) == []


# Documents.


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("weapon", "axe|broadsword"),
        ("sorcerer", "wizard"),
        ("vehicle", "star fighter"),
        ("metropolis", "skyline"),
        ("eruption", "volcano"),
        ("ocean mammal", "whale"),
        ("treasure", "gold coins|crown"),
        ("boat", "sailing"),
    ],
)
def test_a_concept_finds_what_it_stands_for(query: str, shown: str) -> None:
    captions = [
        str(SAMPLES.assets[key].get("description")) for key in search(query=query, query_semantic_ratio=1, limit=2)
    ]
    assert all(any(word in caption for word in shown.split("|")) for caption in captions), captions


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


def test_models_are_found_by_what_they_are_for() -> None:
    models = SearchIndex(SAMPLES, "models", SAMPLE_LOOKS)
    page = models.search(SearchRequest(query="warriors in armour", query_semantic_ratio=1), PROJECT)
    assert page.hits[0]["name"] == "Knights of Ashfall"


def document(document_id: str, **fields: Any) -> Document:
    return {"id": document_id, "ownerId": PROJECT, **fields}


def test_a_meaning_is_the_same_when_it_was_stored() -> None:
    for fields in ({"tags": ["ship", 7], "metadata": {"prompt": "a ship at sea, 4k"}}, {}, {"name": "狐"}):
        meaning = Meaning.of(document("a", **fields))
        assert Meaning.from_bytes(describe(document("a", **fields))) == meaning
    words = Meaning.of(document("a", tags=["ship", 7], metadata={"prompt": "a ship at sea, 4k"})).words()
    assert list(words) == [("ship", 1.0), ("at", 0.5), ("sea", 0.5), ("4k", 0.5)]


def test_long_texts_count_by_their_beginning() -> None:
    numerals = "".join(f" word{number}" for number in range(500))
    meaning = Meaning.of(document("a", description=numerals, content=numerals + numerals))
    assert (len(meaning.telling), len(meaning.detail)) == (64, 0)


def test_what_is_stored_of_a_document_is_used_and_what_comes_later_is_seen(tmp_path: Path) -> None:
    store = Store.open(None)
    catalogue = Catalogue.of_store(store, tmp_path)
    index = SearchIndex(catalogue, "assets", CatalogueLooks(catalogue))
    with store.writing() as batch:
        batch.put("assets", document("boat", description="a small boat"))
        batch.put("assets", document("owl", description="an owl"))
    assert search(index, query="ship", query_semantic_ratio=1) == ["boat", "owl"]
    with store.writing() as batch:
        batch.put_feature("assets", "owl", FEATURE, describe(document("owl", description="a ship")))
    assert search(index, query="ship", query_semantic_ratio=1) == ["owl", "boat"]
    with store.writing() as batch:
        for key in ("boat", "owl"):
            batch.remove("assets", key)
    assert search(index, query="ship", query_semantic_ratio=1) == []


def test_a_word_that_no_vector_knows_is_near_to_itself() -> None:
    meanings = Meanings({key: Meaning.of(document(key, name=key)) for key in ("zorblax", "quibbit", "owl")})
    near = meanings.near_text("quibbit")
    assert max(near, key=near.__getitem__) == "quibbit"
    assert near["zorblax"] == 0


def test_a_query_of_empty_words_still_ranks_by_the_mean() -> None:
    meanings = Meanings({"a": Meaning.of(document("a", name="the castle")), "b": Meaning.of(document("b"))})
    assert meanings.near_text("with the")["b"] == pytest.approx(0, abs=1e-6)
    assert meanings.number("b") is None


def test_two_lists_are_merged_by_weighted_score_as_the_engine_does() -> None:
    by_keywords = [(1, 1.0), (2, 1.0), (3, 0.5)]
    by_meaning = [(4, 0.9), (2, 0.6), (3, 0.4), (1, 0.1)]
    assert merge(by_keywords, by_meaning, 0.5) == [1, 2, 4, 3]
    assert merge(by_keywords, by_meaning, 0.8) == [4, 2, 3, 1]
    assert merge(by_keywords, by_meaning, 1.0) == [4, 2, 3, 1]
    assert merge([], by_meaning, 0.3) == [4, 2, 3, 1]
    assert merge([(1, 0.8)], [(2, 0.8)], 0.5) == [2, 1]
