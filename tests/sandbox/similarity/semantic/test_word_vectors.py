"""Word vectors: which words are near in meaning."""

import math
from importlib import resources

import pytest

from scenario_mcp.sandbox.similarity.semantic.word_vectors import (
    SIZE,
    Rows,
    pack,
    shipped_vectors,
    split_telling,
    unpack,
)

VECTORS = shipped_vectors()
PACKAGE = resources.files("scenario_mcp.sandbox.similarity.semantic")


def cosine(one: str, other: str) -> float:
    return Rows([VECTORS.row(VECTORS.find(one))]).cosines(unpack(VECTORS.row(VECTORS.find(other))))[0]


@pytest.mark.smoke
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
