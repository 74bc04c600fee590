"""Positions of words."""

from scenario_mcp.sandbox.engine.postings import rounded_position


def test_far_positions_are_taken_together() -> None:
    assert [rounded_position(each) for each in (0, 15, 16, 23, 24, 32, 33, 1024)] == [0, 15, 24, 24, 32, 32, 64, 1024]
