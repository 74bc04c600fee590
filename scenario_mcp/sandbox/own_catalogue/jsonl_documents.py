"""Lines of `assets.jsonl` and `models.jsonl` -> documents with checked fields."""

import json
import math
from collections.abc import Callable, Iterator, Mapping
from typing import Any, BinaryIO, NamedTuple, TypeGuard

from scenario_mcp.ids import ResourceType, is_id
from scenario_mcp.sandbox.own_catalogue.file_documents import OWNERSHIP

MAX_LINE_BYTES = 1_000_000
MAX_FILE_BYTES = 10_000_000_000
MAX_DEPTH = 32
_BOM = b"\xef\xbb\xbf"
_LARGEST_INTEGER = 2**63

_TEXTS = frozenset({
    "authorId", "content", "createdAt", "description", "mimeType", "name", "ownerId", "parentModelId", "privacy",
    "shortDescription", "source", "teamId", "transcription", "type", "updatedAt",
})  # fmt: skip
_LISTS_OF_TEXTS = frozenset({"capabilities", "collectionIds", "exampleAssetIds", "nsfw", "tags"})
_NUMBERS = frozenset({"score", "trainingImagesNumber"})
_TEXTS_OF_METADATA = frozenset({
    "aspectRatio", "baseModelId", "kind", "modelId", "modelType", "name", "negativePrompt", "parentJobId", "prompt",
    "scheduler", "seed", "text", "type",
})  # fmt: skip
_NUMBERS_OF_METADATA = frozenset({"guidance", "negativePromptStrength", "numInferenceSteps"})
_SIZES_OF_METADATA = frozenset({"height", "size", "width"})

_DEFAULTS: Mapping[ResourceType, Mapping[str, tuple[str, ...]]] = {
    "assets": {"collectionIds": (), "nsfw": (), "tags": ()},
    "models": {"capabilities": (), "collectionIds": (), "concepts": (), "exampleAssetIds": (), "tags": ()},
}


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
    document = _checked(raw, _OF_DOCUMENTS)
    if resource_type == "assets":
        document["metadata"] = _metadata(document.get("metadata"))
    return LineDocument(document, file if isinstance(file, str) else "", line.number, len(line.data))


def _read(data: bytes) -> Any:
    """Read strict JSON (`_plain`); nearly all lines have nothing that must be looked for value by value."""
    text = data.decode()
    if "\\u" in text or text.count("{") + text.count("[") > MAX_DEPTH:
        return _plain(json.loads(text), MAX_DEPTH)
    return _DECODER.decode(text)


def complete(
    resource_type: ResourceType, document: Mapping[str, Any], of_file: Mapping[str, Any], default_time: str
) -> dict[str, Any]:
    """Add fields that a line lacks: first from its file, if there is one, then the defaults of every hit."""
    time = document.get("createdAt", default_time)
    completed = {
        "id": document["id"],
        **OWNERSHIP,
        "createdAt": time,
        "updatedAt": time,
        **{name: list(value) for name, value in _DEFAULTS[resource_type].items()},
        **of_file,
        **document,
    }
    if resource_type == "assets":
        completed["metadata"] = of_file.get("metadata", {}) | document["metadata"]
    return completed


def _metadata(value: object) -> dict[str, Any]:
    fields = value if isinstance(value, dict) else {}
    if _is_number(seed := fields.get("seed")):
        fields = fields | {"seed": str(seed)}
    return _checked(fields, _OF_METADATA)


def _checked(fields: Mapping[str, Any], checks: Mapping[str, Callable[[object], bool]]) -> dict[str, Any]:
    """Return the fields of the right type; of a thumbnail without its address."""
    document = {name: value for name, value in fields.items() if name not in checks or checks[name](value)}
    if thumbnail := document.get("thumbnail"):
        document["thumbnail"] = {"assetId": thumbnail["assetId"]}
    return document


def _is_text(value: object) -> bool:
    return type(value) is str


def _is_list_of_texts(value: object) -> bool:
    return isinstance(value, list) and {str}.issuperset(map(type, value))


def _is_list_of_objects(value: object) -> bool:
    return isinstance(value, list) and {dict}.issuperset(map(type, value))


def _is_size(value: object) -> bool:
    return _is_number(value) and value >= 1


def _is_number(value: object) -> TypeGuard[int | float]:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_thumbnail(value: object) -> bool:
    return isinstance(value, dict) and isinstance(value.get("assetId"), str)


_OF_DOCUMENTS: Mapping[str, Callable[[object], bool]] = {
    **dict.fromkeys(_TEXTS, _is_text),
    **dict.fromkeys(_LISTS_OF_TEXTS, _is_list_of_texts),
    **dict.fromkeys(_NUMBERS, _is_number),
    "concepts": _is_list_of_objects,
    "thumbnail": _is_thumbnail,
}
_OF_METADATA: Mapping[str, Callable[[object], bool]] = {
    **dict.fromkeys(_TEXTS_OF_METADATA, _is_text),
    **dict.fromkeys(_NUMBERS_OF_METADATA, _is_number),
    **dict.fromkeys(_SIZES_OF_METADATA, _is_size),
    "thumbnail": _is_thumbnail,
}


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
            return _integer(value)
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


def _integer(text: str | int) -> int | str:
    """Return an integer that the index can hold, a larger one as text."""
    number = int(text)
    return number if -_LARGEST_INTEGER <= number < _LARGEST_INTEGER else str(number)


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError("an infinite number")
    return number


_DECODER = json.JSONDecoder(parse_int=_integer, parse_float=_finite, parse_constant=_finite)
