"""The API's search requests, field for field.

A request model is at once the tool's input schema, its validation, and what is posted: `AssetSearch` and
`ModelSearch` are the documented bodies of `POST /search/assets` and `POST /search/models`, with the documented
URL parameters beside them. Bounds and defaults come from Scenario's OpenAPI description.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Generic, Self, TypeVar

from pydantic import (
    Field,
    field_validator,
    model_validator,
)
from pydantic.alias_generators import to_camel

from scenario_mcp.api.filter_fields import ASSET_FILTER_FIELDS, MODEL_FILTER_FIELDS
from scenario_mcp.api.references import AssetId, DataUrl, Place, Reference, References, ResolvedReference
from scenario_mcp.api.request_values import Count, FilterText, Offset, PageNumber, Ratio, Request, Text
from scenario_mcp.filters import EVERYTHING, Filter
from scenario_mcp.filters.field_types import FilterFields
from scenario_mcp.ids import ResourceType

DEFAULT_LIMIT = 20
MAX_REACH = 1_000
"""Hits of one search that can be paged through: the search engine's own default; Scenario's is not documented."""
MAX_SORTINGS = 10


class Images(Request):
    """Reference pictures that pull hits closer or push them away. The titles are for people; no schema has them."""

    like: Annotated[References | None, Field(title="A picture to be close to; may be given several times")] = None
    unlike: Annotated[References | None, Field(title="A picture to be far from; may be given several times")] = None

    def __bool__(self) -> bool:
        return bool(self.like or self.unlike)


class Search(Request):
    """What both searches share; not sent itself."""

    filter_fields: ClassVar[FilterFields]
    """What can be filtered on."""
    resource_type: ClassVar[ResourceType]
    """What is searched."""
    sort_fields: ClassVar[tuple[str, ...]]
    url_fields: ClassVar[frozenset[str]] = frozenset({"original_assets"})
    """Fields that travel in the URL; all others are the body."""

    query: Annotated[
        Text | None,
        Field(
            description='Words (10 count): the first must match, later ones rank, "quoted ones" must, -word must not; '
            "typos match",
            examples=["knight portrait"],
        ),
    ] = None
    filter: Filter | None = None
    image: Annotated[
        Reference | None,
        Field(
            description="Find look-alikes: asset id, https address, file path or data URL; not with images",
            examples=["asset_GTrL3mq4SXWyMxkOHRxlpw"],
        ),
    ] = None
    images: Annotated[
        Images | None,
        Field(
            description='{"like": [...], "unlike": [...]}: lists of such pictures to be close to and far from',
            examples=[{"like": ["asset_GTrL3mq4SXWyMxkOHRxlpw"]}],
        ),
    ] = None
    image_semantic_ratio: Annotated[
        Ratio | None,
        Field(description="0-1, default 1 = same subject and mood; 0 = near-duplicate", examples=[0.5]),
    ] = None
    query_semantic_ratio: Annotated[
        Ratio | None,
        Field(description="0-1, default 0 = keywords, 0.7 = also by meaning, ignores sortBy", examples=[0.7]),
    ] = None
    limit: Annotated[Count | None, Field(description="1-100, default 20", examples=[20])] = None
    offset: Annotated[Offset | None, Field(description="Hits to skip, default 0", examples=[20])] = None
    page: Annotated[
        PageNumber | None,
        Field(description="From 1, with hitsPerPage, instead of limit and offset", examples=[1]),
    ] = None
    hits_per_page: Annotated[Count | None, Field(description="1-100, default 20", examples=[20])] = None
    public: Annotated[
        bool | None, Field(description="true: the public library instead of your project", examples=[True])
    ] = None
    sort_by: tuple[str, ...] | None = None
    original_assets: Annotated[bool | None, Field(description="Ask for untransformed originals", examples=[True])] = (
        None
    )

    @field_validator("sort_by")
    @classmethod
    def _sort_is_known(cls, value: tuple[str, ...] | None) -> tuple[str, ...] | None:
        if value and len(value) > MAX_SORTINGS:
            raise ValueError(f"takes at most {MAX_SORTINGS} sortings, not {len(value)}; the first ones decide")
        for item in value or ():
            attribute, _, direction = item.rpartition(":")
            if attribute not in cls.sort_fields or direction not in {"asc", "desc"}:
                raise ValueError(
                    f"takes attribute:asc or attribute:desc with one of {', '.join(cls.sort_fields)}. "
                    f'Example: ["{_nearest_sorting(item, cls.sort_fields)}"]'
                )
        return value

    @model_validator(mode="after")
    def _rules_between_fields(self) -> Self:
        has_text = any(text and text.strip() for text in (self.query, self.filter and self.filter.text))
        if not (has_text or self.image or self.images):
            raise ValueError(
                "Nothing to search by: give at least one of query, filter, image or images a value. "
                f'To list the newest: {{"filter": "{EVERYTHING}", "sortBy": ["createdAt:desc"]}}'
            )
        if self.image and self.images:
            raise ValueError(
                "image and images exclude each other: give one of them. "
                'Example: {"images": {"like": ["asset_GTrL3mq4SXWyMxkOHRxlpw"]}}'
            )
        by_offset = self.limit is not None or self.offset is not None
        by_page = self.page is not None or self.hits_per_page is not None
        if by_offset and by_page:
            raise ValueError(
                "limit and offset are one way to page, page and hitsPerPage the other: give one pair. "
                'Example: {"limit": 20, "offset": 20}'
            )
        return self

    def references(self) -> dict[str, AssetId | DataUrl | Place]:
        """Return every reference picture by the name of its argument, such as `images.like[0]`."""
        if not (self.image or self.images):
            return {}  # as most searches
        images = self.images or Images()
        return {
            **({"image": self.image} if self.image else {}),
            **{f"images.like[{index}]": reference for index, reference in enumerate(images.like or ())},
            **{f"images.unlike[{index}]": reference for index, reference in enumerate(images.unlike or ())},
        }

    def with_places(self, found: Mapping[Place, AssetId | Place]) -> Self:
        """Return the search with what was found in place of each of these places."""

        def replaced(reference: AssetId | DataUrl | Place) -> AssetId | DataUrl | Place:
            return found.get(reference, reference) if isinstance(reference, Place) else reference

        images = self.images or Images()
        sides = {
            side: tuple(map(replaced, references))
            for side, references in (("like", images.like), ("unlike", images.unlike))
            if references is not None
        }
        return self.model_copy(
            update={
                "image": self.image and replaced(self.image),
                "images": self.images and images.model_copy(update=sides),
            }
        )

    def resolve(self, pictures: Mapping[Place, DataUrl] | None = None) -> "ResolvedSearch[Self]":
        """Return the search as it can be sent, with the picture in place of each place.

        Raises:
            KeyError: the picture of a place is missing.

        """

        def resolved(reference: AssetId | DataUrl | Place) -> ResolvedReference:
            return (pictures or {})[reference] if isinstance(reference, Place) else reference

        like, unlike = (self.images.like, self.images.unlike) if self.images else (None, None)
        return ResolvedSearch(
            self,
            image=None if self.image is None else resolved(self.image),
            like=None if like is None else tuple(map(resolved, like)),
            unlike=None if unlike is None else tuple(map(resolved, unlike)),
        )


SearchT_co = TypeVar("SearchT_co", bound=Search, covariant=True)


@dataclass(frozen=True, slots=True)
class ResolvedSearch(Generic[SearchT_co]):
    """A search that can be sent: every reference picture is an asset's id or a data URL."""

    search: SearchT_co
    """As it was given."""
    image: ResolvedReference | None
    like: tuple[ResolvedReference, ...] | None
    unlike: tuple[ResolvedReference, ...] | None

    def body(self) -> dict[str, Any]:
        """Return the JSON body, with the documented default for the missing half of a paging pair."""
        sides = {"like": self.like, "unlike": self.unlike}
        images = {side: references for side, references in sides.items() if references is not None}
        pictures = {"image": self.image, "images": images}  # in place of those that were given
        given = self.search.model_dump(by_alias=True, exclude_none=True, exclude={*self.search.url_fields})
        body = {name: pictures.get(name, value) for name, value in given.items()}
        if "limit" in body or "offset" in body:
            body.setdefault("limit", DEFAULT_LIMIT)
            body.setdefault("offset", 0)
        elif "page" in body or "hitsPerPage" in body:
            body.setdefault("page", 1)
            body.setdefault("hitsPerPage", DEFAULT_LIMIT)
        return body

    def url_parameters(self) -> dict[str, str]:
        """Return the URL parameters; booleans are the words true and false."""
        values = {name: getattr(self.search, name) for name in sorted(self.search.url_fields)}
        return {to_camel(name): str(value).lower() for name, value in values.items() if value is not None}


