"""The folder that an export fills: documents as lines of JSON, and pictures; the sandbox serves it as a catalogue.

While a search is being saved, its lines gather in a hidden file; at the end they are merged into `assets.jsonl` or
`models.jsonl`. No file is ever half written, and an interrupted search continues where it ended.
"""

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, Self

from scenario_mcp.errors import SettingsRefused
from scenario_mcp.ids import is_id
from scenario_mcp.picture_formats import BY_MIME_TYPE
from scenario_mcp.pictures.resize import Picture
from scenario_mcp.rendering.addresses import without_addresses
from scenario_mcp.text import clean


def is_file_name(text: str) -> bool:
    """Whether an id can name a file."""
    return is_id(text) and not text.endswith(".")


class PictureFolder:
    """The pictures of an export, by asset id."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / "media"
        with _refusing(folder):
            self._folder.mkdir(parents=True, exist_ok=True)
            self._ids = {path.stem for path in self._folder.iterdir()}

    def __contains__(self, asset_id: str) -> bool:
        return asset_id in self._ids

    def save(self, asset_id: str, picture: Picture) -> None:
        """Write a picture; the id must be able to name a file."""
        with _refusing(self._folder):
            suffix = BY_MIME_TYPE[picture.mime_type].suffixes[0]
            _replace(self._folder / f"{asset_id}.{suffix}", picture.data)
        self._ids.add(asset_id)


class LineFolder:
    """The lines of one search of assets or of models; a context manager."""

    def __init__(self, folder: Path, resource_type: str, search: Mapping[str, object]) -> None:
        digest = hashlib.blake2b(json.dumps(search, sort_keys=True).encode(), digest_size=8).hexdigest()
        self._final = folder / f"{resource_type}.jsonl"
        self._gathered = folder / f".{resource_type}-{digest}.partial"
        self.ids: set[str] = set()
        """The documents that this search has found so far, also before an interruption."""
        self.last_created_at = ""
        with _refusing(folder):
            folder.mkdir(parents=True, exist_ok=True)
            self._own_ids = {str(document["id"]) for document, _ in _read(self._final) if "ownerId" not in document}
            for document, _ in _read(self._gathered):
                self._count(document)
            self._file: BinaryIO = self._gathered.open("ab")
            self._file.write(b"\n")  # ends a line that the last run left unfinished

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def add(self, document: Mapping[str, Any], *, is_own: bool) -> None:
        """Gather a document. The project's own is written without its owner, so that it belongs to any sandbox."""
        fields = without_addresses(document)
        fields.pop("file", None)  # of another folder, where an own catalogue is exported
        if is_own or str(document["id"]) in self._own_ids:
            fields.pop("ownerId", None)
        self._file.write(
            json.dumps(fields, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace") + b"\n"
        )
        self._count(fields)

    def merge(self, *, is_complete: bool) -> None:
        """Write the gathered lines into the catalogue; those of other searches stay."""
        with _refusing(self._final):
            self._file.flush()
            temporary = _beside(self._final)
            with temporary.open("wb") as file:
                for document, line in _read(self._final):
                    if document["id"] not in self.ids:
                        file.write(line + b"\n")
                for _, line in _read(self._gathered):
                    file.write(line + b"\n")
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(self._final)
            if is_complete:
                self._file.close()
                self._gathered.unlink()

    def _count(self, document: Mapping[str, Any]) -> None:
        self.ids.add(str(document["id"]))
        self.last_created_at = str(document.get("createdAt", ""))


def merge_collections(folder: Path, names: Mapping[str, str]) -> None:
    """Write the names of collections by id into `collections.jsonl`; those of other exports stay."""
    final = folder / "collections.jsonl"
    with _refusing(final):
        others = [line for document, line in _read(final) if document["id"] not in names]
        own = [json.dumps({"id": each, "name": name}, ensure_ascii=False).encode() for each, name in names.items()]
        _replace(final, b"".join(line + b"\n" for line in [*others, *own]))


def _read(path: Path) -> Iterator[tuple[dict[str, Any], bytes]]:
    """Yield the documents of a file and their lines; a line that is not a document, such as a cut one, is left out."""
    if not path.exists():
        return
    with path.open("rb") as file:
        for line in file:
            try:
                document = json.loads(line)
            except (ValueError, RecursionError):
                continue
            if isinstance(document, dict) and isinstance(document.get("id"), str):
                yield document, line.strip()


def _replace(path: Path, content: bytes) -> None:
    temporary = _beside(path)
    temporary.write_bytes(content)
    temporary.replace(path)


def _beside(path: Path) -> Path:
    """Return a file name that a catalogue ignores."""
    return path.with_name(f".{path.name}.{os.getpid()}.part")


@contextmanager
def _refusing(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise SettingsRefused(f"{clean(str(path), 200)} cannot be written: {error.strerror}.") from error
