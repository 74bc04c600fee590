"""An issuer of tokens in memory, the keys that it signs with, and the door that takes its tokens."""

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from starlette.datastructures import Headers

from scenario_mcp.credentials import Credentials
from scenario_mcp.http_server.auth.authenticator import Caller, CallerRefused, Hasher
from scenario_mcp.http_server.auth.oauth import OAuth

ISSUER = "https://login.example.com/realms/art"

PUBLIC_URL = "https://mcp.example.com/mcp"

HASHER = Hasher(b"k" * 32)

SERVER = Credentials("api_server", "s-server")

OPERATED = replace(SERVER, holder="operator")

WHERE = 'resource_metadata="https://mcp.example.com/.well-known/oauth-protected-resource/mcp"'

RSA_KEY = rsa.generate_private_key(65537, 2048)

OTHER_RSA_KEY = rsa.generate_private_key(65537, 2048)

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


def invalid(sentence: str, scope: str = "") -> tuple[int, str, tuple[tuple[str, str], ...]]:
    challenge = f'Bearer error="invalid_token", error_description="{sentence}", {scope}{WHERE}'
    return 401, f"{sentence} Sign in again with your client.", (("WWW-Authenticate", challenge),)


def whole(refused: CallerRefused) -> tuple[int, str, tuple[tuple[str, str], ...]]:
    return refused.status, refused.message, refused.headers


UNVERIFIED = "The access token cannot be verified."

UNKNOWN_KEY = "The access token is signed with a key that its issuer does not publish."
