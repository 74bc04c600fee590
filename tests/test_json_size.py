"""How many values a JSON text holds, and what it costs to find out."""

import json
import time
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scenario_mcp.json_size import exceeds_value_limit, within_bounds

FILLING = b" " * 200_000
"""A text as long as it takes to be counted at all."""


@given(st.lists(st.sampled_from(["", ",", '"', "\\", "[{,", 'a"],{', "\\\\", "é"]), min_size=1, max_size=30))
def test_what_stands_within_strings_is_no_value(texts: list[str]) -> None:
    text = FILLING + json.dumps([{text: text} for text in texts]).encode()
    values = 2 * len(texts)
    assert not exceeds_value_limit(text, values)
    assert exceeds_value_limit(text, values - 1)


def test_a_string_without_an_end_holds_all_that_follows() -> None:
    assert not exceeds_value_limit(FILLING + b'["a", "b' + b'\\",' * 100, 2)


def test_strings_beyond_a_thousand_are_counted_as_the_first_are() -> None:
    text = FILLING + b"[" + b'"a,b",' * 4_321 + b'"c"]'
    assert not exceeds_value_limit(text, 4_322)
    assert exceeds_value_limit(text, 4_321)


@pytest.mark.parametrize(
    "text",
    [
        b'{"nodes": [' + b'{"a":1},' * 125_000 + b"1]}",
        b'{"a":' * 125_000,
        b"{" + b'"a":1,' * 125_000 + b'"b":1}',
        b"[" + b'"", ' * 125_000 + b"1]",
        b"[" + b'"a,b",1 ' * 100_000 + b"1]",
        b'["' + b"a," * 1_000_000 + b'"]',
        b'["' + b'\\",' * 600_000,
    ],
    ids=lambda text: text[:20].decode(),
)
def test_counting_takes_little_more_memory_than_the_text(text: bytes) -> None:
    tracemalloc.start()
    try:
        exceeds_value_limit(text, 97_500)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < len(text) + 250_000


def _bounding_seconds(part: bytes) -> float:
    text = part * (400_000 // len(part))
    begin = time.process_time()
    assert within_bounds(text) == text
    return time.process_time() - begin


@pytest.mark.processes
@pytest.mark.promise(number=15)
@pytest.mark.parametrize("part", [b"1" * 300 + b",", b"-" + b"1" * 300, b"1" * 300 + b"."], ids=["whole", "-", "."])
def test_numbers_that_are_nearly_too_long_take_about_as_long_as_words(part: bytes) -> None:
    """Eight times as long if each of their digits could begin a number."""
    assert min(_bounding_seconds(part) for _ in range(5)) < 4 * min(_bounding_seconds(b"x" * 301) for _ in range(5))
