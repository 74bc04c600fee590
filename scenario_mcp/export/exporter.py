"""Saves what searches of an account return as a catalogue of one's own, so that a team can work without the network.

It pages by hand and gently: one search at a time, a pause after each, the waits that the API asks for. Without words
to search by, what is newest comes first, and where the reach of one search ends the next begins at the last date.
"""

import re
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import NamedTuple, TypeAlias, TypeVar

import anyio
from pydantic import ValidationError
from rich.console import Console

from scenario_mcp.api.replies import Asset, Document, Model, SearchPage
from scenario_mcp.api.requests import AssetSearch, ModelSearch, Search
from scenario_mcp.backend import Scenario, open_scenario
from scenario_mcp.errors import NotFound, QuotaExceeded, RateLimited, ScenarioError, SettingsRefused, Unavailable
from scenario_mcp.export.folder import LineFolder, PictureFolder, is_file_name
from scenario_mcp.ids import RESOURCE_TYPES, ResourceType, Subject
from scenario_mcp.pictures.resize import Picture
from scenario_mcp.settings import Settings
from scenario_mcp.text import clean

DEFAULT_MOST = 1000
REACH = 1000
"""How many hits of one search can be paged through."""
PAGE = 100
PAUSE_SECONDS = 0.25
MAX_WAIT_SECONDS = 120.0
"""A wait that the API asks for is kept up to here; a longer one ends the export."""
TRIES = 4
_PICTURES_AT_ONCE = 4
_REQUESTS: Mapping[str, type[Search]] = {"assets": AssetSearch, "models": ModelSearch}
_EVERYTHING = 'createdAt >= "2000-01-01"'
_DATE = re.compile(r"[0-9][0-9T:.Z+-]{0,40}")
_MAX_PATH_CHARACTERS = 300

