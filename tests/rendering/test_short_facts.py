"""Facts in their short form: what is cut says so, and what tells nothing is left out."""

from typing import Any

import pytest

from scenario_mcp.api.replies import Asset, Model
from scenario_mcp.rendering import short_facts


def asset(**document: Any) -> Asset:
    return Asset.model_validate({"id": "a", **document})


def purpose(description: str) -> str | None:
    return short_facts.purpose(Model.model_validate({"id": "m", "shortDescription": description}))


@pytest.mark.parametrize(
    ("document", "name"),
    [
        ({"metadata": {"name": "N", "prompt": "P", "text": "T"}, "description": "D"}, "N"),
        ({"metadata": {"name": " ", "prompt": "P", "text": "T"}, "description": "D"}, "D"),
        ({"metadata": {"prompt": "P", "text": "T"}}, "P"),
        ({"metadata": {"text": "T"}, "description": "\u200b"}, "T"),
        ({"description": "D"}, "D"),
        ({"content": "C"}, "C"),
        ({"metadata": None}, None),
    ],
)
def test_a_name_falls_back_on_what_else_describes_the_asset(document: dict[str, Any], name: str | None) -> None:
    assert short_facts.name(asset(**document)) == name


@pytest.mark.parametrize(
    "name",
    [
        "IMG_2034.png",
        "image (3)",
        "DSC00012.JPG",
        "3f2a9c1e-77b0-4c1d.webp",
        "Screenshot 2026-11-01 at 3.45.12 PM",
        "ComfyUI_00012_.png",
        "final_v2",
        "0001",
        "asset_BO9HqvvucTMSRoWMWYX1Lq",
    ],
)
def test_a_name_that_tells_nothing_stands_beside_the_caption(name: str) -> None:
    document = asset(metadata={"name": name, "prompt": "a fox in the snow"}, description="A red fox.")
    assert short_facts.name_and_about(document) == (name, "A red fox.")


@pytest.mark.parametrize("name", ["Knight", "env_castle_keyart_01", "Axe v2", "狐", "moss_cave.json", "knight04.png"])
def test_a_name_that_tells_what_it_is_stands_alone(name: str) -> None:
    document = asset(metadata={"name": name, "prompt": "a fox"}, description="A fox.")
    assert short_facts.name_and_about(document) == (name, None)


def test_what_has_no_name_is_called_by_its_caption_once() -> None:
    document = asset(metadata={"name": " ", "prompt": "a fox"}, description="A red fox.")
    assert short_facts.name_and_about(document) == ("A red fox.", None)


@pytest.mark.parametrize(
    ("tags", "shown"),
    [
        (["knight", "gate"], "knight, gate"),
        (["a\nb", "c\u202ed", " "], "a b, cd"),
        ([f"t{number}" for number in range(10)], "t0, t1, t2, t3, t4, t5, t6, t7, t8, t9"),
        ([f"t{number}" for number in range(13)], "t0, t1, t2, t3, t4, t5, t6, t7, t8, t9, +3"),
        (["x" * 39, "y" * 39, "z" * 39, "w"], f"{'x' * 39}, {'y' * 39}, +2"),
        (["word " * 20], "word word word word word word word word…"),
        ([], None),
        (["", " "], None),
    ],
)
def test_labels_are_whole_and_the_rest_is_counted(tags: list[str], shown: str | None) -> None:
    assert short_facts.labels(tuple(tags)) == shown


@pytest.mark.parametrize(
    ("description", "shown"),
    [
        ("Soft gouache scenes.", "Soft gouache scenes."),
        ("Soft gouache scenes. For books.", "Soft gouache scenes. For books."),
        (
            "Soft gouache scenes for books of children. " + "Trained on many pages " * 9,
            "Soft gouache scenes for books of children. …",
        ),
        ("Soft gouache scenes for books " * 9, "Soft gouache scenes for books " * 3 + "Soft gouache scenes for books…"),
        ("Short. " + "then long words " * 20, "Short. " + ("then long words " * 7).strip() + "…"),
        ("水彩画のやわらかな風景を描くモデルです。" * 20, "水彩画のやわらかな風景を描くモデルです。" * 5 + " …"),
        (" ", None),
    ],
)
def test_what_a_model_is_for_is_cut_at_the_end_of_a_sentence_or_a_word(description: str, shown: str | None) -> None:
    assert purpose(description) == shown


@pytest.mark.parametrize("size", [-1, 0.5, 0, None, float("inf"), float("nan"), 1e30])
def test_what_is_no_size_is_none(size: float | None) -> None:
    assert not short_facts.size_bytes(asset(metadata={"size": size}))
