"""Addresses and small pictures are kept for a while, and only for their owner."""

import asyncio

import pytest

from scenario_mcp.errors import NotFound
from scenario_mcp.ids import Subject
from scenario_mcp.pictures.cache import PictureCache
from tests.pictures.test_reader import (
    KNIGHT,
    NOW,
    ORIGINAL,
    PNG,
    SMALL,
    Clock,
    Gate,
    Located,
    expiring,
    failure,
    reader,
    refused,
    until,
)
from tests.support.fakes import SIGNED_URL, answering, picture


def test_what_is_kept_is_its_owners_alone() -> None:
    cache = PictureCache(clock=Clock())
    cache.keep_addresses("a", [(KNIGHT, ORIGINAL)])
    cache.keep_picture("a", KNIGHT, 512, SMALL)
    assert (cache.address("a", KNIGHT), cache.picture("a", KNIGHT, 512)) == (ORIGINAL, SMALL)
    assert (cache.address("b", KNIGHT), cache.picture("b", KNIGHT, 512)) == (None, None)
    cache.forget_address("b", KNIGHT, ORIGINAL)
    assert cache.address("a", KNIGHT) == ORIGINAL
    cache.forget_address("a", KNIGHT, ORIGINAL)
    assert cache.address("a", KNIGHT) is None


async def test_a_read_picture_is_kept_for_ten_minutes_in_each_size() -> None:
    network, clock = answering(PNG), Clock()
    pictures = reader(network, Located(ORIGINAL), clock=clock)
    for _ in range(3):
        assert await pictures.read(KNIGHT) == SMALL
    assert len(network.requests) == 1
    await pictures.read(KNIGHT, pixels=512)
    await pictures.read(Subject("models", KNIGHT.id))
    assert len(network.requests) == 3
    clock.now += 599
    await pictures.read(KNIGHT)
    assert len(network.requests) == 3
    clock.now += 1
    await pictures.read(KNIGHT)
    assert len(network.requests) == 4


async def test_large_pictures_are_not_kept() -> None:
    for size, requests in ((400_000, 1), (400_001, 2)):
        network = answering(PNG.ljust(size, b"\0"))
        pictures = reader(network, Located(ORIGINAL))
        for _ in range(2):
            assert len((await pictures.read(KNIGHT)).data) == size
        assert len(network.requests) == requests


async def test_the_pictures_used_longest_ago_make_room() -> None:
    network = answering(PNG.ljust(400_000, b"\0"))
    pictures = reader(network, Located(ORIGINAL))
    subjects = [Subject("assets", f"asset_{number}") for number in range(41)]
    for subject in subjects[:40]:  # 16 MB
        await pictures.read(subject)
    await pictures.read(subjects[0])
    assert len(network.requests) == 40
    await pictures.read(subjects[40])
    await pictures.read(subjects[0])
    assert len(network.requests) == 41
    await pictures.read(subjects[1])
    assert len(network.requests) == 42


async def test_addresses_used_longest_ago_make_room() -> None:
    locate = Located(ORIGINAL)
    pictures = reader(answering(PNG), locate)
    subjects = [Subject("assets", f"asset_{number}") for number in range(2001)]
    for subject in subjects:
        pictures.remember([(subject, ORIGINAL)])
    for subject in (subjects[2000], subjects[1], subjects[0]):
        await pictures.read(subject)
    assert locate.asked == [subjects[0]]


async def asks_anew_after(url: str, seconds: float) -> bool:
    """Tell whether an address is not used any more after so long."""
    clock, locate = Clock(), Located(ORIGINAL)
    pictures = reader(answering(PNG), locate, clock=clock)
    pictures.remember([(KNIGHT, url)])
    clock.now += seconds
    await pictures.read(KNIGHT)
    return bool(locate.asked)


async def test_an_address_is_used_until_a_minute_before_its_policy_ends_it() -> None:
    url = until(NOW + 7 * 86_400)
    assert not await asks_anew_after(url, 7 * 86_400 - 61)
    assert await asks_anew_after(url, 7 * 86_400 - 60)
    assert await asks_anew_after(until(NOW + 60), 0)
    assert await asks_anew_after(until(-1), 0)


@pytest.mark.parametrize(
    "url",
    [
        "https://cdn.cloud.scenario.com/thumbnails/asset_1.png",
        ORIGINAL,
        expiring(b"\xff\xfe"),
        expiring(b"[" * 2900),
        expiring([]),
        expiring(None),
        expiring({"Statement": {}}),
        expiring({"Statement": []}),
        expiring({"Statement": [{"Condition": [1]}]}),
        expiring({"Statement": [{"Condition": {"DateLessThan": None}}]}),
        until(None),
        until(True),  # a JSON value
        until("1900000000"),
        until(float("nan")),
        until(float("inf")),
        until([NOW + 9_999_999]),
        until(10**400),
        expiring(b'{"Statement":[{"Condition":{"DateLessThan":{"AWS:EpochTime":' + b"9" * 2000 + b"}}}]}"),
        expiring(b'{"Statement":' + b" " * 2_500),
        until(NOW + 9_999_999).replace("Policy=", "Policy=%"),
        until(NOW + 9_999_999).replace("Policy=", "Policy=e"),
        until(NOW + 9_999_999).replace("Policy=", "NoPolicy="),
    ],
)
async def test_an_address_that_does_not_say_its_end_is_used_for_ten_minutes(url: str) -> None:
    assert not await asks_anew_after(url, 599)
    assert await asks_anew_after(url, 600)


async def test_an_address_that_was_renewed_meanwhile_is_not_forgotten() -> None:
    gate = Gate(status=503)
    locate = Located(SIGNED_URL)
    pictures = reader(gate, locate)
    reading = asyncio.create_task(failure(pictures))
    await gate.begun.wait()
    pictures.remember([(KNIGHT, ORIGINAL)])
    gate.open.set()
    assert (await reading).message == refused(503)
    assert pictures.address(KNIGHT, pixels=100) == ORIGINAL


async def test_an_address_without_end_is_not_kept() -> None:
    network = answering(picture())
    reader = network.scenario().pictures
    reader.remember([(KNIGHT, SIGNED_URL + "x" * 4_000)])
    assert reader._cache.address("", KNIGHT) is None


async def test_a_kept_picture_serves_whoever_takes_as_many_bytes() -> None:
    network = answering(picture())
    reader = network.scenario().pictures
    reader.remember([(KNIGHT, SIGNED_URL)])
    first = await reader.read(KNIGHT, pixels=512, max_bytes=100_000)
    assert await reader.read(KNIGHT, pixels=512, max_bytes=len(first.data)) is first
    assert len(network.requests) == 1
    with pytest.raises(NotFound):
        await reader.read(KNIGHT, pixels=512, max_bytes=1)
    assert len(network.requests) == 2
