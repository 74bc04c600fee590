"""Reads the bodies of the API's answers leniently: odd fields are left out; None is no answer of the API."""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import httpx
from pydantic import ValidationError
from pydantic_core import from_json

from scenario_mcp.api.found_assets import FoundPage, read_in_brief
from scenario_mcp.api.replies import Asset, Document, Documents, ItemT, Listing, Reply, SearchPage
from scenario_mcp.json_size import MAX_DEPTH, exceeds_value_limit, within_bounds

MAX_VALUES = 100_000
"""In one answer. A hundred models with 500 example ids each have 60,000. A few bytes of JSON become an
object of a few hundred bytes, and a validation error takes as much again."""
MAX_DOCUMENTS = 1000
"""In one answer. A request can ask for 200 at most."""
MAX_TOKEN_CHARACTERS = 4_000
"""Of what asks for the next page of a list: it travels in the address."""
MAX_ODD_FIELDS = 1000

DocumentT = TypeVar("DocumentT", bound=Document)
ReplyT = TypeVar("ReplyT", bound=Reply)
SoundT = TypeVar("SoundT")
_AssetPage = SearchPage[Asset]


def read_answer(request: httpx.Request, body: bytes) -> httpx.Response | None:
    """Return the answer to a request as `extensions["read"]` of the request reads its body; None if it cannot.

    The response holds the body, for caches, in `extensions["body"]`, and what was read in `extensions["answer"]`.
    """
    answer = request.extensions["read"](body)
    if answer is None:
        return None
    # With a stream, httpx does not look through the body for what headers it should have.
    return httpx.Response(200, stream=httpx.ByteStream(body), extensions={"answer": answer, "body": body})


def read_page(
    page_type: type[SearchPage[DocumentT]], document_type: type[DocumentT], body: bytes
) -> SearchPage[DocumentT] | None:
    """Read a page of hits; unreadable hits are dropped and counted."""
    return _read_page(page_type.model_validate_json, page_type, document_type, body)


def read_found_assets(body: bytes) -> FoundPage | SearchPage[Asset] | None:
    """Read a page of assets likewise, in brief unless something in it is odd."""
    return _read_page(read_in_brief, _AssetPage, Asset, body)


def _read_page(
    read_sound: Callable[[bytes], SoundT],
    page_type: type[SearchPage[DocumentT]],
    document_type: type[DocumentT],
    body: bytes,
) -> SoundT | SearchPage[DocumentT] | None:
    """Read a page by `read_sound`, which raises ValidationError if anything is odd; then without what is odd in it."""
    if exceeds_value_limit(body, MAX_VALUES):
        return None
    try:
        return read_sound(body)
    except ValidationError:
        answer = _parse(body)
    hits = answer.get("hits")
    if not isinstance(hits, list) or len(hits) > MAX_DOCUMENTS:
        return None
    read = [_read_leniently(document_type, hit) for hit in hits]
    kept = tuple(hit for hit in read if hit is not None)
    rest = _read_leniently(page_type, {**answer, "hits": ()}) or page_type(hits=())
    return rest.model_copy(update={"hits": kept, "dropped": len(read) - len(kept)})


def read_document(document_type: type[DocumentT], name: str, body: bytes) -> DocumentT | None:
    """Read the one document of an answer."""
    return None if exceeds_value_limit(body, MAX_VALUES) else _read_leniently(document_type, _parse(body).get(name))


def read_documents(document_type: type[DocumentT], name: str, body: bytes) -> Documents[DocumentT] | None:
    """Read the documents of a bulk answer; unreadable ones are named, unknown ids are left out."""
    answer = _parse_bounded(body)
    documents = _read_items(document_type, answer.get(name))
    if documents is None:
        return None
    read = {document.id for document in documents}
    return Documents(documents, tuple(id_ for id_ in map(_id_of, answer[name]) if id_ not in read))


