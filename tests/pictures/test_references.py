"""A picture given by the user is read from where it may be, made to fit, and sent as a data URL."""

import base64
import io
import json
import logging
import os
import random
import stat
import struct
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import anyio
import httpx
import pytest
from PIL import Image

from scenario_mcp.api.inline_pictures import MAX_REFERENCE_BYTES
from scenario_mcp.api.references import MAX_REQUEST_BYTES, Place
from scenario_mcp.api.requests import AssetSearch, ModelSearch, ResolvedSearch, Search
from scenario_mcp.errors import ScenarioError, SearchRefused, Unavailable
from scenario_mcp.net.download import Downloader, PublicHosts
from scenario_mcp.pictures import local_files
from scenario_mcp.pictures.references import REFERENCE_PIXELS, ReferenceReader
from scenario_mcp.pictures.resize import Resizer
from tests.support.fakes import SETTINGS, Network, answering, picture

ALWAYS = "An asset id or a data URL always works."
OFF = "Local files are not read here until SCENARIO_MCP_IMAGE_FOLDERS names their folder."
OUTSIDE = "The file lies in none of the folders of SCENARIO_MCP_IMAGE_FOLDERS, so it was not read."
OTHER_MACHINE = "Files of other machines are not read. Copy the picture into a folder of SCENARIO_MCP_IMAGE_FOLDERS."
MISSING = "There is no such file. Check its name."
NO_FILE = "This is not a regular file."
UNREADABLE = "The file cannot be read. Check who may read it."
NO_PICTURE = "This is not a picture of a kind that is read here."
NO_ANSWER = "The picture host did not answer. Try again."
LATE = "The picture did not come in time. Try again."
TOO_LARGE = "The picture is larger than 30 MB."
NOT_PUBLIC = "Only https addresses of public hosts on the usual port are fetched."
INNER_ADDRESS = "The picture's host resolves to an address that is not public, so it was not fetched."

ASSET = "asset_GTrL3mq4SXWyMxkOHRxlpw"
WEB = "https://pictures.example.com/knight.png"


def encoded(picture: Image.Image, kind: str, **options: Any) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, kind, **options)
    return buffer.getvalue()


def plain(color: str = "red", kind: str = "PNG") -> bytes:
    return encoded(Image.new("RGB", (8, 6), color), kind)


def noise(width: int, height: int) -> bytes:
    """Return a PNG that no encoder can make much smaller without loss."""
    return encoded(
        Image.frombytes("RGB", (width, height), random.Random(1).randbytes(3 * width * height)),  # noqa: S311  # noise
        "PNG",
        compress_level=0,
    )


def data_url(data: bytes, mime_type: str = "image/png") -> str:
    return f"data:{mime_type};base64,{base64.b64encode(data).decode()}"


def unpacked(reference: str | None) -> tuple[str, bytes]:
    header, _, data = str(reference).partition(",")
    return header, base64.b64decode(data)


def pictures(search: ResolvedSearch[Search]) -> tuple[str, ...]:
    return (*((search.image,) if search.image else ()), *(search.like or ()), *(search.unlike or ()))


def opened(reference: str | None) -> Image.Image:
    return Image.open(io.BytesIO(unpacked(reference)[1]))


async def public(_host: str) -> Sequence[str]:
    return ("93.184.216.34",)


async def inner(_host: str) -> Sequence[str]:
    return ("10.0.0.1",)


def reader(
    *folders: Path, network: httpx.AsyncBaseTransport | None = None, timeout_seconds: float = 20.0
) -> ReferenceReader:
    http = httpx.AsyncClient(transport=network or answering(b"", 500))
    downloader = Downloader(http, PublicHosts(), resolve=public)
    return ReferenceReader(
        downloader, Resizer(), tuple(str(folder) for folder in folders), timeout_seconds=timeout_seconds
    )


async def failure(reading: ReferenceReader, image: str) -> tuple[type[ScenarioError], str]:
    with pytest.raises(ScenarioError) as refused:
        await reading.resolve(AssetSearch.model_validate({"image": image}))
    return type(refused.value), refused.value.message


def refusal(sentence: str, where: str = "image") -> tuple[type[ScenarioError], str]:
    return SearchRefused, f"{where}: {sentence} {ALWAYS}"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path.resolve() / "art"
    folder.mkdir()
    return folder


