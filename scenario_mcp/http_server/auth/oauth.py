"""Callers with access tokens of an OAuth issuer: this server as a resource server of OAuth 2.1, as MCP asks.

Sources: the authorization chapter of the MCP specification (2025-06-18, 2025-11-25), RFC 6750 for refusals, RFC 9068
for tokens, RFC 9728 for the metadata.
"""

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import httpx
import jwt
from cachetools import TTLCache
from starlette.datastructures import Headers

from scenario_mcp.credentials import Credentials
from scenario_mcp.http_server.auth.access_tokens import digest_of
from scenario_mcp.http_server.auth.authenticator import Caller, CallerRefused, Hasher, subject_hash
from scenario_mcp.http_server.auth.credentials import CredentialsUnusable, read_token
from scenario_mcp.http_server.auth.issuer_keys import ALGORITHMS, IssuerKeys, IssuerUnreachable

LEEWAY_SECONDS = 30
"""By which the clocks of issuer and server may differ."""
REMEMBERED_TOKENS = 10_000
REMEMBERED_SECONDS = 600.0
"""How long a token that was checked is known by its SHA-256."""
METADATA_PATH = "/.well-known/oauth-protected-resource"
RESOURCE_NAME = "Scenario search"

_TYPES = frozenset({"at+jwt", "application/at+jwt"})
_UNTOLD_TYPES = frozenset({"jwt", ""})
"""Of issuers that do not say what kind of token theirs is; `typ` is optional."""
_OTHER_KINDS = frozenset({"nonce", "at_hash", "c_hash", "s_hash", "events"})
"""Claims of ID tokens and of messages about sessions."""
_CLIENT_CLAIMS = ("client_id", "azp", "cid", "appid")
"""By RFC 9068 and Cognito; OpenID Connect and Entra ID 2.0; Okta; Entra ID 1.0."""
_SCOPE_CLAIMS = ("scope", "scp", "roles", "permissions")
"""By RFC 9068; Entra ID and Okta; Entra ID for programs without a person; Auth0."""
_OTHER_USES = frozenset({"id", "refresh", "offline", "logout"})
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
        self._where = f'resource_metadata="{metadata_url(public_url)}"'
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
                401, "This server asks for an access token of its OAuth issuer. Sign in with your client."
            )
        fingerprint = digest_of(token)
        checked = self._checked.get(fingerprint)
        if checked is None or not await self._still_counts(checked):
            checked = self._checked[fingerprint] = await self._check(token)
        return checked.caller

    async def aclose(self) -> None:
        """End what is under way to the issuer."""
        await self._keys.aclose()

    async def _still_counts(self, checked: _Checked) -> bool:
        """Whether neither the token has expired nor its key been withdrawn or fetched anew."""
        is_in_time = self._clock() < checked.expires_at
        return is_in_time and await self._find_key(checked.key_id, checked.algorithm) is checked.key

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
        key = await self._find_key(key_id, algorithm)
        claims = self._verified(token, key, algorithm)
        if kind in _UNTOLD_TYPES and _is_of_another_kind(claims):
            raise self._invalid("The token is not an access token.")
        granted = _scopes_of(claims)
        missing = [scope for scope in self._scopes if granted.isdisjoint(self._forms(scope))]
        if missing:
            sentence = f"The access token lacks the scope {' and '.join(missing)}. Sign in again and grant it."
            raise self._refused(403, sentence, "insufficient_scope")
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
                raise self._invalid(_explain(error)) from None
        except jwt.PyJWTError as error:  # no cause: it quotes the token
            raise self._invalid(_explain(error)) from None
        # Without an audience the token says for which client it was made, and that client was named.
        try:
            claims = self._decoded(token, key, algorithm, audience=None)
        except jwt.PyJWTError as error:
            raise self._invalid(_explain(error)) from None
        if "aud" in claims or _client_of(claims) not in self._client_ids:
            raise self._invalid("The access token was made for another client.")
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

    async def _find_key(self, key_id: str | None, algorithm: str) -> jwt.PyJWK:
        try:
            key = await self._keys.find(key_id, algorithm)
        except IssuerUnreachable as unreachable:
            wait = unreachable.wait_seconds
            raise CallerRefused(
                503,
                f"This server's OAuth issuer cannot be reached, so access tokens cannot be checked. Try again in "
                f"{wait} seconds. If it stays so, tell the server's operator.",
                (("Retry-After", str(wait)),),
            ) from None
        if key is None:
            raise self._invalid("The access token is signed with a key that its issuer does not publish.")
        return key

    def _key(self, claims: dict[str, Any]) -> str:
        for name, value in ("sub", claims.get("sub")), ("client_id", _client_of(claims)):
            if isinstance(value, str) and value:
                return subject_hash(self._hasher, self._issuer, name, value)
        raise self._invalid("The access token names neither a subject nor a client.")

    def _invalid(self, sentence: str) -> CallerRefused:
        return self._refused(401, f"{sentence} Sign in again with your client.", "invalid_token", sentence)

    def _refused(self, status: int, message: str, error: str = "", description: str = "") -> CallerRefused:
        said = (f'error="{error}"' if error else "", f'error_description="{description}"' if description else "")
        challenge = "Bearer " + ", ".join(filter(None, (*said, self._scope, self._where)))
        return CallerRefused(status, message, (("WWW-Authenticate", challenge),))


