"""A picture is found, fetched once, small, and renewed when its address has grown old."""

import asyncio
import base64
import io
import json
import logging
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any

import anyio
import httpx
import pytest
from PIL import Image

from scenario_mcp.errors import NotAuthorized, NotFound, ScenarioError, Unavailable
from scenario_mcp.ids import Subject
from scenario_mcp.net.download import Downloader, NamedHosts
from scenario_mcp.pictures.cache import PictureCache
from scenario_mcp.pictures.reader import MAX_RESULT_PICTURE_BYTES, AddressLookup, PictureReader
from scenario_mcp.pictures.resize import Picture, Resizer
from tests.support.fakes import (
    API_KEY,
    API_SECRET,
    PUBLIC_ADDRESS,
    SIGNATURE,
    SIGNED_URL,
    Network,
    answering,
    asked,
    picture,
)

KNIGHT = Subject("assets", "asset_1")
ORIGINAL = f"https://cdn.cloud.scenario.com/assets/asset_1?{SIGNATURE}"
NOW = 1_800_000_000
PNG = picture(8)
RESIZER = Resizer()
SMALL = Picture(PNG, "image/png", 8, 8)

OTHER_HOST = "The picture lies on a host that this server does not fetch from."
NO_PICTURE = "This is not a picture of a kind that is read here."
NO_ANSWER = "The picture host did not answer. Try again."
TOO_LATE = "The picture did not come within 0.05 seconds. Try again."

RULE = NamedHosts(("cdn.cloud.scenario.com",), refusal=OTHER_HOST)


def refused(status: int) -> str:
    return f"The picture host refused the picture ({status}). Try again later."


class Located:
    """Answers where pictures are: at these addresses in turn, the last one again and again."""

    def __init__(self, *urls: str | None) -> None:
        self._urls = list(urls)
        self.asked: list[Subject] = []

    async def __call__(self, subject: Subject) -> str | None:
        self.asked.append(subject)
        return self._urls.pop(0) if len(self._urls) > 1 else self._urls[0]


async def never(subject: Subject) -> str | None:
    raise AssertionError(subject)


async def resolve(_host: str) -> Sequence[str]:
    return [PUBLIC_ADDRESS]


class Clock:
    """A clock that goes when it is told to."""

    def __init__(self) -> None:
        self.now: float = NOW

    def __call__(self) -> float:
        return self.now


def reader(
    network: httpx.AsyncBaseTransport,
    locate: AddressLookup,
    *,
    timeout_seconds: float = 5,
    clock: Callable[[], float] | None = None,
    shares_addresses: bool = True,
) -> PictureReader:
    return PictureReader(
        Downloader(httpx.AsyncClient(transport=network, auth=(API_KEY, API_SECRET)), RULE, resolve=resolve),
        locate,
        RESIZER,
        timeout_seconds=timeout_seconds,
        shares_addresses=shares_addresses,
        picture_cache=PictureCache(clock=clock or Clock()),
    )


async def failure(pictures: PictureReader, **options: int) -> ScenarioError:
    with pytest.raises(ScenarioError) as failed:
        await pictures.read(KNIGHT, **options)
    assert "http" not in failed.value.message
    assert "Signature" not in failed.value.message
    return failed.value


def statuses(*codes: int) -> Network:
    """Answer with these statuses in turn, with a picture where that is 200."""
    left = list(codes)
    return Network(lambda _: httpx.Response(left.pop(0), content=PNG))


def expiring(policy: Any, path: str = "assets/asset_1") -> str:
    """Make an address with a policy, as the CDN writes it."""
    raw = policy if isinstance(policy, bytes) else json.dumps(policy).encode()
    text = base64.b64encode(raw).decode().translate(str.maketrans("+=/", "-_~"))
    return f"https://cdn.cloud.scenario.com/{path}?Policy={text}&Signature=q~W-3_x&Key-Pair-Id=K1"


def until(expiry: Any) -> str:
    condition = {"DateLessThan": {"AWS:EpochTime": expiry}}
    return expiring({"Statement": [{"Resource": "https://cdn.cloud.scenario.com/*?>", "Condition": condition}]})


