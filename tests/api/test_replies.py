"""Replies are read leniently: every documented field arrives, and what is odd costs no more than itself."""

from collections.abc import Mapping
from typing import Any

import pytest
from pydantic import BaseModel

from scenario_mcp.api.replies import (
    Asset,
    AssetMetadata,
    AssetProperties,
    Concept,
    Document,
    Model,
    Reply,
    SearchPage,
    Thumbnail,
)
from tests.support.fakes import asset_document, model_document

FULL = [(Asset, asset_document()), (Model, model_document())]
KINDS = pytest.mark.parametrize(("kind", "document"), FULL, ids=["asset", "model"])


def leaves(value: Any, path: tuple[str | int, ...] = ()) -> list[tuple[tuple[str | int, ...], Any]]:
    """List every plain value of a document with its place."""
    if isinstance(value, Mapping):
        return [leaf for name, inner in value.items() for leaf in leaves(inner, (*path, name))]
    if isinstance(value, list):
        return [leaf for index, inner in enumerate(value) for leaf in leaves(inner, (*path, index))]
    return [(path, value)]


@KINDS
def test_every_documented_field_arrives_as_it_was_sent(kind: type[Document], document: dict[str, Any]) -> None:
    read = kind.model_validate(document)
    assert read.model_dump(by_alias=True, mode="json", exclude_none=True) == document
    assert not read.model_extra, "a documented field is not declared"


@pytest.mark.parametrize(
    ("kind", "document"),
    [
        (Asset, asset_document()),
        (AssetMetadata, asset_document()["metadata"]),
        (Model, model_document()),
        (AssetProperties, asset_document()["properties"]),
        (Thumbnail, model_document()["thumbnail"]),
        (Concept, {"modelId": "model_1"}),
    ],
    ids=lambda value: value.__name__ if isinstance(value, type) else "",
)
def test_no_field_is_declared_that_is_not_documented(kind: type[Reply], document: dict[str, Any]) -> None:
    only_of_own_catalogues = {"file"} if kind is Asset else set[str]()
    assert {field.alias for field in kind.model_fields.values()} == set(document) | only_of_own_catalogues


def test_the_values_of_a_full_document_can_be_told_apart() -> None:
    for _, document in FULL:
        values = [value for path, value in leaves(document) if path[-1] != "url"]
        assert len(values) == len(set(map(str, values)))


@KINDS
def test_only_the_id_is_needed(kind: type[Document], document: dict[str, Any]) -> None:
    bare = kind.model_validate({"id": document["id"]})
    assert bare.model_dump(exclude_none=True) == {"id": document["id"]}
    assert kind.model_validate({**dict.fromkeys(document), "id": document["id"]}) == bare


@KINDS
def test_unknown_fields_are_kept(kind: type[Document], document: dict[str, Any]) -> None:
    read = kind.model_validate({**document, "brandNew": {"deep": [1]}})
    assert read.model_extra == {"brandNew": {"deep": [1]}}


@pytest.mark.parametrize(("sent", "seed"), [(1234, "1234"), ("1234", "1234"), (2**70, str(2**70)), (1.5, "1.5")])
def test_a_seed_may_be_a_number(sent: object, seed: str) -> None:
    metadata = Asset.model_validate({"id": "a", "metadata": {"seed": sent}}).metadata
    assert metadata == AssetMetadata(seed=seed)


def test_new_kinds_and_types_are_read_like_the_known_ones() -> None:
    asset = Asset.model_validate({"id": "legacy", "privacy": "secret", "metadata": {"kind": "hologram", "type": "new"}})
    assert asset == Asset(id="legacy", privacy="secret", metadata=AssetMetadata(kind="hologram", type="new"))


@pytest.mark.parametrize(
    ("paging", "expected"),
    [
        (
            {"limit": 20, "offset": 40, "estimatedTotalHits": 60},
            {"limit": 20, "offset": 40, "estimated_total_hits": 60},
        ),
        (
            {"page": 2, "hitsPerPage": 10, "totalHits": 31, "totalPages": 4},
            {"page": 2, "hits_per_page": 10, "total_hits": 31, "total_pages": 4},
        ),
        ({}, {}),
    ],
    ids=["by offset", "by page", "neither"],
)
def test_a_page_has_the_fields_of_its_way_to_page(paging: dict[str, int], expected: dict[str, int]) -> None:
    page = SearchPage[Asset].model_validate({"hits": [{"id": "a"}], **paging})
    assert page.model_dump(exclude_none=True) == {"hits": ({"id": "a"},), **expected}


def test_replies_do_not_change() -> None:
    for kind in (Asset, Model, Thumbnail, SearchPage):
        assert issubclass(kind, BaseModel)
        assert kind.model_config["frozen"] is True
