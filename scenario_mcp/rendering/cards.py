"""What the gallery page shows of a document; it travels in a result's `_meta`, which no model reads."""

from collections.abc import Callable
from typing import NamedTuple, Required, TypedDict

from scenario_mcp.api.replies import Asset, Document, Model
from scenario_mcp.ids import ResourceType, is_id
from scenario_mcp.rendering.lengths import MAX_NAME_CHARACTERS
from scenario_mcp.text import first_shown, trimmed

MAX_LABEL_CHARACTERS = 40
MAX_TAG_CHARACTERS = 24
MAX_TAGS = 4
MAX_PROMPT_CHARACTERS = 120
MAX_ADDRESSES = 24
DATE_CHARACTERS = len("2026-11-23")


class Card(TypedDict, total=False):
    """One picture of the gallery with its facts; what is not known is left out.

    A plain dictionary, as it travels: with models, the cards of a page cost as much as searching for them.
    """

    id: Required[str]
    name: str
    kind: str
    width: int
    height: int
    tags: list[str]
    model: str
    prompt: str
    about: str
    created: str
    nsfw: list[str]
    like: str
    """The asset that stands for a model in a search by picture."""
    picture: str
    """Signed address, for hosts that show the page."""
    image: int
    """Where in the result's content its picture stands."""


class Gallery(NamedTuple):
    """The cards of one result."""

    resource_type: ResourceType
    cards: tuple[Card, ...]
    note: str | None = None
    """What a page of hits says of itself, for people."""

    def with_pictures(self, address: Callable[[str], str | None]) -> "Gallery":
        """Return it with the addresses of its first pictures, each by its document's id."""
        first = [_with_picture(each, address(each["id"])) for each in self.cards[:MAX_ADDRESSES]]
        return self._replace(cards=(*first, *self.cards[MAX_ADDRESSES:]))


def _with_picture(card: Card, address: str | None) -> Card:
    return {**card, "picture": address} if address else card


def card(document: Document) -> Card:
    """Return a document as the page shows it."""
    made: Card = {"id": document.id}
    if name := first_shown(document.names, MAX_NAME_CHARACTERS):
        made["name"] = name
    if tags := _labels(document.tags):
        made["tags"] = tags
    if created := trimmed((document.created_at or "")[:DATE_CHARACTERS], DATE_CHARACTERS):
        made["created"] = created
    if isinstance(document, Asset):
        _add_asset(made, document)
    elif isinstance(document, Model):
        _add_model(made, document)
    return made


def _add_asset(made: Card, asset: Asset) -> None:
    if nsfw := _labels(asset.nsfw):
        made["nsfw"] = nsfw
    metadata = asset.metadata
    if metadata is None:
        return
    if kind := trimmed(metadata.kind, MAX_LABEL_CHARACTERS):
        made["kind"] = kind
    if pixels := metadata.pixels:
        made["width"], made["height"] = pixels
    if model := trimmed(metadata.model_id, MAX_LABEL_CHARACTERS):
        made["model"] = model
    if prompt := trimmed(metadata.prompt, MAX_PROMPT_CHARACTERS):
        made["prompt"] = prompt


def _add_model(made: Card, model: Model) -> None:
    if kind := trimmed(model.type, MAX_LABEL_CHARACTERS):
        made["kind"] = kind
    if about := trimmed(model.short_description, MAX_PROMPT_CHARACTERS):
        made["about"] = about
    like = model.thumbnail.asset_id if model.thumbnail else None
    if like and is_id(like):
        made["like"] = like


def _labels(texts: tuple[str, ...] | None) -> list[str] | None:
    """Return the first few texts of which something shows, None if there are none."""
    if not texts:
        return None
    return [shown for text in texts[:MAX_TAGS] if (shown := trimmed(text, MAX_TAG_CHARACTERS))] or None
