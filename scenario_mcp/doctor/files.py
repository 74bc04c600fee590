"""Files: the folders of a catalogue and its index, folders of reference pictures, and the home they are named from."""

import os
import shutil
import sqlite3
import time
from collections.abc import Collection, Iterator
from pathlib import Path

from scenario_mcp.doctor.finding import Finding, note, skipped, well, wrong
from scenario_mcp.doctor.shell import Shell
from scenario_mcp.errors import SettingsRefused
from scenario_mcp.sandbox.folders import Folders
from scenario_mcp.settings import Sandbox, Settings

COUNT_SECONDS = 3.0
"""How long the files of a folder are counted."""
MIN_FREE_BYTES = 200_000_000
CATALOGUE, IMAGE_FOLDERS = "SCENARIO_MCP_CATALOGUE", "SCENARIO_MCP_IMAGE_FOLDERS"


def examine_files(settings: Settings, from_options: Collection[str], shell: Shell) -> Iterator[Finding]:
    """Yield what is found; `from_options` are the variables that options of the command line stand for."""
    folders = settings.upstream.folders if isinstance(settings.upstream, Sandbox) else ()
    for folder in folders:
        yield from _catalogue_folder(folder, from_options)
    if any(os.path.isdir(each) for each in folders):  # noqa: PTH112  # which never raises
        yield from _index(folders, shell)
    for folder in settings.image_folders:
        yield _image_folder(folder, shell)
    if not folders and not settings.image_folders:
        yield skipped("No folders are set, neither a catalogue nor reference pictures")


def _catalogue_folder(folder: str, from_options: Collection[str]) -> Iterator[Finding]:
    name = "--catalogue" if CATALOGUE in from_options else CATALOGUE
    problem = _listing_problem(folder)
    if problem:
        yield wrong(f"The catalogue folder {folder} {problem}", f"Give an existing folder that you may read: {name}")
        return
    count, is_all = _count(folder)
    if count:
        yield well(
            f"The catalogue folder {folder} has {'' if is_all else 'more than '}{count:,} files that can be found"
        )
    else:
        yield note(
            f"The catalogue folder {folder} has no file that can be found",
            f"Put pictures into it, or name another folder: {name}; docs/own-catalogue.md lists the kinds of files",
        )


def _listing_problem(folder: str) -> str:
    try:
        os.scandir(folder).close()
    except FileNotFoundError:
        return "is missing"
    except NotADirectoryError:
        return "is a file"
    except (OSError, ValueError) as error:
        return f"cannot be read ({getattr(error, 'strerror', None) or 'it has a character that no path has'})"
    return ""


def _count(folder: str) -> tuple[int, bool]:
    """Count the files of a folder that become assets, for a while; return whether these are all."""
    from scenario_mcp.sandbox.file_kinds import kind_of_file
    from scenario_mcp.sandbox.own_catalogue.walk import FoundFile, walk

    end = time.monotonic() + COUNT_SECONDS
    count = 0
    try:
        for found in walk(Path(folder)):
            name = found.path.rpartition("/")[2]
            if isinstance(found, FoundFile) and (kind_of_file(name) or name.endswith(".jsonl")):
                count += 1
            if time.monotonic() > end:
                return count, False
    except OSError:
        return count, False
    return count, True


def _index(folders: tuple[str, ...], shell: Shell) -> Iterator[Finding]:
    from scenario_mcp.sandbox.own_catalogue.ingest import index_path

    try:
        path = index_path(Folders.of(Path(each) for each in folders))
    except SettingsRefused as error:
        yield note(
            str(error).partition(". ")[0] + ": each start reads all files again",
            f"Name another place: {shell.set_variable('XDG_CACHE_HOME', 'FOLDER')}",
        )
        return
    if not os.access(path.parent, os.W_OK) or (path.exists() and not os.access(path, os.W_OK)):
        yield note(
            f"The index of the catalogue may not be written: {path}: each start reads all files again",
            f"Give it your rights, or name another place: {shell.set_variable('XDG_CACHE_HOME', 'FOLDER')}",
        )
    elif not path.exists():
        yield well(f"The index of the catalogue is not made yet; the first start makes it: {path}")
    elif problem := _damage(path):
        yield note(
            f"The index of the catalogue is damaged ({problem}), so the next start reads all files again: {path}",
            shell.delete(str(path)),
        )
    else:
        yield well(f"The index of the catalogue has {path.stat().st_size / 1e6:.1f} MB: {path}")
    free = shutil.disk_usage(path.parent).free
    if free < MIN_FREE_BYTES:
        yield note(
            f"The disk of the index has {free / 1e6:.0f} MB left: {path.parent}",
            f"Free some, or name another place: {shell.set_variable('XDG_CACHE_HOME', 'FOLDER')}",
        )


def _damage(path: Path) -> str:
    """Say why SQLite cannot read an index; nothing if it can."""
    try:
        connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=1)
        try:
            connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        finally:
            connection.close()
    except sqlite3.OperationalError as error:
        return "" if error.sqlite_errorcode in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED} else str(error)
    except sqlite3.DatabaseError as error:
        return str(error)
    return ""


def _image_folder(folder: str, shell: Shell) -> Finding:
    problem = _listing_problem(folder)
    if problem:
        return note(
            f"The folder {folder} of {IMAGE_FOLDERS} {problem}: no picture is taken from it",
            f"Make it, or name another one: {shell.set_variable(IMAGE_FOLDERS, 'FOLDER')}",
        )
    return well(f"Reference pictures may come from {folder}")
