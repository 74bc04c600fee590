"""How text is cut into words."""

from collections.abc import Sequence
from itertools import chain

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scenario_mcp.sandbox.engine.tokens import MAX_POSITION, collect_words, tokenize, words_of


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("The quick (“brown”) fox", [(0, "the"), (1, "quick"), (2, "brown"), (3, "fox")]),
        ("a fox. A dog, or two", [(0, "a"), (1, "fox"), (9, "a"), (10, "dog"), (18, "or"), (19, "two")]),
        ("32.3 - x; y!", [(0, "32"), (1, "3"), (2, "x"), (10, "y")]),
        ("!? camelCase snake_case", [(0, "camelcase"), (1, "snake"), (2, "case")]),
        ("Résumé… Œuvre", [(0, "resume"), (1, "..."), (2, "oeuvre")]),
        ("ﬁn ÉTÉ ΛΌΓΟΣ", [(0, "fin"), (1, "ete"), (2, "λογο\N{GREEK SMALL LETTER SIGMA}")]),  # Greek
        ("猫と犬。鳥", [(0, "猫"), (1, "と"), (2, "犬"), (10, "鳥")]),
        ("a，b：c．d！e､f", [(0, "a"), (1, "b"), (2, "c"), (3, "d"), (11, "e"), (19, "f")]),  # noqa: RUF001
        ("\N{CYRILLIC SMALL LETTER SHORT I} 1\N{CYRILLIC SMALL LETTER I}", [(0, "\u0438\u0306"), (1, "1\u0438")]),
        ("がか゛", [(0, "か\u3099"), (1, "か"), (2, "\u3099")]),
        ("हिन्दी", [(0, "हिन्दी")]),
        ("הַבַּיִת", [(0, "הבית")]),
        ("الشجرة مـصطفى", [(0, "ال"), (1, "شجره"), (2, "مصطفي")]),
        ("a\0b \0 c=3|d", [(0, "ab"), (1, "c=3|d")]),
        ("x" * 251 + " y " + "é" * 300 + "x" * 250, [(1, "y")]),
        ("x" * 250, [(0, "x" * 250)]),
        ("", []),
    ],
)
def test_a_text_is_cut_into_words_with_positions(text: str, words: list[tuple[int, str]]) -> None:
    assert list(words_of(text)) == words


def test_words_beyond_the_last_position_are_not_searched() -> None:
    assert list(words_of("a " * (MAX_POSITION + 10)))[-1] == (MAX_POSITION, "a")


def test_a_query_keeps_its_separators() -> None:
    tokens = tokenize('-Red, "old" \0 café!')
    assert [token.text for token in tokens] == ["-", "red", ", ", '"', "old", '"', " ", " ", "cafe", "!"]
    assert [token.text for token in tokens if token.is_hard] == [", ", "!"]
    assert [token.text for token in tokens if not token.is_separator] == ["red", "old", "cafe"]


def test_a_query_has_no_separator_where_there_is_none_between_words() -> None:
    tokens = tokenize("-猫3Dモ -a\u03bb")
    assert [token.text for token in tokens] == ["-", "猫", "3", "d", "モ", " ", "-", "a", "\u03bb"]


TEXTS = st.text(alphabet="aB1 .,;!-_'\"é猫\n\0", max_size=60) | st.sampled_from(
    ["x" * 256 + " y", "é" * 128, "a " * 9000]
)


@given(texts=st.lists(TEXTS, max_size=4))
def test_texts_together_have_the_words_that_each_has_alone(texts: list[str]) -> None:
    words: list[Sequence[str]] = []
    places: list[Sequence[int]] = []
    bases = [number << 20 for number in range(len(texts))]
    each = [words_of(text) for text in texts]
    assert collect_words(texts, bases, words, places) == [*map(len, each)]
    expected = [(base + place, word) for base, found in zip(bases, each, strict=True) for place, word in found]
    assert list(zip(chain(*places), chain(*words), strict=True)) == expected


@given(text=st.text(alphabet="aB1 .,;!-_'\"é", max_size=60))
def test_a_short_text_has_the_words_that_it_has_in_a_long_one(text: str) -> None:
    words = words_of(text)
    assert words_of(f"{text} {'x ' * 200}")[: len(words)] == words
