"""Tokens of the issuer that are meant for this server are taken, and nothing that only looks like one."""

import base64
import hashlib
import hmac
import json
import logging
import time
from collections.abc import Callable
from datetime import datetime, timedelta, tzinfo
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from starlette.datastructures import Headers

from scenario_mcp.http_server.auth.authenticator import Caller
from scenario_mcp.http_server.auth.resource_metadata import (
    metadata_documents,
    metadata_paths,
    metadata_url,
    resource_metadata,
)
from tests.support.oauth_issuer import (
    EC_KEY,
    ED_KEY,
    HASHER,
    ISSUER,
    OPERATED,
    OTHER_RSA_KEY,
    PUBLIC_URL,
    RSA_KEY,
    UNKNOWN_KEY,
    UNVERIFIED,
    WHERE,
    Door,
    claims,
    invalid,
    published,
    signed,
    whole,
)


def by_hand(header: dict[str, Any], payload: dict[str, Any], sign: Callable[[bytes], bytes] = lambda _: b"") -> str:
    parts = [json.dumps(part).encode() for part in (header, payload)]
    message = b".".join(base64.urlsafe_b64encode(part).rstrip(b"=") for part in parts)
    return (message + b"." + base64.urlsafe_b64encode(sign(message)).rstrip(b"=")).decode()


OTHER_KIND = "The token is not an access token."
NOT_SIGNED_SO = "The access token is signed by an algorithm that this server does not accept."
NO_JWT = "The Bearer token is not a JWT, which access tokens for this server are."
ELSEWHERE = "The access token was made for another server."
LACKS = "The access token lacks one of the claims iss, aud and exp."


@pytest.mark.parametrize(
    "make_token",
    [
        signed,
        lambda: signed(algorithm="PS512"),
        lambda: signed(key=EC_KEY, algorithm="ES256", kid="ec"),
        lambda: signed(key=ED_KEY, algorithm="EdDSA", kid="ed"),
        lambda: signed(key=EC_KEY, algorithm="ES256", kid=None),
        lambda: signed(typ="application/AT+JWT"),
        lambda: signed(typ="JWT"),
        lambda: by_hand(
            {"alg": "ES256", "kid": "ec"}, claims(), lambda m: jwt.get_algorithm_by_name("ES256").sign(m, EC_KEY)
        ),
        lambda: signed(claims(aud=["https://other.example.com", PUBLIC_URL])),
        lambda: signed(claims(client_id=None)),
        lambda: signed(claims(aud=f"{PUBLIC_URL}/")),
        lambda: signed(claims(exp=int(time.time()) - 10)),
        lambda: signed(claims(nbf=int(time.time()) + 20, iat=int(time.time()) + 20)),
        lambda: signed(claims(nonce="n", sid="s")),
    ],
)
async def test_a_token_for_this_server_lets_in_by_the_operator_s_key(door: Door, make_token: Callable[[], str]) -> None:
    assert await door.ask(make_token()) == Caller(
        HASHER.of("oauth", ISSUER, "sub", "anna"), OPERATED, operator=HASHER.of("operator")
    )


async def test_a_program_s_token_may_name_the_client_alone(door: Door) -> None:
    caller = await door.ask(signed(claims(sub=None)))
    assert caller.key == HASHER.of("oauth", ISSUER, "client_id", "editor")
    assert whole(await door.refusal(signed(claims(sub=None, client_id=None)))) == invalid(
        "The access token names neither a subject nor a client."
    )


async def test_without_a_token_a_client_is_told_where_to_find_out(door: Door) -> None:
    asks = (
        401,
        (
            "This server asks for an access token of its OAuth issuer. Sign in with your client. If it asks for a "
            "client id, the server's operator has one."
        ),
        (("WWW-Authenticate", f"Bearer {WHERE}"),),
    )
    assert whole(await door.refusal()) == asks
    assert whole(await door.refusal(headers=Headers({"Authorization": "Basic YTpi"}))) == asks
    assert whole(await door.refusal(headers=Headers({"X-Scenario-Api-Key": "a", "X-Scenario-Api-Secret": "b"}))) == asks
    assert door.issuer.asked == []


