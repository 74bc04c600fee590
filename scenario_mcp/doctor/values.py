"""Values of settings as people paste them: placeholders, quotation marks, blanks around them, and expired tokens."""

import base64
import binascii
import json
import re
import time

from scenario_mcp.doctor.setting_names import SECRETS, UNQUOTED
from scenario_mcp.placeholders import is_placeholder, is_reference
from scenario_mcp.text import clean

_QUOTES = "\"'`\u2018\u2019\u201c\u201d\u00ab\u00bb"
_USER = re.compile(r"//[^/@\s]*@")
MAX_SHOWN_CHARACTERS = 160


def problem(name: str, value: str) -> str:
    """Say what is wrong with a value whatever its setting, as the rest of a sentence; nothing if nothing is."""
    bare = value.strip()
    if is_quoted(value) and (name in UNQUOTED or bare[0] not in "\"'"):
        return "has quotation marks around its value"
    if is_reference(bare):
        return "holds a reference that nothing has replaced, not a value"
    if is_placeholder(bare):
        return "holds a placeholder, not a value"
    return ""


def is_quoted(value: str) -> bool:
    """Whether quotation marks stand around a value: straight ones are left out where it is no secret."""
    bare = value.strip()
    return len(bare) > 1 and bare[0] in _QUOTES and bare[-1] in _QUOTES


def has_blanks_around(value: str) -> bool:
    """Whether blanks or line ends stand around a value."""
    return bool(value.strip()) and value != value.strip()


def shown(name: str, value: str) -> str:
    """Return a value as it may be shown: of a secret only its length."""
    bare = value.strip()
    if name in SECRETS:
        return f"{len(bare)} characters, not shown"
    return without_user(clean(bare, MAX_SHOWN_CHARACTERS))


def without_user(address: str) -> str:
    """Return a text without the user names and passwords of the addresses in it."""
    return _USER.sub("//", address)


def expiry(jwt: str) -> float | None:
    """Return when a JWT ends, in seconds since 1970; None if it does not say. It is not verified."""
    parts = jwt.strip().split(".")
    try:
        payload = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
        end = payload["exp"]
    except (IndexError, KeyError, TypeError, ValueError, RecursionError, binascii.Error):
        return None
    return float(end) if isinstance(end, int | float) and not isinstance(end, bool) else None


def day_and_time(seconds: float) -> str:
    """Return a moment in UTC, such as 2026-11-29 10:00 UTC."""
    try:
        return time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime(seconds))
    except (OverflowError, OSError, ValueError):
        return "a day out of all bounds"
