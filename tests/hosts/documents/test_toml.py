"""Texts of TOML before and after: a table goes to the end, and leaves what follows it."""

import pytest

from scenario_mcp.hosts.documents import toml
from scenario_mcp.hosts.documents.problems import NotEditable, Unparsable

ENTRY = {"command": "c\x7f", "env": {"A B": "é"}}
TABLE = '[m.s]\ncommand = "c\\u007f"\nenv = {"A B" = "é"}\n'


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", TABLE),
        ("a = 1\n", f"a = 1\n\n{TABLE}"),
        ("a = 1 # one", f"a = 1 # one\n\n{TABLE}"),
        ("[m]\n[m.b]\nx = 1\n# next\n[c]\n", f"[m]\n[m.b]\nx = 1\n# next\n[c]\n\n{TABLE}"),
        ("m.b.x = 1\n", f"m.b.x = 1\n\n{TABLE}"),
        ("[m]\nb = {x = 1}\n", f"[m]\nb = {{x = 1}}\n\n{TABLE}"),
        ("m = {b = {x = 1}} # m\n", 'm = {b = {x = 1},s = {command = "c\\u007f", env = {"A B" = "é"}}} # m\n'),
        (f"{TABLE}\n# next\n[c]\n", f"\n# next\n[c]\n\n{TABLE}"),
    ],
)
def test_a_table_goes_to_the_end(before: str, after: str) -> None:
    assert toml.put(before, ("m", "s"), ENTRY) == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (f"a = 1\n\n{TABLE}", "a = 1\n"),
        (f"{TABLE}\n[m.s.env2]\nx = 1\n\n# about c\n[c]\n", "\n\n# about c\n[c]\n"),
        ('[m."s"] # quoted\nx = [\n  "[c]",\n]\n[m.t]\n', "[m.t]\n"),
        ("[m.s.inner]\nx = 1\n[c]\n[m.s.other]\n", "[c]\n"),
        ("x = '''\n[m.s]\n'''\n[m.s]\ny = 1\n", "x = '''\n[m.s]\n'''\n"),
        ("m = {s = {x = 1}, b = 2}\n", "m = { b = 2}\n"),
        ("[m.t]\n", "[m.t]\n"),
    ],
)
def test_a_table_goes_with_its_lines(before: str, after: str) -> None:
    assert toml.drop(before, ("m", "s")) == after


def test_what_is_no_table_takes_none() -> None:
    with pytest.raises(NotEditable, match='has something other than tables at "m"'):
        toml.put("m = 1\n", ("m", "s"), {})


def test_a_text_that_is_no_toml_is_refused_with_its_place() -> None:
    for text, problem, line, column in (
        ("a = 1\na = 2\n", "cannot overwrite a value", 2, 6),
        ("a = ", "invalid value (at end of document)", 0, 0),
    ):
        with pytest.raises(Unparsable) as refused:
            toml.load(text)
        assert (refused.value.problem, refused.value.line, refused.value.column) == (problem, line, column)
