"""Texts of YAML before and after: an entry goes in and out as lines."""

import pytest

from scenario_mcp.hosts.documents import yaml
from scenario_mcp.hosts.documents.problems import NotEditable, Unparsable

ENTRY = {"cmd": "yes", "args": ["--x: y"]}


def _lines(indent: str) -> str:
    return f"{indent}s:\n{indent}  cmd: yes\n{indent}  args:\n{indent}  - '--x: y'\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", f"e:\n{_lines('  ')}"),
        ("# only this", f"# only this\ne:\n{_lines('  ')}"),
        ("a: 1\n", f"a: 1\ne:\n{_lines('  ')}"),
        ("a: |\n  text", f"e:\n{_lines('  ')}a: |\n  text"),
        ("e:\na: 1\n", f"e:\n{_lines('  ')}a: 1\n"),
        ("e: {}  # none\na: 1\n", f"e:  # none\n{_lines('  ')}a: 1\n"),
        ("e:\n    # b\n    b: {c: 1}\n", f"e:\n{_lines('    ')}    # b\n    b: {{c: 1}}\n"),
        (f"e:\n  b: 1\n{_lines('  ')}# end\n", f"e:\n{_lines('  ')}  b: 1\n# end\n"),
    ],
)
def test_an_entry_goes_to_the_beginning_of_its_mapping(before: str, after: str) -> None:
    assert yaml.put(before, ("e", "s"), ENTRY) == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (f"e:\n{_lines('  ')}  # b\n  b: 1\n", "e:\n  # b\n  b: 1\n"),
        (f"e: # mine\n{_lines('  ')}a: 1\n", "e: {} # mine\na: 1\n"),
        ("e:\n  b: 1\n  s:\n    t: >-\n      x\n      y\n  # c\n  c: 1\n", "e:\n  b: 1\n  # c\n  c: 1\n"),
        ("e:\n  s: {a: [1,\n    2]} # mine\n  b: 1\n", "e:\n  b: 1\n"),
        ("e:\n  b: 1\n", "e:\n  b: 1\n"),
        ("a: 1\n", "a: 1\n"),
    ],
)
def test_an_entry_goes_with_its_lines(before: str, after: str) -> None:
    assert yaml.drop(before, ("e", "s")) == after


def test_a_mapping_in_braces_takes_no_lines() -> None:
    with pytest.raises(NotEditable, match=r"has e on one line, in braces\. Write it as lines\."):
        yaml.put("e: {b: 1}\n", ("e", "s"), ENTRY)
    with pytest.raises(NotEditable, match='has something other than a mapping at "e", in line 2'):
        yaml.put("a: 1\ne: [1]\n", ("e", "s"), ENTRY)


@pytest.mark.parametrize("text", ["a: [1\n", "a: 1\n b: 2\n", "--- a\n--- b\n", "a: \t- \x00", "a: *b\n"])
def test_a_text_that_is_no_document_is_refused(text: str) -> None:
    with pytest.raises(Unparsable):
        yaml.load(text)
