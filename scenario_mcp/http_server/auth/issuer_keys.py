"""The public keys of an OAuth issuer: found by its metadata, kept for a while, and used on while it is down."""

import asyncio
import json
import logging
import math
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

import anyio
import httpx
import jwt

from scenario_mcp.addresses import UrlRefused, checked_url
from scenario_mcp.net.bounded_body import TooLarge, Undecodable, read_body
from scenario_mcp.net.connection_errors import explain
from scenario_mcp.net.connections import USER_AGENT
from scenario_mcp.net.single_flight import SingleFlight

DEADLINE_SECONDS = 5.0
"""For metadata and keys together."""
FRESH_SECONDS = 600.0
"""How long keys are used before they are fetched again: a withdrawn one is believed no longer, if the issuer is up."""
STALE_SECONDS = 86_400.0
"""How long they are used at most while the issuer is down."""
BETWEEN_FETCHES_SECONDS = 30.0
"""Between two fetches at least, as long as there are keys: anybody can make up a token that names an unknown one."""
WITHOUT_KEYS_SECONDS = 5.0
"""The same as long as there are none."""
MAX_DOCUMENT_BYTES = 256_000
MAX_KEYS = 100
MAX_TRIED = 8
"""Of the keys that fit a token that names none: anybody can make up such a token, and each key costs a verification."""

ALGORITHMS: Mapping[tuple[str, str], tuple[str, ...]] = {
    ("RSA", ""): ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512"),
    ("EC", "P-256"): ("ES256",),
    ("EC", "P-384"): ("ES384",),
    ("EC", "P-521"): ("ES512",),
    ("OKP", "Ed25519"): ("EdDSA",),
}
"""By type and curve of a key, what it may sign with. Nothing symmetric: the public key would be the secret."""

_PUBLIC_MEMBERS = ("kty", "crv", "n", "e", "x", "y")
_OK = 200
_HEADERS = {"Accept": "application/json", "Accept-Encoding": "gzip, deflate", "User-Agent": USER_AGENT}

_logger = logging.getLogger(__name__)


class IssuerUnreachable(Exception):
    """There are no keys by which this token could be judged; `wait_seconds` from now there may be."""

    def __init__(self, wait_seconds: int) -> None:
        super().__init__(wait_seconds)
        self.wait_seconds = wait_seconds


