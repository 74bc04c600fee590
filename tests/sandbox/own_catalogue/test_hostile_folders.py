"""A folder made to do harm does none: nothing is followed out, nothing is unpacked, nothing is held whole in memory."""

import json
import os
import socket
import subprocess
import sys
import tempfile
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from scenario_mcp.sandbox.engine.storage import Store
from scenario_mcp.sandbox.own_catalogue import walk as walking
from scenario_mcp.sandbox.own_catalogue.ingest import index_folder
from scenario_mcp.sandbox.own_catalogue.jsonl_documents import MAX_DEPTH, MAX_LINE_BYTES
from scenario_mcp.sandbox.own_catalogue.walk import FileChanged, FoundFile, SkippedFile, find, opened, walk
from tests.support.folders import counts, draw, media_path, stored, write

NOBODY = 65_534
PATIENCE_SECONDS = 30


@pytest.fixture
def store() -> Iterator[Store]:
    with Store.open() as store:
        yield store


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return an empty folder beside a picture that is not in it."""
    draw(tmp_path / "secret.png")
    folder = tmp_path / "folder"
    folder.mkdir()
    return folder


def test_links_that_lead_out_are_listed_and_not_followed(folder: Path, store: Store) -> None:
    (folder / "picture.png").symlink_to("../secret.png")
    (folder / "upwards").symlink_to("..")
    (folder / "nowhere").symlink_to("../missing.png")
    (folder / "system").symlink_to("/")
    report = index_folder(folder, store)
    assert sorted(report.problems) == [
        SkippedFile(name, "is a link that leads out of the folder")
        for name in ("nowhere", "picture.png", "system", "upwards")
    ]
    assert stored(store) == {}


def test_links_that_stay_inside_are_passed_over_for_what_they_lead_to(folder: Path, store: Store) -> None:
    draw(folder / "in/a.png")
    (folder / "again.png").symlink_to("in/a.png")
    (folder / "in/loop").symlink_to("..")
    (folder / "self").symlink_to("self")
    report = index_folder(folder, store)
    assert (counts(report), report.problems) == (
        {"new": 1, "broken": 1},
        [("self", "is a link that leads nowhere")],
    )


def test_a_folder_may_itself_be_reached_by_a_link(tmp_path: Path, folder: Path, store: Store) -> None:
    draw(folder / "a.png")
    (tmp_path / "link").symlink_to("folder")
    assert counts(index_folder(tmp_path / "link", store)) == {"new": 1}


def test_pipes_sockets_and_folders_with_the_names_of_pictures_are_listed(
    folder: Path, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    os.mkfifo(folder / "pipe.png")
    os.mkfifo(folder / "assets.jsonl")
    (folder / "folder.png").mkdir()
    monkeypatch.chdir(folder)  # the path of a socket is short
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("socket.png")
        report = index_folder(folder, store)
    assert sorted(report.problems) == [
        ("assets.jsonl", "is not a file"),
        ("assets.jsonl", "is not a file of this folder"),
        ("pipe.png", "is not a file"),
        ("socket.png", "is not a file"),
    ]


def test_a_pipe_that_takes_the_place_of_a_file_is_not_waited_for(folder: Path) -> None:
    draw(folder / "a.png")
    (found,) = walk(folder)
    assert isinstance(found, FoundFile)
    (folder / "a.png").unlink()
    os.mkfifo(folder / "a.png")
    with pytest.raises(FileChanged), opened(folder, found):
        pass


def test_a_link_that_takes_the_place_of_a_file_is_not_opened(folder: Path) -> None:
    draw(folder / "a.png")
    (found,) = walk(folder)
    assert isinstance(found, FoundFile)
    (folder / "a.png").unlink()
    (folder / "a.png").symlink_to("../secret.png")
    with pytest.raises(FileChanged), opened(folder, found):
        pass


def test_a_file_that_changes_while_it_is_read_is_read_again_soon(
    folder: Path, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    draw(folder / "a.png")
    write(folder / "models.jsonl", '{"id": "model_1"}\n')
    original = walking._check_unchanged
    calls: list[int] = []

    def change(handle: int, found: FoundFile) -> None:
        calls.append(handle)
        if len(calls) % 2 == 0:  # the check after reading
            with (folder / found.path).open("ab") as file:
                file.write(b"\n")
        original(handle, found)

    monkeypatch.setattr(walking, "_check_unchanged", change)
    problem = "changed while it was read; it is read again soon"
    report = index_folder(folder, store)
    assert report.problems == [("models.jsonl", problem), ("a.png", problem)]
    monkeypatch.undo()
    assert counts(index_folder(folder, store)) == {"new": 2}


def test_a_named_file_that_changes_while_it_is_read_is_read_again_soon(
    folder: Path, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    draw(folder / "a.png")
    write(folder / "assets.jsonl", '{"id": "asset_1", "file": "a.png"}\n')
    original = walking._check_unchanged

    def change(handle: int, found: FoundFile) -> None:
        if found.path == "a.png":
            raise FileChanged
        original(handle, found)

    monkeypatch.setattr(walking, "_check_unchanged", change)
    assert index_folder(folder, store).problems == [("a.png", "changed while it was read")]
    monkeypatch.undo()
    assert counts(index_folder(folder, store)) == {"changed": 1}
    assert media_path(store, "asset_1") == "a.png"


def test_a_file_that_vanishes_before_it_is_read_is_listed(
    folder: Path, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    draw(folder / "a.png")
    write(folder / "assets.jsonl", '{"id": "asset_1", "file": "a.png"}\n')
    draw(folder / "b.png")

    def vanish(*_: object) -> int:
        raise FileNotFoundError(2, "No such file or directory")

    monkeypatch.setattr("scenario_mcp.sandbox.own_catalogue.walk.os.open", vanish)
    expected = "cannot be read: No such file or directory"
    assert sorted(index_folder(folder, store).problems) == [
        ("a.png", expected),
        ("assets.jsonl", expected),
        ("b.png", expected),
    ]


@pytest.fixture
def open_to_others() -> Iterator[Path]:
    """Return a folder of its own that any user may enter, as pytest's may not; nothing else is changed."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        yield Path(name)


