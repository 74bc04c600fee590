"""The issuer's keys are looked for where the standards put them, trusted with care, kept, and renewed."""

import asyncio
import sys
import time
from typing import Any

import anyio
import httpx
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.support.oauth_issuer import (
    EC_KEY,
    ED_KEY,
    HASHER,
    ISSUER,
    OPERATED,
    OTHER_RSA_KEY,
    PUBLISHED,
    RSA_KEY,
    UNKNOWN_KEY,
    UNVERIFIED,
    Door,
    claims,
    invalid,
    published,
    signed,
    whole,
)

SECONDS = 30.0
"""How long a busy machine may take for what does not wait."""
STRANGERS_RSA_KEY = rsa.generate_private_key(65537, 2048)
WEAK_RSA_KEY = rsa.generate_private_key(65537, 1024)  # noqa: S505  # to be refused


@pytest.mark.parametrize(
    ("issuer", "places"),
    [
        (
            ISSUER,
            [
                "https://login.example.com/.well-known/oauth-authorization-server/realms/art",
                "https://login.example.com/.well-known/openid-configuration/realms/art",
                "https://login.example.com/realms/art/.well-known/openid-configuration",
            ],
        ),
        (
            "https://login.example.com/",
            [
                "https://login.example.com/.well-known/oauth-authorization-server",
                "https://login.example.com/.well-known/openid-configuration",
            ],
        ),
    ],
)
@pytest.mark.parametrize(
    "absent", [httpx.Response(404), httpx.Response(200, html="<p>Welcome</p>"), {"issuer": "x"}, []]
)
async def test_metadata_is_looked_for_where_the_standards_put_it(
    door: Door, issuer: str, places: list[str], absent: Any
) -> None:
    for index, place in enumerate(places):
        door.issuer.issuer = issuer
        door.issuer.documents = dict.fromkeys(places[:index], absent) | {place: door.issuer.metadata()}
        door.issuer.asked.clear()
        door.oauth = door.open(issuer=issuer)
        assert (await door.ask(signed(claims(iss=issuer)))).credentials == OPERATED
        assert door.issuer.asked == [*places[: index + 1], "https://keys.example.com/art"]


METADATA = "https://login.example.com/.well-known/oauth-authorization-server/realms/art"


def down(wait_seconds: int) -> tuple[int, str, tuple[tuple[str, str], ...]]:
    sentence = (
        "This server's OAuth issuer cannot be reached, so access tokens cannot be checked. Try again in "
        f"{wait_seconds} seconds. If it stays so, tell the server's operator."
    )
    return 503, sentence, (("Retry-After", str(wait_seconds)),)


USELESS: tuple[tuple[Any, ...], ...] = (
    (),
    (7, {}, {"kty": "oct", "k": "c2VjcmV0", "kid": "rsa"}, {"kty": ["RSA"]}),
    (published(RSA_KEY, "RS256", kid="rsa", use="enc"),),
    (published(RSA_KEY, "RS256", kid="rsa", key_ops=["encrypt"]),),
    (published(RSA_KEY, "RS256", kid="rsa", alg="RSA-OAEP"),),
    (published(RSA_KEY, "RS256", kid="rsa", alg=["RS256"]),),
    ({"kty": "RSA", "kid": "rsa", "n": "AA", "e": 3},),
)

SHOWN = ISSUER.removeprefix("https://")
FIRST = "/.well-known/oauth-authorization-server/realms/art"

NOWHERE = (
    "/.well-known/openid-configuration/realms/art is answered with status 404; "
    "/realms/art/.well-known/openid-configuration is answered with status 404."
)