NESTED = base64.urlsafe_b64encode(b"[" * 9_000).decode() + ".e30.c2ln"


def spliced(one: str, other: str) -> str:
    """Return the claims of one token under the signature of the other."""
    return f"{one.rpartition('.')[0]}.{other.rpartition('.')[2]}"


PUBLIC_PEM = RSA_KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


@pytest.mark.promise(number=20)
@pytest.mark.parametrize(
    ("make_token", "sentence"),
    [
        (lambda: signed(claims(iss="https://login.example.com")), "The access token comes from another issuer."),
        (lambda: signed(claims(iss=f"{ISSUER}/")), "The access token comes from another issuer."),
        (lambda: signed(claims(iss=None)), LACKS),
        (lambda: signed(claims(aud="https://other.example.com/mcp")), ELSEWHERE),
        (lambda: signed(claims(aud=f"{PUBLIC_URL}/other")), ELSEWHERE),
        (lambda: signed(claims(aud=f"{PUBLIC_URL}//")), ELSEWHERE),
        (lambda: signed(claims(aud="https://mcp.example.com")), ELSEWHERE),
        (lambda: signed(claims(aud={PUBLIC_URL: 1})), ELSEWHERE),
        (lambda: signed(claims(aud=None)), LACKS),
        (lambda: signed(claims(aud=[])), LACKS),
        (lambda: signed(claims(exp=int(time.time()) - 40)), "The access token has expired."),
        (lambda: signed(claims(exp=None)), LACKS),
        (lambda: signed(claims(exp="soon")), UNVERIFIED),
        (lambda: signed(claims(nbf=int(time.time()) + 60)), "The access token is not valid yet."),
        (lambda: signed(claims(sub=7)), UNVERIFIED),
        (lambda: signed(key=OTHER_RSA_KEY), UNVERIFIED),
        (lambda: signed(key=EC_KEY, algorithm="ES256", kid="rsa"), UNKNOWN_KEY),
        (lambda: signed(kid="ec"), UNKNOWN_KEY),
        (lambda: signed(kid="unheard-of"), UNKNOWN_KEY),
        (lambda: signed(kid="unheard-of", key=OTHER_RSA_KEY, jwk=published(OTHER_RSA_KEY, "RS256")), UNKNOWN_KEY),
        (lambda: signed(key=OTHER_RSA_KEY, jwk=published(OTHER_RSA_KEY, "RS256")), UNVERIFIED),
        (lambda: signed(key=OTHER_RSA_KEY, jku="https://evil.example.com/keys"), UNVERIFIED),
        (lambda: signed(key=OTHER_RSA_KEY, x5u="https://evil.example.com/cert"), UNVERIFIED),
        (lambda: signed(typ="JWT", payload=claims(nonce="n")), OTHER_KIND),
        (lambda: signed(typ="JWT", payload=claims(at_hash="h")), OTHER_KIND),
        (lambda: signed(typ="JWT", payload=claims(events={})), OTHER_KIND),
        (lambda: signed(typ="logout+jwt"), OTHER_KIND),
        (lambda: signed(typ="dpop+jwt"), OTHER_KIND),
        (lambda: by_hand({"alg": "none", "typ": "at+jwt"}, claims()), NOT_SIGNED_SO),
        (lambda: by_hand({"alg": "None", "typ": "at+jwt", "kid": "rsa"}, claims()), NOT_SIGNED_SO),
        (lambda: by_hand({"typ": "at+jwt", "kid": "rsa"}, claims()), NOT_SIGNED_SO),
        (lambda: by_hand({"alg": ["RS256"], "typ": "at+jwt", "kid": "rsa"}, claims()), NOT_SIGNED_SO),
        (
            lambda: by_hand(
                {"alg": "HS256", "typ": "at+jwt", "kid": "rsa"},
                claims(),
                lambda message: hmac.digest(PUBLIC_PEM, message, hashlib.sha256),
            ),
            NOT_SIGNED_SO,
        ),
        (lambda: by_hand({"alg": "RS256", "typ": "at+jwt", "kid": "rsa"}, claims()), UNVERIFIED),
        (lambda: by_hand({"alg": "RS256", "typ": ["at+jwt"], "kid": "rsa"}, claims()), OTHER_KIND),
        (lambda: by_hand({"alg": "RS256", "typ": "at+jwt", "kid": 7}, claims()), NO_JWT),
        (
            lambda: by_hand({"alg": "RS256", "typ": "at+jwt", "kid": "rsa", "crit": ["b64"], "b64": False}, claims()),
            NO_JWT,
        ),
        (lambda: by_hand({"alg": "RS256", "typ": "at+jwt", "kid": "rsa", "crit": ["exp"], "exp": 1}, claims()), NO_JWT),
        (lambda: "opaque-token-of-32-characters", NO_JWT),
        (lambda: NESTED, NO_JWT),
        (lambda: f"{signed()}x", NO_JWT),
        (lambda: spliced(signed(claims(sub="ben")), signed()), UNVERIFIED),
    ],
)
async def test_what_is_no_token_for_this_server_is_refused(
    door: Door, make_token: Callable[[], str], sentence: str
) -> None:
    assert whole(await door.refusal(make_token())) == invalid(sentence)
    assert all("evil" not in address for address in door.issuer.asked)


