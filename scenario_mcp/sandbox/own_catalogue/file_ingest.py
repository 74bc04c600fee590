"""Ingest of files: every file below the folder, as an asset or as the picture of one; after the lines."""

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from scenario_mcp.ids import is_id
from scenario_mcp.sandbox.engine.storage import Batch, File, Store
from scenario_mcp.sandbox.file_kinds import FileKind, kind_of_file
from scenario_mcp.sandbox.own_catalogue.batch_pace import BatchPace
from scenario_mcp.sandbox.own_catalogue.batches import put_each
from scenario_mcp.sandbox.own_catalogue.file_documents import asset_id_of, document_of_file
from scenario_mcp.sandbox.own_catalogue.jsonl_ingest import LINE_FILES, OWN, Lines, is_unchanged, size_and_time
from scenario_mcp.sandbox.own_catalogue.picture_facts import BadFile
from scenario_mcp.sandbox.own_catalogue.report import IngestReport, unexpected
from scenario_mcp.sandbox.own_catalogue.sidecars import read_sidecars
from scenario_mcp.sandbox.own_catalogue.walk import FileChanged, FoundFile, SkippedFile, opened, walk

_BATCH = 1024
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


def index_files(folder: Path, store: Store, known: dict[str, File], lines: Lines, report: IngestReport) -> None:
    """Bring the store up to date with the files, and remove known files that no longer exist."""
    indexer = _Indexer(folder, store, lines, report)
    for found in walk(folder):
        if isinstance(found, SkippedFile):
            report.skip(*found)
        elif found.path not in lines.named:
            indexer.take(found, known.pop(found.path, None))
    indexer.flush()
    indexer.forget(known.values())


class _Indexer:
    """Takes files one by one and stores them in batches."""

    def __init__(self, folder: Path, store: Store, lines: Lines, report: IngestReport) -> None:
        self._folder = folder
        self._store = store
        self._lines = lines
        self._report = report
        self._readings: list[_Reading] = []
        self._pace = BatchPace(_BATCH)

    def take(self, found: FoundFile, known: File | None) -> None:
        """Read a file unless it is known as it is."""
        kind = kind_of_file(found.name)
        if kind is None:
            if found.path not in LINE_FILES:
                self._report.pass_over(found.name)
            return
        part = self._part_of(found)
        if known and is_unchanged(known, found) and known.state in {part.state, _BROKEN} and part.asset_id in known.ids:
            if known.problem:
                self._report.skip(known.path, known.problem)
            self._report.unchanged += known.state == OWN
            self._report.on_progress(self._report)
            return
        try:
            with opened(self._folder, found) as file:
                document, problem = document_of_file(found, kind, file, read_sidecars(self._folder, found)), ""
        except BadFile as error:
            document, problem = {}, str(error)
        except FileChanged:
            self._report.skip(found.path, "changed while it was read; it is read again at the next start")
            return
        except OSError as error:
            self._report.skip(found.path, f"cannot be read: {error.strerror}")
            return
        except Exception as error:  # noqa: BLE001  # whatever is wrong with a file concerns that file alone
            document, problem = {}, unexpected(found.path, error)
        self._readings.append(_Reading(found, known, kind, part, document, problem))
        if self._pace.is_due(len(self._readings)):
            self.flush()
            self._pace.start_next()

    def flush(self) -> None:
        """Store the files that were read."""
        if not self._readings:
            return
        put_each(self._store, self._readings, self._put, self._refuse)
        for reading in self._readings:
            if reading.problem:
                self._report.skip(reading.found.path, reading.problem)
            elif reading.part.state == OWN:
                is_new = reading.known is None or reading.known.state != OWN
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

    def _part_of(self, found: FoundFile) -> _Part:
        own_id = asset_id_of(found.path)
        for asset_id in (found.stem, own_id):
            if asset_id in self._lines.asset_ids:
                return _Part(_MEDIA, asset_id)
        if self._lines.is_any and found.path.startswith(_MEDIA_FOLDER) and is_id(found.stem):
            return _Part(_MEDIA, found.stem)
        return _Part(OWN, own_id)

    def _put(self, batch: Batch, reading: _Reading) -> None:
        state, asset_id = (_BROKEN, reading.part.asset_id) if reading.problem else reading.part
        if reading.known is not None and state != OWN:
            self._remove_own(batch, reading.known)
        if state == OWN:
            batch.put("assets", reading.document)
        is_media = state == _MEDIA and self._shows_it_better(reading)
        is_its_file = is_media and not reading.found.path.startswith(_MEDIA_FOLDER)  # what lies there only illustrates
        if is_its_file and (described := self._store.get("assets", asset_id)):
            batch.put("assets", {**described, "file": reading.found.path})
        if state == OWN or is_media:
            batch.put_media(asset_id, reading.found.path, reading.document["mimeType"])
        batch.put_file(File(reading.found.path, *size_and_time(reading.found), state, reading.problem, (asset_id,)))

    def _shows_it_better(self, reading: _Reading) -> bool:
        """Whether a file shows the asset whose id it bears better than the current one."""
        asset_id = reading.part.asset_id
        stored = self._store.media(asset_id)
        if stored is None or stored.path == reading.found.path or not (self._folder / stored.path).exists():
            return True
        metadata = (self._store.get("assets", asset_id) or {}).get("metadata")
        return isinstance(metadata, Mapping) and metadata.get("kind") == reading.kind.kind

    def _remove_own(self, batch: Batch, row: File) -> None:
        """Remove the asset that a file was, unless a line describes it now."""
        for asset_id in row.ids:
            if row.state == OWN and asset_id not in self._lines.asset_ids:
                batch.remove("assets", asset_id)
