"""The parts of a picture file, found without its content."""

import io
import struct

from PIL import Image
from PIL.PngImagePlugin import PngInfo

from scenario_mcp.imaging.containers import boxes, jpeg_segments, png_chunks, riff_chunks
from tests.support import containers as made


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


def names_of(content: bytes) -> list[bytes]:
    return [chunk.name for chunk in png_chunks(io.BytesIO(content))]


def test_a_chunk_with_a_wrong_length_ends_where_the_next_one_begins() -> None:
    for size in (0, 1, 4, 9, 12, 40, 5_000, 2**31, 2**32 - 1):
        odd = made.chunk(b"tEXt", b"a\0" + b"b" * 8, size=size)
        content = made.png(odd, made.text_chunk("c", "d"))
        assert names_of(content) == [b"IHDR", b"tEXt", b"tEXt", b"IDAT", b"IEND"]
        chunk = list(png_chunks(io.BytesIO(content)))[1]
        assert content[chunk.offset : chunk.offset + chunk.size] == b"a\0" + b"b" * 8


def test_bytes_that_only_look_like_a_chunk_are_not_taken_for_one() -> None:
    odd = made.chunk(b"tEXt", b"a\0 IDAT IEND tEXt", size=2**31)
    assert names_of(made.png(odd)) == [b"IHDR", b"tEXt", b"IDAT", b"IEND"]


def test_a_png_of_wrong_lengths_alone_is_left_soon() -> None:
    assert len(names_of(made.png(made.chunk(b"tEXt", b"", size=2**31) * 1000))) < 10


def test_the_segments_of_a_jpeg_are_found_also_behind_a_wrong_length() -> None:
    content = made.jpeg(
        made.segment(0xFE, b"one"), b"\xff\xff" + made.segment(0xFE, b"two"), made.segment(0xE5, b"x", size=9)
    )
    texts = [content[each.offset : each.offset + each.size] for each in jpeg_segments(io.BytesIO(content))]
    assert texts[:2] == [b"one", b"two"]
    assert [each.marker for each in jpeg_segments(io.BytesIO(content))][-1] == 0xDA


def test_the_chunks_of_a_webp_are_found_and_the_last_one_ends_with_the_file() -> None:
    content = made.webp((b"EXIF", b"abc"), (b"XMP ", b"defgh"))
    parts = [(each.name, each.size, each.missing) for each in riff_chunks(io.BytesIO(content[:-3]))]
    assert parts[-2:] == [(b"EXIF", 3, 0), (b"XMP ", 3, 2)]


def test_boxes_side_by_side_are_found_with_long_sizes_and_up_to_the_end() -> None:
    long_one = struct.pack(">I4sQ", 1, b"long", 20) + b"abcd"
    content = made.box(b"ftyp", b"x") + long_one + struct.pack(">I4s", 0, b"rest") + b"to the end"
    found = [(each.name, content[each.offset : each.offset + each.size]) for each in boxes(io.BytesIO(content))]
    assert found == [(b"ftyp", b"x"), (b"long", b"abcd"), (b"rest", b"to the end")]
    assert list(boxes(io.BytesIO(struct.pack(">I4s", 3, b"odd ")))) == []
    (cut,) = boxes(io.BytesIO(made.box(b"mdat", b"123456")[:-4]))
    assert (cut.offset, cut.size, cut.missing) == (8, 2, 4)