def spellings(public_url: str) -> tuple[str, ...]:
    """Return how a token may name this server: exactly so.

    Only where the address has no path are the forms with and without a slash the same address (RFC 3986, 6.2.3), and
    clients write either.
    """
    if urlsplit(public_url).path in {"", "/"}:
        bare = public_url.rstrip("/")
        return bare, f"{bare}/"
    return (public_url,)


def metadata_paths(public_url: str) -> tuple[str, ...]:
    """Return the paths at which the metadata is to be served: that of the address, and the one without its path."""
    path = urlsplit(public_url).path
    return tuple(dict.fromkeys((METADATA_PATH + ("" if path == "/" else path), METADATA_PATH)))


def metadata_url(public_url: str) -> str:
    """Return where a client that is refused finds the metadata."""
    url = urlsplit(public_url)
    return f"{url.scheme}://{url.netloc}{metadata_paths(public_url)[0]}"


def resource_metadata(public_url: str, issuer: str, scopes: tuple[str, ...] = ()) -> dict[str, Any]:
    """Return the metadata of this server as a protected resource, a JSON object. Source: RFC 9728."""
    return {
        "resource": public_url,
        "authorization_servers": [issuer],
        "bearer_methods_supported": ["header"],
        **({"scopes_supported": list(scopes)} if scopes else {}),
        "resource_name": RESOURCE_NAME,
    }


def _is_of_another_kind(claims: dict[str, Any]) -> bool:
    """Whether a token whose header does not say its kind is an ID token, a refresh token, or a message."""
    told = (claims.get("token_use"), claims.get("typ"))  # by Cognito, by Keycloak
    return not _OTHER_KINDS.isdisjoint(claims) or any(
        isinstance(each, str) and each.lower() in _OTHER_USES for each in told
    )


def _client_of(claims: dict[str, Any]) -> str | None:
    """Return the client that a token was made for, under the name that the issuer gives it."""
    values = (claims.get(name) for name in _CLIENT_CLAIMS)
    return next((value for value in values if isinstance(value, str) and value), None)


def _scopes_of(claims: dict[str, Any]) -> set[str]:
    """Return what a token allows: `scope` by the standard, else as issuers name it; each as words or as a list."""
    found: set[str] = set()
    for name in _SCOPE_CLAIMS:
        value = claims.get(name)
        if isinstance(value, str):
            found |= set(value.split())
        elif isinstance(value, list):
            found |= {each for each in value if isinstance(each, str)}
    return found


def _explain(error: jwt.PyJWTError) -> str:
    """Say what is wrong with a token; what is said of its claims is known only to whoever holds a signed one."""
    match error:
        case jwt.ExpiredSignatureError():
            return "The access token has expired."
        case jwt.ImmatureSignatureError():
            return "The access token is not valid yet."
        case jwt.InvalidAudienceError():
            return "The access token was made for another server."
        case jwt.InvalidIssuerError():
            return "The access token comes from another issuer."
        case jwt.MissingRequiredClaimError():
            return "The access token lacks one of the claims iss, aud and exp."
        case _:
            return "The access token cannot be verified."