@pytest.mark.parametrize(
    ("documents", "keys", "reason"),
    [
        (
            {METADATA: {"issuer": f"{ISSUER}/", "jwks_uri": "https://keys.example.com/art"}},
            PUBLISHED,
            f"{FIRST} names another issuer than SCENARIO_MCP_OAUTH_ISSUER; each character counts; {NOWHERE}",
        ),
        (
            {METADATA: httpx.Response(302, headers={"Location": "https://keys.example.com/art"})},
            PUBLISHED,
            f"{FIRST} is answered with status 302; {NOWHERE}",
        ),
        (
            {METADATA: httpx.Response(200, content=b'{"issuer": "' + b"x" * 256_000 + b'"}')},
            PUBLISHED,
            f"{FIRST} holds no JSON of a usable size; {NOWHERE}",
        ),
        (
            {METADATA: httpx.Response(200, content=b"[" * 200_000)},
            PUBLISHED,
            f"{FIRST} holds no JSON of a usable size; {NOWHERE}",
        ),
        *(
            (
                {METADATA: {"issuer": ISSUER, "jwks_uri": address}},
                PUBLISHED,
                "its metadata has no jwks_uri with https.",
            )
            for address in (
                "http://keys.example.com/art",
                "http://169.254.169.254/keys",
                "https://user:word@keys.example.com/art",
                "file:///etc/passwd",
                None,
            )
        ),
        (
            {METADATA: {"issuer": ISSUER, "jwks_uri": "https://[keys"}},
            PUBLISHED,
            "its metadata has no jwks_uri with https.",
        ),
        (
            {METADATA: {"issuer": ISSUER, "jwks_uri": "https://keys.example.com/other"}},
            PUBLISHED,
            "is answered with status 404.",
        ),
        *(
            (None, published_keys, "its key set has no key of an algorithm that this server accepts.")
            for published_keys in USELESS
        ),
    ],
)
async def test_an_issuer_that_cannot_be_trusted_gives_no_keys(
    door: Door, documents: dict[str, Any] | None, keys: tuple[Any, ...], reason: str, caplog: pytest.LogCaptureFixture
) -> None:
    door.issuer.documents = documents or door.issuer.documents
    door.issuer.keys = list(keys)
    assert whole(await door.refusal(signed())) == down(5)
    assert caplog.messages == [f"The keys of the OAuth issuer {SHOWN} cannot be fetched: {reason}"]
    assert all(address.startswith(("https://login", "https://keys.example.com/")) for address in door.issuer.asked)


async def test_too_short_a_key_verifies_nothing(door: Door) -> None:
    door.issuer.keys = [published(WEAK_RSA_KEY, "RS256", kid="weak")]
    with pytest.warns(jwt.InsecureKeyLengthWarning):
        token = signed(key=WEAK_RSA_KEY, kid="weak")
    assert whole(await door.refusal(token)) == invalid(UNVERIFIED)


@pytest.mark.parametrize("ids", [({}, {}), ({"kid": "one"}, {"kid": "two"}), ({"kid": "same"}, {"kid": "same"})])
async def test_a_token_that_names_no_key_is_checked_by_each_that_fits(door: Door, ids: tuple[Any, Any]) -> None:
    keys = [published(key, "RS256", **named) for key, named in zip((RSA_KEY, OTHER_RSA_KEY), ids, strict=True)]
    door.issuer.keys = [published(EC_KEY, "ES256"), *keys]
    for key in (RSA_KEY, OTHER_RSA_KEY):
        assert (await door.ask(signed(key=key, kid=None))).credentials == OPERATED
    assert (await door.ask(signed(key=EC_KEY, algorithm="ES256", kid=None))).credentials == OPERATED
    assert whole(await door.refusal(signed(key=STRANGERS_RSA_KEY, kid=None))) == invalid(UNVERIFIED)
    assert whole(await door.refusal(signed(key=ED_KEY, algorithm="EdDSA", kid=None))) == invalid(UNKNOWN_KEY)


