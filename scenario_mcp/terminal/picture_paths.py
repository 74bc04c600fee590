"""Reference pictures that are typed: a path, from the current folder on; and the folders that may be read for them.

Who types a path at a terminal may read what it names: no setting has to name the folder, as for a model.
"""

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from scenario_mcp.ids import is_id
from scenario_mcp.picture_formats import has_picture_suffix


def as_path(text: str, here: Path, *, is_own: bool) -> str:
    """Return the absolute path of a picture that is named by a path; an id, an address or a data URL as it is.

    In an own catalogue (`is_own`) a path that leads nowhere from `here` is one below its folder.
    """
    if "://" in text or text[:5].lower() in {"data:", "file:"} or (is_id(text) and not has_picture_suffix(text)):
        return text
    try:
        path = here / Path(text).expanduser()
        is_there = path.exists()
    except (OSError, RuntimeError, ValueError):  # no home, a character that no path has
        return text
    is_path = is_there or has_picture_suffix(text) or "/" in text or os.sep in text
    return os.path.normpath(path) if is_path and (is_there or not is_own) else text


def readable_folders(arguments: Mapping[str, Any]) -> tuple[str, ...]:
    """Return where the pictures among a search's arguments may lie: the drives that their paths lead to."""
    images = arguments.get("images", {})
    given = [arguments.get("image"), *images.get("like", ()), *images.get("unlike", ())]
    return tuple(dict.fromkeys(_anchors(text for text in given if text)))


def _anchors(texts: Iterable[str]) -> Iterable[str]:
    yield Path.cwd().anchor  # of a file: address
    for text in texts:
        if os.path.isabs(text):  # noqa: PTH117  # of a text that may be no path
            yield Path(text).anchor
            yield os.path.splitdrive(os.path.realpath(text))[0] + os.sep
