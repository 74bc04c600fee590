"""Keywords with the answers of Meilisearch's own engine (the package `milli` 1.8.1), case by case."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import pytest

from scenario_mcp.sandbox.engine import keywords
from scenario_mcp.sandbox.engine.indexes import IndexSettings
from scenario_mcp.sandbox.engine.postings import Postings
from scenario_mcp.sandbox.engine.storage import Store

ATTRIBUTES = ("name", "tags", "prompt", "description")
DOCUMENTS = [
    ("Red dragon", [], "a red dragon over an old castle. Fog at dawn", ""),
    ("Sunflower field", ["nature"], "sun flower, summer; yellow petals", ""),
    ("Spaceship", ["sci-fi"], "the space ship lands near a light house", ""),
    ("Lighthouse", ["sea", "old stone"], "lighthouse in a storm, watercolour", ""),
    ("Illustration of a knight", ["character"], "knight in shining armour, watercolor illustration", ""),
    ("Dragonfly", ["insect"], "macro photograph of a dragonfly on a leaf", "photografy"),
    ("Old castle", ["architecture"], "castle old and grey. dragon asleep inside", "the castle of the red dragon"),
    ("red", [], "red dragon", "x" * 260),
    (
        "Red dragon head",
        ["logo"],
        "red dragon head, flat",
        "one two three four five six seven eight nine ten eleven twelve",
    ),
    ("hero_portrait_v2", ["character"], "Portrait of the hero; red cloak. A dragon emblem", "summerhouse by the sea"),
    ("Character sheet", ["character"], "charcter in three poses", "an old stone character"),
]


@contextmanager
def postings_of(documents: Sequence[Sequence[object]]) -> Iterator[Postings]:
    with Store.open(settings={"assets": IndexSettings(ATTRIBUTES, {}, {})}) as store:
        with store.writing() as batch:
            for number, values in enumerate(documents):
                batch.put("assets", {"id": str(number), **dict(zip(ATTRIBUTES, values, strict=False))})
        with store.snapshot() as snapshot:
            yield Postings(snapshot.connection, 0)


@pytest.fixture(scope="module")
def postings() -> Iterator[Postings]:
    with postings_of(DOCUMENTS) as postings:
        yield postings


def find(query: str, postings: Postings) -> keywords.Found:
    return keywords.find(query, (1 << len(DOCUMENTS)) - 1, postings, len(ATTRIBUTES), ())


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("red dragon", [0, 8, 7, 6, 9]),
        ("dragon red", [0, 8, 7, 6, 9]),
        ("red dragon head", [8, 0, 7, 6, 9]),
        ("sun flower", [1]),
        ("sunflower", [1]),
        ("light house sea", [3, 2]),
        ("lighthouse", [3, 2]),
        ("lightohuse", [3]),
        ("illustraiton", [4]),
        ("ilustratoin", [4]),
        ("allustration", [4]),
        ("photografi", [5]),
        ("hpotograph", [5]),
        ("kcharacter", [10, 4, 9]),
        ("one two three four five six seven eight nine ten eleven zzz", [8]),
        ("one two three four five six seven eight nine zzz eleven", [8]),
        ('"red dragon"', [0, 7, 8, 6]),
        ('"red dragon. old"', [0, 6]),
        ('"castle. Fog at"', [0]),
        ('"dragon head" red', [8]),
        ('"red dragon', [0, 7, 8, 6]),
        ('-"red dragon', [1, 2, 3, 4, 5, 9, 10]),
        ('red -"red dragon" -head', [9]),
        ("dragon -castle", [8, 7, 9]),
        ("red -", [7, 0, 8, 9, 6]),
        ("- red", [7, 0, 8, 9, 6]),
        ("red-dragon", [0, 8, 7, 6, 9]),
        ('"old castle grey"', []),
        ('"red dragon over an old"', [0]),
        ("summer house by the sea", [9, 1]),
        ("summerhouse", [9]),
        ("sum mer house", [9, 1]),
        ("character", [10, 4, 9]),
        ('"" red', [7, 0, 8, 9, 6]),
        ('"red" "dragon"', [0, 8, 7, 6, 9]),
        ("x" * 260, []),
        ("x" * 260 + " red", []),
        ("old, stone", [3, 10, 6, 0]),
        ("old. stone", [3, 10, 6, 0]),
        ("!dragon", [5, 0, 8, 6, 7, 9]),
        ("the castle of the red dragon", [6, 2, 9]),
        ("space ship lands", [2]),
        ("spaceship lands", [2]),
        ("spa", [2]),
        ("red dragon dragn", [0, 8, 7, 6, 9]),
        ("dragonfly leef", [5]),
        ("hero portrait v2", [9]),
        ('"three" poses', [10, 8]),
        ("-red", [1, 2, 3, 4, 5, 10]),
        ('-"old castle" old', [3, 10]),
    ],
)
def test_a_query_is_answered_as_by_the_engine(query: str, expected: list[int], postings: Postings) -> None:
    assert find(query, postings).page(0, 20) == expected


def test_pages_are_parts_of_one_ranking(postings: Postings) -> None:
    found = find("the castle of the red dragon", postings)
    whole = found.page(0, 20)
    assert found.count(1000) == len(whole) == 3
    assert found.count(2) == 2
    assert [found.page(offset, 2) for offset in range(5)] == [whole[offset : offset + 2] for offset in range(5)]
    assert found.page(0, 0) == []


@pytest.mark.parametrize(("others", "expected"), [(98, [1, 0]), (99, [0, 1])])
def test_a_beginning_of_100_words_is_no_nearer_for_standing_before(others: int, expected: list[int]) -> None:
    texts = ("red x x x x cat", "cat red", " ".join(f"c{number}" for number in range(others)))
    with postings_of([(text,) for text in texts]) as postings:
        assert find("red c", postings).page(0, 20) == expected


@pytest.mark.parametrize(("query", "expected"), [("endless", [0, 2]), ("endl", [0, 1, 2])])
def test_a_longer_beginning_is_that_of_1000_words_at_most(query: str, expected: list[int]) -> None:
    many = " ".join(f"endless{number}" for number in range(1000, 2000))
    with postings_of([("endless1099",), ("endless2000",), ("", [], f"endless {many}")]) as postings:
        assert find(query, postings).page(0, 20) == expected


def test_a_place_as_far_before_the_rounded_one_is_not_that_of_the_query() -> None:
    with postings_of([("x " * 17 + "castle",), ("x " * 27 + "castle",), ("tle",)]) as postings:
        assert find(". . . . castle tle", postings).page(0, 20) == [1, 0]