def _nearest_sorting(item: str, sort_fields: tuple[str, ...]) -> str:
    """Guess what a refused sorting meant: `-created_at`, `createdAt DESC`, `{"field": "width"}` and the like."""
    words = re.findall(r"[A-Za-z]+", item[:200].replace("_", ""))
    by_lower = {field.lower(): field for field in sort_fields}
    field = next((by_lower[word.lower()] for word in words if word.lower() in by_lower), sort_fields[0])
    direction = next((word for word in words if word.lower().startswith(("asc", "desc"))), "")
    ascending = direction.lower().startswith("asc") and not item.startswith("-")
    return f"{field}:{'asc' if ascending else 'desc'}"


class AssetSearch(Search):
    """The body and URL parameters of `POST /search/assets`."""

    filter_fields = ASSET_FILTER_FIELDS
    resource_type = "assets"
    sort_fields = ("createdAt", "updatedAt", "width", "height", "score")

    filter: Annotated[
        Annotated[Filter, FilterText(ASSET_FILTER_FIELDS)] | None,
        Field(
            description="Exact conditions on " + " ".join(ASSET_FILTER_FIELDS) + ". Example: kind = image AND "
            'aspectRatio = "16:9" AND tags IN [knight, "pixel art"] AND createdAt >= 2026-11-01. Operators: = (whole '
            "value, any case) != < <= > >= lo TO hi (both ends), IN, EXISTS, IS EMPTY, NOT, OR; days are whole, UTC; "
            "quote all but letters, digits, _ - . ; kinds: image video audio 3d text document; privacy: private "
            "unlisted public; size is bytes; modelId and collectionIds take names, too",
            examples=["kind = image AND tags = knight"],
        ),
    ] = None
    sort_by: Annotated[
        tuple[str, ...] | None,
        Field(
            description="createdAt, updatedAt, width, height or score (popularity) with :asc or :desc; "
            "exact only without query and images",
            examples=[["createdAt:desc"]],
        ),
    ] = None


class ModelSearch(Search):
    """The body and URL parameters of `POST /search/models`."""

    filter_fields = MODEL_FILTER_FIELDS
    resource_type = "models"
    sort_fields = ("createdAt", "updatedAt", "score")
    url_fields = frozenset({"original_assets", "original_models"})

    filter: Annotated[
        Annotated[Filter, FilterText(MODEL_FILTER_FIELDS)] | None,
        Field(
            description="As in search_assets, on "
            + " ".join(MODEL_FILTER_FIELDS)
            + ". Example: capabilities = txt2img",
            examples=["capabilities = txt2img AND tags = pixel-art"],
        ),
    ] = None
    sort_by: Annotated[
        tuple[str, ...] | None,
        Field(description="createdAt, updatedAt or score with :asc or :desc", examples=[["createdAt:desc"]]),
    ] = None
    original_models: Annotated[bool | None, Field(description="Ask for original models", examples=[True])] = None
