"""JSON, with or without comments: a member goes in and out in the layout of the text; every other character stays."""

import json
import re

from scenario_mcp.hosts.documents.json_text import COMMENT, Child, Container, JsonText
from scenario_mcp.hosts.documents.problems import NotEditable, place_of

_CONTROLS = re.compile("[\x7f-\x9f\u2028\u2029\ufeff]")


def load(text: str, *, has_comments: bool = True) -> object:
    """Return what the text holds; an empty one holds an empty object.

    Raises:
        Unparsable: it is not JSON; with comments, if the host takes them.

    """
    return JsonText(text, has_comments=has_comments).load()


def put(text: str, path: tuple[str, ...], value: object, *, has_comments: bool = True) -> str:
    """Return the text, an object, with a value at a path of keys: in the old one's place, or as the last member."""
    parsed = JsonText(text, has_comments=has_comments)
    if parsed.is_empty:
        return text + ("\n" if text and not text.endswith("\n") else "") + _dumped(_nested(path, value), "  ") + "\n"
    container, rest = _deepest(parsed, path)
    old = parsed.child(container, rest[0])
    if old and len(rest) == 1:
        start = parsed.text.rfind("\n", 0, old.start) + 1
        indent = parsed.text[start : old.start]
        unit = _unit(parsed) if not indent.strip() and start else ""
        return text[: old.value] + _dumped(value, unit, indent) + text[old.end :]
    return _appended(parsed, container, rest[0], _nested(rest[1:], value))


def put_item(text: str, path: tuple[str, ...], value: object, *, has_comments: bool = True) -> str:
    """Return the text with one more item in the array at a path of keys."""
    parsed = JsonText(text, has_comments=has_comments)
    container, rest = _deepest(parsed, path) if not parsed.is_empty else (None, path)
    child = parsed.child(container, rest[0]) if container else None
    if child is None:
        return put(text, path, [value], has_comments=has_comments)
    array = parsed.inside(child, "[")
    if array is None:
        raise NotEditable.because_of(path[-1], "a list")
    return _appended(parsed, array, None, value)


def drop(text: str, path: tuple[str, ...], *, has_comments: bool = True) -> str:
    """Return the text without the value at a path of keys, and without the line that it stood on."""
    parsed = JsonText(text, has_comments=has_comments)
    container, rest = _deepest(parsed, path)
    child = parsed.child(container, rest[0]) if len(rest) == 1 else None
    return _cut(parsed, container, child) if child else text


def drop_item(text: str, path: tuple[str, ...], value: object, *, has_comments: bool = True) -> str:
    """Return the text without an item of the array at a path of keys."""
    parsed = JsonText(text, has_comments=has_comments)
    container, rest = _deepest(parsed, path)
    child = parsed.child(container, rest[0]) if len(rest) == 1 else None
    array = parsed.inside(child, "[") if child else None
    for item in array.children if array else ():
        if array and parsed.value(item) == value:
            return _cut(parsed, array, item)
    return text


def _deepest(parsed: JsonText, path: tuple[str, ...]) -> tuple[Container, tuple[str, ...]]:
    """Follow a path as far as there are objects; return the last one, and the rest of the path: at least a key."""
    container = parsed.root()
    for depth, key in enumerate(path[:-1]):
        child = parsed.child(container, key)
        if child is None:
            return container, path[depth:]
        inner = parsed.inside(child)
        if inner is None:
            raise NotEditable.because_of(key, "an object", place_of(parsed.text, child.start)[0])
        container = inner
    return container, path[-1:]


