"""Saves the hits of a search, with their pictures, as a catalogue that a team can search without the network.

It spares the API: one search at a time, a pause after each, every wait that the API asks for. Without a query the
newest come first, and where the reach of one search ends, the next one begins at the date of its last hit.
"""

import re
import shlex
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from contextlib import AbstractAsyncContextManager, suppress
from functools import partial
from pathlib import Path
from typing import NamedTuple, TypeAlias, TypeVar

import anyio
from rich.console import Console

from scenario_mcp import interruption
from scenario_mcp.api.replies import Asset, Document, Model, SearchPage
from scenario_mcp.api.requests import MAX_REACH, AssetSearch, ModelSearch, Search
from scenario_mcp.backend import Scenario, open_scenario
from scenario_mcp.errors import NotFound, QuotaExceeded, RateLimited, ScenarioError, Unavailable
from scenario_mcp.export.folder import LineFolder, PictureFolder, is_file_name, merge_collections
from scenario_mcp.export.request import PAGE_SIZE, ExportRequest
from scenario_mcp.ids import ResourceType, Subject
from scenario_mcp.pictures.resize import Picture
from scenario_mcp.settings import Settings
from scenario_mcp.text import clean, without_links

PAUSE_SECONDS = 0.25
MAX_WAIT_SECONDS = 120.0
"""Longest wait that the API may ask for; a longer one ends the export."""
TRIES = 4
_PICTURES_AT_ONCE = 4
_REQUESTS: Mapping[str, type[Search]] = {"assets": AssetSearch, "models": ModelSearch}
_DATE = re.compile(r"[0-9][0-9T:.Z+-]{0,40}")
_MAX_PATH_CHARACTERS = 300

Sleep: TypeAlias = Callable[[float], Awaitable[None]]
Opened: TypeAlias = Callable[[Settings], AbstractAsyncContextManager[Scenario]]
ResultT = TypeVar("ResultT")


def run(  # noqa: PLR0913  # what the tests and the command set beside the request
    folder: Path,
    request: ExportRequest,
    settings: Settings,
    *,
    console: Console | None = None,
    sleep: Sleep = anyio.sleep,
    opened: Opened | None = None,
    program: str = "scenario-mcp",
    wording: Callable[[str], str] = str,
) -> int:
    """Save the hits, and report on stderr; return 1 if the export ended early, else 0.

    `opened` opens what is searched, and may wait until a folder of one's own is read.
    `program` is how this program is called from a shell, and `wording` puts the tools' errors into a person's words.

    Raises:
        SettingsRefused: the folder cannot be written, or the filter is wrong.
        KeyboardInterrupt: SIGINT has ended it; what was saved by then is a catalogue.

    """
    for resource_type in request.resource_types:
        request.search(_REQUESTS[resource_type])
    exporter = _Exporter(folder, request, console or Console(stderr=True, highlight=False), sleep)
    try:
        return interruption.run(_run, exporter, settings, opened or open_scenario, program, wording)
    except KeyboardInterrupt:
        exporter.say_what_is_left()
        raise


async def _run(
    exporter: "_Exporter", settings: Settings, opened: Opened, program: str, wording: Callable[[str], str]
) -> int:
    request = exporter.request
    try:
        async with opened(settings) as scenario:
            for resource_type in request.resource_types:
                await exporter.save(resource_type, scenario)
            if not request.public:
                await exporter.save_collections(scenario)
    except ScenarioError as error:
        exporter.say(wording(error.told(to_operator=True)))
        exporter.say_what_is_left()
        return 1
    folder = shlex.quote(_shown(exporter.folder))
    exporter.say(f"To search it here: {program} search --catalogue {folder}")
    exporter.say(f"To search it from a host: {program} install HOST --catalogue {folder}")
    return 0


class _Window(NamedTuple):
    """The part of the hits that one search reached."""

    is_last: bool
    last_created_at: str
    is_in_order: bool


