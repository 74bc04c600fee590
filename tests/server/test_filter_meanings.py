"""Filters mean what was meant: whole calls over a catalogue, on search engines of either age."""

import json
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import mcp_types as types
import pytest
from mcp.client import Client

from scenario_mcp.api.filter_fields import ASSET_FILTER_FIELDS
from scenario_mcp.filters.check import check
from scenario_mcp.sandbox.faults import OLDER_ENGINE
from scenario_mcp.server import guide
from scenario_mcp.server.app import build_server
from scenario_mcp.server.tools.search import SEARCH_ASSETS
from scenario_mcp.settings import Sandbox, Settings
from tests.support.folders import wait_for_readings

CREATED = {
    "file1904": "1904-01-01T00:00:00.000Z",
    "file1970": "1970-01-01T00:00:00.000Z",
    "file1980": "1980-01-01T00:00:00.000Z",
    "october": "2026-10-31T23:59:59.999Z",
    "half_past": "2026-11-05T14:30:00.000Z",
    "before": "2026-11-19T23:59:59.999Z",
    "midnight": "2026-11-20T00:00:00.000Z",
    "morning": "2026-11-20T08:07:59.429Z",
    "evening": "2026-11-20T23:59:59.999Z",
    "after": "2026-11-21T00:00:00.000Z",
}
DAY = {"midnight", "morning", "evening"}
MORE: dict[str, dict[str, Any]] = {
    "october": {"tags": ["Beacon"], "metadata": {"kind": "image", "width": 1024, "height": 768, "aspectRatio": "4:3"}},
    "half_past": {"tags": ["harbor"], "metadata": {"kind": "video", "width": 1920, "height": 1080, "size": 2_000_000}},
    "before": {"tags": ["Éclair", "castle"], "nsfw": ["violence"], "metadata": {"kind": "audio", "size": 900_000}},
    "midnight": {"tags": ["5"], "metadata": {"kind": "image", "seed": "12345", "prompt": "7", "aspectRatio": "16:9"}},
    "morning": {"nsfw": [], "metadata": {"kind": "image", "guidance": 7.5, "modelType": "sd-1_5", "width": 1023}},
}
ALL = {*CREATED}
ENGINES = pytest.mark.parametrize("fault", ["", OLDER_ENGINE], ids=["newer", "older"])


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("catalogue")
    lines = [{"id": key, "createdAt": time, "updatedAt": time, **MORE.get(key, {})} for key, time in CREATED.items()]
    (folder / "assets.jsonl").write_text("\n".join(map(json.dumps, lines)), "utf-8")
    models = [{"id": f"model_{key}", "name": key, "createdAt": time} for key, time in CREATED.items()]
    (folder / "models.jsonl").write_text("\n".join(map(json.dumps, models)), "utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        wait_for_readings(patch)
        yield folder


@asynccontextmanager
async def serving(catalogue: Path, fault: str = "") -> AsyncIterator[Client]:
    async with Client(build_server(Settings(upstream=Sandbox((str(catalogue),), fault=fault)))) as client:
        yield client


def said(result: types.CallToolResult) -> str:
    return "\n".join(block.text for block in result.content if isinstance(block, types.TextContent))


async def found(client: Client, arguments: str | dict[str, Any], tool: str = "search_assets") -> set[str]:
    """Return the ids of a call's hits; a refused call is made again as its refusal says, word for word."""
    call = {"filter": arguments} if isinstance(arguments, str) else arguments
    result = await client.call_tool(tool, {"limit": 100, **call})
    if result.is_error:
        correction = said(result).rpartition(" Write: ")[2]
        assert correction != said(result), said(result)
        call = json.loads(correction) if correction.startswith("{") else {"filter": correction}
        result = await client.call_tool(tool, {"limit": 100, **call})
    assert not result.is_error, said(result)
    assert result.structured_content is not None
    return {hit["id"].removeprefix("model_") for hit in result.structured_content["hits"]}


MEANINGS: dict[str, set[str]] = {
    "createdAt 2026-11-20 TO 2026-11-20": DAY,
    'createdAt "2026-11-20" TO "2026-11-20"': DAY,
    "createdAt >= 2026-11-20 AND createdAt <= 2026-11-20": DAY,
    "createdAt = 2026-11-20": DAY,
    "NOT createdAt != 2026-11-20": DAY,
    "createdAt != 2026-11-20": ALL - DAY,
    "createdAt IN [2026-11-20, 2026-11-21]": DAY | {"after"},
    "createdAt NOT IN [2026-11-20]": ALL - DAY,
    "createdAt > 2026-11-20": {"after"},
    "createdAt = 2026-11-21 OR createdAt = 2026-10-31": {"after", "october"},
    "updatedAt >= 2026-11-20 AND updatedAt <= 2026-11-20": DAY,
    "createdAt >= 2026-11-20 AND createdAt < 2026-11-21": DAY,
    "createdAt >= 2026-11-21": {"after"},
    'createdAt >= "2026-11-20T23:59:59.999Z"': {"evening", "after"},
    "createdAt = 2026-11": ALL - {"file1904", "file1970", "file1980", "october"},
    "createdAt >= 2026-10 AND createdAt <= 2026-11": ALL - {"file1904", "file1970", "file1980"},
    "createdAt = 1970": {"file1970"},
    "createdAt BETWEEN 2026-11-20 AND 2026-11-20": DAY,
    'createdAt >= "2026-11-20T09:30:00+02:00" AND createdAt <= "2026-11-20T10:30:00+02:00"': {"morning"},
    'createdAt >= "2026-11-20 09:00:00" AND createdAt < 2026-11-21': {"evening"},
    'createdAt >= "2026-11-05T14:30:00Z" AND createdAt <= "2026-11-05T14:30:00Z"': {"half_past"},
    'createdAt >= "2026-11-05T14:30Z" AND createdAt <= "2026-11-05T14:30Z"': {"half_past"},
    'createdAt = "2026-11-05 14:30:00"': {"half_past"},
    'createdAt = "2026-11-20T08:07:59Z"': {"morning"},
    'createdAt = "2026-11-20t08:07:59.429z"': {"morning"},
    'updatedAt "2026-11-20T10:00:00+02:00" TO "2026-11-20T10:30:00+02:00"': {"morning"},
    'createdAt IN ["2026-11-05T15:30:00.000+01:00"]': {"half_past"},
    'createdAt >= "21.11.2026"': {"after"},
    'createdAt = "November 20, 2026"': DAY,
    "createdAt = 20261120 OR createdAt = 2026/11/21": DAY | {"after"},
    "createdAt > 1795132800": {"morning", "evening", "after"},
    "size > 1MB": {"half_past"},
    "size > 1_000_000": {"half_past"},
    "width = 1,024": {"october"},
    "width = 1024px": {"october"},
    "width = 1024.0": {"october"},
    "width > 1023 < 1900": {"october"},
    "kind = images": {"october", "midnight", "morning"},
    "kind IN [Picture, movie]": {"october", "midnight", "morning", "half_past"},
    "nsfw = true": {"before"},
    "nsfw IS NOT EMPTY": {"before"},
    "nsfw = violence": {"before"},
    "aspectRatio = 1.78": {"midnight"},
    "aspectRatio > 1": {"midnight", "october"},
    "orientation = landscape": {"midnight", "october"},
    "seed = 12345": {"midnight"},
    "tags = 5": {"midnight"},
    "prompt = 7": {"midnight"},
    "guidance >= 7.5": {"morning"},
    "modelType = sd-1_5": {"morning"},
    "kind = video -- x": {"half_past"},
    "tags = harbor, castle": {"half_past", "before"},
    "tags IN [Beacon]": {"october"},
    'tags IN ["ÉCLAIR"]': {"before"},
    "tags = BEACON AND kind != Audio": {"october"},
    "width > height": {"midnight", "october"},
    "date = 2026-11-20": DAY,
}


@ENGINES
async def test_a_filter_finds_what_was_meant_as_it_stands_or_as_it_is_corrected(catalogue: Path, fault: str) -> None:
    async with serving(catalogue, fault) as client:
        assert {text: await found(client, text) for text in MEANINGS} == MEANINGS


@ENGINES
async def test_days_and_times_mean_the_same_for_models(catalogue: Path, fault: str) -> None:
    times = {text: ids for text, ids in MEANINGS.items() if re.match("(NOT )?(created|updated)At", text)}
    async with serving(catalogue, fault) as client:
        assert {text: await found(client, text, "search_models") for text in times} == times


REFUSED = {
    'createdAt >= "11/01/2024"': "11/01/2024 may be 2024-11-01 or 2024-01-11.",
    "createdAt > 2026-13-45": "No calendar has 2026-13-45. Write: createdAt > 2026-12-31",
    "createdAt = 2026-02-30": "No calendar has 2026-02-30. Write: createdAt = 2026-02-28",
    "createdAt > 1764000000000": 'as Unix time is 2025-11-24T16:00:00Z. Write: createdAt > "2025-11-24T16:00:00Z"',
    "width > abc": 'width takes a whole number of pixels, such as 1024, not "abc".',
    "privacy = nobody": 'privacy takes private, public or unlisted, not "nobody".',
}


async def test_what_cannot_be_meant_is_refused_with_the_right_form(catalogue: Path) -> None:
    async with serving(catalogue) as client:
        for text, sentence in REFUSED.items():
            result = await client.call_tool("search_assets", {"filter": text})
            assert result.is_error, text
            assert sentence in said(result)


async def test_days_reckoned_from_today_come_back_as_days(catalogue: Path) -> None:
    async with serving(catalogue) as client:
        for words in ("last week", "NOW-7DAYS", "today", "30d", "now()-7d", "yesterday"):
            result = await client.call_tool("search_assets", {"filter": f'createdAt >= "{words}"'})
            assert result.is_error, words
            assert re.search(r"today is \d{4}-\d\d-\d\d \(UTC\)\. Write: createdAt >= \d{4}-\d\d-\d\d$", said(result))


async def test_the_note_says_what_was_read_and_what_may_not_exist(catalogue: Path) -> None:
    async with serving(catalogue) as client:
        read = await client.call_tool("search_assets", {"filter": "createdAt <= 1970-01-01 AND kind != pictures"})
        asked = await client.call_tool("search_assets", {"filter": "kind = hologram"})
    assert read.structured_content is not None
    assert asked.structured_content is not None
    assert read.structured_content["note"].startswith(
        'Filter read as meant: createdAt <= 1970-01-01: with that whole day, UTC; kind: "pictures" as image.'
    )
    assert 'kind "hologram" may not exist; known are image, video,' in asked.structured_content["note"]


async def test_what_is_advised_for_listing_everything_lists_everything(catalogue: Path) -> None:
    described = re.search(r"filter (createdAt >= \S+)", SEARCH_ASSETS.description)
    told = re.search(r"filter `([^`]+)`, which lists everything", guide.text())
    assert described is not None
    assert told is not None
    async with serving(catalogue) as client:
        refusal = said(await client.call_tool("search_assets", {}))
        for text in (described[1], told[1], json.loads(refusal.partition("list the newest: ")[2])["filter"]):
            assert await found(client, {"filter": text, "sortBy": ["createdAt:desc"]}) == ALL


def test_every_filter_of_the_guide_is_sent_or_read_as_it_says() -> None:
    quoted = re.findall(r"`([^`]+)`", guide.text())
    filters = [text for text in quoted if re.match(r"[A-Za-z]+ (?:[=!<>]|IS|IN|NOT|EXISTS|\d)", text)]
    assert len(filters) >= 14
    for text in filters:
        assert check(text, ASSET_FILTER_FIELDS).text