@pytest.mark.promise(number=20)
async def test_a_token_that_names_a_key_is_checked_by_no_other(door: Door) -> None:
    door.issuer.keys = [published(RSA_KEY, "RS256", kid="one"), published(OTHER_RSA_KEY, "RS256")]
    assert whole(await door.refusal(signed(key=OTHER_RSA_KEY, kid="one"))) == invalid(UNVERIFIED)
    assert whole(await door.refusal(signed(key=OTHER_RSA_KEY, kid="two"))) == invalid(UNKNOWN_KEY)


async def test_two_keys_of_one_id_are_both_that_key(door: Door) -> None:
    door.issuer.keys = [published(key, "RS256", kid="rsa") for key in (RSA_KEY, OTHER_RSA_KEY)]
    for key in (RSA_KEY, OTHER_RSA_KEY):
        assert (await door.ask(signed(key=key))).credentials == OPERATED
    assert whole(await door.refusal(signed(key=STRANGERS_RSA_KEY))) == invalid(UNVERIFIED)


@pytest.mark.promise(number=20)
async def test_a_token_that_names_no_key_is_tried_with_eight_at_most(door: Door) -> None:
    others = [published(OTHER_RSA_KEY, "RS256", kid=f"other-{number}") for number in range(7)]
    door.issuer.keys = [*others, published(RSA_KEY, "RS256")]
    assert (await door.ask(signed(kid=None))).credentials == OPERATED
    door.clock.now += 600
    door.issuer.keys = [*others, others[0], published(RSA_KEY, "RS256")]
    assert whole(await door.refusal(signed(kid=None))) == invalid(UNVERIFIED)


async def test_too_short_a_key_leaves_a_token_to_the_next_one(door: Door) -> None:
    door.issuer.keys = [published(WEAK_RSA_KEY, "RS256"), published(RSA_KEY, "RS256")]
    assert (await door.ask(signed(kid=None))).credentials == OPERATED
    with pytest.warns(jwt.InsecureKeyLengthWarning):
        token = signed(key=WEAK_RSA_KEY, kid=None)
    assert whole(await door.refusal(token)) == invalid(UNVERIFIED)


@pytest.mark.promise(number=20)
async def test_for_a_token_that_names_no_key_new_ones_are_asked_for_every_thirty_seconds(door: Door) -> None:
    door.issuer.keys = [published(RSA_KEY, "RS256")]
    token = signed(kid=None)
    await door.ask(token)
    door.issuer.keys = [published(OTHER_RSA_KEY, "RS256")]
    rotated = signed(key=OTHER_RSA_KEY, kid=None)
    assert whole(await door.refusal(rotated)) == invalid(UNVERIFIED)
    assert len(door.issuer.asked) == 2
    door.clock.now += 30
    assert (await door.ask(rotated)).credentials == OPERATED
    assert len(door.issuer.asked) == 4
    for _ in range(20):
        assert whole(await door.refusal(token)) == invalid(UNVERIFIED)  # its key was withdrawn
    assert len(door.issuer.asked) == 4


async def test_only_a_hundred_keys_are_read(door: Door) -> None:
    fillers = [published(ED_KEY, "EdDSA", kid=f"filler-{number}") for number in range(99)]
    ours, late = published(RSA_KEY, "RS256", kid="rsa"), published(EC_KEY, "ES256", kid="ec")
    door.issuer.keys = [*fillers, ours, late]
    assert (await door.ask(signed())).credentials == OPERATED
    assert whole(await door.refusal(signed(key=EC_KEY, algorithm="ES256", kid="ec"))) == invalid(UNKNOWN_KEY)


async def test_keys_may_be_on_this_machine_by_http(door: Door) -> None:
    door.issuer.documents = {
        METADATA: {"issuer": ISSUER, "jwks_uri": "http://127.0.0.1:8080/keys"},
        "http://127.0.0.1:8080/keys": {"keys": list(PUBLISHED)},
    }
    assert (await door.ask(signed())).credentials == OPERATED


