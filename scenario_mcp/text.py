"""Strangers' text made safe to show: one line, no invisible characters, bounded."""

import json
import re
from collections.abc import Iterable
from functools import lru_cache

# Controls, soft hyphen, bidirectional marks and overrides, zero-width characters, variation selectors, fillers that
# show as nothing, interlinear marks, tag characters, lone surrogates, and what Unicode reserves as non-characters.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\u3164\ud800-\udfff\ufdd0-\ufdef\ufe00-\ufe0f\ufeff\uffa0\ufff0-\uffff"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
_BLANKS = re.compile(r"\s+")
_BREAKS = re.compile("[\t-\r\x1c-\x1f\x85\u2028\u2029]")
MAX_SHOWN_INTEGER = 10**15
MAX_LINK_CHARACTERS = 2_000
"""A longer address is cut and still known as one by how it begins."""
MAX_REMEMBERED_CHARACTERS = 256
MAX_REMEMBERED = 4096
"""So many texts of tags, names, models and prompts are not looked at twice: hits come again. They take up to 3 MB."""
MIN_SECRET_CHARACTERS = 8
"""A shorter one guards nothing, and would be cut out of every word that holds it."""
_SIGNATURE = r"[?&]?(?:Policy|Signature|Key-Pair-Id|X-Amz-\w+)=\S*"
"""What signs an address, also without its scheme."""
_LINK = re.compile(rf"(?i)(?:(?<![a-z0-9+.-])[a-z0-9+.-]+://\S*|(?<![a-z0-9])(?:data:|www\.)\S+)|{_SIGNATURE}")
_SIGNED = re.compile(f"(?i){_SIGNATURE}")


def clean(text: str, limit: int) -> str:
    """Return the text on one line without invisible characters, cut at a word to at most `limit` characters."""
    was_cut = len(text) > 4 * limit
    text = text[: 4 * limit]  # what is far past the end need not be looked at
    if not (text.isascii() and text.isprintable()):
        text = _BLANKS.sub(" ", _INVISIBLE.sub("", text))
    elif "  " in text:
        text = _BLANKS.sub(" ", text)
    text = text.strip()
    if len(text) <= limit and not was_cut:
        return text
    at_word = text.rfind(" ", limit // 2, limit)
    return text[: at_word if at_word > 0 else limit - 1].rstrip(" ,.;:") + "…"


def trimmed(text: str | None, limit: int) -> str | None:
    """Return a stranger's text cleaned, without addresses, and cut; None if nothing of it shows."""
    if not text:
        return None
    return _trimmed_lately(text, limit) if len(text) <= MAX_REMEMBERED_CHARACTERS else _trimmed(text, limit)


def _trimmed(text: str, limit: int) -> str | None:
    if len(text) <= limit and text.isascii() and text.isprintable() and "  " not in text and not _may_hold_link(text):
        return text.strip() or None  # as most: there is nothing to clean
    return _plain(text, limit) or None


_trimmed_lately = lru_cache(MAX_REMEMBERED)(_trimmed)


def file_path(path: str | None, limit: int) -> str | None:
    """Return a stranger's path as it is written, but visible, on one line, and without what signs an address.

    A longer one is cut in its middle, so that the name of the file stays whole as far as possible.
    """
    if not path:
        return None
    shown = _SIGNED.sub("[signature removed]", _BREAKS.sub(" ", _INVISIBLE.sub("", path)))
    if len(shown) <= limit:
        return shown or None
    name = shown.rpartition("/")[2]
    if len(name) + len("…/") <= limit:
        return f"{shown[: limit - len(name) - len('…/')].rstrip('/')}…/{name}"
    end = limit // 2
    return f"{name[: limit - end - 1]}…{name[-end:]}"


def first_shown(texts: Iterable[str | None], limit: int) -> str | None:
    """Return the first text of which something shows when it is trimmed."""
    for text in texts:
        if text and (left := trimmed(text, limit)):
            return left
    return None


def _plain(text: str, limit: int) -> str:
    """Clean a text without its addresses; no more of it is looked at than may show, so that none takes long."""
    reach = 4 * limit + MAX_LINK_CHARACTERS
    left = clean(without_links(text[:reach]), limit)
    return f"{left[: limit - 1]}…" if len(text) > reach and not left.endswith("…") else left


def without_links(text: str) -> str:
    """Return the text with every address replaced: a signed URL is a credential."""
    if not (text.isascii() and text.isprintable()):
        text = _INVISIBLE.sub("", text)  # or an address that they interrupt would come together afterwards
    return _LINK.sub("[address removed]", text) if _may_hold_link(text) else text


def _may_hold_link(text: str) -> bool:
    """Whether there is a sign that every address has one of: a glance that spares most texts the search."""
    return ":" in text or "=" in text or "www." in text.lower()


def shown(value: object, limit: int = 60) -> str:
    """Name a refused value in an error sentence: short, on one line, no picture data, no addresses."""
    match value:
        case str():
            text = value[:40] + "…" if value[:5].lower() == "data:" else value
            return '"' + _plain(text, limit).replace('"', "'") + '"'
        case bool():
            return "true" if value else "false"
        case int():
            return str(value) if abs(value) < MAX_SHOWN_INTEGER else "a huge number"
        case float():
            return f"{value:g}"
        case list() | tuple():
            return "a list"
        case _:
            return "an object"


class Secrets:
    """What must never be shown: taken out of whatever leaves, as the last step."""

    def __init__(self, secrets: Iterable[str]) -> None:
        spelled = {form for secret in secrets for form in (secret, json.dumps(secret)[1:-1])}
        long_enough = (form for form in spelled if len(form) >= MIN_SECRET_CHARACTERS)
        self._secrets = sorted(long_enough, key=len, reverse=True)  # one may be a part of another

    def removed_from(self, text: str) -> str:
        """Return the text without them; they may stand in it as in JSON."""
        for secret in self._secrets:
            text = text.replace(secret, "[secret removed]")
        return text
