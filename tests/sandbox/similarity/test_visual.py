"""Search by picture: which pictures are near which, over the samples and over pictures drawn for the purpose."""

import base64
import hashlib
import io
from collections.abc import Callable
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageDraw

from scenario_mcp.sandbox.catalogue import Catalogue, Document
from scenario_mcp.sandbox.engine.errors import InvalidImage
from scenario_mcp.sandbox.engine.storage import Store
from scenario_mcp.sandbox.requests import OffsetPaging, SearchRequest
from scenario_mcp.sandbox.search import SearchIndex
from scenario_mcp.sandbox.similarity.semantic.meanings import Meaning, Meanings
from scenario_mcp.sandbox.similarity.visual import catalogue, samples
from scenario_mcp.sandbox.similarity.visual.catalogue import CatalogueLooks
from scenario_mcp.sandbox.similarity.visual.descriptor import (
    FEATURE,
    SIZE,
    Descriptors,
    UnreadablePicture,
    describe,
    describe_picture,
)
from scenario_mcp.sandbox.similarity.visual.ranking import Likeness, Reference

PROJECT = "proj_sandbox"
SAMPLES = Catalogue.load()
SAMPLE_LOOKS = CatalogueLooks(SAMPLES)
SAMPLE_INDEX = SearchIndex(SAMPLES, "assets", SAMPLE_LOOKS)
PICTURES = {key: media.content for key in SAMPLES.assets if (media := SAMPLES.media(key)) and media.is_picture}
OWN_PICTURES = {key: content for key, content in PICTURES.items() if SAMPLES.assets[key]["ownerId"] == PROJECT}


def search(index: SearchIndex = SAMPLE_INDEX, limit: int = 10, **request: Any) -> list[str]:
    page = index.search(SearchRequest(paging=OffsetPaging(limit=limit), **request), PROJECT)
    return [str(hit["id"]) for hit in page.hits]


def caption(asset_id: str) -> str:
    return str(SAMPLES.assets[asset_id].get("description"))


def sample(start: str) -> str:
    """Return the sample whose caption starts so."""
    return next(key for key in OWN_PICTURES if caption(key).startswith(start))


def encode(picture: Image.Image, file_format: str = "png", **options: Any) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, file_format, **options)
    return buffer.getvalue()


def data_url(content: bytes) -> str:
    return "data:image/png;base64," + base64.b64encode(content).decode()


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


def test_the_descriptors_that_are_shipped_are_those_of_the_samples() -> None:
    shipped = samples.from_bytes(
        (resources.files("scenario_mcp.sandbox.similarity.visual") / samples.FILE).read_bytes()
    )
    digests = {hashlib.blake2b(content, digest_size=8).digest(): content for content in PICTURES.values()}
    assert shipped.keys() == digests.keys(), "run `python -m scripts.looks`"
    # Decoders of different versions of Pillow may differ in the last bit.
    far = [Descriptors([look]).distances(describe(digests[digest])) for digest, look in shipped.items()]
    assert max(max(*distances.features, *distances.mood, *distances.shape) for distances in far) < 0.01


def test_descriptors_of_another_version_are_not_used() -> None:
    content = next(iter(PICTURES.values()))
    written = samples.to_bytes([content])
    assert list(samples.from_bytes(written).values()) == [describe(content)]
    assert samples.from_bytes(written.replace(FEATURE.encode(), b"look-0")) == {}


# A catalogue whose pictures are drawn here.


def draw(ground: str, shape: str) -> Image.Image:
    picture = Image.new("RGB", (64, 48), ground)
    ImageDraw.Draw(picture).ellipse((8, 8, 40, 40), fill=shape)
    return picture


DRAWN = {"red": draw("white", "red"), "pink": draw("white", "salmon"), "night": draw("black", "navy")}


@pytest.fixture
def store(tmp_path: Path) -> Store:
    store = Store.open(None)
    with store.writing() as batch:
        for name, picture in DRAWN.items():
            (tmp_path / f"{name}.png").write_bytes(encode(picture))
            batch.put("assets", asset(name))
            batch.put_media(name, f"{name}.png", "image/png")
    return store


def asset(asset_id: str, mime_type: str = "image/png", **fields: Any) -> Document:
    return {"id": asset_id, "ownerId": PROJECT, "mimeType": mime_type, "metadata": {}, **fields}


@pytest.fixture
def index(store: Store, tmp_path: Path) -> SearchIndex:
    catalogue = Catalogue.of_store(store, tmp_path)
    return SearchIndex(catalogue, "assets", CatalogueLooks(catalogue))


def test_pictures_without_words_are_compared_by_how_they_look(index: SearchIndex) -> None:
    for ratio in (0.0, 0.5, 1.0):
        assert search(index, like=("red",), image_semantic_ratio=ratio) == ["red", "pink", "night"]


def test_what_is_stored_of_a_picture_is_used_and_what_comes_later_is_seen(store: Store, index: SearchIndex) -> None:
    assert search(index, like=("red",)) == ["red", "pink", "night"]
    with store.writing() as batch:
        batch.put("assets", asset("twin"))
        batch.put_feature("assets", "twin", FEATURE, describe_picture(DRAWN["red"]))
        batch.put("assets", asset("film", "video/mp4", thumbnail={"assetId": "twin"}))
        batch.put("assets", asset("song", "audio/mpeg"))
        batch.put("assets", asset("talk", "audio/mpeg", thumbnail={"assetId": "song"}))
    assert search(index, like=("red",)) == ["red", "twin", "film", "pink", "night"]
    with store.writing() as batch:
        batch.remove("assets", "twin")
    assert search(index, like=("red",)) == ["red", "pink", "night"]


