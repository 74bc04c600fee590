"""What people write instead of the filter language: one rule of correction for each mistake, by where it shows.

`repair` is told where the parser stopped and what it expected there. A rule sees text only: whether its edit helps is
for the parser to say. Imports the filter language, and nothing else.
"""

from scenario_mcp.filters.field_types import FilterFields
from scenario_mcp.filters.repairs import ends, fields, foreign_names, lists, operators, quotes, values, word_tests
from scenario_mcp.filters.repairs.edit import Repair, Rule
from scenario_mcp.filters.repairs.sentences import EXPECTED
from scenario_mcp.filters.syntax import Expected, ParseState

MAX_REPAIRED_CHARACTERS = 4_000
"""A longer expression gets no correction: each try reads all of it."""

_AFTER_A_CONDITION: tuple[Rule, ...] = (
    ends.blank_end,
    ends.brackets_end,
    ends.comment,
    ends.another_bound,
    ends.other_clause,
    ends.foreign_join,
    ends.missing_join,
    ends.range_after_operator,
    ends.any_item,
    ends.negated_operand,
    ends.stray_quote,
    ends.unquoted_operand,
)
_ANYWHERE: tuple[Rule, ...] = (
    foreign_names.argument_name,
    quotes.exotic_space,
    quotes.invisible_character,
    quotes.percent_sign,
    quotes.character_reference,
    quotes.typographic_quote,
)
_RULES: dict[Expected, tuple[Rule, ...]] = {
    "field": (
        fields.negation_sign,
        fields.empty_group,
        fields.dangling_join,
        fields.doubled_join,
        fields.place,
        foreign_names.bracketed_field,
        fields.stray_sign,
        fields.exists_first,
        fields.repeated_field,
    ),
    "operator": (
        operators.lower_case_not,
        operators.minus_sign,
        operators.select_clause,
        operators.exists_field,
        foreign_names.position_in_list,
        foreign_names.function_of_field,
        operators.bracketed_range,
        operators.contained,
        operators.function,
        operators.foreign_operator,
        word_tests.repeated_before_word,
        word_tests.outside,
        operators.between,
        word_tests.word_test,
        operators.another_value,
        operators.missing_operator,
    ),
    "value": (
        values.doubled_operator,
        values.null_value,
        values.list_value,
        values.reserved_value,
        values.unquoted_value,
    ),
    "list": (lists.swapped, lists.list_brackets),
    "item": (lists.close_list, lists.list_comma, values.reserved_value, lists.unquoted_item),
    "comma": (lists.close_list, lists.list_comma, lists.unquoted_item),
    "close": _AFTER_A_CONDITION,
    "end": _AFTER_A_CONDITION,
    "quote": (quotes.close_quote,),
    "escape": (quotes.double_backslash,),
}


def repair(state: ParseState, fields: FilterFields) -> Repair:
    """Return what is wrong and, where one edit may help, the edited text. `fields` are the API's."""
    if len(state.text) <= MAX_REPAIRED_CHARACTERS:
        for rule in (*_ANYWHERE, *_RULES.get(state.expected, ())):
            if edit := rule(state, fields):
                return Repair(state.position, *edit)
    return Repair(state.position, EXPECTED[state.expected], None)