class Gate(httpx.AsyncBaseTransport):
    """A picture host that answers only when it is let."""

    def __init__(self, data: bytes = PNG, status: int = 200) -> None:
        self._data = data
        self._status = status
        self.open = asyncio.Event()
        self.begun = asyncio.Event()
        self.requests = self.given_up = self.at_once = self.most_at_once = 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.requests += 1
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        self.begun.set()
        try:
            await self.open.wait()
        except asyncio.CancelledError:
            self.given_up += 1
            raise
        finally:
            self.at_once -= 1
        return httpx.Response(self._status, content=self._data, request=request)


async def test_a_picture_is_located_fetched_and_given_as_it_is_when_it_fits() -> None:
    network, locate = answering(PNG), Located(ORIGINAL)
    assert await reader(network, locate).read(KNIGHT) == SMALL
    assert (network.request.method, asked(network.request), locate.asked) == ("GET", ORIGINAL, [KNIGHT])


@pytest.mark.parametrize("header", ["image/png", "text/html", "application/octet-stream"])
async def test_a_picture_is_what_its_bytes_say_whatever_the_header_says(header: str) -> None:
    jpeg = picture(8, "JPEG")
    network = answering(jpeg, headers={"Content-Type": header})
    assert await reader(network, Located(ORIGINAL)).read(KNIGHT) == Picture(jpeg, "image/jpeg", 8, 8)


async def test_what_is_no_picture_is_refused_whatever_the_header_says() -> None:
    network = answering(b"<svg xmlns='http://www.w3.org/2000/svg'></svg>", headers={"Content-Type": "image/png"})
    error = await failure(reader(network, Located(ORIGINAL)))
    assert (type(error), error.message) == (NotFound, NO_PICTURE)


async def test_what_has_no_picture_says_so() -> None:
    network = answering(PNG)
    error = await failure(reader(network, Located(None)))
    assert (type(error), error.message, network.requests) == (NotFound, "There is no picture of asset_1.", [])


async def test_an_error_of_the_api_is_passed_on() -> None:
    async def locate(_: Subject) -> str:
        raise NotAuthorized("Set a key.")

    error = await failure(reader(answering(PNG), locate))
    assert (type(error), error.message) == (NotAuthorized, "Set a key.")


async def test_a_resizable_picture_is_asked_for_in_its_size_with_its_signature_untouched() -> None:
    network = answering(picture(8, "WEBP"))
    pictures = reader(network, Located(SIGNED_URL))
    await pictures.read(KNIGHT)
    await pictures.read(KNIGHT, pixels=512)
    assert [asked(request) for request in network.requests] == [
        f"{SIGNED_URL}&width=1024&height=1024&fit=inside&format=webp",
        f"{SIGNED_URL}&width=512&height=512&fit=inside&format=webp",
    ]


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
    await reader(network, Located(url)).read(KNIGHT)
    assert asked(network.request) == url


@pytest.mark.parametrize("url", [ORIGINAL, SIGNED_URL])
async def test_a_large_picture_is_made_small_here_whether_the_host_resizes_or_not(url: str) -> None:
    drawn = io.BytesIO()
    Image.new("RGB", (3000, 1500), "teal").save(drawn, "PNG")
    small = await reader(answering(drawn.getvalue()), Located(url)).read(KNIGHT, pixels=200)
    assert small[1:] == ("image/webp", 200, 100)
    assert Image.open(io.BytesIO(small.data)).size == (200, 100)


@pytest.mark.promise(number=10)
async def test_a_picture_is_brought_under_the_wanted_bytes() -> None:
    noise = io.BytesIO()
    Image.effect_noise((200, 200), 100).save(noise, "PNG")
    small = await reader(answering(noise.getvalue()), Located(ORIGINAL)).read(KNIGHT, max_bytes=8000)
    assert small.mime_type == "image/webp"
    assert len(small.data) <= 8000 < len(noise.getvalue())


