"""A file of a folder -> the asset that stands for it, in the shape of a search hit."""

import base64
import hashlib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, BinaryIO

from scenario_mcp.sandbox.file_kinds import FileKind
from scenario_mcp.sandbox.own_catalogue.dates import taken_at
from scenario_mcp.sandbox.own_catalogue.notes.note import Note
from scenario_mcp.sandbox.own_catalogue.sidecars import TAKEN_AT
from scenario_mcp.sandbox.own_catalogue.walk import BadFile, FoundFile
from scenario_mcp.text import clean

if TYPE_CHECKING:
    from scenario_mcp.sandbox.own_catalogue.generators.parameters import GenerationParameters

MAX_CONTENT_CHARACTERS = 10_000
_ID_BYTES = 16
_MAX_NAME_CHARACTERS = 200
_MAX_TAG_CHARACTERS = 60
_MAX_BYTES_PER_CHARACTER = 4

OWNERSHIP: Mapping[str, str] = {
    "authorId": "user_sandbox",
    "ownerId": "proj_sandbox",
    "privacy": "private",
    "teamId": "team_sandbox",
}
"""The default owner of an asset or a model: the project of the sandbox's key."""


def asset_id_of(path: str) -> str:
    """Return the id of a file that has none: always the same for the same relative path."""
    digest = hashlib.blake2b(path.encode(), digest_size=_ID_BYTES).digest()
    return "asset_" + base64.urlsafe_b64encode(digest).decode().rstrip("=")


def document_of_file(
    found: FoundFile, kind: FileKind, file: BinaryIO, sidecar_notes: Sequence[Note] = ()
) -> dict[str, Any]:
    """Read a file's own name, date, picture facts and text, and what the files beside it tell.

    Raises:
        BadFile: a picture that cannot be read.

    """
    changed_at = iso_time_of(found.mtime_ns)
    metadata: dict[str, Any] = {
        "kind": kind.kind,
        "type": "uploaded",
        "name": clean(found.stem.replace("_", " ").replace("-", " "), _MAX_NAME_CHARACTERS) or "untitled",
        "size": found.size,
    }
    tags = [tag for part in found.path.split("/")[:-1] if (tag := clean(part, _MAX_TAG_CHARACTERS))]
    document: dict[str, Any] = {
        "id": asset_id_of(found.path),
        **OWNERSHIP,
        "collectionIds": [],
        "createdAt": changed_at,
        "file": found.path,
        "metadata": metadata,
        "mimeType": kind.mime_type,
        "nsfw": [],
        "tags": tags,
        "updatedAt": changed_at,
    }
    notes: Sequence[Note] = [note for note in sidecar_notes if note.name != TAKEN_AT]
    if kind.is_picture:
        notes = [*_add_picture(document, found, file), *notes]
    elif kind.is_text and (content := _read_content(file)):
        document["content"] = content
    if notes:
        _add_notes(document, notes)
    if document["createdAt"] == changed_at and (taken := taken_at(sidecar_notes, datetime.now(UTC))):
        document["createdAt"] = _iso_time(taken)
    document["tags"] = list(dict.fromkeys(tags))
    return document


def iso_time_of(mtime_ns: int) -> str:
    """Return a time as the API writes it, in UTC; a time outside the calendar becomes the year 1970."""
    try:
        return _iso_time(datetime.fromtimestamp(mtime_ns / 1e9, UTC))
    except (OverflowError, ValueError, OSError):
        return _iso_time(datetime.fromtimestamp(0, UTC))


def _iso_time(time: datetime) -> str:
    return time.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _add_picture(document: dict[str, Any], found: FoundFile, file: BinaryIO) -> Sequence[Note]:
    """Add what the head of a picture tells; return its notes."""
    # Imported here, as what reads notes is: where nothing is new, no picture is read.
    from scenario_mcp.sandbox.own_catalogue.picture_facts import MAX_INDEXED_PICTURE_BYTES, read_picture_facts

    if found.size > MAX_INDEXED_PICTURE_BYTES:
        raise BadFile(f"is larger than {MAX_INDEXED_PICTURE_BYTES // 1_000_000} MB")
    facts = read_picture_facts(file)
    document["mimeType"] = facts.mime_type
    document["metadata"] |= {"width": facts.width, "height": facts.height, "aspectRatio": facts.aspect_ratio}
    if facts.frames > 1:
        document["metadata"] |= {"frames": facts.frames}
    if facts.seconds:
        document["metadata"] |= {"duration": round(facts.seconds, 3)}
    if facts.is_cut:
        document["metadata"] |= {"incomplete": True}
    if facts.taken_at is not None:
        document["createdAt"] = _iso_time(facts.taken_at)
    return facts.notes


def _add_notes(document: dict[str, Any], notes: Sequence[Note]) -> None:
    from scenario_mcp.sandbox.own_catalogue.generators.reading import read_generation_parameters

    generation = read_generation_parameters(notes)
    document["metadata"] |= _metadata_of(generation)
    if generation.description:
        document["description"] = generation.description
    document["tags"] += [*generation.models, *generation.loras, *generation.keywords]


def _metadata_of(generation: "GenerationParameters") -> dict[str, Any]:
    """Return what is known, under the API's names where it has one."""
    values = {
        "prompt": generation.prompt,
        "negativePrompt": generation.negative_prompt,
        "seed": generation.seed,
        "numInferenceSteps": generation.steps,
        "guidance": generation.guidance,
        "scheduler": generation.scheduler,
        "generator": generation.generator,
        "title": generation.title,
        "author": generation.author,
        "rating": generation.rating,
    }
    return {name: value for name, value in values.items() if value not in ("", None)}


def _read_content(file: BinaryIO) -> str:
    """Return the first part of a text file; nothing if it is not UTF-8."""
    data = file.read(MAX_CONTENT_CHARACTERS * _MAX_BYTES_PER_CHARACTER)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if error.start < len(data) - _MAX_BYTES_PER_CHARACTER:  # else the last character was cut
            return ""
        text = data[: error.start].decode("utf-8-sig")
    return "" if "\0" in text else text[:MAX_CONTENT_CHARACTERS]
