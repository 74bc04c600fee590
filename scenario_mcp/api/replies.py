"""The API's replies, read leniently: assets, models, pages of them, and what they are labelled and collected by.

Only `id` is sure: older documents lack fields that the reference calls required, newer ones have more, kinds and types
grow, and a seed may be a number. Source: Scenario's API reference, `POST /search/assets` and `POST /search/models`.
"""

from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Generic, NamedTuple, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from pydantic.alias_generators import to_camel

from scenario_mcp.ids import is_id
from scenario_mcp.picture_formats import SHOWN_TYPES, is_picture_type

MAX_SIDE = 1_000_000
UNREADABLE_LABEL = "unreadable label"


class Reply(BaseModel):
    """A JSON object that is received: camelCase outside, snake_case inside; unknown fields are kept."""

    model_config = ConfigDict(
        alias_generator=to_camel,
        populate_by_name=True,
        frozen=True,
        extra="allow",
        coerce_numbers_to_str=True,
        protected_namespaces=(),
        defer_build=True,  # built at the first search: the list of tools needs none of them
    )


class Thumbnail(Reply):
    """A preview picture: its asset, and where to fetch it."""

    asset_id: str | None = None
    url: str | None = None


class MetadataFacts:
    """What follows from the metadata of an asset, read whole or in brief."""

    __slots__ = ()
    if TYPE_CHECKING:
        height: float | None
        name: str | None
        prompt: str | None
        text: str | None
        width: float | None

    @property
    def pixels(self) -> tuple[int, int] | None:
        """Width and height, where both are what a picture can have."""
        width, height = self.width, self.height
        if width is None or height is None or not (1 <= width <= MAX_SIDE and 1 <= height <= MAX_SIDE):
            return None
        return int(width), int(height)


class AssetMetadata(MetadataFacts, Reply):
    """What is known about an asset's content and how it was made."""

    aspect_ratio: str | None = None
    base_model_id: str | None = None
    guidance: float | None = None
    height: float | None = None
    kind: str | None = None
    model_id: str | None = None
    model_type: str | None = None
    name: str | None = None
    negative_prompt: str | None = None
    negative_prompt_strength: float | None = None
    num_inference_steps: float | None = None
    parent_job_id: str | None = None
    prompt: str | None = None
    scheduler: str | None = None
    seed: str | None = None
    size: float | None = None
    text: str | None = None
    thumbnail: Thumbnail | None = None
    type: str | None = None
    width: float | None = None


class Document(Reply):
    """What assets and models share."""

    id: str
    author_id: str | None = None
    collection_ids: tuple[str, ...] | None = None
    created_at: str | None = None
    owner_id: str | None = None
    privacy: str | None = None
    score: float | None = None
    tags: tuple[str, ...] | None = None
    team_id: str | None = None
    thumbnail: Thumbnail | None = None
    updated_at: str | None = None

    @property
    def own_name(self) -> str | None:
        """What somebody has called it."""
        return None

    @property
    def words(self) -> tuple[str | None, ...]:
        """What it may be called by without a name, best first."""
        return ()

    @property
    def picture_url(self) -> str | None:
        """The signed address of its picture, where it has one."""
        return (self.thumbnail.url if self.thumbnail else None) or None


def _labels(value: object) -> tuple[str, ...] | None:
    """Read labels so that what cannot be read still counts as one: an asset must not pass for unlabelled."""
    if not value:
        return None
    if isinstance(value, str):
        return (value,)
    items = value if isinstance(value, list | tuple) else [value]
    return tuple(item if isinstance(item, str) else UNREADABLE_LABEL for item in items)


class AssetProperties(Reply):
    """What is known about an asset's file; only in answers by id. Source: Scenario's SDK 2.4."""

    has_full_preview: bool | None = None
    preview: str | None = None


