"""What a tree knows of itself."""

from scenario_mcp.filters.syntax import parse_tree
from scenario_mcp.filters.tree import (
    fields,
)


def test_fields_are_named_once_in_order_of_appearance() -> None:
    tree = parse_tree("b = 1 AND NOT (a IN [x] OR b EXISTS) AND c 1 TO 2 AND 'd e' IS NULL")
    assert tree is not None
    assert fields(tree) == ("b", "a", "c", "d e")
