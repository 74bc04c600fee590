"""Lines of `assets.jsonl` and `models.jsonl` as documents."""

from pathlib import Path

from scenario_mcp.sandbox.engine.storage import Store
from scenario_mcp.sandbox.own_catalogue.ingest import index_folder
from tests.support.folders import NOON, counts, write_lines


def test_lines_become_documents_as_they_are_with_what_every_hit_has(tmp_path: Path, store: Store) -> None:
    write_lines(
        tmp_path,
        {"id": "asset_1", "createdAt": "2024-01-01T00:00:00.000Z", "metadata": {"prompt": "a gate", "seed": 7}},
        {
            "id": "asset_2",
            "ownerId": "proj_else",
            "privacy": "public",
            "url": "https://x/?Signature=y",
            "nsfw": ["gore"],
        },
    )
    write_lines(tmp_path, {"id": "model_1", "name": "Ink", "thumbnail": {"assetId": "a", "url": "u"}}, kind="models")
    assert counts(index_folder(tmp_path, store)) == {"new": 3}
    assert list(store.documents("assets")) == [
        {
            "id": "asset_1",
            "authorId": "user_sandbox",
            "ownerId": "proj_sandbox",
            "privacy": "private",
            "teamId": "team_sandbox",
            "createdAt": "2024-01-01T00:00:00.000Z",
            "updatedAt": "2024-01-01T00:00:00.000Z",
            "collectionIds": [],
            "nsfw": [],
            "tags": [],
            "metadata": {"prompt": "a gate", "seed": "7"},
        },
        {
            "id": "asset_2",
            "authorId": "user_sandbox",
            "ownerId": "proj_else",
            "privacy": "public",
            "teamId": "team_sandbox",
            "createdAt": NOON,
            "updatedAt": NOON,
            "collectionIds": [],
            "nsfw": ["gore"],
            "tags": [],
            "metadata": {},
        },
    ]
    (model,) = store.documents("models")
    assert (model["name"], model["thumbnail"], model["capabilities"]) == ("Ink", {"assetId": "a"}, [])