async def test_a_gif_becomes_a_still() -> None:
    frames = [Image.new("P", (20, 20), shade) for shade in (1, 2)]
    moving = io.BytesIO()
    frames[0].save(moving, "GIF", save_all=True, append_images=frames[1:])
    assert (await reader(answering(moving.getvalue()), Located(ORIGINAL)).read(KNIGHT)).mime_type == "image/webp"


async def test_no_credential_is_sent_to_a_picture_host() -> None:
    network = answering(PNG)
    await reader(network, Located(SIGNED_URL)).read(KNIGHT)  # its HTTP client has some
    assert "authorization" not in network.request.headers
    assert API_KEY not in str(network.request.url) + str(network.request.headers)


@pytest.mark.parametrize(
    "url",
    [
        "https://example.com/a.png",
        "http://cdn.cloud.scenario.com/a.png",
        "https://cdn.cloud.scenario.com@example.com/assets-transform/a?x=1",
        "file:///etc/passwd",
        "https://169.254.169.254/latest/meta-data/",
    ],
)
@pytest.mark.parametrize("is_remembered", [True, False])
async def test_no_other_host_is_contacted(url: str, is_remembered: bool) -> None:  # noqa: FBT001  # a case
    network, locate = answering(PNG), Located(url)
    pictures = reader(network, locate)
    if is_remembered:
        pictures.remember([(KNIGHT, url)])
    error = await failure(pictures)
    assert (type(error), error.message, network.requests) == (NotFound, OTHER_HOST, [])
    assert len(locate.asked) == (not is_remembered)


async def test_a_broken_address_is_an_error_like_others() -> None:
    error = await failure(reader(answering(PNG), Located("https://[")))
    assert error.message == "The picture's address is broken, so it was not fetched."


class Endless(httpx.AsyncByteStream):
    """A picture without end."""

    def __init__(self) -> None:
        self.sent = 0

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while True:
            self.sent += 1_000_000
            yield bytes(1_000_000)


async def test_an_endless_picture_is_cut_off() -> None:
    body = Endless()
    error = await failure(reader(Network(lambda _: httpx.Response(200, stream=body)), Located(ORIGINAL)))
    assert (type(error), error.message) == (Unavailable, "The picture is larger than 30 MB.")
    assert body.sent < 33_000_000


async def test_an_original_may_be_larger_than_what_is_given() -> None:
    padded = PNG.ljust(MAX_RESULT_PICTURE_BYTES + 1, b"\0")
    given = await reader(answering(padded), Located(ORIGINAL)).read(KNIGHT)
    assert given.mime_type == "image/webp"
    assert len(given.data) < 1000


@pytest.mark.parametrize("fault", [httpx.ConnectError("refused"), httpx.ReadError("x")])
async def test_a_failing_picture_host_is_put_into_words(fault: Exception) -> None:
    error = await failure(reader(Network(fault), Located(SIGNED_URL)))
    assert (type(error), error.message) == (Unavailable, NO_ANSWER)


async def test_an_address_that_came_with_a_hit_saves_asking() -> None:
    network = answering(PNG)
    pictures = reader(network, never)
    pictures.remember([(KNIGHT, ORIGINAL)])
    assert await pictures.read(KNIGHT) == SMALL
    assert asked(network.request) == ORIGINAL


async def test_a_located_address_is_remembered_too() -> None:
    clock, locate = Clock(), Located(until(NOW + 86_400))
    pictures = reader(answering(PNG), locate, clock=clock)
    await pictures.read(KNIGHT)
    await pictures.read(KNIGHT, pixels=512)
    clock.now += 3600
    await pictures.read(KNIGHT)
    assert len(locate.asked) == 1


@pytest.mark.promise(number=10)
@pytest.mark.parametrize("status", [401, 403, 404, 410])
async def test_a_remembered_address_that_has_grown_old_is_renewed_once(status: int) -> None:
    network, locate = statuses(status, 200, 200), Located(ORIGINAL)
    pictures = reader(network, locate)
    pictures.remember([(KNIGHT, SIGNED_URL)])
    assert await pictures.read(KNIGHT) == SMALL
    assert [asked(request) for request in network.requests] == [
        f"{SIGNED_URL}&width=1024&height=1024&fit=inside&format=webp",
        ORIGINAL,
    ]
    await pictures.read(KNIGHT, pixels=512)
    assert (len(locate.asked), asked(network.requests[2])) == (1, ORIGINAL)