async def test_keys_are_kept_and_renewed_after_ten_minutes(door: Door) -> None:
    token = signed(claims(exp=int(time.time()) + 3_600))
    for _ in range(3):
        await door.ask(token)
        await door.ask(signed())
    assert door.issuer.asked == [METADATA, "https://keys.example.com/art"]
    door.clock.now += 599
    await door.ask(token)
    assert len(door.issuer.asked) == 2
    door.clock.now += 1
    await door.ask(token)
    assert len(door.issuer.asked) == 4
    door.issuer.keys = [published(OTHER_RSA_KEY, "RS256", kid="rsa")]
    door.clock.now += 599
    assert (await door.ask(token)).credentials == OPERATED
    door.clock.now += 1
    assert whole(await door.refusal(token)) == invalid(UNVERIFIED)  # the key was withdrawn
    assert (await door.ask(signed(key=OTHER_RSA_KEY))).credentials == OPERATED
    assert len(door.issuer.asked) == 6


async def test_a_new_key_is_found_at_once_but_not_asked_for_more_often_than_every_thirty_seconds(door: Door) -> None:
    await door.ask(signed())
    rotated = signed(key=OTHER_RSA_KEY, kid="next")
    door.clock.now += 31
    door.issuer.keys.append(published(OTHER_RSA_KEY, "RS256", kid="next"))
    assert (await door.ask(rotated)).credentials == OPERATED
    assert len(door.issuer.asked) == 4
    for number in range(20):
        assert whole(await door.refusal(signed(kid=f"made-up-{number}"))) == invalid(UNKNOWN_KEY)
    assert len(door.issuer.asked) == 4
    door.clock.now += 30
    assert whole(await door.refusal(signed(kid="made-up"))) == invalid(UNKNOWN_KEY)
    assert len(door.issuer.asked) == 6


async def test_a_token_that_was_checked_falls_with_its_key(door: Door) -> None:
    token = signed()
    await door.ask(token)
    door.issuer.keys = [published(OTHER_RSA_KEY, "RS256", kid="rsa")]
    door.clock.now += 30
    assert (await door.ask(token)).credentials == OPERATED  # it cannot be known yet
    assert whole(await door.refusal(signed(kid="unheard-of"))) == invalid(UNKNOWN_KEY)
    assert whole(await door.refusal(token)) == invalid(UNVERIFIED)


async def test_many_who_come_first_are_one_request(door: Door) -> None:
    door.issuer.gate.clear()
    asking = [asyncio.create_task(door.ask(signed())) for _ in range(20)]
    await asyncio.wait_for(door.issuer.arrivals.get(), SECONDS)
    door.issuer.gate.set()
    callers = await asyncio.wait_for(asyncio.gather(*asking), SECONDS)
    assert {caller.key for caller in callers} == {HASHER.of("oauth", ISSUER, "sub", "anna")}
    assert door.issuer.asked == [METADATA, "https://keys.example.com/art"]


async def test_an_issuer_that_is_down_from_the_start_is_asked_again_every_five_seconds(
    door: Door, caplog: pytest.LogCaptureFixture
) -> None:
    door.issuer.failure = httpx.ConnectError("refused, says a stranger")
    assert whole(await door.refusal(signed())) == down(5)
    door.clock.now += 1.5
    assert whole(await door.refusal(signed())) == down(4)
    assert door.issuer.asked == [METADATA]
    assert caplog.messages == [f"The keys of the OAuth issuer {SHOWN} cannot be fetched: no connection (ConnectError)."]
    door.clock.now += 3.5
    door.issuer.failure = None
    assert (await door.ask(signed())).credentials == OPERATED


