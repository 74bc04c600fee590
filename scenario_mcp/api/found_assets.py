"""Assets of a page of hits, read in brief: what hits show of them. All of their fields take half as much time again.

What is read is declared by the models of `replies`. An answer with anything odd in what is read is read whole, so that
odd fields and odd hits are left out by the same rules (`parsing`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cache, cached_property
from typing import Annotated, Any, NotRequired, Required

from pydantic import ConfigDict, Field, TypeAdapter, with_config
from typing_extensions import TypedDict

from scenario_mcp.api.replies import Asset, AssetFacts, AssetMetadata, MetadataFacts, Reply, SearchPage, Thumbnail
from scenario_mcp.ids import ID_PATTERN


@dataclass(slots=True, init=False)
class FoundMetadata(MetadataFacts):
    """What hits show of an asset's metadata."""

    height: float | None
    kind: str | None
    model_id: str | None
    name: str | None
    prompt: str | None
    size: float | None
    text: str | None
    width: float | None

    def __init__(self, raw: Mapping[str, Any]) -> None:
        given = raw.get
        self.height = given("height")
        self.kind = given("kind")
        self.model_id = given("modelId")
        self.name = given("name")
        self.prompt = given("prompt")
        self.size = given("size")
        self.text = given("text")
        self.width = given("width")


@dataclass(slots=True, init=False)
class FoundAsset(AssetFacts):
    """What hits show of an asset."""

    id: str
    content: str | None
    created_at: str | None
    description: str | None
    file: str | None
    metadata: FoundMetadata | None
    mime_type: str | None
    nsfw: tuple[str, ...] | None
    tags: tuple[str, ...] | None
    thumbnail: Thumbnail | None
    url: str | None

    def __init__(self, raw: Mapping[str, Any]) -> None:
        given = raw.get
        metadata = given("metadata")
        self.id = raw["id"]
        self.content = given("content")
        self.created_at = given("createdAt")
        self.description = given("description")
        self.file = given("file")
        self.metadata = None if metadata is None else FoundMetadata(metadata)
        self.mime_type = given("mimeType")
        self.nsfw = given("nsfw")
        self.tags = given("tags")
        self.thumbnail = given("thumbnail")
        self.url = given("url")


@dataclass
class FoundPage:
    """One page of hits, as `SearchPage`; none of them was dropped."""

    hits: tuple[FoundAsset, ...]
    limit: int | None
    offset: int | None
    estimated_total_hits: int | None
    hits_per_page: int | None
    page: int | None
    total_hits: int | None
    total_pages: int | None
    dropped = 0

    @cached_property
    def documents(self) -> tuple[FoundAsset, ...]:
        """Each hit once; none has an id that could not stand in a resource URI."""
        return tuple({document.id: document for document in self.hits}.values())


AnyAsset = Asset | FoundAsset


class _PlainThumbnail(Thumbnail):
    """One whose texts are texts: read straight from JSON, a number in place of one would be written in another way."""

    model_config = ConfigDict(coerce_numbers_to_str=False)


def read_in_brief(body: bytes) -> FoundPage:
    """Read a page of assets; raises pydantic's ValidationError where something in it is odd."""
    page = _page_in_brief().validate_json(body)
    given = page.get
    return FoundPage(
        tuple(map(FoundAsset, page["hits"])),
        given("limit"),
        given("offset"),
        given("estimatedTotalHits"),
        given("hitsPerPage"),
        given("page"),
        given("totalHits"),
        given("totalPages"),
    )


@cache
def _page_in_brief() -> TypeAdapter[Mapping[str, Any]]:
    """Return what reads a page; built at the first search."""
    metadata = _object(AssetMetadata, FoundMetadata)
    asset = _object(
        Asset,
        FoundAsset,
        id=Annotated[str, Field(pattern=rf"\A{ID_PATTERN}\z")],
        metadata=metadata | None,
        nsfw=tuple[str, ...] | None,  # labels that are no texts count, too: a page that has such is read whole
        thumbnail=_PlainThumbnail | None,
    )
    return TypeAdapter(_object(SearchPage, FoundPage, hits=list[asset]))  # type: ignore[valid-type]  # made just now


def _object(reply: type[Reply], found: type, **types: Any) -> Any:
    """Return the type of JSON objects with the fields of a reply that a class here has; `types` has others for some."""
    known: dict[str, Any] = {}
    for each in fields(found):
        field = reply.model_fields[each.name]
        kind = types.get(each.name) or Annotated[field.annotation, None, *field.metadata]
        known[str(field.alias)] = Required[kind] if field.is_required() else NotRequired[kind]
    made = TypedDict(reply.__name__, known)  # type: ignore[misc]  # its fields are those of the reply
    return with_config(ConfigDict(extra="ignore"))(made)