async def test_a_renewed_address_that_is_refused_is_an_error() -> None:
    network, locate = statuses(403, 403, 200), Located(ORIGINAL)
    pictures = reader(network, locate)
    pictures.remember([(KNIGHT, SIGNED_URL)])
    error = await failure(pictures)
    assert (type(error), error.message) == (Unavailable, refused(403))
    assert (len(network.requests), len(locate.asked)) == (2, 1)
    assert await pictures.read(KNIGHT) == SMALL
    assert len(locate.asked) == 2


@pytest.mark.promise(number=10)
@pytest.mark.parametrize("status", [401, 403])
async def test_a_fresh_address_that_is_too_old_already_is_renewed_once_in_the_same_call(status: int) -> None:
    network, locate = statuses(status, 200), Located(SIGNED_URL, ORIGINAL)
    assert await reader(network, locate).read(KNIGHT) == SMALL
    assert (len(locate.asked), asked(network.requests[1])) == (2, ORIGINAL)
    network, locate = statuses(status, status, 200), Located(ORIGINAL)
    error = await failure(reader(network, locate))
    assert (type(error), error.message) == (Unavailable, refused(status))
    assert (len(network.requests), len(locate.asked)) == (2, 2)


@pytest.mark.promise(number=10)
@pytest.mark.parametrize("status", [201, 204, 302, 400, 404, 429, 500, 503])
async def test_a_fresh_address_that_is_refused_is_tried_once_and_then_asked_for_anew(status: int) -> None:
    network, locate = statuses(status, 200), Located(ORIGINAL)
    pictures = reader(network, locate)
    error = await failure(pictures)
    assert (type(error), error.message) == (Unavailable, refused(status))
    assert (len(network.requests), len(locate.asked)) == (1, 1)
    assert await pictures.read(KNIGHT) == SMALL
    assert len(locate.asked) == 2


async def test_a_file_that_is_gone_is_not_worth_another_try() -> None:
    error = await failure(reader(statuses(410, 200), Located(ORIGINAL)))
    assert (type(error), error.message) == (NotFound, "Its file is no longer there. Search again for what is.")


async def test_a_host_in_trouble_is_not_asked_twice() -> None:
    network = statuses(503)
    pictures = reader(network, never)
    pictures.remember([(KNIGHT, ORIGINAL)])
    assert (await failure(pictures)).message == refused(503)
    assert len(network.requests) == 1


async def test_readers_of_one_picture_share_one_fetch() -> None:
    gate, locate = Gate(), Located(ORIGINAL)
    pictures = reader(gate, locate)
    readers = [asyncio.create_task(pictures.read(KNIGHT)) for _ in range(5)]
    await gate.begun.wait()
    readers.append(asyncio.create_task(pictures.read(KNIGHT)))
    gate.open.set()
    assert await asyncio.gather(*readers) == [SMALL] * 6
    assert (gate.requests, len(locate.asked)) == (1, 1)


async def test_readers_of_one_picture_in_two_sizes_ask_for_its_address_once() -> None:
    asked_for: list[Subject] = []
    both_ask = asyncio.Event()

    async def locate(subject: Subject) -> str:
        asked_for.append(subject)
        await both_ask.wait()
        return ORIGINAL

    network = answering(PNG)
    pictures = reader(network, locate)
    readers = [pictures.read(KNIGHT, pixels=side) for side in (1024, 512)]
    reading = asyncio.gather(*readers)
    for _ in range(20):
        await asyncio.sleep(0)
    both_ask.set()
    assert await reading == [SMALL, SMALL]
    assert (len(network.requests), asked_for) == (2, [KNIGHT])


