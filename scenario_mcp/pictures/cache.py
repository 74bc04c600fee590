"""Addresses and pictures kept for a while, each under the name of its owner."""

import binascii
import re
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable

import anyio
from cachetools import TTLCache

from scenario_mcp.ids import Subject
from scenario_mcp.pictures.resize import Picture

MAX_READS = 8
"""Pictures read at a time. Those that wait to be made smaller take memory too."""

_MAX_ADDRESSES = 2000
_MAX_ADDRESS_CHARACTERS = 4_000
"""Signed addresses have about 700. A far longer one is fetched, but not kept."""
_ADDRESS_SECONDS = 600.0
"""How long an address without an expiry date is used."""
_EXPIRY_MARGIN_SECONDS = 60.0
_MAX_KEPT_BYTES = 16_000_000
_MAX_KEPT_PICTURE_BYTES = 400_000
_KEPT_SECONDS = 600.0
_POLICY = re.compile(r"[?&]Policy=([A-Za-z0-9~_-]{1,4000})(?:&|$)")
_EXPIRY = re.compile(rb'"DateLessThan"\s*:\s*\{\s*"AWS:EpochTime"\s*:\s*(-?\d{1,15})\s*[},]')
_FROM_QUERY = str.maketrans("-_~", "+=/")
"""From the CDN's own base64 alphabet for the query of a URL."""


class PictureCache:
    """Shared by the picture readers of a process: addresses until they expire, small pictures for ten minutes.

    `concurrency_limit` bounds how many pictures they read at a time, all together.
    """

    def __init__(self, *, clock: Callable[[], float] = time.time, concurrent_reads: int = MAX_READS) -> None:
        self._clock = clock
        self._addresses: OrderedDict[tuple[str, Subject], tuple[str, float]] = OrderedDict()
        """Those used longest ago first. Every hit of a search comes here, where a cache of cachetools takes longer."""
        self._pictures: TTLCache[tuple[str, Subject, int], Picture] = TTLCache(
            _MAX_KEPT_BYTES, _KEPT_SECONDS, timer=clock, getsizeof=lambda picture: len(picture.data)
        )
        self.concurrency_limit = anyio.CapacityLimiter(concurrent_reads)

    def picture(self, owner: str, subject: Subject, pixels: int) -> Picture | None:
        """Return a subject's picture in this size, if it is kept."""
        return self._pictures.get((owner, subject, pixels))

    def keep_picture(self, owner: str, subject: Subject, pixels: int, picture: Picture) -> None:
        """Keep a picture, if it is small."""
        if len(picture.data) <= _MAX_KEPT_PICTURE_BYTES:
            self._pictures[owner, subject, pixels] = picture

    def address(self, owner: str, subject: Subject) -> str | None:
        """Return the address of a subject's picture, if one is kept that has not expired."""
        url, since = self._addresses.get((owner, subject), ("", 0.0))
        if not url:
            return None
        self._addresses.move_to_end((owner, subject))
        return url if self._clock() < usable_until(url, since) else None

    def keep_addresses(self, owner: str, addresses: Iterable[tuple[Subject, str]]) -> None:
        """Keep addresses, but for those that are far too long."""
        now, kept = self._clock(), self._addresses
        for subject, url in addresses:
            if len(url) <= _MAX_ADDRESS_CHARACTERS:
                key = owner, subject
                kept[key] = url, now
                kept.move_to_end(key)
        while len(kept) > _MAX_ADDRESSES:
            kept.popitem(last=False)

    def forget_address(self, owner: str, subject: Subject, url: str) -> None:
        """Forget an address that is refused, unless it was renewed meanwhile."""
        if self.address(owner, subject) == url:
            self._addresses.pop((owner, subject), None)


def usable_until(url: str, since: float) -> float:
    """Return until when to use an address known since then: shortly before the policy in its query ends it."""
    found = _POLICY.search(url)
    try:
        expiry = _EXPIRY.search(binascii.a2b_base64(found[1].translate(_FROM_QUERY))) if found else None
    except binascii.Error:
        expiry = None
    return float(expiry[1]) - _EXPIRY_MARGIN_SECONDS if expiry else since + _ADDRESS_SECONDS