async def test_an_issuer_that_hangs_is_given_up(
    door: Door, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("scenario_mcp.http_server.auth.issuer_keys.DEADLINE_SECONDS", 0.01)
    door.issuer.gate.clear()
    assert whole(await asyncio.wait_for(door.refusal(signed()), SECONDS)) == down(5)
    assert caplog.messages == [
        f"The keys of the OAuth issuer {SHOWN} cannot be fetched: it took longer than 0.01 seconds."
    ]


async def test_the_old_keys_are_used_for_a_day_while_the_issuer_is_down(door: Door) -> None:
    await door.ask(signed())
    door.issuer.failure = httpx.ReadTimeout("late")
    door.clock.now += 600
    assert (await door.ask(signed())).credentials == OPERATED
    assert len(door.issuer.asked) == 3
    door.clock.now += 10
    assert (await door.ask(signed())).credentials == OPERATED
    assert asyncio.all_tasks() == {asyncio.current_task()}  # nothing is fetched so soon
    assert whole(await door.refusal(signed(kid="perhaps-new"))) == down(20)
    assert len(door.issuer.asked) == 3
    door.clock.now += 86_400 - 610
    assert (await door.ask(signed())).credentials == OPERATED
    door.clock.now += 1
    assert whole(await door.refusal(signed())) == down(5)
    door.issuer.failure = None
    door.clock.now += 5
    assert (await door.ask(signed())).credentials == OPERATED


@pytest.mark.promise(number=20)
async def test_a_token_that_names_no_key_may_have_a_new_one_while_the_issuer_is_down(door: Door) -> None:
    door.issuer.keys = [published(RSA_KEY, "RS256")]
    await door.ask(signed(kid=None))
    door.issuer.keys = [published(OTHER_RSA_KEY, "RS256")]
    door.issuer.failure = httpx.ConnectError("refused")
    rotated = signed(key=OTHER_RSA_KEY, kid=None)
    door.clock.now += 30
    assert whole(await door.refusal(rotated)) == down(30)
    door.clock.now += 10
    assert whole(await door.refusal(rotated)) == down(20)
    assert (await door.ask(signed(kid=None))).credentials == OPERATED  # the key of old is used on
    assert len(door.issuer.asked) == 3
    door.issuer.failure = None
    door.clock.now += 20
    assert (await door.ask(rotated)).credentials == OPERATED


async def test_nobody_waits_for_an_issuer_that_has_failed_already(door: Door) -> None:
    await door.ask(signed())
    door.issuer.failure = httpx.ReadTimeout("late")
    door.clock.now += 600
    await door.ask(signed())
    door.issuer.failure = None
    door.issuer.gate.clear()
    door.clock.now += 30
    for _ in range(3):
        assert (await asyncio.wait_for(door.ask(signed()), SECONDS)).credentials == OPERATED
    fetching = asyncio.all_tasks() - {asyncio.current_task()}
    assert len(fetching) == (2 if sys.version_info < (3, 12) else 1)  # the fetch; before that, `wait_for` makes one
    door.issuer.keys = [published(OTHER_RSA_KEY, "RS256", kid="rsa")]
    door.issuer.gate.set()
    await asyncio.wait(fetching, timeout=SECONDS)
    assert len(door.issuer.asked) == 5
    assert (await door.ask(signed(key=OTHER_RSA_KEY))).credentials == OPERATED


@pytest.mark.promise(number=20)
async def test_the_log_tells_at_the_start_of_an_issuer_that_has_no_keys(
    door: Door, caplog: pytest.LogCaptureFixture
) -> None:
    door.issuer.documents = {}
    async with door.open():
        with anyio.fail_after(SECONDS):
            while not caplog.messages:  # nothing waits for it
                await anyio.lowlevel.checkpoint()
    (message,) = caplog.messages
    assert message.startswith("The keys of the OAuth issuer login.example.com/realms/art cannot be fetched: ")


async def test_closing_ends_what_is_under_way(door: Door) -> None:
    await door.ask(signed())
    door.issuer.failure = httpx.ReadTimeout("late")
    door.clock.now += 600
    await door.ask(signed())
    door.issuer.gate.clear()
    door.clock.now += 30
    await door.ask(signed())
    others = asyncio.all_tasks() - {asyncio.current_task()}
    assert others
    await asyncio.wait_for(door.oauth.aclose(), SECONDS)
    assert all(task.done() for task in others)
