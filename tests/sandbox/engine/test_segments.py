"""Places of words are found as they were written, changed and joined, whatever chunk they are in."""

import sqlite3
from array import array
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import closing
from itertools import chain
from typing import NamedTuple
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scenario_mcp.sandbox.engine import bitsets, chunks, segment_writing
from scenario_mcp.sandbox.engine.layout import BLOCK_BITS, OFFSET_SHIFT, counted
from scenario_mcp.sandbox.engine.segment_writing import SegmentWriter
from scenario_mcp.sandbox.engine.segments import Segments
from tests.support.examples import examples

WORDS = ("a", "ab", "abc", "b", "ba", "c", "cab", "né", "🦊", counted(1, 2))
OFFSETS = st.integers(0, 5) | st.just(4095)
PLACES = st.sets(st.builds(lambda offset, rest: offset << OFFSET_SHIFT | rest, OFFSETS, st.integers(0, 3)), min_size=1)
ADDED = st.dictionaries(st.sampled_from(WORDS), PLACES, max_size=len(WORDS))
GONE = st.dictionaries(st.sampled_from(WORDS), st.sets(OFFSETS, min_size=1), max_size=4)


class Change(NamedTuple):
    """Places that are added in a block, or the offsets of documents whose places go."""

    block: int
    added: Mapping[str, set[int]]
    gone: Mapping[str, set[int]]


@st.composite
def changes(draw: st.DrawFn) -> list[Change | None]:
    """Blocks are begun one after the other; any that there is may change later. None: the last ones are joined."""
    made: list[Change | None] = []
    for block in range(draw(st.integers(1, 8))):
        made.append(Change(block, draw(ADDED), {}))
        made += [
            None if draw(st.booleans()) else Change(draw(st.integers(0, block)), draw(ADDED), draw(GONE))
            for _ in range(draw(st.integers(0, 3)))
        ]
    return made


@pytest.fixture(autouse=True, scope="module")
def _small_chunks() -> Iterator[None]:
    with (
        patch.object(chunks, "_WORDS", 2),
        patch.object(chunks, "PLACES", 9),
        patch.object(chunks, "FREQUENT", 4),
        patch.object(segment_writing, "_JOINED", 4),
        patch.object(segment_writing, "_MANY", 3),
    ):
        yield


def opened() -> sqlite3.Connection:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    connection.executescript(chunks.SCHEMA)
    return connection


@given(made=changes(), sought=st.lists(st.frozensets(st.sampled_from(WORDS), min_size=1), min_size=1, max_size=8))
@settings(max_examples=examples(30))
def test_the_places_of_words_are_those_that_were_written(
    made: list[Change | None], sought: list[frozenset[str]]
) -> None:
    kept: dict[str, dict[int, set[int]]] = defaultdict(lambda: defaultdict(set))
    with closing(opened()) as connection:
        writer = SegmentWriter(connection, 0)
        segments = Segments(connection, 0)
        for number, change in enumerate(made):
            block, added, gone = change or Change(0, {}, {})
            if change is None:
                writer.join()
            for word, offsets in gone.items():
                kept[word][block] = {place for place in kept[word][block] if place >> OFFSET_SHIFT not in offsets}
            new = {word: sorted(places - kept[word][block]) for word, places in added.items()}
            if change is not None:
                writer.write(block, {word: array("I", places) for word, places in new.items() if places}, gone)
            for word, places in new.items():
                kept[word][block].update(places)
            segments = segments.after_change(connection)  # what it has read by now is remembered
            for words in sought[: number % 3]:
                segments.documents(words)
        assert segments.words == sorted(
            word for word, places in kept.items() if any(places.values()) and not word.startswith("\1")
        )
        for words in sought:
            expected = {(block, place) for word in words for block, places in kept[word].items() for place in places}
            found = segments.places(words)
            assert {(block, place) for block, places in found for place in places} == expected
            if len(words) == 1:
                assert all(list(places) == sorted(places) for _, places in found)
            numbers, frequent = segments.documents(words)
            assert {*numbers, *bitsets.numbers_in(frequent)} == {
                (block << BLOCK_BITS) + (place >> OFFSET_SHIFT) for block, place in expected
            }


