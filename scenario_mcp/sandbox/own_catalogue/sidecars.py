"""Sidecars: files that only describe the file they lie beside, such as captions of a training set.

`x.png` is described by `x.txt`, `x.caption`, `x.json`, `x.xmp`, by `x.png.txt`, `x.png.json` and their like. Google's
Takeout also writes `x.png.supplemental-metadata.json`, cut anywhere, and `x.png(1).json` for `x(1).png`.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta

from scenario_mcp.sandbox.file_kinds import kind_of_file
from scenario_mcp.sandbox.own_catalogue.notes.note import Note

MAX_SIDECAR_BYTES = 4_000_000
MAX_SIDECARS = 8
"""Those of one file that are read."""
TAKEN_AT = "photoTakenTime"
_PLACE = "sidecar"
_EPOCH = datetime.fromtimestamp(0, UTC)
_SECONDS = re.compile(r"-?\d{1,10}")
_MAX_PEOPLE = 50
_MAX_NAME_CHARACTERS = 100
_XMP = "xmp"
_ENDINGS = ("txt", "caption", "captions", "json", _XMP)
"""Those of one file are read in this order."""
_DOTTED_ENDINGS = tuple(f".{ending}" for ending in _ENDINGS)
_TAKEOUT = re.compile(r"(.+\.\w{1,5})\.s[a-z-]*(\(\d+\))?\.json")
_NUMBERED = re.compile(r"(.+)(\.\w{1,5})(\(\d+\))\.json")
_TEXT_NAMES = {"json": "JSON"}


def belonging_to(names: Sequence[str]) -> Mapping[str, Sequence[str]]:
    """Return the sidecars of each file among the names of one folder, for those that have any."""
    by_lower = {name: name.lower() for name in names}
    candidates = [name for name, lower in by_lower.items() if lower.endswith(_DOTTED_ENDINGS)]
    if not candidates:
        return {}
    wanted = {key for candidate in candidates for key in _keys(by_lower[candidate])}
    by_key: dict[str, list[str]] = defaultdict(list)
    for name, lower in by_lower.items():
        stem = _stem(lower)
        if (lower in wanted or stem in wanted) and _is_described(name):
            by_key[lower].append(name)
            by_key[stem].append(name)
    found: dict[str, list[str]] = defaultdict(list)
    for candidate in sorted(candidates, key=lambda name: (_ENDINGS.index(_ending_of(name)), name)):
        for name in dict.fromkeys(name for key in _keys(candidate.lower()) for name in by_key.get(key, ())):
            found[name].append(candidate)
    return found


def sidecar_notes(name: str, data: bytes) -> list[Note]:
    """Return what a sidecar of this name tells."""
    from scenario_mcp.sandbox.own_catalogue.notes.xmp import xmp_notes  # a look at a known folder needs none of it

    ending = _ending_of(name)
    return [*xmp_notes(data)] if ending == _XMP else _text_notes(data, _TEXT_NAMES.get(ending, "Caption"))


def _text_notes(data: bytes, name: str) -> list[Note]:
    from scenario_mcp.sandbox.own_catalogue.notes.texts import text_of

    text = text_of(data).strip()
    notes = [Note(_PLACE, name, text)] if text else []
    return [*notes, *_takeout_notes(text)] if name == _TEXT_NAMES["json"] else notes


def _takeout_notes(text: str) -> Iterator[Note]:
    """Yield what Google's Takeout alone writes: the day of taking, in seconds since 1970, and who is in the picture."""
    from scenario_mcp.sandbox.own_catalogue.generators.json_notes import read_json

    fields = read_json(text)
    if not isinstance(fields, dict):
        return
    taken = fields.get("photoTakenTime")
    seconds = str(taken.get("timestamp")) if isinstance(taken, dict) else ""
    if _SECONDS.fullmatch(seconds):
        yield Note(_PLACE, TAKEN_AT, (_EPOCH + timedelta(seconds=int(seconds))).isoformat())
    people = fields.get("people")
    for person in people[:_MAX_PEOPLE] if isinstance(people, list) else ():
        if isinstance(person, dict) and isinstance(person.get("name"), str):
            yield Note(_PLACE, "Keywords", person["name"][:_MAX_NAME_CHARACTERS].replace(",", " ").replace(";", " "))


def _is_described(name: str) -> bool:
    kind = kind_of_file(name)
    return kind is not None and not kind.is_text


def _keys(name: str) -> list[str]:
    """Return what a sidecar may be the sidecar of: a file's name or its stem."""
    keys = [_stem(name)]
    if takeout := _TAKEOUT.fullmatch(name):
        stem, _, ending = takeout[1].rpartition(".")
        keys.append(f"{stem}{takeout[2] or ''}.{ending}")
    if numbered := _NUMBERED.fullmatch(name):
        keys.append(f"{numbered[1]}{numbered[3]}{numbered[2]}")
    return keys


def _stem(name: str) -> str:
    return name.rpartition(".")[0] or name


def _ending_of(name: str) -> str:
    return name.rpartition(".")[2].lower() if "." in name else ""