# What a search becomes


@pytest.mark.parametrize(
    "arguments",
    [
        {"query": "knight"},
        {"image": ASSET},
        {"image": data_url(plain())},
        {"images": {"like": [ASSET, data_url(plain())], "unlike": [ASSET]}},
        {"query": "knight", "images": {}},
    ],
)
async def test_a_search_without_places_is_sent_as_it_is_given(arguments: dict[str, Any], folder: Path) -> None:
    network = answering(plain())
    search = AssetSearch.model_validate(arguments)
    resolved = await reader(folder, network=network).resolve(search)
    assert resolved.search is search
    assert resolved == search.resolve()
    assert network.requests == []


async def test_each_place_becomes_a_data_url_where_it_stood_and_all_else_stays(folder: Path) -> None:
    (folder / "a.png").write_bytes(plain("red"))
    (folder / "b.jpg").write_bytes(plain("blue", "JPEG"))
    given = data_url(plain("green"))
    search = ModelSearch.model_validate(
        {
            "query": "knight",
            "images": {"like": [str(folder / "a.png"), ASSET, WEB], "unlike": [given, str(folder / "b.jpg")]},
            "limit": 5,
        }
    )
    resolved = await reader(folder, network=answering(plain("white"))).resolve(search)
    sent = ModelSearch.model_validate(
        {
            "query": "knight",
            "images": {
                "like": [data_url(plain("red")), ASSET, data_url(plain("white"))],
                "unlike": [given, data_url(plain("blue", "JPEG"), "image/jpeg")],
            },
            "limit": 5,
        }
    )
    assert (resolved.search, resolved.body()) == (search, sent.resolve().body())
    assert (resolved.body()["limit"], resolved.body()["images"]["like"][1]) == (5, ASSET)


async def test_a_search_by_one_image_stays_one(folder: Path) -> None:
    (folder / "a.png").write_bytes(plain())
    resolved = await reader(folder).resolve(AssetSearch(image=Place(str(folder / "a.png"))))
    assert resolved.body() == {"image": data_url(plain())}


async def test_one_side_of_the_images_stays_absent(folder: Path) -> None:
    resolved = await reader(folder, network=answering(plain())).resolve(
        AssetSearch.model_validate({"images": {"unlike": [WEB]}})
    )
    assert resolved.body() == {"images": {"unlike": (data_url(plain()),)}}


async def test_the_same_place_given_twice_is_fetched_once(folder: Path) -> None:
    network = answering(plain())
    resolved = await reader(folder, network=network).resolve(
        AssetSearch.model_validate({"images": {"like": [WEB, WEB], "unlike": [WEB]}})
    )
    assert pictures(resolved) == (data_url(plain()),) * 3
    assert len(network.requests) == 1


async def test_at_most_four_places_are_fetched_at_once() -> None:
    open_now, most = 0, 0
    enough = anyio.Event()

    class Slow(httpx.AsyncBaseTransport):
        async def handle_async_request(self, _request: httpx.Request) -> httpx.Response:
            nonlocal open_now, most
            open_now += 1
            most = max(most, open_now)
            if most == 4:
                enough.set()
            await enough.wait()
            await anyio.lowlevel.checkpoint()
            open_now -= 1
            return httpx.Response(200, content=plain())

    places = [f"{WEB}?{number}" for number in range(10)]
    await reader(network=Slow()).resolve(AssetSearch.model_validate({"images": {"like": places}}))
    assert most == 4


# Fitting


async def test_a_picture_over_the_limit_is_encoded_anew(folder: Path) -> None:
    data = noise(1200, 1000)
    assert len(data) > MAX_REFERENCE_BYTES
    (folder / "noise.png").write_bytes(data)
    resolved = await reader(folder).resolve(AssetSearch(image=Place(str(folder / "noise.png"))))
    header, small = unpacked(resolved.image)
    assert (header, len(small) <= MAX_REFERENCE_BYTES) == ("data:image/webp;base64", True)
    assert opened(resolved.image).size == (1200, 1000)
    assert AssetSearch.model_validate(resolved.body()).image == resolved.image


