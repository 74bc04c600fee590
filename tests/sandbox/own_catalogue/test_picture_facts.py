"""What picture files tell of themselves: format, size, date, and how they were made."""

import io
import json
import struct
import zlib
from datetime import UTC, datetime
from typing import Any

import pytest
from PIL import ExifTags, Image, ImageFile
from PIL.PngImagePlugin import PngInfo

from scenario_mcp.sandbox.own_catalogue.generation_parameters import (
    MAX_NOTE_CHARACTERS,
    GenerationParameters,
    read_generation_parameters,
)
from scenario_mcp.sandbox.own_catalogue.picture_facts import BadFile, PictureFacts, read_picture_facts

PARAMETERS = (
    "a knight, (silver armour:1.2)\nat dawn\n"
    "Negative prompt: blurry, ugly\n"
    'Steps: 20, Sampler: Euler a, CFG scale: 7.5, Seed: 123, Size: 512x512, Lora hashes: "a: 1, b: 2", Model: dream_8'
)
COMFY_GRAPH = {
    "3": {
        "class_type": "KSampler",
        "inputs": {
            "seed": 18446744073709551615,
            "steps": 28,
            "cfg": 4.5,
            "sampler_name": "dpmpp_2m",
            "scheduler": "karras",
            "model": ["10", 0],
            "positive": ["12", 0],
            "negative": ["7", 0],
        },
    },
    "4": {"class_type": "CheckpointLoaderSimple", "inputs": {"ckpt_name": "sdxl\\base_1.0.safetensors"}},
    "6": {"class_type": "CLIPTextEncode", "inputs": {"text": ["20", 0], "clip": ["4", 1]}},
    "7": {"class_type": "CLIPTextEncode", "inputs": {"text": "blurry", "clip": ["4", 1]}},
    "10": {"class_type": "LoraLoader", "inputs": {"model": ["4", 0], "lora_name": "ink.safetensors"}},
    "12": {"class_type": "ControlNetApply", "inputs": {"conditioning": ["6", 0], "strength": 0.4}},
    "20": {"class_type": "PrimitiveString", "inputs": {"string": "a castle on a hill"}},
}
COMFY_WORKFLOW = {
    "nodes": [
        {"id": 1, "type": "CLIPTextEncode", "widgets_values": ["a harbour"]},
        {"id": 2, "type": "CLIPTextEncode", "widgets_values": ["blurry"]},
        {"id": 3, "type": "KSampler", "inputs": [{"name": "positive", "link": 5}, {"name": "negative", "link": 6}]},
        "not a node",
    ],
    "links": [[5, 1, 0, 3, 0, "CONDITIONING"], [6, 2, 0, 3, 1, "CONDITIONING"], [], None],
}


def facts_of(content: bytes) -> PictureFacts:
    return read_picture_facts(io.BytesIO(content))


def picture(file_format: str = "PNG", size: tuple[int, int] = (64, 48), **options: Any) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", size, "teal").save(buffer, file_format, **options)
    return buffer.getvalue()


def png_with(**texts: str) -> bytes:
    notes = PngInfo()
    for name, text in texts.items():
        notes.add_itxt(name, text, zip=True)
    return picture(pnginfo=notes)


def exif_with(tags: dict[int, Any], details: dict[int, Any] | None = None) -> Image.Exif:
    exif = Image.Exif()
    exif.update(tags)
    if details:
        exif.get_ifd(ExifTags.IFD.Exif).update(details)
    return exif


@pytest.mark.parametrize(
    ("file_format", "mime_type"),
    [
        ("PNG", "image/png"),
        ("JPEG", "image/jpeg"),
        ("WEBP", "image/webp"),
        ("GIF", "image/gif"),
        ("BMP", "image/bmp"),
        ("TIFF", "image/tiff"),
    ],
)
def test_format_and_size_are_read_from_the_content(file_format: str, mime_type: str) -> None:
    facts = facts_of(picture(file_format))
    assert (facts.mime_type, facts.width, facts.height) == (mime_type, 64, 48)


@pytest.mark.parametrize(
    ("size", "ratio"),
    [
        ((512, 512), "1:1"),
        ((1920, 1080), "16:9"),
        ((1344, 768), "7:4"),
        ((1023, 767), "4:3"),
        ((767, 1023), "3:4"),
        ((1000, 37), "1000:37"),
    ],
)
def test_an_aspect_ratio_is_one_that_people_use(size: tuple[int, int], ratio: str) -> None:
    assert PictureFacts("image/png", *size, taken_at=None, notes={}).aspect_ratio == ratio


