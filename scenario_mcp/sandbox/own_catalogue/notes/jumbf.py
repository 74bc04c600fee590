"""C2PA -> notes: who made a picture and how, as its manifests say it. No signature is checked.

Sources: ISO 19566-5 (JUMBF boxes), C2PA 2.1 (claims and assertions).
"""

import io
import json
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from scenario_mcp.imaging.containers import Part, boxes
from scenario_mcp.json_size import exceeds_value_limit
from scenario_mcp.sandbox.own_catalogue.notes.cbor import BadCbor, read_cbor
from scenario_mcp.sandbox.own_catalogue.notes.note import Note

_DESCRIPTION, _SUPERBOX, _CBOR, _JSON = b"jumd", b"jumb", b"cbor", b"json"
_KIND_BYTES = 16
_HAS_LABEL = 0x02
_MAX_DEPTH = 8
_MAX_CONTENTS = 500
_MAX_CONTENT_BYTES = 1 << 18
"""All boxes that are read, together; the active manifest has some kilobytes, and comes first."""
_MAX_VALUES = 20_000
_MAX_NOTES = 200
_TECHNICAL = (
    "c2pa.hash.",
    "c2pa.signature",
    "c2pa.ingredient",
    "c2pa.thumbnail",
    "c2pa.soft-binding",
    "c2pa.cloud-data",
)
_TOLD = frozenset({"claim_generator", "softwareAgent", "digitalSourceType", "AISystemUsed", "AIPromptInformation"})
_NAMED = frozenset({"claim_generator_info", "softwareAgent"})
"""Entries that may be an object with a name and a version."""


class _Content(NamedTuple):
    """A box with a value: the label of what it belongs to, its kind, and where it stands."""

    label: str
    kind: bytes
    place: Part


def credential_notes(data: bytes) -> Iterator[Note]:
    """Yield what the manifests tell: first the one of the picture itself, then those of what it was made from."""
    file = io.BytesIO(data)
    told: set[Note] = set()
    left = _MAX_CONTENT_BYTES
    for content in _contents(file):
        if content.place.size > left or content.label.startswith(_TECHNICAL):
            continue
        left -= content.place.size
        value = _value(content.kind, data[content.place.offset : content.place.offset + content.place.size])
        for note in _told(value, "", _MAX_DEPTH):
            if note not in told and len(told) < _MAX_NOTES:
                told.add(note)
                yield note


def _contents(file: io.BytesIO) -> Sequence[_Content]:
    """Return the boxes with values, those of the last manifest first: that is the active one."""
    manifests: list[list[_Content]] = []
    for place in boxes(file):
        if place.name == _SUPERBOX:
            inner = boxes(file, place.offset, place.offset + place.size)
            manifests += [list(_inside(file, each, _MAX_DEPTH)) for each in inner if each.name == _SUPERBOX]
    return [content for manifest in reversed(manifests) for content in manifest][:_MAX_CONTENTS]


def _inside(file: io.BytesIO, superbox: Part, depth: int) -> Iterator[_Content]:
    label = ""
    for place in boxes(file, superbox.offset, superbox.offset + superbox.size):
        if place.name == _DESCRIPTION:
            label = _label(file.getbuffer()[place.offset : place.offset + place.size].tobytes())
        elif place.name == _SUPERBOX and depth:
            yield from _inside(file, place, depth - 1)
        elif place.name in {_CBOR, _JSON}:
            yield _Content(label, place.name, place)


def _label(description: bytes) -> str:
    if len(description) <= _KIND_BYTES or not description[_KIND_BYTES] & _HAS_LABEL:
        return ""
    return description[_KIND_BYTES + 1 :].partition(b"\0")[0].decode("utf-8", "replace")


def _value(kind: bytes, data: bytes) -> object:
    try:
        if kind == _CBOR:
            return read_cbor(data)
        return None if exceeds_value_limit(data, _MAX_VALUES) else json.loads(data)
    except (BadCbor, ValueError, RecursionError):
        return None


def _told(value: object, name: str, depth: int) -> Iterator[Note]:
    """Yield the texts that tell a program, a kind of source or a prompt."""
    if depth == 0:
        return
    if isinstance(value, str):
        local = name.rpartition(".")[2].rpartition(":")[2]
        if local in _TOLD or name.partition(".")[0] in _NAMED or "prompt" in local.lower():
            yield Note("c2pa", name, value)
    elif isinstance(value, list):
        for each in value:
            yield from _told(each, name, depth)
    elif isinstance(value, dict):
        for key, each in value.items():
            is_of_named = name in _NAMED
            if not is_of_named or key == "name":
                yield from _told(each, f"{name}.{key}" if is_of_named else str(key), depth - 1)
