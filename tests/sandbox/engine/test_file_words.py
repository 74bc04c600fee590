"""Words of a file that its path has only within longer ones."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scenario_mcp.sandbox.engine.file_words import file_words, parts


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("CamelCaseHero02", ["Camel", "Case", "Hero", "02"]),
        ("HTTPServer", ["HTTP", "Server"]),
        ("E\u0301coleNai\u0308ve", ["E\u0301cole", "Nai\u0308ve"]),
        ("щитЩит7", ["щит", "Щит", "7"]),
        ("騎士の絵", ["騎士の絵"]),
        ("hero", ["hero"]),
        ("HERO", ["HERO"]),
        ("0042", ["0042"]),
        ("", []),
    ],
)
def test_a_name_is_cut_before_capitals_of_new_words_and_between_letters_and_digits(
    name: str, expected: list[str]
) -> None:
    assert [*parts(name)] == expected


@given(st.text(max_size=40))
def test_parts_are_the_whole_name(name: str) -> None:
    assert "".join(parts(name)) == name


@pytest.mark.parametrize(
    ("document", "words"),
    [
        ({}, ""),
        ({"file": 1, "mimeType": "image/png"}, ""),
        ({"file": "hero.png"}, ""),
        ({"file": "charArt/knights/heroB2.png"}, "char Art. hero B 2"),
        ({"file": "a.png", "mimeType": "image/webp", "metadata": {"width": 832, "height": 1216}}, "webp. 832x1216"),
        ({"file": "a.png", "metadata": {"width": 832}}, ""),
    ],
)
def test_words_are_parts_of_names_the_format_and_the_pixels(document: dict[str, Any], words: str) -> None:
    assert file_words(document) == words
