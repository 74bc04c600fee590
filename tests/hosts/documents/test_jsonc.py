"""Texts of JSON before and after: layout and comments stay."""

import pytest

from scenario_mcp.hosts.documents import jsonc
from scenario_mcp.hosts.documents.problems import NotEditable, Unparsable

PUT = {
    "an empty text": ("", '{\n  "m": {\n    "s": 1\n  }\n}\n'),
    "an empty object": ("{}", '{\n  "m": {\n    "s": 1\n  }\n}'),
    "an empty object on two lines": ("{\n}\n", '{\n  "m": {\n    "s": 1\n  }\n}\n'),
    "one line": ('{"a": [1, 2]}', '{"a": [1, 2], "m": {"s": 1}}'),
    "one line without blanks": ('{"a":1,"m":{"b":2}}', '{"a":1,"m":{"b":2,"s":1}}'),
    "servers on one line": ('{\n  "m": {"b": 2}\n}', '{\n  "m": {"b": 2, "s": 1}\n}'),
    "no servers yet": ('{\n    "a": 1\n}', '{\n    "a": 1,\n    "m": {\n        "s": 1\n    }\n}'),
    "tabs": ('{\n\t"m": {\n\t\t"b": 2\n\t}\n}', '{\n\t"m": {\n\t\t"b": 2,\n\t\t"s": 1\n\t}\n}'),
    "empty servers": ('{\n  "m": {},\n  "a": 1\n}', '{\n  "m": {\n    "s": 1\n  },\n  "a": 1\n}'),
    "a trailing comma": ('{\n  "m": {\n    "b": 2,\n  },\n}', '{\n  "m": {\n    "b": 2,\n    "s": 1,\n  },\n}'),
    "a comment behind": (
        '{\n  "m": {\n    "b": 2 // two\n  }\n}',
        '{\n  "m": {\n    "b": 2, // two\n    "s": 1\n  }\n}',
    ),
    "a comment over two lines": (
        '{\n  "m": {\n    "b": 2 /* a\n    b */\n  }\n}',
        '{\n  "m": {\n    "b": 2, /* a\n    b */\n    "s": 1\n  }\n}',
    ),
    "only comments inside": (
        '{\n  "m": {\n    // soon\n  }\n}',
        '{\n  "m": {\n    // soon\n    "s": 1\n  }\n}',
    ),
    "signs in texts": ('{"m": {"b": "// \\" /* }"}}', '{"m": {"b": "// \\" /* }", "s": 1}}'),
    "a bracket behind the last": ('{\n  "m": {\n    "b": 2 }}', '{\n  "m": {\n    "b": 2,\n    "s": 1 }}'),
    "another value": ('{\n  "m": {\n    "s": {"x": 0}, // mine\n  }\n}', '{\n  "m": {\n    "s": 1, // mine\n  }\n}'),
    "comments alone": ("// settings", '// settings\n{\n  "m": {\n    "s": 1\n  }\n}\n'),
}


@pytest.mark.parametrize("case", PUT)
def test_a_member_goes_to_the_end_of_its_object_in_the_layout_of_the_text(case: str) -> None:
    before, after = PUT[case]
    assert jsonc.put(before, ("m", "s"), 1) == after


DROP = {
    "the last": ('{\n  "m": {\n    "b": 2,\n    "s": 1\n  }\n}', '{\n  "m": {\n    "b": 2\n  }\n}'),
    "the first": ('{\n  "m": {\n    "s": 1,\n    "b": 2\n  }\n}', '{\n  "m": {\n    "b": 2\n  }\n}'),
    "one in the middle": ('{"m": {"a": 0, "s": 1, "b": 2}}', '{"m": {"a": 0, "b": 2}}'),
    "the first of one line": ('{"m": {"s": 1, "b": 2}}', '{"m": {"b": 2}}'),
    "the last of one line": ('{"m":{"b":2,"s":1}}', '{"m":{"b":2}}'),
    "the only one": ('{\n  "m": {\n    "s": 1\n  }\n}', '{\n  "m": {}\n}'),
    "the only one beside comments": ('{\n  "m": {\n    // a\n    "s": 1\n  }\n}', '{\n  "m": {\n    // a\n  }\n}'),
    "one below a comment": (
        '{\n  "m": {\n    "b": 2, // two\n    "s": 1\n  }\n}',
        '{\n  "m": {\n    "b": 2 // two\n  }\n}',
    ),
    "one with a trailing comma": ('{\n  "m": {\n    "b": 2,\n    "s": 1,\n  }\n}', '{\n  "m": {\n    "b": 2,\n  }\n}'),
    "nothing": ('{"m": {"b": 2}}', '{"m": {"b": 2}}'),
    "nothing, nor its object": ('{"a": 1}', '{"a": 1}'),
}


@pytest.mark.parametrize("case", DROP)
def test_a_member_goes_with_its_line_and_its_comma(case: str) -> None:
    before, after = DROP[case]
    assert jsonc.drop(before, ("m", "s")) == after


def test_an_item_goes_in_and_out_of_a_list() -> None:
    text = '{\n  "i": [\n    {"id": 1}, // one\n  ]\n}'
    more = '{\n  "i": [\n    {"id": 1}, // one\n    {\n      "id": 2\n    },\n  ]\n}'
    assert jsonc.put_item(text, ("i",), {"id": 2}) == more
    assert jsonc.drop_item(more, ("i",), {"id": 2}) == text
    assert jsonc.drop_item(text, ("i",), {"id": 2}) == text
    assert jsonc.put_item('{"i": []}', ("i",), 1) == '{"i": [1]}'
    assert jsonc.put_item("", ("i",), 1) == '{\n  "i": [\n    1\n  ]\n}\n'
    with pytest.raises(NotEditable, match='has something other than a list at "i"'):
        jsonc.put_item('{"i": 1}', ("i",), 1)


def test_what_no_reader_takes_in_a_text_is_escaped() -> None:
    assert jsonc.put("{}", ("s",), "é🦊\x7f\u2028") == '{\n  "s": "é🦊\\u007f\\u2028"\n}'


@pytest.mark.parametrize(
    ("text", "problem", "line", "column"),
    [
        ('{"a": 1,, }', "expecting property name enclosed in double quotes", 1, 9),
        ("{,}", "expecting property name enclosed in double quotes", 1, 2),
        ('{\n  "a": "b\n}', "invalid control character at", 2, 10),
        ('{\n "a": 1 /* b', "a comment does not end", 2, 9),
        ('{"a": Infinity}', "Infinity is no number in JSON", 0, 0),
    ],
)
def test_a_text_that_is_no_json_is_refused_with_its_place(text: str, problem: str, line: int, column: int) -> None:
    with pytest.raises(Unparsable) as refused:
        jsonc.load(text)
    assert (refused.value.problem, refused.value.line, refused.value.column) == (problem, line, column)


def test_a_host_that_takes_no_comments_gets_none() -> None:
    assert jsonc.load('{"a": 1, /* b */}') == {"a": 1}
    with pytest.raises(Unparsable):
        jsonc.load('{"a": 1 /* b */}', has_comments=False)
    with pytest.raises(Unparsable):
        jsonc.load('{"a": 1,}', has_comments=False)