class AssetFacts:
    """What follows from the fields of an asset, read whole or in brief."""

    __slots__ = ()
    if TYPE_CHECKING:
        content: str | None
        description: str | None
        metadata: MetadataFacts | None
        mime_type: str | None
        thumbnail: Thumbnail | None
        url: str | None

    @property
    def own_name(self) -> str | None:
        """Its name, which stands in its metadata."""
        return self.metadata.name if self.metadata else None

    @property
    def words(self) -> tuple[str | None, ...]:
        """Its caption, prompt and text."""
        made = self.metadata
        return (self.description, made.prompt, made.text, self.content) if made else (self.description, self.content)

    @property
    def picture_url(self) -> str | None:
        """The picture itself, or the thumbnail of what is none."""
        if self.url and self.mime_type in SHOWN_TYPES:
            return self.url
        if self.thumbnail and self.thumbnail.url:
            return self.thumbnail.url
        return self.url if self.url and is_picture_type(self.mime_type or "") else None


class Asset(AssetFacts, Document):
    """One asset, as a search hit or by id."""

    content: str | None = None
    """The words of a text, as they are indexed. Source: Scenario's SDK 2.4."""
    description: str | None = None
    file: str | None = None
    """The path of its file below the folder: only assets of an own catalogue have it, none of Scenario's API."""
    metadata: AssetMetadata | None = None
    mime_type: str | None = None
    nsfw: Annotated[tuple[str, ...] | None, BeforeValidator(_labels)] = None
    properties: AssetProperties | None = None
    transcription: str | None = None
    url: str | None = None


class Concept(Reply):
    """A model that another one is composed of."""

    model_id: str | None = None


class Model(Document):
    """One model, as a search hit or by id."""

    capabilities: tuple[str, ...] | None = None
    concepts: tuple[Concept, ...] | None = None
    example_asset_ids: tuple[str, ...] | None = None
    name: str | None = None
    parent_model_id: str | None = None
    short_description: str | None = None
    source: str | None = None
    training_images_number: float | None = None
    type: str | None = None

    @property
    def own_name(self) -> str | None:
        """Its name."""
        return self.name


class Tag(Reply):
    """A tag in use in a project. Source: Scenario's SDK 2.4, `GET /tags`."""

    tag_name: str
    item_count: float | None = None
    """Assets and models that have it."""


class Collection(Reply):
    """A collection of a project. Source: Scenario's SDK 2.4, `GET /collections`."""

    id: str
    name: str | None = None
    asset_count: float | None = None
    model_count: float | None = None
    item_count: float | None = None
    """Assets and models in it."""


DocumentT = TypeVar("DocumentT", bound=Document)
ItemT = TypeVar("ItemT", Tag, Collection)


class SearchPage(Reply, Generic[DocumentT]):
    """One page of hits. Offset paging brings an estimate of the total, page paging an exact one."""

    hits: tuple[DocumentT, ...]
    limit: int | None = None
    offset: int | None = None
    estimated_total_hits: int | None = None
    hits_per_page: int | None = None
    page: int | None = None
    total_hits: int | None = None
    total_pages: int | None = None
    dropped: Annotated[int, Field(exclude=True)] = 0
    """Hits of the answer that could not be read; not a field of the API."""

    @cached_property
    def documents(self) -> tuple[DocumentT, ...]:
        """Each hit once, and none whose id could not stand in a resource URI."""
        return tuple({document.id: document for document in self.hits if is_id(document.id)}.values())


class Documents(NamedTuple, Generic[DocumentT]):
    """Documents of a bulk answer; `unread` has the id of each that cannot be read, or "" if it has none."""

    read: tuple[DocumentT, ...]
    unread: tuple[str, ...] = ()


class Listing(NamedTuple, Generic[ItemT]):
    """Items of a list that comes in pages; `is_whole` unless some could not be read, or more cannot be asked for."""

    items: tuple[ItemT, ...]
    next_token: str | None = None
    """What asks for more."""
    is_whole: bool = True