def test_unreadable_files_and_folders_are_listed(open_to_others: Path) -> None:
    folder = open_to_others / "folder"
    draw(folder / "closed.png").chmod(0)
    draw(folder / "open.png")
    warm_up = draw(open_to_others / "other" / "a.png", (8, 8))
    draw(folder / "closed/a.png")
    (folder / "closed").chmod(0)
    program = """if True:
        import sys
        from pathlib import Path
        from scenario_mcp.sandbox.own_catalogue.ingest import index_folder
        from scenario_mcp.sandbox.engine.storage import Store
        import os
        is_root = os.geteuid() == 0  # who may read everything
        with Store.open() as store:
            index_folder(Path(sys.argv[3]), store)  # loads what others perhaps may not
            if is_root:
                os.seteuid(int(sys.argv[2]))
            report = index_folder(Path(sys.argv[1]), store)
            if is_root:
                os.seteuid(0)
            print(report.new, sorted(map(tuple, report.problems)))
    """
    finished = subprocess.run(  # noqa: S603  # our own words
        [sys.executable, "-c", program, str(folder), str(NOBODY), str(warm_up.parent)],
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
        check=False,
    )
    (folder / "closed").chmod(0o755)
    expected = [("closed", "cannot be listed: Permission denied"), ("closed.png", "cannot be read: Permission denied")]
    assert (finished.stderr, finished.stdout) == ("", f"1 {expected}\n")


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("red\x1b[31malert.png", "red[31malert"),
        ("two\nlines.png", "two lines"),
        ("\x07.png", "untitled"),
        ("left\u202eright.png", "leftright"),
        ("-rf.png", "rf"),
        ("💀.png", "💀"),
    ],
)
def test_names_made_to_confuse_become_plain_ones(folder: Path, store: Store, name: str, shown: str) -> None:
    draw(folder / name, format="PNG")
    assert counts(index_folder(folder, store)) == {"new": 1}
    (document,) = store.documents("assets")
    assert document["metadata"]["name"] == shown  # type: ignore[index]  # metadata is an object
    assert media_path(store, str(document["id"])) == name


def test_a_name_that_is_not_utf8_is_listed(folder: Path, store: Store) -> None:
    draw(folder / "a.png").rename(folder / os.fsdecode(b"caf\xe9.png"))
    assert index_folder(folder, store).problems == [("caf\\xe9.png", "has a name that is not UTF-8")]


def test_folders_may_be_deep(folder: Path, store: Store) -> None:
    draw(folder / "/".join(["a"] * 500) / "b.png")
    assert counts(index_folder(folder, store)) == {"new": 1}


def test_a_folder_of_very_many_files_is_listed_one_by_one(folder: Path) -> None:
    for number in range(1_500):
        (folder / f"{'x' * 200}{number}.png").touch()
    files = walk(folder)
    next(files)
    tracemalloc.start()
    assert sum(1 for _ in files) == 1_499
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 50_000


def lines_of(folder: Path, *lines: bytes | dict[str, Any]) -> None:
    data = [line if isinstance(line, bytes) else json.dumps(line).encode() for line in lines]
    write(folder / "assets.jsonl", b"\n".join(data))


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        (b"{", "is not JSON"),
        (b'"text"', "is not an object with an id"),
        (b"{}", "is not an object with an id"),
        (b'{"id": 7}', "is not an object with an id"),
        (b'{"id": "a", "x": NaN}', "is not JSON"),
        (b'{"id": "a", "x": -Infinity}', "is not JSON"),
        (b'{"id": "a", "x": 1e999}', "is not JSON"),
        (b'{"id": "a", "x": ' + b"9" * 5_000 + b"}", "is not JSON"),
        (b'{"id": "a", "x": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", "is not JSON"),
        (b'{"id": "a", "x": ' + b"[" * MAX_DEPTH + b"]" * MAX_DEPTH + b"}", "is not JSON"),
        (b'{"id": "\xff"}', "is not UTF-8"),
        (b'{"id": "a", "x": "' + b"x" * MAX_LINE_BYTES + b'"}', "is longer than 1 MB"),
        (b"x" * 3_500_000, "is longer than 1 MB"),
        (b'{"id": "good"}', "repeats an id"),
    ],
)
def test_a_bad_line_is_listed_with_its_number_and_the_others_are_read(
    folder: Path, store: Store, line: bytes, problem: str
) -> None:
    lines_of(folder, {"id": "good"}, b"", line, {"id": "better"})
    report = index_folder(folder, store)
    assert list(stored(store)) == ["good", "better"]
    assert report.problems == [("assets.jsonl", f"has 1 line that is left out: line 3 {problem}")]


