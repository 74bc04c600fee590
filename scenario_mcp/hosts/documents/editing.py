"""An entry put into a configuration file's text and taken out of it; each edit is read again before it counts."""

import copy
from dataclasses import dataclass
from functools import cached_property
from types import ModuleType
from typing import Literal

from scenario_mcp.hosts.documents.problems import NotEditable, Unparsable

Format = Literal["JSON", "JSON with comments", "TOML", "YAML"]
"""Plain JSON is for the hosts that are known to refuse comments."""


@dataclass(frozen=True, slots=True)
class Change:
    """A value at a path of keys, or an item of the list there."""

    path: tuple[str, ...]
    value: object
    is_item: bool = False


@dataclass(frozen=True)
class Document:
    """A text in a format, without byte order mark and with plain line ends."""

    text: str
    format: Format

    @cached_property
    def data(self) -> dict[str, object]:
        """What it holds, to be read only.

        Raises:
            Unparsable: it does not follow its format.
            NotEditable: it is not an object.

        """
        module, options = _module(self.format)
        data: object = module.load(self.text, **options)
        if not isinstance(data, dict):
            raise NotEditable("does not hold an object. Correct it, or move it away.")
        return data

    def value(self, path: tuple[str, ...]) -> object:
        """Return the value at a path of keys; None if there is none."""
        value: object = self.data
        for key in path:
            value = value.get(key) if isinstance(value, dict) else None
        return value

    def has(self, change: Change) -> bool:
        """Whether a change is made already."""
        there = self.value(change.path)
        return change.value in there if change.is_item and isinstance(there, list) else there == change.value

    def with_change(self, change: Change) -> "Document":
        """Return the document with a value or item put in.

        Raises:
            NotEditable: there is no place for it, and why.

        """
        expected = copy.deepcopy(self.data)
        owner = expected
        for key in change.path[:-1]:
            inner = owner.setdefault(key, {})
            if inner is None and self.format == "YAML":
                inner = owner[key] = {}
            if not isinstance(inner, dict):
                raise NotEditable.because_of(key, "an object")
            owner = inner
        last = change.path[-1]
        if change.is_item:
            there = owner.setdefault(last, [])
            if not isinstance(there, list):
                raise NotEditable.because_of(last, "a list")
            owner[last] = [*there, change.value]
        else:
            owner[last] = change.value
        new = self._edited("put_item" if change.is_item else "put", change.path, change.value)
        return self._checked(new, expected)

    def without_change(self, change: Change) -> "Document":
        """Return the document without that value or item; the object that held it stays, be it empty.

        Raises:
            NotEditable: it cannot be taken out, and why.

        """
        expected = copy.deepcopy(self.data)
        owner: object = expected
        for key in change.path[:-1]:
            owner = owner.get(key) if isinstance(owner, dict) else None
        last = change.path[-1]
        if not isinstance(owner, dict) or last not in owner:
            return self
        if change.is_item:
            items = owner[last]
            if not isinstance(items, list) or change.value not in items:
                return self
            items.remove(change.value)
            new = self._edited("drop_item", change.path, change.value)
        else:
            del owner[last]
            new = self._edited("drop", change.path)
        return self._checked(new, expected)

    def _checked(self, text: str, expected: dict[str, object]) -> "Document":
        document = Document(text, self.format)
        try:
            found: object = document.data
        except Unparsable:
            found = None
        if found != expected and not (self.format == "TOML" and _without_empty(found) == _without_empty(expected)):
            raise NotEditable("is laid out in a way that this command cannot edit safely. Do it by hand.")
        return document

    def _edited(self, function: str, *arguments: object) -> str:
        module, options = _module(self.format)
        text: str = getattr(module, function)(self.text, *arguments, **options)
        return text


def _module(format_: Format) -> tuple[ModuleType, dict[str, bool]]:
    """Import what one format needs, and no more."""
    match format_:
        case "TOML":
            from scenario_mcp.hosts.documents import toml

            return toml, {}
        case "YAML":
            from scenario_mcp.hosts.documents import yaml

            return yaml, {}
        case _:
            from scenario_mcp.hosts.documents import jsonc

            return jsonc, {"has_comments": format_ == "JSON with comments"}


def _without_empty(value: object) -> object:
    """Leave out empty tables: those that only hold others vanish with the last of them."""
    if not isinstance(value, dict):
        return value
    inner = {key: _without_empty(each) for key, each in value.items()}
    return {key: each for key, each in inner.items() if each != {}}
