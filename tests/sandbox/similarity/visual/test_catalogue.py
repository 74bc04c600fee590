"""Image similarity over a catalogue that changes, and references that are refused."""

from pathlib import Path

import pytest

from scenario_mcp.sandbox.catalogue import LOOK_FEATURE, Catalogue
from scenario_mcp.sandbox.engine.errors import InvalidImage
from scenario_mcp.sandbox.engine.storage import Store
from scenario_mcp.sandbox.search import SearchIndex
from scenario_mcp.sandbox.similarity.visual import catalogue
from scenario_mcp.sandbox.similarity.visual.catalogue import CatalogueLooks
from scenario_mcp.sandbox.similarity.visual.descriptor import (
    describe_picture,
)
from tests.support.look_pictures import DRAWN, asset, data_url, encode
from tests.support.sample_search import PROJECT, search


@pytest.fixture
def store(tmp_path: Path) -> Store:
    store = Store.open(None)
    with store.writing() as batch:
        for name, picture in DRAWN.items():
            (tmp_path / f"{name}.png").write_bytes(encode(picture))
            batch.put("assets", asset(name))
            batch.put_media(name, f"{name}.png", "image/png")
    return store


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
        batch.put_feature("assets", "twin", LOOK_FEATURE, describe_picture(DRAWN["red"]))
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
            batch.put_feature("assets", name, LOOK_FEATURE, describe_picture(picture))
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
