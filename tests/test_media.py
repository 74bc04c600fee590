"""A picture comes from the picture hosts only, bounded, and is what its bytes say."""

from collections.abc import AsyncIterator
from dataclasses import replace

import anyio
import httpx
import pytest

from scenario_mcp.errors import NotFound, ScenarioError, Unavailable
from scenario_mcp.media import MAX_PICTURE_BYTES, Picture, PictureReader, picture_type
from scenario_mcp.settings import Settings
from tests.fakes import API_KEY, API_SECRET, SETTINGS, SIGNATURE, SIGNED_URL, Network, answering

PNG = b"\x89PNG\r\n\x1a\n" + b"pixels"
JPEG = b"\xff\xd8\xff\xe0" + b"pixels"
WEBP = b"RIFF\x10\x00\x00\x00WEBPVP8 pixels"
GIF = b"GIF89a" + b"pixels"
ORIGINAL = f"https://cdn.cloud.scenario.com/assets/asset_1?{SIGNATURE}"

OTHER_HOST = "The picture lies on a host that is not among SCENARIO_CDN_HOSTS, so it was not fetched."
NO_PICTURE = "What lies there is not a PNG, JPEG, WebP or GIF picture."
BROKEN_ADDRESS = "The picture's address is broken, so it was not fetched."
NO_ANSWER = "The picture host did not answer. Try again."
TOO_LARGE = "The picture is larger than 5.9 MB."


async def failure(network: Network, url: str, settings: Settings = SETTINGS) -> ScenarioError:
    with pytest.raises(ScenarioError) as refused:
        await network.pictures(settings).fetch(url)
    assert "Signature" not in refused.value.message
    return refused.value


@pytest.mark.parametrize(
    ("data", "mime_type"),
    [
        (PNG, "image/png"),
        (JPEG, "image/jpeg"),
        (WEBP, "image/webp"),
        (GIF, "image/gif"),
        (b"GIF87a", "image/gif"),
    ],
)
async def test_a_picture_is_what_its_bytes_say_whatever_the_header_says(data: bytes, mime_type: str) -> None:
    for header in ("image/png", "text/html", "application/octet-stream"):
        network = answering(data, headers={"Content-Type": header})
        assert await network.pictures().fetch(ORIGINAL) == Picture(data, mime_type)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<svg xmlns='http://www.w3.org/2000/svg'></svg>",
        b"<?xml version='1.0'?><svg/>",
        b"<!DOCTYPE html><script>alert(1)</script>",
        b"%PDF-1.7",
        b"RIFF\x10\x00\x00\x00WAVE",
        b"RIFF",
        b"BM",
        b"II*\x00",
        b"\x00\x00\x00\x1cftypavif",
        b" " + PNG,
        PNG[:7],
        b"GIF88a",
    ],
)
async def test_what_is_no_picture_is_refused_whatever_the_header_says(data: bytes) -> None:
    assert picture_type(data) is None
    error = await failure(answering(data, headers={"Content-Type": "image/png"}), ORIGINAL)
    assert (type(error), error.message) == (NotFound, NO_PICTURE)


async def test_a_resizable_picture_is_asked_for_small_with_its_signature_untouched() -> None:
    network = answering(WEBP)
    await network.pictures().fetch(SIGNED_URL)
    target = (
        SIGNED_URL.removeprefix("https://cdn.cloud.scenario.com") + "&width=1024&height=1024&fit=inside&format=webp"
    )
    assert network.request.url.raw_path == target.encode()
    assert str(network.request.url) == "https://cdn.cloud.scenario.com" + target


@pytest.mark.parametrize(
    "url",
    [
        ORIGINAL,
        f"https://cdn.cloud.scenario.com/thumbnails/asset_1?{SIGNATURE}",
        "https://cdn.cloud.scenario.com/thumbnails/asset_1.png",
        "https://cdn.cloud.scenario.com/assets-transform/asset_1",
        f"https://cdn.cloud.scenario.com/assets/a?x=/assets-transform/&{SIGNATURE}",
    ],
)
async def test_any_other_picture_is_asked_for_as_it_is(url: str) -> None:
    network = answering(PNG)
    await network.pictures().fetch(url)
    assert (network.request.method, str(network.request.url)) == ("GET", url)


async def test_no_credential_is_sent_to_a_picture_host() -> None:
    network = answering(PNG)
    http = httpx.AsyncClient(transport=network, auth=(API_KEY, API_SECRET))
    await PictureReader(http, SETTINGS).fetch(SIGNED_URL)
    assert "authorization" not in network.request.headers
    assert API_KEY not in str(network.request.url) + str(network.request.headers)


@pytest.mark.parametrize(
    ("url", "hosts"),
    [
        ("https://pictures.example.com/a.png", ("one.example.com", "pictures.example.com")),
        ("HTTPS://Pictures.Example.COM/a.png", ("pictures.example.com",)),
        ("http://localhost:8000/a.png", ("localhost",)),
        ("http://127.0.0.1/a.png", ("127.0.0.1",)),
    ],
)
async def test_the_picture_hosts_are_a_setting(url: str, hosts: tuple[str, ...]) -> None:
    network = answering(PNG)
    assert await network.pictures(replace(SETTINGS, cdn_hosts=hosts)).fetch(url) == Picture(PNG, "image/png")


