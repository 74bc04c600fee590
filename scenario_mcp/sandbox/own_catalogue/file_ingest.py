"""Ingest of files: every file below the folder, as an asset or as the picture of one; after the lines.

A file that was moved keeps its id and its look. It is a new one of the size, time and content of one that is gone.
"""

import os
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from typing import Any, NamedTuple

from scenario_mcp.ids import is_id
from scenario_mcp.sandbox.catalogue import CONTENT_FEATURE, LOOK_FEATURE
from scenario_mcp.sandbox.engine.storage import Batch, File, Store
from scenario_mcp.sandbox.file_kinds import FileKind, kind_of_file
from scenario_mcp.sandbox.folders import Folders
from scenario_mcp.sandbox.own_catalogue.batch_pace import BatchPace
from scenario_mcp.sandbox.own_catalogue.batches import put_each
from scenario_mcp.sandbox.own_catalogue.copies import digest_of
from scenario_mcp.sandbox.own_catalogue.file_documents import asset_id_of, document_of_file
from scenario_mcp.sandbox.own_catalogue.jsonl_ingest import LINE_FILES, OWN, Lines, is_unchanged, size_and_time
from scenario_mcp.sandbox.own_catalogue.notes.note import Note
from scenario_mcp.sandbox.own_catalogue.report import IngestReport, unexpected
from scenario_mcp.sandbox.own_catalogue.sidecars import MAX_SIDECAR_BYTES, MAX_SIDECARS, sidecar_notes
from scenario_mcp.sandbox.own_catalogue.walk import (
    CANNOT_BE_LISTED,
    BadFile,
    FileChanged,
    FoundFile,
    SkippedFile,
    opened,
    walk,
)

_BATCH = 1024
_KNOWN_AT_ONCE = 64
"""So many known files are looked at before it is told: to look at one takes less than to tell it."""
_MEDIA, _BROKEN = "media", "broken"
"""Further states of a file: the picture of an asset that a line describes; unreadable."""
_MEDIA_FOLDER = "media/"
"""The folder for pictures of the assets in `assets.jsonl`; its files never become assets of their own."""


class _Part(NamedTuple):
    """The part of a file in the catalogue: an asset of its own (state) with this id, or its picture."""

    state: str
    asset_id: str


class _Reading(NamedTuple):
    """A new or changed file: its row so far, and its new content."""

    found: FoundFile
    known: File | None
    kind: FileKind
    part: _Part
    document: Mapping[str, Any]
    problem: str
    content: bytes
    """The digest of the file."""
    moved: File | None = None
    """The file that this one was before it was moved."""


def index_files(folders: Folders, store: Store, known: dict[str, File], lines: Lines, report: IngestReport) -> None:
    """Bring the store up to date with the files, and remove known files that no longer exist."""
    indexer = _Indexer(folders, store, known, lines, report)
    hidden: list[str] = []
    for root in folders.roots:
        is_empty = True
        for found in walk(root.path, root.prefix, [str(each.path) for each in folders.roots]):
            is_empty = False
            if isinstance(found, SkippedFile):
                report.skip(*found)
                if found.problem.startswith(CANNOT_BE_LISTED):
                    hidden.append(f"{found.path}/")
            else:
                for each in _own_files(found, lines):
                    indexer.take(each, known.pop(each.path, None))
        if is_empty:
            report.miss(root)
    indexer.flush()
    # What lies in a folder that cannot be listed for now may be there yet.
    indexer.forget([row for row in known.values() if not row.path.startswith(tuple(hidden))])
    report.copies = store.count_alike("assets", CONTENT_FEATURE)


def _own_files(found: FoundFile, lines: Lines) -> Sequence[FoundFile]:
    """Return a file; where a line names it, the files beside it instead, which then stand for themselves."""
    return found.sidecars if found.path in lines.named else (found,)


