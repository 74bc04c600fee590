"""Every list of picture formats derives from one table."""

import re
from pathlib import Path

import pytest

import scenario_mcp
from scenario_mcp.net import download
from scenario_mcp.picture_formats import (
    BY_MIME_TYPE,
    FORMATS,
    SHOWN,
    SHOWN_NAMES,
    SHOWN_TYPES,
    PictureFormat,
    detect_format,
    has_picture_suffix,
)
from scenario_mcp.sandbox.file_kinds import kind_of_file
from scenario_mcp.server import gallery
from scenario_mcp.settings import CDN_HOSTS
from tests.support.fakes import picture

ALLOWED = {
    "picture_formats.py": "the table itself",
    "imaging/essentials/archive.py": "the name of a file in an archive",
    "imaging/essentials/boxes.py": "the type of an item in a container",
    "imaging/essentials/webp.py": "the name that the container has in its header",
    "server/guide.md": "a value in an example of a filter",
    "api/filter_fields.py": "a value in an example of a filter",
    "api/references.py": "the form of a data URL, and an example of one",
    "sandbox/engine/storage.py": "an example in a docstring",
    "terminal/sheet_file.py": "the name of the file that it writes",
}
_STRAY = re.compile(
    r"image[\\]?/(?:png|jpe?g|webp|gif|bmp|tiff|avif)|[\"'.](?:png|jpe?g|webp|gif|bmp|tiff?|avif)\b[\"']", re.IGNORECASE
)


def test_no_part_of_the_package_names_a_format_for_itself() -> None:
    package = Path(scenario_mcp.__file__).parent
    files = [path for path in package.rglob("*") if path.suffix in {".py", ".md"} and "data" not in path.parts]
    files = [path for path in files if "own_catalogue" not in path.parts]  # where places of notes have such names
    found = {str(path.relative_to(package)) for path in files if _STRAY.search(path.read_text("utf-8"))}
    assert found == ALLOWED.keys(), "derive these from picture_formats, or say above why not"


@pytest.mark.parametrize("each", FORMATS, ids=lambda each: each.name)
def test_a_format_has_a_name_of_its_own_everywhere(each: PictureFormat) -> None:
    assert BY_MIME_TYPE[each.mime_type] is each
    for suffix in each.suffixes:
        assert has_picture_suffix(f"a.{suffix.upper()}")
        assert kind_of_file(f"a.{suffix}") == ("image", each.mime_type)
    assert (each in SHOWN) is (each.mime_type in SHOWN_TYPES)


@pytest.mark.parametrize("name", ["knight.v2", "png", "knight.pngs", "knight.txt", "knight.png.v2", ""])
def test_any_other_name_is_no_picture_file(name: str) -> None:
    assert not has_picture_suffix(name)


def test_what_clients_show_is_said_and_asked_for_in_one_order() -> None:
    assert SHOWN_NAMES == "PNG, JPEG, WebP or GIF"
    assert download._HEADERS["Accept"] == "image/png, image/jpeg, image/webp, image/gif, */*;q=0.1"


def test_the_gallery_shows_the_same_formats() -> None:
    (names,) = re.findall(r"/\^image\\/\(([a-z|]+)\)\$/", gallery.html(CDN_HOSTS))
    assert {f"image/{name}" for name in names.split("|")} == SHOWN_TYPES


@pytest.mark.parametrize(
    ("data", "mime_type"),
    [*((picture(4, each.pillow_name), each.mime_type) for each in SHOWN), (b"GIF87a", "image/gif")],
)
def test_a_picture_is_what_its_bytes_say(data: bytes, mime_type: str) -> None:
    assert detect_format(data) is BY_MIME_TYPE[mime_type]
    assert detect_format(b" " + data) is None
