"""Results of tools, made up, and pictures to go with them."""

import base64
import io
import json
from collections.abc import Sequence
from typing import Any

from PIL import Image

from scenario_mcp.rendering.paging_notes import note_for_people

KEY = "scenario-mcp/gallery"


def picture(width: int = 64, height: int = 64, colour: str = "teal") -> bytes:
    """Draw a PNG."""
    data = io.BytesIO()
    Image.new("RGB", (width, height), colour).save(data, "PNG")
    return data.getvalue()


def asset(number: int, **facts: Any) -> dict[str, Any]:
    """Make an asset's card."""
    return {"id": f"asset_{number}", "name": f"Asset {number}", **facts}


def found(cards: Sequence[Any], resource_type: str = "assets", **page: Any) -> dict[str, Any]:
    """Make the result of a search that found these cards."""
    hits = [{"id": card["id"], "uri": f"scenario://{resource_type}/{card['id']}/image"} for card in cards]
    answer = {"returned": len(cards), **page, "hits": hits}
    return {
        "content": [{"type": "text", "text": json.dumps(answer)}],
        "structuredContent": answer,
        "_meta": {
            KEY: {"resourceType": resource_type, "cards": list(cards), "note": note_for_people(page.get("note"))}
        },
    }


def said(*texts: str, is_error: bool = False) -> dict[str, Any]:
    """Make a result of words."""
    return {"content": [{"type": "text", "text": text} for text in texts], "isError": is_error}


def image_block(data: bytes) -> dict[str, Any]:
    """Make a content block that holds a PNG."""
    return {"type": "image", "mimeType": "image/png", "data": base64.b64encode(data).decode()}


def document(facts: dict[str, Any]) -> dict[str, Any]:
    """Make the result of a `resources/read` that holds facts."""
    contents = {"uri": "scenario://", "mimeType": "application/json", "text": json.dumps(facts)}
    return {"contents": [contents]}
