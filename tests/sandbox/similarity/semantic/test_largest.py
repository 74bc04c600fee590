"""The largest of many scores."""

from hypothesis import given
from hypothesis import strategies as st

from scenario_mcp.sandbox.similarity.semantic.largest import largest


@given(scores=st.lists(st.integers(0, 50), max_size=3000), count=st.integers(1, 500))
def test_the_largest_scores_are_those_that_sorting_finds(scores: list[int], count: int) -> None:
    numbers = [float(score) for score in scores]
    assert largest(numbers, count) == sorted(range(len(numbers)), key=numbers.__getitem__, reverse=True)[:count]