Sleep: TypeAlias = Callable[[float], Awaitable[None]]
ResultT = TypeVar("ResultT")
SearchT = TypeVar("SearchT", bound=Search)


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be saved."""

    resource_types: tuple[ResourceType, ...] = RESOURCE_TYPES
    query: str = ""
    filter: str = ""
    public: bool = False
    most: int = DEFAULT_MOST
    """Of each resource type."""
    with_pictures: bool = True

    def search(self, request_type: type[SearchT], until: str = "", offset: int = 0) -> SearchT:
        """Return one page of the search, of what was made until a date if one is given.

        Raises:
            SettingsRefused: the filter is wrong.

        """
        filters = [f"({self.filter})"] if self.filter else [_EVERYTHING]
        filters += [f'createdAt <= "{until}"'] if until else []
        try:
            return request_type(
                query=self.query or None,
                filter=None if self.query and not self.filter else " AND ".join(filters),
                public=self.public or None,
                sort_by=None if self.query else ("createdAt:desc",),
                limit=PAGE,
                offset=offset,
            )
        except ValidationError as error:
            reason = error.errors(include_url=False)[0]["msg"].removeprefix("Value error, ")
            raise SettingsRefused(f"The search cannot be made: {reason}") from error


def run(
    folder: Path, wish: Wish, settings: Settings, *, console: Console | None = None, sleep: Sleep = anyio.sleep
) -> int:
    """Save what was wished for, and say so on stderr; return 1 if it ended early, else 0.

    Raises:
        SettingsRefused: the folder cannot be written, or the filter is wrong.

    """
    for resource_type in wish.resource_types:
        wish.search(_REQUESTS[resource_type])
    return anyio.run(_run, folder, wish, settings, console or Console(stderr=True, highlight=False), sleep)


async def _run(folder: Path, wish: Wish, settings: Settings, console: Console, sleep: Sleep) -> int:
    exporter = _Exporter(folder, wish, console, sleep)
    try:
        async with open_scenario(settings) as scenario:
            for resource_type in wish.resource_types:
                await exporter.save(resource_type, scenario)
    except ScenarioError as error:
        exporter.say(error.message)
        exporter.say("What was saved so far can be used. The same command goes on from there.")
        return 1
    exporter.say(f"To search it: scenario-mcp --catalogue {_shown(folder)}")
    return 0


class _Stretch(NamedTuple):
    """What one search brought within its reach."""

    is_last: bool
    last_created_at: str
    is_in_order: bool


class _Exporter:
    """Saves documents and pictures, and tells about it."""

    def __init__(self, folder: Path, wish: Wish, console: Console, sleep: Sleep) -> None:
        self._folder = folder
        self._wish = wish
        self._console = console
        self._sleep = sleep
        self._pictures = PictureFolder(folder)
        self._without_picture = 0

    def say(self, sentence: str) -> None:
        """Print a line."""
        self._console.print(sentence, markup=False, soft_wrap=True)

    async def save(self, resource_type: ResourceType, scenario: Scenario) -> None:
        """Save the documents of one resource type, with their pictures; whatever ends it, what is there is merged."""
        wish, is_complete = self._wish, False
        search = {"query": wish.query, "filter": wish.filter, "public": wish.public}
        with LineFolder(self._folder, resource_type, search) as lines, self._console.status(f"Saving {resource_type}"):
            try:
                note = await self._save_all(resource_type, scenario, lines)
                is_complete = True
            finally:
                lines.merge(is_complete=is_complete)
                self.say(f"Saved {len(lines.ids)} {resource_type} in {_shown(self._folder)}.")
        if note:
            self.say(note)
        if self._without_picture:
            self.say(f"Pictures that could not be had: {self._without_picture}; the same command tries them again.")
            self._without_picture = 0

    async def _save_all(self, resource_type: ResourceType, scenario: Scenario, lines: LineFolder) -> str:
        """Save until nothing is left or enough is there; return what there is to say about the rest."""
        until = "" if self._wish.query else lines.last_created_at
        while True:
            stretch = await self._save_stretch(resource_type, scenario, lines, until)
            if stretch.is_last:
                return ""
            if len(lines.ids) >= self._wish.most:
                return f"There are more {resource_type}: --most {self._wish.most * 10} saves more of them."
            if self._wish.query:
                return (
                    f"Scenario shows no more than the first {REACH} hits of a search by words. "
                    "Without --query, or with a --filter on createdAt, the others can be had too."
                )
            if (
                not stretch.is_in_order
                or stretch.last_created_at == until
                or not _DATE.fullmatch(stretch.last_created_at)
            ):
                return (
                    f"There are more {resource_type}, but the dates do not tell where to go on after the first "
                    f"{REACH}. A --filter, such as on tags, reaches others."
                )
            until = stretch.last_created_at

    async def _save_stretch(
        self, resource_type: ResourceType, scenario: Scenario, lines: LineFolder, until: str
    ) -> _Stretch:
        dates: list[str] = []
        for offset in range(0, REACH, PAGE):
            page = await self._patiently(partial(self._page, resource_type, scenario, until, offset))
            hits = [hit for hit in page.hits if hit.id not in lines.ids and is_file_name(hit.id)]
            hits = hits[: max(0, self._wish.most - len(lines.ids))]
            if self._wish.with_pictures:
                await self._save_pictures(hits, scenario)
            for hit in hits:
                lines.add(hit.model_dump(mode="json", by_alias=True, exclude_unset=True), is_own=not self._wish.public)
            dates += [hit.created_at or "" for hit in page.hits]
            if len(page.hits) + page.dropped < PAGE:
                return _Stretch(is_last=True, last_created_at="", is_in_order=True)
            if len(lines.ids) >= self._wish.most:
                break
            await self._sleep(PAUSE_SECONDS)
        return _Stretch(False, dates[-1] if dates else "", dates == sorted(dates, reverse=True))

    async def _page(
        self, resource_type: ResourceType, scenario: Scenario, until: str, offset: int
    ) -> SearchPage[Asset] | SearchPage[Model]:
        if resource_type == "assets":
            return await scenario.client.search_assets(self._wish.search(AssetSearch, until, offset))
        return await scenario.client.search_models(self._wish.search(ModelSearch, until, offset))

    async def _patiently(self, ask: Callable[[], Awaitable[ResultT]]) -> ResultT:
        """Ask again after a wait that the API asks for and that is too long for a call: the client keeps the others."""
        for _ in range(1, TRIES):
            try:
                return await ask()
            except QuotaExceeded:  # renewed with the billing period
                raise
            except RateLimited as error:
                wait_seconds = error.wait_seconds
                if wait_seconds is None or wait_seconds > MAX_WAIT_SECONDS:
                    raise
            await self._sleep(wait_seconds)
        return await ask()

    async def _save_pictures(self, hits: Iterable[Document], scenario: Scenario) -> None:
        addresses = {
            asset_id: url
            for hit in hits
            for asset_id, url in _pictures_of(hit)
            if asset_id not in self._pictures and is_file_name(asset_id)
        }
        missing = list(addresses.items())
        while missing:
            some, missing = missing[:_PICTURES_AT_ONCE], missing[_PICTURES_AT_ONCE:]
            pictures = dict[str, Picture]()
            async with anyio.create_task_group() as tasks:
                for asset_id, url in some:
                    tasks.start_soon(self._fetch, scenario, asset_id, url, pictures)
            for asset_id, picture in pictures.items():
                self._pictures.save(asset_id, picture)
            self._without_picture += len(some) - len(pictures)

    async def _fetch(self, scenario: Scenario, asset_id: str, url: str, pictures: dict[str, Picture]) -> None:
        with suppress(NotFound, Unavailable):
            subject = Subject("assets", asset_id)
            scenario.pictures.remember(subject, url)
            pictures[asset_id] = await scenario.pictures.read(subject)


def _pictures_of(hit: Document) -> Iterator[tuple[str, str]]:
    """Yield asset ids and addresses of what shows a hit: itself if it is a picture, and its thumbnail."""
    if isinstance(hit, Asset) and hit.url and (hit.mime_type or "").startswith("image/"):
        yield hit.id, hit.url
    if hit.thumbnail and hit.thumbnail.asset_id and hit.thumbnail.url:
        yield hit.thumbnail.asset_id, hit.thumbnail.url


def _shown(path: Path) -> str:
    return clean(str(path), _MAX_PATH_CHARACTERS)
