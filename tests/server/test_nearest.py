"""Names like one that is not there."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scenario_mcp.api.vocabulary import CollectionCount, NamedModel, TagCount
from scenario_mcp.server.nearest import MAX_NEAREST, described, has_words, nearest, sentence
from tests.support.fakes import is_plain

TAGS = [TagCount(name, 3) for name in ("knight", "pixel-art", "night sky", "castle", "Castle Gate", "wip")]


@pytest.mark.parametrize(
    ("wanted", "names"),
    [
        ("kinght", ["knight"]),
        ("KNIGHTS", ["knight"]),
        ("pixel art", ["pixel-art"]),
        ("castel", ["castle"]),
        ("castle", ["castle", "Castle Gate"]),
        ("work in progress", []),
        ("", []),
    ],
)
def test_the_nearest_is_what_was_meant(wanted: str, names: list[str]) -> None:
    assert [tag.name for tag in nearest(wanted, TAGS)] == names


@pytest.mark.promise(number=18)
def test_a_strangers_name_is_told_in_one_plain_line() -> None:
    told = described(NamedModel("a\u202e\nb https://cdn.x/a?Signature=q", "model_1"))
    assert told == '"a b [address removed]" (model_1)'
    assert sentence([TagCount("x" * 500, None), CollectionCount("Set", "col_1", 1, None)]) == (
        f' Nearest: {"x" * 59}…, "Set" (col_1).'
    )


@given(wanted=st.text(max_size=300), names=st.lists(st.text(max_size=300), max_size=8))
def test_any_names_can_be_compared_and_told(wanted: str, names: list[str]) -> None:
    found = nearest(wanted, [NamedModel(name, "model_1") for name in names])
    assert len(found) <= MAX_NEAREST
    assert is_plain(sentence(found))
    assert all(has_words(name, "") for name in names)
