"""Tokens of the issuer that are meant for this server are taken, and nothing that only looks like one."""

import asyncio
import base64
import hashlib
import hmac
import json
import logging
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import datetime, timedelta, tzinfo
from typing import Any

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from starlette.datastructures import Headers

from scenario_mcp.credentials import Credentials
from scenario_mcp.http_server.auth.authenticator import Caller, CallerRefused, Hasher
from scenario_mcp.http_server.auth.oauth import OAuth, metadata_paths, metadata_url, resource_metadata

ISSUER = "https://login.example.com/realms/art"
PUBLIC_URL = "https://mcp.example.com/mcp"
HASHER = Hasher(b"k" * 32)
SERVER = Credentials("api_server", "s-server")
OPERATED = replace(SERVER, holder="operator")
WHERE = 'resource_metadata="https://mcp.example.com/.well-known/oauth-protected-resource/mcp"'

RSA_KEY = rsa.generate_private_key(65537, 2048)
OTHER_RSA_KEY = rsa.generate_private_key(65537, 2048)
WEAK_RSA_KEY = rsa.generate_private_key(65537, 1024)  # noqa: S505  # to be refused
EC_KEY = ec.generate_private_key(ec.SECP256R1())
ED_KEY = ed25519.Ed25519PrivateKey.generate()

AnyKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey


def published(key: AnyKey, algorithm: str, **members: Any) -> dict[str, Any]:
    """Return the public half of a key as an issuer publishes it."""
    data = jwt.get_algorithm_by_name(algorithm).to_jwk(key.public_key(), as_dict=True)
    return {**{name: data[name] for name in ("kty", "crv", "n", "e", "x", "y") if name in data}, **members}


PUBLISHED = (
    published(RSA_KEY, "RS256", kid="rsa", use="sig"),
    published(EC_KEY, "ES256", kid="ec", alg="ES256"),
    published(ED_KEY, "EdDSA", kid="ed", key_ops=["verify"]),
)


