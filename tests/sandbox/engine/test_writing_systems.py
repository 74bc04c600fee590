"""Where a text goes from one writing system to another."""

import pytest

from scenario_mcp.sandbox.engine.writing_systems import has_meaning_marks, is_word, parted


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("red 3D, éclair", ["red 3D, éclair"]),
        ("HD한국1", ["HD", "한국1"]),
        ("1 → λόγος 2x한국", ["1 → λόγος 2", "x", "한국"]),
        ("한국", ["한국"]),
        ("城堡，3D 龙", ["城堡", "，3", "D ", "龙"]),  # noqa: RUF001
        ("১২ ไทย", ["১২ ", "ไทย"]),
    ],
)
def test_a_text_is_parted_before_another_writing_system(text: str, expected: list[str]) -> None:
    assert parted(text, "\n").split("\n") == expected


def test_each_kana_and_han_character_is_a_word() -> None:
    assert [character for character in "aЖ한猫がー々" if is_word(character)] == ["猫", "が", "ー", "々"]


def test_marks_have_a_meaning_in_some_writing_systems() -> None:
    assert [word for word in ("é", "λό", "हि", "ה", "한", "が") if has_meaning_marks(word)] == ["हि", "한", "が"]
