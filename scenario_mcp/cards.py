"""What the gallery page shows of a document; it travels in a result's `_meta`, which no model reads."""

from collections.abc import Callable
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from scenario_mcp.replies import ID, Asset, AssetMetadata, Collection, Document, Model
from scenario_mcp.text import first_shown, trimmed

MAX_NAME_CHARACTERS = 60
MAX_LABEL_CHARACTERS = 40
MAX_TAG_CHARACTERS = 24
MAX_TAGS = 4
MAX_PROMPT_CHARACTERS = 120
MAX_ADDRESSES = 24
DATE_CHARACTERS = len("2026-11-23")


class Card(BaseModel):
    """One picture of the gallery with its facts; what is not known is left out."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    id: str
    name: str | None = None
    kind: str | None = None
    width: int | None = None
    height: int | None = None
    tags: tuple[str, ...] | None = None
    model: str | None = None
    prompt: str | None = None
    about: str | None = None
    created: str | None = None
    nsfw: tuple[str, ...] | None = None
    like: Annotated[str | None, Field(description="The asset that stands for a model in a search by picture")] = None
    picture: Annotated[str | None, Field(description="Signed address, for hosts that show the page")] = None
    image: Annotated[int | None, Field(description="Where in the result's content its picture stands")] = None


class Gallery(BaseModel):
    """The cards of one result."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    collection: Collection
    cards: tuple[Card, ...]

    def with_pictures(self, address: Callable[[Card], str | None]) -> "Gallery":
        """Return it with the addresses of its first pictures."""
        first = tuple(each.model_copy(update={"picture": address(each)}) for each in self.cards[:MAX_ADDRESSES])
        return self.model_copy(update={"cards": first + self.cards[MAX_ADDRESSES:]})


def card(document: Document) -> Card:
    """Return a document as the page shows it."""
    name = first_shown(document.names, MAX_NAME_CHARACTERS)
    created = trimmed((document.created_at or "")[:DATE_CHARACTERS], DATE_CHARACTERS)
    tags = _labels(document.tags)
    if isinstance(document, Model):
        return Card(
            id=document.id,
            name=name,
            kind=trimmed(document.type, MAX_LABEL_CHARACTERS),
            tags=tags,
            about=trimmed(document.short_description, MAX_PROMPT_CHARACTERS),
            created=created,
            like=_asset_id(document.thumbnail.asset_id if document.thumbnail else None),
        )
    metadata = (document.metadata if isinstance(document, Asset) else None) or AssetMetadata()
    width, height = metadata.pixels or (None, None)
    return Card(
        id=document.id,
        name=name,
        kind=trimmed(metadata.kind, MAX_LABEL_CHARACTERS),
        width=width,
        height=height,
        tags=tags,
        model=trimmed(metadata.model_id, MAX_LABEL_CHARACTERS),
        prompt=trimmed(metadata.prompt, MAX_PROMPT_CHARACTERS),
        created=created,
        nsfw=_labels(document.nsfw) if isinstance(document, Asset) else None,
    )


def _asset_id(text: str | None) -> str | None:
    return text if text and ID.fullmatch(text) else None


def _labels(texts: tuple[str, ...] | None) -> tuple[str, ...] | None:
    """Return the first few texts of which something shows, None if there are none."""
    if not texts:
        return None
    return tuple(filter(None, [trimmed(text, MAX_TAG_CHARACTERS) for text in texts[:MAX_TAGS]])) or None