@pytest.mark.parametrize(
    ("headers", "sentence"),
    [
        (Headers({"Authorization": f"Bearer {'x' * 16_385}"}), "The Bearer token has more than 16384 characters."),
        (
            Headers({"Authorization": 'Bearer "quoted"'}),
            "What follows Bearer in the Authorization header is not a token. Copy it again.",
        ),
        (
            Headers(raw=[(b"authorization", b"Bearer a"), (b"authorization", b"Bearer b")]),
            "The request has more than one Authorization header. Send one.",
        ),
    ],
)
async def test_what_is_no_token_at_all_reaches_no_parser(door: Door, headers: Headers, sentence: str) -> None:
    assert whole(await door.refusal(headers=headers)) == invalid(sentence)
    assert door.issuer.asked == []


@pytest.mark.promise(number=20)
@pytest.mark.parametrize(
    ("granted", "is_enough"),
    [
        ({"scope": "find look more"}, True),
        ({"scp": ["look", "find"]}, True),
        ({"scp": "look find"}, True),
        ({"scope": "find", "scp": ["look"]}, True),
        ({"scope": "find looking"}, False),
        ({"scope": {"find": 1, "look": 1}}, False),
        ({"scp": [["find"], 7]}, False),
        ({}, False),
    ],
)
async def test_every_scope_that_is_required_has_to_be_granted(
    door: Door, granted: dict[str, Any], *, is_enough: bool
) -> None:
    door.oauth = door.open(scopes=("find", "look"))
    if is_enough:
        assert (await door.ask(signed(claims(**granted)))).credentials == OPERATED
        return
    refused = await door.refusal(signed(claims(**granted)))
    assert refused.status == 403
    assert refused.message.startswith("The access token lacks the scope ")
    lacks, _, advice = refused.message.partition(" Sign ")
    assert advice == "in again and grant it."
    challenge = f'Bearer error="insufficient_scope", error_description="{lacks}", scope="find look", {WHERE}'
    assert refused.headers == (("WWW-Authenticate", challenge),)


