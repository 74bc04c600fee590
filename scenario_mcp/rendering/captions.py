"""What is said beside a picture: a line on each asset, cleaned, cut, and never more than one line."""

from scenario_mcp.api.replies import Asset, AssetMetadata, AssetProperties
from scenario_mcp.rendering.lengths import MAX_NAME_CHARACTERS
from scenario_mcp.text import first_shown, trimmed

MAX_LABEL_CHARACTERS = 60
MAX_TAGS_CHARACTERS = 120
MAX_PROMPT_CHARACTERS = 300
MAX_TEXT_CHARACTERS = 1_000
DATE_CHARACTERS = len("2026-11-23")


def title(asset: Asset) -> str:
    """Name an asset: its id, its name in quotes, and what it is."""
    metadata = asset.metadata or AssetMetadata()
    name = first_shown(asset.names, MAX_NAME_CHARACTERS)
    size = "{}x{}".format(*metadata.pixels) if metadata.pixels else None
    what = [
        " ".join(filter(None, (trimmed(metadata.kind, MAX_LABEL_CHARACTERS), size))),
        trimmed(metadata.model_id, MAX_LABEL_CHARACTERS),
        trimmed((asset.created_at or "")[:DATE_CHARACTERS], DATE_CHARACTERS),
    ]
    return f"{asset.id}{f' {_quoted(name)}' if name else ''}: {', '.join(filter(None, what)) or 'of unknown kind'}"


def line(asset: Asset, *, is_seen: bool) -> str:
    """Say all that helps to tell an asset from others; what it shows only where that is not seen or not asked for."""
    metadata = asset.metadata or AssetMetadata()
    properties = asset.properties or AssetProperties()
    words = "text, its beginning" if properties.preview and properties.has_full_preview is False else "text"
    said = {
        "tags": trimmed(", ".join(asset.tags or ()), MAX_TAGS_CHARACTERS),
        "NSFW labels": trimmed(", ".join(asset.nsfw or ()), MAX_LABEL_CHARACTERS),
        "prompt": trimmed(metadata.prompt, MAX_PROMPT_CHARACTERS),
        "description": None if is_seen and metadata.prompt else trimmed(asset.description, MAX_PROMPT_CHARACTERS),
        words: first_shown((properties.preview, metadata.text, asset.transcription), MAX_TEXT_CHARACTERS),
    }
    return ". ".join([title(asset), *(f"{name}: {_quoted(text)}" for name, text in said.items() if text)]) + "."


def _quoted(text: str) -> str:
    """Put a stranger's text in quotation marks that it cannot close."""
    return '"' + text.replace('"', "'") + '"'
