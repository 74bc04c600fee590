"""`show`: all facts and the pictures of assets and models, as the tools give them, for a person or a program."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, NamedTuple

from rich.console import Console
from rich.table import Table
from rich.text import Text

from scenario_mcp.backend import Scenario
from scenario_mcp.errors import NotFound, ScenarioError, SettingsRefused
from scenario_mcp.ids import RESOURCE_TYPES, ResourceType, Subject, find_id, is_id
from scenario_mcp.pictures.resize import Picture
from scenario_mcp.server.tools.get_models import GET_MODELS
from scenario_mcp.server.tools.lookups import MAX_IDS
from scenario_mcp.server.tools.tool import Answer
from scenario_mcp.server.tools.view_assets import VIEW_ASSETS
from scenario_mcp.settings import Settings
from scenario_mcp.terminal.browser import open_in_browser
from scenario_mcp.terminal.output import say, write_json
from scenario_mcp.terminal.pictures import PictureTerminal
from scenario_mcp.terminal.session import FOUND, NOTHING_FOUND, execute, opened
from scenario_mcp.terminal.wording import for_terminal
from scenario_mcp.text import Secrets, clean, shown

_WHERE_IDS_STAND = "Ids stand in the first column of scenario-mcp search."
_PREFIXES: Mapping[str, ResourceType] = {"asset_": "assets", "model_": "models"}
_MAX_FACT_CHARACTERS = 10_000
_GAP = 2
_FIRST = ("id", "name")


class Wanted(NamedTuple):
    """An id as it was typed; old ids do not tell whose they are."""

    id: str
    resource_type: ResourceType | None


class Shown(NamedTuple):
    """All facts of a document, and its picture, where that is shown."""

    resource_type: ResourceType
    facts: Mapping[str, Any]
    picture: bytes = b""


@dataclass(frozen=True, slots=True)
class ShowCommand:
    """The ids that were typed, and what to do with what is found."""

    wanted: Sequence[Wanted]
    as_json: bool = False
    opens: bool = False
    with_nsfw: bool = False


def read_subjects(words: Iterable[str]) -> list[Wanted]:
    """Return the ids that were typed, each once.

    Raises:
        SettingsRefused: a word is neither an id nor an address with one, or there is none but blanks.

    """
    wanted = [*dict.fromkeys(_wanted(part) for word in words for part in word.replace(",", " ").split())]
    if not wanted:  # as from a script whose variable is empty
        raise SettingsRefused(f"Give at least one id. {_WHERE_IDS_STAND}")
    return wanted


def _wanted(word: str) -> Wanted:
    for resource_type in RESOURCE_TYPES:
        if found := find_id(word, resource_type):
            return Wanted(found, resource_type)
    if not is_id(word):
        raise SettingsRefused(f"{shown(word)} is no id. {_WHERE_IDS_STAND}")
    return Wanted(word, next((each for prefix, each in _PREFIXES.items() if word.startswith(prefix)), None))


def run(command: ShowCommand, settings: Settings, console: Console, terminal: PictureTerminal | None) -> int:
    """Look them up and print them; return the exit code, which is not 0 if any is missing."""
    return execute(lambda: _show(command, settings, console, terminal), settings)


async def _show(command: ShowCommand, settings: Settings, console: Console, terminal: PictureTerminal | None) -> int:
    secrets = Secrets(settings.credentials.secrets)
    async with opened(settings) as scenario:
        found = await _look_up(scenario, command, has_pictures=terminal is not None, secrets=secrets)
        in_order = [found[each.id] for each in command.wanted if each.id in found]
        missing = [each.id for each in command.wanted if each.id not in found]
        if command.as_json:
            by_type = {kind: [each.facts for each in in_order if each.resource_type == kind] for kind in RESOURCE_TYPES}
            write_json({**by_type, "notFound": missing}, console)
        else:
            for number, each in enumerate(in_order):
                if number and console.is_terminal:
                    console.print()
                _print(each, console, terminal)
        for each_id in missing:
            say(f"scenario-mcp: There is no asset or model {shown(each_id)}. Check the id.")
        if command.opens:
            for each in in_order:
                file = each.facts.get("file")
                await open_in_browser(scenario, settings, each.resource_type, str(each.facts["id"]), file)
    return NOTHING_FOUND if missing else FOUND


async def _look_up(
    scenario: Scenario, command: ShowCommand, *, has_pictures: bool, secrets: Secrets
) -> dict[str, Shown]:
    """Look up as many at a time as the tools take; what may be an asset or a model first as an asset."""
    found: dict[str, Shown] = {}
    for ids in _parts([each.id for each in command.wanted if each.resource_type != "models"]):
        arguments = {"assetIds": ids, "details": True, "pictures": has_pictures, "nsfw": command.with_nsfw}
        with suppress(NotFound):
            answer = await VIEW_ASSETS.answer(scenario, arguments)
            said = json.loads(secrets.removed_from(str(answer.blocks[0])))
            found |= {facts["id"]: Shown("assets", facts, _picture(answer, facts["id"])) for facts in said["assets"]}
            for asset_id, reason in said.get("notShown", {}).items() if has_pictures else ():
                say(f"{asset_id}: {for_terminal(reason)}")
    for ids in _parts([each.id for each in command.wanted if each.id not in found and each.resource_type != "assets"]):
        with suppress(NotFound):
            answer = await GET_MODELS.answer(scenario, {"modelIds": ids})
            for facts in json.loads(secrets.removed_from(str(answer.blocks[0])))["models"]:
                picture = await _thumbnail(scenario, facts["id"]) if has_pictures else b""
                found[facts["id"]] = Shown("models", facts, picture)
    return found


def _picture(answer: Answer, asset_id: str) -> bytes:
    """Return the picture of an asset in an answer of the tool; nothing where it is not shown."""
    places = (
        card.get("image") for card in (answer.gallery().cards if answer.gallery else ()) if card["id"] == asset_id
    )
    block = next((answer.blocks[place] for place in places if place is not None), None)
    return block.data if isinstance(block, Picture) else b""


async def _thumbnail(scenario: Scenario, model_id: str) -> bytes:
    with suppress(ScenarioError):  # a model without its picture is a model still
        return (await scenario.pictures.read(Subject("models", model_id))).data
    return b""


def _parts(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    return (ids[start : start + MAX_IDS] for start in range(0, len(ids), MAX_IDS))


def _print(document: Shown, console: Console, terminal: PictureTerminal | None) -> None:
    rows = sorted(flat(document.facts), key=lambda row: row[0] not in _FIRST)
    if not console.is_terminal:
        for name, value in rows:
            console.file.write(f"{document.facts['id']}\t{name}\t{value}\n")
        return
    if terminal is not None and document.picture:
        terminal.show([(str(document.facts["id"]), document.picture)])
    table = Table.grid(padding=(0, _GAP))
    for name, value in rows:
        table.add_row(Text(name, style="bold"), Text(value))
    console.print(table)


def flat(facts: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, str]]:
    """Yield facts by their names; those inside others by both, but for an asset's metadata, as filters name them."""
    for name, value in facts.items():
        path = f"{above}{name}"
        if isinstance(value, dict):
            yield from flat(value, "" if path == "metadata" else f"{path}.")
        elif isinstance(value, list) and not any(isinstance(item, dict | list) for item in value):
            yield path, ", ".join(map(_fact, value))
        else:
            yield path, _fact(value)


def _fact(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return clean(text, _MAX_FACT_CHARACTERS)
