"""Why a search found nothing: what its filter names and does not exist, with the nearest that does."""

from collections.abc import Iterable, Iterator

import anyio

from scenario_mcp.api.vocabulary import Entry, Vocabulary, normalised
from scenario_mcp.errors import ScenarioError
from scenario_mcp.filters import Filter
from scenario_mcp.filters.tree import And, Comparison, OneOf, Or, Tree
from scenario_mcp.ids import is_id
from scenario_mcp.server.names import COLLECTIONS, MODELS, Name, SearchT, models_near, resolve_late
from scenario_mcp.server.nearest import described, nearest
from scenario_mcp.text import shown

TAGS = "tags"
NEW_MODEL_ID = "model_"
MAX_VALUES = 3
"""So many values of a field are looked for."""
MAX_SECONDS = 5.0
"""An answer does not wait longer for what explains it."""


async def explain(vocabulary: Vocabulary, request: SearchT) -> tuple[SearchT, list[str]]:
    """Look up what the filter of a search that found nothing names.

    Return the search with ids for values that turn out to be names, or the same search if there are none; and a
    sentence on each name, or on each value that does not exist. What Scenario does not answer soon stays unexplained.
    """
    notes: list[str] = []
    with anyio.move_on_after(MAX_SECONDS):
        try:
            better, names = await resolve_late(vocabulary, request)
            if names:
                return better, names
            if request.filter is not None:
                await _note_missing(vocabulary, request.filter, notes, is_public=bool(request.public))
        except ScenarioError:
            return request, notes
    return request, notes


async def _note_missing(vocabulary: Vocabulary, expression: Filter, notes: list[str], *, is_public: bool) -> None:
    values = _asked_values(expression)
    if not is_public:  # the lists are the project's own
        if tags := values.get(TAGS):
            listed = await vocabulary.tags()
            known = {normalised(tag.name) for tag in listed.entries}
            notes += (
                _sentence("tag", tag, nearest(tag, listed.entries))
                for tag in _missing(tags, known, is_whole=listed.is_whole)
            )
        if ids := values.get(COLLECTIONS):
            collections = await vocabulary.collections()
            known = {normalised(each.id) for each in collections.entries}
            notes += (
                _sentence("collection", each, nearest(each, collections.entries))
                for each in _missing(ids, known, is_whole=collections.is_whole)
            )
    model_ids = tuple(dict.fromkeys(each for field in sorted(MODELS) for each in values.get(field, ()) if is_id(each)))
    if model_ids:
        known = {normalised(model.id) for model in (await vocabulary.existing_models(model_ids)).entries}
        for each in _missing(model_ids, known):
            near = [] if each.startswith(NEW_MODEL_ID) else await models_near(vocabulary, each)
            notes.append(_sentence("model", each, near))


def _missing(values: Iterable[str], known: set[str], *, is_whole: bool = True) -> list[str]:
    """Return the values that are not known, none of them if not all are known."""
    return [value for value in values if is_whole and normalised(value) not in known]


def _sentence(noun: str, value: str, near: Iterable[Entry]) -> str:
    names = ", ".join(map(described, near))
    return f"There is no {noun} {shown(value)}{f'; nearest: {names}' if names else ''}."


def _asked_values(expression: Filter) -> dict[str, list[str]]:
    """Return the first values that each field is asked to have, without those that it is asked not to have."""
    from scenario_mcp.filters.syntax import parse_tree  # only a search that found nothing needs it

    tree = parse_tree(expression.text)
    values: dict[str, list[str]] = {}
    for field, value in _asked(tree) if tree is not None else ():
        inside = values.setdefault(field, [])
        if value not in inside and len(inside) < MAX_VALUES:
            inside.append(value)
    return values


def _asked(tree: Tree) -> Iterator[Name]:
    match tree:
        case And(operands) | Or(operands):
            for operand in operands:
                yield from _asked(operand)
        case Comparison(field, "=", value):
            yield field, value
        case OneOf(field, values):
            yield from ((field, value) for value in values)
        case _:
            return
