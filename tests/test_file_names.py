"""Names that look the same are known as the same, and nothing else is."""

import unicodedata
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from scenario_mcp.file_names import MAX_ALIKE, files_alike, look, other_writings


@example(name="0 0")
@given(name=st.text(max_size=30))
def test_every_unicode_form_and_blank_of_a_name_looks_the_same(name: str) -> None:
    for form in ("NFC", "NFD"):
        assert look(unicodedata.normalize(form, name)) == look(name)
    for blank in "\u00a0\u202f\u2009\u3000\t":
        assert look(name.replace(" ", blank)) == look(name)
    assert look(look(name)) == look(name)


def test_other_names_look_different() -> None:
    names = ("a.png", "A.png", "\u00e1.png", "b.png", "a_.png", "a b.png", "\u0430.png", "a.jpg")
    assert len({look(name) for name in names}) == len(names)


def test_the_other_writings_of_a_path_are_few_and_never_itself() -> None:
    assert other_writings("/art/a.png") == ()
    assert other_writings("/art/a%20b.png") == ("/art/a b.png",)
    assert other_writings("/art/a\\ b.png") == ("/art/a b.png",)
    assert other_writings("/art/a\\ %41.png") == ("/art/a\\ A.png", "/art/a %41.png", "/art/a A.png")
    assert other_writings("/art/it's.png") == ()
    assert other_writings("/" + "%41" * 10_000) == ()


def test_only_so_many_files_are_found_and_the_very_name_alone(tmp_path: Path) -> None:
    blanks = [chr(number) for number in (0xA0, 0x1680, *range(0x2000, 0x200B), 0x202F, 0x205F, 0x3000)]
    for one in blanks[:6]:
        for other in blanks[:6]:
            (tmp_path / f"a{one}b{other}c").write_text("")
    assert len(files_alike(str(tmp_path), ["a b c"])) == MAX_ALIKE
    (tmp_path / "a b c").write_text("")
    assert files_alike(str(tmp_path), ["a b c"]) == [str(tmp_path / "a b c")]
    assert files_alike(str(tmp_path / "none"), ["a"]) == []
    assert files_alike(str(tmp_path), ["\0", "a"]) == []


@pytest.mark.promise(number=19)
def test_no_link_to_a_folder_is_followed(tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "a.png").write_text("")
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "up\u00a0wards").symlink_to(tmp_path / "outside", target_is_directory=True)
    assert files_alike(str(tmp_path / "in"), ["up wards", "a.png"]) == []