def _appended(parsed: JsonText, container: Container, key: str | None, value: object) -> str:
    text, bare = parsed.text, parsed.without_comments
    root = parsed.root()
    around = container if container.children else root
    if around.children and "\n" not in text[around.start : around.end]:  # all on one line, and so it stays
        last = container.children[-1].end if container.children else container.start + 1
        is_dense = ":" in text and ": " not in text
        comma = ("," if is_dense else ", ") if container.children else ""
        return text[:last] + comma + _member(key, value, "", "", is_dense=is_dense) + text[last:]
    unit = _unit(parsed)
    outer = _indent_at(text, container.end)
    if not container.children:
        indent = outer + unit if outer or container.start != root.start else unit
        new = f"\n{indent}{_member(key, value, unit, indent)}\n"
        inside = text[container.start + 1 : container.end]
        if not inside.strip():
            return f"{text[: container.start + 1]}{new}{_indent_at(text, container.start)}{text[container.end :]}"
        at = container.start + 1 + len(inside.rstrip())  # comments alone stand in it
        return f"{text[:at]}{new}{outer}{text[container.end :]}"
    last_child = container.children[-1]
    indent = _indent_at(text, last_child.start)
    at = last_child.end
    trailing = bare.find(",", at, container.end)
    comma = "," if trailing >= 0 else ""
    at = trailing + 1 if comma else at
    line_end = _end_of_line(parsed, at, container.end)
    return (
        text[: last_child.end]
        + ("" if comma else ",")
        + text[last_child.end : line_end]
        + f"\n{indent}{_member(key, value, unit, indent)}{comma}"
        + text[line_end:]
    )


def _end_of_line(parsed: JsonText, at: int, limit: int) -> int:
    """Return where the comments end that stand behind a member on its line; `at` if there is something else."""
    end = parsed.text.find("\n", at, limit)
    if end < 0 or parsed.without_comments[at:end].strip():
        return at
    for comment in COMMENT.finditer(parsed.text, at, limit):
        if comment.start() > end:
            break
        end = max(end, comment.end())
    return at + len(parsed.text[at:end].rstrip(" \t"))


def _cut(parsed: JsonText, container: Container, child: Child) -> str:
    text, bare = parsed.text, parsed.without_comments
    index = container.children.index(child)
    following = container.children[index + 1] if index + 1 < len(container.children) else None
    before = container.children[index - 1] if index else None
    comma = bare.find(",", child.end, following.start if following else container.end)
    line = text.rfind("\n", 0, child.start)
    if line >= container.start and not text[line + 1 : child.start].strip():
        start, end = line, comma + 1 if comma >= 0 else child.end
        if following and "\n" not in text[end : following.start]:  # the next one moves into its place
            start, end = child.start, following.start
    elif following:
        start, end = child.start, following.start
    else:
        start, end = (before.end if before else container.start + 1), comma + 1 if comma >= 0 else child.end
    left, right = text[:start], text[end:]
    if not following and before and comma < 0:  # the comma before it goes, too
        comma = bare.find(",", before.end, child.start)
        left = left[:comma] + left[comma + 1 :]
    if not before and not following and not (text[container.start + 1 : start] + text[end : container.end]).strip():
        return text[: container.start + 1] + text[container.end :]
    return left + right


def _indent_at(text: str, index: int) -> str:
    line = text[text.rfind("\n", 0, index) + 1 : index]
    return line[: len(line) - len(line.lstrip())]


def _unit(parsed: JsonText) -> str:
    """Return by how much the text indents its members."""
    root = parsed.root()
    for child in root.children:
        line = parsed.text.rfind("\n", 0, child.start) + 1
        if line > root.start and not parsed.text[line : child.start].strip():
            return parsed.text[line : child.start] or "  "
    return "  "


def _member(key: str | None, value: object, unit: str, indent: str, *, is_dense: bool = False) -> str:
    name = "" if key is None else json.dumps(key, ensure_ascii=False) + (":" if is_dense else ": ")
    return name + _dumped(value, unit, indent, is_dense=is_dense)


def _dumped(value: object, unit: str, indent: str = "", *, is_dense: bool = False) -> str:
    text = json.dumps(
        value,
        ensure_ascii=False,
        indent=unit or None,
        separators=(",", ":") if is_dense else (None if unit else (", ", ": ")),
    )
    text = _CONTROLS.sub(lambda found: f"\\u{ord(found[0]):04x}", text)
    return text.replace("\n", f"\n{indent}") if unit else text


def _nested(path: tuple[str, ...], value: object) -> object:
    for key in reversed(path):
        value = {key: value}
    return value
