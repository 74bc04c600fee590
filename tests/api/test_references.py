"""A reference picture is an asset's id, a data URL or a place, and each is told at the first reading."""

import base64

import pytest

from scenario_mcp.api.inline_pictures import MAX_REFERENCE_BYTES
from scenario_mcp.api.references import AssetId, DataUrl, OwnFile, Place
from scenario_mcp.api.requests import AssetSearch, ModelSearch, ResolvedSearch
from tests.api.test_requests import PICTURE, problems

FILE_NAME = "looks like a file name: give an absolute path or, for an asset with this id, its resource URI."
ACCEPTED = "takes an asset id, an https address, an absolute file path or a data URL"
OTHER_KIND = "holds a data URL that is not a picture of a kind that is read here"
EXAMPLE = 'Example: "asset_GTrL3mq4SXWyMxkOHRxlpw" or "data:image/png;base64,..."'


@pytest.mark.parametrize(
    ("value", "state"), [("asset_1", AssetId), ("scenario://assets/a", AssetId), (PICTURE, DataUrl), ("/a.png", Place)]
)
def test_a_reference_has_the_type_of_its_state(value: str, state: type[str]) -> None:
    search = AssetSearch.model_validate({"image": value})
    assert type(search.image) is state
    assert [type(each) for each in search.references().values()] == [state]


@pytest.mark.parametrize(
    ("value", "sends"),
    [
        ("asset_GTrL3mq4SXWyMxkOHRxlpw", "asset_GTrL3mq4SXWyMxkOHRxlpw"),
        (" legacyId-7\n", "legacyId-7"),
        ("knight.v2", "knight.v2"),
        ("a" * 128, "a" * 128),
        (PICTURE, PICTURE),
        (PICTURE.replace("image/png", "IMAGE/svg+xml"), PICTURE),
        (PICTURE.replace("iVBO", "iV\r\n BO\n"), PICTURE),
        ("data:image/jpg;base64,/9j/", "data:image/jpeg;base64,/9j/"),
        ("data:image/png;base64,R0lGODlh", "data:image/gif;base64,R0lGODlh"),
        ("data:image/png;base64,UklGRgAAAABXRUJQ", "data:image/webp;base64,UklGRgAAAABXRUJQ"),
        ("scenario://assets/asset_1", "asset_1"),
        ("scenario://assets/asset_1/image", "asset_1"),
        ("scenario://assets/knight.v2/image", "knight.v2"),
        ("scenario://assets/knight.png/image", "knight.png"),
    ],
)
def test_a_reference_is_an_id_or_a_data_url(value: str, sends: str) -> None:
    assert AssetSearch.model_validate({"image": value}).resolve().body() == {"image": sends}
    assert ModelSearch.model_validate({"images": {"unlike": [value]}}).resolve().body() == {
        "images": {"unlike": (sends,)}
    }


@pytest.mark.promise(number=19)
@pytest.mark.parametrize(
    "value",
    [
        "https://example.com/a.png",
        "/home/me/a.png",
        "~/a.png",
        "C:\\a.png",
        "c:/a.png",
        "\\\\host\\a.png",
        "file:///a.png",
    ],
)
def test_a_place_is_taken_but_never_sent(value: str) -> None:
    search = ModelSearch.model_validate({"images": {"like": ["asset_1"], "unlike": [value]}})
    assert search.references() == {"images.like[0]": AssetId("asset_1"), "images.unlike[0]": Place(value)}
    with pytest.raises(KeyError):
        search.resolve()
    with pytest.raises(KeyError):
        search.resolve({Place("/another"): DataUrl(PICTURE)})
    assert search.resolve({Place(value): DataUrl(PICTURE)}).body() == {
        "images": {"like": ("asset_1",), "unlike": (PICTURE,)}
    }
    made_by_hand = ResolvedSearch(search, image=None, like=None, unlike=None)
    assert made_by_hand.body() == {"images": {}}


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        ("../a.png", f"{ACCEPTED}, not a relative path. {EXAMPLE}"),
        ("..\\a.png", f"{ACCEPTED}, not a relative path. {EXAMPLE}"),
        ("knights/a", f"{ACCEPTED}, not a relative path. {EXAMPLE}"),
        ("concept v2 FINAL (1).webp", f"{ACCEPTED}, not free text. {EXAMPLE}"),
        ("~.png", f"{ACCEPTED}, not free text. {EXAMPLE}"),
        *(
            (f"a.{suffix}", f'{FILE_NAME} Example: "scenario://assets/a.{suffix}"')
            for suffix in ["png", "jpg", "jpeg", "webp", "gif", "PNG", "b.Jpg", "tiff", "avif"]
        ),
    ],
)
def test_a_relative_path_is_one_of_an_own_catalogue_and_is_never_sent(value: str, sentence: str) -> None:
    search = AssetSearch.model_validate({"image": value})
    assert isinstance(search.image, OwnFile)
    assert (search.image, search.image.refusal) == (value, sentence)
    with pytest.raises(KeyError):
        search.resolve()
    found = search.with_places({search.image: AssetId("asset_1")})
    assert found.resolve().body() == {"image": "asset_1"}


