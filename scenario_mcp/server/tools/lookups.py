"""Shared by the tools that take ids: ids as arguments, documents in the order asked for, all facts as an answer."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, NamedTuple, TypeVar

from pydantic import BeforeValidator

from scenario_mcp.api.replies import Asset, Document, Documents, Model
from scenario_mcp.errors import NotFound, ScenarioError, Unavailable
from scenario_mcp.ids import RESOURCE_TYPES, ResourceType, find_id, is_id
from scenario_mcp.rendering.facts import NO_NAMES, details
from scenario_mcp.server.arguments.values import is_absent
from scenario_mcp.text import shown

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


class Missing(NamedTuple):
    """Ids of which there is nothing to tell: Scenario has no such document, or what it tells of it cannot be read."""

    not_found: tuple[str, ...]
    unread: tuple[str, ...]

    def error(self, kind: str) -> ScenarioError:
        """Return why there is no document at all."""
        if self.unread:
            return Unavailable(" ".join(self.lines()))
        ids = ", ".join(map(shown, self.not_found))
        return NotFound(f"There is no such {kind}: {ids}. Ids stand in search_{kind}s' hits.")

    def lines(self) -> Iterator[str]:
        """Yield a sentence for each, beside documents that are there."""
        for id_ in self.not_found:
            yield f"{shown(id_)} was not found. Check the id."
        for id_ in self.unread:
            yield f"What Scenario tells of {shown(id_)} cannot be read."


def in_order(ids: Sequence[str], found: Documents[DocumentT]) -> tuple[list[DocumentT], Missing]:
    """Return the documents in the order of the ids, and the ids without one."""
    by_id = {document.id: document for document in found.read}
    missing = [each for each in ids if each not in by_id]
    unread = {*found.unread} & {*missing}
    if found.unread.count("") >= len(missing) - len(unread):  # those without an id must be the others
        unread = {*missing}
    return [by_id[each] for each in ids if each in by_id], Missing(
        tuple(each for each in missing if each not in unread), tuple(each for each in missing if each in unread)
    )


class Besides(NamedTuple):
    """What is known beside the documents: names of models, why a picture is not shown, and where a file lies; by id."""

    model_names: Mapping[str, str] = NO_NAMES
    not_shown: Mapping[str, str] = NO_NAMES
    local_paths: Mapping[str, str] = NO_NAMES


def all_facts(
    resource_type: ResourceType,
    documents: list[Asset] | list[Model],
    missing: Missing,
    besides: Besides = Besides(),  # noqa: B008  # it cannot be changed
) -> str:
    """Return JSON: the facts of every document, the ids of others, why pictures of others are not shown."""
    share = MAX_FACTS_BYTES // len(documents)
    told = [details(each, share, besides.model_names, besides.local_paths.get(each.id)) for each in documents]
    parts = [f'"{resource_type}":[{",".join(told)}]']
    parts += [
        f'"{name}":{json.dumps(value)}'
        for name, value in (
            ("notFound", missing.not_found),
            ("notReadable", missing.unread),
            ("notShown", besides.not_shown),
        )
        if value
    ]
    return f"{{{','.join(parts)}}}"
