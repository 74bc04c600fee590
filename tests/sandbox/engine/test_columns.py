"""Columns of values: equality, ranges and order."""

import random
from collections.abc import Callable

import pytest

from scenario_mcp.sandbox.engine import bitsets
from scenario_mcp.sandbox.engine.columns import Columns, SortedLeaves
from tests.support.things import open_store

NUMBERS = random.Random(7).choices(range(400), k=3000)  # noqa: S311  # test data
"""A value for each document; the document's number is the place."""


def leaves() -> SortedLeaves[float]:
    found: dict[float, list[int]] = {}
    for place, number in enumerate(NUMBERS):
        found.setdefault(number, []).append(place)
    return SortedLeaves(found)


def places(test: Callable[[int], bool]) -> int:
    return bitsets.from_numbers([place for place, number in enumerate(NUMBERS) if test(number)])


@pytest.mark.parametrize("low", [-1, 0, 57, 58, 200, 399, 400])
def test_ranges_hold_what_a_look_at_each_document_finds(low: int) -> None:
    column = leaves()
    assert column.equal_to(low) == places(lambda number: number == low)
    assert column.below(low, including=False) == places(lambda number: number < low)
    assert column.below(low, including=True) == places(lambda number: number <= low)
    assert column.above(low, including=False) == places(lambda number: number > low)
    assert column.above(low, including=True) == places(lambda number: number >= low)
    for high in (low - 1, low, low + 3, low + 150, 400):
        assert column.within(low, high) == places(lambda number, high=high: low <= number <= high)  # type: ignore[misc]  # a default binds the loop's value


@pytest.mark.parametrize("descending", [False, True])
def test_buckets_are_the_values_in_order(descending: bool) -> None:  # noqa: FBT001  # pytest gives it
    universe = places(lambda number: number % 3 == 0)
    expected = [
        bits
        for value in sorted(set(NUMBERS), reverse=descending)
        if (bits := universe & places(lambda number, value=value: number == value))  # type: ignore[misc]  # as above
    ]
    assert list(leaves().buckets(universe, descending=descending)) == expected


def test_a_path_that_no_text_can_have_is_an_empty_column() -> None:
    with open_store() as store, store.snapshot() as snapshot:
        assert Columns(snapshot.connection, 0).column("maker.\ud800").existing == 0