def test_the_pixels_are_not_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    def load(_: object) -> None:
        raise AssertionError("unpacked")

    content = png_with(parameters=PARAMETERS)
    for cls in (Image.Image, ImageFile.ImageFile):
        monkeypatch.setattr(cls, "load", load)
    assert facts_of(content).notes == {"parameters": PARAMETERS}


@pytest.mark.parametrize(
    ("details", "expected"),
    [
        ({}, datetime(2024, 5, 6, 7, 8, 9, tzinfo=UTC)),
        ({ExifTags.Base.DateTimeOriginal: "2023:01:02 03:04:05"}, datetime(2023, 1, 2, 3, 4, 5, tzinfo=UTC)),
        (
            {ExifTags.Base.DateTimeOriginal: "2023:01:02 03:04:05", ExifTags.Base.OffsetTimeOriginal: "+02:00"},
            datetime(2023, 1, 2, 1, 4, 5, tzinfo=UTC),
        ),
        ({ExifTags.Base.DateTimeOriginal: "2023:13:45 99:99:99"}, None),
        ({ExifTags.Base.DateTimeOriginal: "0001:01:01 00:00:00", ExifTags.Base.OffsetTimeOriginal: "+09:00"}, None),
    ],
)
def test_the_date_is_when_the_picture_was_taken(details: dict[int, Any], expected: datetime | None) -> None:
    exif = exif_with({ExifTags.Base.DateTime: "2024:05:06 07:08:09"}, details)
    assert facts_of(picture("JPEG", exif=exif)).taken_at == expected


@pytest.mark.parametrize(
    ("comment", "expected"),
    [
        (b"UNICODE\0" + PARAMETERS.encode("utf-16-be"), PARAMETERS),
        (b"UNICODE\0" + PARAMETERS.encode("utf-16-le"), PARAMETERS),
        (b"ASCII\0\0\0a knight", "a knight"),
        (b"a knight without a header", "a knight without a header"),
        ("a knight", "a knight"),
    ],
)
@pytest.mark.parametrize("file_format", ["JPEG", "WEBP", "PNG"])
def test_a_user_comment_is_read_in_any_of_its_encodings(comment: bytes | str, expected: str, file_format: str) -> None:
    content = picture(file_format, exif=exif_with({ExifTags.Base.Software: "x"}, {ExifTags.Base.UserComment: comment}))
    assert facts_of(content).notes == {"UserComment": expected}


def test_descriptions_are_read_from_exif_from_comments_and_from_xmp() -> None:
    xmp = (
        b'<x:xmpmeta><rdf:RDF><dc:description><rdf:Alt><rdf:li xml:lang="x-default">A &lt;red&gt; knight</rdf:li>'
        b"</rdf:Alt></dc:description></rdf:RDF></x:xmpmeta>"
    )
    exif = exif_with({ExifTags.Base.ImageDescription: "A gate"})
    assert facts_of(picture("JPEG", exif=exif, comment=b"Made by hand", xmp=xmp)).notes == {
        "Comment": "Made by hand",
        "dc:description": "A <red> knight",
        "ImageDescription": "A gate",
    }
    assert facts_of(picture("TIFF", tiffinfo={270: "A tower"})).notes == {"ImageDescription": "A tower"}
    assert facts_of(picture("WEBP", xmp=b"<dc:description><rdf:li>cut off")).notes == {}


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"only text",
        b"\x89PNG\r\n\x1a\n",
        picture()[:20],
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"RIFF\xff\xff\xff\xffWEBPVP8 ",
        b"GIF89a",
    ],
)
def test_what_is_no_picture_is_refused(content: bytes) -> None:
    with pytest.raises(BadFile, match=r"^is not a picture that can be read$"):
        facts_of(content)


@pytest.mark.parametrize("side", [9_500, 60_000])
def test_a_picture_that_would_fill_the_memory_is_refused_unopened(side: int) -> None:
    header = b"IHDR" + struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    chunk = struct.pack(">I", 13) + header + struct.pack(">I", zlib.crc32(header))
    with pytest.raises(BadFile, match=r"^has too many pixels$"):
        facts_of(b"\x89PNG\r\n\x1a\n" + chunk + picture()[33:])


def test_a_note_that_unpacks_without_end_is_refused() -> None:
    with pytest.raises(BadFile):
        facts_of(png_with(parameters="a" * 50_000_000))


def test_the_parameters_of_automatic1111_are_read() -> None:
    assert read_generation_parameters({"parameters": PARAMETERS}) == GenerationParameters(
        {
            "prompt": "a knight, (silver armour:1.2) at dawn",
            "negativePrompt": "blurry, ugly",
            "seed": "123",
            "scheduler": "Euler a",
            "numInferenceSteps": 20,
            "guidance": 7.5,
        },
        model="dream_8",
    )


