"""Checks the catalogue against its rules."""

from __future__ import annotations

import json
import re
import struct
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from PIL import Image

from .tool import ffmpeg

Row = dict[str, Any]

LIMIT = 1_000_000
KINDS = {"3d", "audio", "document", "image", "image-hdr", "json", "text", "video"}
SUFFIX = {
    "image": "webp",
    "image-hdr": "webp",
    "video": "mp4",
    "audio": "mp3",
    "3d": "glb",
    "text": "txt",
    "json": "json",
    "document": "pdf",
}
ASSET_KEYS = {
    "id",
    "authorId",
    "collectionIds",
    "createdAt",
    "updatedAt",
    "metadata",
    "mimeType",
    "nsfw",
    "ownerId",
    "privacy",
    "tags",
    "teamId",
    "description",
    "score",
    "thumbnail",
    "transcription",
    "content",
}
OPTIONAL = {"content", "description", "score", "thumbnail", "transcription"}
META_KEYS = {
    "kind",
    "type",
    "name",
    "prompt",
    "negativePrompt",
    "width",
    "height",
    "aspectRatio",
    "modelId",
    "baseModelId",
    "modelType",
    "guidance",
    "numInferenceSteps",
    "scheduler",
    "seed",
    "size",
    "parentJobId",
    "text",
    "negativePromptStrength",
    "thumbnail",
}
MODEL_KEYS = {
    "id",
    "authorId",
    "capabilities",
    "collectionIds",
    "concepts",
    "createdAt",
    "exampleAssetIds",
    "name",
    "ownerId",
    "privacy",
    "shortDescription",
    "source",
    "tags",
    "teamId",
    "thumbnail",
    "trainingImagesNumber",
    "type",
    "updatedAt",
}
DATE = re.compile(r"^20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$")


class CatalogueError(Exception):
    """The catalogue breaks one of its rules."""


def need(holds: object, where: object) -> None:
    """Stop when a rule does not hold."""
    if not holds:
        raise CatalogueError(str(where))


def check(data: Path) -> Iterator[str]:
    """Assert every rule and say what was found."""
    assets, models = _read(data / "assets.jsonl"), _read(data / "models.jsonl")
    by_id = {a["id"]: a for a in assets}
    model_ids = {m["id"] for m in models}
    need(len(by_id) == len(assets) and len(model_ids) == len(models), "an id is used twice")
    for asset in assets:
        _asset(asset, by_id, model_ids)
    _special(assets)
    collections = _read(data / "collections.jsonl")
    need({c["id"] for c in collections} == {key for a in assets for key in a["collectionIds"]}, "collections")
    need(all(c["name"] and c["thumbnail"]["assetId"] in by_id for c in collections), "collections' names and pictures")
    for model in models:
        _model(model, by_id, model_ids)
    need(
        len(models) >= 16 and any(len(m["exampleAssetIds"]) > 100 for m in models),
        "len(models) >= 16 and any(len(m['exampleAssetIds']) > 100...",
    )
    need(all(("content" in a) == (a["metadata"]["kind"] == "text") for a in assets), "only texts have content")
    _media(data / "media", assets)
    kinds = Counter(a["metadata"]["kind"] for a in assets)
    for kind, least in {"image": 110, "video": 6, "audio": 5, "3d": 5, "text": 4}.items():
        need(kinds[kind] >= least, f"only {kinds[kind]} of kind {kind}")
    need(len(assets) >= 130, "len(assets) >= 130")
    total = sum(p.lstat().st_size for p in (data, *data.rglob("*")))
    need(total <= LIMIT, f"{total} bytes are too many")
    own = [a for a in assets if a["ownerId"] == "proj_sandbox"]
    yield f"assets {len(assets)}: " + ", ".join(f"{k} {n}" for k, n in sorted(kinds.items()))
    yield f"own {len(own)} ({dict(Counter(a['privacy'] for a in own))}), others {len(assets) - len(own)}"
    yield f"models {len(models)}, bytes {total} of {LIMIT}"


def _read(path: Path) -> list[Row]:
    text = path.read_text(encoding="utf-8")
    rows = [json.loads(line) for line in text.splitlines()]
    need(
        text == "".join(json.dumps(r, ensure_ascii=False, separators=(",", ":")) + "\n" for r in rows),
        f"{path.name} is not compact",
    )
    return rows


