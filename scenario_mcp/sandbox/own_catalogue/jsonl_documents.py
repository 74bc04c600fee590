"""Lines of `assets.jsonl` and `models.jsonl` -> documents with checked fields."""

import json
import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, BinaryIO, NamedTuple, TypeAlias

from pydantic_core import from_json

from scenario_mcp.filters.values.times import UnreadableTime, moment_text, read_time
from scenario_mcp.ids import ResourceType, is_id
from scenario_mcp.sandbox.own_catalogue.file_documents import OWNERSHIP

MAX_LINE_BYTES = 1_000_000
MAX_FILE_BYTES = 10_000_000_000
MAX_DEPTH = 32
_BOM = b"\xef\xbb\xbf"
_LARGEST_INTEGER = 2**63
_Kinds: TypeAlias = Mapping[str, frozenset[type]]
"""The types that the values of fields may have, by name."""
_Checks: TypeAlias = Sequence[tuple[str, Callable[[Any], bool]]]
"""What values of the right type must be besides."""
_MARKS, _LEFT_OUT = bytes.maketrans(b"0123456789E \t\r\n:,-", b"0000000000e       "), b"{[+"
_LONG_INTEGER, _LARGE_EXPONENT = b" " + b"0" * 19, b"0e000"
"""What `_MARKS` make of an integer of 19 digits or more, wherever JSON has one, and of an exponent of three or more."""

_TEXTS = frozenset({
    "authorId", "content", "createdAt", "description", "mimeType", "name", "ownerId", "parentModelId", "privacy",
    "shortDescription", "source", "teamId", "transcription", "type", "updatedAt",
})  # fmt: skip
_TIMES = ("createdAt", "updatedAt")
_OWN_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
_UNIX = re.compile(r"\d{9,13}")
_EARLIEST_SECONDS = 10**8
"""Of Unix time: in 1973; a thousand times as many are milliseconds."""
_LISTS_OF_TEXTS = frozenset({"capabilities", "collectionIds", "exampleAssetIds", "nsfw", "tags"})
_NUMBERS = frozenset({"score", "trainingImagesNumber"})
_TEXTS_OF_METADATA = frozenset({
    "aspectRatio", "baseModelId", "kind", "modelId", "modelType", "name", "negativePrompt", "parentJobId", "prompt",
    "scheduler", "seed", "text", "type",
})  # fmt: skip
_NUMBERS_OF_METADATA = frozenset({"guidance", "negativePromptStrength", "numInferenceSteps"})
_SIZES_OF_METADATA = frozenset({"height", "size", "width"})

_FIRST_FIELDS_OF_ALL = {"id": "", **OWNERSHIP, "createdAt": "", "updatedAt": ""}
_FIRST_FIELDS: Mapping[ResourceType, Mapping[str, object]] = {
    "assets": {**_FIRST_FIELDS_OF_ALL, "collectionIds": [], "nsfw": [], "tags": []},
    "models": {
        **_FIRST_FIELDS_OF_ALL, "capabilities": [], "collectionIds": [], "concepts": [], "exampleAssetIds": [],
        "tags": [],
    },
}  # fmt: skip
"""The fields of every hit, with their defaults; nobody adds to the lists."""


class BadLine(Exception):
    """A line that is not a document; the message completes the sentence "Line 7 ..."."""


class Line(NamedTuple):
    """A line of a file: its number from 1 on, and its bytes; None when it is too long."""

    number: int
    data: bytes | None


class LineDocument(NamedTuple):
    """A document, the unchecked name of the file that its line names, and the number of the line and its bytes."""

    document: dict[str, Any]
    file: str
    number: int
    size: int


def read_lines(file: BinaryIO) -> Iterator[Line]:
    """Yield the lines that are not blank. At no time is more than `MAX_LINE_BYTES` of the file in memory."""
    number = 0
    while data := file.readline(MAX_LINE_BYTES + 1):
        number += 1
        if number == 1:
            data = data.removeprefix(_BOM)
        if len(data) > MAX_LINE_BYTES:
            while data and not data.endswith(b"\n"):
                data = file.readline(MAX_LINE_BYTES)
            yield Line(number, None)
        elif data.strip():
            yield Line(number, data)


def read_document(resource_type: ResourceType, line: Line) -> LineDocument:
    """Read a line; fields of a wrong type and addresses are left out.

    Raises:
        BadLine: it is too long, not JSON, or not an object with an id.

    """
    if line.data is None:
        raise BadLine(f"is longer than {MAX_LINE_BYTES // 1_000_000} MB")
    try:
        raw = _read(line.data)
    except UnicodeDecodeError as error:
        raise BadLine("is not UTF-8") from error
    except (ValueError, RecursionError) as error:
        raise BadLine("is not JSON") from error
    if not isinstance(raw, dict) or not isinstance(raw.get("id"), str):
        raise BadLine("is not an object with an id")
    if not is_id(raw["id"]):
        raise BadLine("has an id of other characters than letters, digits, _, - and ., or a very long one")
    file = raw.pop("file", "")
    raw.pop("url", None)
    _read_times(raw)
    _check(raw, _KINDS_OF_FIELDS, _CHECKS_OF_FIELDS)
    if resource_type == "assets":
        metadata = raw.get("metadata")
        raw["metadata"] = metadata if type(metadata) is dict else {}
        _check_metadata(raw["metadata"])
    return LineDocument(raw, file if isinstance(file, str) else "", line.number, len(line.data))


