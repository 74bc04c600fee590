"""Strangers' text is shown on one line, without what does not show, without addresses, and bounded."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scenario_mcp.text import Secrets, clean, file_path, shown, trimmed, without_links
from tests.support.fakes import is_plain

TEXTS = st.text(st.characters(exclude_categories=[]), max_size=300)


@pytest.mark.promise(number=18)
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a knight", "a knight"),
        ("", ""),
        ("  a\t\tknight\r\nat\x0b\x0cthe \u00a0\u2028\u2029\x85gate  ", "a knight at the gate"),
        ("b\u00fcrger \u5263\u58eb \U0001f409", "b\u00fcrger \u5263\u58eb \U0001f409"),
        ("a\x00b\x07c\x1bd\x7fe\x9ff", "abcdef"),
        ("a\u200bb\u200dc\u2060d\ufeffe\u00adf", "abcdef"),
        ("a\u202eb\u2066c\u200fd\u061ce", "abcde"),
        ("a\U000e0041b\U000e007fc", "abc"),
        ("a\ud800b\udfffc", "abc"),
        ("a\ufe0fb\u3164c\u115fd\uffa0e\u034ff", "abcdef"),
        ("a\ufff9b\uffffc\ufdd0d", "abcd"),
        ("\u200b\u202e", ""),
    ],
)
def test_cleaned_text_is_one_line_of_what_shows(text: str, expected: str) -> None:
    assert clean(text, 100) == expected


@pytest.mark.parametrize(
    ("text", "limit", "expected"),
    [
        ("a knight at the gate", 20, "a knight at the gate"),
        ("a knight at the gate", 19, "a knight at the…"),
        ("a knight at the gate", 13, "a knight at…"),
        ("a knight, at the gate", 10, "a knight…"),
        ("unbroken" * 5, 10, "unbrokenu…"),
        ("x" + " " * 500 + "y", 10, "x…"),
    ],
)
def test_long_text_is_cut_at_a_word_with_an_ellipsis(text: str, limit: int, expected: str) -> None:
    assert clean(text, limit) == expected


@given(text=TEXTS, limit=st.integers(2, 80))
def test_cleaned_text_is_bounded_printable_and_stays_clean(text: str, limit: int) -> None:
    cleaned = clean(text, limit)
    assert len(cleaned) <= limit
    assert cleaned == cleaned.strip()
    assert is_plain(cleaned)
    assert clean(cleaned, limit) == cleaned


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("see https://example.com/a?b=c#d, then", "see [address removed] then"),
        ("HTTP://EXAMPLE.COM", "[address removed]"),
        ("s3://bucket/key and scenario://assets/a", "[address removed] and [address removed]"),
        ("www.example.com/x", "[address removed]"),
        ("data:image/png;base64,AAAA", "[address removed]"),
        ("https:\u200b//example.com/x", "[address removed]"),
        ("ht\ud800tps://example.com/x", "[address removed]"),
        ("\u89c1https://example.com/x", "\u89c1[address removed]"),
        ("0https://example.com/x and " + "x" * 40 + "https://example.com", "[address removed] and [address removed]"),
        ("metadata: a 16:9 picture, either/or", "metadata: a 16:9 picture, either/or"),
    ],
)
def test_addresses_are_taken_out_of_a_text(text: str, expected: str) -> None:
    assert without_links(text) == expected


@given(TEXTS, TEXTS)
def test_no_address_comes_together_when_the_rest_is_cleaned(before: str, after: str) -> None:
    text = clean(without_links(f"{before}https://cdn.example.com/x?Signature=1{after}"), 2_000)
    assert "cdn.example.com" not in text
    assert "Signature" not in text


@pytest.mark.promise(number=7)
@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("a castle", '"a castle"'),
        ('a "big"\ncastle', "\"a 'big' castle\""),
        ("w " * 60, '"' + "w " * 29 + 'w…"'),
        ("https://example.com/x", '"[address removed]"'),
        ("data:image/png;base64," + "A" * 1_000_000, '"[address removed]"'),
        (True, "true"),
        (False, "false"),
        (7, "7"),
        (-(10**15) + 1, "-999999999999999"),
        (10**15, "a huge number"),
        (-(10**6_000), "a huge number"),
        (7.5, "7.5"),
        (1e300, "1e+300"),
        (float("nan"), "nan"),
        ([1], "a list"),
        ((1,), "a list"),
        ({"a": 1}, "an object"),
    ],
    ids=lambda value: str(type(value)),
)
def test_a_refused_value_is_named_briefly(value: Any, expected: str) -> None:
    assert shown(value) == expected


@pytest.mark.promise(number=17)
def test_what_signs_an_address_is_removed_even_where_the_address_is_cut() -> None:
    text = "cdn.example.com/a?Policy=abc&Signature=def&Key-Pair-Id=ghi end"
    assert without_links(text) == "cdn.example.com/a[address removed] end"


def test_a_text_of_any_length_is_trimmed_in_no_time() -> None:
    long = "https://example.com/?" + "a://" * 2_000_000
    assert trimmed(long, 100) == "[address removed]…"
    assert trimmed("word " * 2_000_000, 20) == "word word word word…"
    assert shown("x" * 8_000_000) == f'"{"x" * 59}…"'


@pytest.mark.promise(number=17)
def test_secrets_are_taken_out_as_they_are_and_as_json_spells_them() -> None:
    secrets = Secrets(['abc\\def"g', "short", "abcdefgh", "abcdefgh1234"])
    told = secrets.removed_from('{"a":"abc\\\\def\\"g abcdefgh1234 abcdefgh short"}')
    assert told == '{"a":"[secret removed] [secret removed] [secret removed] short"}'


@pytest.mark.parametrize(
    ("path", "shown_path"),
    [
        (None, None),
        ("", None),
        ("a/b.png", "a/b.png"),
        ("two  blanks/a\u202fb.png", "two  blanks/a\u202fb.png"),
        ("one\ntwo\u2028three\u202e.png", "one two three.png"),
        ("www.example.com/a.png", "www.example.com/a.png"),
        ("a.png?Signature=abc~def", "a.png[signature removed]"),
        ("characters/knights/old/hero.png", "characters/knights…/hero.png"),
        ("characters/knights/the_long_hero_02.png", "charac…/the_long_hero_02.png"),
        ("knights/the_very_long_name_of_a_hero_02.png", "the_very_long…_a_hero_02.png"),
    ],
)
def test_a_path_keeps_its_signs_and_of_a_long_one_the_name_stays(path: str | None, shown_path: str | None) -> None:
    assert file_path(path, 28) == shown_path


@pytest.mark.promise(number=18)
@given(TEXTS, st.integers(4, 60))
def test_a_path_is_one_visible_line_of_the_length_asked_for(path: str, limit: int) -> None:
    text = file_path(path, limit)
    assert text is None or (len(text) <= limit and is_plain(text))
