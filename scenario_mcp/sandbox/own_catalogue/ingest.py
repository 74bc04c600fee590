"""Ingest: a folder into a store, with its `assets.jsonl`, its `models.jsonl` and all media files below it.

Lines come first, so that a file can be told to belong to one: by its name, which is the asset's id, or by the field
`file` of the line. Any other file becomes an asset of its own. Unchanged files are not read again.
Every batch is complete in itself: after an interruption the next run resumes. The folder itself is never written to.
"""

import hashlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

import platformdirs

from scenario_mcp.errors import SettingsRefused
from scenario_mcp.sandbox.engine import indexes
from scenario_mcp.sandbox.engine.storage import SCHEMA_VERSION, Store
from scenario_mcp.sandbox.folders import Folders, Root
from scenario_mcp.sandbox.own_catalogue.file_ingest import index_files
from scenario_mcp.sandbox.own_catalogue.jsonl_ingest import index_lines
from scenario_mcp.sandbox.own_catalogue.report import IngestReport
from scenario_mcp.text import clean

READING_VERSION = 8
"""Raised whenever files are read differently, so that everything is read anew."""
_MAX_SHOWN_CHARACTERS = 200


def index_folder(
    folders: Path | Folders, store: Store, on_progress: Callable[[IngestReport], None] = lambda _: None
) -> IngestReport:
    """Bring a store up to date with folders; `on_progress` is called as the counts grow.

    One of several folders that cannot be listed is told as a problem; what is known of it is kept.

    Raises:
        SettingsRefused: no folder can be listed.

    """
    folders = Folders.of(folders)
    report = IngestReport(on_progress=on_progress)
    known = store.files()
    readable = Folders(tuple(root for root in folders.roots if _is_readable(root, report)))
    missing = [root for root in folders.roots if root not in readable.roots]
    if not readable.roots:
        _refuse(missing[0])
    for root in missing:
        known = {path: row for path, row in known.items() if not path.startswith(root.prefix)}
    try:
        lines = index_lines(readable, store, known, report, keeps=bool(missing))
        index_files(readable, store, known, lines, report)
    except OSError as error:
        paths = ", ".join(_shown(root.path) for root in readable.roots)
        raise SettingsRefused(f"The catalogue {paths} cannot be read: {error.strerror}.") from error
    on_progress(report)
    return report


def require_readable(folders: Path | Folders) -> None:
    """Look whether any folder can be listed.

    Raises:
        SettingsRefused: none can; the sentence tells why.

    """
    roots = Folders.of(folders).roots
    if not any(_is_readable(root, IngestReport()) for root in roots):
        _refuse(roots[0])


def _is_readable(root: Root, report: IngestReport) -> bool:
    """Whether a folder can be listed; tell why not, unless it is the only one."""
    try:
        os.scandir(root.path).close()
    except OSError as error:
        if root.prefix:
            report.miss(root, f"cannot be read: {error.strerror}")
        return False
    return True


def _refuse(root: Root) -> NoReturn:
    try:
        os.scandir(root.path).close()
    except NotADirectoryError as error:
        shown = _shown(root.path)
        raise SettingsRefused(f"The catalogue {shown} is a file. Give the folder that it lies in.") from error
    except OSError as error:
        raise SettingsRefused(f"The catalogue {_shown(root.path)} cannot be read: {error.strerror}.") from error
    raise SettingsRefused(f"The catalogue {_shown(root.path)} cannot be read.")


def index_path(folders: Path | Folders) -> Path:
    """Return where the index of folders is kept: in the user's cache, so that the folders may be read-only.

    Raises:
        SettingsRefused: the cache cannot be written.

    """
    # Another version of anything that the index depends on gets another file, rather than one that it must refuse.
    versions = (SCHEMA_VERSION, READING_VERSION, indexes.OWN_INDEX_SETTINGS)
    paths = b"\0".join(sorted(bytes(root.path) for root in Folders.of(folders).roots))
    name = f"{_digest(paths)}-{_digest(repr(versions).encode())}.sqlite"
    cache = platformdirs.user_cache_path("scenario-mcp", appauthor=False) / "catalogues"
    try:
        cache.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise SettingsRefused(
            f"The index of the catalogue cannot be kept in {_shown(cache)}: {error.strerror}. "
            "Set XDG_CACHE_HOME to a folder that may be written."
        ) from error
    return cache / name


def _digest(data: bytes) -> str:
    return hashlib.blake2b(data, digest_size=12).hexdigest()


def _shown(path: Path) -> str:
    return clean(str(path), _MAX_SHOWN_CHARACTERS)
