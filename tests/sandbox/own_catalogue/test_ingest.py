"""A folder becomes a catalogue: pictures alone, lines alone, both; and again when something has changed."""

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from scenario_mcp.errors import SettingsRefused
from scenario_mcp.sandbox import app
from scenario_mcp.sandbox.engine.storage import Store
from scenario_mcp.sandbox.own_catalogue import file_documents, ingest
from scenario_mcp.sandbox.own_catalogue.file_documents import MAX_CONTENT_CHARACTERS, asset_id_of, iso_time_of
from scenario_mcp.sandbox.own_catalogue.ingest import index_folder, index_path
from scenario_mcp.sandbox.own_catalogue.report import IngestReport

NOON_NS = 1_750_000_000_000_000_000
NOON = "2025-06-15T15:06:40.000Z"
PATIENCE_SECONDS = 30


@pytest.fixture
def store() -> Iterator[Store]:
    with Store.open() as store:
        yield store


def draw(path: Path, size: tuple[int, int] = (64, 48), colour: str = "teal", **options: Any) -> Path:
    """Save a picture that is as old as all files of these tests."""
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", size, colour).save(path, **options)
    return age(path)


def write(path: Path, content: str | bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return age(path)


def write_lines(folder: Path, *documents: Mapping[str, Any], kind: str = "assets") -> Path:
    return write(folder / f"{kind}.jsonl", "".join(json.dumps(document) + "\n" for document in documents))


def age(path: Path, seconds: int = 0) -> Path:
    """Set when a file was changed last: seconds after noon of a certain day."""
    time_ns = NOON_NS + seconds * 10**9
    os.utime(path, ns=(time_ns, time_ns))
    return path


def counts(report: IngestReport) -> dict[str, int]:
    numbers = {name: getattr(report, name) for name in ("new", "changed", "unchanged", "removed", "broken")}
    return {name: number for name, number in numbers.items() if number}


def stored(store: Store) -> dict[str, Any]:
    """Return the documents by id."""
    return {str(document["id"]): document for document in store.documents("assets")}


def media_path(store: Store, asset_id: str) -> str | None:
    media = store.media(asset_id)
    return None if media is None else media.path


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
    assert file_documents.OWNERSHIP["ownerId"] == app.PROJECT_ID


def test_a_picture_is_what_it_holds_and_not_what_its_name_says(tmp_path: Path, store: Store) -> None:
    draw(tmp_path / "a.png", format="JPEG", exif=b"Exif\0\0", comment=b"Painted by hand")
    index_folder(tmp_path, store)
    (document,) = store.documents("assets")
    assert (document["mimeType"], document["description"]) == ("image/jpeg", "Painted by hand")


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


def test_files_of_no_known_kind_and_hidden_ones_are_passed_over(tmp_path: Path, store: Store) -> None:
    for name in ("a.exe", "README", ".hidden.png", ".git/a.png", "other.jsonl"):
        write(tmp_path / name, "x")
    assert counts(index_folder(tmp_path, store)) == {}


def test_lines_become_documents_as_they_are_with_what_every_hit_has(tmp_path: Path, store: Store) -> None:
    write_lines(
        tmp_path,
        {"id": "asset_1", "createdAt": "2024-01-01T00:00:00.000Z", "metadata": {"prompt": "a gate", "seed": 7}},
        {
            "id": "asset_2",
            "ownerId": "proj_else",
            "privacy": "public",
            "url": "https://x/?Signature=y",
            "nsfw": ["gore"],
        },
    )
    write_lines(tmp_path, {"id": "model_1", "name": "Ink", "thumbnail": {"assetId": "a", "url": "u"}}, kind="models")
    assert counts(index_folder(tmp_path, store)) == {"new": 3}
    assert list(store.documents("assets")) == [
        {
            "id": "asset_1",
            "authorId": "user_sandbox",
            "ownerId": "proj_sandbox",
            "privacy": "private",
            "teamId": "team_sandbox",
            "createdAt": "2024-01-01T00:00:00.000Z",
            "updatedAt": "2024-01-01T00:00:00.000Z",
            "collectionIds": [],
            "nsfw": [],
            "tags": [],
            "metadata": {"prompt": "a gate", "seed": "7"},
        },
        {
            "id": "asset_2",
            "authorId": "user_sandbox",
            "ownerId": "proj_else",
            "privacy": "public",
            "teamId": "team_sandbox",
            "createdAt": NOON,
            "updatedAt": NOON,
            "collectionIds": [],
            "nsfw": ["gore"],
            "tags": [],
            "metadata": {},
        },
    ]
    (model,) = store.documents("models")
    assert (model["name"], model["thumbnail"], model["capabilities"]) == ("Ink", {"assetId": "a"}, [])


def test_a_file_that_bears_the_id_of_a_line_is_its_picture(tmp_path: Path, store: Store) -> None:
    write_lines(tmp_path, {"id": "asset_1", "metadata": {"kind": "image"}}, {"id": "asset_2"})
    draw(tmp_path / "deep/down/asset_1.png")
    assert counts(index_folder(tmp_path, store)) == {"new": 2}
    assert list(stored(store)) == ["asset_1", "asset_2"]
    assert media_path(store, "asset_1") == "deep/down/asset_1.png"
    assert media_path(store, "asset_2") is None


@pytest.mark.parametrize("names", [("asset_1.txt", "asset_1.png"), ("asset_1.png", "asset_1.txt")])
def test_of_two_files_with_its_id_the_asset_has_the_one_of_its_kind(
    tmp_path: Path, store: Store, names: tuple[str, str]
) -> None:
    write_lines(tmp_path, {"id": "asset_1", "metadata": {"kind": "image"}})
    for name in names:
        draw(tmp_path / name, format="PNG")
        index_folder(tmp_path, store)
    assert media_path(store, "asset_1") == "asset_1.png"
    (tmp_path / "asset_1.png").unlink()
    age(tmp_path / "asset_1.txt", 1)
    index_folder(tmp_path, store)
    assert media_path(store, "asset_1") == "asset_1.txt"


def test_a_line_names_its_file_and_what_it_leaves_out_is_read_from_there(tmp_path: Path, store: Store) -> None:
    path = draw(tmp_path / "art/knight.png")
    write_lines(
        tmp_path, {"id": "asset_1", "file": "art/knight.png", "tags": ["mine"], "metadata": {"name": "Sir", "width": 9}}
    )
    assert counts(index_folder(tmp_path, store)) == {"new": 1}
    (document,) = store.documents("assets")
    assert (document["id"], document["mimeType"], document["tags"]) == ("asset_1", "image/png", ["mine"])
    assert "file" not in document
    assert document["metadata"] == {
        "kind": "image",
        "type": "uploaded",
        "name": "Sir",
        "size": path.stat().st_size,
        "width": 9,
        "height": 48,
        "aspectRatio": "4:3",
    }
    assert media_path(store, "asset_1") == "art/knight.png"
    assert counts(index_folder(tmp_path, store)) == {"unchanged": 1}


def test_a_named_file_that_changes_comes_or_goes_is_noticed(tmp_path: Path, store: Store) -> None:
    write_lines(tmp_path, {"id": "asset_1", "file": "a.png"}, {"id": "asset_2"})
    first = index_folder(tmp_path, store)
    assert (counts(first), first.problems) == (
        {"new": 2, "broken": 1},
        [("a.png", "is named by a line but is no file of this folder")],
    )
    assert counts(index_folder(tmp_path, store)) == {"unchanged": 2, "broken": 1}
    draw(tmp_path / "a.png")
    assert counts(index_folder(tmp_path, store)) == {"changed": 1, "unchanged": 1}
    draw(tmp_path / "a.png", (10, 10))
    assert counts(index_folder(tmp_path, store)) == {"changed": 1, "unchanged": 1}
    assert stored(store)["asset_1"]["metadata"]["width"] == 10
    (tmp_path / "a.png").unlink()
    assert counts(index_folder(tmp_path, store)) == {"changed": 1, "unchanged": 1, "broken": 1}
    assert "width" not in stored(store)["asset_1"]["metadata"]


@pytest.mark.parametrize(
    "name", ["../secret.png", "/etc/hostname", "a\0.png", "\ud800.png", "folder", "a" * 9_000, "link.png", "in/a.png"]
)
def test_a_line_cannot_name_what_is_outside_of_its_folder(tmp_path: Path, store: Store, name: str) -> None:
    draw(tmp_path / "secret.png")
    folder = tmp_path / "catalogue"
    write_lines(folder, {"id": "asset_1", "file": name})
    (folder / "folder").mkdir()
    (folder / "link.png").symlink_to(tmp_path / "secret.png")
    (folder / "in").symlink_to(tmp_path)
    draw(tmp_path / "a.png")
    index_folder(folder, store)
    assert media_path(store, "asset_1") is None


def test_a_line_that_names_no_media_or_a_broken_picture_says_so(tmp_path: Path, store: Store) -> None:
    write(tmp_path / "a.exe", "x")
    write(tmp_path / "b.png", "x")
    write_lines(tmp_path, {"id": "asset_1", "file": "a.exe"}, {"id": "asset_2", "file": "b.png"})
    expected = [
        ("a.exe", "is named by a line but is no picture and no other known kind of media"),
        ("b.png", "is not a picture that can be read"),
    ]
    for _ in range(2):
        report = index_folder(tmp_path, store)
        assert (report.problems, list(stored(store))) == (expected, ["asset_1", "asset_2"])


def test_pictures_in_media_beside_lines_never_become_assets(tmp_path: Path, store: Store) -> None:
    write_lines(tmp_path, {"id": "model_1", "thumbnail": {"assetId": "asset_9"}}, kind="models")
    draw(tmp_path / "media/asset_9.webp")
    draw(tmp_path / "media/not an id.webp")
    assert counts(index_folder(tmp_path, store)) == {"new": 2}
    assert [document["metadata"]["name"] for document in stored(store).values()] == ["not an id"]
    assert media_path(store, "asset_9") == "media/asset_9.webp"
    (tmp_path / "media/asset_9.webp").unlink()
    index_folder(tmp_path, store)
    assert media_path(store, "asset_9") is None


def test_a_second_run_reads_nothing_again(tmp_path: Path, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(5):
        draw(tmp_path / f"{number}.png")
    write(tmp_path / "broken.png", "x")
    write_lines(tmp_path, {"id": "asset_1"}, {"id": "asset_2"})
    first = index_folder(tmp_path, store)
    monkeypatch.setattr("scenario_mcp.sandbox.own_catalogue.walk.os.open", None)
    second = index_folder(tmp_path, store)
    assert (counts(first), counts(second)) == ({"new": 7, "broken": 1}, {"unchanged": 7, "broken": 1})
    assert first.problems == second.problems == [("broken.png", "is not a picture that can be read")]


def test_new_changed_and_vanished_files_are_told_apart(tmp_path: Path, store: Store) -> None:
    for name in ("same", "changed", "gone", "becomes broken"):
        draw(tmp_path / f"{name}.png")
    index_folder(tmp_path, store)
    draw(tmp_path / "changed.png", (10, 20))
    draw(tmp_path / "new.png")
    (tmp_path / "gone.png").unlink()
    age(write(tmp_path / "becomes broken.png", "x"), 1)
    report = index_folder(tmp_path, store)
    assert counts(report) == {"new": 1, "changed": 1, "unchanged": 1, "removed": 1, "broken": 1}
    assert {document["metadata"]["name"]: document["metadata"]["width"] for document in stored(store).values()} == {
        "same": 64,
        "changed": 10,
        "new": 64,
    }
    draw(tmp_path / "becomes broken.png")
    assert counts(index_folder(tmp_path, store)) == {"new": 1, "unchanged": 3}


def test_what_is_broken_can_be_asked_for(tmp_path: Path, store: Store) -> None:
    write(tmp_path / "broken.png", "x")
    write(tmp_path / "assets.jsonl", '{"id": "asset_1"}\nnonsense\n{"id": "asset_1"}\n')
    index_folder(tmp_path, store)
    assert {path: file.problem for path, file in store.files().items() if file.problem} == {
        "assets.jsonl": "has lines that are left out: line 2 is not JSON; line 3 repeats an id",
        "broken.png": "is not a picture that can be read",
    }


def test_new_changed_and_vanished_lines_are_told_apart(tmp_path: Path, store: Store) -> None:
    write_lines(tmp_path, {"id": "same"}, {"id": "changed"}, {"id": "gone"})
    index_folder(tmp_path, store)
    write_lines(tmp_path, {"id": "new"}, {"id": "same"}, {"id": "changed", "tags": ["x"]})
    assert counts(index_folder(tmp_path, store)) == {"new": 1, "changed": 1, "unchanged": 1, "removed": 1}
    assert list(stored(store)) == ["same", "changed", "new"]
    (tmp_path / "assets.jsonl").unlink()
    assert counts(index_folder(tmp_path, store)) == {"removed": 3}


def test_a_file_that_a_line_takes_over_is_no_asset_of_its_own_any_more(tmp_path: Path, store: Store) -> None:
    draw(tmp_path / "a.png")
    draw(tmp_path / "asset_1.png")
    index_folder(tmp_path, store)
    own_id = asset_id_of("a.png")
    write_lines(tmp_path, {"id": "asset_1"}, {"id": own_id, "description": "Told by a line"})
    index_folder(tmp_path, store)
    assert set(stored(store)) == {"asset_1", own_id}
    assert stored(store)[own_id]["description"] == "Told by a line"
    (tmp_path / "assets.jsonl").unlink()
    index_folder(tmp_path, store)
    assert set(stored(store)) == {asset_id_of("asset_1.png"), own_id}
    assert stored(store)[own_id]["metadata"]["width"] == 64


def test_a_file_that_lines_named_is_an_asset_of_its_own_without_them(tmp_path: Path, store: Store) -> None:
    draw(tmp_path / "a.png")
    write_lines(tmp_path, {"id": "asset_1", "file": "a.png"})
    index_folder(tmp_path, store)
    write_lines(tmp_path, {"id": "asset_1"}, {"id": "asset_2"})
    index_folder(tmp_path, store)
    assert list(stored(store)) == ["asset_1", asset_id_of("a.png"), "asset_2"] or set(stored(store)) == {
        "asset_1",
        "asset_2",
        asset_id_of("a.png"),
    }


def test_the_folder_is_never_written_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "pictures"
    draw(folder / "a.png")
    before = [(path.name, path.stat().st_mtime_ns) for path in sorted(tmp_path.rglob("*"))]
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    path = index_path(folder)
    with Store.open(path) as store:
        index_folder(folder, store)
    shutil.rmtree(tmp_path / "cache")
    assert [(path.name, path.stat().st_mtime_ns) for path in sorted(tmp_path.rglob("*"))] == before
    assert path.is_relative_to(tmp_path / "cache/scenario-mcp/catalogues")


def test_the_index_of_a_folder_is_found_again_by_any_way_to_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    (tmp_path / "a").mkdir()
    (tmp_path / "b").symlink_to("a")
    assert index_path(tmp_path / "a") == index_path(tmp_path / "b") == index_path(tmp_path / "a/../a")
    assert index_path(tmp_path / "a") != index_path(tmp_path)


def test_a_cache_that_cannot_be_written_is_refused_with_a_way_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(write(tmp_path / "file", "x")))
    with pytest.raises(SettingsRefused) as refused:
        index_path(tmp_path)
    assert str(refused.value) == (
        f"The index of the catalogue cannot be kept in {tmp_path}/file/scenario-mcp/catalogues: Not a directory. "
        "XDG_CACHE_HOME names another place."
    )


def test_a_folder_that_is_none_is_refused(tmp_path: Path, store: Store) -> None:
    with pytest.raises(SettingsRefused) as refused:
        index_folder(tmp_path / "nowhere", store)
    assert str(refused.value) == f"The catalogue {tmp_path}/nowhere cannot be read: No such file or directory."
    with pytest.raises(SettingsRefused) as refused:
        index_folder(draw(tmp_path / "a.png"), store)
    assert str(refused.value) == f"The catalogue {tmp_path}/a.png is a file. Give the folder that it lies in."


def test_the_counts_are_told_as_they_grow(tmp_path: Path, store: Store) -> None:
    for number in range(3):
        draw(tmp_path / f"{number}.png")
    seen: list[int] = []
    index_folder(tmp_path, store, lambda report: seen.append(report.done))
    index_folder(tmp_path, store, lambda report: seen.append(report.done))
    assert seen == [3, 3, 1, 2, 3, 3]


def test_many_lines_and_files_come_in_batches(tmp_path: Path, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scenario_mcp.sandbox.own_catalogue.jsonl_ingest._BATCH", 4)
    monkeypatch.setattr("scenario_mcp.sandbox.own_catalogue.file_ingest._BATCH", 4)
    write_lines(tmp_path, *({"id": f"asset_{number}"} for number in range(9)))
    for number in range(9):
        write(tmp_path / f"{number}.mp3", "x")
    before = store.generation()
    assert counts(index_folder(tmp_path, store)) == {"new": 18}
    assert store.generation() - before >= 6


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL], ids=str)
def test_what_was_done_before_a_break_is_not_done_again(tmp_path: Path, number: signal.Signals) -> None:
    folder, index = tmp_path / "folder", tmp_path / "index.sqlite"
    write_lines(folder, *({"id": f"asset_line_{number}"} for number in range(40)))
    for name in range(40):
        write(folder / f"{name}.mp3", "x")
    program = """if True:
        import os, sys
        from pathlib import Path
        from scenario_mcp.sandbox.own_catalogue import file_ingest, ingest, jsonl_ingest
        from scenario_mcp.sandbox.engine.storage import Store
        file_ingest._BATCH = jsonl_ingest._BATCH = 10
        def report(report):
            if report.new >= 60:
                os.kill(os.getpid(), int(sys.argv[3]))
        with Store.open(Path(sys.argv[2])) as store:
            ingest.index_folder(Path(sys.argv[1]), store, report)
    """
    broken_off = subprocess.run(  # noqa: S603  # our own words
        [sys.executable, "-c", program, str(folder), str(index), str(int(number))],
        timeout=PATIENCE_SECONDS,
        check=False,
        capture_output=True,
    )
    assert broken_off.returncode != 0
    with Store.open(index) as store:
        assert store.count("assets") == 60
        assert counts(index_folder(folder, store)) == {"new": 20, "unchanged": 60}
        assert store.count("assets") == 80


