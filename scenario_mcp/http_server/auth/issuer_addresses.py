"""Addresses that people take for an issuer's: each is told at the start, since no token would ever name it.

Sources: the issuers' documentation of their access tokens, as of 2026.
"""

import re
from urllib.parse import urlsplit

_GUID = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_TENANT = re.compile(rf"/{_GUID}/v2\.0", re.IGNORECASE)
_OLDER_TENANT = re.compile(rf"/{_GUID}/", re.IGNORECASE)
_WELL_KNOWN = "/.well-known/"


def issuer_problem(address: str) -> str:
    """Say why no access token that can be checked names this address, as the rest of a sentence; nothing if one may."""
    if _WELL_KNOWN in address:
        return (
            "holds the address of an issuer's metadata. Write what it names as its issuer, mostly "
            f"{address.partition(_WELL_KNOWN)[0]}"
        )
    url = urlsplit(address)
    host, path = url.hostname or "", url.path
    if host == "login.microsoftonline.com" and not _TENANT.fullmatch(path):
        return (
            "names no tenant as the tokens of Microsoft Entra ID do. Write "
            "https://login.microsoftonline.com/TENANT/v2.0 with the id of your tenant, a GUID."
        )
    if host == "sts.windows.net" and not _OLDER_TENANT.fullmatch(path):
        return (
            "names no tenant as the tokens of Microsoft Entra ID do. Write https://sts.windows.net/TENANT/ with the id "
            "of your tenant, a GUID, and the slash behind it."
        )
    if host == "accounts.google.com":
        return (
            "is Google's, whose access tokens only Google can check. Put an issuer between that signs people in with "
            "Google, such as Keycloak or Auth0."
        )
    if host.endswith(".amazoncognito.com"):
        return (
            "is where people sign in to Amazon Cognito. Its issuer is "
            "https://cognito-idp.REGION.amazonaws.com/POOL with the id of your user pool."
        )
    if host.endswith((".okta.com", ".oktapreview.com")) and path in {"", "/"}:
        return (
            "is Okta's own server, whose access tokens only Okta can check. Write a custom authorization server, such "
            f"as https://{host}/oauth2/default"
        )
    return ""
