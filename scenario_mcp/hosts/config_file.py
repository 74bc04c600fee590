"""A host's configuration file on the disk: read whole, copied, and written in one step."""

import contextlib
import os
import stat
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from scenario_mcp.hosts.documents.editing import Document, Format
from scenario_mcp.hosts.documents.problems import Unparsable, place_of

_MARK = "\ufeff"
MAX_BYTES = 64 * 2**20
"""Claude Code keeps its history in the file, which grows to megabytes."""


class ChangedMeanwhile(Exception):
    """Somebody else has written the file since it was read."""


@dataclass(frozen=True, slots=True)
class Content:
    """Bytes of a file, and the text in them: with plain line ends, and without a byte order mark."""

    raw: bytes
    document: Document
    has_mark: bool = False
    line_end: str = "\n"

    @classmethod
    def parse(cls, raw: bytes, format_: Format) -> "Content":
        """Read the bytes.

        Raises:
            Unparsable: they are not UTF-8.

        """
        try:
            text = raw.decode("utf-8")
        except UnicodeDecodeError as error:
            before = raw[: error.start].decode("utf-8")
            raise Unparsable("it is not UTF-8", *place_of(before, len(before))) from error
        has_mark = text.startswith(_MARK)
        text = text.removeprefix(_MARK)
        is_windows = "\r\n" in text and text.count("\n") == text.count("\r\n")
        if is_windows:
            text = text.replace("\r\n", "\n")
        return cls(raw, Document(text, format_), has_mark, "\r\n" if is_windows else "\n")

    def encoded(self, document: Document) -> bytes:
        """Return the bytes of another text, with the line ends and the mark of this one."""
        text = document.text if self.line_end == "\n" else document.text.replace("\n", self.line_end)
        return ((_MARK if self.has_mark else "") + text).encode()


def read(path: Path, format_: Format) -> Content | None:
    """Return the content of a file; None if there is no file.

    Raises:
        Unparsable: it is not UTF-8.
        OSError: it cannot be read.

    """
    try:
        with path.open("rb") as file:
            raw = file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        return None
    if len(raw) > MAX_BYTES:
        raise Unparsable(f"it is larger than {MAX_BYTES // 2**20} MB")
    return Content.parse(raw, format_)


def copy_path(path: Path) -> Path:
    """Return where the copy of a file lies."""
    target = Path(os.path.realpath(path))
    return target.with_name(f"{target.name}.scenario-mcp.bak")


def copy(path: Path, content: Content) -> None:
    """Put what a file held beside it, with its rights."""
    beside = copy_path(path)
    write(beside, content.raw, beside.read_bytes() if beside.exists() else None, rights_of=path)


def write(
    path: Path, raw: bytes, before: bytes | None, *, is_private: bool = False, rights_of: Path | None = None
) -> None:
    """Put bytes into the place of `before` in one step; None if there was no file. Links and permissions stay.

    Raises:
        ChangedMeanwhile: the file holds something else than `before`.
        OSError: it cannot be written; it is as it was.

    """
    target = Path(os.path.realpath(path))
    target.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.", suffix=".tmp")
    temporary = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(raw)
            file.flush()
            os.fsync(file.fileno())
        _give_rights(temporary, rights_of or target, is_private=is_private)
        if (target.read_bytes() if target.exists() else None) != before:
            raise ChangedMeanwhile
        temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)
    if sys.platform != "win32":
        folder = os.open(target.parent, os.O_RDONLY)
        try:
            with contextlib.suppress(OSError):  # not every file system can
                os.fsync(folder)
        finally:
            os.close(folder)


def _give_rights(temporary: Path, model: Path, *, is_private: bool) -> None:
    """Give a new file the rights and the owner of another; with secrets in it, the owner's rights alone."""
    if model.exists():
        old = model.stat()
        mode = stat.S_IMODE(old.st_mode)
        if sys.platform != "win32":
            with contextlib.suppress(PermissionError):
                os.chown(temporary, old.st_uid, old.st_gid)
    else:
        mask = os.umask(0)
        os.umask(mask)
        mode = 0o666 & ~mask
    temporary.chmod(mode & 0o700 if is_private else mode)


def is_private(path: Path) -> bool:
    """Whether a file is for its owner alone: not on Windows and on drives without rights, where folders decide."""
    try:
        return not path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO)
    except OSError:
        return False