def states(*steps: int | str, words: int = 1) -> list[list[tuple[int, int]]]:
    """Return the segments and how many blocks they have after each step: so many words put in a block, or a join."""
    with closing(opened()) as connection:
        writer = SegmentWriter(connection, 0)
        found = []
        put: dict[int, int] = defaultdict(int)
        for step in steps:
            if isinstance(step, int):
                put[step] += 1
                place = step << OFFSET_SHIFT | put[step]
                writer.write(step, {f"w{number}": array("I", [place]) for number in range(words)}, {})
            else:
                writer.join()
            found.append(connection.execute("SELECT segment, blocks FROM segments ORDER BY segment").fetchall())
        places = Segments(connection, 0).places(frozenset(("w0",)))
        assert {block: list(each) for block, each in places} == {
            block: [block << OFFSET_SHIFT | number for number in range(1, count + 1)] for block, count in put.items()
        }
    return found


def test_full_blocks_become_one_segment_when_the_next_begins() -> None:
    assert states(*range(9))[-6:] == [
        [(0, 1), (1, 1), (2, 1), (3, 1)],
        [(0, 4), (4, 1)],
        [(0, 4), (4, 1), (5, 1)],
        [(0, 4), (4, 1), (5, 1), (6, 1)],
        [(0, 4), (4, 1), (5, 1), (6, 1), (7, 1)],
        [(0, 4), (4, 4), (8, 1)],
    ]
    assert states(0, 1, "join", 2, 3, 4)[-1] == [(0, 4), (4, 1)]
    assert states(0, 1, 2, 3, "join", 4)[-1] == [(0, 4), (4, 1)]


def test_the_last_blocks_become_one_segment_when_that_is_asked_for() -> None:
    assert states("join", 0, "join") == [[], [(0, 1)], [(0, 1)]]
    assert states(0, 1, "join", "join")[2:] == [[(0, 2)], [(0, 2)]]
    assert states(0, 1, 2, 3, 4, 5, 6, "join")[-1] == [(0, 4), (4, 3)]


def test_one_more_block_is_left_alone_until_there_are_two() -> None:
    assert states(0, 1, "join", 2, "join", 3, "join")[-3:] == [
        [(0, 2), (2, 1)],
        [(0, 2), (2, 1), (3, 1)],
        [(0, 4)],
    ]


def test_a_last_block_that_gets_many_words_becomes_a_segment_of_its_own() -> None:
    steps = (0, 1, 2, "join")
    assert states(*steps, 2, words=3)[-1] == [(0, 3)]
    assert states(*steps, 1, words=4)[-1] == [(0, 3)]
    assert states(*steps, 2, 2, "join", words=4)[-3:] == [[(0, 2), (2, 1)]] * 3
    assert states(0, 1, 2, 3, "join", 3, 4, words=4)[-2:] == [[(0, 3), (3, 1)], [(0, 4), (4, 1)]]
    assert states(0, 1, 2, 3, 4, 3, words=4)[-1] == [(0, 4), (4, 1)]


def test_what_an_undone_change_had_is_not_found() -> None:
    with closing(opened()) as connection:
        writer = SegmentWriter(connection, 0)
        writer.write(0, {"a": array("I", [1])}, {})
        segments = Segments(connection, 0)
        connection.execute("BEGIN")
        writer.write(0, {"b": array("I", [2])}, {})
        segments = segments.after_change(connection)
        assert segments.words == ["a", "b"]
        connection.execute("ROLLBACK")
        writer.write(0, {"c": array("I", [3])}, {})
        segments = segments.after_change(connection)
        assert segments.words == ["a", "c"]
        assert sorted(chain.from_iterable(places for _, places in segments.places(frozenset("abc")))) == [1, 3]
