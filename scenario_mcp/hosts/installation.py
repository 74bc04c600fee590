"""One server put into one host's file, or taken out of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from scenario_mcp.hosts import config_file
from scenario_mcp.hosts.config_file import ChangedMeanwhile, Content
from scenario_mcp.hosts.documents.editing import Change, Document
from scenario_mcp.hosts.documents.problems import NotEditable, Unparsable
from scenario_mcp.hosts.entry import Entry
from scenario_mcp.hosts.host import Host

TRIES = 3
"""Hosts that run write their files, too."""


class FileRefused(Exception):
    """A file is left as it was. The message says why, and what to do."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one file."""

    what: Literal["written", "unchanged", "removed", "restored", "deleted", "absent"]
    others: int = 0
    """How many other servers stand in it."""
    replaced: str = ""
    """The program that the old entry started, if there was one."""
    copy: Path | None = None
    """Where the file as it was lies now."""
    is_new: bool = False


@dataclass(frozen=True, slots=True)
class Installation:
    """A server of some name in a file of some host."""

    path: Path
    host: Host
    name: str

    def install(self, entry: Entry, *, force: bool = False, dry_run: bool = False) -> Outcome:
        """Put an entry into the file; with `dry_run` do everything but the writing.

        Raises:
            FileRefused: the file is left as it was.

        """
        return self._tried(lambda: self._install(entry, force=force, dry_run=dry_run))

    def remove(self, *, dry_run: bool = False) -> Outcome:
        """Take the entry out. A file that holds just what `install` put into it becomes what it was.

        Raises:
            FileRefused: the file is left as it was.

        """
        return self._tried(lambda: self._remove(dry_run=dry_run))

    def _tried(self, change: Callable[[], Outcome]) -> Outcome:
        for _ in range(TRIES):
            try:
                return change()
            except ChangedMeanwhile:
                continue
            except (Unparsable, NotEditable, OSError) as error:
                raise _refused(self.path, error) from error
        raise FileRefused(f"{self.path} changes all the time. Close {self.host.title} and try again.")

    def _install(self, entry: Entry, *, force: bool, dry_run: bool) -> Outcome:
        content = config_file.read(self.path, self.host.format)
        document = content.document if content else Document("", self.host.format)
        servers = path_in(self.host, document)
        changes = entry.changes(servers, self.name)
        others = _others(document, servers, self.name)
        old = document.value((*servers, self.name))
        asked = all(_is_made(document, change) for change in changes[1:])
        if asked and _is_part(entry.value, old) and not _is_off(old):
            return Outcome("unchanged", others)
        if old is not None and not _is_part(old, entry.value) and not force:
            raise FileRefused(
                f'{self.path} has a server "{self.name}" already, set up in another way. '
                "Replace it with --force, or give this one another name with --name."
            )
        new = _with_entry(document, servers, self.name, entry)
        raw = content.encoded(new) if content else new.text.encode()
        needs_copy = content is not None and not self._is_alone(document, servers)
        if not dry_run:
            if content and needs_copy and not self._is_before(content, servers):
                config_file.copy(self.path, content)
            config_file.write(self.path, raw, content.raw if content else None, is_private=bool(entry.written))
        copy = config_file.copy_path(self.path) if needs_copy else None
        return Outcome("written", others, _program(old), copy, is_new=content is None)

    def _remove(self, *, dry_run: bool) -> Outcome:
        content = config_file.read(self.path, self.host.format)
        if content is None:
            return Outcome("absent")
        document = content.document
        servers = path_in(self.host, document)
        others = _others(document, servers, self.name)
        old = document.value((*servers, self.name))
        if old is None:
            return Outcome("absent", others)
        copy = config_file.copy_path(self.path)
        if self._is_before(content, servers):
            if not dry_run:
                config_file.write(self.path, copy.read_bytes(), content.raw, rights_of=copy)
                copy.unlink()
            return Outcome("restored", others)
        if not copy.exists() and self._is_alone(document, servers):
            if not dry_run:
                self.path.resolve().unlink()
            return Outcome("deleted", others)
        new = document.without_change(Change((*servers, self.name), old))
        for change in _inputs(document):
            reference = f"${{input:{_id(change)}}}"
            if reference in _text_of(old) and reference not in _text_of(new.data):
                new = new.without_change(change)
        if not dry_run:
            config_file.write(self.path, content.encoded(new), content.raw)
            self._forget_copy(copy)
        return Outcome("removed", others)

    def _is_before(self, content: Content, servers: tuple[str, ...]) -> bool:
        """Whether the copy is the file as it was before this entry came, and nothing else has changed since."""
        try:
            old = config_file.read(config_file.copy_path(self.path), self.host.format)
            entry = (*servers, self.name)
            if old is None or old.document.value(entry) is not None or content.document.value(entry) is None:
                return False
            text = self._redone(old.document, content.document, servers)
            return old.encoded(Document(text, self.host.format)) == content.raw
        except (Unparsable, NotEditable, OSError):
            return False

    def _is_alone(self, document: Document, servers: tuple[str, ...]) -> bool:
        """Whether the file is one that `install` made, and holds nothing but the entry."""
        if document.value((*servers, self.name)) is None:
            return False
        return self._redone(Document("", self.host.format), document, servers) == document.text

    def _redone(self, old: Document, now: Document, servers: tuple[str, ...]) -> str:
        """Return what installing makes of an old text, with the entry as it stands in the present one."""
        new = old.with_change(Change((*servers, self.name), now.value((*servers, self.name))))
        for change in _inputs(now):
            if not new.has(change):
                new = new.with_change(change)
        return new.text

    def _forget_copy(self, copy: Path) -> None:
        """Delete a copy that still holds the entry, and with it perhaps its secrets."""
        try:
            old = config_file.read(copy, self.host.format)
            if old is not None and old.document.value((*path_in(self.host, old.document), self.name)) is not None:
                copy.unlink()
        except (Unparsable, NotEditable, OSError):
            return


