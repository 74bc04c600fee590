"""What a search compares or puts in order stands in its hits, with its value."""

from typing import Any

import pytest

from scenario_mcp.api.filter_fields import ASSET_FILTER_FIELDS, MODEL_FILTER_FIELDS
from scenario_mcp.api.replies import Asset, Model
from scenario_mcp.api.requests import AssetSearch
from scenario_mcp.filters import Filter
from scenario_mcp.rendering.asked_fields import MAX_FIELDS, AskedFields
from scenario_mcp.rendering.hits import asset_hit
from tests.support.fakes import asset_document, model_document

ASSET = Asset.model_validate(asset_document())
MODEL = Model.model_validate(
    model_document() | {"complianceMetadata": {"maintainer": "Studio", "modelProvider": 7}, "unheard": {"of": 5}}
)


def compared(*names: str, text: str = "kind = image", **rest: Any) -> AskedFields:
    search = AssetSearch.model_validate({"query": "x", **rest})
    return AskedFields(search.model_copy(update={"filter": Filter(text, compared_fields=names)}))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("size", 2048),
        ("guidance", 3.5),
        ("numInferenceSteps", 28),
        ("seed", "1234567"),
        ("modelId", "model_made_it"),
        ("updatedAt", "2026-02-17"),
        ("score", 0.75),
        ("collectionIds", "collection_1, collection_2"),
        ("mimeType", "video/mp4"),
        ("privacy", "unlisted"),
        ("nsfw", "suggestive, violence"),
        ("text", "who goes there"),
    ],
)
def test_a_field_of_an_asset_is_shown_by_its_name_in_filters(name: str, value: object) -> None:
    assert dict(compared(name).of(ASSET)) == {name: value}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("trainingImagesNumber", 31),
        ("concepts", "model_concept_1, model_concept_2"),
        ("parentModelId", "model_parent"),
        ("complianceMetadata.maintainer", "Studio"),
        ("createdAt", "2025-01-16"),
    ],
)
def test_a_field_of_a_model_is_shown_by_its_name_in_filters(name: str, value: object) -> None:
    assert dict(compared(name).of(MODEL)) == {name: value}


def test_every_documented_field_can_be_asked_about() -> None:
    for name in ASSET_FILTER_FIELDS:
        assert [*dict(compared(name).of(ASSET))] == [name]
    for name in set(MODEL_FILTER_FIELDS) - {"complianceMetadata.subProcessor"}:
        assert [*dict(compared(name).of(MODEL))] == [name]


def test_what_is_sorted_by_is_asked_about_too_and_nothing_twice() -> None:
    asked = compared("size", "updatedAt", sort_by=("updatedAt:desc", "score:asc"))
    assert [*dict(asked.of(ASSET))] == ["size", "updatedAt", "score"]
    assert [*AskedFields(AssetSearch(query="x")).of(ASSET)] == []


def test_a_time_is_shown_to_the_minute_where_the_filter_names_minutes() -> None:
    by_day = compared("createdAt", "updatedAt", text='createdAt >= "2026-01-16T00:00:00.000Z"')
    assert asset_hit(ASSET, by_day)["createdAt"] == "2026-01-16"
    for text in ('createdAt >= "2026-01-16T11:00:00Z"', 'createdAt >= "2026-01-16t11:00:00.000z"'):
        hit = asset_hit(ASSET, compared("createdAt", "updatedAt", text=text))
        assert (hit["createdAt"], dict(hit)["updatedAt"]) == ("2026-01-16T11:19", "2026-02-17T12:20")


def test_what_a_document_does_not_have_is_left_out() -> None:
    odd = Asset.model_validate({"id": "a", "metadata": {"size": float("inf"), "seed": None}, "unheard": True})
    assert [*compared("size", "seed", "score", "unheard", "a.b", "modelId").of(odd)] == []
    assert [*compared("metadata", "thumbnail", "properties").of(ASSET)] == []


def test_a_hits_own_fields_stay_and_very_many_are_not_added() -> None:
    assert asset_hit(ASSET, compared("width", "tags", "kind")) == asset_hit(ASSET)
    assert len([*compared(*ASSET_FILTER_FIELDS).of(ASSET)]) == MAX_FIELDS
