"""Ingest of `assets.jsonl` and `models.jsonl`, and of the files that their lines name; before the other files."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any, NamedTuple

from scenario_mcp.ids import ResourceType
from scenario_mcp.sandbox.catalogue import COLLECTIONS_FILE
from scenario_mcp.sandbox.engine.storage import Batch, Document, File, Store
from scenario_mcp.sandbox.file_kinds import kind_of_file
from scenario_mcp.sandbox.folders import Folders
from scenario_mcp.sandbox.own_catalogue.batch_pace import BatchPace
from scenario_mcp.sandbox.own_catalogue.batches import put_each
from scenario_mcp.sandbox.own_catalogue.file_documents import asset_id_of, document_of_file, iso_time_of
from scenario_mcp.sandbox.own_catalogue.jsonl_documents import (
    MAX_FILE_BYTES,
    BadLine,
    LineDocument,
    complete,
    read_document,
    read_lines,
)
from scenario_mcp.sandbox.own_catalogue.report import IngestReport, unexpected
from scenario_mcp.sandbox.own_catalogue.walk import BadFile, FileChanged, FoundFile, find, find_named, opened

LINES, NAMED, MISSING, OWN = "lines", "named", "missing", "asset"
"""States of a file: it holds lines; a line names it; a line names it but it cannot be used; it is its own asset."""
LINE_FILES = frozenset({"assets.jsonl", "models.jsonl", COLLECTIONS_FILE})
"""Files of lines at the top of a folder."""
_BATCH = 4096
"""As many documents as the index keeps together."""
_MAX_REASONS = 20
_LEFT_OUT = re.compile(r"has (\d+) lines? that")
"""How the problem of a file begins of which lines are left out."""
_MAX_NAME_CHARACTERS = 500
_NOT_THERE = -1


@dataclass(frozen=True, slots=True)
class Lines:
    """The facts about lines that the ingest of files needs."""

    is_any: bool
    asset_ids: frozenset[str]
    named: frozenset[str]


def index_lines(folders: Folders, store: Store, known: dict[str, File], report: IngestReport, *, keeps: bool) -> Lines:
    """Bring the store up to date with the lines; handled files are removed from `known`.

    `keeps` says that a folder cannot be read now: what its lines described is kept.
    """
    named = {path: row for path, row in known.items() if row.state in {NAMED, MISSING}}
    ids: dict[ResourceType, frozenset[str]] = {}
    is_any = False
    for resource_type in ("models", "assets"):
        sources, gone = _sources(folders, resource_type, known, report)
        is_any = is_any or bool(sources)
        are_named_unchanged = resource_type == "models" or _are_unchanged(folders, named)
        is_same = not gone and are_named_unchanged
        if is_same and not sources and not keeps:
            ids[resource_type] = frozenset()  # as in most folders: there are no lines, and were none
            continue
        own_ids = (row.ids[0] for row in known.values() if row.state == OWN and resource_type == "assets")
        stored = frozenset(store.ids(resource_type)).difference(own_ids)
        if is_same and all(row and is_unchanged(row, found) for found, row in sources):
            ids[resource_type] = stored if sources or keeps else frozenset()
            report.unchanged += len(ids[resource_type])
            rows = [row for _, row in sources if row]
            _repeat_problems([*rows, *(named.values() if resource_type == "assets" and sources else ())], report)
            continue
        read = _Read()
        is_whole = not keeps
        for found, _ in sources:
            is_whole = _Reader(folders, store, resource_type, found, report, read).read() and is_whole
        ids[resource_type] = frozenset(read.ids) if is_whole else stored | read.ids
        _remove(store, resource_type, stored - ids[resource_type], gone, report)
        if resource_type == "assets" and sources:
            named = read.named if is_whole else named | read.named
    for path in named:
        known.pop(path, None)
    return Lines(is_any, ids["assets"], frozenset(named))


def _sources(
    folders: Folders, resource_type: ResourceType, known: dict[str, File], report: IngestReport
) -> tuple[list[tuple[FoundFile, File | None]], list[File]]:
    """Return the files of lines, with their rows, and the rows of those that no longer exist."""
    sources: list[tuple[FoundFile, File | None]] = []
    gone: list[File] = []
    for root in folders.roots:
        path = f"{root.prefix}{resource_type}.jsonl"
        found, row = find(folders, path), known.pop(path, None)
        if found is not None:
            sources.append((found, row))
            continue
        if (root.path / f"{resource_type}.jsonl").exists():
            report.skip(path, "is not a file of this folder")
        if row is not None:
            gone.append(row)
    return sources, gone


def is_unchanged(row: File, found: FoundFile | None) -> bool:
    """Whether a file is as it was when it was read; one that was not there still is not."""
    return (row.size, row.mtime_ns) == size_and_time(found)


def is_named_for(file: object, asset_id: str) -> bool:
    """Whether the name of a file, without its ending, or the hash of its path is the id of an asset."""
    return isinstance(file, str) and asset_id in {PurePosixPath(file).stem, asset_id_of(file)}


def size_and_time(found: FoundFile | None) -> tuple[int, int]:
    """Return the values that differ when a file has changed."""
    return (_NOT_THERE, _NOT_THERE) if found is None else (found.size, found.version)


def _are_unchanged(folders: Folders, named: Mapping[str, File]) -> bool:
    return all(is_unchanged(row, find_named(folders, path)) for path, row in named.items())


def _repeat_problems(rows: Iterable[File], report: IngestReport) -> None:
    for row in rows:
        if row.problem:
            lines = _LEFT_OUT.match(row.problem)
            report.skip(row.path, row.problem, int(lines[1]) if lines else 1)


def _remove(
    store: Store, resource_type: ResourceType, ids: frozenset[str], gone: Iterable[File], report: IngestReport
) -> None:
    """Remove documents, and forget `.jsonl` files that no longer exist."""
    with store.writing() as batch:
        for row in gone:
            batch.remove_file(row.path)
        for document_id in ids:
            batch.remove(resource_type, document_id)
    report.removed += len(ids)


@dataclass(slots=True)
class _Read:
    """What the lines of a resource type have told so far: ids, and the files that they name."""

    ids: set[str] = field(default_factory=set)
    named: dict[str, File] = field(default_factory=dict)


class _Reader:
    """Reads one `.jsonl` file."""

    def __init__(  # noqa: PLR0913, PLR0917  # what is read, where it goes, and what was read before
        self,
        folders: Folders,
        store: Store,
        resource_type: ResourceType,
        found: FoundFile,
        report: IngestReport,
        read: _Read,
    ) -> None:
        self.ids = read.ids
        self.named = read.named
        self._folders = folders
        self._prefix = next((root.prefix for root in folders.roots if found.path.startswith(root.prefix)), "")
        self._store = store
        self._resource_type = resource_type
        self._found = found
        self._report = report
        self._pending: list[LineDocument] = []
        self._outcomes: dict[str, str] = {}  # of a batch, by id: a line that is tried twice counts once
        self._pace = BatchPace(_BATCH)
        self._default_time = iso_time_of(found.mtime_ns)
        self._stored = frozenset(store.ids(resource_type))
        self._reasons: list[str] = []
        self._left_out = 0

    def read(self) -> bool:
        """Store every line; return whether the file could be read to its end."""
        found = self._found
        if found.size > MAX_FILE_BYTES:
            self._report.skip(found.path, f"is larger than {MAX_FILE_BYTES // 10**9} GB")
            return False
        try:
            with opened(self._folders, found) as file:
                for line in read_lines(file):
                    try:
                        self._take(read_document(self._resource_type, line))
                    except BadLine as error:
                        self._leave_out(line.number, str(error))
        except FileChanged:
            self._report.skip(found.path, "changed while it was read; it is read again soon")
            return False
        except OSError as error:
            self._report.skip(found.path, f"cannot be read: {error.strerror}")
            return False
        self._flush()
        problem = self._problem()
        if problem:
            self._report.skip(found.path, problem, self._left_out)
        with self._store.writing() as batch:
            batch.put_file(File(found.path, found.size, found.mtime_ns, LINES, problem))
        return True

    def _take(self, line: LineDocument) -> None:
        if line.document["id"] in self.ids:
            raise BadLine("repeats an id")
        self.ids.add(line.document["id"])
        self._pending.append(line)
        # A batch that ends where a block of the index does writes this block once.
        if not len(self.ids) % _BATCH or self._pace.is_due(len(self._pending), line.size):
            self._flush()
            self._pace.start_next()

    def _leave_out(self, number: int, problem: str) -> None:
        self._left_out += 1
        if len(self._reasons) < _MAX_REASONS:
            self._reasons.append(f"line {number} {problem}")

    def _problem(self) -> str:
        if not self._left_out:
            return ""
        more = f"; and {self._left_out - len(self._reasons)} more" if self._left_out > len(self._reasons) else ""
        subject = "1 line that is" if self._left_out == 1 else f"{self._left_out} lines that are"
        return f"has {subject} left out: {'; '.join(self._reasons)}{more}"

    def _flush(self) -> None:
        # The files are read before the transaction begins: another process may be waiting to write.
        pending = [(line, self._read_file(line)) for line in self._pending]
        put_each(self._store, pending, self._put_line, self._refuse_line)
        outcomes = [*self._outcomes.values()]
        self._report.new += outcomes.count("new")
        self._report.changed += outcomes.count("changed")
        self._report.unchanged += outcomes.count("unchanged")
        self._pending, self._outcomes = [], {}
        self._report.on_progress(self._report)

    def _put_line(self, batch: Batch, pending: "tuple[LineDocument, _NamedFile | None]") -> None:
        line, file = pending
        document = complete(self._resource_type, line.document, file.facts if file else {}, self._default_time)
        self._put(batch, document, is_plain=file is None)
        if file:
            batch.put_file(file.row)
        if file and file.facts:
            batch.put_media(document["id"], file.row.path, file.facts["mimeType"])

    def _refuse_line(self, pending: "tuple[LineDocument, _NamedFile | None]", error: Exception) -> None:
        line, _ = pending
        self.ids.discard(line.document["id"])
        self._outcomes.pop(line.document["id"], None)
        self._leave_out(line.number, unexpected(self._found.path, error))

    def _put(self, batch: Batch, document: Document, *, is_plain: bool) -> None:
        """Store a document unless it is there as it is: an unchanged line costs little."""
        document_id = str(document["id"])
        stored = self._store.get(self._resource_type, document_id) if document_id in self._stored else None
        if stored and "file" not in document and is_named_for(stored.get("file"), document_id):
            document = {**document, "file": stored["file"]}  # the line does not name it: its own name does
        self._outcomes[document_id] = "new" if stored is None else "unchanged" if stored == document else "changed"
        if stored != document:
            batch.put(self._resource_type, document, is_plain=is_plain)

    def _read_file(self, line: LineDocument) -> "_NamedFile | None":
        if not line.file or self._resource_type == "models":
            return None
        path, found = line.file[:_MAX_NAME_CHARACTERS], find_named(self._folders, self._prefix + line.file)
        problem, facts = "", dict[str, Any]()
        if found is None:
            problem = "is named by a line but is no file of this folder"
        elif (file_kind := kind_of_file(found.name)) is None:
            problem = "is named by a line but is no picture and no other known kind of media"
        else:
            try:
                with opened(self._folders, found) as file:
                    facts = document_of_file(found, file_kind, file)
            except BadFile as error:
                problem = str(error)
            except FileChanged:
                problem, found = "changed while it was read", None
            except OSError as error:
                problem = f"cannot be read: {error.strerror}"
            except Exception as error:  # noqa: BLE001  # whatever is wrong with a file concerns that file alone
                problem = unexpected(path, error)
        if problem:
            self._report.skip(path, problem)
        row = File(
            found.path if found else self._prefix + path, *size_and_time(found), MISSING if problem else NAMED, problem
        )
        self.named[row.path] = row
        return _NamedFile(row, facts)


class _NamedFile(NamedTuple):
    """A file that a line names, and its own facts: empty if it cannot be used."""

    row: File
    facts: dict[str, Any]
