"""Completions: the ids of recent hits, for the arguments of prompts and templates that say they complete by them."""

import mcp_types as types

from scenario_mcp.backend import MAX_COMPLETIONS
from scenario_mcp.ids import ResourceType
from scenario_mcp.server.context import Context
from scenario_mcp.server.prompts import PROMPTS
from scenario_mcp.server.resources import TEMPLATES


async def complete(context: Context, params: types.CompleteRequestParams) -> types.CompleteResult:
    """Offer the ids of recent hits; no values for an unknown argument."""
    completes = _completed_by(params.ref, params.argument.name)
    found = context.lifespan_context.recent.complete(completes, params.argument.value) if completes else []
    completion = types.Completion(
        values=found[:MAX_COMPLETIONS], total=len(found), has_more=len(found) > MAX_COMPLETIONS
    )
    return types.CompleteResult(completion=completion)


def _completed_by(ref: types.PromptReference | types.ResourceTemplateReference, argument: str) -> ResourceType | None:
    """Return whose ids complete an argument; None if no ids do."""
    if isinstance(ref, types.ResourceTemplateReference):
        templates = (each for each in TEMPLATES if each.uri == ref.uri and f"{{{argument}}}" in each.uri)
        return next((each.completes for each in templates), None)
    arguments = (each for prompt in PROMPTS if prompt.name == ref.name for each in prompt.arguments)
    return next((each.completes for each in arguments if each.name == argument), None)
