"""YAML: ruamel.yaml reads it and says where each node stands; an entry goes in and out as whole lines.

What ruamel.yaml writes is used for the entry alone: it would lay out the rest of the file anew.
"""

import io
from collections.abc import Iterator

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from scenario_mcp.hosts.documents.problems import NotEditable, Unparsable, lines_of

INDENT = "  "


def load(text: str) -> object:
    """Return what the text holds; an empty one holds an empty mapping.

    Raises:
        Unparsable: it is not one document of YAML.

    """
    try:
        value = YAML(typ="safe", pure=True).load(text)
    except (YAMLError, ValueError, RecursionError) as error:
        raise _unparsable(error) from error
    return {} if value is None else value


def put(text: str, path: tuple[str, ...], value: object) -> str:
    """Return the text with a value at a path of two keys, as the first in its mapping."""
    section, name = path
    root = _root(text)
    pair = _pair(root, section)
    if pair and _pair(pair[1], name):
        text = drop(text, path)
        root = _root(text)
        pair = _pair(root, section)
    if pair is None:
        new = _dumped({section: {name: value}}, "")
        if not text.endswith("\n") and isinstance(root, MappingNode):  # a line end might belong to its last value
            at = root.start_mark.index - root.start_mark.column
            return text[:at] + new + text[at:]
        return _with_line_end(text) + new
    key, mapping = pair
    lines = lines_of(text)
    indent = INDENT
    if isinstance(mapping, MappingNode) and mapping.value:
        if mapping.flow_style:
            raise NotEditable(f"has {section} on one line, in braces. Write it as lines.")
        indent = " " * mapping.start_mark.column
    elif isinstance(mapping, MappingNode):  # {}
        text = text[: mapping.start_mark.index].rstrip(" ") + text[mapping.end_mark.index :]
        lines = lines_of(text)
    elif not (isinstance(mapping, ScalarNode) and not mapping.value):
        raise NotEditable.because_of(section, "a mapping", key.start_mark.line + 1)
    at = key.end_mark.line + 1
    head = _with_line_end("".join(lines[:at]))
    return head + _dumped({name: value}, indent) + "".join(lines[at:])


def drop(text: str, path: tuple[str, ...]) -> str:
    """Return the text without the lines of the value at a path of two keys."""
    section, name = path
    pair = _pair(_root(text), section)
    entry = _pair(pair[1], name) if pair and isinstance(pair[1], MappingNode) else None
    if pair is None or entry is None:
        return text
    lines = lines_of(text)
    start, end = entry[0].start_mark.line, max(_last_lines(entry[1])) + 1
    if len(pair[1].value) == 1:
        head = lines[pair[0].end_mark.line]
        at = pair[0].end_mark.column + 1
        lines[pair[0].end_mark.line] = head[:at] + " {}" + head[at:]
    return "".join(lines[:start] + lines[end:])


def _root(text: str) -> Node | None:
    root: Node | None = YAML(typ="rt", pure=True).compose(text)
    return root


def _pair(node: Node | None, name: str) -> tuple[Node, Node] | None:
    if isinstance(node, MappingNode):
        for key, value in node.value:
            if isinstance(key, ScalarNode) and key.value == name:
                return key, value
    return None


def _last_lines(node: Node) -> Iterator[int]:
    """Yield the lines, counted from 0, on which the parts of a node end."""
    if isinstance(node, MappingNode | SequenceNode) and node.value and not node.flow_style:
        for part in node.value:
            for each in part if isinstance(part, tuple) else (part,):
                yield from _last_lines(each)
        return
    ends_before = node.end_mark.column == 0 and node.end_mark.line > node.start_mark.line
    yield node.end_mark.line - ends_before


def _dumped(value: object, indent: str) -> str:
    writer = YAML(typ="rt", pure=True)
    writer.width = 10_000
    stream = io.StringIO()
    writer.dump(value, stream)
    return "".join(indent + line for line in stream.getvalue().splitlines(keepends=True))


def _with_line_end(text: str) -> str:
    return text if not text or text.endswith("\n") else text + "\n"


def _unparsable(error: Exception) -> Unparsable:
    mark = error.problem_mark if isinstance(error, MarkedYAMLError) else None
    if isinstance(error, MarkedYAMLError) and mark:
        return Unparsable(str(error.problem).partition("\n")[0], mark.line + 1, mark.column + 1)
    return Unparsable("it is nested too deep" if isinstance(error, RecursionError) else "it is not one YAML document")
