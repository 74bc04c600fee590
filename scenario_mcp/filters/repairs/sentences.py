"""What a correction says: a sentence for each rule of the language that is often missed."""

from scenario_mcp.filters.syntax import Expected

EXPECTED: dict[Expected, str] = {
    "field": 'Here a condition should begin, such as kind = image or tags IN [knight, "pixel art"].',
    "operator": "A condition is field, operator, value, such as kind = image. For words use the query parameter.",
    "value": 'A value is missing here, such as image or "pixel art".',
    "list": 'After IN comes a list in square brackets, such as tags IN [knight, "pixel art"].',
    "item": 'Here a value should stand, such as tags IN [knight, "pixel art"].',
    "comma": 'Values in a list are separated by commas, and ] ends it, such as tags IN [knight, "pixel art"].',
    "close": "A parenthesis is not closed: here ), AND or OR should follow.",
    "end": "Here the filter should end, or go on with AND or OR and another condition.",
    "quote": "A quotation mark is not closed.",
    "escape": r"A backslash in a quoted value is written twice, as \\.",
    "depth": "The filter is nested too deeply, 36 parentheses are the most; take some away, or use IN [...].",
}
CAPITALS = "AND, OR, NOT, IN, IS, TO and EXISTS are written in capitals."
QUOTES = 'Values with anything but letters, digits, "_", "-" and "." stand in double quotes.'
INNER_QUOTES = r"A quotation mark inside a quoted value is written \"."
JOINED = "Conditions are joined by AND or OR."
BRACKETS = 'Several values are given as a list, such as tags IN [knight, "pixel art"].'
OPERATORS = "The operators are =, !=, <, <=, >, >=."
WORDS = "Words in a text are for the argument query; a filter compares the whole text."
TO = "A range is written low TO high, both ends included."
NULL = "IS NULL, IS NOT NULL, IS EMPTY and IS NOT EMPTY test for missing values."
CONDITIONS_ONLY = "The filter holds conditions only."
EACH_SIDE = "Each side of AND and OR has its own field and operator."
BOUNDS = "A bound has <, <=, > or >= before it."
