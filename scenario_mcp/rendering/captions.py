"""What is said beside a picture: a line on each asset, cleaned, cut, and never more than one line."""

from scenario_mcp.api.replies import Asset, AssetMetadata, AssetProperties
from scenario_mcp.rendering import short_facts
from scenario_mcp.text import first_shown, trimmed

MAX_PROMPT_CHARACTERS = 300
MAX_TEXT_CHARACTERS = 1_000


def title(asset: Asset) -> str:
    """Name an asset: its id, its name in quotes, and what it is."""
    metadata = asset.metadata or AssetMetadata()
    name, pixels, size = short_facts.name(asset), short_facts.pixels(asset), short_facts.size_bytes(asset)
    extent = "{}x{}".format(*pixels) if pixels else f"{size} bytes" if size else None
    what = [
        " ".join(filter(None, (short_facts.kind(asset), extent))),
        short_facts.label(metadata.model_id),
        short_facts.day(asset.created_at),
    ]
    return f"{asset.id}{f' {_quoted(name)}' if name else ''}: {', '.join(filter(None, what)) or 'of unknown kind'}"


def line(asset: Asset, *, is_seen: bool) -> str:
    """Say all that helps to tell an asset from others; what it shows only where that is not seen or not asked for."""
    metadata = asset.metadata or AssetMetadata()
    properties = asset.properties or AssetProperties()
    words = "text, its beginning" if properties.preview and properties.has_full_preview is False else "text"
    said = {
        "tags": short_facts.labels(asset.tags),
        "NSFW labels": short_facts.labels(asset.nsfw),
        "prompt": trimmed(metadata.prompt, MAX_PROMPT_CHARACTERS),
        "description": None if is_seen and metadata.prompt else trimmed(asset.description, MAX_PROMPT_CHARACTERS),
        words: first_shown(
            (properties.preview, asset.content, metadata.text, asset.transcription), MAX_TEXT_CHARACTERS
        ),
    }
    return ". ".join([title(asset), *(f"{name}: {_quoted(text)}" for name, text in said.items() if text)]) + "."


def _quoted(text: str) -> str:
    """Put a stranger's text in quotation marks that it cannot close."""
    return '"' + text.replace('"', "'") + '"'