class _Indexer:
    """Takes files one by one and stores them in batches."""

    def __init__(
        self, folders: Folders, store: Store, known: dict[str, File], lines: Lines, report: IngestReport
    ) -> None:
        self._folders = folders
        self._store = store
        self._known = known
        self._paths_by_state: dict[tuple[int, int], list[str]] | None = None
        self._lines = lines
        self._has_no_lines = not lines.is_any and not lines.asset_ids
        self._report = report
        self._readings: list[_Reading] = []
        self._passed = 0
        self._pace = BatchPace(_BATCH)

    def take(self, found: FoundFile, known: File | None) -> None:
        """Read a file unless it is known as it is."""
        if known is not None and self._has_no_lines and _is_own(known) and is_unchanged(known, found):
            self._pass(known)  # as nearly all: there is nothing that it could be the picture of
            return
        kind = kind_of_file(found.name)
        if kind is None:
            if self._folders.below(found.path) not in LINE_FILES:
                self._report.pass_over(found.name)
            return
        moved = self._find_moved(found) if known is None else None
        part = self._part_of(found, known or moved)
        if known and is_unchanged(known, found) and known.state in {part.state, _BROKEN} and part.asset_id in known.ids:
            self._pass(known)
            return
        read = self._read(found, kind, part)
        if read is None:
            return
        if moved is not None and not self._is_same(read[0], part.asset_id):
            moved, part = None, self._part_of(found, None)
            read = ({**read[0], "id": part.asset_id} if read[0] else {}, *read[1:])
        if moved is not None:
            self._known.pop(moved.path)
        self._readings.append(_Reading(found, known, kind, part, *read, moved))
        if self._pace.is_due(len(self._readings)):
            self.flush()
            self._pace.start_next()

    def _pass(self, known: File) -> None:
        """Count a file that is known as it is."""
        if known.problem:
            self._report.skip(known.path, known.problem)
        self._report.unchanged += known.state == OWN
        self._passed += 1
        if self._passed % _KNOWN_AT_ONCE == 0:
            self._report.on_progress(self._report)

    def _read(self, found: FoundFile, kind: FileKind, part: _Part) -> tuple[Mapping[str, Any], str, bytes] | None:
        """Return the document of a file or its problem, and the digest; None if it can be another one soon."""
        try:
            with opened(self._folders, found) as file:
                document = document_of_file(found, kind, file, self._read_sidecars(found))
                return {**document, "id": part.asset_id}, "", digest_of(file)
        except BadFile as error:
            return {}, str(error), b""
        except FileChanged:
            self._report.skip(found.path, "changed while it was read; it is read again soon")
        except OSError as error:
            self._report.skip(found.path, f"cannot be read: {error.strerror}")
        except Exception as error:  # noqa: BLE001  # whatever is wrong with a file concerns that file alone
            return {}, unexpected(found.path, error), b""
        return None

    def _read_sidecars(self, found: FoundFile) -> list[Note]:
        """Return what the sidecars of a file tell; one that cannot be read tells nothing."""
        notes: list[Note] = []
        for sidecar in found.sidecars[:MAX_SIDECARS]:
            if sidecar.size <= MAX_SIDECAR_BYTES:
                with suppress(FileChanged, OSError), opened(self._folders, sidecar) as file:
                    notes += sidecar_notes(sidecar.name, file.read(MAX_SIDECAR_BYTES))
        return notes

    def flush(self) -> None:
        """Store the files that were read."""
        if not self._readings:
            return
        put_each(self._store, self._readings, self._put, self._refuse)
        for reading in self._readings:
            if reading.problem:
                self._report.skip(reading.found.path, reading.problem)
            elif reading.part.state == OWN:
                before = reading.known or reading.moved
                is_new = before is None or before.state != OWN
                self._report.new += is_new
                self._report.changed += not is_new
        self._readings = []
        self._report.on_progress(self._report)

    def _refuse(self, reading: _Reading, error: Exception) -> None:
        """Store that a file cannot be stored: a value in it fits no index."""
        at = self._readings.index(reading)
        self._readings[at] = reading._replace(document={}, problem=unexpected(reading.found.path, error))
        with self._store.writing() as batch:
            self._put(batch, self._readings[at])

    def _find_moved(self, found: FoundFile) -> File | None:
        """Return the asset's file that is gone and whose size and time a new one has; None if there are several."""
        if self._paths_by_state is None:
            self._paths_by_state = {}
            for row in self._known.values():
                if row.state == OWN:
                    self._paths_by_state.setdefault((row.size, row.mtime_ns), []).append(row.path)
        paths = [
            path
            for path in self._paths_by_state.get(size_and_time(found), ())
            if path in self._known and kind_of_file(path) == kind_of_file(found.name) and not self._is_there(path)
        ]
        same_name = [path for path in paths if path.rpartition("/")[2] == found.name]
        (path,) = same_name if len(same_name) == 1 else paths if len(paths) == 1 else ("",)
        return self._known[path] if path else None

    def _is_same(self, document: Mapping[str, Any], asset_id: str) -> bool:
        """Whether a document differs from a stored one by nothing but what follows from the path."""
        stored = self._store.get("assets", asset_id)
        return stored is not None and _without_path(document) == _without_path(stored)

    def forget(self, gone: Collection[File]) -> None:
        """Remove files that no longer exist."""
        if not gone:
            return
        with self._store.writing() as batch:
            for row in gone:
                self._remove_own(batch, row)
                batch.remove_file(row.path)
                for asset_id in row.ids:
                    stored = self._store.media(asset_id)
                    if asset_id not in self._lines.asset_ids and stored is not None and stored.path == row.path:
                        batch.remove("assets", asset_id)  # the asset is gone, only its picture is left
        self._report.removed += sum(row.state == OWN for row in gone)

    def _part_of(self, found: FoundFile, before: File | None) -> _Part:
        is_known = before is not None and before.state == OWN and before.ids
        own_id = before.ids[0] if before is not None and is_known else self._new_id(found)
        if self._lines.asset_ids:
            for asset_id in (found.stem, asset_id_of(found.path)):
                if asset_id in self._lines.asset_ids:
                    return _Part(_MEDIA, asset_id)
        if self._lines.is_any and self._folders.below(found.path).startswith(_MEDIA_FOLDER) and is_id(found.stem):
            return _Part(_MEDIA, found.stem)
        return _Part(OWN, own_id)

    def _is_there(self, path: str) -> bool:
        placed = self._folders.place(path)
        return placed is not None and os.path.lexists(placed[0].path / placed[1])

    def _new_id(self, found: FoundFile) -> str:
        """Return the id of a new file; a file that was moved away from this path may have taken its first one along."""
        asset_id, stored = asset_id_of(found.path), self._store.media(asset_id_of(found.path))
        if stored is None or stored.path == found.path or not self._is_there(stored.path):
            return asset_id
        return asset_id_of(f"{found.path}\0{found.mtime_ns}")

    def _put(self, batch: Batch, reading: _Reading) -> None:
        state, asset_id = (_BROKEN, reading.part.asset_id) if reading.problem else reading.part
        if reading.known is not None and state != OWN:
            self._remove_own(batch, reading.known)
        if reading.moved is not None:
            batch.remove_file(reading.moved.path)
        kept = frozenset({LOOK_FEATURE}) if reading.moved is not None and state == OWN else frozenset[str]()
        if state == OWN:
            batch.put("assets", reading.document, kept_features=kept)
        elif reading.moved is not None:
            self._remove_own(batch, reading.moved)
        is_media = state == _MEDIA and self._shows_it_better(reading)
        illustrates = self._folders.below(reading.found.path).startswith(_MEDIA_FOLDER)
        is_its_file = is_media and not illustrates
        if is_its_file and (described := self._store.get("assets", asset_id)):
            batch.put("assets", {**described, "file": reading.found.path})
        if state == OWN or is_media:
            batch.put_media(asset_id, reading.found.path, reading.document["mimeType"], kept_features=kept)
        if state == OWN and reading.content:
            batch.put_feature("assets", asset_id, CONTENT_FEATURE, reading.content)
        batch.put_file(File(reading.found.path, *size_and_time(reading.found), state, reading.problem, (asset_id,)))

    def _shows_it_better(self, reading: _Reading) -> bool:
        """Whether a file shows the asset whose id it bears better than the current one."""
        asset_id = reading.part.asset_id
        stored = self._store.media(asset_id)
        shown = self._folders.real_path(stored.path) if stored else None
        if stored is None or stored.path == reading.found.path or shown is None or not shown.exists():
            return True
        metadata = (self._store.get("assets", asset_id) or {}).get("metadata")
        return isinstance(metadata, Mapping) and metadata.get("kind") == reading.kind.kind

    def _remove_own(self, batch: Batch, row: File) -> None:
        """Remove the asset that a file was, unless a line describes it now."""
        for asset_id in row.ids:
            if row.state == OWN and asset_id not in self._lines.asset_ids:
                batch.remove("assets", asset_id)


def _is_own(known: File) -> bool:
    """Whether a file was an asset of its own."""
    return known.state == OWN and bool(known.ids)


def _without_path(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the content of a file says of it."""
    metadata = document.get("metadata")
    kept = {key: value for key, value in metadata.items() if key != "name"} if isinstance(metadata, Mapping) else {}
    return {key: value for key, value in document.items() if key not in {"id", "file", "tags"}} | {"metadata": kept}
