"""An issuer of access tokens whose keys come of the seed, so that callers sign with them without asking it.

    python -c 'from benchmarks.chaos import issuer; issuer.serve()' PORT SEED FOLDER

It publishes the keys that a file in the folder names, and fails as it is told.
"""

import asyncio
import hashlib
import json
import sys
import time
from pathlib import Path
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.support.faulty_upstream import Exchange, answer, answer_all, then_silent

SLOW_SECONDS = 1.0
TOKEN_SECONDS = 300
KEYS_SECONDS = 35.0
"""After which a new key is found at the latest: the pause between two looks at the issuer, and the look itself."""
STRANGERS = ("another audience", "another issuer", "another key", "another kind", "no signature")
"""What is wrong with a token that must never let anybody in, whatever the clocks say."""


def key_of(seed: int, number: int) -> Ed25519PrivateKey:
    """Return one of the issuer's keys."""
    return Ed25519PrivateKey.from_private_bytes(hashlib.sha256(f"key {seed} {number}".encode()).digest())


def published(seed: int, numbers: list[int]) -> dict[str, Any]:
    """Return the set of these keys as it is published."""
    algorithm = jwt.get_algorithm_by_name("EdDSA")
    keys = [algorithm.to_jwk(key_of(seed, number).public_key(), as_dict=True) for number in numbers]
    return {"keys": [{**key, "kid": str(number)} for key, number in zip(keys, numbers, strict=True)]}


def write_keys(folder: Path, *numbers: int) -> None:
    """Publish these keys from now on."""
    (folder / "issuer.keys").write_text(json.dumps(numbers), "utf-8")


class Mint:
    """Signs the tokens of a run's callers; `key` and `offset_seconds` are the issuer's at the moment."""

    def __init__(self, seed: int, issuer: str, audience: str) -> None:
        self.key = 0
        self.offset_seconds = 0
        """By which the issuer's clock is wrong."""
        self._seed = seed
        self._issuer = issuer
        self._audience = audience

    def token(self, caller: str, flaw: str = "") -> str:
        """Return a token of this moment; it is the same within a minute, as a client keeps it."""
        now = int(time.time()) // 60 * 60 + self.offset_seconds
        claims = {
            "iss": f"{self._issuer}/other" if flaw == "another issuer" else self._issuer,
            "aud": f"{self._audience}/other" if flaw == "another audience" else self._audience,
            "sub": caller,
            "iat": now,
            "nbf": now,
            "exp": now + TOKEN_SECONDS,
        }
        kind = "logout+jwt" if flaw == "another kind" else "at+jwt"
        signer = key_of(self._seed + 1, self.key) if flaw == "another key" else key_of(self._seed, self.key)
        token = jwt.encode(claims, signer, "EdDSA", {"typ": kind, "kid": str(self.key)})
        return f"{token.rpartition('.')[0]}." if flaw == "no signature" else token


class Issuer:
    """The issuer as a server."""

    def __init__(self, address: str, seed: int, folder: Path) -> None:
        self._address = address
        self._seed = seed
        self._folder = folder
        self._mode = ""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer the requests of a connection."""
        await answer_all(self._answer, reader, writer)

    async def _answer(self, exchange: Exchange) -> None:
        _, path, _ = exchange.received.line.split(" ")
        if path == "/mode":
            self._mode = json.loads(exchange.received.body or b"{}")["fault"]
            await answer({})(exchange)
            return
        match self._mode:
            case "500":
                await answer({"error": "POISON"}, 500)(exchange)
            case "garbage":
                await answer(b"\x00\xff{POISON")(exchange)
            case "hang":
                await then_silent(b"")(exchange)
            case mode:
                if mode == "slow":
                    await asyncio.sleep(SLOW_SECONDS)
                await answer(self._document(path))(exchange)

    def _document(self, path: str) -> dict[str, Any]:
        if path == "/keys":
            return published(self._seed, json.loads((self._folder / "issuer.keys").read_text("utf-8")))
        return {"issuer": self._address, "jwks_uri": f"{self._address}/keys"}


async def _serve(port: int, issuer: Issuer) -> None:
    server = await asyncio.start_server(issuer.serve, "127.0.0.1", port)
    await server.serve_forever()


def serve() -> None:
    """Serve on the port that is the first argument."""
    port, seed, folder = sys.argv[1:]
    asyncio.run(_serve(int(port), Issuer(f"http://127.0.0.1:{port}", int(seed), Path(folder))))