async def test_a_picture_with_more_pixels_than_a_search_needs_is_scaled_down(folder: Path) -> None:
    (folder / "wide.png").write_bytes(encoded(Image.new("RGB", (4096, 100)), "PNG"))
    resolved = await reader(folder).resolve(AssetSearch(image=Place(str(folder / "wide.png"))))
    assert opened(resolved.image).size == (2048, 50)


async def test_pictures_that_together_are_too_large_for_a_request_each_get_their_share(folder: Path) -> None:
    (folder / "noise.png").write_bytes(noise(600, 500))
    given = data_url(noise(1000, 1000))
    places = [f"{folder}/{dots}noise.png" for dots in ("", "./", "././")]
    search = AssetSearch.model_validate({"images": {"like": [*places, given], "unlike": [ASSET, given]}})
    resolved = await reader(folder).resolve(search)
    sizes = [len(unpacked(reference)[1]) for reference in pictures(resolved)[:3]]
    share = (MAX_REQUEST_BYTES - 200_000 - 2 * len(given) - len(ASSET)) * 3 // 4 // 3
    assert max(sizes) <= share < 500_000
    assert min(sizes) > 100_000
    assert len(json.dumps(resolved.body())) <= MAX_REQUEST_BYTES
    assert pictures(resolved)[3:] == (given, ASSET, given)


async def test_more_pictures_than_a_request_has_room_for_are_refused_before_any_is_fetched() -> None:
    network = answering(plain())
    reading = reader(network=network)
    many = [f"{WEB}?{number}" for number in range(74)]
    with pytest.raises(SearchRefused) as refused:
        await reading.resolve(AssetSearch.model_validate({"images": {"like": many}}))
    assert refused.value.message == (
        "images: So many pictures do not fit into the 10 MB that a search takes. "
        "Give fewer, or asset ids in their place."
    )
    assert network.requests == []
    resolved = await reading.resolve(AssetSearch.model_validate({"images": {"like": many[:73]}}))
    assert pictures(resolved) == (data_url(plain()),) * 73


async def test_a_moving_picture_becomes_a_still(folder: Path) -> None:
    frames = [Image.new("P", (8, 6), index) for index in (0, 1)]
    (folder / "a.gif").write_bytes(encoded(frames[0], "GIF", save_all=True, append_images=frames[1:]))
    resolved = await reader(folder).resolve(AssetSearch(image=Place(str(folder / "a.gif"))))
    assert unpacked(resolved.image)[0] == "data:image/webp;base64"
    assert getattr(opened(resolved.image), "n_frames", 1) == 1


@pytest.mark.parametrize("kind", ["TIFF", "BMP", "AVIF", "JPEG2000", "DDS", "TGA"])
async def test_a_format_that_the_api_does_not_take_is_converted(kind: str, folder: Path) -> None:
    data = plain("teal", kind)
    (folder / "picture").write_bytes(data)
    places = [str(folder / "picture")]
    if kind != "TGA":  # nothing at its beginning tells what it is
        places += [data_url(data, ""), base64.b64encode(data).decode()]
    for place in places:
        picture = opened((await reader(folder).resolve(AssetSearch.model_validate({"image": place}))).image)
        assert (picture.format, picture.size) == ("WEBP", (8, 6))
        assert all(abs(one - other) < 12 for one, other in zip(picture.getpixel((4, 3)), (0, 128, 128), strict=True))  # type: ignore[arg-type]  # RGB


async def test_a_data_url_that_is_broken_is_refused_without_a_way_that_it_took(folder: Path) -> None:
    broken = plain(kind="TIFF")[:60]
    assert await failure(reader(folder), data_url(broken, "image/tiff")) == (
        SearchRefused,
        "image: The picture is broken, so it cannot be shown. Choose another.",
    )


async def test_a_picture_with_odd_notes_is_sent_without_them(folder: Path) -> None:
    png = plain("teal")
    note = b"tEXtComment\0odd"
    odd = png[:33] + struct.pack(">I", len(note) - 4) + note + bytes(4) + png[33:]
    (folder / "odd.png").write_bytes(odd)
    picture = opened(
        (await reader(folder).resolve(AssetSearch.model_validate({"image": str(folder / "odd.png")}))).image
    )
    assert (picture.format, picture.size) == ("WEBP", (8, 6))