def test_parameters_without_a_negative_prompt_are_read() -> None:
    generation = read_generation_parameters({"parameters": "a knight\r\nSteps: 8, Seed: 1\r\n"})
    assert generation.metadata == {"prompt": "a knight", "seed": "1", "numInferenceSteps": 8}


def test_the_graph_of_comfyui_is_followed_to_the_prompts() -> None:
    assert read_generation_parameters({"prompt": json.dumps(COMFY_GRAPH), "workflow": "{}"}) == GenerationParameters(
        {
            "prompt": "a castle on a hill",
            "negativePrompt": "blurry",
            "seed": "18446744073709551615",
            "scheduler": "dpmpp_2m",
            "numInferenceSteps": 28,
            "guidance": 4.5,
        },
        model="base_1.0",
    )


def test_the_workflow_of_comfyui_serves_when_there_is_no_graph() -> None:
    assert read_generation_parameters({"workflow": json.dumps(COMFY_WORKFLOW)}).metadata == {
        "prompt": "a harbour",
        "negativePrompt": "blurry",
    }


def test_a_graph_without_a_sampler_gives_its_first_text() -> None:
    graph = {"1": {"class_type": "Text", "inputs": {"text": " "}}, "2": {"class_type": "T", "inputs": {"text": "owl"}}}
    assert read_generation_parameters({"prompt": json.dumps(graph)}).metadata == {"prompt": "owl"}


def test_a_graph_that_runs_in_a_circle_ends() -> None:
    graph = {
        "1": {"class_type": "KSampler", "inputs": {"positive": ["2", 0], "seed": 4, "model": []}},
        "2": {"class_type": "A", "inputs": {"text": ["3", 0]}},
        "3": {"class_type": "B", "inputs": {"text": ["2", 0]}},
        "4": "not a node",
    }
    assert read_generation_parameters({"prompt": json.dumps(graph)}).metadata == {"seed": "4"}


@pytest.mark.parametrize(
    ("fields", "metadata", "model"),
    [
        (
            {"prompt": "an owl", "uc": "blurry", "steps": 28, "scale": 5.0, "seed": 7, "sampler": "k_euler"},
            {
                "prompt": "an owl",
                "negativePrompt": "blurry",
                "numInferenceSteps": 28,
                "guidance": 5.0,
                "seed": "7",
                "scheduler": "k_euler",
            },
            "",
        ),
        (
            {"positive_prompt": "an owl", "cfg_scale": 3, "model": {"name": "flux", "hash": "x"}},
            {"prompt": "an owl", "guidance": 3.0},
            "flux",
        ),
        (
            {"prompt": "an owl", "guidance_scale": 4, "base_model": "juggernaut.safetensors"},
            {"prompt": "an owl", "guidance": 4.0},
            "juggernaut",
        ),
        ({"prompt": ["not", "text"], "steps": "many", "scale": True, "seed": None, "guidance": 1e400}, {}, ""),
        ({"steps": -1, "scale": 10**400, "model": {}}, {}, ""),
    ],
)
def test_flat_json_is_read_by_the_names_of_each_generator(
    fields: dict[str, Any], metadata: dict[str, Any], model: str
) -> None:
    assert read_generation_parameters({"Comment": json.dumps(fields)}) == GenerationParameters(metadata, model)


def test_the_line_of_midjourney_is_a_prompt() -> None:
    note = "a knight --ar 3:4 --v 6 Job ID: 01234567-89ab-cdef-0123-456789abcdef"
    assert read_generation_parameters({"Description": note}).metadata == {"prompt": "a knight --ar 3:4 --v 6"}


def test_plain_text_is_a_description() -> None:
    assert (
        read_generation_parameters({"Comment": "My \x1b[31mcastle\x1b[0m", "Title": "other"}).description
        == "My [31mcastle[0m"
    )


@pytest.mark.parametrize(
    "text", ["{", "[1]", '{"nodes": [[]]}', '{"nodes": [], "links": 3}', "[" * 100_000, "{" + '"a":{' * 100_000]
)
def test_broken_notes_tell_nothing(text: str) -> None:
    generation = read_generation_parameters({"prompt": text})
    assert generation.metadata == {}


def test_endless_notes_are_not_looked_at() -> None:
    assert read_generation_parameters({"Comment": "a" * (MAX_NOTE_CHARACTERS + 1)}) == GenerationParameters()
