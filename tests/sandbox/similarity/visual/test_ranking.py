"""The order of pictures by likeness, over the samples and over drawn ones."""

import io
from collections.abc import Callable

import pytest
from PIL import Image, ImageDraw

from scenario_mcp.sandbox.requests import SearchRequest
from scenario_mcp.sandbox.search import SearchIndex
from scenario_mcp.sandbox.similarity.semantic.meanings import Meaning, Meanings
from scenario_mcp.sandbox.similarity.visual.descriptor import (
    describe_picture,
)
from scenario_mcp.sandbox.similarity.visual.ranking import Likeness, Reference
from tests.support.look_pictures import PICTURES, asset, data_url, draw, encode
from tests.support.sample_search import PROJECT, SAMPLE_LOOKS, SAMPLES, search

OWN_PICTURES = {key: content for key, content in PICTURES.items() if SAMPLES.assets[key]["ownerId"] == PROJECT}


def caption(asset_id: str) -> str:
    return str(SAMPLES.assets[asset_id].get("description"))


def sample(start: str) -> str:
    """Return the sample whose caption starts so."""
    return next(key for key in OWN_PICTURES if caption(key).startswith(start))


def cropped(picture: Image.Image) -> Image.Image:
    """Cut a tenth of the width and the height away, from one corner."""
    return picture.crop((0, picture.height // 10, picture.width - picture.width // 10, picture.height))


COPIES: dict[str, Callable[[Image.Image], bytes]] = {
    "compressed": lambda picture: encode(picture, "jpeg", quality=40),
    "half as large": lambda picture: encode(picture.resize((picture.width // 2, picture.height // 2))),
    "cropped": lambda picture: encode(cropped(picture)),
}


@pytest.mark.parametrize("ratio", [0.0, 0.5, 1.0])
@pytest.mark.parametrize("copy", COPIES)
def test_a_changed_copy_of_a_sample_finds_its_original_first(copy: str, ratio: float) -> None:
    asked = sorted(OWN_PICTURES)[::9]
    found = [
        search(
            like=(data_url(COPIES[copy](Image.open(io.BytesIO(OWN_PICTURES[key])).convert("RGB"))),),
            image_semantic_ratio=ratio,
        )[0]
        for key in asked
    ]
    assert found == asked


def test_with_a_ratio_of_1_the_subject_counts_and_with_0_the_look() -> None:
    owl = sample("An ink drawing of an owl")
    by_subject = search(like=(owl,), limit=2)
    by_look = search(like=(owl,), limit=5, image_semantic_ratio=0.0)
    assert [caption(key).split(" perched")[0] for key in by_subject] == [
        "An ink drawing of an owl with large round eyes",
        "A painting of an owl with large round eyes",
    ]
    assert {caption(key)[:17] for key in by_look} == {"An ink drawing of"}


def test_a_picture_in_the_request_borrows_the_words_of_what_looks_like_it() -> None:
    knight = sample("Pixel art of a knight in plate armour")
    found = search(like=(data_url(encode(cropped(Image.open(io.BytesIO(PICTURES[knight])).convert("RGB")))),), limit=5)
    assert found[0] == knight
    assert all("knight in plate armour" in caption(key) for key in found)


def test_a_hit_close_to_a_picture_to_be_unlike_falls() -> None:
    knights = search(like=(sample("A painting of a knight"),), limit=6)
    pushed = search(like=(knights[0],), unlike=(knights[1],), limit=200)
    assert knights[1] in pushed
    assert pushed.index(knights[1]) > 10
    assert search(unlike=(knights[0],), limit=200)[-1] == knights[0]


def test_several_pictures_to_be_like_pull_together() -> None:
    owl, ship = sample("An ink drawing of an owl"), sample("Pixel art of a three-masted sailing ship")
    assert set(search(like=(owl, ship), limit=2)) == {owl, ship}


def test_a_model_counts_by_its_best_examples() -> None:
    models = SearchIndex(SAMPLES, "models", SAMPLE_LOOKS)
    page = models.search(SearchRequest(like=(sample("A painting of a knight"),)), PROJECT)
    assert page.hits[0]["name"] == "Knights of Ashfall"
    knight, other = (describe_picture(Image.new("RGB", (8, 8), colour)) for colour in ("navy", "orange"))
    likeness = Likeness({"knight": knight, "1": other, "2": other, "3": other}, Meanings({}))
    shown = {"mixed": ("1", "2", "3", "knight"), "plain": ("1", "2", "3"), "good": ("knight",)}
    assert likeness.rank(shown, [Reference(knight)], [], 0.0) == ["good", "mixed", "plain"]


def test_the_borrowed_words_of_a_picture_are_those_of_the_nearest_in_shape() -> None:
    ball, stroke = draw("white", "black"), Image.new("RGB", (64, 48), "white")
    ImageDraw.Draw(stroke).line((0, 47, 63, 0), fill="black", width=5)
    documents = {
        "ball": asset("ball", description="a football"),
        "goal": asset("goal", description="a football in the goal"),
        "stroke": asset("stroke", description="a pencil"),
        "crayon": asset("crayon", description="a red crayon and a pencil"),
    }
    pictures = {"ball": ball, "goal": draw("navy", "orange"), "stroke": stroke, "crayon": draw("green", "yellow")}
    likeness = Likeness(
        {key: describe_picture(picture) for key, picture in pictures.items()},
        Meanings({key: Meaning.of(document) for key, document in documents.items()}),
    )
    distances = likeness.distances(Reference(describe_picture(draw("white", "dimgrey"))), 1.0)
    assert sorted(distances, key=distances.__getitem__)[:2] == ["ball", "goal"]
