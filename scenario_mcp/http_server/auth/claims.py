"""Claims of access tokens in the forms of the issuers that studios have: the kind, the client, the scopes, refusals."""

from typing import Any

import jwt

from scenario_mcp.text import shown

_OTHER_KINDS = frozenset({"nonce", "at_hash", "c_hash", "s_hash", "events"})
"""Claims of ID tokens and of messages about sessions."""
_CLIENT_CLAIMS = ("client_id", "azp", "cid", "appid")
"""By RFC 9068 and Cognito; OpenID Connect and Entra ID 2.0; Okta; Entra ID 1.0."""
_MAX_SHOWN = 120
_SCOPE_CLAIMS = ("scope", "scp", "roles", "permissions")
"""By RFC 9068; Entra ID and Okta; Entra ID for programs without a person; Auth0."""
_OTHER_USES = frozenset({"id", "refresh", "offline", "logout"})
_ACCESS_USES = frozenset({"access", "bearer"})
_AUTHENTIK_ACCESS = frozenset({"azp", "uid", "scope"})
"""What authentik adds to an ID token to make it an access token."""
_OF_ENTRA_ID = frozenset({"tid", "ver"})
_ENTRA_ID_ACCESS = frozenset({"azp", "appid", "scp", "roles"})
"""Of which Entra ID writes at least one into each access token, and none into ID tokens."""


def is_of_another_kind(claims: dict[str, Any]) -> bool:
    """Whether a token whose header does not say its kind is an ID token, a refresh token, or a message."""
    told = (claims.get("token_use"), claims.get("typ"))  # by Cognito, by Keycloak
    uses = {each.lower() for each in told if isinstance(each, str)}
    if not _OTHER_USES.isdisjoint(uses) or (claims.keys() >= _OF_ENTRA_ID and _ENTRA_ID_ACCESS.isdisjoint(claims)):
        return True
    # Keycloak up to 24 and authentik copy the nonce of the request into access tokens, too.
    is_access = not _ACCESS_USES.isdisjoint(uses) or claims.keys() >= _AUTHENTIK_ACCESS
    return not (_OTHER_KINDS - {"nonce"} if is_access else _OTHER_KINDS).isdisjoint(claims)


def client_of(claims: dict[str, Any]) -> str | None:
    """Return the client that a token was made for, under the name that the issuer gives it."""
    values = (claims.get(name) for name in _CLIENT_CLAIMS)
    return next((value for value in values if isinstance(value, str) and value), None)


def scopes_of(claims: dict[str, Any]) -> set[str]:
    """Return what a token allows: `scope` by the standard, else as issuers name it; each as words or as a list."""
    found: set[str] = set()
    for name in _SCOPE_CLAIMS:
        value = claims.get(name)
        if isinstance(value, str):
            found |= set(value.split())
        elif isinstance(value, list):
            found |= {each for each in value if isinstance(each, str)}
    return found


def explain(error: jwt.PyJWTError) -> str:
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


def advice(error: jwt.PyJWTError, token: str) -> str:
    """Tell the operator which setting a token of the issuer does not fit; nothing of a token with another signature."""
    match error:
        case jwt.InvalidAudienceError():
            audiences = _claims_of(token).get("aud")
            named = ", ".join(map(_shown, (audiences if isinstance(audiences, list) else [audiences])[:3]))
            return f"Its audience is {named}: if that is this server, add it to SCENARIO_MCP_OAUTH_AUDIENCES."
        case jwt.InvalidIssuerError():
            named = _shown(_claims_of(token).get("iss"))
            return f"Its issuer is {named}, which is not SCENARIO_MCP_OAUTH_ISSUER: each character counts."
        case jwt.MissingRequiredClaimError() if error.claim == "aud":
            return advice_on_client(_claims_of(token))
        case _:
            return ""


def _claims_of(token: str) -> dict[str, Any]:
    """Return the claims of a token whose signature has been checked: what is wrong with claims is found after it."""
    return jwt.decode(token, options={"verify_signature": False})


def advice_on_client(claims: dict[str, Any]) -> str:
    """Say which setting would let in a token without an audience."""
    return (
        f"It names no audience, but the client {_shown(client_of(claims))}: if that is one of yours, add it to "
        "SCENARIO_MCP_OAUTH_CLIENT_IDS."
    )


def _shown(value: object) -> str:
    """Return a claim as the log shows it, which takes every address out."""
    scheme, separator, rest = str(value).partition("://")
    return shown(f"{rest} ({scheme})" if separator else scheme, _MAX_SHOWN)