def read_listing(item_type: type[ItemT], name: str, body: bytes) -> Listing[ItemT] | None:
    """Read a page of a list; unreadable items are left out."""
    answer = _parse_bounded(body)
    items = _read_items(item_type, answer.get(name))
    if items is None:
        return None
    token = answer.get("nextPaginationToken") or None
    is_token = isinstance(token, str) and len(token) <= MAX_TOKEN_CHARACTERS
    is_whole = len(items) == len(answer[name]) and (token is None or is_token)
    return Listing(items, token if is_token else None, is_whole)


def read_problem(body: bytes) -> dict[str, Any]:
    """Read the body of an error; an empty dictionary if it is not an object."""
    return _parse(body)


def holds_too_much(body: bytes) -> bool:
    """Whether a body is an object of more values than are read."""
    return body[:100].lstrip().startswith(b"{") and exceeds_value_limit(body, MAX_VALUES)


def _read_items(item_type: type[ReplyT], raw: object) -> tuple[ReplyT, ...] | None:
    """Read the objects of a list without the unreadable ones; None if it is no list that can have been asked for."""
    if not isinstance(raw, list) or len(raw) > MAX_DOCUMENTS:
        return None
    read = [_read_leniently(item_type, item) for item in raw]
    return tuple(item for item in read if item is not None)


def _id_of(raw: object) -> str:
    """Return the id of an object, "" if it has none."""
    id_ = raw.get("id") if isinstance(raw, dict) else None
    return str(id_) if isinstance(id_, str | int) else ""


def _parse_bounded(body: bytes) -> dict[str, Any]:
    """Parse an object of not too many values; an empty dictionary if the body is not one."""
    return {} if exceeds_value_limit(body, MAX_VALUES) else _parse(body)


def _parse(body: bytes) -> dict[str, Any]:
    """Parse an object; an empty dictionary if the body is not one."""
    try:
        answer = from_json(body)
    except ValueError:
        try:
            answer = _sound(_parse_odd(body), MAX_DEPTH)
        except (ValueError, RecursionError):
            return {}
    return answer if isinstance(answer, dict) else {}


def _parse_odd(body: bytes) -> Any:
    """Parse what only Python's parser takes; what even that cannot read of it is left out, as `within_bounds` does."""
    try:
        return json.loads(body)
    except json.JSONDecodeError:
        raise
    except (ValueError, RecursionError):
        return json.loads(within_bounds(body))


def _sound(value: Any, depth: int) -> Any:
    """Copy a value that Python's parser accepts, but without its lone surrogates and what is nested too deep."""
    match value:
        case str():
            return value if value.isascii() else value.encode("utf-8", "ignore").decode()
        case list():
            return [_sound(item, depth - 1) for item in value] if depth else None
        case dict():
            named = {name: item for name, item in value.items() if not _SURROGATE.search(name)}
            return {name: _sound(item, depth - 1) for name, item in named.items()} if depth else None
        case _:
            return value


_SURROGATE = re.compile("[\ud800-\udfff]")


def _read_leniently(model: type[ReplyT], raw: object) -> ReplyT | None:
    """Read one object without its fields of a wrong type; None if the rest is not valid either."""
    try:
        return model.model_validate(raw)
    except ValidationError as error:
        if not isinstance(raw, dict) or error.error_count() > MAX_ODD_FIELDS:
            return None
        pruned = _without(raw, [detail["loc"] for detail in error.errors(include_url=False, include_input=False)])
    try:
        return model.model_validate(pruned)
    except ValidationError:
        return None


def _without(raw: Mapping[str, Any], locations: list[tuple[int | str, ...]]) -> dict[str, Any]:
    """Copy an object without the given fields; a list with a bad item is left out as a whole."""
    copy = dict(raw)
    for first, *rest in locations:
        inner = copy.get(str(first))
        if rest and isinstance(inner, dict):
            copy[str(first)] = _without(inner, [tuple(rest)])
        else:
            copy.pop(str(first), None)
    return copy
