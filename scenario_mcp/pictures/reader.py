"""The one way to the picture of an asset or a model: located, fetched, checked, made small, and kept for a while."""

from collections.abc import Awaitable, Callable, Iterable
from http import HTTPStatus
from typing import NamedTuple

import anyio

from scenario_mcp.errors import NotFound, Unavailable
from scenario_mcp.ids import Subject
from scenario_mcp.net.download import Downloader
from scenario_mcp.net.single_flight import SingleFlight
from scenario_mcp.pictures.cache import MAX_READS, PictureCache
from scenario_mcp.pictures.resize import Picture, Resizer

MAX_RESULT_PICTURE_BYTES = 5_900_000
"""A larger picture in base64 would not fit into the 8 MiB that clients take for one message."""
PREVIEW_PIXELS = 1024
_MAX_ORIGINAL_BYTES = 30_000_000
GONE = "Its file is no longer there. Search again for what is."
_EXPIRED_STATUSES = frozenset({401, 403, 404, 410})
_UNSIGNED_STATUSES = frozenset({401, 403})
"""What a picture host says of an address that is too old, even if the API has only just told it."""

AddressLookup = Callable[[Subject], Awaitable[str | None]]
"""Asks the API for the address of a subject's picture; None if it has none."""


class _Wanted(NamedTuple):
    subject: Subject
    pixels: int
    max_bytes: int


class PictureReader:
    """Reads pictures for one owner; concurrent reads of the same picture share a download."""

    def __init__(  # noqa: PLR0913  # where pictures come from, and where they are kept
        self,
        downloader: Downloader,
        look_up_address: AddressLookup,
        resizer: Resizer,
        *,
        timeout_seconds: float,
        shares_addresses: bool = False,
        picture_cache: PictureCache | None = None,
        owner: str = "",
    ) -> None:
        self._downloader = downloader
        self._look_up_address = look_up_address
        self._timeout_seconds = timeout_seconds
        self._shares_addresses = shares_addresses
        self._cache = picture_cache or PictureCache()
        self._resizer = resizer
        self._concurrency_limit = anyio.CapacityLimiter(MAX_READS)
        self._owner = owner
        self._reads: SingleFlight[_Wanted, Picture] = SingleFlight()
        self._lookups: SingleFlight[Subject, str] = SingleFlight()

    def remember(self, addresses: Iterable[tuple[Subject, str]]) -> None:
        """Keep addresses that came with search hits, so that the API need not be asked for them."""
        self._cache.keep_addresses(self._owner, addresses)

    def address(self, subject: Subject, *, pixels: int) -> str | None:
        """Return where a browser may fetch a picture in this size: its signed address, a credential.

        None when it is not known, not allowed, or leads nowhere from outside this process.
        """
        url = self._cache.address(self._owner, subject) if self._shares_addresses else None
        return _resized(url, pixels) if url is not None and self._downloader.allows(url) else None

    async def read(
        self, subject: Subject, *, pixels: int = PREVIEW_PIXELS, max_bytes: int = MAX_RESULT_PICTURE_BYTES
    ) -> Picture:
        """Return a subject's picture with its longest side at most `pixels`, in at most `max_bytes`.

        Raises:
            NotFound: there is none, it lies on a host that is not allowed, or it is not a picture that can be shown.
            Unavailable: the picture host did not answer in time, refused, or sent too much.
            ScenarioError: whatever the address lookup raises.

        """
        wanted = _Wanted(subject, pixels, max_bytes)
        kept = self._cache.picture(self._owner, subject, pixels)
        if kept is not None and len(kept.data) <= max_bytes:
            return kept
        try:
            with anyio.fail_after(self._timeout_seconds):
                return await self._reads.do(wanted, lambda: self._fetch(wanted))
        except TimeoutError as error:
            raise Unavailable(
                f"The picture did not come within {self._timeout_seconds:g} seconds. Try again."
            ) from error

    async def copy(self, url: str, write: Callable[[bytes], object], *, max_bytes: int, timeout_seconds: float) -> None:
        """Pass on the bytes of the file at an address that came with a document, as they are.

        Raises:
            NotFound: the file is gone, or lies on a host that is not allowed.
            Unavailable: the host did not answer in time, refused, or sent more than `max_bytes`.

        """
        answer = await self._downloader.get(url, max_bytes=max_bytes, timeout_seconds=timeout_seconds, write=write)
        if answer.status == HTTPStatus.GONE:
            raise NotFound(GONE)
        if answer.status != HTTPStatus.OK:
            raise Unavailable(f"The file's host refused the file ({answer.status}). Try again later.")

    async def _fetch(self, wanted: _Wanted) -> Picture:
        async with self._concurrency_limit, self._cache.concurrency_limit:  # around all of it
            data = await self._download(wanted.subject, wanted.pixels)
            picture = await self._resizer.fit(data, pixels=wanted.pixels, max_bytes=wanted.max_bytes)
        self._cache.keep_picture(self._owner, wanted.subject, wanted.pixels, picture)
        return picture

    async def _download(self, subject: Subject, pixels: int) -> bytes:
        kept = self._cache.address(self._owner, subject)
        url = kept or await self._new_address(subject)
        status, data = await self._get(url, pixels)
        if status in (_EXPIRED_STATUSES if kept else _UNSIGNED_STATUSES):
            self._cache.forget_address(self._owner, subject, url)
            url = await self._new_address(subject)
            status, data = await self._get(url, pixels)
        if status != HTTPStatus.OK:
            self._cache.forget_address(self._owner, subject, url)
            if status == HTTPStatus.GONE:
                raise NotFound(GONE)
            raise Unavailable(f"The picture host refused the picture ({status}). Try again later.")
        return data

    async def _new_address(self, subject: Subject) -> str:
        return await self._lookups.do(subject, lambda: self._ask_for_address(subject))

    async def _ask_for_address(self, subject: Subject) -> str:
        url = await self._look_up_address(subject)
        if url is None:
            raise NotFound(f"There is no picture of {subject.id}.")
        self.remember([(subject, url)])
        return url

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
