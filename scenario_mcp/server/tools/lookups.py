"""Shared by the tools that take ids: ids as arguments, documents in the order asked for, all facts as an answer."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, NamedTuple, TypeVar

from pydantic import BeforeValidator

from scenario_mcp.api.replies import Asset, Document, Model
from scenario_mcp.ids import RESOURCE_TYPES, ResourceType, find_id, is_id
from scenario_mcp.rendering.facts import NO_NAMES, details
from scenario_mcp.server.arguments.values import is_absent

MAX_IDS = 8
"""As many pictures as a model can tell apart, and as fit into one result."""
MAX_FACTS_BYTES = 64_000
"""All facts of an answer together."""

_MAX_ITEMS = 1_000
_MAX_CHARACTERS = 10_000

DocumentT = TypeVar("DocumentT", bound=Document)


def _ids(value: object) -> tuple[str, ...]:
    """Read ids as they are given: each once, several in one text taken apart, an address that holds an id as the id."""
    if not isinstance(value, list | tuple) or not all(isinstance(item, str) for item in value):
        raise ValueError("takes a list of ids")
    if len(value) > _MAX_ITEMS or sum(map(len, value)) > _MAX_CHARACTERS:
        raise ValueError(f"takes 1 to {MAX_IDS} ids, not that many: ask for the rest in another call")
    parts = [part for item in value for part in re.split(r"[\s,]+", item.strip())]
    ids = tuple(dict.fromkeys(_id(part) for part in parts if not is_absent(part)))
    if not 1 <= len(ids) <= MAX_IDS:
        raise ValueError(f"takes 1 to {MAX_IDS} ids, not {len(ids)}: ask for the rest in another call")
    for item in ids:
        if not is_id(item):
            raise ValueError("takes ids as they stand in hits: letters, digits, _ - . only")
    return ids


def _id(text: str) -> str:
    """Return the id that a text is or holds, without quotes; the text itself if it holds none."""
    found = (find_id(text, resource_type) for resource_type in RESOURCE_TYPES)
    return next(filter(None, found), None) or text.strip("\"'`")


Ids = Annotated[tuple[str, ...], BeforeValidator(_ids)]


def in_order(ids: Sequence[str], found: Iterable[DocumentT]) -> tuple[list[DocumentT], list[str]]:
    """Return the documents in the order of the ids, and the ids that were not found."""
    by_id = {document.id: document for document in found}
    return [by_id[each] for each in ids if each in by_id], [each for each in ids if each not in by_id]


class Besides(NamedTuple):
    """What is known beside the documents: names of models, why a picture is not shown, and where a file lies; by id."""

    model_names: Mapping[str, str] = NO_NAMES
    not_shown: Mapping[str, str] = NO_NAMES
    local_paths: Mapping[str, str] = NO_NAMES


def all_facts(
    resource_type: ResourceType,
    documents: list[Asset] | list[Model],
    missing: Sequence[str],
    besides: Besides = Besides(),  # noqa: B008  # it cannot be changed
) -> str:
    """Return JSON: the facts of every document, the ids that were not found, why pictures of others are not shown."""
    share = MAX_FACTS_BYTES // len(documents)
    shown = [details(each, share, besides.model_names, besides.local_paths.get(each.id)) for each in documents]
    parts = [f'"{resource_type}":[{",".join(shown)}]']
    parts += [
        f'"{name}":{json.dumps(value)}'
        for name, value in (("notFound", missing), ("notShown", besides.not_shown))
        if value
    ]
    return f"{{{','.join(parts)}}}"
