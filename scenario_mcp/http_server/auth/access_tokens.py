"""Access tokens of our own: made for a name, kept as a SHA-256 digest, read from the settings.

Nothing of HTTP is imported here: the settings are read before it is known whether anything is served.
"""

import hashlib
import re
import secrets

from scenario_mcp.errors import SettingsRefused

PREFIX = "smcp_"
"""What every token begins with, so that scanners of code and logs know one when they see it."""
SETTING = "SCENARIO_MCP_ACCESS_TOKENS"

_NAME = re.compile(r"[A-Za-z0-9_.-]{1,64}")
_DIGEST = re.compile(r"[0-9A-Fa-f]{64}")
_BETWEEN = re.compile(r"[,\s]+")


def make_token(name: str) -> tuple[str, str]:
    """Return a new token for whom or what `name` says, and the entry by which the settings know it.

    Raises:
        SettingsRefused: this can be no name.

    """
    if not _NAME.fullmatch(name):
        raise SettingsRefused(
            "The name of an access token is 1 to 64 letters, digits, hyphens, underscores or dots, such as build-farm."
        )
    token = PREFIX + secrets.token_urlsafe(32)
    return token, f"{name}:{digest_of(token).hex()}"


def read_entries(text: str) -> tuple[tuple[str, bytes], ...]:
    """Return (name, SHA-256) of each entry; one name may have several, so that a token can be replaced in peace.

    Raises:
        SettingsRefused: which entry is none, never what it holds.

    """
    names: dict[bytes, str] = {}
    for number, entry in enumerate(filter(None, _BETWEEN.split(text)), 1):
        name, _, digest = entry.partition(":")
        if not _NAME.fullmatch(name) or not _DIGEST.fullmatch(digest):
            raise SettingsRefused(
                f"Entry {number} of {SETTING} must be NAME:SHA256, as `scenario-mcp token NAME` prints it. The token "
                "itself never stands there."
            )
        owner = names.setdefault(bytes.fromhex(digest), name)
        if owner != name:
            raise SettingsRefused(
                f"Entries of {SETTING} hold one token under two names, {owner} and {name}. Make a token for each with "
                "`scenario-mcp token NAME`."
            )
    return tuple((name, digest) for digest, name in names.items())


def digest_of(token: str) -> bytes:
    """Return the SHA-256 of a token: as it has 256 random bits itself, nothing slower is needed."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()