@pytest.mark.parametrize(
    "url",
    [
        "",
        "a.png",
        "//cdn.cloud.scenario.com/a.png",
        "http://cdn.cloud.scenario.com/a.png",
        "ftp://cdn.cloud.scenario.com/a.png",
        "file:///etc/passwd",
        "file://cdn.cloud.scenario.com/etc/passwd",
        "data:image/png;base64,AAAA",
        "https://example.com/a.png",
        "https://cdn.cloud.scenario.com.example.com/a.png",
        "https://example.com/cdn.cloud.scenario.com",
        "https://cdn.cloud.scenario.com@example.com/a.png",
        "https://example.com#@cdn.cloud.scenario.com/a.png",
        "https://example.com\\.cdn.cloud.scenario.com/a.png",
        "https://xcdn.cloud.scenario.com/a.png",
        "https://cdn.cloud.scenario.com./a.png",
        "http://localhost/a.png",
        "https://127.0.0.1/a.png",
        "https://[::1]/a.png",
        "https://2130706433/a.png",
        "https://169.254.169.254/latest/meta-data/",
        "https://10.0.0.1/a.png",
    ],
)
async def test_no_other_host_and_no_other_scheme_is_contacted(url: str) -> None:
    network = answering(PNG)
    error = await failure(network, url)
    assert (type(error), error.message, network.requests) == (NotFound, OTHER_HOST, [])


@pytest.mark.parametrize("url", ["https://[", "https://[::1/a", "https://cdn.cloud.scenario.com\u2100/a"])
async def test_a_broken_address_is_not_contacted(url: str) -> None:
    network = answering(PNG)
    error = await failure(network, url)
    assert (type(error), error.message, network.requests) == (NotFound, BROKEN_ADDRESS, [])


@pytest.mark.parametrize("path", ["/\x00", ":abc/a.png", "/a\nb\x7f"])
async def test_an_address_that_cannot_be_sent_is_an_error_like_others(path: str) -> None:
    error = await failure(answering(b""), f"https://cdn.cloud.scenario.com{path}")
    assert (type(error), error.message) == (Unavailable, NO_ANSWER)


@pytest.mark.parametrize("status", [201, 204, 301, 302, 307, 308, 400, 403, 404, 429, 500, 503])
async def test_only_the_picture_itself_is_an_answer(status: int) -> None:
    network = answering(PNG, status, {"Location": "https://cdn.cloud.scenario.com/other.png"})
    error = await failure(network, SIGNED_URL)
    assert (type(error), error.message) == (
        Unavailable,
        f"The picture host refused the picture ({status}). Try again: the address is made anew at each read.",
    )
    assert len(network.requests) == 1


async def test_a_redirect_is_not_followed_even_by_a_client_that_would() -> None:
    network = answering(b"", 302, {"Location": "https://169.254.169.254/"})
    http = httpx.AsyncClient(transport=network, follow_redirects=True)
    with pytest.raises(Unavailable):
        await PictureReader(http, SETTINGS).fetch(SIGNED_URL)
    assert [request.url.host for request in network.requests] == ["cdn.cloud.scenario.com"]


async def test_a_picture_may_be_just_as_large_as_said() -> None:
    data = PNG.ljust(MAX_PICTURE_BYTES, b"x")
    assert (await answering(data).pictures().fetch(ORIGINAL)).data == data
    error = await failure(answering(data + b"x"), ORIGINAL)
    assert (type(error), error.message) == (Unavailable, TOO_LARGE)


class Endless(httpx.AsyncByteStream):
    """A picture without end."""

    def __init__(self) -> None:
        self.sent = 0

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while True:
            self.sent += 100_000
            yield bytes(100_000)


async def test_an_endless_picture_is_cut_off() -> None:
    body = Endless()
    error = await failure(Network(lambda _: httpx.Response(200, stream=body)), ORIGINAL)
    assert error.message == TOO_LARGE
    assert body.sent < MAX_PICTURE_BYTES + 200_000


class Silent(httpx.AsyncByteStream):
    """A body of which nothing comes after the first bytes."""

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield PNG
        await anyio.sleep_forever()


async def test_a_picture_that_does_not_come_is_given_up() -> None:
    network = Network(lambda _: httpx.Response(200, stream=Silent()))
    with anyio.fail_after(5):
        error = await failure(network, SIGNED_URL, replace(SETTINGS, timeout_seconds=0.05))
    assert (type(error), error.message) == (Unavailable, NO_ANSWER)


@pytest.mark.parametrize(
    "fault",
    [
        httpx.ConnectError("refused"),
        httpx.ReadTimeout("late"),
        httpx.RemoteProtocolError("no HTTP"),
        httpx.ReadError("x"),
    ],
    ids=lambda fault: type(fault).__name__,
)
async def test_a_failing_picture_host_is_put_into_words(fault: Exception) -> None:
    error = await failure(Network(fault), SIGNED_URL)
    assert (type(error), error.message, error.retryable) == (Unavailable, NO_ANSWER, True)
