"""Tags and collections of the project, with their counts."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from scenario_mcp.sandbox.catalogue import Catalogue, Document
from scenario_mcp.sandbox.engine.storage import Store
from scenario_mcp.sandbox.labels import Labels
from scenario_mcp.sandbox.own_catalogue.ingest import index_folder
from scenario_mcp.sandbox.search import SearchIndex
from scenario_mcp.sandbox.similarity.visual.catalogue import CatalogueLooks
from tests.support.folders import write_lines
from tests.support.sample_search import PROJECT, document


def labels_of(catalogue: Catalogue) -> Labels:
    looks = CatalogueLooks(catalogue)
    return Labels(catalogue, SearchIndex(catalogue, "assets", looks), SearchIndex(catalogue, "models", looks), PROJECT)


def by_id(*documents: Document) -> Mapping[str, Document]:
    return {str(each["id"]): each for each in documents}


def dated(number: int, **fields: Any) -> Document:
    day = f"2026-01-0{number}T00:00:00.000Z"
    return document(f"asset_{number}", createdAt=day, updatedAt=day, **fields)


def test_a_tag_counts_assets_and_models_of_the_project_whatever_its_case() -> None:
    assets = by_id(
        dated(2, tags=["Pixel Art", "wip"]),
        dated(1, tags=["pixel art"]),
        {"id": "asset_x", "ownerId": "proj_other", "privacy": "public", "tags": ["wip", "strange"]},
    )
    models = by_id(document("model_1", tags=["wip"], createdAt="2026-01-09T00:00:00.000Z"))
    assert labels_of(Catalogue(assets, models, {})).tags(0, 10) == [
        {
            "tagName": "pixel art",
            "itemCount": 2,
            "ownerId": PROJECT,
            "createdAt": "2026-01-01T00:00:00.000Z",
            "updatedAt": "2026-01-02T00:00:00.000Z",
        },
        {
            "tagName": "wip",
            "itemCount": 2,
            "ownerId": PROJECT,
            "createdAt": "2026-01-02T00:00:00.000Z",
            "updatedAt": "2026-01-02T00:00:00.000Z",
        },
    ]


def test_tags_and_collections_come_in_pages() -> None:
    assets = by_id(dated(1, tags=["a", "b", "c"], collectionIds=["col_1", "col_2", "col_3"]))
    labels = labels_of(Catalogue(assets, {}, {}))
    assert [tag["tagName"] for tag in labels.tags(1, 1)] == ["b"]
    assert [each["id"] for each in labels.collections(1, 5)] == ["col_2", "col_3"]
    assert labels.tags(3, 5) == labels.collections(3, 5) == []


def test_the_collections_of_a_folder_have_the_names_of_its_file(tmp_path: Path) -> None:
    write_lines(tmp_path, {"id": "a", "collectionIds": ["col_Z", "col_b"]}, {"id": "b", "collectionIds": ["col_Z"]})
    write_lines(tmp_path, {"id": "m", "collectionIds": ["col_Z"]}, kind="models")
    lines = [
        json.dumps({"id": "col_Z", "name": "Castle set", "thumbnail": {"assetId": "a"}}),
        "not JSON",
        "[]",
        '{"id": "../x", "name": "no id"}',
        '{"id": "col_empty", "name": "Empty", "createdAt": "2026-01-01T00:00:00.000Z"}',
    ]
    (tmp_path / "collections.jsonl").write_text("\n".join(lines))
    with Store.open() as store:
        index_folder(tmp_path, store)
        labels = labels_of(Catalogue.of_store(store, tmp_path))
        found = {each["name"]: each for each in labels.collections(0, 10)}
    assert list(found) == ["Castle set", "col_b", "Empty"]
    castle, unnamed, empty = found.values()
    assert (castle["id"], castle["assetCount"], castle["modelCount"], castle["itemCount"]) == ("col_Z", 2, 1, 3)
    assert castle["thumbnail"] == {"assetId": "a"}
    assert (unnamed["id"], unnamed["itemCount"]) == ("col_b", 1)
    assert (empty["id"], empty["itemCount"], empty["createdAt"]) == ("col_empty", 0, "2026-01-01T00:00:00.000Z")


@pytest.mark.parametrize("is_link", [False, True])
def test_the_names_of_collections_are_read_inside_the_folder_only(tmp_path: Path, is_link: bool) -> None:  # noqa: FBT001  # a case
    folder, outside = tmp_path / "art", tmp_path / "collections.jsonl"
    folder.mkdir()
    outside.write_text('{"id": "col_1", "name": "Outside"}')
    if is_link:
        (folder / "collections.jsonl").symlink_to(outside)
    with Store.open() as store:
        assert labels_of(Catalogue.of_store(store, folder)).collections(0, 10) == []
