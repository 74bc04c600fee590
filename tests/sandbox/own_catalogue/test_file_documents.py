"""What a file tells of itself."""

import io
from pathlib import Path

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from scenario_mcp.sandbox import url_parameters
from scenario_mcp.sandbox.engine.storage import Store
from scenario_mcp.sandbox.own_catalogue import file_documents
from scenario_mcp.sandbox.own_catalogue.file_documents import MAX_CONTENT_CHARACTERS, iso_time_of
from scenario_mcp.sandbox.own_catalogue.ingest import index_folder
from tests.support.folders import NOON, NOON_NS, counts, draw, stored, write


def test_a_picture_becomes_an_asset_with_all_that_it_tells(tmp_path: Path, store: Store) -> None:
    notes = PngInfo()
    notes.add_text("parameters", "a knight\nNegative prompt: rain\nSteps: 20, CFG scale: 7, Seed: 5, Model: dream_8")
    path = draw(tmp_path / "Characters/Knights/brave_knight-02.PNG", (1024, 576), pnginfo=notes)
    assert counts(index_folder(tmp_path, store)) == {"new": 1}
    (document,) = store.documents("assets")
    assert document == {
        "id": "asset_71OyQsLe8AbzkZ63ePu13w",
        "authorId": "user_sandbox",
        "ownerId": "proj_sandbox",
        "privacy": "private",
        "teamId": "team_sandbox",
        "collectionIds": [],
        "createdAt": NOON,
        "file": "Characters/Knights/brave_knight-02.PNG",
        "metadata": {
            "kind": "image",
            "type": "uploaded",
            "name": "brave knight 02",
            "size": path.stat().st_size,
            "width": 1024,
            "height": 576,
            "aspectRatio": "16:9",
            "prompt": "a knight",
            "negativePrompt": "rain",
            "seed": "5",
            "numInferenceSteps": 20,
            "guidance": 7.0,
        },
        "mimeType": "image/png",
        "nsfw": [],
        "tags": ["Characters", "Knights", "dream_8"],
        "updatedAt": NOON,
    }
    media = store.media("asset_71OyQsLe8AbzkZ63ePu13w")
    assert media is not None
    assert (media.path, media.mime_type) == ("Characters/Knights/brave_knight-02.PNG", "image/png")


def test_the_project_is_that_of_the_sandbox_key() -> None:
    assert file_documents.OWNERSHIP["ownerId"] == url_parameters.PROJECT_ID


def test_a_picture_is_what_it_holds_and_not_what_its_name_says(tmp_path: Path, store: Store) -> None:
    draw(tmp_path / "a.png", format="JPEG", exif=b"Exif\0\0", comment=b"Painted by hand")
    index_folder(tmp_path, store)
    (document,) = store.documents("assets")
    assert (document["mimeType"], document["description"]) == ("image/jpeg", "Painted by hand")


def test_an_animation_tells_its_frames_and_its_length(tmp_path: Path, store: Store) -> None:
    others = [Image.new("RGB", (64, 48), colour) for colour in ("red", "blue")]
    draw(tmp_path / "a.gif", save_all=True, append_images=others, duration=250)
    draw(tmp_path / "still.gif")
    index_folder(tmp_path, store)
    told = [stored(store)[key]["metadata"] for key in store.ids("assets")]
    assert [(each.get("frames"), each.get("duration")) for each in told] == [(3, 0.75), (None, None)]


@pytest.mark.parametrize("name", ["PNG", "JPEG", "WEBP", "GIF", "AVIF"])
def test_a_picture_without_its_end_says_so(name: str, tmp_path: Path, store: Store) -> None:
    buffer = io.BytesIO()
    Image.effect_noise((64, 48), 80).convert("RGB").save(buffer, name)
    whole = buffer.getvalue()
    for key, data in {"a": whole, "b": whole[: len(whole) * 3 // 4], "c": whole + bytes(200_000)}.items():
        write(tmp_path / f"{key}.{name.lower()}", data)
    index_folder(tmp_path, store)
    facts = [document["metadata"] for document in stored(store).values()]
    told = {each["name"]: each.get("incomplete") for each in facts}
    assert told == {"a": None, "b": True, "c": None}


def test_a_photograph_is_as_old_as_it_says(tmp_path: Path, store: Store) -> None:
    exif = Image.Exif()
    exif[306] = "2020:02:03 04:05:06"
    draw(tmp_path / "a.jpg", exif=exif)
    index_folder(tmp_path, store)
    (document,) = store.documents("assets")
    assert (document["createdAt"], document["updatedAt"]) == ("2020-02-03T04:05:06.000Z", NOON)


@pytest.mark.parametrize(
    ("name", "kind", "mime_type"),
    [
        ("a.mp4", "video", "video/mp4"),
        ("a.MOV", "video", "video/quicktime"),
        ("a.mp3", "audio", "audio/mpeg"),
        ("a.glb", "3d", "model/gltf-binary"),
        ("a.pdf", "document", "application/pdf"),
        ("a.hdr", "image-hdr", "application/x-radiance"),
    ],
)
def test_other_media_become_assets_unopened(tmp_path: Path, store: Store, name: str, kind: str, mime_type: str) -> None:
    write(tmp_path / name, b"\0\1\2")
    index_folder(tmp_path, store)
    (document,) = store.documents("assets")
    assert document["mimeType"] == mime_type
    assert document["metadata"] == {"kind": kind, "type": "uploaded", "name": "a", "size": 3}


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"\xef\xbb\xbfOnce upon a time", "Once upon a time"),
        ("é".encode() * 30_000, "é" * MAX_CONTENT_CHARACTERS),
        (b"x" + "é".encode() * 30_000, "x" + "é" * (MAX_CONTENT_CHARACTERS - 1)),
        (b"\xff\xfe\xff" + b"a" * 100, None),
        (b"a\0b", None),
        (b"", None),
    ],
)
def test_the_first_part_of_a_text_is_its_content(
    tmp_path: Path, store: Store, content: bytes, expected: str | None
) -> None:
    write(tmp_path / "story.txt", content)
    index_folder(tmp_path, store)
    (document,) = store.documents("assets")
    assert document.get("content") == expected


@pytest.mark.parametrize(
    ("time_ns", "expected"),
    [(NOON_NS, NOON), (0, "1970-01-01T00:00:00.000Z"), (2**63 - 1, "2262-04-11T23:47:16.854Z"), (10**30, None)],
)
def test_a_time_is_written_as_the_api_does(time_ns: int, expected: str | None) -> None:
    assert iso_time_of(time_ns) == (expected or "1970-01-01T00:00:00.000Z")
