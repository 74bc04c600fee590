"""The filter language: the parser that reads an expression, or says where it stops and what it expected there.

The grammar is Meilisearch's, which Scenario's API hands filters to. Keywords are capitals; once an operator, `IN`,
`AND`, `OR`, `NOT` or a parenthesis is read, an error is final, so the parser never goes back.

    filter    = [ or ] ;                                  a blank expression is no filter
    or        = and { "OR" and } ;
    and       = not { "AND" not } ;
    not       = "NOT" not | "(" or ")" | condition ;
    condition = field ( ("=" | "!=" | "<" | "<=" | ">" | ">=") value
                      | [ "NOT" ] "IN" "[" [ value { "," value } [ "," ] ] "]"
                      | "IS" [ "NOT" ] ( "NULL" | "EMPTY" )
                      | [ "NOT" ] "EXISTS"
                      | value "TO" value
                      | [ "NOT" ] ( "CONTAINS" | "STARTS WITH" ) value ) ;
"""

import re
import sys
from dataclasses import dataclass
from typing import Literal

from scenario_mcp.filters.tree import (
    And,
    Between,
    Comparison,
    Contains,
    Exists,
    IsEmpty,
    IsNull,
    Not,
    OneOf,
    Operator,
    Or,
    StartsWith,
    Tree,
)

Expected = Literal["field", "operator", "value", "list", "item", "comma", "close", "end", "quote", "escape", "depth"]


@dataclass(frozen=True, slots=True)
class ParseState:
    """Where the parser stopped.

    `expected` is what would have let it go on at `position`, an index past any white space. `names` are the spans of
    the last two field names, the current one last; `operand` that of the current condition's last value, with its
    quotes. `in_list` says that a `[` is open.
    """

    text: str
    position: int
    expected: Expected
    names: tuple[tuple[int, int], ...] = ()
    operand: tuple[int, int] | None = None
    in_list: bool = False

    @property
    def before(self) -> str:
        """The text up to where the parser stopped."""
        return self.text[: self.position]

    @property
    def rest(self) -> str:
        """The text from where the parser stopped."""
        return self.text[self.position :]


def is_blank(text: str) -> bool:
    """Return whether this is the expression that filters nothing."""
    return _SPACE.fullmatch(text) is not None


# The parser. Each expression is read once from left to right by regular expressions that never backtrack.

_BLANKS = r"[ \t\r\n]"
# What Unicode calls white space. It may stand before a value, and nowhere else.
_SPACES = r"[\t-\r \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]"
_END = r"(?![\w.-])"
# Letters and digits are Python's `\w`. The engine also counts vowel signs of some scripts as letters; quoted, they
# work on both sides.
_VALUE = re.compile(
    rf"""{_SPACES}*+(?:([\w.-]++)|"((?:[^"\\]++|\\.)*+)"|'((?:[^'\\]++|\\.)*+)'){_BLANKS}*+""", re.DOTALL
)
_SPACE = re.compile(rf"{_SPACES}*+")
_TEST = re.compile(
    rf"(?P<compare><=|>=|!=|<|>|=)"
    rf"|(?P<not>NOT{_BLANKS}+)?(?:IN{_END}(?P<list>{_BLANKS}*)|(?P<exists>EXISTS))"
    rf"|IS{_BLANKS}+(?P<isnt>NOT{_BLANKS}+)?(?P<is>NULL|EMPTY)"
)
_OPERATORS: dict[str | None, Operator] = {"=": "=", "!=": "!=", "<": "<", "<=": "<=", ">": ">", ">=": ">="}
_TEXT_TEST = re.compile(rf"(?P<not>NOT{_BLANKS}+)?(?P<test>CONTAINS|STARTS WITH)")
_TO = re.compile(rf"TO{_BLANKS}+")
_AND = re.compile(rf"{_BLANKS}*AND{_END}{_BLANKS}*")
_OR = re.compile(rf"{_BLANKS}*OR{_END}{_BLANKS}*")
_NOT = re.compile(rf"{_BLANKS}*NOT{_END}{_BLANKS}*")
_OPEN = re.compile(rf"{_BLANKS}*\({_BLANKS}*")
_CLOSE = re.compile(rf"{_BLANKS}*\){_BLANKS}*")
_COMMA = re.compile(rf"{_BLANKS}*,{_BLANKS}*")
_BRACKET = re.compile(rf"{_BLANKS}*\]{_BLANKS}*")
_ESCAPE = re.compile(
    r"""\\(?:(?P<plain>[\\/bfnrt'"])|u(?P<four>[0-9A-Fa-f]{4})|u\{(?P<some>[0-9A-Fa-f]{1,8})\}"""
    r"""|x(?P<two>[0-9A-Fa-f]{2})|(?P<octal>[0-3][0-7]{0,2}|[4-7][0-7]?)|(?P<bad>))"""
)
_SURROGATES = range(0xD800, 0xE000)
_PLAIN = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
KEYWORDS = frozenset(
    {
        *("AND", "OR", "IN", "NOT", "TO", "EXISTS", "IS", "NULL", "EMPTY", "CONTAINS", "STARTS", "WITH"),
        *("_geoRadius", "_geoBoundingBox"),
    }
)
# The engine's own limit counts levels of its parser: a parenthesis is four, a NOT is one. 36 parentheses were seen to
# parse and 37 not to; how many NOT parse beside them was not measured, so they get what the parentheses leave.
_GROUP_DEPTH = 4
MAX_GROUPS = 36
_MAX_DEPTH = MAX_GROUPS * _GROUP_DEPTH