def _asset(a: Row, by_id: dict[str, Row], model_ids: set[str]) -> None:
    where, meta = a["id"], a["metadata"]
    need(set(a) <= ASSET_KEYS and set(a) >= ASSET_KEYS - OPTIONAL, where)
    need(set(meta) <= META_KEYS and {"kind", "type", "size"} <= set(meta), where)
    need(re.fullmatch(r"(asset_)?[A-Za-z0-9]{22}", where), where)
    need(meta["kind"] in KINDS and a["privacy"] in ("private", "public", "unlisted"), where)
    need(DATE.match(a["createdAt"]) and DATE.match(a["updatedAt"]), where)
    need("2024-11-01" <= a["createdAt"] <= a["updatedAt"] < "2026-11-21", where)
    need(a["authorId"].startswith("user_") and all(c.startswith("collection_") for c in a["collectionIds"]), where)
    if a["ownerId"] == "proj_sandbox":
        need(a["teamId"] == "team_sandbox", where)
    else:
        need(a["ownerId"].startswith("proj_community-") and a["privacy"] == "public" and not a["collectionIds"], where)
    for key in ("modelId", "baseModelId"):
        need(meta.get(key) is None or meta[key] in model_ids, where)
    for link in (a.get("thumbnail"), meta.get("thumbnail")):
        if link is None:
            need(meta["kind"] not in ("video", "audio", "3d"), where)
        else:
            still = by_id[link["assetId"]]
            need(set(link) == {"assetId"} and still["metadata"]["kind"] == "image", where)
            need(still["ownerId"] == a["ownerId"], where)
    if "prompt" in meta and meta["kind"] == "image" and len(meta["prompt"].split()) < 200 and meta["prompt"].isascii():
        need(8 <= len(meta["prompt"].split()) <= 36, (where, meta["prompt"]))
    need(0 <= a.get("score", 0) <= 1, where)


def _special(assets: list[Row]) -> None:
    images = [a for a in assets if a["metadata"]["kind"] == "image"]
    metas = [a["metadata"] for a in assets]
    need(
        sum("description" not in a for a in images) == 1 and sum("description" not in a for a in assets) == 1,
        "sum('description' not in a for a in images) == 1 and sum(...",
    )
    need(
        1 <= sum(a.get("description") == "" for a in images) <= 8,
        "1 <= sum(a.get('description') == '' for a in images) <= 8",
    )
    need(
        sum(not a["id"].startswith("asset_") for a in assets) == 1,
        "sum(not a['id'].startswith('asset_') for a in assets) == 1",
    )
    need(
        all(isinstance(m.get("seed", ""), str) for m in metas),
        "all(isinstance(m.get('seed', ''), str) for m in metas)",
    )
    need(sum(bool(a["nsfw"]) for a in assets) >= 4, "sum(bool(a['nsfw']) for a in assets) >= 4")
    need(
        sum(len(m.get("prompt", "").split()) >= 300 for m in metas) == 1,
        "sum(len(m.get('prompt', '').split()) >= 300 for m in meta...",
    )
    need(
        sum(not (m.get("name", "") + m.get("prompt", "")).isascii() for m in metas) == 1,
        "sum(not (m.get('name', '') + m.get('prompt', '')).isascii...",
    )
    spoken = [a for a in assets if "transcription" in a]
    need(
        spoken and all(a["metadata"]["text"] and a["metadata"]["kind"] == "audio" for a in spoken),
        "spoken and all(a['metadata']['text'] and a['metadata']['k...",
    )
    recent = [a for a in assets if a["createdAt"] >= "2026-11-10"]
    need(10 <= len(recent) <= 16, f"{len(recent)} recent assets")
    need(
        sum("knight" in a["tags"] and "portrait" in a["tags"] for a in recent) >= 2,
        "sum('knight' in a['tags'] and 'portrait' in a['tags'] for...",
    )
    unnamed = sum("name" not in m for m in metas) / len(metas)
    need(0.2 <= unnamed <= 0.45, f"{unnamed:.0%} have no name")
    need(4 <= len({a["authorId"] for a in assets}) <= 6, "4 <= len((a['authorId'] for a in assets)) <= 6")
    need(
        5 <= len({c for a in assets for c in a["collectionIds"]}) <= 6,
        "5 <= len((c for a in assets for c in a['collectionIds']))...",
    )
    need(
        len({a["metadata"].get("aspectRatio") for a in images}) >= 6,
        "len((a['metadata'].get('aspectRatio') for a in images)) >...",
    )
    own = [a for a in assets if a["ownerId"] == "proj_sandbox"]
    need(
        len(own) >= 90 and {a["privacy"] for a in own} == {"private", "unlisted", "public"},
        "90 <= len(own) and (a['privacy'] for a in own) == ('priva...",
    )
    need(
        sum(a["privacy"] == "private" for a in own) > len(own) / 2,
        "sum(a['privacy'] == 'private' for a in own) > len(own) / 2",
    )
    need(len(assets) - len(own) >= 30, "len(assets) - len(own) >= 30")


