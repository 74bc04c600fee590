"""Authentication of callers, by Scenario keys of their own or by access tokens of this server."""

import hmac
from collections.abc import Iterable
from dataclasses import replace
from typing import NamedTuple, Protocol

from cachetools import TTLCache
from starlette.datastructures import Headers

from scenario_mcp.credentials import Credentials
from scenario_mcp.http_server.auth.access_tokens import digest_of
from scenario_mcp.http_server.auth.credentials import (
    HOW_TO_SEND_A_KEY,
    CredentialsUnusable,
    credential_headers,
    read_credentials,
    read_token,
)
from scenario_mcp.settings import Settings

LOGGED_KEY_CHARACTERS = 12
REMEMBERED_BYTES = 16_000_000
"""Of callers and their credentials: ten thousand with keys as they usually are."""
CALLER_BYTES = 1_500
"""Memory that a caller takes beside its credentials."""
REMEMBERED_SECONDS = 600.0
"""How long a caller's credentials stay in memory here once they were sent."""
NO_CREDENTIALS = f"This server has no Scenario credentials for you. {HOW_TO_SEND_A_KEY}"
NOT_SIGNED_IN = (
    "This server asks for an access token. Send it in the header Authorization: Bearer TOKEN. The server's operator "
    "can make you one."
)
NOT_KNOWN = (
    "This server does not know the access token; it may have been withdrawn. Ask the server's operator for another."
)

_REALM = 'Bearer realm="scenario-mcp"'


class Caller(NamedTuple):
    """Whom a request is from."""

    key: str
    """32 hexadecimal digits under which everything is kept for this caller. What they are made of cannot be told."""
    credentials: Credentials
    """Those by which Scenario is asked for it."""
    problem: str = ""
    """What its calls are answered with, if there are no usable credentials."""
    operator: str = ""
    """The name under which all that concerns the operator's API key is kept, if its calls go by that key."""
    name: str = ""
    """What the log calls it, if that is not the beginning of `key`."""

    @property
    def payer(self) -> str:
        """Whose quota at Scenario its calls use up."""
        return self.operator or self.key

    @property
    def is_vouched_for(self) -> bool:
        """Whether the operator or the issuer gave it its token: nobody can make up such callers."""
        return bool(self.operator)

    @property
    def logged_name(self) -> str:
        """What the log calls it; `scenario-mcp caller` tells whom that means."""
        return self.name or hash_name(self.key)


class CallerRefused(Exception):
    """The request is answered with a status of HTTP and goes no further. The message is safe to show."""

    def __init__(
        self,
        status: int,
        message: str,
        headers: tuple[tuple[str, str], ...] = (),
        *,
        metadata_url: str = "",
        for_operator: str = "",
    ) -> None:
        super().__init__(message)
        self.status = status
        """401, 403 or 503."""
        self.message = message
        self.headers = headers
        self.metadata_url = metadata_url
        """What the headers name for a client that calls this server without a slash behind."""
        self.for_operator = for_operator
        """What the log says besides: which setting would let the caller in."""

    def headers_of(self, path: bytes) -> tuple[tuple[str, str], ...]:
        """Return the headers for a client that called this path: clients compare the metadata with its very address."""
        if not self.metadata_url or not path.endswith(b"/"):
            return self.headers
        named = f'"{self.metadata_url}"'
        return tuple((name, value.replace(named, f'"{self.metadata_url}/"')) for name, value in self.headers)


class Authenticator(Protocol):
    """A way of telling who asks."""

    async def authenticate(self, headers: Headers, *, address: str, is_own_machine: bool) -> Caller:
        """Return who sent these headers from this IP address.

        Raises:
            CallerRefused: nobody who may ask.

        """
        ...


class Hasher:
    """Makes names of callers that cannot be traced back without the key, and are the same wherever the key is."""

    def __init__(self, key: bytes) -> None:
        # Copied for each name, since taking in the key takes most of the time.
        self._keyed = hmac.new(key, digestmod="sha256")

    def of(self, kind: str, *parts: str) -> str:
        """Return 32 hexadecimal digits of an HMAC-SHA256, into which each part goes with its length."""
        encoded = [part.encode("utf-8", "surrogatepass") for part in (kind, *parts)]
        keyed = self._keyed.copy()
        keyed.update(b"".join([b"%d:%b" % (len(part), part) for part in encoded]))
        return keyed.hexdigest()[:32]


def hash_name(key: str) -> str:
    """Return the beginning of a hash, as it stands in the log."""
    return key[:LOGGED_KEY_CHARACTERS]


