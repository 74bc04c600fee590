"""The looks of a catalogue's pictures, and the order of documents by likeness to reference pictures.

A stand-in for the embeddings behind Scenario's image search: it compares how pictures look and what their documents
say, not what they show.
"""

import base64
import threading
import time
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from scenario_mcp.ids import ResourceType
from scenario_mcp.imaging.errors import BadPicture
from scenario_mcp.picture_formats import is_picture_type
from scenario_mcp.sandbox.catalogue import LOOK_FEATURE, Catalogue
from scenario_mcp.sandbox.engine.errors import InvalidImage
from scenario_mcp.sandbox.engine.values import values_at
from scenario_mcp.sandbox.similarity.semantic.catalogue import CatalogueMeanings

if TYPE_CHECKING:
    from scenario_mcp.sandbox.similarity.visual.ranking import Likeness, Reference

MAX_PIXELS = 100_000_000
"""The largest reference picture; it is unpacked while the caller waits."""


DESCRIBING_SECONDS = 5.0
"""The time that a search spends on pictures without a descriptor; the next search goes on."""
_UNFINISHED = -1
"""The generation of looks that are incomplete."""


class _Current(NamedTuple):
    """The looks in one generation of the store."""

    generation: int
    looks: Mapping[str, bytes]
    likeness: "Likeness"
    shown: Mapping[ResourceType, Mapping[str, Sequence[str]]]
    """The assets that show a document: itself, or the thumbnail and the examples of a model."""


class CatalogueLooks:
    """The looks of a catalogue's pictures and the meanings of its documents, kept up to date with its store.

    Descriptors are stored beside the assets; a picture without one is described when it is first needed.
    """

    def __init__(self, catalogue: Catalogue) -> None:
        self.meanings = CatalogueMeanings(catalogue)
        self._catalogue = catalogue
        self._known: _Current | None = None
        self._described: dict[tuple[str, str], bytes | None] = {}
        self._lock = threading.Lock()

    def rank(
        self,
        resource_type: ResourceType,
        ids: Iterable[str],
        like: Sequence[str],
        unlike: Sequence[str],
        semantic_ratio: float,
    ) -> list[str]:
        """Return ids of documents from near to far by their pictures; those without a picture are left out.

        `like` and `unlike` are references: asset ids or data URLs.

        Raises:
            InvalidImage: an asset is unknown or has no picture, or a data URL holds none.

        """
        current = self._current()
        return current.likeness.rank(
            {key: shown for key in ids if (shown := current.shown[resource_type].get(key))},
            [self._reference(reference, current.looks) for reference in like],
            [self._reference(reference, current.looks) for reference in unlike],
            semantic_ratio,
        )

    def _current(self) -> _Current:
        # Imported here, as all that looks at pictures is: searches by words do without Pillow, a slow import.
        from scenario_mcp.sandbox.similarity.visual.ranking import Likeness

        with self._catalogue.store.snapshot() as snapshot, self._lock:
            if self._known is None or self._known.generation != snapshot.generation:
                own, is_complete = self._read_own()
                looks = self._read_shown(own)
                likeness = Likeness(looks, self.meanings.of("assets"), own=own.keys())
                shown: dict[ResourceType, Mapping[str, Sequence[str]]]
                shown = {"assets": {key: (key,) for key in looks}, "models": self._read_pictures(looks)}
                self._known = _Current(snapshot.generation if is_complete else _UNFINISHED, looks, likeness, shown)
            return self._known

    def _read_own(self) -> tuple[Mapping[str, bytes], bool]:
        """Return the descriptors of all assets that are pictures, and whether there was time for all of them."""
        store = self._catalogue.store
        own = store.features("assets", LOOK_FEATURE)
        if len(own) == store.count("assets"):
            return own, True
        end = time.monotonic() + DESCRIBING_SECONDS
        for asset in store.documents("assets"):
            key = (str(asset["id"]), str(asset.get("updatedAt")))
            if key[0] in own or not is_picture_type(str(asset.get("mimeType", "image/"))):
                continue
            if key not in self._described:
                if time.monotonic() > end:
                    return own, False
                self._described[key] = self._describe(key[0])
            if (look := self._described[key]) is not None:
                own[key[0]] = look
        return own, True

    def _read_shown(self, own: Mapping[str, bytes]) -> Mapping[str, bytes]:
        """Return the descriptors of all assets in order of insertion: of their own picture or of their thumbnail."""
        store = self._catalogue.store
        if len(own) == store.count("assets"):
            return {asset_id: own[asset_id] for asset_id in store.ids("assets")}
        shown: dict[str, bytes] = {}
        for asset in store.documents("assets"):
            asset_id, thumbnail = str(asset["id"]), asset.get("thumbnail")
            shown_by = asset_id if asset_id in own or not isinstance(thumbnail, Mapping) else thumbnail.get("assetId")
            if isinstance(shown_by, str) and shown_by in own:
                shown[asset_id] = own[shown_by]
        return shown

    def _read_pictures(self, looks: Mapping[str, bytes]) -> Mapping[str, Sequence[str]]:
        """Return the thumbnails and example pictures of all models."""
        named = {
            str(model["id"]): (*values_at(model, "thumbnail.assetId"), *values_at(model, "exampleAssetIds"))
            for model in self._catalogue.store.documents("models")
        }
        return {
            key: [asset_id for asset_id in dict.fromkeys(map(str, values)) if asset_id in looks]
            for key, values in named.items()
        }

    def _describe(self, asset_id: str) -> bytes | None:
        """Describe the picture that an asset is; None if it has none that can be read."""
        from scenario_mcp.sandbox.similarity.visual.samples import describe_known

        media = self._catalogue.media(asset_id)
        try:
            return None if media is None or not media.is_picture else describe_known(media.content)
        except BadPicture:
            return None

    def _reference(self, reference: str, looks: Mapping[str, bytes]) -> "Reference":
        from scenario_mcp.sandbox.similarity.visual.ranking import Reference

        if reference.startswith("data:"):
            return Reference(_describe_data_url(reference))
        if reference in looks:
            return Reference(looks[reference], reference)
        if reference not in self._catalogue.assets:
            raise InvalidImage(f"The asset `{reference[:200]}` does not exist")
        look = self._describe(reference)  # there may have been no time for it before
        if look is None:
            raise InvalidImage(f"The asset `{reference}` is not an image")
        return Reference(look, reference)


def _describe_data_url(url: str) -> bytes:
    from scenario_mcp.sandbox.similarity.visual.samples import describe_known

    header, _, data = url.partition(",")
    problem = InvalidImage("The data URL does not hold an image that can be read")
    if not header.endswith(";base64"):
        raise problem
    try:
        return describe_known(base64.b64decode(data, validate=True), MAX_PIXELS)
    except (ValueError, BadPicture) as error:
        raise problem from error
