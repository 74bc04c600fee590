"""Reference pictures that users name: a local file or a web address becomes a data URL."""

from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping
from http import HTTPStatus
from pathlib import Path
from typing import TypeVar

import anyio
import anyio.to_thread

from scenario_mcp.api.inline_pictures import MAX_REFERENCE_BYTES
from scenario_mcp.api.references import MAX_REQUEST_BYTES, AssetId, DataUrl, OwnFile, Place
from scenario_mcp.api.requests import ResolvedSearch, Search
from scenario_mcp.errors import NotFound, ScenarioError, SearchRefused, Unavailable
from scenario_mcp.net.download import Downloader
from scenario_mcp.pictures.local_files import MAX_READ_BYTES, SETTING, read_file
from scenario_mcp.pictures.resize import Resizer

REFERENCE_PIXELS = 2048
RESERVED_BYTES = 200_000
"""Part of a request body that is reserved for everything but pictures."""
MIN_SHARE_BYTES = 100_000
"""Smallest size to which a picture is shrunk. With less room for each, there are too many pictures."""
MAX_CONCURRENT_FETCHES = 4
"""Pictures fetched at a time, of all searches together."""

_OFF = f"Local files are not read here until {SETTING} names their folder."
_NEVER = "Local files are not read by a server over HTTP."
_NO_ANSWER = "The picture did not come in time. Try again."
_DATA_URL = "data:"
_ALTERNATIVE = "An asset id or a data URL always works."

SearchT = TypeVar("SearchT", bound=Search)


class ReferenceReader:
    """Fetches the reference pictures of a search.

    Web addresses go through the downloader, whose rule decides. Files are read only below `folders`: absolute paths
    without symbolic links, or None where files are never read. `find_own` returns the asset that a path in an own
    catalogue means, else the place itself, and raises NotFound.
    """

    def __init__(
        self,
        downloader: Downloader,
        resizer: Resizer,
        folders: tuple[str, ...] | None,
        *,
        timeout_seconds: float,
        find_own: Callable[[Place], AssetId | Place] | None = None,
    ) -> None:
        self._downloader = downloader
        self._resizer = resizer
        self._folders = tuple(Path(folder) for folder in folders or ())
        self._find_own = find_own
        self._no_folder = _NEVER if folders is None else _OFF
        self._timeout_seconds = timeout_seconds
        self._concurrency_limit = anyio.CapacityLimiter(MAX_CONCURRENT_FETCHES)

    async def resolve(self, search: SearchT) -> ResolvedSearch[SearchT]:
        """Return the search with a data URL that can be sent in place of each picture that has to be read first.

        A file of an own catalogue becomes the id of its asset.

        Each picture has at most `MAX_REFERENCE_BYTES`, and all together fit into one request body.

        Raises:
            SearchRefused: a picture cannot be read; the sentence begins with the argument that names it.
            Unavailable: a picture did not come in time; the sentence begins likewise.

        """
        places = _places(search)
        if not places:
            return search.resolve()
        search = search.with_places(await self._own_assets(places))
        places = _places(search)
        if not places:
            return search.resolve()
        share = _share(search)
        data_urls: dict[Place, DataUrl] = {}
        refused: list[ScenarioError] = []
        async with anyio.create_task_group() as group:

            async def fetch(place: Place, argument: str) -> None:
                try:
                    with anyio.fail_after(self._timeout_seconds):
                        async with self._concurrency_limit:
                            data_urls[place] = await self._data_url(place, share)
                except (NotFound, Unavailable, TimeoutError) as error:
                    kind = SearchRefused if isinstance(error, NotFound) else Unavailable
                    failed = error if isinstance(error, ScenarioError) else Unavailable(_NO_ANSWER)
                    other = "" if place.startswith(_DATA_URL) else f" {_ALTERNATIVE}"
                    refused.append(kind(f"{argument}: {failed.message}{other}", for_operator=failed.for_operator))
                    group.cancel_scope.cancel()

            for place, argument in places.items():
                group.start_soon(fetch, place, argument)
        if refused:
            raise refused[0]
        return search.resolve(data_urls)

    async def _own_assets(self, places: Mapping[Place, str]) -> dict[Place, AssetId | Place]:
        """Return what is meant by each place that lies in an own catalogue; other places as they are."""
        found: dict[Place, AssetId | Place] = {}
        for place, argument in places.items():
            if isinstance(place, OwnFile) and self._find_own is None:
                raise SearchRefused(f"{argument} {place.refusal}")
            if self._find_own is not None and not (_is_web(place) or place.startswith(_DATA_URL)):
                limit, deadline = self._concurrency_limit, anyio.fail_after(self._timeout_seconds)
                try:
                    with deadline:
                        async with limit:
                            found[place] = await anyio.to_thread.run_sync(self._find_own, place, abandon_on_cancel=True)
                except NotFound as error:
                    raise SearchRefused(f"{argument}: {error.message}") from error
                except TimeoutError as error:
                    raise Unavailable(f"{argument}: {_NO_ANSWER} {_ALTERNATIVE}") from error
        return found

    async def _data_url(self, place: Place, max_bytes: int) -> DataUrl:
        if place.startswith(_DATA_URL):
            data = b64decode(place.partition(",")[2])
        else:
            data = await (self._download(place) if _is_web(place) else self._read(place))
        picture = await self._resizer.fit(data, pixels=REFERENCE_PIXELS, max_bytes=max_bytes)
        return DataUrl(f"data:{picture.mime_type};base64,{b64encode(picture.data).decode('ascii')}")

    async def _download(self, url: str) -> bytes:
        answer = await self._downloader.get(url, max_bytes=MAX_READ_BYTES, timeout_seconds=self._timeout_seconds)
        if answer.status != HTTPStatus.OK:
            raise NotFound(f"The picture's host answered with status {answer.status}. Check the address.")
        return answer.data

    async def _read(self, place: str) -> bytes:
        if not self._folders:
            raise NotFound(self._no_folder)
        return await anyio.to_thread.run_sync(read_file, place, self._folders, abandon_on_cancel=True)


def _places(search: Search) -> dict[Place, str]:
    """Return each place once, with the first argument that names it."""
    places: dict[Place, str] = {}
    for argument, reference in search.references().items():
        if isinstance(reference, Place):
            places.setdefault(reference, argument)
    return places


def _is_web(place: Place) -> bool:
    return place[:8].lower() == "https://"


def _share(search: Search) -> int:
    """Return how many bytes each fetched picture may have, for all together to fit into the request body."""
    references = search.references().values()
    kept = [len(reference) for reference in references if not isinstance(reference, Place)]
    free = (MAX_REQUEST_BYTES - RESERVED_BYTES - sum(kept)) * 3 // 4  # base64
    share = min(MAX_REFERENCE_BYTES, free // (len(references) - len(kept)))
    if share < MIN_SHARE_BYTES:
        raise SearchRefused(
            f"images: So many pictures do not fit into the {MAX_REQUEST_BYTES // 1_000_000} MB that a search takes. "
            "Give fewer, or asset ids in their place."
        )
    return share
