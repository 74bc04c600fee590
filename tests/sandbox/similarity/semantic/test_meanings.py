"""Meanings of documents, and how near they are to a text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scenario_mcp.sandbox.similarity.semantic.meanings import Meaning, Meanings, describe, largest
from tests.support.sample_search import document


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


def test_a_word_that_no_vector_knows_is_near_to_itself() -> None:
    meanings = Meanings({key: Meaning.of(document(key, name=key)) for key in ("zorblax", "quibbit", "owl")})
    zorblax, quibbit, owl = meanings.near_text("quibbit")
    assert (quibbit > owl, zorblax) == (True, 0)


def test_a_query_of_empty_words_still_ranks_by_the_mean() -> None:
    meanings = Meanings({"a": Meaning.of(document("a", name="the castle")), "b": Meaning.of(document("b"))})
    assert meanings.near_text("with the")[1] == pytest.approx(0, abs=1e-6)
    assert meanings.number("b") is None


@given(scores=st.lists(st.integers(0, 50), max_size=3000), count=st.integers(1, 500))
def test_the_largest_scores_are_those_that_sorting_finds(scores: list[int], count: int) -> None:
    numbers = [float(score) for score in scores]
    assert largest(numbers, count) == sorted(range(len(numbers)), key=numbers.__getitem__, reverse=True)[:count]
