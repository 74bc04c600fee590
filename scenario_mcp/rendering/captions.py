"""What is said beside a picture: a line on each asset, cleaned, cut, and never more than one line."""

from collections.abc import Mapping

from scenario_mcp.api.replies import Asset, AssetMetadata, AssetProperties
from scenario_mcp.rendering import short_facts
from scenario_mcp.text import first_shown, trimmed

MAX_PROMPT_CHARACTERS = 300
MAX_TEXT_CHARACTERS = 1_000


def line(asset: Asset, model_names: Mapping[str, str], *, is_seen: bool, local_path: str | None = None) -> str:
    """Say all that helps to tell an asset from others; its description only where it is not seen or has no prompt.

    `model_names` has the names of models by id, as far as they are known; `local_path` is where its file lies on this
    machine, where that may be told.
    """
    metadata = asset.metadata or AssetMetadata()
    is_beginning = bool(asset.properties and asset.properties.preview and asset.properties.has_full_preview is False)
    said = {
        "file": short_facts.whole_file(asset, local_path),
        "tags": short_facts.labels(asset.tags),
        "NSFW labels": short_facts.labels(asset.nsfw),
        "prompt": trimmed(metadata.prompt, MAX_PROMPT_CHARACTERS),
        "description": None if is_seen and metadata.prompt else trimmed(asset.description, MAX_PROMPT_CHARACTERS),
        "text, its beginning" if is_beginning else "text": words(asset),
    }
    name = short_facts.name(asset)
    if name and not trimmed(metadata.name, short_facts.MAX_NAME_CHARACTERS):
        begins = name.removesuffix("…")
        if any(text and text.startswith(begins) for text in said.values()):
            name = None  # it is called by the words that are said anyway
    what = f"{asset.id}{f' {_quoted(name)}' if name else ''}: {_what(asset, metadata, model_names)}"
    return ". ".join([what, *(f"{label}: {_quoted(text)}" for label, text in said.items() if text)]) + "."


def words(asset: Asset) -> str | None:
    """Return how the text of an asset begins, or what is spoken in it."""
    metadata, properties = asset.metadata or AssetMetadata(), asset.properties or AssetProperties()
    texts = (properties.preview, asset.content, metadata.text, asset.transcription)
    return first_shown(texts, MAX_TEXT_CHARACTERS)


def _what(asset: Asset, metadata: AssetMetadata, model_names: Mapping[str, str]) -> str:
    pixels, size = short_facts.pixels(asset), short_facts.size_bytes(asset)
    extent = "{}x{}".format(*pixels) if pixels else f"{size} bytes" if size else None
    source = short_facts.made_from(asset)
    what = (
        " ".join(filter(None, (short_facts.kind(asset), extent))),
        _model(short_facts.label(metadata.model_id), model_names),
        short_facts.day(asset.created_at),
        f"made from {source}" if source else None,
    )
    return ", ".join(filter(None, what)) or "of unknown kind"


def _model(model_id: str | None, model_names: Mapping[str, str]) -> str | None:
    name = trimmed(model_names.get(model_id or ""), short_facts.MAX_NAME_CHARACTERS)
    return f"{_quoted(name)} ({model_id})" if name else model_id


def _quoted(text: str) -> str:
    """Put a stranger's text in quotation marks that it cannot close."""
    return '"' + text.replace('"', "'") + '"'
