"""Pictures to be compared by look: the samples' and drawn ones."""

import base64
import io
from typing import Any

from PIL import Image, ImageDraw

from scenario_mcp.sandbox.catalogue import Document
from tests.support.sample_search import PROJECT, SAMPLES

PICTURES = {key: media.content for key in SAMPLES.assets if (media := SAMPLES.media(key)) and media.is_picture}


def encode(picture: Image.Image, file_format: str = "png", **options: Any) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, file_format, **options)
    return buffer.getvalue()


def data_url(content: bytes) -> str:
    return "data:image/png;base64," + base64.b64encode(content).decode()


def draw(ground: str, shape: str) -> Image.Image:
    picture = Image.new("RGB", (64, 48), ground)
    ImageDraw.Draw(picture).ellipse((8, 8, 40, 40), fill=shape)
    return picture


DRAWN = {"red": draw("white", "red"), "pink": draw("white", "salmon"), "night": draw("black", "navy")}


def asset(asset_id: str, mime_type: str = "image/png", **fields: Any) -> Document:
    return {"id": asset_id, "ownerId": PROJECT, "mimeType": mime_type, "metadata": {}, **fields}