def _model(m: Row, by_id: dict[str, Row], model_ids: set[str]) -> None:
    where = m["id"]
    need(set(m) >= MODEL_KEYS and set(m) <= MODEL_KEYS | {"parentModelId", "score", "complianceMetadata"}, where)
    need(where.startswith("model_") and DATE.match(m["createdAt"]) and m["createdAt"] <= m["updatedAt"], where)
    need(m["exampleAssetIds"] and all(i in by_id for i in m["exampleAssetIds"]), where)
    need(by_id[m["thumbnail"]["assetId"]]["metadata"]["kind"] == "image", where)
    need(m.get("parentModelId") is None or m["parentModelId"] in model_ids, where)
    need(all(c["modelId"] in model_ids for c in m["concepts"]), where)
    if m["ownerId"] != "proj_sandbox":
        need(m["privacy"] == "public" and all(by_id[i]["privacy"] == "public" for i in m["exampleAssetIds"]), where)


def _media(media: Path, assets: list[Row]) -> None:
    files = {p.name for p in media.iterdir()}
    wanted = {f"{a['id']}.{SUFFIX[a['metadata']['kind']]}" for a in assets}
    need(files == wanted, sorted(files ^ wanted)[:5])
    for a in assets:
        meta = a["metadata"]
        path = media / f"{a['id']}.{SUFFIX[meta['kind']]}"
        body = path.read_bytes()
        need(body, path.name)
        if meta["kind"] == "image":
            with Image.open(path) as picture:
                picture.load()
                need(min(picture.size) >= 190 and max(picture.size) <= 384, path.name)
                need(abs(picture.width / picture.height - meta["width"] / meta["height"]) < 0.012, path.name)
                need(len(picture.convert("RGB").getcolors(1 << 20) or []) > 8, path.name)
        elif meta["kind"] in ("video", "audio"):
            need(3_000 <= len(body) <= 16_000, (path.name, len(body)))
            ffmpeg(["-xerror", "-i", str(path), "-f", "null", "-"])
        elif meta["kind"] == "3d":
            _glb(body)
        elif meta["kind"] == "json":
            json.loads(body)
        elif meta["kind"] == "document":
            need(
                body.startswith(b"%PDF-") and body.rstrip().endswith(b"%%EOF"),
                "body.startswith(b'%PDF-') and body.rstrip().endswith(b'%%...",
            )
        else:
            need(body.decode("utf-8").strip(), "body.decode('utf-8').strip()")


def _glb(body: bytes) -> None:
    """Check that the header, both chunks and the accessors of a binary glTF fit together."""
    magic, version, total = struct.unpack_from("<4sII", body)
    need(magic == b"glTF" and version == 2 and total == len(body) <= 5_500, len(body))
    length, tag = struct.unpack_from("<I4s", body, 12)
    need(tag == b"JSON", "tag == b'JSON'")
    document = json.loads(body[20 : 20 + length])
    size, tag = struct.unpack_from("<I4s", body, 20 + length)
    need(
        tag == b"BIN\0" and 28 + length + size == total and document["buffers"][0]["byteLength"] <= size,
        "tag == b'BIN'0' and 28 + length + size == total and docum...",
    )
    count = document["accessors"][0]["count"]
    need(
        count and count % 3 == 0 and document["bufferViews"][0]["byteLength"] == 12 * count,
        "count and count % 3 == 0 and document['bufferViews'][0]['...",
    )
