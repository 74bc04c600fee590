"""Words that are taken for misspellings."""

import itertools
from functools import partial

from hypothesis import example, given
from hypothesis import strategies as st

from scenario_mcp.sandbox.engine import spelling


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


def distance_of_beginning(word: str, longer: str) -> int:
    """The distance of the first beginning that no other part of the word is nearer to; without one, of the whole."""
    far = 0
    for end in range(len(longer) + 1):
        far = distance(word, longer[:end])
        if all(far <= distance(word[:place], longer[:end]) for place in range(len(word))):
            break
    return far


SHORT_WORDS = st.text("abc", min_size=1, max_size=6) | st.text("aжc", min_size=1, max_size=25)


@st.composite
def edited(draw: st.DrawFn, word: str) -> str:
    """A word with a few letters cut out, put in or swapped, and perhaps more behind it."""
    for _ in range(draw(st.integers(0, 3))):
        first = draw(st.integers(0, len(word)))
        last = min(len(word), first + draw(st.integers(0, 2)))
        word = word[:first] + draw(st.sampled_from([word[first:last][::-1], "", "a", "b", "ca"])) + word[last:]
    return word + draw(st.text("abc", max_size=3))


@st.composite
def words_and_one(draw: st.DrawFn) -> tuple[set[str], str]:
    """Words, and one that many of them come from."""
    word = draw(SHORT_WORDS | st.text("abc", min_size=5, max_size=12))
    return {*draw(st.sets(SHORT_WORDS, max_size=20)), *draw(st.lists(edited(word), max_size=40))} - {""}, word


@given(made=words_and_one(), most=st.integers(1, 2))
@example(made=({"watercolor"}, "watercolrco"), most=2)
def test_words_nearly_alike_are_found_with_their_distance(made: tuple[set[str], str], most: int) -> None:
    words, word = made
    whole = {each: distance(word, each) for each in words}
    beginning = {each: distance_of_beginning(word, each) for each in words}
    for expected, is_prefix in ((whole, False), (beginning, True)):
        near = spelling.WordSet(sorted(words)).near(word, most, is_prefix=is_prefix)
        assert near == [sorted(each for each in words if expected[each] == far) for far in range(most + 1)]


LONG_WORDS = st.text("abc", min_size=3, max_size=7)


@given(words=st.sets(SHORT_WORDS, max_size=40), word=LONG_WORDS)
def test_words_with_one_typo_in_the_first_letter_are_found(words: set[str], word: str) -> None:
    ordered = sorted(words)
    letters = spelling.first_letters(ordered)
    assert letters == "".join(sorted({each[0] for each in words}))
    before = partial(spelling.letters_before, ordered, letters)
    for is_prefix in (False, True):
        far = {each: distance_of_beginning(word, each) if is_prefix else distance(word, each) for each in ordered}
        others = {each for each in ordered if far[each] == 1 and each[0] != word[0]}
        assert set(spelling.with_wrong_first_letter(ordered, before, word, is_prefix=is_prefix)) == others


def test_words_with_a_beginning_are_found() -> None:
    words = ["cast", "castle", "castles", "castor", "cat"]
    assert spelling.starting_with(words, "castl") == ["castle", "castles"]
    assert spelling.starting_with(words, "dog") == []
