"""What stands where a value belongs is told from values, whatever characters these hold."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scenario_mcp.placeholders import is_placeholder, is_reference

REFERENCES = (
    "${KEY}",
    "${env:KEY}",
    "${user_config.api_key}",
    "${input:scenario-key}",
    "${KEY:-}",
    "${{ secrets.KEY }}",
    "$SCENARIO_KEY",
    "$env:SCENARIO_KEY",
    "$(security find-generic-password -s scenario)",
    "%SCENARIO_KEY%",
    "{{KEY}}",
    "{env:KEY}",
    "{file:~/.key}",
    " ${KEY}\n",
    "${KEY",
    "{api_key}",
    "__API_KEY__",
    "#{KEY}#",
    "process.env.SCENARIO_KEY",
    "op://vault/scenario/key",
)
EXAMPLES = (
    "your-api-key",
    "YOUR_API_KEY",
    "your key",
    "<key>",
    "<YOUR KEY>",
    "[key]",
    "xxx",
    "XXXXXX",
    "***",
    "...",
    "…",
    "my-api-key",
    "put-your-key-here",
    "add_your_key",
    "REDACTED",
)
WORDS = (
    "change-me",
    "CHANGEME",
    "replace_me",
    "insert-key-here",
    "TODO",
    "tbd",
    "placeholder",
    "None",
    "null",
    "undefined",
)


@pytest.mark.promise(number=6)
@pytest.mark.parametrize("value", REFERENCES)
def test_a_reference_that_nothing_replaced_is_a_placeholder(value: str) -> None:
    assert is_reference(value)
    assert is_placeholder(value)


@pytest.mark.promise(number=6)
@pytest.mark.parametrize("value", [*EXAMPLES, *WORDS])
def test_what_examples_write_is_a_placeholder_and_no_reference(value: str) -> None:
    assert is_placeholder(value)
    assert not is_reference(value)


@pytest.mark.promise(number=6)
@pytest.mark.parametrize(
    "value", ["p$ss{1}%", "$5{x}", "100%", "%20%", "a${b", "a${KEY}b", "{}", "$", "sandbox", "proj_x", "", "/art/{new}"]
)
def test_a_value_with_odd_characters_is_none(value: str) -> None:
    assert not is_placeholder(value)


@given(st.text(string.ascii_letters + string.digits, min_size=20, max_size=40))
def test_no_key_is_taken_for_one(value: str) -> None:
    assert not is_placeholder("0" + value)
