"""The sandbox's documents and media files, kept by id: the samples of the package, or a store and its folder."""

import json
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Protocol, Self

from scenario_mcp.errors import SettingsRefused
from scenario_mcp.ids import ResourceType, is_id
from scenario_mcp.picture_formats import is_picture_type
from scenario_mcp.sandbox.engine.storage import Store
from scenario_mcp.sandbox.engine.values import Document
from scenario_mcp.sandbox.file_kinds import kind_of_file
from scenario_mcp.sandbox.folders import Folders

__all__ = ["Catalogue", "Document", "Media"]

COLLECTIONS_FILE = "collections.jsonl"
CONTENT_FEATURE = "content"
"""The feature of an asset that is a digest of its file: copies have the same."""
LOOK_FEATURE = "look-3"
"""The feature of an asset that is the descriptor of its picture; it changes with the format of descriptors' bytes."""
_MAX_COPIES = 10
MAX_COLLECTIONS_BYTES = 5_000_000


@dataclass(frozen=True, slots=True)
class Media:
    """A stored file: its bytes and their MIME type."""

    content: bytes
    mime_type: str

    @property
    def is_picture(self) -> bool:
        """Whether Pillow can be asked to open it."""
        return is_picture_type(self.mime_type)


class FolderReading(Protocol):
    """The reading of a folder, while its catalogue is searched."""

    def look(self) -> None:
        """Look at the folder again before a search, unless that was just done; wait for it a moment."""
        ...

    def note(self, *, found_nothing: bool, by_picture: bool, by_meaning: bool = False) -> str:
        """Return what a search must say of the folder, without its path; nothing if the hits tell all."""
        ...

    def progress(self) -> tuple[float, str] | None:
        """Return how far the folder is read, from 0 to 1 and in words; None once it is read."""
        ...

    def waits_for_another(self) -> bool:
        """Whether another process reads the folder now, and this one waits for its end."""
        ...

    def is_described(self) -> bool:
        """Whether what was read can be found by looks and meaning."""
        ...