def test_pictures_that_are_all_described_are_not_read_again(store: Store, index: SearchIndex, tmp_path: Path) -> None:
    with store.writing() as batch:
        for name, picture in DRAWN.items():
            batch.put_feature("assets", name, FEATURE, describe_picture(picture))
            (tmp_path / f"{name}.png").unlink()
    assert search(index, like=("red",)) == ["red", "pink", "night"]


def test_a_search_describes_pictures_for_a_while_and_the_next_goes_on(
    index: SearchIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(catalogue, "DESCRIBING_SECONDS", -1)
    assert search(index, like=("red",)) == []
    monkeypatch.setattr(catalogue, "DESCRIBING_SECONDS", 5)
    assert search(index, like=("red",)) == ["red", "pink", "night"]


def test_an_asset_without_a_type_is_a_picture_if_its_file_is_one(store: Store, index: SearchIndex) -> None:
    with store.writing() as batch:
        batch.put("assets", {"id": "red", "ownerId": PROJECT})
        batch.put("assets", {"id": "bare", "ownerId": PROJECT})
    assert search(index, like=("red",)) == ["red", "pink", "night"]


def test_a_picture_that_cannot_be_read_is_left_out(index: SearchIndex, tmp_path: Path) -> None:
    (tmp_path / "pink.png").write_bytes(b"no longer a picture")
    assert search(index, like=("red",)) == ["red", "night"]
    with pytest.raises(InvalidImage, match="The asset `pink` is not an image"):
        search(index, like=("pink",))


REFUSED = {
    "asset of another catalogue": "The asset `asset of another catalogue` does not exist",
    "data:image/png,plain": "The data URL does not hold an image that can be read",
    "data:image/png;base64,?": "The data URL does not hold an image that can be read",
    data_url(b"not a picture"): "The data URL does not hold an image that can be read",
}


@pytest.mark.parametrize("reference", REFUSED)
def test_a_reference_that_is_no_picture_is_refused(index: SearchIndex, reference: str) -> None:
    with pytest.raises(InvalidImage) as refused:
        search(index, like=(reference,))
    assert str(refused.value) == REFUSED[reference]


def test_a_reference_of_too_many_pixels_is_refused(index: SearchIndex, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalogue, "MAX_PIXELS", 64 * 48 - 1)
    with pytest.raises(InvalidImage, match="does not hold an image that can be read"):
        search(index, like=(data_url(encode(DRAWN["red"])),))


# Descriptors.


def far(one: Image.Image, other: Image.Image) -> float:
    return Descriptors([describe_picture(one)]).distances(describe_picture(other)).features[0]


def test_a_descriptor_has_one_size_and_is_nothing_away_from_itself() -> None:
    made = [describe_picture(picture) for picture in DRAWN.values()]
    assert {len(look) for look in made} == {SIZE}
    distances = Descriptors(made).distances(made[0])
    assert [ways[0] for ways in distances] == [0.0, 0.0, 0.0]
    assert all(ways[0] < ways[1] < ways[2] for ways in distances)


def test_no_pictures_are_no_distances() -> None:
    assert Descriptors([]).distances(bytes(SIZE)) == ([], [], [])


@pytest.mark.parametrize("mode", ["L", "LA", "P", "RGBA", "CMYK", "I;16", "1", "F"])
def test_a_picture_of_any_mode_is_described(mode: str) -> None:
    grey = draw("white", "black").convert("L")
    picture = Image.new(mode, grey.size) if mode in {"I;16", "F"} else draw("white", "black").convert(mode)
    expected = Image.new("L", grey.size) if mode in {"I;16", "F"} else grey
    assert far(picture, expected) < 0.05


def test_transparent_parts_count_as_white() -> None:
    clear = Image.new("RGBA", (64, 48), (255, 0, 0, 0))
    assert far(clear, Image.new("RGB", (64, 48), "white")) < 0.001


def test_faint_lines_are_the_same_shapes_as_strong_ones() -> None:
    strong, faint, other = draw("white", "black"), draw("white", "silver"), Image.new("RGB", (64, 48), "white")
    ImageDraw.Draw(other).line((0, 47, 63, 0), fill="black", width=5)
    shapes = Descriptors([describe_picture(faint), describe_picture(other)]).distances(describe_picture(strong)).shape
    assert shapes[0] < 0.1
    assert shapes[1] > 0.5


def test_a_moving_picture_is_described_by_its_first_frame() -> None:
    moving = encode(DRAWN["red"], "gif", save_all=True, append_images=[DRAWN["night"]])
    assert Descriptors([describe(moving)]).distances(describe_picture(DRAWN["red"])).features[0] < 0.05


def test_what_is_no_picture_or_too_large_is_not_described() -> None:
    picture = encode(DRAWN["red"])
    postscript = encode(DRAWN["red"], "eps")
    for content, most in ((b"", 10**6), (picture[:60], 10**6), (postscript, 10**6), (picture, 64 * 48 - 1)):
        with pytest.raises(UnreadablePicture):
            describe(content, most)
    assert len(describe(picture, 64 * 48)) == SIZE


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
