"""JSON in notes, as generators write it: with NaN, behind a name, in quotes once more, with numbers of any size."""

import json
import re

from scenario_mcp.json_size import exceeds_value_limit

MAX_NOTE_CHARACTERS = 16_000_000
"""Graphs hold pictures at times; a longer note is left out."""
MAX_VALUES = 500_000
"""Values in one JSON text: they take up to 120 MB of memory."""
_MAX_DIGITS = 40
_NAME_BEFORE = re.compile(r"\s*(?:([A-Za-z][\w -]{0,40}?)\s*:\s*)?(?=[{\[\"])")
"""ComfyUI writes `prompt:{...}` and `Workflow:{...}` where a format has no names of its own."""


def looks_like_json(text: str) -> bool:
    """Whether a note is meant as JSON: it is no description, even if it cannot be read."""
    begin = _NAME_BEFORE.match(text)
    start = text[begin.end() : begin.end() + 60] if begin else ""
    end = text.rstrip("\0 \t\r\n")[-1:]
    if start.startswith("{"):
        return start[1:].lstrip()[:1] in ('"', "}", "") or end == "}"
    return start.startswith("[") and start[1:].lstrip()[:1] in ("{", "[", '"', "]") and end in ("]", "}", '"')


def name_before(text: str) -> str:
    """Return the name that stands before JSON in its own text."""
    begin = _NAME_BEFORE.match(text)
    return (begin[1] or "") if begin else ""


def read_json(text: str) -> object:
    """Return the value of a JSON text; None where there is none, or one of too many values."""
    begin = _NAME_BEFORE.match(text)
    if begin is None or len(text) > MAX_NOTE_CHARACTERS:
        return None
    value = _parsed(text[begin.end() :].rstrip("\0 \t\r\n"))
    return _parsed(value) if isinstance(value, str) and value[:1] in ("{", "[") else value


def _parsed(text: str) -> object:
    if exceeds_value_limit(text.encode("utf-8", "replace"), MAX_VALUES):
        return None
    try:
        return json.loads(text, strict=False)
    except json.JSONDecodeError as error:
        return _first_value(text) if error.msg == "Extra data" else None
    except RecursionError:
        return None
    except ValueError:  # an integer of thousands of digits
        try:
            return json.loads(text, strict=False, parse_int=_integer)
        except (ValueError, RecursionError):
            return None


def _first_value(text: str) -> object:
    """Return what stands before a rest that is no JSON: some programs write two notes into one place."""
    try:
        return json.JSONDecoder(strict=False).raw_decode(text)[0]
    except (ValueError, RecursionError):
        return None


def _integer(digits: str) -> int | None:
    return int(digits) if len(digits) <= _MAX_DIGITS else None
