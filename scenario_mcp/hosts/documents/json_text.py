"""JSON as hosts read it: strictly, or with comments and trailing commas; and where each member stands in its text.

Comments and trailing commas become blanks of the same length. The rest is JSON, which the standard library reads, and
each place in it is a place in the text.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

from scenario_mcp.hosts.documents.problems import NotEditable, Unparsable, place_of

_STRING = r'"(?:[^"\\\n]|\\.)*"'
COMMENT = re.compile(rf"(?s){_STRING}|//[^\n]*|/\*.*?\*/|/\*")
_COMMA = re.compile(rf"{_STRING}|,(?=\s*[}}\]])")
_BLANKS = re.compile(r"[ \t\r\n]*")
_JSON = json.JSONDecoder()


@dataclass(frozen=True, slots=True)
class Child:
    """A member of an object, or an item of an array; indexes into the text."""

    key: str | None
    start: int
    value: int
    end: int


@dataclass(frozen=True, slots=True)
class Container:
    """An object or an array; indexes into the text."""

    start: int
    children: tuple[Child, ...]
    end: int
    """Where its closing bracket stands."""


class JsonText:
    """A text, and the same with blanks in place of what JSON does not have."""

    def __init__(self, text: str, *, has_comments: bool) -> None:
        self.text = text
        self.without_comments = _blanked_comments(text) if has_comments else text
        self.json = _blanked_commas(self.without_comments) if has_comments else text
        self.is_empty = not self.json.strip()

    def load(self) -> object:
        """Return what the text holds; an empty one holds an empty object.

        Raises:
            Unparsable: it is not JSON.

        """
        if self.is_empty:
            return {}
        try:
            return json.loads(self.json, parse_constant=_refuse_constant)
        except json.JSONDecodeError as error:
            raise Unparsable(error.msg.lower(), error.lineno, error.colno) from error
        except (RecursionError, ValueError) as error:
            raise Unparsable(str(error) if isinstance(error, ValueError) else "it is nested too deep") from error

    def root(self) -> Container:
        """Return the outermost object or array of a text that can be loaded."""
        return self._container(self._skip(0))

    def child(self, container: Container, key: str) -> Child | None:
        """Return the member of that key.

        Raises:
            NotEditable: there are two of them.

        """
        found = [child for child in container.children if child.key == key]
        if len(found) > 1:
            lines = " and ".join(str(place_of(self.text, each.start)[0]) for each in found[:2])
            raise NotEditable(f'has "{key}" twice, in lines {lines}. Keep one of them.')
        return found[0] if found else None

    def inside(self, child: Child, opening: str = "{") -> Container | None:
        """Return the object or array that a member holds; nothing if it holds something else."""
        return self._container(child.value) if self.json.startswith(opening, child.value) else None

    def value(self, child: Child) -> object:
        """Return what a member or item holds."""
        return _JSON.raw_decode(self.json, child.value)[0]

    def _skip(self, index: int) -> int:
        blanks = _BLANKS.match(self.json, index)
        return blanks.end() if blanks else index

    def _container(self, start: int) -> Container:
        children = tuple(self._children(start))
        return Container(start, children, self._skip(children[-1].end if children else start + 1))

    def _children(self, start: int) -> Iterator[Child]:
        is_object = self.json[start] == "{"
        index = self._skip(start + 1)
        while self.json[index] not in "}]":
            begin, key = index, None
            if is_object:
                key, index = _JSON.raw_decode(self.json, index)
                index = self._skip(self._skip(index) + 1)
            value, (_, end) = index, _JSON.raw_decode(self.json, index)
            yield Child(key, begin, value, end)
            index = self._skip(end)
            if self.json[index] == ",":
                index = self._skip(index + 1)


def _blanked_comments(text: str) -> str:
    def blank(found: re.Match[str]) -> str:
        if found[0] == "/*":
            raise Unparsable("a comment does not end", *place_of(text, found.start()))
        return found[0] if found[0].startswith('"') else re.sub(r"[^\n]", " ", found[0])

    return COMMENT.sub(blank, text)


def _blanked_commas(text: str) -> str:
    def blank(found: re.Match[str]) -> str:
        if found[0] != ",":
            return found[0]
        before = found.start() - 1
        while before >= 0 and text[before].isspace():
            before -= 1
        return "," if before < 0 or text[before] in "{[," else " "

    return _COMMA.sub(blank, text)


def _refuse_constant(name: str) -> object:
    raise Unparsable(f"{name} is no number in JSON")
