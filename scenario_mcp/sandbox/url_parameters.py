"""Parameters in the address: those that all endpoints share, paging by tokens, and the conditions of a list.

Source: Scenario's SDK 2.4. A parameter that an endpoint does not have is refused, so that a misspelt one shows.
"""

import base64
import binascii
from collections.abc import Iterable, Mapping

from scenario_mcp.filters.tree import quote
from scenario_mcp.sandbox import api_errors
from scenario_mcp.sandbox.requests import InvalidParameter, OffsetPaging, SearchRequest

PROJECT_ID = "proj_sandbox"
"""The project that the sandbox's key belongs to."""
SHARED = ("projectId", "teamId", "originalAssets", "originalModels")
"""Parameters that every endpoint takes."""
PAGE = ("pageSize", "paginationToken")
SEARCH_PAGING = ("limit", "offset", "page", "hitsPerPage")
BY_ID = ("withEmbedding", "withQualityGateDetails")
_EQUAL = {"authorId": "authorId", "collectionId": "collectionIds", "modelId": "modelId", "type": "type"}
_BOUNDS = {
    "createdAfter": "createdAt >",
    "createdBefore": "createdAt <",
    "updatedAfter": "updatedAt >",
    "updatedBefore": "updatedAt <",
}
_ORDER = ("sortBy", "sortDirection", "privacy")
ASSET_LIST = (*PAGE, *_ORDER, "authorId", "collectionId", "modelId", *_BOUNDS)
MODEL_LIST = (*PAGE, *_ORDER, "collectionId", "type", *_BOUNDS)
MAX_PAGE_SIZE = 100
_MAX_TOKEN_DIGITS = 15


def check(parameters: Mapping[str, str], known: Iterable[str] = ()) -> None:
    """Refuse a parameter that is not known here, and another project than the key's.

    Raises:
        InvalidParameter: the message lists those that there are.
        ApiError: the key has no access to the project.

    """
    names = [*known, *SHARED]
    for name in parameters:
        if name not in names:
            raise InvalidParameter(f"The sandbox has no parameter `{name}` here. It takes {', '.join(names)}")
    project_id = parameters.get("projectId", PROJECT_ID)
    if project_id != PROJECT_ID:
        raise api_errors.foreign_project(project_id)
    wants_originals(parameters)


def wants_originals(parameters: Mapping[str, str]) -> bool:
    """Whether links shall lead to the original files."""
    return _one_of(parameters, "originalAssets", ("false", "true")) == "true"


def read_page(parameters: Mapping[str, str], default_size: int) -> tuple[int, int]:
    """Return how many items to skip and how many to list."""
    text = parameters.get("pageSize", str(default_size))
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:4]) <= MAX_PAGE_SIZE and len(text) <= len("100")):
        raise InvalidParameter(f"`pageSize` must be an integer between 1 and {MAX_PAGE_SIZE}")
    token = parameters.get("paginationToken")
    return (0 if token is None else _read_token(token)), int(text)


def token_after(offset: int) -> str:
    """Return the token of the page that begins there."""
    return base64.urlsafe_b64encode(f"after {offset}".encode()).decode()


def _read_token(token: str) -> int:
    try:
        word, _, number = base64.urlsafe_b64decode(token.encode()).decode().partition(" ")
    except (binascii.Error, UnicodeError, ValueError):
        word, number = "", ""
    if word != "after" or not (number.isascii() and number.isdigit() and len(number) <= _MAX_TOKEN_DIGITS):
        raise InvalidParameter("`paginationToken` is not one that an answer gave")
    return int(number)


def read_list(parameters: Mapping[str, str], default_size: int) -> SearchRequest:
    """Return the search that lists what the parameters of `GET /assets` or `GET /models` ask for, and one item more.

    Raises:
        InvalidParameter: one of them has a value that it cannot have.

    """
    offset, size = read_page(parameters, default_size)
    conditions = [f"{field} = {quote(parameters[name])}" for name, field in _EQUAL.items() if name in parameters]
    conditions += [f"{test} {quote(parameters[name])}" for name, test in _BOUNDS.items() if name in parameters]
    privacy = _one_of(parameters, "privacy", ("", "private", "unlisted", "public"))
    if privacy in {"private", "unlisted"}:
        conditions.append(f"privacy = {privacy}")
    order = _one_of(parameters, "sortBy", ("createdAt", "updatedAt", "score"))
    direction = _one_of(parameters, "sortDirection", ("desc", "asc"))
    return SearchRequest(
        filter=" AND ".join(conditions),
        sort_by=(f"{order}:{direction}",),
        paging=OffsetPaging(limit=size + 1, offset=offset),
        is_public=privacy == "public",
    )


def merged_paging(body: object, parameters: Mapping[str, str]) -> object:
    """Return the body of a search with the paging that its address asks for: the address wins.

    Scenario's SDK 2.4 asks so for the next page. Whether the live API reads it is not known.
    """
    given = {name: _number(name, parameters[name]) for name in SEARCH_PAGING if name in parameters}
    return {**body, **given} if isinstance(body, dict) and given else body


def _number(name: str, text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise InvalidParameter(f"`{name}` must be an integer") from None


def _one_of(parameters: Mapping[str, str], name: str, values: tuple[str, ...]) -> str:
    """Return a parameter that has one of some values; the first is the default."""
    value = parameters.get(name, values[0])
    if value not in values:
        raise InvalidParameter(f"`{name}` must be {' or '.join(filter(None, values))}")
    return value