class ParseError(Exception):
    """An expression does not parse; `state` says where and why."""

    def __init__(self, state: ParseState) -> None:
        super().__init__(state.expected)
        self.state = state


class Parser:
    """Reads one expression; afterwards knows where the parts stand that `check` looks at."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.position = 0
        self.names: list[tuple[str, int, int]] = []
        self.contains: list[tuple[int, int, bool]] = []
        self.nulls: list[tuple[int, int, bool]] = []
        self.operand: tuple[int, int] | None = None
        self.in_list = False

    def parse(self) -> Tree | None:
        """Return the tree, None for a blank expression; raise `ParseError`."""
        if is_blank(self.text):
            return None
        tree = self.alternatives(0)
        if self.position != len(self.text):
            raise self.error_at("end")
        return tree

    def alternatives(self, depth: int) -> Tree:
        """Read conditions joined by OR."""
        operands = [self.conjunction(depth)]
        while self.skip(_OR):
            operands.append(self.conjunction(depth))
        return operands[0] if len(operands) == 1 else Or(tuple(operands))

    def conjunction(self, depth: int) -> Tree:
        """Read conditions joined by AND."""
        operands = [self.negation(depth)]
        while self.skip(_AND):
            operands.append(self.negation(depth))
        return operands[0] if len(operands) == 1 else And(tuple(operands))

    def negation(self, depth: int) -> Tree:
        """Read a condition or group with any number of NOT before it."""
        negated = False
        while self.skip(_NOT):
            negated = not negated
            depth += 1
            if depth > _MAX_DEPTH:
                raise self.error_at("depth")
        tree = self.primary(depth)
        return _negated(tree) if negated else tree

    def primary(self, depth: int) -> Tree:
        """Read a group in parentheses or a condition."""
        if not self.skip(_OPEN):
            return self.condition()
        if depth + _GROUP_DEPTH > _MAX_DEPTH:
            raise self.error_at("depth")
        tree = self.alternatives(depth + _GROUP_DEPTH)
        if not self.skip(_CLOSE):
            raise self.error_at("close")
        return tree

    def condition(self) -> Tree:
        """Read a field and its test."""
        field, start, end = self.value("field")
        self.names.append((field, start, end))
        self.operand = None
        test = _TEST.match(self.text, self.position)
        if test is None:
            return self.text_condition(field)
        if operator := _OPERATORS.get(test["compare"]):
            self.position = test.end()
            value, start, end = self.value("value")
            if operator in {"=", "!="} and self.text[start:end].lower() == "null":
                self.nulls.append((test.start(), end, operator == "!="))
            return Comparison(field, operator, value)
        self.position = test.end()
        if kind := test["is"]:
            tree: Tree = IsNull(field) if kind == "NULL" else IsEmpty(field)
            return Not(tree) if test["isnt"] else tree
        tree = Exists(field) if test["exists"] else OneOf(field, self.values())
        return Not(tree) if test["not"] else tree

    def text_condition(self, field: str) -> Tree:
        """Read what a word after the field may begin: the lower bound of a range, or a test of text."""
        start = self.position
        low = _VALUE.match(self.text, start)
        if low and low[1] not in KEYWORDS and (to := _TO.match(self.text, low.end())):
            bound = self.value("value")[0]
            self.position = to.end()
            return Between(field, bound, self.value("value")[0])
        if test := _TEXT_TEST.match(self.text, start):
            self.position = test.end()
            value = self.value("value")[0]
            if test["test"] == "CONTAINS":
                self.contains.append((test.start(), test.end(), test["not"] is not None))
            tree = Contains(field, value) if test["test"] == "CONTAINS" else StartsWith(field, value)
            return Not(tree) if test["not"] else tree
        raise self.error_at("operator")

    def values(self) -> tuple[str, ...]:
        """Read the list after IN."""
        if not self.text.startswith("[", self.position):
            raise self.error_at("list")
        self.position += 1
        self.in_list = True
        values: list[str] = []
        while not self.skip(_BRACKET):
            if values and not self.skip(_COMMA):
                raise self.error_at("comma")
            if values and self.skip(_BRACKET):
                break
            values.append(self.value("item")[0])
        self.in_list = False
        return tuple(values)

    def value(self, expected: Expected) -> tuple[str, int, int]:
        """Read a word or a quoted text; return it with the span that it takes up, quotes included."""
        match = _VALUE.match(self.text, self.position)
        if match is None or match[1] in KEYWORDS:
            raise self.error_at(expected)
        group = match.lastindex or 1
        start, end = match.span(group)
        value = match[group]
        if group > 1:
            start, end = start - 1, end + 1
            self.operand = (start, end)
            if "\\" in value:
                value = _ESCAPE.sub(self.unescape, value)
        self.operand = (start, end)
        self.position = match.end()
        return value, start, end

    def unescape(self, escape: re.Match[str]) -> str:
        """Return the character that an escape in quotes stands for."""
        if plain := escape["plain"]:
            return _PLAIN.get(plain, plain)
        code = -1
        if octal := escape["octal"]:
            code = int(octal, 8)
        elif hexadecimal := escape["four"] or escape["some"] or escape["two"]:
            code = int(hexadecimal, 16)
        if 0 <= code <= sys.maxunicode and code not in _SURROGATES:
            return chr(code)
        quoted = self.operand or (0, 0)
        self.position = quoted[0] + 1 + escape.start()
        raise self.error_at("escape")

    def skip(self, token: re.Pattern[str]) -> bool:
        """Read a token if it comes next; return whether it did."""
        if found := token.match(self.text, self.position):
            self.position = found.end()
        return found is not None

    def error_at(self, expected: Expected) -> ParseError:
        """Return the error that says what should have stood here."""
        space = _SPACE.match(self.text, self.position)
        start = space.end() if space else self.position
        if expected in {"field", "value", "item"} and self.text[start : start + 1] in {'"', "'"}:
            expected = "quote"
        names = tuple((start, end) for _, start, end in self.names[-2:])
        return ParseError(ParseState(self.text, start, expected, names, self.operand, in_list=self.in_list))


def parse_tree(text: str) -> Tree | None:
    """Return an expression's tree, None for a blank one; raise `ParseError`."""
    return Parser(text).parse()


def _negated(tree: Tree) -> Tree:
    # As the engine does: two negations are none.
    return tree.operand if isinstance(tree, Not) else Not(tree)
