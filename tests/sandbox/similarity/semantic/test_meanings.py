"""Meanings of documents, and how near they are to a text."""

import random

import pytest

from scenario_mcp.sandbox.similarity.semantic.meanings import Meaning, Meanings, describe
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
    (first, quibbit), (_, other), (_, least) = meanings.nearest("quibbit", 3)
    assert (first, quibbit > other, other, least) == (1, True, 0, 0)


def test_a_query_of_empty_words_still_ranks_by_the_mean() -> None:
    meanings = Meanings({"a": Meaning.of(document("a", name="the castle")), "b": Meaning.of(document("b"))})
    assert dict(meanings.nearest("with the", 2))[1] == pytest.approx(0, abs=1e-6)
    assert (meanings.number("a"), meanings.number("b"), meanings.number("c")) == (0, None, None)


def test_more_words_than_two_bytes_can_number_are_told_apart() -> None:
    mean = Meaning.of(document("a")).mean
    texts = [
        [f"word{chr(97 + number // 26)}{chr(97 + number % 26)}{place}" for place in range(64)] for number in range(600)
    ]
    meanings = Meanings({str(number): Meaning(mean, tuple(words), ()) for number, words in enumerate(texts)})
    for number in (0, 300, 511, 512, 599):
        (found, score), (_, other) = meanings.nearest(texts[number][63], 2)
        assert (found, score > other) == (number, True)
        assert meanings.near_blend({number: 1.0})[number] == pytest.approx(0.6)


def test_the_nearest_of_some_documents_are_the_first_of_all_of_them() -> None:
    chance = random.Random(1)  # noqa: S311  # made-up documents
    words = ["castle", "owl", "ship", "with", "knight", "quibbit", *(f"word{number}" for number in range(50))]
    texts = {f"document {number}": " ".join(chance.sample(words, 4)) for number in range(1500)}
    meanings = Meanings({key: Meaning.of(document(key, name=text)) for key, text in texts.items()})
    for query in ("castle", "a knight with an owl", "quibbit word7", "the"):
        everything = meanings.nearest(query, 1500)
        assert sorted(place for place, _ in everything) == [*range(1500)]
        assert everything == sorted(everything, key=lambda each: (-each[1], each[0]))
        for count, among in ((1, None), (20, None), (700, None), (20, range(0, 1500, 7)), (300, range(1200, 1500))):
            wanted = [each for each in everything if among is None or each[0] in among]
            flags = None if among is None else bytes(place in among for place in range(1500))
            assert meanings.nearest(query, count, flags) == wanted[:count], (query, count, among)