class Issuer:
    """An issuer that answers as it is told, and counts."""

    def __init__(self, issuer: str = ISSUER) -> None:
        self.issuer = issuer
        self.keys: list[Any] = list(PUBLISHED)
        self.documents: dict[str, Any] = {
            f"{issuer.replace('/realms/art', '')}/.well-known/oauth-authorization-server/realms/art": self.metadata(),
        }
        self.asked: list[str] = []
        self.arrivals: asyncio.Queue[str] = asyncio.Queue()
        self.failure: Exception | None = None
        self.gate = asyncio.Event()
        self.gate.set()

    def metadata(self, **changes: Any) -> dict[str, Any]:
        return {"issuer": self.issuer, "jwks_uri": "https://keys.example.com/art", **changes}

    async def answer(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(str(request.url))
        self.arrivals.put_nowait(str(request.url))
        await self.gate.wait()
        if self.failure:
            raise self.failure
        if str(request.url) == "https://keys.example.com/art":
            return httpx.Response(200, json={"keys": self.keys})
        document = self.documents.get(str(request.url))
        if isinstance(document, httpx.Response):
            return document
        return httpx.Response(404) if document is None else httpx.Response(200, json=document)


class Clock:
    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


class Door:
    """The server's way of telling who asks, with what it depends on in the test's hands."""

    def __init__(self) -> None:
        self.issuer = Issuer()
        self.clock = Clock()
        self.http = httpx.AsyncClient(transport=httpx.MockTransport(self.issuer.answer))
        self.oauth = self.open()

    def open(self, **changes: Any) -> OAuth:
        return OAuth(
            self.http,
            SERVER,
            HASHER,
            **{"issuer": ISSUER, "public_url": PUBLIC_URL, "clock": self.clock, **changes},
        )

    async def ask(self, token: str | None = None, headers: Headers | None = None) -> Caller:
        headers = headers or Headers({"Authorization": f"Bearer {token}"} if token is not None else {})
        return await self.oauth.authenticate(headers, address="192.0.2.7", is_own_machine=True)

    async def refusal(self, token: str | None = None, headers: Headers | None = None) -> CallerRefused:
        with pytest.raises(CallerRefused) as refused:
            await self.ask(token, headers)
        assert refused.value.__cause__ is None
        if token:
            assert token not in f"{refused.value.message}{refused.value.headers}"
        return refused.value


@pytest.fixture
async def door() -> AsyncIterator[Door]:
    door = Door()
    async with door.http:
        yield door
        await door.oauth.aclose()


def claims(**changes: Any) -> dict[str, Any]:
    """Return good claims with these changes; None leaves one out."""
    now = int(time.time())
    good = {"iss": ISSUER, "aud": PUBLIC_URL, "sub": "anna", "client_id": "editor", "iat": now, "exp": now + 300}
    return {name: value for name, value in {**good, **changes}.items() if value is not None}


def signed(
    payload: dict[str, Any] | None = None,
    key: AnyKey = RSA_KEY,
    algorithm: str = "RS256",
    **header: Any,
) -> str:
    headers = {"typ": "at+jwt", "kid": "rsa", **header}
    return jwt.encode(
        payload or claims(), key, algorithm, headers={name: each for name, each in headers.items() if each is not None}
    )


def by_hand(header: dict[str, Any], payload: dict[str, Any], sign: Callable[[bytes], bytes] = lambda _: b"") -> str:
    parts = [json.dumps(part).encode() for part in (header, payload)]
    message = b".".join(base64.urlsafe_b64encode(part).rstrip(b"=") for part in parts)
    return (message + b"." + base64.urlsafe_b64encode(sign(message)).rstrip(b"=")).decode()


def invalid(sentence: str, scope: str = "") -> tuple[int, str, tuple[tuple[str, str], ...]]:
    challenge = f'Bearer error="invalid_token", error_description="{sentence}", {scope}{WHERE}'
    return 401, f"{sentence} Sign in again with your client.", (("WWW-Authenticate", challenge),)


def whole(refused: CallerRefused) -> tuple[int, str, tuple[tuple[str, str], ...]]:
    return refused.status, refused.message, refused.headers


UNVERIFIED = "The access token cannot be verified."
UNKNOWN_KEY = "The access token is signed with a key that its issuer does not publish."
OTHER_KIND = "The token is of another kind than an access token."
NOT_SIGNED_SO = "The access token is not signed in a way that is taken here."
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
        "The access token does not say whom it was made for."
    )


