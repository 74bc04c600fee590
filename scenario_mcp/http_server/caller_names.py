"""What the log calls a caller: the name of an access token, else the beginning of a hash that can be computed again."""

import hmac
import ipaddress
import json

from scenario_mcp.errors import SettingsRefused
from scenario_mcp.http_server.auth.authenticator import Hasher, api_key_name, hash_name, subject_hash
from scenario_mcp.http_server.settings import HttpSettings
from scenario_mcp.settings import Settings


def make_hasher(settings: Settings, http: HttpSettings) -> Hasher:
    """Return what makes the hashes of a server with these settings."""
    return Hasher(hmac.digest(http.hash_key, account_namespace(settings), "sha256"))


def account_namespace(settings: Settings) -> bytes:
    """Return what keeps callers apart where servers share a Redis but not an account.

    What was found with one key at one address, or in one project, is not shown by a server with another.
    """
    own = settings.credentials
    account = (repr(settings.upstream), own.api_key, own.jwt, own.project_id)
    return json.dumps(account).encode()


def names_in_log(who: str, settings: Settings, http: HttpSettings) -> tuple[tuple[str, str], ...]:
    """Return what the log may call somebody, and as what: an API key, a subject or client of OAuth, an address.

    Raises:
        SettingsRefused: no token has this name, or the hashes of the server are not those of this process.

    """
    if http.auth == "access-tokens":
        if who not in dict(http.access_tokens):
            raise SettingsRefused(
                "No entry of SCENARIO_MCP_ACCESS_TOKENS has this name. The log calls callers by the names of entries."
            )
        return ((who, "the name of an access token, which the log holds as it is"),)
    if not http.has_lasting_hashes:
        raise SettingsRefused(
            "The hashes in the log change at each start. Set SCENARIO_MCP_HASH_KEY to the same 16 characters or more "
            "for the server and for this command."
        )
    hasher = make_hasher(settings, http)
    if http.auth == "oauth":
        return tuple(
            (hash_name(subject_hash(hasher, http.oauth_issuer, claim, who)), f"a token whose {claim} this is")
            for claim in ("sub", "client_id")
        )
    if _is_address(who):
        return ((hash_name(hasher.of("address", who)), "requests without credentials from this address"),)
    return ((api_key_name(hasher, who), "requests with this API key"),)


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True
