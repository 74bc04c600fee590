"""The order of pictures by likeness, over the samples and over drawn ones."""

import io
from collections.abc import Callable

import pytest
from PIL import Image, ImageDraw

from scenario_mcp.sandbox.catalogue import LOOK_FEATURE, Catalogue, Document
from scenario_mcp.sandbox.engine.values import values_at
from scenario_mcp.sandbox.requests import SearchRequest
from scenario_mcp.sandbox.search import SearchIndex
from scenario_mcp.sandbox.similarity.semantic.meanings import Meaning, Meanings
from scenario_mcp.sandbox.similarity.visual.catalogue import CatalogueLooks
from scenario_mcp.sandbox.similarity.visual.descriptor import describe_picture
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


def is_own_film(asset: Document) -> bool:
    return asset["ownerId"] == PROJECT and str(asset.get("mimeType")).startswith("video/")


@pytest.mark.parametrize("ratio", [0.0, 0.5, 1.0])
def test_a_reference_comes_first_by_id_and_by_its_bytes_before_a_film_that_it_shows(ratio: float) -> None:
    found = {
        key: (
            search(like=(key,), limit=1, image_semantic_ratio=ratio),
            search(like=(data_url(OWN_PICTURES[key]),), limit=1, image_semantic_ratio=ratio),
        )
        for key in sorted(OWN_PICTURES)[::9]
    }
    film = next(key for key, asset in SAMPLES.assets.items() if is_own_film(asset))
    frame = str(values_at(SAMPLES.assets[film], "thumbnail.assetId")[0])
    found[frame] = (
        search(like=(frame,), limit=1, image_semantic_ratio=ratio),
        search(like=(data_url(OWN_PICTURES[frame]),), limit=1, image_semantic_ratio=ratio),
    )
    assert found == {key: ([key], [key]) for key in found}
    assert search(like=(film,), limit=1, image_semantic_ratio=ratio) == [film]
    assert set(search(like=(frame, *list(found)[:2]), limit=3, image_semantic_ratio=ratio)) == {frame, *list(found)[:2]}


LOOKS = {
    "red": describe_picture(draw("white", "red")),
    "pink": describe_picture(draw("white", "pink")),
    "navy": describe_picture(draw("black", "navy")),
}
SHOWN = {key: (key,) for key in LOOKS}


def test_a_picture_to_be_like_and_unlike_at_once_is_last_behind_those_like_it() -> None:
    likeness = Likeness(LOOKS, Meanings({}))
    red = Reference(LOOKS["red"], "red")
    assert likeness.rank(SHOWN, [red], [red], 0.0) == ["pink", "navy", "red"]
    upload = Reference(LOOKS["red"])
    assert likeness.rank(SHOWN, [upload], [upload], 0.0) == ["pink", "navy", "red"]


def test_of_two_files_of_one_picture_the_one_to_be_like_is_first_and_the_other_last() -> None:
    likeness = Likeness({**LOOKS, "twin": LOOKS["red"]}, Meanings({}))
    red, twin = Reference(LOOKS["red"], "red"), Reference(LOOKS["red"], "twin")
    shown = {**SHOWN, "twin": ("twin",)}
    assert likeness.rank(shown, [twin], [], 0.0) == ["twin", "red", "pink", "navy"]
    assert likeness.rank(shown, [red], [twin], 0.0) == ["red", "pink", "navy", "twin"]


def test_several_pictures_to_be_unlike_push_each_on_its_own() -> None:
    likeness = Likeness(LOOKS, Meanings({}))
    references = {key: Reference(look, key) for key, look in LOOKS.items()}
    assert likeness.rank(SHOWN, [], [references["navy"], references["red"]], 0.0) == ["pink", "red", "navy"]
    assert likeness.rank(SHOWN, [], [references["navy"]], 0.0)[-1] == "navy"
    assert likeness.rank(SHOWN, [references["pink"]], [references["navy"], references["red"]], 0.0)[0] == "pink"


def test_a_model_counts_by_its_nearest_picture_and_then_by_its_best_ones() -> None:
    models = SearchIndex(SAMPLES, "models", SAMPLE_LOOKS)
    page = models.search(SearchRequest(like=(sample("A painting of a knight"),)), PROJECT)
    assert "Knights of Ashfall" in [hit["name"] for hit in page.hits[:2]]
    knight, other = (describe_picture(Image.new("RGB", (8, 8), colour)) for colour in ("navy", "orange"))
    near = describe_picture(Image.new("RGB", (8, 8), "blue"))
    likeness = Likeness({"knight": knight, "1": other, "2": other, "3": other, "near": near}, Meanings({}))
    shown = {"near": ("near",), "plain": ("1", "2", "3"), "mixed": ("1", "2", "3", "knight"), "good": ("knight",)}
    assert likeness.rank(shown, [Reference(knight)], [], 0.0) == ["good", "mixed", "near", "plain"]


def test_of_models_that_share_an_example_the_one_that_has_it_as_its_thumbnail_is_first() -> None:
    likeness = Likeness(LOOKS, Meanings({}))
    shown = {"example": ("navy", "red"), "thumbnail": ("red", "navy")}
    for reference in (Reference(LOOKS["red"], "red"), Reference(LOOKS["red"])):
        assert likeness.rank(shown, [reference], [], 0.0) == ["thumbnail", "example"]


def test_a_model_is_found_by_its_thumbnail_alone() -> None:
    assets = {key: asset(key) for key in ("a", "b")}
    model = {"id": "model", "ownerId": PROJECT, "thumbnail": {"assetId": "a"}, "exampleAssetIds": []}
    catalogue = Catalogue(assets, {"model": model}, {})
    with catalogue.store.writing() as batch:  # the descriptors alone: no file is needed
        for key, picture in zip(assets, LOOKS.values(), strict=False):
            batch.put_feature("assets", key, LOOK_FEATURE, picture)
    assert CatalogueLooks(catalogue).rank("models", ["model"], ["a"], [], 0.0) == ["model"]


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