async def test_without_a_token_a_client_is_told_where_to_find_out(door: Door) -> None:
    asks = (
        401,
        "This server asks for an access token of its OAuth issuer. Sign in with your client, which can.",
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


@pytest.mark.parametrize(
    ("make_token", "sentence"),
    [
        (lambda: signed(claims(iss="https://login.example.com")), "The access token is of another issuer."),
        (lambda: signed(claims(iss=f"{ISSUER}/")), "The access token is of another issuer."),
        (lambda: signed(claims(iss=None)), LACKS),
        (lambda: signed(claims(aud="https://other.example.com/mcp")), ELSEWHERE),
        (lambda: signed(claims(aud=f"{PUBLIC_URL}/")), ELSEWHERE),
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
    assert refused.headers == (("WWW-Authenticate", f'Bearer error="insufficient_scope", scope="find look", {WHERE}'),)


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
        "The OAuth issuer of this server cannot be reached, so access tokens cannot be checked. Try again in "
        f"{wait_seconds} seconds; if it stays so, tell whoever runs the server."
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
            f"{FIRST} names another issuer than SCENARIO_MCP_OAUTH_ISSUER, letter by letter; {NOWHERE}",
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
                "its metadata holds no https address of keys.",
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
            "its metadata holds no https address of keys.",
        ),
        (
            {METADATA: {"issuer": ISSUER, "jwks_uri": "https://keys.example.com/other"}},
            PUBLISHED,
            "is answered with status 404.",
        ),
        *(
            (None, published_keys, "its key set holds no key that tokens may be signed with here.")
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
    assert caplog.messages == [f"The keys of the OAuth issuer cannot be had: {reason}"]
    assert all(address.startswith(("https://login", "https://keys.example.com/")) for address in door.issuer.asked)


async def test_too_short_a_key_verifies_nothing(door: Door) -> None:
    door.issuer.keys = [published(WEAK_RSA_KEY, "RS256", kid="weak")]
    with pytest.warns(jwt.InsecureKeyLengthWarning):
        token = signed(key=WEAK_RSA_KEY, kid="weak")
    assert whole(await door.refusal(token)) == invalid(UNVERIFIED)


async def test_a_token_that_names_no_key_is_checked_by_the_only_one_or_none(door: Door) -> None:
    door.issuer.keys = [published(RSA_KEY, "RS256"), published(EC_KEY, "ES256")]
    assert (await door.ask(signed(kid=None))).credentials == OPERATED
    door.clock.now += 600
    door.issuer.keys = [published(RSA_KEY, "RS256", kid="one"), published(OTHER_RSA_KEY, "RS256", kid="two")]
    assert whole(await door.refusal(signed(kid=None))) == invalid(UNKNOWN_KEY)


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
    await asyncio.wait_for(door.issuer.arrivals.get(), 5)
    door.issuer.gate.set()
    callers = await asyncio.wait_for(asyncio.gather(*asking), 5)
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
    assert caplog.messages == ["The keys of the OAuth issuer cannot be had: no connection (ConnectError)."]
    door.clock.now += 3.5
    door.issuer.failure = None
    assert (await door.ask(signed())).credentials == OPERATED


async def test_an_issuer_that_hangs_is_given_up(
    door: Door, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("scenario_mcp.http_server.auth.issuer_keys.DEADLINE_SECONDS", 0.01)
    door.issuer.gate.clear()
    assert whole(await asyncio.wait_for(door.refusal(signed()), 2)) == down(5)
    assert caplog.messages == ["The keys of the OAuth issuer cannot be had: it took longer than 0.01 seconds."]


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


async def test_nobody_waits_for_an_issuer_that_has_failed_already(door: Door) -> None:
    await door.ask(signed())
    door.issuer.failure = httpx.ReadTimeout("late")
    door.clock.now += 600
    await door.ask(signed())
    door.issuer.failure = None
    door.issuer.gate.clear()
    door.clock.now += 30
    for _ in range(3):
        assert (await asyncio.wait_for(door.ask(signed()), 5)).credentials == OPERATED
    fetching = asyncio.all_tasks() - {asyncio.current_task()}
    assert len(fetching) == 2  # the fetch, and the one who waits for it
    door.issuer.keys = [published(OTHER_RSA_KEY, "RS256", kid="rsa")]
    door.issuer.gate.set()
    await asyncio.wait(fetching, timeout=5)
    assert len(door.issuer.asked) == 5
    assert (await door.ask(signed(key=OTHER_RSA_KEY))).credentials == OPERATED


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
    await asyncio.wait_for(door.oauth.aclose(), 5)
    assert all(task.done() for task in others)


async def test_a_token_that_was_checked_is_known_until_it_expires(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    class Later(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> "Later":
            return super().now(tz) + timedelta(seconds=400)

    token = signed()
    first = await door.ask(token)
    monkeypatch.setattr("jwt.api_jwt.datetime", Later)
    assert await door.ask(token) is first  # without another look at it
    door.clock.now += 329
    assert await door.ask(token) is first
    door.clock.now += 2
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


def test_the_metadata_says_whose_tokens_are_taken() -> None:
    assert resource_metadata(PUBLIC_URL, ISSUER) == {
        "resource": PUBLIC_URL,
        "authorization_servers": [ISSUER],
        "bearer_methods_supported": ["header"],
        "resource_name": "Scenario search",
    }
    assert resource_metadata(PUBLIC_URL, ISSUER, ("find", "look"))["scopes_supported"] == ["find", "look"]
