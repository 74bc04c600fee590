"""What people and programs wrote about a picture."""

import json

import pytest

from scenario_mcp.sandbox.own_catalogue.generators.parameters import GenerationParameters
from scenario_mcp.sandbox.own_catalogue.generators.plain_notes import read_plain_notes
from scenario_mcp.sandbox.own_catalogue.generators.reading import read_generation_parameters
from scenario_mcp.sandbox.own_catalogue.notes.note import Note


def read(*notes: tuple[str, str, str]) -> GenerationParameters:
    return read_plain_notes([Note(*note) for note in notes], "")


def test_keywords_of_every_place_are_collected_once() -> None:
    assert read(
        ("xmp", "dc:subject", "Paris, France"),
        ("xmp", "dc:subject", "night"),
        ("xmp", "lr:hierarchicalSubject", "places|Europe|Paris"),
        ("iptc", "Keywords", "Night"),
        ("exif", "XPKeywords", "owl;snow; "),
        ("png", "Keywords", "owl, forest"),
    ).keywords == ("Paris, France", "night", "places", "Europe", "Paris", "owl", "snow", "forest")


@pytest.mark.parametrize(
    ("name", "text", "stars"),
    [
        ("xmp:Rating", "4", 4.0),
        ("Rating", "5", 5.0),
        ("xmp:Rating", "-1", -1.0),
        ("MicrosoftPhoto:Rating", "99", 5.0),
        ("RatingPercent", "75", 4.0),
        ("RatingPercent", "1", 1.0),
        ("RatingPercent", "0", 0.0),
        ("Rating", "many", None),
        ("Rating", "-7", None),
        ("Rating", "1e999", None),
    ],
)
def test_stars_are_kept_as_a_number(name: str, text: str, stars: float | None) -> None:
    assert read(("xmp", name, text)).rating == stars


def test_a_title_an_author_and_all_descriptions_are_kept() -> None:
    found = read(
        ("exif", "XPTitle", "Snow lynx"),
        ("xmp", "dc:title", "Snow lynx"),
        ("xmp", "dc:creator", "Lena"),
        ("exif", "Artist", "lena"),
        ("xmp", "dc:description", "A lynx under pines!"),
        ("exif", "XPComment", "for the calendar"),
        ("comment", "Comment", "printed"),
    )
    assert (found.title, found.author) == ("Snow lynx", "Lena")
    assert found.description == "Snow lynx. A lynx under pines! for the calendar. printed"


@pytest.mark.parametrize(
    "text",
    ["", " \n", "\0\0\0", "\ufffd\ufffd\ufffdab", "Signature: dGhpcyBpcyBhIHNpZ25hdHVyZSBvZiBzb21ldGhpbmc=", "***"],
)
def test_what_is_no_text_for_people_is_left_out(text: str) -> None:
    assert read(("exif", "UserComment", text), ("exif", "ImageDescription", text)) == GenerationParameters()


def test_notes_of_other_names_are_no_descriptions() -> None:
    assert (
        read(("exif", "Make", "Canon"), ("exif", "Model", "EOS R5"), ("png", "Software", "GIMP"))
        == GenerationParameters()
    )


def test_a_json_file_beside_a_picture_describes_it() -> None:
    takeout = {
        "title": "t.png",
        "description": "a wicker hedgehog",
        "url": "https://photos.example.com",
        "imageViews": "1",
    }
    found = read_generation_parameters([Note("sidecar", "t.png.json", json.dumps(takeout))])
    assert found == GenerationParameters(description="a wicker hedgehog")
    trainer = {"caption": "an owl", "tags": ["bird", "night"], "rating": 4}
    found = read_generation_parameters([Note("sidecar", "t.json", json.dumps(trainer))])
    assert found == GenerationParameters(description="an owl", keywords=("bird", "night"), rating=4.0)


def test_a_text_beside_a_picture_describes_it() -> None:
    found = read_generation_parameters([Note("sidecar", "t.caption", "an owl in snow")])
    assert found == GenerationParameters(description="an owl in snow")
