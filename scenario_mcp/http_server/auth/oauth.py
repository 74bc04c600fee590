"""Callers with access tokens of an OAuth issuer: this server as a resource server of OAuth 2.1, as MCP asks.

Sources: the authorization chapter of the MCP specification (2025-11-25, 2026-07-28), RFC 6750 for refusals, RFC 9068
for tokens, RFC 9728 for the metadata.
"""

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import Any, NamedTuple, Self
from urllib.parse import urlsplit

import httpx
import jwt
from cachetools import TTLCache
from starlette.datastructures import Headers

from scenario_mcp.credentials import Credentials
from scenario_mcp.http_server.auth.access_tokens import digest_of
from scenario_mcp.http_server.auth.authenticator import Caller, CallerRefused, Hasher, subject_hash
from scenario_mcp.http_server.auth.claims import (
    advice,
    advice_on_client,
    client_of,
    explain,
    is_of_another_kind,
    scopes_of,
)
from scenario_mcp.http_server.auth.credentials import CredentialsUnusable, read_token
from scenario_mcp.http_server.auth.issuer_keys import ALGORITHMS, IssuerKeys, IssuerUnreachable
from scenario_mcp.http_server.auth.resource_metadata import METADATA_PATH, metadata_url, spellings

LEEWAY_SECONDS = 30
"""By which the clocks of issuer and server may differ."""
REMEMBERED_TOKENS = 10_000
REMEMBERED_SECONDS = 600.0
"""How long a token that was checked is known by its SHA-256."""

_TYPES = frozenset({"at+jwt", "application/at+jwt"})
_UNTOLD_TYPES = frozenset({"jwt", ""})
"""Of issuers that do not say what kind of token theirs is; `typ` is optional."""
_SIGNATURES = jwt.PyJWS(options={"enforce_minimum_key_length": True})
_ALGORITHMS = frozenset(algorithm for each in ALGORITHMS.values() for algorithm in each)


class _Checked(NamedTuple):
    """What came of a token: it counts until `expires_at` by our clock, and as long as this very key is in use."""

    caller: Caller
    key_id: str | None
    algorithm: str
    key: jwt.PyJWK
    expires_at: float


