"""The one way to picture bytes of an asset or a model: found, fetched, checked, small, and remembered for a while."""

import binascii
import re
import time
from collections.abc import Awaitable, Callable
from typing import NamedTuple

import anyio
from cachetools import LRUCache, TTLCache

from scenario_mcp.errors import NotFound, Unavailable
from scenario_mcp.ids import Subject
from scenario_mcp.net.download import Downloader
from scenario_mcp.net.single_flight import SingleFlight
from scenario_mcp.pictures.resize import Picture, fit

MAX_RESULT_PICTURE_BYTES = 5_900_000
"""A larger picture in base64 would not fit into the 8 MiB that clients take for one message."""
PREVIEW_PIXELS = 1024
MAX_READS = 8
"""At a time. What waits to be made smaller fills memory too."""

_MAX_ORIGINAL_BYTES = 30_000_000
_MAX_ADDRESSES = 2000
_MAX_ADDRESS_CHARACTERS = 4_000
"""A signed one has about 700; what is far longer is fetched, but not kept."""
_ADDRESS_SECONDS = 600.0
"""How long an address is believed that does not say when it expires."""
_EXPIRY_MARGIN_SECONDS = 60.0
_MAX_KEPT_BYTES = 16_000_000
_MAX_KEPT_PICTURE_BYTES = 400_000
_KEPT_SECONDS = 600.0
_OK = 200
_ADDRESS_IS_OLD = frozenset({401, 403, 404, 410})
_POLICY = re.compile(r"[?&]Policy=([A-Za-z0-9~_-]{1,4000})(?:&|$)")
_EXPIRY = re.compile(rb'"DateLessThan"\s*:\s*\{\s*"AWS:EpochTime"\s*:\s*(-?\d{1,15})\s*[},]')
_FROM_QUERY = str.maketrans("-_~", "+=/")
"""From the CDN's own base64 alphabet for the query of a URL."""


Locate = Callable[[Subject], Awaitable[str | None]]
"""Asks the API anew for the address of a subject's picture; None: it has none."""


class _Wanted(NamedTuple):
    subject: Subject
    pixels: int
    max_bytes: int


class PictureCache:
    """What readers keep, each under its owner's name, and how much of it at most; and how many read at a time.

    Addresses are kept until they expire, small pictures for ten minutes.
    """

    def __init__(self, *, clock: Callable[[], float] = time.time, at_once: int = MAX_READS) -> None:
        self.clock = clock
        self.addresses: LRUCache[tuple[str, Subject], tuple[str, float]] = LRUCache(_MAX_ADDRESSES)
        self.pictures: TTLCache[tuple[str, Subject, int], Picture] = TTLCache(
            _MAX_KEPT_BYTES, _KEPT_SECONDS, timer=clock, getsizeof=lambda picture: len(picture.data)
        )
        self.turns = anyio.CapacityLimiter(at_once)