def api_key_name(hasher: Hasher, api_key: str) -> str:
    """Return what the log calls whoever sends this API key, be it with the right secret or a wrong one."""
    return hash_name(hasher.of("api key", api_key))


def subject_hash(hasher: Hasher, issuer: str, claim: str, value: str) -> str:
    """Return the hash of whom an OAuth token was made for, by the claim that names it."""
    return hasher.of("oauth", issuer, claim, value)


class CallerKeys:
    """Callers bring the API key that their calls go by; on one's own machine, the server's own stands in for it."""

    def __init__(self, settings: Settings, hasher: Hasher) -> None:
        self._needs_credentials = settings.upstream.needs_credentials
        self._can_search = settings.can_search
        self._own = settings.credentials
        self._keyless = Credentials(project_id=self._own.project_id, holder="caller")
        self._hasher = hasher
        self._known: TTLCache[str, Caller] = TTLCache(REMEMBERED_BYTES, REMEMBERED_SECONDS, getsizeof=_size)

    async def authenticate(self, headers: Headers, *, address: str, is_own_machine: bool) -> Caller:
        """Return who sent these headers; what is wrong with them stands in `problem`. Nobody is refused."""
        sent = credential_headers(headers)
        if not sent:
            return self._without_credentials(address, "", is_own_machine=is_own_machine)
        # Of the headers as they came: a caller who is known costs no more than this hash.
        fingerprint = self._hasher.of("headers", *[text.decode("latin-1") for header in sent for text in header])
        if not self._needs_credentials:  # the sandbox, which tells callers apart all the same
            return Caller(fingerprint, self._keyless)
        known = self._known.get(fingerprint)
        if known is not None:
            return known
        try:
            brought = read_credentials(sent)
        except CredentialsUnusable as unusable:
            return Caller(self._hasher.of("address", address), self._keyless, unusable.message)
        if not brought.are_given:
            return self._without_credentials(address, brought.project_id, is_own_machine=is_own_machine)
        caller = self._known[fingerprint] = self._with_credentials(brought)
        return caller

    def _with_credentials(self, brought: Credentials) -> Caller:
        # The project is a part of the name: what was found in one must not be shown in another.
        key = self._hasher.of("credentials", brought.api_key, brought.api_secret, brought.jwt, brought.project_id)
        name = api_key_name(self._hasher, brought.api_key) if brought.api_key else ""
        return Caller(key, replace(brought, project_id=brought.project_id or self._own.project_id), name=name)

    def _without_credentials(self, address: str, project_id: str, *, is_own_machine: bool) -> Caller:
        if is_own_machine and self._can_search:
            return Caller(
                self._hasher.of("own", project_id),
                replace(self._own, project_id=project_id) if project_id else self._own,
                name="own",
            )
        problem = NO_CREDENTIALS if self._needs_credentials else ""
        return Caller(self._hasher.of("address", address), self._keyless, problem)


class AccessTokens:
    """Callers bring an access token of ours; their calls go by the operator's API key."""

    def __init__(self, operators: Credentials, hasher: Hasher, entries: Iterable[tuple[str, bytes]]) -> None:
        credentials = replace(operators, holder="operator")
        # By name, so that a caller whose token was replaced stays the same.
        self._callers = {
            digest: Caller(hasher.of("access token", name), credentials, operator=hasher.of("operator"), name=name)
            for name, digest in entries
        }

    async def authenticate(self, headers: Headers, *, address: str, is_own_machine: bool) -> Caller:  # noqa: ARG002  # as every way
        """Return the caller to whose name the token belongs.

        Raises:
            CallerRefused: 401, no token or none of ours.

        """
        try:
            token = read_token(headers)
        except CredentialsUnusable as unusable:
            raise _unauthorised(unusable.message, f'{_REALM}, error="invalid_token"') from None
        if not token:
            raise _unauthorised(NOT_SIGNED_IN, _REALM)
        # How long a look-up takes tells at most of digests, and nobody can choose a token by its digest.
        known = self._callers.get(digest_of(token))
        if known is None:
            raise _unauthorised(NOT_KNOWN, f'{_REALM}, error="invalid_token"')
        return known


def _size(caller: Caller) -> int:
    credentials = caller.credentials
    return CALLER_BYTES + len(credentials.api_key) + len(credentials.api_secret) + len(credentials.jwt)


def _unauthorised(message: str, challenge: str) -> CallerRefused:
    return CallerRefused(401, message, (("WWW-Authenticate", challenge),))
