"""Lines of `assets.jsonl` and `models.jsonl` as documents."""

import json
from pathlib import Path
from typing import Any

import pytest

from scenario_mcp.sandbox.engine.storage import Store
from scenario_mcp.sandbox.own_catalogue.ingest import index_folder
from scenario_mcp.sandbox.own_catalogue.jsonl_documents import BadLine, Line, read_document
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


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("9223372036854775807", 2**63 - 1),
        ("9223372036854775808", "9223372036854775808"),
        ("-9223372036854775808", -(2**63)),
        ("[1,-9223372036854775809]", [1, "-9223372036854775809"]),
        ("[ 1e99, 1E5, 1.5e+3, 1e-999 ]", [1e99, 1e5, 1500.0, 0.0]),
        (r'"1234567890123456789 \ud83d\ude00"', "1234567890123456789 \N{GRINNING FACE}"),
        (r'{"\ud800": "a\udc00"}', {"?": "a?"}),
        ("[" * 31 + "7" + "]" * 31, "[" * 31 + "7" + "]" * 31),
    ],
)
def test_values_of_a_line_are_read_as_the_index_can_hold_them(written: str, read: Any) -> None:
    line = Line(1, f'{{"id": "asset_1", "custom": {written}}}\r\n'.encode())
    custom = read_document("assets", line).document["custom"]
    assert (custom if not written.startswith("[[") else str(custom)) == read


@pytest.mark.parametrize(
    "written",
    [
        "1e400",
        "-1E400",
        "1e+0400",
        "[1, 2e999]",
        "9" * 400 + ".0",
        "NaN",
        "-Infinity",
        "[" * 32 + "]" * 32,
        "01",
        '"\t"',
    ],
)
def test_values_that_json_or_the_index_has_not_leave_the_line_out(written: str) -> None:
    with pytest.raises(BadLine, match="is not JSON"):
        read_document("assets", Line(1, f'{{"id": "asset_1", "custom": {written}}}'.encode()))


@pytest.mark.parametrize(
    ("metadata", "kept"),
    [
        ({"width": 0, "height": 1, "size": True}, {"height": 1}),
        ({"seed": 7.5, "prompt": 7, "guidance": 3}, {"seed": "7.5", "guidance": 3}),
        (
            {"thumbnail": {"assetId": "asset_2", "url": "https://x"}, "own": None},
            {"thumbnail": {"assetId": "asset_2"}, "own": None},
        ),
        ({"thumbnail": {"url": "https://x"}}, {}),
        ("text", {}),
    ],
)
def test_fields_of_a_wrong_type_are_left_out(metadata: Any, kept: dict[str, Any]) -> None:
    tags = {"tags": ["a", 1], "nsfw": [], "collectionIds": ["c"], "score": "1", "name": None}
    line = json.dumps({"id": "asset_1", **tags, "metadata": metadata}).encode()
    document = read_document("assets", Line(1, line)).document
    assert document == {"id": "asset_1", "nsfw": [], "collectionIds": ["c"], "metadata": kept}


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("2026-11-20T08:07:59.429Z", "2026-11-20T08:07:59.429Z"),
        ("2026-11-20T08:07:59Z", "2026-11-20T08:07:59.000Z"),
        ("2026-11-20T10:07:59.429+02:00", "2026-11-20T08:07:59.429Z"),
        ("2026-11-20 08:07", "2026-11-20T08:07:00.000Z"),
        ("2026-11-20", "2026-11-20T00:00:00.000Z"),
        ("20.11.2026", "2026-11-20T00:00:00.000Z"),
        ("Nov 20, 2026", "2026-11-20T00:00:00.000Z"),
        (1_795_161_600, "2026-11-20T08:00:00.000Z"),
        (1_795_161_600_500, "2026-11-20T08:00:00.500Z"),
        ("1795161600", "2026-11-20T08:00:00.000Z"),
        ("yesterday", None),
        ("", None),
        ("2026-02-31", None),
        ("5/6/2026", None),
        ("9999-99-99", None),
        (5, None),
        (1e300, None),
        (True, None),
        ([], None),
        (None, None),
    ],
)
def test_times_are_put_into_the_form_in_which_they_are_sorted(written: object, read: str | None) -> None:
    line = Line(1, json.dumps({"id": "a", "createdAt": written, "updatedAt": written}).encode())
    document = read_document("models", line).document
    assert (document.get("createdAt"), document.get("updatedAt")) == (read, read)
