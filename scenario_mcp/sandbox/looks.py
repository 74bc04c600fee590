"""How pictures look: a small descriptor of each, and which pictures are near which.

A stand-in for the embeddings behind Scenario's image search: it knows colours and layout, not subjects.
"""

import base64
import io
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from PIL import Image, ImageFilter

from scenario_mcp.sandbox.catalogue import Catalogue, Document
from scenario_mcp.sandbox.refusals import invalid_image

MAX_PIXELS = 20_000_000
"""The largest reference picture; it is unpacked in memory."""
_GRID = 8
_WORKING_SIZE = 64
_PUSH = 0.5
"""How much weaker a picture to be unlike pushes than one to be like pulls."""


@dataclass(frozen=True, slots=True)
class Look:
    """Where the colours and edges of a picture are, and how much of each colour it has."""

    layout: tuple[float, ...]
    palette: tuple[float, ...]

    @classmethod
    def of(cls, picture: Image.Image) -> "Look":
        """Describe a picture; transparent parts count as white."""
        canvas = Image.new("RGBA", (_WORKING_SIZE, _WORKING_SIZE), "white")
        canvas.alpha_composite(picture.convert("RGBA").resize(canvas.size, Image.Resampling.BOX))
        pixels = canvas.convert("RGB")
        grid = (_GRID, _GRID)
        colours = pixels.resize(grid, Image.Resampling.BOX).tobytes()
        edges = pixels.convert("L").filter(ImageFilter.FIND_EDGES).resize(grid, Image.Resampling.BOX).tobytes()
        return cls(
            layout=tuple(value / 255 for value in chain(colours, edges)),
            palette=_palette(pixels.point([value >> 6 for value in range(256)] * 3).tobytes()),
        )

    def distance(self, other: "Look", semantic_ratio: float) -> float:
        """Return 0 for the same look, up to 1 for others; the ratio moves weight from layout to palette."""
        layout = math.dist(self.layout, other.layout) / math.sqrt(len(self.layout))
        palette = math.dist(self.palette, other.palette) / math.sqrt(2)
        weight = 0.1 + 0.6 * semantic_ratio
        return (1 - weight) * layout + weight * palette


def _palette(levels: bytes) -> tuple[float, ...]:
    """Return the square root of each colour's share, over 4 levels of red, green and blue."""
    triples = Counter(zip(levels[0::3], levels[1::3], levels[2::3], strict=True))
    total = sum(triples.values())
    steps = range(4)
    return tuple(math.sqrt(triples[red, green, blue] / total) for red in steps for green in steps for blue in steps)


class Looks:
    """The looks of a catalogue's pictures, each computed when it is first needed."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._by_asset: dict[str, Look | None] = {}

    def of_asset(self, asset_id: str) -> Look | None:
        """Return how an asset looks, None if no picture shows it."""
        if asset_id not in self._by_asset:
            picture = self._catalogue.picture(asset_id)
            self._by_asset[asset_id] = Look.of(Image.open(io.BytesIO(picture.content))) if picture else None
        return self._by_asset[asset_id]

    def of_document(self, document: Document) -> tuple[Look, ...]:
        """Return how an asset looks, or how each example picture of a model does."""
        examples = document.get("exampleAssetIds")
        asset_ids = examples if isinstance(examples, list) else [document["id"]]
        return tuple(look for asset_id in asset_ids if (look := self.of_asset(str(asset_id))) is not None)

    def of_reference(self, reference: str) -> Look:
        """Return how a reference picture looks: an asset id or a data URL.

        Raises:
            Refused: the asset is unknown or has no picture, or the data URL holds none.

        """
        if reference.startswith("data:"):
            return _look_of_data_url(reference)
        if reference not in self._catalogue.assets:
            raise invalid_image(f"The asset `{reference[:200]}` does not exist")
        look = self.of_asset(reference)
        if look is None:
            raise invalid_image(f"The asset `{reference}` is not an image")
        return look


def _look_of_data_url(url: str) -> Look:
    header, _, data = url.partition(",")
    problem = invalid_image("The data URL does not hold an image that can be read")
    if not header.endswith(";base64"):
        raise problem
    try:
        picture = Image.open(io.BytesIO(base64.b64decode(data, validate=True)))
        if math.prod(picture.size) <= MAX_PIXELS:
            return Look.of(picture)
    except (ValueError, OSError, SyntaxError, Image.DecompressionBombError) as error:
        # Pillow reports a broken file by any of these.
        raise problem from error
    raise problem


def rank_by_look(
    looks_by_id: Mapping[str, Sequence[Look]], like: Sequence[Look], unlike: Sequence[Look], semantic_ratio: float
) -> list[str]:
    """Order documents from near to far, each by its nearest picture; those without one are left out."""

    def nearness(looks: Sequence[Look], references: Sequence[Look]) -> float:
        nearest = [min(look.distance(reference, semantic_ratio) for look in looks) for reference in references]
        return sum(nearest) / len(nearest) if nearest else 0.0

    far = {key: nearness(looks, like) - _PUSH * nearness(looks, unlike) for key, looks in looks_by_id.items() if looks}
    return sorted(far, key=far.__getitem__)
