"""One variable at a time: absent, read, or refused in a sentence that names it."""

from collections.abc import Callable

import pytest

from scenario_mcp import environment
from scenario_mcp.errors import SettingsRefused


def refusal(read: Callable[[], object]) -> str:
    with pytest.raises(SettingsRefused) as refused:
        read()
    return str(refused.value)


def no_word(item: str) -> str:
    return "" if item.isalpha() else "must list words."


@pytest.mark.parametrize("environ", [{}, {"X": ""}, {"X": " \n"}])
def test_an_empty_variable_counts_as_absent(environ: dict[str, str]) -> None:
    assert environment.text(environ, "X") == ""
    assert environment.flag(environ, "X") is False
    assert environment.choice(environ, "X", ("a", "b"), "b") == "b"
    assert environment.number(environ, "X", 7, least=1, most=9) == 7
    assert environment.listed(environ, "X", problem_of=no_word) == ()
    assert environment.url(environ, "X", example="https://a.example") == ""
    assert environment.secret(environ, "X", "Y") == ("X", "")


def test_a_choice_is_read_in_any_case_and_another_is_refused_with_those_that_there_are() -> None:
    assert environment.choice({"X": " A "}, "X", ("a", "b"), "b") == "a"
    assert refusal(lambda: environment.choice({"X": "c"}, "X", ("a", "b"), "b")) == "X must be one of a, b, not 'c'."
    said = refusal(lambda: environment.choice({"X": "c"}, "X", ("a", "b"), "b", "a (the first) or b"))
    assert said == "X must be a (the first) or b, not 'c'."


def test_a_number_has_the_type_of_its_default() -> None:
    assert environment.number({"X": "2.5"}, "X", 1.0, least=0, most=9) == 2.5
    assert refusal(lambda: environment.number({"X": "2.5"}, "X", 1, least=0, most=9)) == (
        "X must be a whole number from 0 to 9, not '2.5'."
    )
    assert refusal(lambda: environment.number({"X_SECONDS": "nan"}, "X_SECONDS", 1.0, least=0, most=9)) == (
        "X_SECONDS must be a number of seconds from 0 to 9, not 'nan'."
    )


def test_a_list_holds_each_item_once_in_lower_case() -> None:
    assert environment.listed({"X": "A, b,,a"}, "X", problem_of=no_word) == ("a", "b")
    assert environment.listed({"Y": "a", "Z": "b"}, "X", "Y", "Z", problem_of=no_word) == ("a",)
    assert refusal(lambda: environment.listed({"Y": "a,2"}, "X", "Y", problem_of=no_word)) == "Y must list words."


def test_a_secret_is_that_of_the_first_name_that_is_set() -> None:
    assert environment.secret({"Y": " b\n", "Z": "c"}, "X", "Y", "Z") == ("Y", "b")
    assert refusal(lambda: environment.secret({"X": "a b"}, "X")) == (
        "X holds white space or a control character. Copy the value again."
    )


@pytest.mark.parametrize("value", ["", "api_Zk3", "a:b", "it's"])
def test_a_value_that_fits_a_header_has_no_problem(value: str) -> None:
    assert environment.secret_problem(value) == ""


def test_a_refused_value_is_shown_short_and_without_control_characters() -> None:
    assert environment.quoted("\x1b[31m" + "x" * 99) == "'\\x1b[31m" + "x" * 35 + "'"
