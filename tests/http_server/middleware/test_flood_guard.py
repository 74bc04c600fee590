"""Floods of requests are rejected, each for its sender alone."""

import pytest

from scenario_mcp.http_server.auth.access_tokens import make_token
from tests.support.fakes import Network
from tests.support.hosted import KEYLESS, PAIR, STRANGER, TOKEN, TOKENS, key_headers, refusal, serving
from tests.support.raw_stdio import call, ping

SEARCH = call(1, "search_assets", query="knight", limit=1)


@pytest.mark.promise(number=20)
async def test_a_flood_of_whatever_kind_is_stemmed_for_its_sender_alone() -> None:
    async with serving(CALLS_PER_MINUTE="2") as service:
        statuses = [(await service.post(ping(1))).status_code for _ in range(10)]
        over = await service.post(ping(1))
        other = await service.post(ping(1), **PAIR)
    wait = over.headers["retry-after"]
    assert statuses == [200] * 10
    assert 1 <= int(wait) <= 60
    assert (over.status_code, over.json()) == (
        429,
        refusal(f"Too many requests. Wait {wait} seconds, then go on more slowly."),
    )
    assert other.status_code == 200


async def test_a_flood_of_wrong_tokens_is_stemmed_by_its_address() -> None:
    async with serving(**TOKENS, CALLS_PER_MINUTE="2") as service:
        statuses = [
            (await service.post(ping(1), authorization="Bearer x", address=STRANGER)).status_code for _ in range(11)
        ]
        elsewhere = await service.post(ping(1), authorization="Bearer x", address="203.0.113.8")
        known = await service.post(ping(1), authorization=f"Bearer {TOKEN}", address=STRANGER)
    assert statuses == [401] * 10 + [429]
    assert (elsewhere.status_code, known.status_code) == (401, 200)


@pytest.mark.promise(number=20)
async def test_keys_that_are_made_up_pass_no_limit(api: Network) -> None:
    async with serving(KEYLESS, CALLS_PER_MINUTE="1") as service:
        made_up = [key_headers(f"nobody-{number}") for number in range(7)]
        sent = [{name.replace("-", "_"): value for name, value in each.items()} for each in made_up]
        statuses = [(await service.post(SEARCH, address=STRANGER, **each)).status_code for each in sent]
        known = await service.post(ping(1), address=STRANGER, **sent[0])
        elsewhere = await service.post(SEARCH, address="203.0.113.8", **PAIR)
    assert statuses == [200] * 5 + [429] * 2
    assert (known.status_code, elsewhere.status_code, len(api.requests)) == (200, 200, 6)


async def test_callers_whom_the_operator_knows_are_not_counted_as_made_up() -> None:
    tokens = dict(make_token(f"artist-{number}") for number in range(7))
    settings = {**TOKENS, "ACCESS_TOKENS": ",".join(tokens.values())}
    async with serving(**settings, CALLS_PER_MINUTE="1") as service:
        answers = [await service.post(ping(1), authorization=f"Bearer {token}", address=STRANGER) for token in tokens]
    assert [answer.status_code for answer in answers] == [200] * 7


async def test_a_caller_stays_known_when_more_have_come_than_are_kept_open(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scenario_mcp.http_server.backends.MAX_CALLERS", 1)
    async with serving(KEYLESS, CALLS_PER_MINUTE="1") as service:
        sent = [{name.replace("-", "_"): value for name, value in key_headers(key).items()} for key in ("one", "two")]
        statuses = [(await service.post(ping(1), address=STRANGER, **each)).status_code for each in sent * 4]
    assert statuses == [200] * 8


async def test_without_a_limit_there_is_no_flood() -> None:
    async with serving(CALLS_PER_MINUTE="0") as service:
        assert {(await service.post(ping(1))).status_code for _ in range(50)} == {200}
