"""Every rule of correction does what its docstring shows."""

import re
from inspect import getmembers, isfunction

import pytest

from scenario_mcp.api.filter_fields import ASSET_FILTER_FIELDS
from scenario_mcp.filters.check import FilterProblem, check
from scenario_mcp.filters.repairs import ends, fields, foreign_names, lists, operators, quotes, values, word_tests
from scenario_mcp.filters.repairs.edit import Edit, Rule
from scenario_mcp.filters.syntax import ParseError, parse_tree

MODULES = (ends, fields, foreign_names, lists, operators, quotes, values, word_tests)
RULES: dict[str, Rule] = {
    f"{module.__name__.rpartition('.')[2]}.{name}": rule
    for module in MODULES
    for name, rule in getmembers(module, isfunction)
    if rule.__module__ == module.__name__ and rule.__annotations__.get("return") == Edit
}
EXAMPLES = {
    name: found.groups()
    for name, rule in RULES.items()
    if (found := re.fullmatch(r"Correct `(.+)` to `(.+)`[.;].*", rule.__doc__ or ""))
}


def test_every_rule_but_one_shows_an_example() -> None:
    assert len(RULES) == 55
    assert set(RULES) - set(EXAMPLES) == {"fields.place"}


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_rule_corrects_its_example(name: str) -> None:
    before, after = EXAMPLES[name]
    with pytest.raises(FilterProblem) as caught:
        check(before, ASSET_FILTER_FIELDS)
    assert caught.value.suggestion == after


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_rule_itself_applies_where_the_parser_stops(name: str) -> None:
    with pytest.raises(ParseError) as caught:
        parse_tree(EXAMPLES[name][0])
    edit = RULES[name](caught.value.state, ASSET_FILTER_FIELDS)
    assert edit is not None
    assert edit[1] not in {None, EXAMPLES[name][0]}  # another rule may have to follow