def test_two_processes_may_index_the_same_folder_at_once(tmp_path: Path) -> None:
    folder, index = tmp_path / "folder", tmp_path / "index.sqlite"
    write_lines(folder, *({"id": f"asset_{number}"} for number in range(100)))
    for number in range(100):
        draw(folder / f"{number}.png", (4, 4))
    program = """if True:
        import sys
        from pathlib import Path
        from scenario_mcp.sandbox.own_catalogue import file_ingest, ingest, jsonl_ingest
        from scenario_mcp.sandbox.engine.storage import Store
        file_ingest._BATCH = jsonl_ingest._BATCH = 5
        with Store.open(Path(sys.argv[2])) as store:
            report = ingest.index_folder(Path(sys.argv[1]), store)
            print(report.new + report.changed + report.unchanged, store.count("assets"))
    """
    processes = [
        subprocess.Popen(  # noqa: S603  # our own words
            [sys.executable, "-c", program, str(folder), str(index)], stdout=subprocess.PIPE, text=True
        )
        for _ in range(2)
    ]
    assert [process.communicate(timeout=PATIENCE_SECONDS)[0] for process in processes] == ["200 200\n"] * 2
    with Store.open(index) as store:
        assert counts(index_folder(folder, store)) == {"unchanged": 200}


@pytest.mark.parametrize(
    ("time_ns", "expected"),
    [(NOON_NS, NOON), (0, "1970-01-01T00:00:00.000Z"), (2**63 - 1, "2262-04-11T23:47:16.854Z"), (10**30, None)],
)
def test_a_time_is_written_as_the_api_does(time_ns: int, expected: str | None) -> None:
    assert iso_time_of(time_ns) == (expected or "1970-01-01T00:00:00.000Z")


def test_a_folder_of_another_way_of_reading_gets_another_index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    before = index_path(tmp_path)
    monkeypatch.setattr(ingest, "READING_VERSION", 10_000)
    assert index_path(tmp_path) != before
