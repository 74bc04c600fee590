"""`tags` and `collections`: what the documents of a project are labelled and collected by."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Literal

from rich.console import Console

from scenario_mcp.api.vocabulary import CollectionCount, Entries, EntryT, TagCount
from scenario_mcp.server.nearest import nearest, sentence
from scenario_mcp.server.tools.list_tags_and_collections import (
    LIST_TAGS_AND_COLLECTIONS,
    LabelsQuery,
    chosen,
    listed_collection,
    shown_name,
)
from scenario_mcp.server.tools.tool import plain
from scenario_mcp.settings import Settings
from scenario_mcp.terminal.output import say, write_json, write_rows
from scenario_mcp.terminal.session import FOUND, NOTHING_FOUND, execute, opened
from scenario_mcp.terminal.wording import command_line
from scenario_mcp.text import Secrets

Labels = Literal["tags", "collections"]
_COLUMNS: Mapping[Labels, Sequence[str]] = {
    "tags": ("tag", "assets and models"),
    "collections": ("id", "name", "assets", "models"),
}


def run(labels: Labels, arguments: Mapping[str, Any], settings: Settings, console: Console, *, as_json: bool) -> int:
    """List the tags or the collections that the arguments of the tool ask for; return the exit code."""
    return execute(lambda: _list(labels, arguments, settings, console, as_json=as_json), settings)


async def _list(
    labels: Labels, arguments: Mapping[str, Any], settings: Settings, console: Console, *, as_json: bool
) -> int:
    request = LIST_TAGS_AND_COLLECTIONS.read(arguments)
    async with opened(settings) as scenario:
        if labels == "tags":
            page = _page(labels, await scenario.vocabulary.tags(), request, _counts)
        else:
            page = _page(labels, await scenario.vocabulary.collections(), request, _collections)
    page = json.loads(Secrets(settings.credentials.secrets).removed_from(json.dumps(page)))
    if as_json:
        write_json(page, console)
    else:
        write_rows(_COLUMNS[labels], _rows(labels, page[labels]), console)
        if note := page.get("note"):
            say(note)
    return FOUND if page[labels] else NOTHING_FOUND


def _counts(tags: Iterable[TagCount]) -> dict[str, int]:
    return {shown_name(each): each.items or 0 for each in tags}


def _collections(collections: Iterable[CollectionCount]) -> list[dict[str, Any]]:
    return [plain(listed_collection(each)) for each in collections]


def _page(
    labels: Labels, listed: Entries[EntryT], request: LabelsQuery, show: Callable[[Iterable[EntryT]], Any]
) -> dict[str, Any]:
    found = chosen(listed, request)
    page: dict[str, Any] = {labels: show(found.entries), "total": found.total}
    notes = []
    if found.next:
        page["next"] = found.next
        notes.append(f"There are {found.total - found.next['offset']} more: add {command_line(found.next)}.")
    if not found.total:
        near = nearest(request.query, listed.entries) if request.query else []
        notes.append(f"No {labels} {'have these words' if request.query else 'are there'}.{sentence(near)}")
    if not listed.is_whole:
        notes.append(f"There are more {labels}: only {len(listed.entries)} were read.")
    return {**page, "note": " ".join(notes)} if notes else page


def _rows(labels: Labels, shown: Any) -> list[list[str]]:
    if labels == "tags":
        return [[name, str(count)] for name, count in shown.items()]
    return [[each["id"], each["name"], *(str(each.get(name, "")) for name in ("assets", "models"))] for each in shown]
