"""Signed links to media, in the form of Scenario's CDN: `Policy`, `Signature` and `Key-Pair-Id` in the query."""

import base64
import hmac
import json
import time
from collections.abc import Callable, Mapping

_WEEK_SECONDS = 7 * 24 * 3600
_KEY_PAIR_ID = "K2SANDBOXSANDB"
_SIGNATURE_BLOCKS = 4
"""Four digests of SHA-512 are as long as the RSA signature of a real link."""
# The CDN's own base64 alphabet for the query of a URL.
_TO_QUERY = str.maketrans("+=/", "-_~")
_FROM_QUERY = str.maketrans("-_~", "+=/")


class LinkSigner:
    """Makes links that anyone may follow until they expire, and tells them from others."""

    def __init__(self, secret: str, clock: Callable[[], float] = time.time) -> None:
        self._key = hmac.digest(secret.encode(), b"links to media", "sha256")
        self._clock = clock

    def sign(self, base_url: str, path: str) -> str:
        """Return the absolute link to a path. It lives 7 to 14 days and stays the same for a week, so caches work."""
        expiry = (int(self._clock()) // _WEEK_SECONDS + 2) * _WEEK_SECONDS
        url = base_url.rstrip("/") + path
        statement = {"Resource": f"{url}*", "Condition": {"DateLessThan": {"AWS:EpochTime": expiry}}}
        policy = json.dumps({"Statement": [statement]}, separators=(",", ":")).encode()
        query = (
            f"Policy={_encode(policy)}&Signature={_encode(self._signature(path, policy))}&Key-Pair-Id={_KEY_PAIR_ID}"
        )
        return f"{url}?{query}"

    def is_valid(self, path: str, query: Mapping[str, str]) -> bool:
        """Whether the query holds a signature of this path that has not expired; whatever else it holds is ignored."""
        policy = _decode(query.get("Policy", ""))
        if not hmac.compare_digest(self._signature(path, policy), _decode(query.get("Signature", ""))):
            return False
        expiry = json.loads(policy)["Statement"][0]["Condition"]["DateLessThan"]["AWS:EpochTime"]
        return bool(self._clock() < expiry)

    def _signature(self, path: str, policy: bytes) -> bytes:
        message = path.encode() + b"\n" + policy
        return b"".join(
            hmac.digest(self._key, bytes([block]) + message, "sha512") for block in range(_SIGNATURE_BLOCKS)
        )


def _encode(data: bytes) -> str:
    return base64.b64encode(data).decode().translate(_TO_QUERY)


def _decode(text: str) -> bytes:
    try:
        return base64.b64decode(text.translate(_FROM_QUERY), validate=True)
    except ValueError:
        return b""