def test_places_are_replaced_wherever_they_stand() -> None:
    images = {"like": ["a/b.png", "asset_2", PICTURE], "unlike": ["/a/b.png", "a/b.png"]}
    search = AssetSearch.model_validate({"images": images}).with_places({OwnFile("a/b.png"): AssetId("asset_1")})
    assert [*search.references().values()] == ["asset_1", "asset_2", PICTURE, "/a/b.png", "asset_1"]
    assert [type(each) for each in search.references().values()] == [AssetId, AssetId, DataUrl, Place, AssetId]


@pytest.mark.promise(number=6)
@pytest.mark.promise(number=10)
@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        *(
            (value, f"{ACCEPTED}, not {kind}. {EXAMPLE}")
            for value, kind in [
                ("ftp://example.com/a.png", "any other address"),
                ("scenario://models/model_1", "any other address"),
                ("scenario://assets/../models", "any other address"),
                (f"scenario://assets/{'a' * 129}", "any other address"),
                ("scenario://assets/_", "any other address"),
                ("a knight", "free text"),
                ("a" * 129, "free text"),
                ("", "free text"),
                ("_a", "free text"),
                ("asset_1\u200b", "free text"),
            ]
        ),
        ("http://example.com/a.png", f"takes a web address only with https://. {EXAMPLE}"),
        ("HTTP:a", f"takes a web address only with https://. {EXAMPLE}"),
        *(
            (value, f"takes a data URL only as data:image/TYPE;base64,DATA. {EXAMPLE}")
            for value in ["data:text/plain,hi", "data:image/png,abc", "data:", "data:image/svg+xml;utf8,<svg/>"]
        ),
        *(
            (
                f"data:image/png;base64,{data}",
                f"holds a data URL whose base64 is broken; send the whole picture. {EXAMPLE}",
            )
            for data in ["%%%", "A", "AA==AA==", "A\u00c4AA"]
        ),
        *(
            (
                f"data:image/{kind};base64,{base64.b64encode(data).decode()}",
                f"holds a data URL that is not a picture of a kind that is read here. {EXAMPLE}",
            )
            for kind, data in [
                ("svg+xml", b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
                ("png", b"<!doctype html>"),
                ("bmp", b"BM\0\0\0\0"),
                ("webp", b"RIFF\0\0\0\0WAVE"),
                ("gif", b"GIF88a"),
            ]
        ),
        (
            "DATA:application/pdf;base64,AAAA",
            f"holds a data URL that is not a picture of a kind that is read here. {EXAMPLE}",
        ),
        ("data:image/png;base64,", f"holds a data URL without a picture in it. {EXAMPLE}"),
    ],
)
def test_anything_else_is_refused_as_a_reference(value: str, sentence: str) -> None:
    assert problems(AssetSearch, image=value) == [sentence]
    assert problems(ModelSearch, images={"like": ["asset_1", value]}) == [sentence]


def test_a_picture_may_be_just_as_large_as_said() -> None:
    largest = "data:image/png;base64," + base64.b64encode(b"\x89PNG\r\n\x1a\n".ljust(MAX_REFERENCE_BYTES - 2)).decode()
    assert AssetSearch.model_validate({"image": largest}).image == largest
    assert problems(AssetSearch, image=largest + "AAAA") == [
        f"holds a picture of over 3.5 MB; make it smaller, 1024 pixels are enough. {EXAMPLE}"
    ]