class IssuerKeys:
    """Finds keys by their id. The HTTP client is the caller's to open and to close; `aclose` comes before that.

    Sources: RFC 8414 and OpenID Connect Discovery for the metadata, RFC 7517 for the keys.
    """

    def __init__(self, http: httpx.AsyncClient, issuer: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._http = http
        self._issuer = issuer
        self._shown = issuer.partition("://")[2]  # the log takes whole addresses out
        self._clock = clock
        self._keys: dict[tuple[str | None, str], list[jwt.PyJWK]] = {}
        self._fetched_at = -math.inf
        self._tried_at = -math.inf
        self._is_down = False
        self._flights: SingleFlight[str, None] = SingleFlight()
        self._unattended: asyncio.Task[None] | None = None

    async def find(self, key_id: str | None, algorithm: str) -> list[jwt.PyJWK]:
        """Return the keys that may have signed a token: those of the id that it names; if it names none, all that fit.

        Raises:
            IssuerUnreachable: there may be, but the issuer cannot be asked.

        """
        now = self._clock()
        if now - self._fetched_at > STALE_SECONDS:
            self._keys = {}
            if not self._is_down or now - self._tried_at >= WITHOUT_KEYS_SECONDS:
                await self._fetch()
        elif now - self._fetched_at >= FRESH_SECONDS and now - self._tried_at >= BETWEEN_FETCHES_SECONDS:
            if self._is_down:  # nobody waits for what has failed already
                self._fetch_unattended()
            else:
                await self._fetch()
        keys = self._pick(key_id, algorithm)
        if not keys and self._keys and await self.renew():
            keys = self._pick(key_id, algorithm)
        if not keys and self._is_down:
            raise IssuerUnreachable(self._wait_seconds())
        return keys

    async def renew(self) -> bool:
        """Fetch the keys before their time, since none of them fits a token; False if that was done just now.

        Raises:
            IssuerUnreachable: one that fits may be there by now, but the issuer cannot be asked.

        """
        is_due = self._clock() - self._tried_at >= BETWEEN_FETCHES_SECONDS
        if is_due:
            await self._fetch()
        if self._is_down:
            raise IssuerUnreachable(self._wait_seconds())
        return is_due

    def fetch_ahead(self) -> None:
        """Fetch the keys while nobody waits for them, so that the log tells at the start of an issuer that has none."""
        self._fetch_unattended()

    async def aclose(self) -> None:
        """End the fetch that nobody waits for, if one is under way."""
        if self._unattended is not None:
            self._unattended.cancel()
            with suppress(asyncio.CancelledError):
                await self._unattended

    def _wait_seconds(self) -> int:
        pause = BETWEEN_FETCHES_SECONDS if self._keys else WITHOUT_KEYS_SECONDS
        return max(1, math.ceil(pause - (self._clock() - self._tried_at)))

    def _pick(self, key_id: str | None, algorithm: str) -> list[jwt.PyJWK]:
        return self._keys.get((key_id, algorithm), [])[:MAX_TRIED]

    def _fetch_unattended(self) -> None:
        if self._unattended is None or self._unattended.done():
            self._unattended = asyncio.create_task(self._fetch())

    async def _fetch(self) -> None:
        await self._flights.do("keys", self._fetch_once)

    async def _fetch_once(self) -> None:
        try:
            with anyio.fail_after(DEADLINE_SECONDS):
                self._keys = await self._fetch_keys()
        except (_Unusable, TimeoutError) as error:
            self._is_down = True
            reason = str(error) or f"it took longer than {DEADLINE_SECONDS:g} seconds"
            _logger.warning("The keys of the OAuth issuer %s cannot be fetched: %s.", self._shown, reason)
        else:
            self._fetched_at, self._is_down = self._clock(), False
        finally:
            self._tried_at = self._clock()

    async def _fetch_keys(self) -> dict[tuple[str | None, str], list[jwt.PyJWK]]:
        """Return the keys by their ids and algorithms; below no id stand all of an algorithm."""
        address = (await self._fetch_metadata()).get("jwks_uri")
        try:
            checked = checked_url(address if isinstance(address, str) else "", allow_query=True)
        except UrlRefused:
            raise _Unusable("its metadata has no jwks_uri with https") from None
        keys: dict[tuple[str | None, str], list[jwt.PyJWK]] = {}
        for key_id, algorithm, key in _read_keys(await self._fetch_document(checked)):
            for named in {key_id, None}:
                keys.setdefault((named, algorithm), []).append(key)
        if not keys:
            raise _Unusable("its key set has no key of an algorithm that this server accepts")
        return keys

    async def _fetch_metadata(self) -> dict[str, Any]:
        """Return the first metadata that is this issuer's, at the three places where clients of MCP look for it too."""
        origin, path = _parts(self._issuer)
        reasons: list[str] = []
        for place in dict.fromkeys(
            (
                f"/.well-known/oauth-authorization-server{path}",
                f"/.well-known/openid-configuration{path}",
                f"{path}/.well-known/openid-configuration",
            )
        ):
            try:
                metadata = await self._fetch_document(origin + place)
            except _NotThere as absent:
                reasons.append(f"{place} {absent}")
                continue
            if metadata.get("issuer") == self._issuer:
                return metadata
            reasons.append(f"{place} names another issuer than SCENARIO_MCP_OAUTH_ISSUER; each character counts")
        raise _Unusable("; ".join(reasons))

    async def _fetch_document(self, address: str) -> dict[str, Any]:
        """Return a JSON object."""
        try:
            async with self._http.stream("GET", address, headers=_HEADERS, follow_redirects=False) as response:
                if response.status_code != _OK:
                    raise _NotThere(f"is answered with status {response.status_code}")
                document = json.loads(await read_body(response, MAX_DOCUMENT_BYTES))
        except (ValueError, RecursionError, TooLarge, Undecodable, httpx.InvalidURL):
            raise _NotThere("holds no JSON of a usable size") from None
        except httpx.HTTPError as error:
            host = urlsplit(address).hostname or ""
            raise _Unusable(
                str(explain(error, host) or f"no connection ({type(error).__name__})").rstrip(".")
            ) from None
        if not isinstance(document, dict):
            raise _NotThere("holds no JSON object")
        return document


class _Unusable(Exception):
    """What the issuer answers is of no use; the reason is in our own words."""


class _NotThere(_Unusable):
    """What was looked for is not at this address; it may be at another."""


def _parts(issuer: str) -> tuple[str, str]:
    """Return origin and path of the issuer's address; the path without its last slash, as both standards ask."""
    url = urlsplit(issuer)
    return f"{url.scheme}://{url.netloc}", url.path.rstrip("/")


def _read_keys(document: dict[str, Any]) -> Iterator[tuple[str | None, str, jwt.PyJWK]]:
    """Yield what each key can check; those for other purposes, and those that cannot be read, are passed over."""
    keys = document.get("keys")
    for data in keys[:MAX_KEYS] if isinstance(keys, list) else []:
        if not isinstance(data, dict) or data.get("use", "sig") != "sig":
            continue
        operations, bound_to, key_id = data.get("key_ops"), data.get("alg"), data.get("kid")
        if isinstance(operations, list) and "verify" not in operations:
            continue
        kind = (str(data.get("kty")), str(data.get("crv") or ""))
        for algorithm in ALGORITHMS.get(kind, ()):
            if bound_to is None or bound_to == algorithm:
                with suppress(jwt.PyJWTError, ValueError, TypeError):
                    key = jwt.PyJWK({name: data[name] for name in _PUBLIC_MEMBERS if name in data}, algorithm)
                    yield (key_id if isinstance(key_id, str) else None), algorithm, key
