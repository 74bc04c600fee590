"""Request bodies: JSON as it came -> a checked request, such as a `SearchRequest`.

Written from Scenario's API reference and OpenAPI description, apart from the server's own request models, so that
each can find a mistake in the other. Unknown fields are ignored and 20.0 is an integer; null is not a value.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

DEFAULT_LIMIT = 20
MAX_LIMIT = 100
_LARGEST_INTEGER = 2**53
_NOTHING_TO_SEARCH_BY = (
    "At least one of the following fields must have a value: `query`, `filter`, `image`, or `images`"
)

Body: TypeAlias = Mapping[str, object]


class InvalidBody(Exception):
    """The body is not what the endpoint takes; the message says which field must be what."""


class InvalidParameter(Exception):
    """A URL parameter has a value that it cannot have."""


@dataclass(frozen=True, slots=True)
class OffsetPaging:
    """Paging by `limit` and `offset`; its total is an estimate."""

    limit: int = DEFAULT_LIMIT
    offset: int = 0

    def counts(self, total: int) -> Mapping[str, int]:
        """Return the numbers that go with a page."""
        return {"limit": self.limit, "offset": self.offset, "estimatedTotalHits": total}


@dataclass(frozen=True, slots=True)
class NumberedPaging:
    """Paging by `page` and `hitsPerPage`; its totals are exact."""

    page: int = 1
    hits_per_page: int = DEFAULT_LIMIT

    @property
    def limit(self) -> int:
        """The size of a page."""
        return self.hits_per_page

    @property
    def offset(self) -> int:
        """How many hits are on the pages before."""
        return (self.page - 1) * self.hits_per_page

    def counts(self, total: int) -> Mapping[str, int]:
        """Return the numbers that go with a page."""
        return {
            "page": self.page,
            "hitsPerPage": self.hits_per_page,
            "totalHits": total,
            "totalPages": math.ceil(total / self.hits_per_page),
        }


@dataclass(frozen=True, slots=True)
class SearchRequest:
    """A search, checked."""

    query: str = ""
    filter: str = ""
    like: tuple[str, ...] = ()
    unlike: tuple[str, ...] = ()
    image_semantic_ratio: float = 1.0
    query_semantic_ratio: float = 0.0
    sort_by: tuple[str, ...] = ()
    paging: OffsetPaging | NumberedPaging = field(default_factory=OffsetPaging)
    is_public: bool = False
    is_engine_older: bool = False
    """Whether bounds and `IN` values of the filter count as written (Meilisearch up to 1.42.1)."""


def read_search(body: object) -> SearchRequest:
    """Check the body of `POST /search/assets` or `/search/models`.

    Raises:
        InvalidBody: a field is wrong, or there is nothing to search by.

    """
    fields = _object(body, "The request body")
    query, expression, image = (_text(fields, name) for name in ("query", "filter", "image"))
    images = _object(fields.get("images", {}), "`images`")
    like, unlike = _texts(images, "like"), _texts(images, "unlike")
    if image.strip() and (like or unlike):
        raise InvalidBody("`image` and `images` are mutually exclusive")
    if image.strip():
        like = (image,)
    if not (query.strip() or expression.strip() or like or unlike):
        raise InvalidBody(_NOTHING_TO_SEARCH_BY)
    return SearchRequest(
        query=query,
        filter=expression,
        like=like,
        unlike=unlike,
        image_semantic_ratio=_ratio(fields, "imageSemanticRatio", default=1),
        query_semantic_ratio=_ratio(fields, "querySemanticRatio", default=0),
        sort_by=_texts(fields, "sortBy"),
        paging=_paging(fields),
        is_public=read_flag(fields, "public"),
    )


def read_ids(body: object, name: str, most: int) -> tuple[str, ...]:
    """Check the body of a get-bulk request, which lists ids under a name; the same id twice counts once.

    Raises:
        InvalidBody: there is no such list, or it is too long.

    """
    fields = _object(body, "The request body")
    ids = _texts(fields, name)
    if not 1 <= len(ids) <= most:
        raise InvalidBody(f"`{name}` must hold 1 to {most} ids")
    return tuple(dict.fromkeys(ids))


def read_flag(body: object, name: str) -> bool:
    """Return a boolean field of a body, false when it is absent."""
    value = _object(body, "The request body").get(name, False)
    if not isinstance(value, bool):
        raise InvalidBody(f"`{name}` must be a boolean")
    return value


def _paging(fields: Body) -> OffsetPaging | NumberedPaging:
    by_number = [name for name in ("page", "hitsPerPage") if name in fields]
    by_offset = [name for name in ("limit", "offset") if name in fields]
    if by_number and by_offset:
        raise InvalidBody(f"`{by_number[0]}` cannot be used with `{by_offset[0]}`")
    if by_number:
        return NumberedPaging(
            page=_integer(fields, "page", default=1, least=1),
            hits_per_page=_integer(fields, "hitsPerPage", default=DEFAULT_LIMIT, least=1, most=MAX_LIMIT),
        )
    return OffsetPaging(
        limit=_integer(fields, "limit", default=DEFAULT_LIMIT, least=1, most=MAX_LIMIT),
        offset=_integer(fields, "offset", default=0, least=0),
    )


def _object(value: object, what: str) -> Body:
    if not isinstance(value, dict):
        raise InvalidBody(f"{what} must be an object")
    return value


def _text(fields: Body, name: str) -> str:
    value = fields.get(name, "")
    if not isinstance(value, str):
        raise InvalidBody(f"`{name}` must be a string")
    return value


def _texts(fields: Body, name: str) -> tuple[str, ...]:
    values = fields.get(name, [])
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        raise InvalidBody(f"`{name}` must be an array of strings")
    return tuple(values)


def _ratio(fields: Body, name: str, *, default: float) -> float:
    value = fields.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise InvalidBody(f"`{name}` must be a number")
    if not 0 <= value <= 1:
        raise InvalidBody(f"`{name}` must be between 0 and 1")
    return value


def _integer(fields: Body, name: str, *, default: int, least: int, most: int = _LARGEST_INTEGER) -> int:
    value = fields.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int | float) or value % 1 != 0:
        raise InvalidBody(f"`{name}` must be an integer")
    if not least <= value <= most:
        bounds = f"at least {least}" if most == _LARGEST_INTEGER else f"between {least} and {most}"
        raise InvalidBody(f"`{name}` must be {bounds}")
    return int(value)