async def test_a_large_texture_is_scaled_down(folder: Path) -> None:
    Image.new("L", (5100, 5100), "gray").save(folder / "texture.png")
    picture = opened(
        (await reader(folder).resolve(AssetSearch.model_validate({"image": str(folder / "texture.png")}))).image
    )
    assert picture.size == (REFERENCE_PIXELS, REFERENCE_PIXELS)


@pytest.mark.parametrize("data", [b"\0", b"<svg/>", b"<!DOCTYPE html>", b"%PDF-1.7", b"root:x:0:0:root:/root:/bin/sh"])
async def test_what_is_no_picture_is_refused_wherever_it_lies(data: bytes, folder: Path) -> None:
    (folder / "a.png").write_bytes(data)
    reading = reader(folder, network=answering(data))
    assert await failure(reading, str(folder / "a.png")) == refusal(NO_PICTURE)
    assert await failure(reading, WEB) == refusal(NO_PICTURE)


# Files


@pytest.mark.parametrize(
    "place",
    ["{}/kn\u00efght 1#a%41?.png", "{}/./kn\u00efght 1#a%41?.png", "{}/../art/kn\u00efght 1#a%41?.png"],
)
async def test_a_file_is_found_by_its_absolute_path(place: str, folder: Path) -> None:
    (folder / "kn\u00efght 1#a%41?.png").write_bytes(plain())
    resolved = await reader(folder).resolve(AssetSearch(image=Place(place.format(folder))))
    assert resolved.image == data_url(plain())


@pytest.mark.parametrize("prefix", ["file://", "FILE://", "file://localhost", "file://LocalHost", "file:"])
async def test_a_file_is_found_by_its_address(prefix: str, folder: Path) -> None:
    (folder / "kn\u00efght 1#a%41?.png").write_bytes(plain())
    place = f"{prefix}{folder}/kn%C3%AFght%201%23a%2541?.png"
    resolved = await reader(folder).resolve(AssetSearch(image=Place(place)))
    assert resolved.image == data_url(plain())


async def test_a_tilde_is_the_home_folder(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(folder))
    monkeypatch.setenv("USERPROFILE", str(folder))
    (folder / "a.png").write_bytes(plain())
    assert (await reader(folder).resolve(AssetSearch(image=Place("~/a.png")))).image == data_url(plain())


async def test_a_file_is_found_through_a_link_to_its_folder_and_below_any_of_them(folder: Path) -> None:
    (folder / "deep").mkdir()
    (folder / "deep" / "a.png").write_bytes(plain())
    other = folder.parent / "other"
    other.mkdir()
    link = folder.parent / "link"
    link.symlink_to(folder, target_is_directory=True)
    (folder / "b.png").symlink_to(folder / "deep" / "a.png")
    for place in (link / "deep" / "a.png", link / "b.png"):
        assert (await reader(other, folder).resolve(AssetSearch(image=Place(str(place))))).image == data_url(plain())


NARROW, FIXED = "\u202f", "\u00a0"


@pytest.mark.parametrize(
    ("name", "written"),
    [
        (f"Screenshot 2026-11-01 at 3.45.12{NARROW}PM.png", "{}/Screenshot 2026-11-01 at 3.45.12 PM.png"),
        (f"a{FIXED}b.png", "{}/a b.png"),
        ("a b.png", f"{{}}/a{NARROW}b.png"),
        ("a  b.png", "{}/a b.png"),
        ("Caf\u00e9.png", "{}/Cafe\u0301.png"),
        ("Cafe\u0301.png", "{}/Caf\u00e9.png"),
        ("\u1112\u1161\u11ab.png", "{}/\ud55c.png"),
        ("it\u2019s.png", "{}/it's.png"),
        ("it's.png", "{}/it\u2019s.png"),
        ("1\u20132.png", "{}/1-2.png"),
        ("a\u200bb.png", "{}/ab.png"),
        ("my pic.png", "{}/my%20pic.png"),
        ("my pic.png", "file://{}/my pic.png"),
        ("my pic.png", "{}/my\\ pic.png"),
        ("my pic (1).png", "{}/my\\ pic\\ \\(1\\).png"),
        ("my pic.png", '"{}/my pic.png"'),
        ("my pic.png", "'{}/my pic.png'"),
        ("my pic.png", "`{}/my pic.png`"),
        ("my pic.png", '"{}/my\\ pic.png"'),
        ("my pic.png", "{}/'my pic.png'"),
        ("my pic.png", '  "{}/my%20pic.png"\n'),
        ("my pic.png", " {}/my pic.png \n"),
        ("my pic.png", "{}/my%C2%A0pic.png"),
        ("Caf\u00e9 1.png", "{}/Cafe%CC%81%201.png"),
        ("Caf\u00e9.png", "file://{}/Cafe%CC%81.png"),
        ("sub\u00a0folder/a.png", "{}/sub folder/a.png"),
        ("100%.png", "{}/100%25.png"),
    ],
)
async def test_a_file_is_found_by_a_path_that_looks_like_its_own(name: str, written: str, folder: Path) -> None:
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / name).write_bytes(plain())
    (folder / "other.png").write_bytes(plain("blue"))
    resolved = await reader(folder).resolve(AssetSearch.model_validate({"image": written.format(folder)}))
    assert resolved.image == data_url(plain())