class OAuth:
    """Callers bring a JWT that the issuer made for this server; their calls go by the operator's API key.

    The HTTP client is the caller's to open and to close; `aclose` comes before that.
    """

    def __init__(  # noqa: PLR0913  # who is trusted, for what, and time, which a test has to hold still
        self,
        http: httpx.AsyncClient,
        operators: Credentials,
        hasher: Hasher,
        *,
        issuer: str,
        public_url: str,
        scopes: tuple[str, ...] = (),
        audiences: tuple[str, ...] = (),
        client_ids: tuple[str, ...] = (),
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._keys = IssuerKeys(http, issuer, clock)
        self._clock = clock
        self._checked: TTLCache[bytes, _Checked] = TTLCache(REMEMBERED_TOKENS, REMEMBERED_SECONDS, clock)
        self._credentials = replace(operators, holder="operator")
        self._hasher = hasher
        self._issuer = issuer
        self._audiences = (*spellings(public_url), *audiences)
        self._client_ids = frozenset(client_ids)
        self._scopes = scopes
        # Each of these is refused quotation marks and backslashes where it is set.
        self._metadata_url = metadata_url(public_url)
        self._scope = f'scope="{" ".join(scopes)}"' if scopes else ""

    async def authenticate(self, headers: Headers, *, address: str, is_own_machine: bool) -> Caller:  # noqa: ARG002  # as every way
        """Return the subject of the token, or for want of one the client that it was made for.

        Raises:
            CallerRefused: 401, no token or none that counts here; 403, too few scopes; 503, no keys to check it by.

        """
        try:
            token = read_token(headers)
        except CredentialsUnusable as unusable:
            raise self._invalid(unusable.message) from None
        if not token:
            raise self._refused(
                401,
                "This server asks for an access token of its OAuth issuer. Sign in with your client. If it asks for a "
                "client id, the server's operator has one.",
            )
        fingerprint = digest_of(token)
        checked = self._checked.get(fingerprint)
        try:
            if checked is None or not await self._still_counts(checked):
                checked = self._checked[fingerprint] = await self._check(token)
        except IssuerUnreachable as unreachable:
            wait = unreachable.wait_seconds
            raise CallerRefused(
                503,
                f"This server's OAuth issuer cannot be reached, so access tokens cannot be checked. Try again in "
                f"{wait} seconds. If it stays so, tell the server's operator.",
                (("Retry-After", str(wait)),),
            ) from None
        return checked.caller

    async def __aenter__(self) -> Self:
        self._keys.fetch_ahead()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """End what is under way to the issuer."""
        await self._keys.aclose()

    async def _still_counts(self, checked: _Checked) -> bool:
        """Whether the token has not expired, and its key has been neither withdrawn nor fetched anew."""
        is_in_time = self._clock() < checked.expires_at
        return is_in_time and checked.key in await self._find_keys(checked.key_id, checked.algorithm)

    async def _check(self, token: str) -> _Checked:
        """Take a token that is whole, in time, of the issuer, for this server, and allows what is required."""
        try:
            header = jwt.get_unverified_header(token)
        except jwt.PyJWTError:
            raise self._invalid("The Bearer token is not a JWT, which access tokens for this server are.") from None
        key_id, algorithm, kind = header.get("kid"), header.get("alg"), header.get("typ", "")
        if not isinstance(algorithm, str) or algorithm not in _ALGORITHMS:
            raise self._invalid("The access token is signed by an algorithm that this server does not accept.")
        kind = kind.lower() if isinstance(kind, str) else None
        if kind not in _TYPES | _UNTOLD_TYPES:
            raise self._invalid("The token is not an access token.")
        key = await self._find_signer(token, key_id, algorithm)
        claims = self._verified(token, key, algorithm)
        if kind in _UNTOLD_TYPES and is_of_another_kind(claims):
            raise self._invalid("The token is not an access token.")
        granted = scopes_of(claims)
        missing = [scope for scope in self._scopes if granted.isdisjoint(self._forms(scope))]
        if missing:
            lacks = f"The access token lacks the scope {' and '.join(missing)}."
            raise self._refused(403, f"{lacks} Sign in again and grant it.", "insufficient_scope", lacks)
        expires_at = self._clock() + int(claims["exp"]) + LEEWAY_SECONDS - time.time()
        return _Checked(
            Caller(self._key(claims), self._credentials, operator=self._hasher.of("operator")),
            key_id,
            algorithm,
            key,
            expires_at,
        )

    def _verified(self, token: str, key: jwt.PyJWK, algorithm: str) -> dict[str, Any]:
        try:
            return self._decoded(token, key, algorithm, audience=self._audiences)
        except jwt.MissingRequiredClaimError as error:
            if error.claim != "aud" or not self._client_ids:
                raise self._invalid(explain(error), advice(error, token)) from None
        except jwt.PyJWTError as error:  # no cause: it quotes the token
            raise self._invalid(explain(error), advice(error, token)) from None
        # Without an audience the token says for which client it was made, and that client was named.
        try:
            claims = self._decoded(token, key, algorithm, audience=None)
        except jwt.PyJWTError as error:
            raise self._invalid(explain(error), advice(error, token)) from None
        if "aud" in claims or client_of(claims) not in self._client_ids:
            raise self._invalid("The access token was made for another client.", advice_on_client(claims))
        return claims

    def _decoded(
        self, token: str, key: jwt.PyJWK, algorithm: str, *, audience: tuple[str, ...] | None
    ) -> dict[str, Any]:
        """Return the claims; without audiences none is looked at."""
        required = ["exp", "iss", *(["aud"] if audience else [])]
        return jwt.decode(
            token,
            key,
            [algorithm],
            {"require": required, "verify_aud": bool(audience), "enforce_minimum_key_length": True},
            audience=audience,
            issuer=self._issuer,
            leeway=LEEWAY_SECONDS,
        )

    def _forms(self, scope: str) -> tuple[str, ...]:
        """Return how a token may spell a scope: some issuers leave out the audience that it begins with."""
        audience, _, name = scope.rpartition("/")
        return (scope, name) if audience in self._audiences else (scope,)

    async def _find_signer(self, token: str, key_id: str | None, algorithm: str) -> jwt.PyJWK:
        """Return the key that a token names, or of several the one that has signed it; its claims are not looked at."""
        keys = await self._find_keys(key_id, algorithm)
        if key_id is not None and len(keys) == 1:
            return keys[0]
        signer = _signer(token, keys, algorithm)
        if signer is None and await self._keys.renew():  # without an id a new key cannot be told from a wrong signature
            signer = _signer(token, await self._find_keys(key_id, algorithm), algorithm)
        if signer is None:
            raise self._invalid(explain(jwt.InvalidSignatureError()))
        return signer

    async def _find_keys(self, key_id: str | None, algorithm: str) -> list[jwt.PyJWK]:
        keys = await self._keys.find(key_id, algorithm)
        if not keys:
            raise self._invalid("The access token is signed with a key that its issuer does not publish.")
        return keys

    def _key(self, claims: dict[str, Any]) -> str:
        for name, value in ("sub", claims.get("sub")), ("client_id", client_of(claims)):
            if isinstance(value, str) and value:
                return subject_hash(self._hasher, self._issuer, name, value)
        raise self._invalid("The access token names neither a subject nor a client.")

    def _invalid(self, sentence: str, for_operator: str = "") -> CallerRefused:
        return self._refused(
            401, f"{sentence} Sign in again with your client.", "invalid_token", sentence, for_operator
        )

    def _refused(
        self, status: int, message: str, error: str = "", description: str = "", for_operator: str = ""
    ) -> CallerRefused:
        said = (f'error="{error}"' if error else "", f'error_description="{description}"' if description else "")
        where = f'resource_metadata="{self._metadata_url}"'
        challenge = "Bearer " + ", ".join(filter(None, (*said, self._scope, where)))
        return CallerRefused(
            status,
            message,
            (("WWW-Authenticate", challenge),),
            metadata_url=self._metadata_url if urlsplit(self._metadata_url).path != METADATA_PATH else "",
            for_operator=for_operator,
        )


def _signer(token: str, keys: list[jwt.PyJWK], algorithm: str) -> jwt.PyJWK | None:
    """Return the first of these keys that has signed a token."""
    for key in keys:
        with suppress(jwt.PyJWTError):  # too short a key, too, leaves it to the next one
            _SIGNATURES.decode(token, key, [algorithm])
            return key
    return None
