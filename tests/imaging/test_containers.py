"""The parts of a picture file, found without its content."""

import io

from PIL import Image
from PIL.PngImagePlugin import PngInfo

from scenario_mcp.imaging.containers import png_chunks


def png_with_a_text() -> bytes:
    notes = PngInfo()
    notes.add_text("parameters", "a knight")
    buffer = io.BytesIO()
    Image.new("RGB", (8, 8), "teal").save(buffer, "PNG", pnginfo=notes)
    return buffer.getvalue()


def test_the_chunks_of_a_png_are_found_with_their_content() -> None:
    content = png_with_a_text()
    chunks = list(png_chunks(io.BytesIO(content)))
    assert [chunk.name for chunk in chunks] == [b"IHDR", b"tEXt", b"IDAT", b"IEND"]
    text = chunks[1]
    assert content[text.offset : text.offset + text.size] == b"parameters\0a knight"


def test_a_png_that_is_cut_off_has_the_chunks_before_the_cut() -> None:
    content = png_with_a_text()
    for size in range(len(content)):
        assert [chunk.name for chunk in png_chunks(io.BytesIO(content[:size]))] == [
            chunk.name for chunk in png_chunks(io.BytesIO(content)) if chunk.offset + chunk.size <= size
        ]
