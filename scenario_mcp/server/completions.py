"""Completions of the arguments of prompts and templates: ids of recent hits, and names of tags and collections."""

import asyncio
from collections import Counter

import mcp_types as types

from scenario_mcp.api.vocabulary import Vocabulary
from scenario_mcp.errors import ScenarioError
from scenario_mcp.ids import ResourceType
from scenario_mcp.server.context import Context
from scenario_mcp.server.guard import admitted
from scenario_mcp.server.nearest import has_words
from scenario_mcp.server.prompts import PROMPTS, Completable
from scenario_mcp.server.resources import TEMPLATES
from scenario_mcp.settings import Settings
from scenario_mcp.text import trimmed

MAX_SECONDS = 5.0
"""Somebody is typing: what takes longer is not offered."""
MAX_VALUE_CHARACTERS = 100
MAX_COMPLETIONS = 100
"""As many values as MCP lets one completion hold."""


async def complete(settings: Settings, context: Context, params: types.CompleteRequestParams) -> types.CompleteResult:
    """Offer values for an argument; none for an unknown argument, nor while Scenario has no answer."""
    completes = _completed_by(params.ref, params.argument.name)
    given = params.argument.value
    found: list[str] = []
    if completes in {"tags", "collections"}:
        found = await _names(settings, context, completes, given)
    elif completes is not None:
        found = context.lifespan_context.recent.complete(completes, given)
    completion = types.Completion(
        values=found[:MAX_COMPLETIONS], total=len(found), has_more=len(found) > MAX_COMPLETIONS
    )
    return types.CompleteResult(completion=completion)


async def _names(settings: Settings, context: Context, completes: Completable, given: str) -> list[str]:
    try:
        async with asyncio.timeout(MAX_SECONDS), admitted(settings, context) as scenario:
            names = await (_tags if completes == "tags" else _collections)(scenario.vocabulary, given)
    except (ScenarioError, TimeoutError):
        return []
    # A name that does not show as it is could not be found by it either.
    secrets = context.lifespan_context.secrets
    return [name for name in names if trimmed(secrets.removed_from(name), MAX_VALUE_CHARACTERS) == name]


async def _tags(vocabulary: Vocabulary, given: str) -> list[str]:
    """Complete the last of several tags, which commas separate."""
    before, comma, begun = given.rpartition(",")
    tags = [tag.name for tag in (await vocabulary.tags()).entries if has_words(tag.name, begun)]
    return [f"{before}{comma} {tag}" if comma else tag for tag in tags]


async def _collections(vocabulary: Vocabulary, given: str) -> list[str]:
    """Complete a collection's name; of several with the same name their ids."""
    collections = (await vocabulary.collections()).entries
    names = Counter(each.name for each in collections)
    fitting = (each for each in collections if has_words(each.name, given) or each.id.startswith(given))
    return [each.name if names[each.name] == 1 else each.id for each in fitting]


def _completed_by(ref: types.PromptReference | types.ResourceTemplateReference, argument: str) -> Completable | None:
    """Return what completes an argument; None if nothing does."""
    if isinstance(ref, types.ResourceTemplateReference):
        templates = (each for each in TEMPLATES if each.uri == ref.uri and f"{{{argument}}}" in each.uri)
        by: ResourceType | None = next((each.completes for each in templates), None)
        return by
    arguments = (each for prompt in PROMPTS if prompt.name == ref.name for each in prompt.arguments)
    return next((each.completes for each in arguments if each.name == argument), None)
