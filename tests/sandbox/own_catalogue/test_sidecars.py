"""Files that only describe the file they lie beside."""

import json
from pathlib import Path
from typing import Any

import pytest

from scenario_mcp.sandbox.engine.storage import Store
from scenario_mcp.sandbox.own_catalogue.ingest import index_folder
from scenario_mcp.sandbox.own_catalogue.sidecars import MAX_SIDECAR_BYTES, belonging_to
from tests.support.folders import NOON, draw, stored, write, write_lines

CAPTION = "a porcelain hedgehog under a paper moon"
SETTINGS = f"{CAPTION}\nNegative prompt: blurry\nSteps: 28, Sampler: Euler a, Seed: 4242, Model: dreamforge_v7"
XMP = (
    '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    '<rdf:Description xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:description><rdf:Alt><rdf:li>'
    f"{CAPTION}</rdf:li></rdf:Alt></dc:description></rdf:Description></rdf:RDF></x:xmpmeta>"
)


def only_asset(store: Store) -> dict[str, Any]:
    (asset,) = stored(store).values()
    return dict(asset)


@pytest.mark.parametrize(
    ("sidecar", "picture"),
    [
        ("x.txt", "x.png"),
        ("X.TXT", "x.PNG"),
        ("x.caption", "x.webp"),
        ("x.json", "x.jpg"),
        ("x.png.json", "x.png"),
        ("x.png.txt", "x.png"),
        ("x.xmp", "x.dng.png"),
        ("clip.txt", "clip.mp4"),
        ("t.png.supplemental-metadata.json", "t.png"),
        ("t.png.supplemental-me.json", "t.png"),
        ("t.png.supplemental-metadata(1).json", "t(1).png"),
        ("t.png(1).json", "t(1).png"),
    ],
)
def test_a_sidecar_belongs_to_the_picture_that_it_is_named_after(sidecar: str, picture: str) -> None:
    found = belonging_to(["other.png", sidecar, picture])
    expected = {picture: [sidecar]} if picture != "x.dng.png" else {}
    assert found == expected


def test_a_text_without_a_picture_belongs_to_none() -> None:
    assert belonging_to(["lore.txt", "readme.md", "x.png", "y.txt"]) == {}
    assert belonging_to(["lore.txt", "lore.json"]) == {}


def test_pictures_with_one_stem_share_their_sidecar() -> None:
    assert belonging_to(["c.webp", "c.avif", "c.txt"]) == {"c.webp": ["c.txt"], "c.avif": ["c.txt"]}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("x.txt", CAPTION),
        ("x.caption", CAPTION),
        ("x.png.txt", f"\ufeff{CAPTION}\n"),
        ("x.json", json.dumps({"caption": CAPTION})),
        ("x.png.json", json.dumps({"title": "x.png", "description": CAPTION, "photoTakenTime": {"timestamp": "1"}})),
        ("x.xmp", XMP),
        ("x.txt", SETTINGS),
    ],
)
def test_a_picture_with_a_sidecar_is_one_asset_that_holds_its_words(
    tmp_path: Path, store: Store, name: str, text: str
) -> None:
    draw(tmp_path / "x.png")
    write(tmp_path / name, text)
    index_folder(tmp_path, store)
    asset = only_asset(store)
    assert asset["metadata"]["kind"] == "image"
    assert CAPTION in (asset.get("description"), asset["metadata"].get("prompt"))


def test_settings_beside_a_picture_are_read_as_in_it(tmp_path: Path, store: Store) -> None:
    draw(tmp_path / "x.png")
    write(tmp_path / "x.txt", SETTINGS)
    index_folder(tmp_path, store)
    asset = only_asset(store)
    assert (asset["metadata"]["seed"], asset["metadata"]["negativePrompt"]) == ("4242", "blurry")
    assert "dreamforge_v7" in asset["tags"]