async def test_a_folder_may_look_like_its_name_too(folder: Path) -> None:
    folder = folder.parent / "My\u00a0Caf\u00e9"
    folder.mkdir()
    (folder / "a.png").write_bytes(plain())
    for written in ("My Cafe\u0301/a.png", "My%20Caf%C3%A9/a.png", "My\\ Caf\u00e9/a.png"):
        place = f"{folder.parent}/{written}"
        assert (await reader(folder).resolve(AssetSearch.model_validate({"image": place}))).image == data_url(plain())


@pytest.mark.parametrize(
    ("one", "other"),
    [("a b.png", f"a{NARROW}b.png"), ("my%20pic.png", "my pic.png"), ("Caf\u00e9.png", "Cafe\u0301.png")],
)
async def test_the_very_name_always_wins(one: str, other: str, folder: Path) -> None:
    (folder / one).write_bytes(plain("red"))
    (folder / other).write_bytes(plain("blue"))
    for name, color in ((one, "red"), (other, "blue")):
        resolved = await reader(folder).resolve(AssetSearch.model_validate({"image": f"{folder}/{name}"}))
        assert resolved.image == data_url(plain(color))


async def test_of_two_files_that_look_the_same_neither_is_taken_and_both_are_named(folder: Path) -> None:
    for name in (f"a{NARROW}b.png", f"a{FIXED}b.png"):
        (folder / name).write_bytes(plain())
    assert await failure(reader(folder), f"{folder}/a b.png") == refusal(
        'Several files look like this: "a\\u00a0b.png", "a\\u202fb.png". Write the one you mean, as it stands here.'
    )
    assert (await reader(folder).resolve(AssetSearch.model_validate({"image": f"{folder}/a{FIXED}b.png"}))).image


@pytest.mark.promise(number=19)
async def test_no_writing_of_a_path_leads_out_of_the_folders(folder: Path) -> None:
    outside = folder.parent / "other"
    outside.mkdir()
    (outside / "secret.png").write_bytes(plain())
    (outside / f"se{NARROW}cret.png").write_bytes(plain())
    (folder / f"li{NARROW}nk.png").symlink_to(outside / "secret.png")
    (folder / f"up{NARROW}wards").symlink_to(outside, target_is_directory=True)
    for place in (
        f'"{outside}/secret.png"',
        f"'{outside}/secret.png'",
        f"{folder}/../other/secret.png",
        f"{folder}/\\.\\./other/secret.png",
        f"{folder}/%2e%2e/other/secret.png",
        f"{folder}/..%2fother%2fsecret.png",
        f"{folder}/%252e%252e/other/secret.png",
        f"{outside}/se cret.png",
        f"{folder}/../other/se cret.png",
        f"{folder}/li nk.png",
        f"{folder}/up wards/secret.png",
        f"{folder}%2f..%2fother/secret.png",
    ):
        kind, sentence = await failure(reader(folder), place)
        assert (kind, sentence) in (refusal(OUTSIDE), refusal(MISSING)), place


@pytest.mark.promise(number=19)
async def test_without_folders_no_file_is_read(folder: Path) -> None:
    (folder / "a.png").write_bytes(plain())
    for place in (folder / "a.png", folder / "none.png", "/etc/passwd", "//host/share/a.png", "C:\\a.png"):
        assert await failure(reader(), str(place)) == refusal(OFF)


