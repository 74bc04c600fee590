"""Text that spells a list or an object: JSON, or nearly so, as Python and JavaScript write it."""

import json
import re
from typing import Any

MAX_VALUES = 10_000
"""Of a text that is read: a few bytes of brackets could blow up into much memory."""
_MAX_LOOSE_CHARACTERS = 20_000
"""Of a text that is not JSON and is looked at a second time."""
_FENCE = "```"
_OPENING = ("{", "[", '"')
_TOKEN = re.compile(
    r"""'((?:[^'\\]|\\.)*+)'|"((?:[^"\\]|\\.)*+)"|(['"].*)|([A-Za-z_$][\w.$-]*+)|,\s*+(?=[]})])|([()])|/\*(?:[^*]|\*(?!/))*+(?:\*/)?|//[^\n]*+""",
    re.DOTALL,
)
_SPELLS = re.compile(r"[\"':\d]")
_WORDS = {"None": "null", "True": "true", "False": "false", "undefined": "null", "null": "null"}
_WORDS |= {word: word for word in ("true", "false")}


def may_be_literal(text: str) -> bool:
    """Whether a text begins as a list, an object or a quoted text does, perhaps in a fence of Markdown."""
    return unfenced(text).lstrip()[:1] in {*_OPENING, "("}


def unfenced(text: str) -> str:
    """Return what stands in a fence of Markdown; the text itself where there is none."""
    bare = text.strip()
    if not (bare.startswith(_FENCE) and bare.endswith(_FENCE)):
        return text
    language, line_end, inner = bare.removeprefix(_FENCE).removesuffix(_FENCE).partition("\n")
    return inner if line_end and (not language.strip() or language.strip().isalnum()) else text


def read_literal(text: str) -> Any:
    """Return the value that a text spells: JSON, or with Python's quotes, names and brackets, or with bare keys.

    Raises:
        ValueError: it spells nothing, or far too much.

    """
    text = unfenced(text)
    if sum(map(text.count, "[{(,")) > MAX_VALUES:
        raise ValueError("too many values")
    try:
        return _read(text)
    except ValueError:
        if len(text) > _MAX_LOOSE_CHARACTERS:
            raise
        return _read(_TOKEN.sub(_as_json, text))


def _read(text: str) -> Any:
    try:
        return json.loads(text)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error


def _as_json(token: re.Match[str]) -> str:
    single, double, unclosed, word, bracket = token.groups()
    if unclosed is not None:
        raise ValueError("Unterminated quotation")
    if single is not None:
        return json.dumps(single.replace("\\'", "'").replace("\\\\", "\\"))
    if double is not None:
        return token[0]
    if word is not None:
        return _WORDS.get(word) or json.dumps(word)
    if bracket is not None:
        return "[" if bracket == "(" else "]"
    return ""  # a comma before the end, or a comment


def spelled(value: Any) -> Any:
    """Return the list or object that a value spells; a text such as [wip], which may be a tag, stays one."""
    if isinstance(value, str) and value.lstrip()[:1] in {"[", "{"} and _SPELLS.search(value):
        try:
            return read_literal(value)
        except ValueError:
            return value
    return value
