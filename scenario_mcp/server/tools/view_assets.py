"""`view_assets`: several assets at once, as pictures with a line on each, or as all that is known of them."""

import json
from collections.abc import Iterable, Sequence
from typing import TypeVar

import anyio

from scenario_mcp.api.replies import Asset, Document, Model, Subject
from scenario_mcp.backend import Scenario
from scenario_mcp.errors import NotFound, ScenarioError
from scenario_mcp.pictures.resize import Picture
from scenario_mcp.rendering.captions import line, title
from scenario_mcp.rendering.cards import Gallery, card
from scenario_mcp.rendering.facts import facts
from scenario_mcp.server.tools.answer import Answer
from scenario_mcp.server.tools.lookups import DEFAULT_SIZE, AssetsView, ModelsLookup
from scenario_mcp.text import shown

MAX_PICTURES_BYTES = 450_000
"""All pictures of an answer together: in base64, with the words beside them, they stay under 700 KB."""
MAX_FACTS_BYTES = 64_000
"""All facts of an answer together."""

DocumentT = TypeVar("DocumentT", bound=Document)


async def view_assets(scenario: Scenario, request: AssetsView) -> Answer:
    """Show the assets in the order asked for; what cannot be shown is named and does not spoil the rest.

    Raises:
        NotFound: none of the assets is there.
        ScenarioError: Scenario has no answer.

    """
    assets, missing = _in_order(request.asset_ids, await scenario.client.get_assets(request.asset_ids))
    if not assets:
        raise NotFound(f"There is no such asset: {', '.join(map(shown, missing))}. Ids stand in search_assets' hits.")
    if request.details:
        return _facts("assets", assets, missing)
    looks = await _look(scenario, assets, request)
    pictures = {asset_id: look for asset_id, look in looks.items() if not isinstance(look, str)}
    said = [
        f"{len(pictures) or 'None'} of {len(request.asset_ids)} shown{' below, in this order' if pictures else ''}:"
    ]
    for number, asset in enumerate(assets, 1):
        look = looks[asset.id]
        reason = f" Not shown: {look}" if isinstance(look, str) else ""
        said.append(f"{number}. {line(asset, is_seen=not reason)}{reason}")
    said += [f"{shown(asset_id)} was not found. Check the id." for asset_id in missing]
    blocks: list[str | Picture] = ["\n".join(said)]
    cards = []
    for number, asset in enumerate(assets, 1):
        picture = pictures.get(asset.id)
        image = None
        if picture is not None:
            if len(assets) > 1:  # of a single one the first text has said it all
                blocks.append(f"{number}. {title(asset)}")
            image = len(blocks)
            blocks.append(picture)
        made = card(asset)
        if image is not None:
            made["image"] = image
        cards.append(made)
    return Answer(tuple(blocks), gallery=Gallery(collection="assets", cards=tuple(cards)))


async def get_models(scenario: Scenario, request: ModelsLookup) -> Answer:
    """Tell all that is known of the models.

    Raises:
        NotFound: none of the models is there.
        ScenarioError: Scenario has no answer.

    """
    models, missing = _in_order(request.model_ids, await scenario.client.get_models(request.model_ids))
    if not models:
        raise NotFound(f"There is no such model: {', '.join(map(shown, missing))}. Ids stand in search_models' hits.")
    return _facts("models", models, missing)


def _in_order(ids: Sequence[str], found: Iterable[DocumentT]) -> tuple[list[DocumentT], list[str]]:
    """Return the documents in the order of the ids, and the ids that were not found."""
    by_id = {document.id: document for document in found}
    return [by_id[each] for each in ids if each in by_id], [each for each in ids if each not in by_id]


def _facts(collection: str, documents: list[Asset] | list[Model], missing: list[str]) -> Answer:
    """Answer with JSON: all facts of every document, and the ids that were not found."""
    share = MAX_FACTS_BYTES // len(documents)
    text = f'{{"{collection}":[{",".join(facts(document, share) for document in documents)}]'
    return Answer((text + (f',"notFound":{json.dumps(missing)}' if missing else "") + "}",))


async def _look(scenario: Scenario, assets: list[Asset], request: AssetsView) -> dict[str, Picture | str]:
    """Fetch the pictures at the same time; return each, or why there is none."""
    looks: dict[str, Picture | str] = {}
    wanted = []
    for asset in assets:
        if asset.nsfw and not request.nsfw:
            looks[asset.id] = "it is labelled NSFW; nsfw true shows it."
        elif asset.picture_url is None:
            looks[asset.id] = "it has no picture."
        else:
            scenario.pictures.remember(Subject("assets", asset.id), asset.picture_url)
            wanted.append(asset)

    async def look_at(asset: Asset) -> None:
        try:
            looks[asset.id] = await scenario.pictures.read(
                Subject("assets", asset.id),
                pixels=request.size or DEFAULT_SIZE,
                max_bytes=MAX_PICTURES_BYTES // len(wanted),
            )
        except ScenarioError as error:
            looks[asset.id] = error.message

    async with anyio.create_task_group() as tasks:
        for asset in wanted:
            tasks.start_soon(look_at, asset)
    return looks