@pytest.mark.promise(number=19)
async def test_outside_of_the_folders_all_answers_are_the_same(folder: Path) -> None:
    (folder.parent / "art2").mkdir()
    (folder.parent / "art2" / "a.png").write_bytes(plain())
    (folder.parent / "a.png").write_bytes(plain())
    os.mkfifo(folder.parent / "fifo")
    (folder.parent / "loop").symlink_to(folder.parent / "loop")
    (folder / "out.png").symlink_to(folder.parent / "a.png")
    (folder / "nowhere.png").symlink_to(folder.parent / "none.png")
    (folder / "up").symlink_to(folder.parent, target_is_directory=True)
    places = [
        folder.parent / "a.png",
        folder.parent / "none.png",
        folder.parent / "fifo",
        folder.parent / "loop",
        folder.parent / "art2" / "a.png",
        folder.parent / "art2",
        folder.parent,
        f"{folder}/../a.png",
        f"{folder}/../none.png",
        f"{folder}/deep/../../a.png",
        f"file://{folder}/%2e%2e/a.png",
        folder / "out.png",
        folder / "nowhere.png",
        folder / "up" / "a.png",
        folder / "up" / "none.png",
        "/etc/passwd",
        "/no/such/thing",
        "/dev/zero",
        "/proc/self/environ",
        "~/a.png",
        "~nobody-of-that-name/a.png",
        "C:\\a.png",
        "C:/a.png",
        "file:art/a.png",
        "/\x00",
        "/\ud800",
        f"{folder}/../\ud800",
        f"{folder}/../\x00",
        "/" + "a" * 5000,
        "/" + "a/" * 5000,
    ]
    for place in places:
        assert await failure(reader(folder), str(place)) == refusal(OUTSIDE), place


