"""Replies: a stored document as a search hit, or as the fuller document by id.

Fields that only documents by id have, and their values, follow the types of Scenario's SDK 2.4.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from scenario_mcp.sandbox.catalogue import Document

Link: TypeAlias = Callable[[str], str]
"""Asset id -> signed URL."""
MAX_PREVIEW_BYTES = 1024
"""The part of a text that a document by id shows."""

_EDITS_OF_A_PICTURE = (
    "DETECTION",
    "GENERATIVE_FILL",
    "PIXELATE",
    "PROMPT_EDITING",
    "REFINE",
    "REFRAME",
    "REMOVE_BACKGROUND",
    "SEGMENTATION",
    "UPSCALE",
    "VECTORIZATION",
)
_INFERENCE_WORDS = {
    "controlnet-inpaint": "control-net-inpainting",
    "controlnet": "control-net",
    "txt2img": "txt",
    "img2img": "img",
    "inpaint": "in-paint",
}
_INFERENCE_WORD = re.compile("|".join(_INFERENCE_WORDS))
_TEXTURE = re.compile(r"(texture|3d-texture|3d23d-texture)(-\w+)?")
_MODEL_SOURCES = {"civitai", "huggingface", "other", "scenario"}
_PROPERTIES = ("width", "height", "duration", "frameRate", "channels", "sampleRate", "wordCount")


def asset_hit(asset: Document, link: Link) -> dict[str, Any]:
    """Return an asset as `POST /search/assets` does: with links to its file and thumbnail, a text with its words."""
    metadata = asset.get("metadata")
    is_text = isinstance(metadata, Mapping) and metadata.get("kind") == "text"
    shown = asset if is_text else {name: value for name, value in asset.items() if name != "content"}
    return with_thumbnail(shown, link) | {"url": link(str(asset["id"]))}


def model_hit(model: Document, link: Link) -> dict[str, Any]:
    """Return a model as `POST /search/models` does: with a link to its thumbnail."""
    return with_thumbnail(model, link)


def asset_by_id(asset: Document, link: Link, words: bytes | None = None) -> dict[str, Any]:
    """Return an asset as `GET /assets/{id}` does; `words` is the file of a text asset, whose beginning is shown."""
    metadata = asset.get("metadata")
    metadata = with_thumbnail(metadata, link) if isinstance(metadata, Mapping) else {}
    metadata = {"kind": "image", "type": "unknown"} | metadata
    hit = asset_hit(asset, link)
    hit.pop("content", None)  # the SDK's answer by id has no such field, but a preview
    return hit | {
        "editCapabilities": list(_EDITS_OF_A_PICTURE) if metadata["kind"] == "image" else [],
        "kind": metadata["kind"],
        "metadata": metadata,
        "properties": {"size": metadata.get("size", 0)}
        | {name: metadata[name] for name in _PROPERTIES if name in metadata}
        | ({} if words is None else _preview(words)),
        "source": asset_source(str(metadata["type"])),
        "status": "success",
    }


def _preview(words: bytes) -> dict[str, Any]:
    """Return the beginning of a text file, cut between characters."""
    return {
        "preview": words[:MAX_PREVIEW_BYTES].decode("utf-8", "ignore"),
        "hasFullPreview": len(words) <= MAX_PREVIEW_BYTES,
    }


def model_by_id(model: Document, link: Link) -> dict[str, Any]:
    """Return a model as `GET /models/{id}` does."""
    concepts = model.get("concepts")
    return model_hit(model, link) | {
        "concepts": [{"scale": 1.0} | concept for concept in concepts] if isinstance(concepts, list) else [],
        "custom": model.get("type") == "custom",
        # In a hit `source` is how a model was made; by id it is the site that it comes from.
        "source": model.get("source") if model.get("source") in _MODEL_SOURCES else "scenario",
        "status": "trained",
    }


def asset_source(asset_type: str) -> str:
    """Translate `metadata.type` to `source`: the same list in an older spelling."""
    if asset_type.startswith("inference-"):
        return _INFERENCE_WORD.sub(lambda word: _INFERENCE_WORDS[word[0]], asset_type)
    if _TEXTURE.fullmatch(asset_type):
        return asset_type.replace("-", ":")
    return asset_type


def with_thumbnail(fields: Mapping[str, object], link: Link) -> dict[str, Any]:
    """Return fields with the link of their thumbnail, where they have one."""
    thumbnail = fields.get("thumbnail")
    if not isinstance(thumbnail, Mapping):
        return dict(fields)
    return {**fields, "thumbnail": {**thumbnail, "url": link(str(thumbnail["assetId"]))}}
