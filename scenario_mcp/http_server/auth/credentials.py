"""The credentials in the headers of a request: found, told apart, and checked as strictly as those in the settings."""

import base64
import binascii
import re
from collections.abc import Sequence

from starlette.datastructures import Headers

from scenario_mcp.credentials import NO_PROJECT_ID, PROJECT_ID, Credentials
from scenario_mcp.environment import secret_problem

MAX_VALUE_CHARACTERS = 4_096
"""Of a key, a secret or a JWT."""
MAX_TOKEN_CHARACTERS = 16_384
"""Of a Bearer token that we check ourselves: those of companies list groups and roles."""

HOW_TO_SEND_A_KEY = (
    "Send your own Scenario API key with every request: in the headers X-Scenario-Api-Key and X-Scenario-Api-Secret, "
    "or as Authorization: Basic followed by the base64 form of key:secret; or a Scenario JWT as Authorization: Bearer. "
    "Headers are set where your client names this server."
)

Sent = Sequence[tuple[bytes, bytes]]
"""Name in lower case and value of headers, in the order in which they came."""

_KEY, _SECRET, _PROJECT = b"x-scenario-api-key", b"x-scenario-api-secret", b"x-scenario-project-id"
_AUTHORIZATION = b"authorization"
_SPELLING = {
    _KEY: "X-Scenario-Api-Key",
    _SECRET: "X-Scenario-Api-Secret",
    _PROJECT: "X-Scenario-Project-Id",
    _AUTHORIZATION: "Authorization",
}
_TOKEN = re.compile(r"[A-Za-z0-9._~+/-]+=*")


class CredentialsUnusable(Exception):
    """What was sent cannot be what it should be. The message is safe to show: it holds nothing that was sent."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


def credential_headers(headers: Headers) -> Sent:
    """Return the headers that can hold credentials or a project; an empty one counts as absent."""
    return [each for each in headers.raw if each[0] in _SPELLING and each[1].strip()]


def read_credentials(sent: Sent) -> Credentials:
    """Read Scenario credentials. The two headers win over Authorization, which some clients keep for themselves.

    Raises:
        CredentialsUnusable: what is wrong, and what to send.

    """
    project_id = _single(sent, _PROJECT)
    if project_id and not PROJECT_ID.fullmatch(project_id):
        raise CredentialsUnusable(f"The header X-Scenario-Project-Id {NO_PROJECT_ID}, or leave the header out.")
    key, secret = _single(sent, _KEY), _single(sent, _SECRET)
    if key or secret:
        if not (key and secret):
            present, missing = (_KEY, _SECRET) if key else (_SECRET, _KEY)
            raise CredentialsUnusable(
                f"The header {_SPELLING[present]} was sent but {_SPELLING[missing]} was not. Send both: they are the "
                "two halves of one key."
            )
        return Credentials(*_checked_pair(key, secret, "two headers"), project_id=project_id, holder="caller")
    scheme, value = _authorization(sent)
    match scheme:
        case "":
            return Credentials(project_id=project_id, holder="caller")
        case "bearer":
            return Credentials(jwt=_checked(value, "The Bearer token"), project_id=project_id, holder="caller")
        case "basic":
            return Credentials(*_unpacked(value), project_id=project_id, holder="caller")
        case _:
            raise CredentialsUnusable(
                f"The Authorization header begins with neither Basic nor Bearer. {HOW_TO_SEND_A_KEY}"
            )


def read_token(headers: Headers) -> str:
    """Return the Bearer token of a request; nothing if there is none, or credentials of another kind.

    Raises:
        CredentialsUnusable: there are two, or its characters or its size are no token's.

    """
    scheme, token = _authorization(credential_headers(headers))
    if scheme != "bearer":
        return ""
    if len(token) > MAX_TOKEN_CHARACTERS:
        raise CredentialsUnusable(f"The Bearer token has more than {MAX_TOKEN_CHARACTERS} characters.")
    if not _TOKEN.fullmatch(token):
        raise CredentialsUnusable("What follows Bearer in the Authorization header is not a token. Copy it again.")
    return token


def _authorization(sent: Sent) -> tuple[str, str]:
    """Return the scheme in lower case, and what follows it."""
    scheme, _, value = _single(sent, _AUTHORIZATION).partition(" ")
    return scheme.lower(), value.strip()


def _single(sent: Sent, name: bytes) -> str:
    values = [value for each, value in sent if each == name]
    if len(values) > 1:
        raise CredentialsUnusable(f"The request has more than one {_SPELLING[name]} header. Send one.")
    return values[0].decode("latin-1").strip() if values else ""


def _unpacked(value: str) -> tuple[str, str]:
    try:
        key, _, secret = base64.b64decode(value, validate=True).decode("latin-1").partition(":")
    except (binascii.Error, ValueError):  # no base64, no ASCII
        key, secret = "", ""
    if not (key and secret):
        raise CredentialsUnusable(
            "What follows Basic in the Authorization header is not the base64 form of key:secret. Encode your API key, "
            "a colon and its secret, as in printf '%s' 'key:secret' | base64 -w 0, or send the headers "
            "X-Scenario-Api-Key and X-Scenario-Api-Secret instead, which are not encoded."
        )
    return _checked_pair(key, secret, "Authorization header")


def _checked_pair(key: str, secret: str, place: str) -> tuple[str, str]:
    key = _checked(key, f"The API key in the {place}")
    if ":" in key:
        raise CredentialsUnusable(
            f"The API key in the {place} holds a colon, which no key has. Put what follows it into the secret."
        )
    return key, _checked(secret, f"The API secret in the {place}")


def _checked(value: str, place: str) -> str:
    """Return a value that fits into a header to the API."""
    if not value:
        raise CredentialsUnusable(f"{place} is empty. Check that your client fills it in.")
    if len(value) > MAX_VALUE_CHARACTERS:
        raise CredentialsUnusable(f"{place} has more than {MAX_VALUE_CHARACTERS} characters. Copy the value again.")
    if problem := secret_problem(value):
        raise CredentialsUnusable(f"{place} {problem}")
    return value
