"""TOML: a new table goes to the end of the file, an old one goes with its lines; tomlkit writes the table.

tomlkit keeps the rest as it was, but puts a table into the middle, where it parts a comment from the table below it.
"""

import tomllib

import tomlkit
from tomlkit.items import InlineTable

from scenario_mcp.hosts.documents.problems import NotEditable, Unparsable, lines_of


def load(text: str) -> object:
    """Return what the text holds.

    Raises:
        Unparsable: it is not TOML.

    """
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        message, _, place = str(error).partition(" (at line ")
        line, _, column = place.rstrip(")").partition(", column ")
        known = line.isdigit() and column.isdigit()
        raise Unparsable(
            message[:1].lower() + message[1:], int(line) if known else 0, int(column) if known else 0
        ) from error
    except RecursionError as error:
        raise Unparsable("it is nested too deep") from error


def put(text: str, path: tuple[str, ...], value: object) -> str:
    """Return the text with a table at a path of two keys, at its end."""
    text = drop(text, path)
    section, name = path
    table = tomlkit.document()
    table[section] = {name: _with_inline_tables(value)}
    gap = "" if not text.strip() else "\n" if text.endswith("\n") else "\n\n"
    new = text + gap + tomlkit.dumps(table)
    try:
        tomllib.loads(new)
    except tomllib.TOMLDecodeError:  # what it belongs to is an inline table, which is closed
        document = tomlkit.parse(text)
        owner = document[section]
        if not isinstance(owner, InlineTable):
            raise NotEditable.because_of(section, "tables") from None
        owner[name] = _with_inline_tables(value, is_inline=True)
        new = tomlkit.dumps(document)
    return new


def drop(text: str, path: tuple[str, ...]) -> str:
    """Return the text without the table at a path of two keys, and its inner tables."""
    section, name = path
    lines = lines_of(text)
    headers = {number: keys for number, line in enumerate(lines) if (keys := _header(line))}
    ours = [number for number, keys in headers.items() if keys[:2] == path and _begins_table(lines, number)]
    if not ours:
        document = tomlkit.parse(text)
        owner = document.get(section)
        if isinstance(owner, dict) and name in owner:
            del owner[name]
            return tomlkit.dumps(document)
        return text
    removed: set[int] = set()
    for number in ours:
        end = next((each for each in headers if each > number and _begins_table(lines, each)), len(lines))
        while end > number + 1 and lines[end - 1].lstrip()[:1] in {"", "#"}:  # it belongs to what follows
            end -= 1
        removed.update(range(number, end))
        if not "".join(lines[end:]).strip() and not lines[number - 1].strip():
            removed.add(number - 1)
    return "".join(line for number, line in enumerate(lines) if number not in removed)


def _begins_table(lines: list[str], number: int) -> bool:
    """Whether a line that looks like a header is one: before a line inside a text or list the file is not whole."""
    try:
        tomllib.loads("".join(lines[:number]))
    except tomllib.TOMLDecodeError:
        return False
    return True


def _header(line: str) -> tuple[str, ...]:
    """Return the keys of a line that looks like the header of a table; no keys if it does not."""
    if not line.lstrip().startswith("["):
        return ()
    try:
        table: object = tomllib.loads(line.strip())
    except tomllib.TOMLDecodeError:
        return ()
    keys: list[str] = []
    while isinstance(table, dict) and table:
        key, table = next(iter(table.items()))
        keys.append(key)
    return tuple(keys)


def _with_inline_tables(value: object, *, is_inline: bool = False) -> object:
    """Return a table whose inner tables stand on one line each, and go in and out with it."""
    if not isinstance(value, dict):
        return value
    table = tomlkit.inline_table() if is_inline else tomlkit.table()
    for key, each in value.items():
        table[key] = _with_inline_tables(each, is_inline=True)
    return table
