"""Ingest: a folder into a store, with its `assets.jsonl`, its `models.jsonl` and all media files below it.

Lines come first, so that a file can be told to belong to one: by its name, which is the asset's id, or by the field
`file` of the line. Any other file becomes an asset of its own. Unchanged files are not read again.
Every batch is complete in itself: after an interruption the next run resumes. The folder itself is never written to.
"""

import hashlib
from collections.abc import Callable
from pathlib import Path

import platformdirs

from scenario_mcp.errors import SettingsRefused
from scenario_mcp.sandbox.engine import indexes
from scenario_mcp.sandbox.engine.storage import SCHEMA_VERSION, Store
from scenario_mcp.sandbox.own_catalogue.file_ingest import index_files
from scenario_mcp.sandbox.own_catalogue.jsonl_ingest import index_lines
from scenario_mcp.sandbox.own_catalogue.report import IngestReport
from scenario_mcp.text import clean

READING_VERSION = 5
"""Raised whenever files are read differently, so that everything is read anew."""
_MAX_SHOWN_CHARACTERS = 200


def index_folder(
    folder: Path, store: Store, on_progress: Callable[[IngestReport], None] = lambda _: None
) -> IngestReport:
    """Bring a store up to date with a folder; `on_progress` is called as the counts grow.

    Raises:
        SettingsRefused: the folder cannot be listed.

    """
    report = IngestReport(on_progress=on_progress)
    known = store.files()
    try:
        lines = index_lines(folder, store, known, report)
        index_files(folder, store, known, lines, report)
    except NotADirectoryError as error:
        raise SettingsRefused(f"The catalogue {_shown(folder)} is a file. Give the folder that it lies in.") from error
    except OSError as error:
        raise SettingsRefused(f"The catalogue {_shown(folder)} cannot be read: {error.strerror}.") from error
    on_progress(report)
    return report


def index_path(folder: Path) -> Path:
    """Return where the index of a folder is kept: in the user's cache, so that the folder may be read-only.

    Raises:
        SettingsRefused: the cache cannot be written.

    """
    # Another version of anything that the index depends on gets another file, rather than one that it must refuse.
    versions = (SCHEMA_VERSION, READING_VERSION, indexes.OWN_INDEX_SETTINGS)
    name = f"{_digest(bytes(folder.resolve()))}-{_digest(repr(versions).encode())}.sqlite"
    cache = platformdirs.user_cache_path("scenario-mcp", appauthor=False) / "catalogues"
    try:
        cache.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise SettingsRefused(
            f"The index of the catalogue cannot be kept in {_shown(cache)}: {error.strerror}. "
            "XDG_CACHE_HOME names another place."
        ) from error
    return cache / name


def _digest(data: bytes) -> str:
    return hashlib.blake2b(data, digest_size=12).hexdigest()


def _shown(path: Path) -> str:
    return clean(str(path), _MAX_SHOWN_CHARACTERS)
