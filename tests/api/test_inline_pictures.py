"""A picture that comes as text is taken in every form that programs write, and judged by its content."""

import base64
import io
import time
from urllib.parse import quote

import pytest
from PIL import Image

from scenario_mcp.api.inline_pictures import NoPicture, is_cut_short, read_inline_picture
from scenario_mcp.api.references import Place
from scenario_mcp.api.requests import AssetSearch
from tests.api.test_requests import problems

OTHER = "that is not a picture of a kind that is read here"
BROKEN = "whose base64 is broken; send the whole picture"


def encoded(kind: str) -> str:
    buffer = io.BytesIO()
    Image.effect_noise((24, 24), 90).convert("RGB").save(buffer, kind)
    return base64.b64encode(buffer.getvalue()).decode()


PICTURES = {kind: encoded(kind) for kind in ("PNG", "JPEG", "WEBP", "GIF")}
EACH = pytest.mark.parametrize("kind", PICTURES)


@EACH
def test_a_picture_is_taken_in_every_form(kind: str) -> None:
    data, mime_type = PICTURES[kind], f"image/{kind.lower()}"
    expected = f"data:{mime_type};base64,{data}"
    lines = "\r\n".join(data[start : start + 76] for start in range(0, len(data), 76))
    for payload in (data, lines, data.replace("+", "-").replace("/", "_"), data.rstrip("="), quote(data, safe="")):
        for prefix in (
            f"data:{mime_type};base64,",
            "data:;base64,",
            "data:,",
            f"data:{mime_type};charset=utf-8;base64,",
            f"data:{mime_type};name=a.png;charset=utf-8;base64,",
            "data:text/plain;base64,",
            "data:application/octet-stream;base64,",
            "DATA:IMAGE/X;BASE64,",
            f"data:{mime_type},",
            f"{mime_type};base64,",
            "base64,",
            "base64:",
        ):
            assert read_inline_picture(prefix + payload) == expected, prefix
    assert read_inline_picture(quote(expected, safe="")) == expected
    assert read_inline_picture(f"data:{mime_type}," + quote(base64.b64decode(data), safe="")) == expected


@EACH
def test_base64_alone_is_taken_as_the_picture_that_it_is(kind: str) -> None:
    data = PICTURES[kind]
    expected = f"data:image/{kind.lower()};base64,{data}"
    for text in (
        data,
        f" {data}\n",
        data.rstrip("="),
        data.replace("+", "-").replace("/", "_"),
        f'"{data}"',
        f"`{data}`",
    ):
        assert AssetSearch.model_validate({"image": text}).image == expected
    lines = "\n".join(data[start : start + 76] for start in range(0, len(data), 76))
    assert AssetSearch.model_validate({"images": {"like": [lines]}}).resolve().body() == {
        "images": {"like": (expected,)}
    }


@EACH
@pytest.mark.parametrize(
    "around",
    [
        "b'{}'",
        'b"{}"',
        "url({})",
        "URL( '{}' )",
        '<img src="{}">',
        "<img alt='a knight' src='{}' width=24>",
        '<IMG SRC="{}" alt="x">',
    ],
)
def test_signs_of_python_css_and_html_around_a_picture_are_no_part_of_it(kind: str, around: str) -> None:
    data = PICTURES[kind]
    expected = f"data:image/{kind.lower()};base64,{data}"
    for text in (data, expected):
        assert AssetSearch.model_validate({"image": around.format(text)}).image == expected
    assert "free text" in problems(AssetSearch, image=around.format("a knight"))[0]
    assert "free text" in problems(AssetSearch, image="url(" * 100_000)[0]


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_a_picture_of_which_the_end_is_missing_is_known(kind: str) -> None:
    raw = base64.b64decode(PICTURES[kind])
    ends = {
        length: is_cut_short(f"data:image/x;base64,{base64.b64encode(raw[:length]).decode()}")
        for length in (len(raw) // 2, len(raw) - 20, len(raw))
    }
    assert [*ends.values()] == [True, True, False]
    whole = base64.b64encode(raw + b"more").decode()
    assert not is_cut_short(f"data:image/x;base64,{whole}")


def test_of_other_formats_no_end_is_known() -> None:
    assert not is_cut_short(f"data:image/gif;base64,{PICTURES['GIF'][:40]}")


@pytest.mark.parametrize(
    ("kind", "mime_type"),
    [("BMP", "image/bmp"), ("TIFF", "image/tiff"), ("AVIF", "image/avif"), ("DDS", "image/vnd-ms.dds")],
)
def test_a_picture_that_the_api_does_not_take_is_one_to_be_converted(kind: str, mime_type: str) -> None:
    data = encoded(kind)
    for text in (data, f"data:{mime_type};base64,{data}", f"data:;base64,{data}"):
        reference = AssetSearch.model_validate({"image": text}).image
        assert (type(reference), reference) == (Place, f"data:{mime_type};base64,{data}")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (PICTURES["PNG"][:-3] + "..", f"holds base64 {BROKEN}"),
        (PICTURES["GIF"][:100] + "...", f"holds base64 {BROKEN}"),
        ("base64,AAAA", f"holds base64 {OTHER}"),
        (base64.b64encode(b"a knight in shining armour, at dusk" * 9).decode(), f"holds base64 {OTHER}"),
        (base64.b64encode(b"a knight").decode(), f"holds base64 {OTHER}"),
        (base64.b64encode(bytes(range(255, 0, -1))).decode().replace("/", "+"), f"holds base64 {OTHER}"),
        ("data:;base64," + base64.b64encode(b"<svg/>").decode(), f"holds a data URL {OTHER}"),
        ("data:image/svg+xml,%3Csvg%3E", "takes a data URL only as data:image/TYPE;base64,DATA"),
        ("data:image/png", "takes a data URL only as data:image/TYPE;base64,DATA"),
        ("data:" + "a" * 300 + ",x", "takes a data URL only as data:image/TYPE;base64,DATA"),
    ],
    ids=lambda value: value[:30],
)
def test_what_is_no_whole_picture_is_refused_for_what_it_is(text: str, sentence: str) -> None:
    with pytest.raises(NoPicture) as refused:
        read_inline_picture(text)
    assert str(refused.value) == sentence
    assert problems(AssetSearch, image=text)[0].startswith(f"{sentence}. Example: ")


@pytest.mark.parametrize(
    "text",
    [
        *("asset_GTrL3mq4SXWyMxkOHRxlpw", "knight", "a knight in armour", "iVBORw0K", "/9j/a.png", "/9j/4/" + "a" * 90),
        *(
            "/9j/2w/" + "my pictures/" * 20 + "a.png",
            "~/a",
            "C:\\a.png",
            "https://example.com/a",
            "",
            "a" * 129,
            "R0lG/a.gif",
        ),
    ],
    ids=lambda value: value[:20],
)
def test_ids_paths_and_words_are_not_taken_for_base64(text: str) -> None:
    assert read_inline_picture(text) is None


@pytest.mark.promise(number=7)
def test_huge_texts_are_refused_at_once() -> None:
    huge = "A" * 20_000_000
    begin = time.process_time()
    for text in (f"data:,{huge}", f"data:;base64,{huge}", PICTURES["PNG"][:40] + huge, f"data%3a{huge}", f"{huge}%%"):
        assert problems(AssetSearch, image=text)
    assert time.process_time() - begin < 2
