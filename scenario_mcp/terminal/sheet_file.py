"""The file of the contact sheet: its folder is made and tried before anything is searched."""

import os
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Self

NAME = "scenario-mcp-demo.png"


@dataclass(slots=True)
class SheetFile:
    """Where the contact sheet will be saved; `folder` is None, and `problem` says why, if it cannot be."""

    folder: Path | None
    problem: str = ""

    @classmethod
    def open(cls, folder: Path | None) -> Self:
        """Make and try a folder; without one the current folder, or a temporary one if that cannot be written.

        A given folder that cannot be written is a problem, which is told; nothing else takes its place.
        """
        if folder is not None:
            folder = _absolute(folder)
            reason = _reason_against(folder)
            return cls(None, _sentence(folder, reason)) if reason else cls(folder)
        with suppress(OSError):  # the current folder may be gone
            current = Path.cwd()
            if not _reason_against(current):
                return cls(current)
        with suppress(OSError):
            return cls(Path(tempfile.mkdtemp(prefix="scenario-mcp-")))
        return cls(None, "The pictures will not be saved: no folder can be written. Name one with --save-to DIR.")

    def write(self, content: bytes) -> Path | None:
        """Write the sheet; return where it lies, or None if that fails, with the reason in `problem`."""
        if self.folder is None:
            return None
        path = self.folder / NAME
        try:
            path.write_bytes(content)
        except OSError as error:
            with suppress(OSError):
                path.unlink()  # half a picture
            self.problem = _sentence(self.folder, error.strerror or str(error))
            return None
        return path


def _sentence(folder: Path, reason: str) -> str:
    return f"The pictures cannot be saved in {folder}: {reason}. Name another folder with --save-to DIR."


def _reason_against(folder: Path) -> str:
    """Make a folder and try to write there; say why it cannot be, nothing if it can."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
        if (folder / NAME).exists() and not os.access(folder / NAME, os.W_OK):
            return f"{NAME} there is not writable"
    except OSError as error:
        return error.strerror or str(error)
    except ValueError:  # a character that no path has
        return "there is no such path"
    return ""


def _absolute(folder: Path) -> Path:
    try:
        return folder.expanduser().absolute()
    except (OSError, RuntimeError):  # no current folder, no home
        return folder
