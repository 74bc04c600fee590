"""Folders to be read as catalogues, and what became of them in a store."""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from scenario_mcp.sandbox.engine.storage import Store
from scenario_mcp.sandbox.own_catalogue.report import IngestReport

PATIENCE_SECONDS = 30.0
NOON_NS = 1_750_000_000_000_000_000
NOON = "2025-06-15T15:06:40.000Z"


def wait_for_readings(patch: pytest.MonkeyPatch) -> None:
    """Let searches wait until a folder is read, and looked at again, however busy the machine is."""
    for name in ("FIRST_WAIT_SECONDS", "LOOK_SECONDS"):
        patch.setattr(f"scenario_mcp.sandbox.own_catalogue.background.{name}", PATIENCE_SECONDS)


def draw(path: Path, size: tuple[int, int] = (64, 48), colour: str = "teal", **options: Any) -> Path:
    """Save a picture that is as old as all files of these tests."""
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", size, colour).save(path, **options)
    return age(path)


def write(path: Path, content: str | bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return age(path)


def write_lines(folder: Path, *documents: Mapping[str, Any], kind: str = "assets") -> Path:
    return write(folder / f"{kind}.jsonl", "".join(json.dumps(document) + "\n" for document in documents))


def age(path: Path, seconds: int = 0) -> Path:
    """Set when a file was changed last: seconds after noon of a certain day."""
    time_ns = NOON_NS + seconds * 10**9
    os.utime(path, ns=(time_ns, time_ns))
    return path


def counts(report: IngestReport) -> dict[str, int]:
    numbers = {name: getattr(report, name) for name in ("new", "changed", "unchanged", "removed", "broken")}
    return {name: number for name, number in numbers.items() if number}


def stored(store: Store) -> dict[str, Any]:
    """Return the documents by id."""
    return {str(document["id"]): document for document in store.documents("assets")}


def media_path(store: Store, asset_id: str) -> str | None:
    media = store.media(asset_id)
    return None if media is None else media.path