def new_text(host: Host, name: str, entry: Entry) -> str:
    """Return a file that holds the entry alone."""
    return _with_entry(Document("", host.format), host.path, name, entry).text


def path_in(host: Host, document: Document) -> tuple[str, ...]:
    """Return the keys below which servers stand in this very file."""
    inner = document.value((*host.path, host.inner_key)) if host.inner_key else None
    is_later = isinstance(inner, dict) and not {"type", "command", "url"} & inner.keys()
    return (*host.path, host.inner_key) if is_later else host.path


def _with_entry(document: Document, servers: tuple[str, ...], name: str, entry: Entry) -> Document:
    for change in entry.changes(servers, name):
        if not _is_made(document, change):
            document = document.with_change(change)
    return document


def _is_made(document: Document, change: Change) -> bool:
    """Whether a change is made; an input of the same id may be worded in another way."""
    if not change.is_item:
        return document.has(change)
    there = document.value(change.path)
    return isinstance(there, list) and any(_id(Change((), each)) == _id(change) for each in there)


def _is_part(entry: object, of: object) -> bool:
    """Whether all of an entry stands in another, which may say more: hosts share a file, people add to it."""
    if not isinstance(entry, Mapping) or not isinstance(of, Mapping):
        return False
    return all(key in of and of[key] == value for key, value in entry.items())


def _is_off(entry: object) -> bool:
    return isinstance(entry, dict) and entry.get("disabled") is True


def _inputs(document: Document) -> tuple[Change, ...]:
    inputs = document.data.get("inputs")
    return tuple(Change(("inputs",), each, is_item=True) for each in inputs) if isinstance(inputs, list) else ()


def _id(change: Change) -> object:
    return change.value.get("id") if isinstance(change.value, dict) else None


def _text_of(value: object) -> str:
    """Return all that a value holds, without its keys, as one text."""
    if isinstance(value, Mapping):
        return "\n".join(map(_text_of, value.values()))
    return "\n".join(map(_text_of, value)) if isinstance(value, list) else str(value)


def _others(document: Document, servers: tuple[str, ...], name: str) -> int:
    there = document.value(servers)
    return len(there.keys() - {name}) if isinstance(there, dict) else 0


def _program(entry: object) -> str:
    """Return what an entry starts or asks, never its arguments."""
    if not isinstance(entry, dict):
        return ""
    found = next((entry[key] for key in ("command", "cmd") if entry.get(key)), "")
    return str(found[0] if isinstance(found, list) else found) or "a server over HTTP"


def _refused(path: Path, error: Exception) -> FileRefused:
    match error:
        case Unparsable():
            where = f"line {error.line}, column {error.column}: " if error.line else ""
            return FileRefused(f"{path} cannot be read: {where}{error.problem}. Correct it there, and try again.")
        case NotEditable():
            return FileRefused(f"{path} {error}")
        case IsADirectoryError():
            return FileRefused(f"{path} is a folder. Move it away, and try again.")
        case OSError():
            return FileRefused(
                f"{path} cannot be read or written: {error.strerror}. Check its permissions, or close the host."
            )
        case _:
            return FileRefused(f"{path} is left as it was.")
