"""What a server for many callers needs of a folder at its start, since those callers could change nothing of it."""

from collections.abc import Iterable
from functools import partial
from pathlib import Path

from scenario_mcp.sandbox.folders import Folders
from scenario_mcp.sandbox.own_catalogue.index_file import IndexFile
from scenario_mcp.sandbox.own_catalogue.ingest import index_path, require_readable


def require_usable(folders: Iterable[Path]) -> None:
    """Look whether folders can be read, and whether their index outlasts the server.

    Raises:
        SettingsRefused: one of the two is not so; the sentence has paths.

    """
    whole = Folders.of(folders)
    require_readable(whole)
    IndexFile.open(partial(index_path, whole), must_last=True).close()
