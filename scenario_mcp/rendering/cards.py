"""What the gallery page shows of a document beside its hit; it travels in a result's `_meta`, which no model reads."""

from collections.abc import Callable
from typing import NamedTuple, Required, TypedDict

from scenario_mcp.api.found_assets import FoundAsset
from scenario_mcp.api.replies import Asset, Document, Model
from scenario_mcp.ids import ResourceType, is_id
from scenario_mcp.rendering import short_facts
from scenario_mcp.rendering.hits import AssetHit
from scenario_mcp.text import trimmed

MAX_PROMPT_CHARACTERS = 120
MAX_ADDRESSES = 24


class Card(TypedDict, total=False):
    """What the page needs of one document and no hit holds; what is not known is left out.

    A plain dictionary, as it travels: as pydantic models, the cards of a page would cost as much as the search.
    """

    id: Required[str]
    model: str
    prompt: str
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
    hits: tuple[AssetHit, ...] = ()
    """The documents as hits, where the result itself holds none."""

    def with_pictures(self, address: Callable[[str], str | None]) -> "Gallery":
        """Return it with the addresses of its first pictures, each by its document's id."""
        first = [_with_picture(each, address(each["id"])) for each in self.cards[:MAX_ADDRESSES]]
        return self._replace(cards=(*first, *self.cards[MAX_ADDRESSES:]))


def _with_picture(card: Card, address: str | None) -> Card:
    return {**card, "picture": address} if address else card


def card(document: Document | FoundAsset) -> Card:
    """Return what the page shows of a document whose hit stands in the same result."""
    made: Card = {"id": document.id}
    if isinstance(document, Asset | FoundAsset) and (metadata := document.metadata):
        if model := short_facts.label(metadata.model_id):
            made["model"] = model
        if prompt := trimmed(metadata.prompt, MAX_PROMPT_CHARACTERS):
            made["prompt"] = prompt
    elif isinstance(document, Model):
        like = document.thumbnail.asset_id if document.thumbnail else None
        if like and is_id(like):
            made["like"] = like
    return made