class Catalogue:
    """Assets and models by id, in the order in which they were stored, and the media files of the assets."""

    def __init__(
        self, assets: Mapping[str, Document], models: Mapping[str, Document], media: Mapping[str, Traversable]
    ) -> None:
        self.assets = assets
        self.models = models
        self._media = media
        self._store: Store | None = None
        self._folders: Folders | None = None
        self._collections_files: Sequence[Traversable] = ()
        self.is_own = False
        """Whether this is a folder of one's own: what is private in it belongs to the project, whatever its id."""
        self.reading: FolderReading | None = None
        """The reading of a folder of one's own, which goes on beside the searches."""
        self._filling = threading.Lock()

    @classmethod
    def load(cls, folder: Traversable | None = None) -> Self:
        """Read a folder with `assets.jsonl`, `models.jsonl` and `media/<assetId>.<ext>`; by default the samples.

        Raises:
            SettingsRefused: one sentence that names the file, and the line if there is one.

        """
        folder = folder or resources.files("scenario_mcp.sandbox") / "data"
        media = folder / "media"
        files = sorted(media.iterdir(), key=lambda file: file.name) if media.is_dir() else []
        catalogue = cls(
            assets=dict(_read_documents(folder / "assets.jsonl")),
            models=dict(_read_documents(folder / "models.jsonl")),
            media={_stem(file): file for file in files if kind_of_file(file.name)},
        )
        catalogue._collections_files = (folder / COLLECTIONS_FILE,)
        return catalogue

    @classmethod
    def of_store(cls, store: Store, folders: Path | Folders) -> Self:
        """Give out what a store holds; its media are files of folders, and nothing outside of them."""
        catalogue = cls({}, {}, {})
        catalogue.use(store)
        catalogue._folders = Folders.of(folders)
        catalogue._collections_files = [root.path / COLLECTIONS_FILE for root in catalogue._folders.roots]
        catalogue.is_own = True
        return catalogue

    def use(self, store: Store) -> None:
        """Give out what another store holds from now on."""
        self._store = store
        self.assets, self.models = _StoredDocuments(store, "assets"), _StoredDocuments(store, "models")

    @property
    def store(self) -> Store:
        """The documents as they are searched; those that were read from files are put in order when first needed."""
        with self._filling:
            if self._store is None:
                store = Store.open()
                with store.writing() as batch:
                    for asset in self.assets.values():
                        batch.put("assets", asset)
                    for model in self.models.values():
                        batch.put("models", model)
                self._store = store
            return self._store

    def collections(self) -> Mapping[str, Document]:
        """Return the collections of `collections.jsonl` by id, as they are now; lines that cannot be read are left out.

        The file may be missing: a catalogue's collections are those of its documents, with the names of this file.
        """
        collections: dict[str, Document] = {}
        for file in self._collections_files:
            if isinstance(file, Path) and not file.resolve().is_relative_to(file.parent.resolve()):
                continue
            try:
                with file.open("rb") as lines:
                    text = lines.read(MAX_COLLECTIONS_BYTES).decode("utf-8", "replace")
            except OSError:
                continue
            collections |= {str(each["id"]): each for each in map(_read_object, text.split("\n")) if each}
        return collections

    @property
    def folders(self) -> tuple[Path, ...]:
        """The folders of one's own, without symbolic links; none of the samples."""
        return () if self._folders is None else tuple(root.path for root in self._folders.roots)

    def full_path(self, file: str) -> Path | None:
        """Return where a file of one's own folder lies, by its path below the folder; None if that leads outside."""
        return None if self._folders is None else self._folders.real_path(file)

    def asset_at(self, path: Path) -> str | None:
        """Return the id of the asset whose file lies there; None if it is no asset's."""
        if self._store is None or self._folders is None or (file := self._folders.path_of(path)) is None:
            return None
        return self._store.asset_of_media(file)

    def media(self, asset_id: str) -> Media | None:
        """Return the file of an asset, None if it has none."""
        if self._folders is not None:
            return self._stored_media(asset_id)
        file = self._media.get(asset_id)
        resource_type = kind_of_file(file.name) if file else None
        return Media(file.read_bytes(), resource_type.mime_type) if file and resource_type else None

    def copies(self, asset_id: str) -> list[str]:
        """Return the paths of other files of one's own folders with the same content, at most ten."""
        if self._folders is None:
            return []
        ids = self.store.ids_alike("assets", CONTENT_FEATURE, asset_id)[:_MAX_COPIES]
        return sorted(str(asset["file"]) for asset in self.store.get_many("assets", ids) if "file" in asset)

    def stamp(self, asset_id: str) -> tuple[int, int] | None:
        """Return the size and the time of the file of an asset in one's own folder, which change with its content.

        None if it has no file, or it is no longer there.
        """
        stored = self._store.media(asset_id) if self._store and self._folders else None
        path = self.full_path(stored.path) if stored else None
        try:
            facts = path.stat() if path else None
        except OSError:
            return None
        return (facts.st_size, facts.st_mtime_ns) if facts else None

    def had_file(self, asset_id: str) -> bool:
        """Whether an asset in one's own folder had a file when that was read."""
        return bool(self._store and self._folders) and self.store.media(asset_id) is not None

    def picture(self, asset_id: str) -> Media | None:
        """Return the picture that shows an asset: its own file, or that of its thumbnail; None if neither is one."""
        media = self.media(asset_id)
        if media is not None and media.is_picture:
            return media
        thumbnail = self.assets.get(asset_id, {}).get("thumbnail")
        shown = self.media(str(thumbnail.get("assetId"))) if isinstance(thumbnail, Mapping) else None
        return shown if shown is not None and shown.is_picture else None

    def _stored_media(self, asset_id: str) -> Media | None:
        stored = self.store.media(asset_id)
        path = self.full_path(stored.path) if stored is not None else None
        try:
            return Media(path.read_bytes(), stored.mime_type) if stored is not None and path is not None else None
        except OSError:  # removed or replaced since it was indexed
            return None


class _StoredDocuments(Mapping[str, Document]):
    """The documents of a resource type as a mapping that reads them from a store."""

    def __init__(self, store: Store, resource_type: ResourceType) -> None:
        self._store = store
        self._resource_type: ResourceType = resource_type

    def __getitem__(self, key: str) -> Document:
        document = self._store.get(self._resource_type, key)
        if document is None:
            raise KeyError(key)
        return document

    def __iter__(self) -> Iterator[str]:
        return iter(self._store.ids(self._resource_type))

    def __len__(self) -> int:
        return self._store.count(self._resource_type)


def _stem(file: Traversable) -> str:
    return file.name.rpartition(".")[0]


def _read_object(line: str) -> Document:
    """Read an object with an id; an empty one if the line is no such object."""
    try:
        read = json.loads(line) if line.strip() else {}
    except (ValueError, RecursionError):
        return {}
    return read if isinstance(read, dict) and isinstance(read.get("id"), str) and is_id(read["id"]) else {}


def _read_documents(file: Traversable) -> Iterator[tuple[str, Document]]:
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsRefused(
            f"The catalogue's {file.name} cannot be read. A catalogue is a folder with assets.jsonl and models.jsonl."
        ) from error
    seen: set[str] = set()
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            document = json.loads(line)
        except ValueError as error:
            raise SettingsRefused(f"Line {number} of the catalogue's {file.name} is not JSON.") from error
        if not isinstance(document, dict) or not isinstance(document.get("id"), str):
            raise SettingsRefused(f"Line {number} of the catalogue's {file.name} is not an object with an id.")
        if document["id"] in seen:
            raise SettingsRefused(f"Line {number} of the catalogue's {file.name} repeats an id.")
        seen.add(document["id"])
        yield document["id"], document