@pytest.mark.promise(number=19)
@pytest.mark.parametrize(
    "place",
    [
        "\\\\host\\share\\a.png",
        "//host/share/a.png",
        "/\\host\\share\\a.png",
        "\\\\?\\C:\\a.png",
        "file://host/share/a.png",
        "file://127.0.0.1/a.png",
        "file:////host/share/a.png",
        "file:///%2Fhost/share/a.png",
        "file://localhost//host/share/a.png",
        "file:///%5Chost/share/a.png",
    ],
)
async def test_a_file_of_another_machine_is_not_touched(
    place: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def touched(path: Path, *_: object, **__: object) -> Path:
        raise AssertionError(path)

    monkeypatch.setattr(Path, "resolve", touched)
    assert await failure(reader(folder), place) == refusal(OTHER_MACHINE)


async def test_a_missing_file_below_a_folder_is_said_to_be_missing(folder: Path) -> None:
    (folder / "a.png").write_bytes(plain())
    for place in ("none.png", "deep/none.png", "a.png/none.png"):
        assert await failure(reader(folder), str(folder / place)) == refusal(MISSING)


@pytest.mark.promise(number=19)
async def test_what_is_no_regular_file_is_neither_opened_nor_waited_for(folder: Path) -> None:
    (folder / "deep").mkdir()
    os.mkfifo(folder / "fifo")
    with anyio.fail_after(30):
        for place in ("deep", "fifo", ""):
            assert await failure(reader(folder), f"{folder}/{place}") == refusal(NO_FILE)


@pytest.mark.parametrize("name", ["a\x00.png", "a" * 300])
async def test_a_name_that_no_file_has_cannot_be_read(name: str, folder: Path) -> None:
    kind, sentence = await failure(reader(folder), f"{folder}/{name}")
    assert (kind, sentence) in (refusal(UNREADABLE), refusal(OUTSIDE))  # releases of Python differ


async def test_a_file_that_may_not_be_read_cannot_be_read(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def denied(*_: object) -> int:
        raise PermissionError("no")

    (folder / "a.png").write_bytes(plain())
    reading = reader(folder)
    monkeypatch.setattr(os, "open", denied)
    assert await failure(reading, str(folder / "a.png")) == refusal(UNREADABLE)


@pytest.mark.promise(number=19)
async def test_a_link_put_in_the_place_of_a_file_is_not_followed(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    secret = folder.parent / "secret.png"
    secret.write_bytes(plain())
    (folder / "a.png").write_bytes(plain())
    really_open = os.open

    def swapping(path: Path, flags: int) -> int:
        path.unlink()
        path.symlink_to(secret)
        return really_open(path, flags)

    monkeypatch.setattr(os, "open", swapping)
    assert await failure(reader(folder), str(folder / "a.png")) == refusal(UNREADABLE)


@pytest.mark.promise(number=19)
@pytest.mark.parametrize("moment", ["before it is looked at", "before it is opened", "while it is opened"])
async def test_a_folder_put_in_the_place_of_another_is_noticed(
    moment: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    outside = folder.parent / "outside"
    for place in (outside, folder / "deep"):
        place.mkdir()
        (place / "a.png").write_bytes(plain())
    really_open, really_lstat = os.open, Path.lstat

    def swap() -> None:
        (folder / "deep").rename(folder / "old")
        (folder / "deep").symlink_to(outside, target_is_directory=True)

    def opening(path: Path, flags: int) -> int:
        if moment != "before it is looked at":
            swap()
        descriptor = really_open(path, flags)
        if moment == "while it is opened":
            (folder / "deep").unlink()
            (folder / "old").rename(folder / "deep")
        return descriptor

    def looking(path: Path) -> os.stat_result:
        if moment == "before it is looked at":
            swap()
        return really_lstat(path)

    monkeypatch.setattr(os, "open", opening)
    monkeypatch.setattr(Path, "lstat", looking)
    assert await failure(reader(folder), str(folder / "deep" / "a.png")) == refusal(OUTSIDE)


@pytest.mark.promise(number=19)
async def test_a_file_may_be_just_as_large_as_said(folder: Path) -> None:
    data = plain()
    with (folder / "large.png").open("wb") as file:
        file.write(data)
        file.truncate(30_000_000)
    resolved = await reader(folder).resolve(AssetSearch(image=Place(str(folder / "large.png"))))
    assert opened(resolved.image).size == (8, 6)
    os.truncate(folder / "large.png", 30_000_001)
    assert await failure(reader(folder), str(folder / "large.png")) == refusal(TOO_LARGE)


async def test_a_file_that_says_it_is_small_and_is_not_is_not_read_to_its_end(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "a.png").write_bytes(plain())
    monkeypatch.setattr(local_files, "MAX_READ_BYTES", len(plain()) - 1)
    really_fstat = os.fstat

    def shrunk(descriptor: int) -> os.stat_result:
        found = list(really_fstat(descriptor))
        found[stat.ST_SIZE] = 0
        return os.stat_result(found)

    monkeypatch.setattr(os, "fstat", shrunk)
    assert await failure(reader(folder), str(folder / "a.png")) == refusal(TOO_LARGE)


@pytest.mark.promise(number=19)
@pytest.mark.parametrize("place", ["file:a.png", "C:\\a.png", "file:C:\\a.png"])
async def test_a_relative_path_is_not_read_even_in_the_right_folder(
    place: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("a.png", "C:\\a.png"):
        (folder / name).write_bytes(plain())
    monkeypatch.chdir(folder)
    assert await failure(reader(folder), place) == refusal(OUTSIDE)


# Web addresses


async def test_a_web_address_is_fetched_as_it_is_and_by_its_checked_address() -> None:
    network = answering(plain())
    place = "HTTPS://pictures.example.com/a%2Fb.png?Signature=q~W-3_x&x=%2f"
    resolved = await reader(network=network).resolve(AssetSearch(image=Place(place)))
    assert resolved.image == data_url(plain())
    assert str(network.request.url) == "https://93.184.216.34/a%2Fb.png?Signature=q~W-3_x&x=%2f"


@pytest.mark.parametrize("status", [204, 401, 403, 404, 410, 429, 500, 503])
async def test_another_answer_than_a_picture_is_named_by_its_status(status: int) -> None:
    assert await failure(reader(network=answering(plain(), status)), WEB) == refusal(
        f"The picture's host answered with status {status}. Check the address."
    )


@pytest.mark.parametrize("place", ["https://example.com:8443/a.png", "https:///a.png", "https://?a"])
async def test_what_is_not_the_usual_https_is_refused(place: str) -> None:
    network = answering(plain())
    with pytest.raises(SearchRefused) as refused:
        await reader(network=network).resolve(AssetSearch(image=Place(place)))
    assert (refused.value.message, network.requests) == (f"image: {NOT_PUBLIC} {ALWAYS}", [])


async def test_an_inner_address_is_refused() -> None:
    network = answering(plain())
    downloader = Downloader(httpx.AsyncClient(transport=network), PublicHosts(), resolve=inner)
    reading = ReferenceReader(downloader, Resizer(), (), timeout_seconds=30)
    assert await failure(reading, WEB) == refusal(INNER_ADDRESS)
    assert network.requests == []


async def test_a_host_that_does_not_answer_may_be_asked_again() -> None:
    network = Network(httpx.ReadTimeout("late"))
    with pytest.raises(Unavailable) as refused:
        await reader(network=network).resolve(AssetSearch.model_validate({"images": {"like": [ASSET, WEB]}}))
    assert refused.value.message == f"images.like[1]: {NO_ANSWER} {ALWAYS}"


async def test_a_download_over_the_limit_is_refused() -> None:
    network = Network(lambda _: httpx.Response(200, headers={"Content-Length": "30000001"}))
    assert await failure(reader(network=network), WEB) == (Unavailable, f"image: {TOO_LARGE} {ALWAYS}")


class Silent(httpx.AsyncBaseTransport):
    async def handle_async_request(self, _request: httpx.Request) -> httpx.Response:
        await anyio.sleep_forever()
        raise AssertionError


async def test_one_deadline_holds_for_all_places_together() -> None:
    places = [f"{WEB}?{number}" for number in range(20)]
    reading = reader(network=Silent(), timeout_seconds=0.2)
    with anyio.fail_after(30), pytest.raises(Unavailable) as refused:
        await reading.resolve(AssetSearch.model_validate({"images": {"unlike": places}}))
    message = refused.value.message
    where, _, sentence = message.partition(": ")
    assert where in {f"images.unlike[{number}]" for number in range(20)}
    assert sentence in {f"{LATE} {ALWAYS}", f"{NO_ANSWER} {ALWAYS}"}


async def test_one_refused_place_ends_the_wait_for_the_others(folder: Path) -> None:
    search = AssetSearch.model_validate({"images": {"like": [WEB], "unlike": [ASSET, str(folder / "none.png")]}})
    with anyio.fail_after(30), pytest.raises(SearchRefused) as refused:
        await reader(folder, network=Silent(), timeout_seconds=600).resolve(search)
    assert refused.value.message == f"images.unlike[1]: {MISSING} {ALWAYS}"


async def test_the_first_argument_that_holds_a_place_is_named(folder: Path) -> None:
    place = str(folder / "none.png")
    search = AssetSearch.model_validate({"images": {"like": [ASSET, place], "unlike": [place]}})
    with pytest.raises(SearchRefused) as refused:
        await reader(folder).resolve(search)
    assert refused.value.message == f"images.like[1]: {MISSING} {ALWAYS}"


async def test_neither_a_path_nor_an_address_is_logged_or_told(folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    for name in ("httpx", "httpcore"):
        caplog.set_level(logging.WARNING, name)  # as the server does
    caplog.set_level(logging.DEBUG)
    (folder / "hush-file.png").write_bytes(plain())
    reading = reader(folder, network=answering(b"", 404))
    await reading.resolve(AssetSearch(image=Place(str(folder / "hush-file.png"))))
    for place in (f"{folder}/hush-none.png", "/hush/none.png", "https://hush.example.com/hush?hush"):
        _, sentence = await failure(reading, place)
        assert "hush" not in sentence
    assert "hush" not in caplog.text


@pytest.mark.promise(number=2)
async def test_making_a_reference_picture_small_has_a_deadline_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(picture())
    settings = replace(SETTINGS, image_folders=(str(tmp_path),), timeout_seconds=0.2)
    references = answering({}).scenario(settings).references
    monkeypatch.setattr(Resizer, "fit", lambda *_, **__: anyio.sleep_forever())
    with anyio.fail_after(30), pytest.raises(Unavailable) as refused:
        await references.resolve(AssetSearch(image=Place(str(path))))
    assert refused.value.message == (
        "image: The picture did not come in time. Try again. An asset id or a data URL always works."
    )
