"""How the sandbox cuts text into words, and which words it takes for misspellings."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scenario_mcp.sandbox.engine import spelling
from scenario_mcp.sandbox.engine.postings import rounded_position
from scenario_mcp.sandbox.engine.tokens import MAX_POSITION, tokenize, words_of


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
        ("a\0b \0 c=3|d", [(0, "ab"), (1, "c=3|d")]),
        ("x" * 256 + " y " + "é" * 300, [(1, "y")]),
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


def distance(left: str, right: str) -> int:
    """Optimal string alignment, written down as the textbook has it."""
    table = {(place, 0): place for place in range(len(left) + 1)} | {
        (0, place): place for place in range(len(right) + 1)
    }
    for i, j in itertools.product(range(1, len(left) + 1), range(1, len(right) + 1)):
        changed = left[i - 1] != right[j - 1]
        table[i, j] = min(table[i - 1, j] + 1, table[i, j - 1] + 1, table[i - 1, j - 1] + changed)
        if min(i, j) > 1 and left[i - 1] == right[j - 2] and left[i - 2] == right[j - 1]:
            table[i, j] = min(table[i, j], table[i - 2, j - 2] + 1)
    return table[len(left), len(right)]


SHORT_WORDS = st.text("abc", min_size=1, max_size=6)


@given(words=st.sets(SHORT_WORDS, max_size=40), word=SHORT_WORDS, most=st.integers(1, 2))
def test_words_nearly_alike_are_found_with_their_distance(words: set[str], word: str, most: int) -> None:
    whole = {each: distance(word, each) for each in words}
    beginning = {each: min(distance(word, each[:end]) for end in range(len(each) + 1)) for each in words}
    for expected, is_prefix in ((whole, False), (beginning, True)):
        near = dict(spelling.near(sorted(words), word, most, is_prefix=is_prefix))
        assert near == {each: far for each, far in expected.items() if far <= most}


def test_words_with_a_beginning_are_found() -> None:
    words = ["cast", "castle", "castles", "castor", "cat"]
    assert spelling.starting_with(words, "castl") == ["castle", "castles"]
    assert spelling.starting_with(words, "dog") == []


def test_far_positions_are_taken_together() -> None:
    assert [rounded_position(each) for each in (0, 15, 16, 23, 24, 32, 33, 1024)] == [0, 15, 24, 24, 32, 32, 64, 1024]