async def test_a_refusal_names_the_scopes_to_ask_for(door: Door) -> None:
    door.oauth = door.open(scopes=("find", "look"))
    assert (await door.refusal()).headers == (("WWW-Authenticate", f'Bearer scope="find look", {WHERE}'),)
    assert whole(await door.refusal("opaque")) == invalid(NO_JWT, 'scope="find look", ')
    assert (await door.refusal(signed(claims(scope="look")))).message == (
        "The access token lacks the scope find. Sign in again and grant it."
    )


@pytest.mark.parametrize("audience", ["https://mcp.example.com", "https://mcp.example.com/"])
@pytest.mark.parametrize("public_url", ["https://mcp.example.com", "https://mcp.example.com/"])
async def test_an_address_without_a_path_is_the_same_with_a_slash(door: Door, public_url: str, audience: str) -> None:
    door.oauth = door.open(public_url=public_url)
    assert (await door.ask(signed(claims(aud=audience)))).credentials == OPERATED


@pytest.mark.promise(number=20)
async def test_a_token_that_was_checked_is_known_until_it_expires(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    class Later(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> "Later":
            return super().now(tz) + timedelta(seconds=400)

    token = signed()
    first = await door.ask(token)
    monkeypatch.setattr("jwt.api_jwt.datetime", Later)
    assert await door.ask(token) is first  # without another look at it
    door.clock.now += 300
    assert await door.ask(token) is first
    door.clock.now += 31
    assert whole(await door.refusal(token)) == invalid("The access token has expired.")


async def test_a_token_is_never_logged(door: Door, caplog: pytest.LogCaptureFixture) -> None:
    for name in (None, "httpx", "httpcore"):
        caplog.set_level(logging.DEBUG, logger=name)
    good, bad = signed(), signed(claims(aud="https://other.example.com"))
    await door.ask(good)
    await door.refusal(bad)
    assert caplog.text
    assert not any(part in caplog.text for token in (good, bad) for part in token.split("."))


@pytest.mark.parametrize(
    ("public_url", "paths", "url"),
    [
        (
            PUBLIC_URL,
            ("/.well-known/oauth-protected-resource/mcp", "/.well-known/oauth-protected-resource"),
            "https://mcp.example.com/.well-known/oauth-protected-resource/mcp",
        ),
        (
            "https://studio.example:8443/tools/mcp",
            ("/.well-known/oauth-protected-resource/tools/mcp", "/.well-known/oauth-protected-resource"),
            "https://studio.example:8443/.well-known/oauth-protected-resource/tools/mcp",
        ),
        (
            "https://mcp.example.com/",
            ("/.well-known/oauth-protected-resource",),
            "https://mcp.example.com/.well-known/oauth-protected-resource",
        ),
    ],
)
def test_the_metadata_is_where_a_client_looks_for_it(public_url: str, paths: tuple[str, ...], url: str) -> None:
    assert metadata_paths(public_url) == paths
    assert metadata_url(public_url) == url


def test_the_metadata_names_the_very_address_that_a_client_was_given() -> None:
    place = "/.well-known/oauth-protected-resource"
    for given in (PUBLIC_URL, f"{PUBLIC_URL}/"):
        documents = metadata_documents(given, ISSUER)
        assert {path: document["resource"] for path, document in documents.items()} == {
            place: given,
            f"{place}/mcp": PUBLIC_URL,
            f"{place}/mcp/": f"{PUBLIC_URL}/",
        }
    (only,) = metadata_documents("https://MCP.example.com", ISSUER).values()
    assert only["resource"] == "https://mcp.example.com"


def test_the_metadata_says_whose_tokens_are_taken() -> None:
    assert resource_metadata(PUBLIC_URL, ISSUER) == {
        "resource": PUBLIC_URL,
        "authorization_servers": [ISSUER],
        "bearer_methods_supported": ["header"],
        "resource_name": "Scenario search",
    }
    assert resource_metadata(PUBLIC_URL, ISSUER, ("find", "look"))["scopes_supported"] == ["find", "look"]