def _read(data: bytes) -> Any:
    """Read strict JSON (`_plain`); nearly all lines have nothing that must be looked for value by value."""
    marks = data.translate(_MARKS, _LEFT_OUT)
    may_be_deep = len(data) - len(marks) > MAX_DEPTH
    if not may_be_deep and _LONG_INTEGER not in marks and _LARGE_EXPONENT not in marks:
        try:
            return from_json(data, allow_inf_nan=False, cache_strings="keys")
        except ValueError:
            pass  # the slower way tells what is wrong, and takes lone surrogates
    return _plain(json.loads(data.decode()), MAX_DEPTH)


def complete(
    resource_type: ResourceType, document: Mapping[str, Any], of_file: Mapping[str, Any], default_time: str
) -> dict[str, Any]:
    """Add fields that a line lacks: first from its file, if there is one, then the defaults of every hit."""
    time = document.get("createdAt", default_time)
    completed = {**_FIRST_FIELDS[resource_type], "createdAt": time, "updatedAt": time, **of_file, **document}
    if "metadata" in of_file:
        completed["metadata"] = of_file["metadata"] | document["metadata"]
    return completed


def _read_times(fields: dict[str, Any]) -> None:
    """Put times into the API's own form, in which they are sorted; take out what is no time, or may be two."""
    for name in _TIMES:
        value = fields.get(name)
        if value is None or (type(value) is str and _OWN_TIME.fullmatch(value)):
            continue
        moment = _moment(value)
        if moment is None:
            del fields[name]
        else:
            fields[name] = moment_text(moment)


def _moment(value: object) -> datetime | None:
    if type(value) is str and _UNIX.fullmatch(value):
        value = int(value)
    try:
        match value:
            case str():
                stretch = read_time(value)
                return stretch.start if stretch else None
            case int() | float() if _EARLIEST_SECONDS <= value < _EARLIEST_SECONDS * 1_000:
                return datetime.fromtimestamp(value, UTC)
            case int() | float() if _EARLIEST_SECONDS * 1_000 <= value < _EARLIEST_SECONDS * 1_000_000:
                return datetime.fromtimestamp(value / 1_000, UTC)
            case _:
                return None
    except UnreadableTime:
        return None


def _check_metadata(fields: dict[str, Any]) -> None:
    if type(seed := fields.get("seed")) in _NUMBER:
        fields["seed"] = str(seed)
    _check(fields, _KINDS_OF_METADATA, _CHECKS_OF_METADATA)


def _check(fields: dict[str, Any], kinds: _Kinds, checks: _Checks) -> None:
    """Take out the fields of a wrong type; from a thumbnail its address."""
    wrong = [name for name, value in fields.items() if type(value) not in kinds.get(name, _ANY)]
    for name in wrong:
        del fields[name]
    for name, is_right in checks:
        if name in fields and not is_right(fields[name]):
            del fields[name]
    if thumbnail := fields.get("thumbnail"):
        fields["thumbnail"] = {"assetId": thumbnail["assetId"]}


_TEXT, _NUMBER, _LIST, _OBJECT = frozenset({str}), frozenset({int, float}), frozenset({list}), frozenset({dict})
_ANY = frozenset({*_TEXT, *_NUMBER, *_LIST, *_OBJECT, bool, type(None)})
_KINDS_OF_FIELDS: _Kinds = {
    **dict.fromkeys(_TEXTS, _TEXT),
    **dict.fromkeys(_NUMBERS, _NUMBER),
    **dict.fromkeys({*_LISTS_OF_TEXTS, "concepts"}, _LIST),
    "thumbnail": _OBJECT,
}
_KINDS_OF_METADATA: _Kinds = {
    **dict.fromkeys(_TEXTS_OF_METADATA, _TEXT),
    **dict.fromkeys(_NUMBERS_OF_METADATA | _SIZES_OF_METADATA, _NUMBER),
    "thumbnail": _OBJECT,
}


def _has_texts(value: list[object]) -> bool:
    return _TEXT.issuperset(map(type, value))


def _has_objects(value: list[object]) -> bool:
    return _OBJECT.issuperset(map(type, value))


def _names_asset(value: Mapping[str, object]) -> bool:
    return type(value.get("assetId")) is str


def _is_size(value: float) -> bool:
    return value >= 1


_CHECKS_OF_FIELDS: _Checks = (
    *((name, _has_texts) for name in sorted(_LISTS_OF_TEXTS)),
    ("concepts", _has_objects),
    ("thumbnail", _names_asset),
)
_CHECKS_OF_METADATA: _Checks = (
    *((name, _is_size) for name in sorted(_SIZES_OF_METADATA)),
    ("thumbnail", _names_asset),
)


def _plain(value: Any, depth: int) -> Any:
    """Return a value as strict JSON: no lone surrogates, no infinite numbers, no deep nesting.

    Raises:
        ValueError: it nests deeper than `depth`, or holds NaN or an infinity.

    """
    match value:
        case str():
            return value if value.isascii() else value.encode("utf-8", "replace").decode()
        case bool() | None:
            return value
        case int():
            return value if -_LARGEST_INTEGER <= value < _LARGEST_INTEGER else str(value)  # as the index can hold it
        case float():
            if not math.isfinite(value):
                raise ValueError("an infinite number")
            return value
        case _ if depth == 0:
            raise ValueError("nested too deeply")
        case dict():
            return {_plain(name, depth): _plain(inner, depth - 1) for name, inner in value.items()}
        case _:
            return [_plain(inner, depth - 1) for inner in value]