def test_tags_beside_a_picture_become_its_tags(tmp_path: Path, store: Store) -> None:
    draw(tmp_path / "x.png")
    write(tmp_path / "x.json", json.dumps({"tags": ["1girl", "teal braids"], "rating": "s"}))
    index_folder(tmp_path, store)
    asset = only_asset(store)
    assert {"1girl", "teal braids"} <= set(asset["tags"])


def test_a_sidecar_that_comes_changes_and_goes_is_followed(tmp_path: Path, store: Store) -> None:
    draw(tmp_path / "x.png")
    write(tmp_path / "x.txt", "first words")
    index_folder(tmp_path, store)
    write(tmp_path / "x.txt", "second words, longer")
    index_folder(tmp_path, store)
    asset = only_asset(store)
    assert asset["description"] == "second words, longer"
    (tmp_path / "x.txt").unlink()
    index_folder(tmp_path, store)
    asset = only_asset(store)
    assert "description" not in asset


def test_a_sidecar_that_loses_its_picture_becomes_an_asset(tmp_path: Path, store: Store) -> None:
    draw(tmp_path / "x.png")
    write(tmp_path / "x.txt", CAPTION)
    index_folder(tmp_path, store)
    (tmp_path / "x.png").unlink()
    index_folder(tmp_path, store)
    asset = only_asset(store)
    assert (asset["metadata"]["kind"], asset["content"]) == ("text", CAPTION)


@pytest.mark.parametrize(
    "content", [b"\xff\xfe\x00\xd8" * 9, b"{" * 5000, b"\0" * 100, b"x" * (MAX_SIDECAR_BYTES + 1), b""]
)
def test_an_odd_sidecar_costs_the_picture_nothing(tmp_path: Path, store: Store, content: bytes) -> None:
    draw(tmp_path / "x.png")
    for ending in ("txt", "json", "xmp"):
        (tmp_path / f"x.{ending}").write_bytes(content)
    report = index_folder(tmp_path, store)
    assert (report.new, report.broken) == (1, 0)


def test_the_day_and_the_people_of_a_takeout_belong_to_the_picture(tmp_path: Path, store: Store) -> None:
    draw(tmp_path / "x.png")
    people = [{"name": "Ada, Countess"}, {"name": 7}, "odd"]
    takeout = {
        "title": "x.png",
        "description": CAPTION,
        "photoTakenTime": {"timestamp": "1500000000"},
        "people": people,
    }
    write(tmp_path / "x.png.json", json.dumps(takeout))
    index_folder(tmp_path, store)
    asset = only_asset(store)
    assert (asset["createdAt"], asset["updatedAt"]) == ("2017-07-14T02:40:00.000Z", NOON)
    assert (asset["description"], asset["tags"]) == (CAPTION, ["Ada Countess"])


@pytest.mark.parametrize(
    "takeout",
    [
        {"photoTakenTime": {"timestamp": "99999999999999999"}},
        {"photoTakenTime": {"timestamp": None}},
        {"photoTakenTime": "yesterday", "people": {"name": "x"}},
        {"photoTakenTime": {"timestamp": 9_999_999_999}},
    ],
)
def test_a_day_of_a_takeout_that_cannot_be_is_passed_over(
    tmp_path: Path, store: Store, takeout: dict[str, object]
) -> None:
    draw(tmp_path / "x.png")
    write(tmp_path / "x.png.json", json.dumps(takeout))
    report = index_folder(tmp_path, store)
    asset = only_asset(store)
    assert (report.broken, asset["createdAt"], asset["tags"], "description" in asset) == (0, NOON, [], False)


def test_a_text_beside_a_picture_that_a_line_names_stands_for_itself(tmp_path: Path, store: Store) -> None:
    draw(tmp_path / "named.png")
    write(tmp_path / "named.txt", CAPTION)
    write_lines(tmp_path, {"id": "asset_1", "file": "named.png"})
    for _ in range(2):
        index_folder(tmp_path, store)
        assert {each["file"]: each.get("content") for each in stored(store).values()} == {
            "named.png": None,
            "named.txt": CAPTION,
        }