@pytest.mark.promise(number=13)
async def test_a_reader_that_gives_up_takes_the_picture_from_nobody() -> None:
    gate = Gate()
    pictures = reader(gate, Located(ORIGINAL))
    first, second = (asyncio.create_task(pictures.read(KNIGHT)) for _ in range(2))
    await gate.begun.wait()
    first.cancel()
    with pytest.raises(asyncio.CancelledError):
        await first
    gate.open.set()
    assert await second == SMALL
    assert (gate.requests, gate.given_up) == (1, 0)


@pytest.mark.promise(number=16)
async def test_a_picture_that_nobody_waits_for_is_not_fetched_on() -> None:
    gate = Gate()
    pictures = reader(gate, Located(ORIGINAL))
    async with anyio.create_task_group() as group:
        group.start_soon(pictures.read, KNIGHT)
        group.start_soon(pictures.read, KNIGHT)
        await gate.begun.wait()
        group.cancel_scope.cancel()
    assert (gate.requests, gate.given_up) == (1, 1)
    gate.open.set()
    assert await pictures.read(KNIGHT) == SMALL


async def test_a_failure_is_shared_and_not_kept() -> None:
    network = statuses(503, 200)
    pictures = reader(network, Located(ORIGINAL))
    errors = await asyncio.gather(*(failure(pictures) for _ in range(3)))
    assert [error.message for error in errors] == [refused(503)] * 3
    assert await pictures.read(KNIGHT) == SMALL
    assert len(network.requests) == 2


@pytest.mark.promise(number=12)
async def test_at_most_eight_pictures_are_fetched_at_once() -> None:
    gate = Gate()
    pictures = reader(gate, Located(ORIGINAL))
    subjects = [Subject("assets", f"asset_{number}") for number in range(20)]
    readers = [asyncio.create_task(pictures.read(subject)) for subject in subjects]
    await gate.begun.wait()
    for _ in range(100):
        await asyncio.sleep(0)
    assert gate.at_once == 8
    gate.open.set()
    assert await asyncio.gather(*readers) == [SMALL] * 20
    assert gate.most_at_once == 8


class Silent(httpx.AsyncByteStream):
    """A body of which nothing comes after the first bytes."""

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield PNG
        await anyio.sleep_forever()


async def test_a_picture_that_does_not_come_is_given_up() -> None:
    network = Network(lambda _: httpx.Response(200, stream=Silent()))
    with anyio.fail_after(30):
        error = await failure(reader(network, Located(SIGNED_URL), timeout_seconds=0.05))
    assert type(error) is Unavailable
    assert error.message in {TOO_LATE, NO_ANSWER}  # the downloader has the same deadline


@pytest.mark.promise(number=2)
async def test_one_deadline_holds_for_all_of_it() -> None:
    async def locate(_: Subject) -> str | None:
        await anyio.sleep_forever()
        raise AssertionError

    with anyio.fail_after(30):
        error = await failure(reader(answering(PNG), locate, timeout_seconds=0.05))
    assert (type(error), error.message) == (Unavailable, TOO_LATE)


async def test_no_address_is_logged_or_shown(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG, "scenario_mcp"):
        pictures = reader(statuses(403, 500), Located(ORIGINAL))
        pictures.remember([(KNIGHT, SIGNED_URL)])
        await failure(pictures)
    ours = [record for record in caplog.records if record.name.startswith("scenario_mcp")]
    assert [record.getMessage() for record in ours] == []
    assert "http" not in repr(pictures)


async def test_an_address_is_shared_only_where_it_leads_somewhere() -> None:
    for shares_addresses, shown in ((True, f"{SIGNED_URL}&width=64&height=64&fit=inside&format=webp"), (False, None)):
        pictures = reader(answering(PNG), never, shares_addresses=shares_addresses)
        assert pictures.address(KNIGHT, pixels=64) is None
        pictures.remember([(KNIGHT, SIGNED_URL)])
        assert pictures.address(KNIGHT, pixels=64) == shown
        pictures.remember([(KNIGHT, "https://example.com/a.png")])
        assert pictures.address(KNIGHT, pixels=64) is None
