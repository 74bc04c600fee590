"""`search`: the tools' search, shown to a person, or written for a program."""

import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import anyio
from rich.console import Console

from scenario_mcp.api.replies import Asset, Document, Model, SearchPage
from scenario_mcp.api.requests import AssetSearch
from scenario_mcp.backend import Scenario
from scenario_mcp.errors import ScenarioError
from scenario_mcp.ids import ResourceType, Subject
from scenario_mcp.rendering.addresses import without_addresses
from scenario_mcp.server.tools.search import Found, find_assets, find_models
from scenario_mcp.server.tools.tool import plain
from scenario_mcp.settings import Settings
from scenario_mcp.terminal.browser import open_in_browser
from scenario_mcp.terminal.hit_list import SAVED, caption, print_hits
from scenario_mcp.terminal.output import say, write_json
from scenario_mcp.terminal.picture_paths import readable_folders
from scenario_mcp.terminal.pictures import PictureTerminal
from scenario_mcp.terminal.saving import save
from scenario_mcp.terminal.search_options import SEARCHES
from scenario_mcp.terminal.session import FOUND, NOTHING_FOUND, UNREACHABLE, execute, opened
from scenario_mcp.terminal.wording import for_terminal
from scenario_mcp.text import Secrets

PICTURE_PIXELS = 512
MAX_SHOWN_BYTES = 2_000_000
"""Of one picture in a terminal."""
_NO_LIMIT = sys.maxsize

Style = Literal["text", "json", "raw"]


@dataclass(frozen=True, slots=True)
class SearchCommand:
    """A search as it was typed, and what to do with its hits."""

    resource_type: ResourceType
    arguments: Mapping[str, Any]
    style: Style = "text"
    """As text, as JSON of the trimmed hits, or as JSON of the API's own hits."""
    with_addresses: bool = False
    """Whether the API's own hits keep their signed addresses."""
    with_nsfw: bool = False
    """Whether pictures of assets with NSFW labels are shown, too."""
    save_to: Path | None = None
    """The folder in which the files of the hits are saved."""
    overwrites: bool = False
    opens: bool = False
    """Whether the first hit is opened in the browser."""


def run(command: SearchCommand, settings: Settings, console: Console, terminal: PictureTerminal | None) -> int:
    """Search, and print the hits on the console; return the exit code.

    Raises:
        SettingsRefused: a folder cannot be written.

    """
    return execute(lambda: _Search(command, settings, console, terminal).run(), settings)


class _Search:
    def __init__(
        self, command: SearchCommand, settings: Settings, console: Console, terminal: PictureTerminal | None
    ) -> None:
        self._command = command
        self._settings = settings
        self._console = console
        self._terminal = terminal
        self._secrets = Secrets(settings.credentials.secrets)

    async def run(self) -> int:
        command = self._command
        arguments = command.arguments
        if command.save_to is not None:
            arguments = {"originalAssets": True, **arguments}
        request = SEARCHES[command.resource_type].read(arguments)  # before anything is opened
        by_picture = not arguments.keys().isdisjoint({"image", "images", "querySemanticRatio"})
        async with opened(self._settings, readable_folders(arguments), by_picture=by_picture) as scenario:
            found: Found[SearchPage[Asset]] | Found[SearchPage[Model]]
            if isinstance(request, AssetSearch):
                found = await find_assets(scenario, request, _NO_LIMIT)
            else:
                found = await find_models(scenario, request, _NO_LIMIT)
            page = json.loads(self._secrets.removed_from(json.dumps(plain(found.page))))
            documents = found.reply.documents[: found.page.returned]
            is_saved = await self._save(scenario, page, documents)
            await self._print(scenario, page, found)
            if command.opens and page["hits"]:
                first = documents[0]
                file = first.file if isinstance(first, Asset) else None
                await open_in_browser(scenario, self._settings, command.resource_type, first.id, file)
        if not page["hits"]:
            return NOTHING_FOUND
        return FOUND if is_saved else UNREACHABLE

    async def _save(self, scenario: Scenario, page: Mapping[str, Any], documents: Sequence[Document]) -> bool:
        """Save the files of the hits; each hit then says where its own lies. Return whether all could be fetched."""
        folder = self._command.save_to
        if folder is None or not documents:
            return True
        saved = await save(scenario, documents, folder, overwrites=self._command.overwrites)
        for hit in page["hits"]:
            if path := saved.path(hit["id"]):
                hit[SAVED] = str(path)
        for sentence in saved.sentences(folder):
            say(sentence)
        return not saved.refused

    async def _print(
        self, scenario: Scenario, page: Mapping[str, Any], found: Found[SearchPage[Asset]] | Found[SearchPage[Model]]
    ) -> None:
        command = self._command
        if command.style == "json":
            write_json(page, self._console)
        elif command.style == "raw":
            reply = found.reply.model_dump(mode="json", by_alias=True, exclude_unset=True)
            written = without_addresses(reply) if not command.with_addresses else reply
            write_json(json.loads(self._secrets.removed_from(json.dumps(written))), self._console)
        else:
            if self._terminal is not None:
                self._terminal.show(await self._pictures(scenario, page["hits"]))
            if page["hits"]:
                print_hits(page["hits"], command.resource_type, self._console)
        if note := self._note(page):
            say(note)

    def _note(self, page: Mapping[str, Any]) -> str:
        """Return what is said beside the hits; JSON says it itself."""
        if self._command.style == "json" or "note" not in page:
            return ""
        return for_terminal(page["note"], page.get("next"))

    async def _pictures(self, scenario: Scenario, hits: Sequence[Mapping[str, Any]]) -> list[tuple[str, bytes]]:
        """Return the captions and pictures of hits; of those that have none or hide it, no bytes."""
        pictures: dict[str, bytes] = {}

        async def read(hit_id: str) -> None:
            try:
                picture = await scenario.pictures.read(
                    Subject(self._command.resource_type, hit_id), pixels=PICTURE_PIXELS, max_bytes=MAX_SHOWN_BYTES
                )
            except ScenarioError:  # a hit without its picture is a hit still
                return
            pictures[hit_id] = picture.data

        async with anyio.create_task_group() as tasks:
            for hit in hits:
                if hit["uri"].endswith("/image") and (self._command.with_nsfw or "nsfw" not in hit):
                    tasks.start_soon(read, hit["id"])
        return [(caption(hit), pictures[hit["id"]]) for hit in hits if hit["id"] in pictures]
