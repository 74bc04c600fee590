"""Numbers are read with their units and separators; words are none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scenario_mcp.api.filter_fields import ASSET_FILTER_FIELDS
from scenario_mcp.filters.field_types import Number
from scenario_mcp.filters.values.numbers import UnreadableNumber, read_number


def number(field: str) -> Number:
    found = ASSET_FILTER_FIELDS[field].type
    assert isinstance(found, Number)
    return found


@pytest.mark.parametrize(
    ("field", "text", "read"),
    [
        ("size", "1MB", "1000000"),
        ("size", "1.5 MiB", "1572864"),
        ("size", "500kb", "500000"),
        ("size", "1_000_000", "1000000"),
        ("size", "1e6", "1e6"),
        ("size", "1e+6", "1000000"),
        ("width", "1,024", "1024"),
        ("width", "1 024", "1024"),
        ("width", "1'024", "1024"),
        ("width", "1.024", "1024"),
        ("width", "1024px", "1024"),
        ("width", "１０２４", "1024"),  # noqa: RUF001  # full-width digits are what is read
        ("width", "1024.0", "1024.0"),
        ("width", "+5", "5"),
        ("guidance", "7,5", "7.5"),
        ("guidance", "3.500", "3.500"),
        ("numInferenceSteps", "30 steps", "30"),
    ],
)
def test_a_number_is_read_as_it_is_meant(field: str, text: str, read: str) -> None:
    assert read_number(text, number(field)) == read


@pytest.mark.parametrize(
    ("text", "reading"),
    [
        ("abc", ""),
        ("1080p", ""),
        ("0x400", ""),
        ("true", ""),
        ("10,24", ""),
        ("1e999", ""),
        ("nan", ""),
        ("4K", "3840"),
    ],
)
def test_what_is_no_number_is_refused(text: str, reading: str) -> None:
    with pytest.raises(UnreadableNumber) as caught:
        read_number(text, number("width"))
    assert caught.value.reading == reading


@given(st.integers(0, 10**12), st.sampled_from(["{:,}", "{:_}", "{}", " {} bytes", "{:,} B"]))
def test_a_whole_number_keeps_its_value_in_every_notation(value: int, notation: str) -> None:
    assert float(read_number(notation.format(value), number("size"))) == value
