"""Writes the media files, the three JSON Lines files and the contact sheet."""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw

from . import clips, solids, sounds, texts
from .catalogue import build
from .ids import COLLECTION_NAMES, COLLECTIONS
from .pictures import render
from .rows import Entry

#: The most bytes a picture of a look may take.
CAPS = {"flat": 5500, "painted": 6000, "ink": 8400, "neon": 6400, "paper": 5500, "wave": 2600, "render": 3200}
RENDER_BACKS = ("#5f7fa8", "#5f9a98", "#6f9a86", "#8f6fa8", "#c0707a")


def write(data: Path) -> None:
    """Draw and write everything."""
    media = data / "media"
    media.mkdir(parents=True, exist_ok=True)
    for old in media.iterdir():
        old.unlink()
    entries, models = build()
    drawn: dict[str, Image.Image] = {}
    for entry in sorted(entries, key=lambda e: e.kind == "clip"):
        _write_one(entry, media / entry.file, drawn)
    _lines(data / "assets.jsonl", [e.row for e in entries])
    _lines(data / "models.jsonl", models)
    _lines(data / "collections.jsonl", collections([e.row for e in entries]))


def collections(assets: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return a row for each collection: its name, and its newest picture as thumbnail."""
    rows = []
    for key, name in COLLECTION_NAMES.items():
        inside = [a for a in assets if COLLECTIONS[key] in a["collectionIds"] and a["metadata"]["kind"] == "image"]
        rows.append({"id": COLLECTIONS[key], "name": name, "thumbnail": {"assetId": inside[0]["id"]}})
    return rows


def _lines(path: Path, rows: Sequence[dict[str, Any]]) -> None:
    text = "".join(json.dumps(row, ensure_ascii=False, separators=(",", ":")) + "\n" for row in rows)
    path.write_text(text, encoding="utf-8")


def _write_one(entry: Entry, path: Path, drawn: dict[str, Image.Image]) -> None:
    source = entry.source
    if entry.kind == "picture":
        image = drawn[entry.row["id"]] = render(source)
        path.write_bytes(webp(image, source.look))
    elif entry.kind == "wave":
        make, color = sounds.SOUNDS[source]
        path.write_bytes(webp(sounds.wave_picture(make(), color), "wave"))
    elif entry.kind == "render":
        back = RENDER_BACKS[list(solids.SOLIDS).index(source)]
        path.write_bytes(webp(solids.preview(solids.SOLIDS[source](), back), "render"))
    elif entry.kind == "clip":
        clip, first = source
        clips.save(drawn[first], clip, path)
    elif entry.kind == "sound":
        sounds.save(sounds.SOUNDS[source][0](), path)
    elif entry.kind == "solid":
        path.write_bytes(solids.glb(solids.SOLIDS[source](), source))
    elif entry.kind == "text":
        path.write_text(texts.TEXTS[source][3], encoding="utf-8")
    elif entry.kind == "json":
        path.write_text(texts.tile_map(), encoding="utf-8")
    else:
        path.write_bytes(texts.style_sheet())


def webp(image: Image.Image, look: str) -> bytes:
    """Return the picture as WebP: lossless for pixel art, else the best quality under the cap."""
    if look == "pixel":
        return _encode(image, lossless=True, quality=100)
    best = b""
    low, high = 8, 82
    while low <= high:
        quality = (low + high) // 2
        made = _encode(image, quality=quality)
        if len(made) <= CAPS[look] or not best:
            best = made
        if len(made) <= CAPS[look]:
            low = quality + 1
        else:
            high = quality - 1
    return best if len(best) <= CAPS[look] else _encode(image, quality=low)


def _encode(image: Image.Image, **how: Any) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "WEBP", method=6, **how)
    return buffer.getvalue()


def contact_sheet(data: Path, path: Path) -> None:
    """All pictures of the catalogue on one sheet, in the order of the file."""
    rows = [json.loads(line) for line in (data / "assets.jsonl").read_text(encoding="utf-8").splitlines()]
    files = [data / "media" / f"{r['id']}.webp" for r in rows if r["metadata"]["kind"] == "image"]
    columns, cell = 12, 150
    sheet = Image.new("RGB", (columns * cell, -(-len(files) // columns) * cell), "#dcdce2")
    for i, file in enumerate(files):
        with Image.open(file) as picture:
            small = picture.convert("RGB")
        small.thumbnail((cell - 8, cell - 8), Image.Resampling.LANCZOS)
        x, y = i % columns * cell + (cell - small.width) // 2, i // columns * cell + (cell - small.height) // 2
        ImageDraw.Draw(sheet).rectangle((x - 1, y - 1, x + small.width, y + small.height), outline="#9a9aa6")
        sheet.paste(small, (x, y))
    sheet.save(path)