class _Exporter:
    """Saves documents and pictures, and reports on it."""

    def __init__(self, folder: Path, request: ExportRequest, console: Console, sleep: Sleep) -> None:
        self.folder = folder.absolute()
        self.request = request
        self._console = console
        self._sleep = sleep
        self._pictures = PictureFolder(folder)
        self._without_picture = 0
        self._saved = 0

    def say_what_is_left(self) -> None:
        """Say how to go on after an early end."""
        if self._saved:
            self.say("The documents saved so far can be used. Run the same command again to continue.")
        else:
            self.say("Nothing was saved.")

    def say(self, sentence: str) -> None:
        """Print a line."""
        self._console.print(sentence, markup=False, soft_wrap=True)

    async def save(self, resource_type: ResourceType, scenario: Scenario) -> None:
        """Save the assets or the models, with their pictures; however that ends, the saved ones are merged."""
        request, is_complete = self.request, False
        search = {"query": request.query, "filter": request.filter, "public": request.public}
        with LineFolder(self.folder, resource_type, search) as lines, self._console.status(f"Saving {resource_type}"):
            try:
                note = await self._save_all(resource_type, scenario, lines)
                is_complete = True
            finally:
                lines.merge(is_complete=is_complete)
                number = len(lines.ids)
                self._saved += number
                if number or is_complete:
                    noun = resource_type.removesuffix("s") if number == 1 else resource_type
                    self.say(f"Saved {number} {noun} in {_shown(self.folder)}.")
        if note:
            self.say(note)
        if self._without_picture:
            self.say(f"Pictures that could not be fetched: {self._without_picture}; the same command tries them again.")
            self._without_picture = 0

    async def save_collections(self, scenario: Scenario) -> None:
        """Save the names of the project's collections, which the documents name by id only."""
        try:
            collections = (await scenario.vocabulary.collections()).entries
        except ScenarioError:  # the documents are saved, and a key may not be allowed to list collections
            self.say("The names of the collections could not be read.")
            return
        if collections:
            merge_collections(self.folder, {each.id: without_links(each.name) for each in collections})

    async def _save_all(self, resource_type: ResourceType, scenario: Scenario, lines: LineFolder) -> str:
        """Save until no hit is left or enough are saved; return a sentence about the rest, if there is one."""
        until = "" if self.request.query else lines.last_created_at
        while True:
            window = await self._save_window(resource_type, scenario, lines, until)
            if window.is_last:
                return ""
            if len(lines.ids) >= self.request.most:
                return f"There are more {resource_type}: --most {self.request.most * 10} saves more of them."
            if self.request.query:
                return (
                    f"Scenario shows no more than the first {MAX_REACH} hits of a search by words. "
                    "Leave out --query, or add a --filter on createdAt, to reach the others."
                )
            if not window.is_in_order or window.last_created_at == until or not _DATE.fullmatch(window.last_created_at):
                return (
                    f"There are more {resource_type}, but their dates do not tell where to continue after the first "
                    f"{MAX_REACH}. Add a --filter, such as on tags, to reach others."
                )
            until = window.last_created_at

    async def _save_window(
        self, resource_type: ResourceType, scenario: Scenario, lines: LineFolder, until: str
    ) -> _Window:
        dates: list[str] = []
        for offset in range(0, MAX_REACH, PAGE_SIZE):
            page = await self._with_long_waits(partial(self._page, resource_type, scenario, until, offset))
            hits = [hit for hit in page.hits if hit.id not in lines.ids and is_file_name(hit.id)]
            hits = hits[: max(0, self.request.most - len(lines.ids))]
            if self.request.with_pictures:
                await self._save_pictures(hits, scenario)
            for hit in hits:
                lines.add(
                    hit.model_dump(mode="json", by_alias=True, exclude_unset=True), is_own=not self.request.public
                )
            dates += [hit.created_at or "" for hit in page.hits]
            if len(page.hits) + page.dropped < PAGE_SIZE:
                return _Window(is_last=True, last_created_at="", is_in_order=True)
            if len(lines.ids) >= self.request.most:
                break
            await self._sleep(PAUSE_SECONDS)
        return _Window(False, dates[-1] if dates else "", dates == sorted(dates, reverse=True))

    async def _page(
        self, resource_type: ResourceType, scenario: Scenario, until: str, offset: int
    ) -> SearchPage[Asset] | SearchPage[Model]:
        if resource_type == "assets":
            return await scenario.client.search_assets(self.request.search(AssetSearch, until, offset).resolve())
        return await scenario.client.search_models(self.request.search(ModelSearch, until, offset).resolve())

    async def _with_long_waits(self, ask: Callable[[], Awaitable[ResultT]]) -> ResultT:
        """Try again after a wait that the API asks for; the client itself keeps only waits short enough for a call."""
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
            scenario.pictures.remember([(subject, url)])
            pictures[asset_id] = await scenario.pictures.read(subject)


def _pictures_of(hit: Document) -> Iterator[tuple[str, str]]:
    """Yield the asset ids and addresses of a hit's pictures: itself, if it is an image, and its thumbnail."""
    if isinstance(hit, Asset) and hit.url and (hit.mime_type or "").startswith("image/"):
        yield hit.id, hit.url
    if hit.thumbnail and hit.thumbnail.asset_id and hit.thumbnail.url:
        yield hit.thumbnail.asset_id, hit.thumbnail.url


def _shown(path: Path) -> str:
    return clean(str(path), _MAX_PATH_CHARACTERS)
