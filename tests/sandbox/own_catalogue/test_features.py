"""What is described of a catalogue in advance, and when it is described anew."""

import io
import threading
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from scenario_mcp.sandbox.catalogue import LOOK_FEATURE, Catalogue
from scenario_mcp.sandbox.engine.storage import Store
from scenario_mcp.sandbox.own_catalogue import features
from scenario_mcp.sandbox.own_catalogue.features import Describer, DescribingStopped, State, ToCome, describe_new
from scenario_mcp.sandbox.own_catalogue.ingest import index_folder
from scenario_mcp.sandbox.similarity.semantic import meanings
from scenario_mcp.sandbox.similarity.visual import descriptor


def _picture(path: Path, colour: str) -> bytes:
    path.parent.mkdir(parents=True, exist_ok=True)
    content = io.BytesIO()
    Image.new("RGB", (64, 48), colour).save(content, "PNG")
    path.write_bytes(content.getvalue())
    return content.getvalue()


def _catalogue(folder: Path) -> Catalogue:
    store = Store.open()
    index_folder(folder, store)
    return Catalogue.of_store(store, folder)


def _go_on(_seconds: float) -> None:
    """Nothing stops the work."""


def test_every_picture_and_every_document_is_described(tmp_path: Path) -> None:
    red = _picture(tmp_path / "knights" / "red knight.png", "red")
    (tmp_path / "lore.txt").write_text("a knight guards the gate", "utf-8")
    catalogue = _catalogue(tmp_path)
    describe_new(catalogue, _go_on)
    looks = catalogue.store.features("assets", LOOK_FEATURE)
    stored = catalogue.store.features("assets", meanings.FEATURE)
    assert list(looks.values()) == [descriptor.describe(red)]
    assert stored == {str(each["id"]): meanings.describe(each) for each in catalogue.store.documents("assets")}
    assert len(stored) == 2


def test_what_is_described_is_left_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _picture(tmp_path / "a.png", "red")
    catalogue = _catalogue(tmp_path)
    describe_new(catalogue, _go_on)
    monkeypatch.setattr(descriptor, "describe", lambda _: pytest.fail("described twice"))
    monkeypatch.setattr(meanings, "describe", lambda _: pytest.fail("described twice"))
    describe_new(catalogue, _go_on)


def test_a_changed_picture_is_described_anew(tmp_path: Path) -> None:
    _picture(tmp_path / "a.png", "red")
    store = Store.open()
    for colour in ("red", "navy"):
        content = _picture(tmp_path / "a.png", colour) + colour.encode()  # another size, whatever the clock does
        (tmp_path / "a.png").write_bytes(content)
        index_folder(tmp_path, store)
        describe_new(Catalogue.of_store(store, tmp_path), _go_on)
        assert list(store.features("assets", LOOK_FEATURE).values()) == [descriptor.describe(content)]


def test_a_broken_picture_does_not_stop_the_others(tmp_path: Path) -> None:
    whole = _picture(tmp_path / "whole.png", "green")
    (tmp_path / "half.png").write_bytes(whole[:45])
    catalogue = _catalogue(tmp_path)
    describe_new(catalogue, _go_on)
    assert list(catalogue.store.features("assets", LOOK_FEATURE).values()) == [descriptor.describe(whole)]


def test_the_finished_picture_of_a_painting_is_described(tmp_path: Path) -> None:
    finished = _picture(tmp_path / "a.png", "teal")
    with zipfile.ZipFile(tmp_path / "a.kra", "w") as painting:
        painting.writestr("mimetype", "application/x-krita")
        painting.writestr("mergedimage.png", finished)
    catalogue = _catalogue(tmp_path)
    describe_new(catalogue, _go_on)
    assert [*catalogue.store.features("assets", LOOK_FEATURE).values()] == [descriptor.describe(finished)] * 2


def test_it_stops_when_it_is_told_to(tmp_path: Path) -> None:
    _picture(tmp_path / "a.png", "red")

    def stop(_seconds: float) -> None:
        raise DescribingStopped

    with pytest.raises(DescribingStopped):
        describe_new(_catalogue(tmp_path), stop)


def test_the_work_beside_ends_with_its_context(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    begun = threading.Event()

    def describe_for_ever(_: Catalogue, rest: Callable[[float], None], *_more: object) -> None:
        begun.set()
        while True:
            rest(0)

    monkeypatch.setattr(features, "describe_new", describe_for_ever)
    with Describer(_catalogue(tmp_path)):
        assert begun.wait(10)
    assert "features" not in [thread.name for thread in threading.enumerate()]


def test_a_store_that_fails_is_logged_and_no_more(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    catalogue = _catalogue(tmp_path)
    catalogue.store.close()
    begun = threading.Event()

    def lock_path() -> None:
        begun.set()

    with Describer(catalogue, lock_path) as describer:
        assert begun.wait(10)
        assert describer.close()
    assert caplog.messages == ["The catalogue could not be described in advance"]


def test_words_are_joined_before_anything_is_described(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = (f'{{"id": "asset_{number}", "name": "knight"}}\n' for number in range(4100))
    (tmp_path / "assets.jsonl").write_text("".join(lines), "utf-8")
    catalogue = _catalogue(tmp_path)
    seen: list[list[tuple[int, int]]] = []

    def segments(*_: object) -> None:
        with catalogue.store.snapshot() as snapshot:
            seen.append(snapshot.connection.execute("SELECT segment, blocks FROM segments").fetchall())

    segments()
    monkeypatch.setattr(features, "describe_new", segments)
    with Describer(catalogue) as describer:
        while not describer.is_idle:
            threading.Event().wait(0.01)
    assert seen == [[(0, 1), (1, 1)], [(0, 2)]]


def test_what_is_no_picture_is_not_opened_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _picture(tmp_path / "a.png", "red")
    (tmp_path / "song.mp3").write_bytes(b"x")
    whole = _picture(tmp_path / "half.png", "green")
    catalogue = _catalogue(tmp_path)
    (tmp_path / "half.png").write_bytes(whole[:40])
    hopeless: set[State] = set()
    to_come: list[ToCome] = []
    describe_new(catalogue, _go_on, hopeless, to_come.append)
    assert len(hopeless) == 2
    monkeypatch.setattr(Catalogue, "full_path", lambda *_: pytest.fail("opened again"))
    describe_new(catalogue, _go_on, hopeless, to_come.append)
    assert to_come == [(3, 3), (0, 3), (0, 0), (0, 0), (0, 0)]