@pytest.mark.parametrize(
    "document_id", ["", "a b", "a/b", "..", "a\n", "a\x1b", "é", "-a", "a" * 129, "\ud800", "a%2F"]
)
def test_an_id_that_cannot_stand_in_an_address_is_refused(folder: Path, store: Store, document_id: str) -> None:
    lines_of(folder, {"id": document_id})
    (problem,) = index_folder(folder, store).problems
    assert problem.problem == (
        "has 1 line that is left out: line 1 has an id of other characters than letters, digits, _, - and ., "
        "or a very long one"
    )


def test_of_very_many_bad_lines_the_first_are_named(folder: Path, store: Store) -> None:
    lines_of(folder, *[b"x"] * 1_000)
    report = index_folder(folder, store)
    (problem,) = report.problems
    assert report.broken == 1_000
    assert problem.problem.endswith("; line 20 is not JSON; and 980 more")


def test_of_very_many_problems_the_first_are_kept(folder: Path, store: Store) -> None:
    for number in range(150):
        write(folder / f"{number}.png", "x")
    report = index_folder(folder, store)
    assert (report.broken, len(report.problems)) == (150, 100)


def test_a_long_line_is_never_whole_in_memory(folder: Path, store: Store) -> None:
    with (folder / "assets.jsonl").open("wb") as file:
        file.seek(50_000_000)
        file.write(b'\n{"id": "good"}\n')
    tracemalloc.start()
    index_folder(folder, store)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert list(stored(store)) == ["good"]
    assert peak < 5_000_000


def test_a_file_of_lines_that_is_too_large_is_listed(folder: Path, store: Store) -> None:
    lines_of(folder, {"id": "a"})
    index_folder(folder, store)
    with (folder / "assets.jsonl").open("r+b") as file:
        file.truncate(10_000_000_001)
    assert index_folder(folder, store).problems == [("assets.jsonl", "is larger than 10 GB")]
    assert list(stored(store)) == ["a"]


def test_a_picture_file_that_is_too_large_is_listed(folder: Path, store: Store) -> None:
    with draw(folder / "a.png").open("r+b") as file:
        file.truncate(200_000_001)
    assert index_folder(folder, store).problems == [("a.png", "is larger than 200 MB")]


def test_fields_of_a_wrong_type_are_left_out(folder: Path, store: Store) -> None:
    thumbnail = {"assetId": "b", "url": "https://cdn/x?Signature=y"}
    lines_of(
        folder,
        {
            "id": "a",
            "name": 1,
            "tags": ["x", 1],
            "nsfw": "none",
            "score": True,
            "concepts": [1],
            "createdAt": None,
            "thumbnail": {"url": "https://cdn/x?Signature=y"},
            "file": 3,
            "future": {"deep": [1, None, True, 2**70, 1.5]},
            "metadata": {
                "width": "wide",
                "height": 0,
                "size": True,
                "guidance": "x",
                "prompt": [],
                "seed": True,
                "thumbnail": thumbnail,
            },
        },
        {"id": "b", "metadata": [], "thumbnail": thumbnail, "description": "half \ud83d of a pair"},
    )
    index_folder(folder, store)
    first, second = (
        {name: value for name, value in document.items() if name not in {"authorId", "ownerId", "teamId", "privacy"}}
        for document in stored(store).values()
    )
    date = "2025-06-15T15:06:40.000Z"
    bare = {"createdAt": date, "updatedAt": date, "collectionIds": [], "nsfw": [], "tags": []}
    assert first == {
        "id": "a",
        **bare,
        "future": {"deep": [1, None, True, "1180591620717411303424", 1.5]},
        "metadata": {"thumbnail": {"assetId": "b"}},
    }
    assert second == {
        "id": "b",
        **bare,
        "metadata": {},
        "thumbnail": {"assetId": "b"},
        "description": "half ? of a pair",
    }


def test_a_file_is_found_only_inside(folder: Path) -> None:
    path = draw(folder / "in/a.png")
    assert find(folder, "in/../in/./a.png") == FoundFile("in/a.png", path.stat().st_size, path.stat().st_mtime_ns)
    assert find(folder, str(path)) == find(folder, "in/a.png")
    for name in ("", ".", "in", "../secret.png", "in/../../secret.png", "missing", "/"):
        assert find(folder, name) is None