class PictureReader:
    """Reads pictures for one owner; several who read the same one share a download."""

    def __init__(  # noqa: PLR0913  # where pictures come from, and where they are kept
        self,
        downloader: Downloader,
        locate: Locate,
        *,
        timeout_seconds: float,
        shares_addresses: bool = False,
        picture_cache: PictureCache | None = None,
        owner: str = "",
    ) -> None:
        self._downloader = downloader
        self._locate = locate
        self._timeout_seconds = timeout_seconds
        self._shares_addresses = shares_addresses
        self._cache = picture_cache or PictureCache()
        self._turns = anyio.CapacityLimiter(MAX_READS)
        self._owner = owner
        self._reads: SingleFlight[_Wanted, Picture] = SingleFlight()
        self._locating: SingleFlight[Subject, str] = SingleFlight()

    def remember(self, subject: Subject, url: str) -> None:
        """Keep an address that came with a search hit, in place of asking for it."""
        if len(url) <= _MAX_ADDRESS_CHARACTERS:
            self._cache.addresses[self._owner, subject] = url, self._cache.clock()

    def address(self, subject: Subject, *, pixels: int) -> str | None:
        """Return where a browser may fetch a picture in this size: its signed address, a credential.

        None when it is not known, not allowed, or leads nowhere from outside this process.
        """
        url = self._known_address(subject) if self._shares_addresses else None
        return _resized(url, pixels) if url is not None and self._downloader.allows(url) else None

    async def read(
        self, subject: Subject, *, pixels: int = PREVIEW_PIXELS, max_bytes: int = MAX_RESULT_PICTURE_BYTES
    ) -> Picture:
        """Return a subject's picture with its longest side at most `pixels`, in at most `max_bytes`.

        Raises:
            NotFound: there is none, it lies on a host that is not allowed, or it is not a picture that can be shown.
            Unavailable: the picture host did not answer in time, refused, or sent too much.
            ScenarioError: whatever `locate` raises.

        """
        wanted = _Wanted(subject, pixels, max_bytes)
        kept = self._cache.pictures.get((self._owner, subject, pixels))
        if kept is not None and len(kept.data) <= max_bytes:
            return kept
        try:
            with anyio.fail_after(self._timeout_seconds):
                return await self._reads.do(wanted, lambda: self._fetch(wanted))
        except TimeoutError as error:
            raise Unavailable(
                f"The picture did not come within {self._timeout_seconds:g} seconds. Try again."
            ) from error

    async def _fetch(self, wanted: _Wanted) -> Picture:
        async with self._turns, self._cache.turns:  # around all of it
            data = await self._download(wanted.subject, wanted.pixels)
            picture = await fit(data, pixels=wanted.pixels, max_bytes=wanted.max_bytes)
        if len(picture.data) <= _MAX_KEPT_PICTURE_BYTES:
            self._cache.pictures[self._owner, wanted.subject, wanted.pixels] = picture
        return picture

    async def _download(self, subject: Subject, pixels: int) -> bytes:
        url = self._known_address(subject)
        is_new = url is None
        if url is None:
            url = await self._ask(subject)
        status, data = await self._get(url, pixels)
        if status in _ADDRESS_IS_OLD and not is_new:
            self._forget(subject, url)
            url = await self._ask(subject)
            status, data = await self._get(url, pixels)
        if status != _OK:
            self._forget(subject, url)
            raise Unavailable(
                f"The picture host refused the picture ({status}). Try again: its address is then asked for anew."
            )
        return data

    async def _ask(self, subject: Subject) -> str:
        return await self._locating.do(subject, lambda: self._locate_anew(subject))

    async def _locate_anew(self, subject: Subject) -> str:
        url = await self._locate(subject)
        if url is None:
            raise NotFound(f"There is no picture of {subject.id}.")
        self.remember(subject, url)
        return url

    def _known_address(self, subject: Subject) -> str | None:
        """Return an address that is still good; only now is it worth to read until when."""
        url, since = self._cache.addresses.get((self._owner, subject), ("", 0.0))
        return url if url and self._cache.clock() < usable_until(url, since) else None

    def _forget(self, subject: Subject, url: str) -> None:
        if self._known_address(subject) == url:  # else it was renewed meanwhile
            self._cache.addresses.pop((self._owner, subject), None)

    async def _get(self, url: str, pixels: int) -> tuple[int, bytes]:
        return await self._downloader.get(
            _resized(url, pixels), max_bytes=_MAX_ORIGINAL_BYTES, timeout_seconds=self._timeout_seconds
        )


def _resized(url: str, pixels: int) -> str:
    """Ask for the picture in this size, if it lies where the host resizes."""
    path, _, query = url.partition("?")
    if "/assets-transform/" not in path or not query:
        return url
    # At the end and by hand: rebuilding the query would break the signature.
    return f"{url}&width={pixels}&height={pixels}&fit=inside&format=webp"


def usable_until(url: str, since: float) -> float:
    """Return until when to use an address that is known since then: shortly before the policy in its query ends it."""
    found = _POLICY.search(url)
    try:
        expiry = _EXPIRY.search(binascii.a2b_base64(found[1].translate(_FROM_QUERY))) if found else None
    except binascii.Error:
        expiry = None
    return float(expiry[1]) - _EXPIRY_MARGIN_SECONDS if expiry else since + _ADDRESS_SECONDS
