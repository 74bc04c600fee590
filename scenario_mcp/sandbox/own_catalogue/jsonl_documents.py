"""Lines of `assets.jsonl` and `models.jsonl` -> documents with checked fields."""

import json
import math
from collections.abc import Iterator, Mapping
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
    """A document, the unchecked name of the file that its line names, and the number of the line."""

    document: dict[str, Any]
    file: str
    number: int


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
    document = {
        name: _without_url(name, value) for name, value in raw.items() if name != "url" and _is_of_its_type(name, value)
    }
    if resource_type == "assets":
        document["metadata"] = _metadata(document.get("metadata"))
    return LineDocument(document, file if isinstance(file, str) else "", line.number)


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
    return {
        name: _without_url(name, value) for name, value in fields.items() if _is_of_its_type_in_metadata(name, value)
    }


def _without_url(name: str, value: Any) -> Any:
    return {"assetId": value["assetId"]} if name == "thumbnail" else value


def _is_of_its_type(name: str, value: object) -> bool:
    if name in _TEXTS:
        return isinstance(value, str)
    if name in _LISTS_OF_TEXTS:
        return isinstance(value, list) and all(isinstance(item, str) for item in value)
    if name in _NUMBERS:
        return _is_number(value)
    if name == "concepts":
        return isinstance(value, list) and all(isinstance(item, dict) for item in value)
    return name != "thumbnail" or _is_thumbnail(value)


def _is_of_its_type_in_metadata(name: str, value: object) -> bool:
    if name in _TEXTS_OF_METADATA:
        return isinstance(value, str)
    if name in _NUMBERS_OF_METADATA:
        return _is_number(value)
    if name in _SIZES_OF_METADATA:
        return _is_number(value) and value >= 1
    return name != "thumbnail" or _is_thumbnail(value)


def _is_number(value: object) -> TypeGuard[int | float]:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_thumbnail(value: object) -> bool:
    return isinstance(value, dict) and isinstance(value.get("assetId"), str)


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
            return value if -_LARGEST_INTEGER <= value < _LARGEST_INTEGER else str(value)
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


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError("an infinite number")
    return number


_DECODER = json.JSONDecoder(parse_int=lambda text: _plain(int(text), 0), parse_float=_finite, parse_constant=_finite)
