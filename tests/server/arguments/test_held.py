"""Hits and content blocks in place of ids and pictures are taken for what they name; what names nothing is refused."""

from typing import Any

import pytest

from tests.server.arguments.readers import LOOKUP, VIEW, read, refusal

HIT = {"id": "asset_1", "name": "Owl", "kind": "image", "uri": "scenario://assets/asset_1/image"}
WHITE = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGP4//8/AAX+Av4N70a4AAAAAElFTkSuQmCC"  # a white pixel, PNG
)
PICTURE = f"data:image/png;base64,{WHITE}"


@pytest.mark.parametrize(
    "given",
    [
        HIT,
        [HIT],
        [[HIT]],
        [["asset_1"]],
        {"ids": ["asset_1"]},
        {"hits": [HIT]},
        [{"assetId": "asset_1"}],
        {"items": [HIT]},
        [{**HIT, "data": WHITE}],
    ],
    ids=str,
)
def test_hits_stand_for_their_ids(given: object) -> None:
    assert read({"assetIds": given}, VIEW) == {"assetIds": ["asset_1"]}
    assert read({"hits": given}, VIEW) == {"assetIds": ["asset_1"]}


def test_models_are_named_likewise() -> None:
    assert read({"modelIds": [{"id": "model_1", "name": "Ink"}, "model_2"]}, LOOKUP) == {
        "modelIds": ["model_1", "model_2"]
    }


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        (HIT, "asset_1"),
        ({"uri": HIT["uri"]}, "asset_1"),
        ({"type": "image", "data": WHITE, "mimeType": "image/png"}, PICTURE),
        ({"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": WHITE}}, PICTURE),
        ({"type": "image_url", "image_url": {"url": PICTURE}}, PICTURE),
        ({"type": "input_image", "image_url": PICTURE}, PICTURE),
        ({"base64": WHITE}, PICTURE),
        ({**HIT, "data": WHITE, "mimeType": "image/png"}, "asset_1"),
        *(
            ({**beside, "data": WHITE, "mimeType": "image/png"}, PICTURE)
            for beside in ({"modelId": "model_flux"}, {"uri": "model_sheet.png"}, {"uri": "asset_hero.png"})
        ),
        ({"id": "img_1", "type": "image", "data": WHITE, "mimeType": "image/png"}, PICTURE),
        ({"url": "https://example.com/a.png"}, "https://example.com/a.png"),
        ({"path": "/pictures/owl.png"}, "/pictures/owl.png"),
    ],
    ids=[
        "hit",
        "link",
        "MCP",
        "Anthropic",
        "OpenAI",
        "OpenAI's responses",
        "data alone",
        "hit with data",
        "data of a model",
        "data of a file called like a model",
        "data of a file called like an asset",
        "block with an id",
        "address",
        "path",
    ],
)
def test_hits_and_content_blocks_stand_for_pictures(given: dict[str, Any], meant: str) -> None:
    assert read({"image": given}) == read({"image": [given]}) == {"image": meant}
    for images in (given, [given], {"like": given}, {"like": [given]}):
        assert read({"images": images}) == {"images": {"like": [meant]}}


def test_the_sides_of_images_go_by_their_usual_names() -> None:
    assert read({"images": {"positive": ["a"], "dislike": "b"}}) == {"images": {"like": ["a"], "unlike": ["b"]}}
    assert read({"images": {"avoid": ["b"]}}) == {"images": {"unlike": ["b"]}}


@pytest.mark.parametrize(
    ("images", "strange"),
    [
        ({"unlike": ["b"], "image": "a"}, "image"),
        ({"like": ["a"], "unlike": ["b"], "source": "c"}, "source"),
        ({"unlike": ["b"], "id": "a"}, "id"),
        ({"like": ["a"], "similar": ["b"]}, "similar"),
        ({"similar": ["b"], "like": ["a"]}, "similar"),
    ],
    ids=str,
)
def test_no_side_of_images_is_lost_beside_another_name(images: dict[str, Any], strange: str) -> None:
    assert refusal({"images": images}).startswith(f'images: There is no argument "{strange}".')


@pytest.mark.parametrize(
    "given",
    [{"name": "Owl"}, {"id": 5}, {"id": {"id": {"id": {"id": "a"}}}}, {"id": " "}, {f"k{n}": "a" for n in range(99)}],
)
def test_an_object_that_names_nothing_is_refused_as_one(given: dict[str, Any]) -> None:
    assert refusal({"image": given}).startswith("image must be one text, not an object.")
    assert refusal({"assetIds": [given]}, VIEW).startswith("assetIds takes a list of ids.")


def test_words_are_taken_from_no_object() -> None:
    assert refusal({"query": {"id": "owl"}}).startswith("query must be one text, not an object.")
