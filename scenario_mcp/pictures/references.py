"""Reference pictures that users name: a local file or a web address becomes a data URL."""

import json
import os
import stat
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator, Mapping, Sequence
from http import HTTPStatus
from pathlib import Path
from typing import TypeVar
from urllib.request import url2pathname

import anyio
import anyio.to_thread

from scenario_mcp.api.inline_pictures import MAX_REFERENCE_BYTES
from scenario_mcp.api.references import MAX_REQUEST_BYTES, AssetId, DataUrl, OwnFile, Place
from scenario_mcp.api.requests import ResolvedSearch, Search
from scenario_mcp.errors import NotFound, ScenarioError, SearchRefused, Unavailable
from scenario_mcp.file_names import files_alike, look, other_writings
from scenario_mcp.net.download import Downloader
from scenario_mcp.pictures.resize import Resizer

MAX_READ_BYTES = 30_000_000
"""Largest file or download that is read, before the picture is resized."""
REFERENCE_PIXELS = 2048
RESERVED_BYTES = 200_000
"""Part of a request body that is reserved for everything but pictures."""
MIN_SHARE_BYTES = 100_000
"""Smallest size to which a picture is shrunk. With less room for each, there are too many pictures."""
MAX_CONCURRENT_FETCHES = 4
"""Pictures fetched at a time, of all searches together."""

_MAX_NAMED = 3
_MAX_NAME_CHARACTERS = 80
_OPEN_FLAGS = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
_SETTING = "SCENARIO_MCP_IMAGE_FOLDERS"
_OFF = f"Local files are not read here until {_SETTING} names their folder."
_NEVER = "Local files are not read by a server over HTTP."
_OUTSIDE = f"The file lies in none of the folders of {_SETTING}, so it was not read."
_OTHER_MACHINE = f"Files of other machines are not read. Copy the picture into a folder of {_SETTING}."
_MISSING = "There is no such file. Check its name."
_NO_FILE = "This is not a regular file."
_UNREADABLE = "The file cannot be read. Check who may read it."
_TOO_LARGE = f"The picture is larger than {MAX_READ_BYTES / 1e6:g} MB."
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
                    message = error.message if isinstance(error, ScenarioError) else _NO_ANSWER
                    other = "" if place.startswith(_DATA_URL) else f" {_ALTERNATIVE}"
                    refused.append(kind(f"{argument}: {message}{other}"))
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
        return await anyio.to_thread.run_sync(_read_file, place, self._folders, abandon_on_cancel=True)


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


def _read_file(place: str, folders: tuple[Path, ...]) -> bytes:
    """Read a regular file below one of the folders."""
    path = find_file(place, folders)
    try:
        return _bytes_of(path)
    except (FileNotFoundError, NotADirectoryError):
        raise NotFound(_MISSING) from None
    except (OSError, RuntimeError, ValueError):
        raise NotFound(_UNREADABLE) from None


def find_file(place: str, folders: tuple[Path, ...]) -> Path:
    """Return the file that a path means below one of the folders; outside of them every answer is the same.

    The very name comes first, then the name as a shell or an address would have it, then the one that looks like it.

    Raises:
        NotFound: there is none, or several; the sentence says so.

    """
    refused: NotFound | None = None
    writings = (place, *other_writings(place))
    for writing in writings:
        try:
            return _very(writing, folders)
        except _NotThere as error:
            refused = refused or error
    alike = {path for writing in writings for path in _alike(writing, folders)}
    if not alike:
        raise refused or NotFound(_MISSING)
    if len(alike) > 1:
        raise NotFound(_several(sorted(alike), folders))
    return _very(str(alike.pop()), folders)


class _NotThere(NotFound):
    """There is no file of this very name below the folders."""


def _very(place: str, folders: tuple[Path, ...]) -> Path:
    """Return the file of this very path."""
    try:
        path = _real_path(place)
    except (OSError, RuntimeError, ValueError):  # a loop of links, no such home, a character that no path has
        raise _NotThere(_OUTSIDE) from None
    if not any(path.is_relative_to(folder) for folder in folders):
        raise _NotThere(_OUTSIDE)
    try:
        os.lstat(path)
    except (FileNotFoundError, NotADirectoryError):
        raise _NotThere(_MISSING) from None
    except (OSError, RuntimeError, ValueError):
        raise NotFound(_UNREADABLE) from None
    return path


def _alike(place: str, folders: tuple[Path, ...]) -> Iterator[Path]:
    """Yield the files below the folders whose path looks like this one."""
    try:
        parts = _real_path(place).parts
    except (NotFound, OSError, RuntimeError, ValueError):
        return
    looks = [*map(look, parts)]
    for folder in folders:
        depth = len(folder.parts)
        if len(parts) > depth and looks[:depth] == [*map(look, folder.parts)]:
            for found in files_alike(str(folder), parts[depth:]):
                path = Path(found).resolve()
                if any(path.is_relative_to(each) for each in folders):
                    yield path


def _several(paths: Sequence[Path], folders: tuple[Path, ...]) -> str:
    """Name files that look the same, with what tells them apart written as JSON escapes it."""
    names = []
    for path in paths[:_MAX_NAMED]:
        folder = next(each for each in folders if path.is_relative_to(each))
        names.append(json.dumps(str(path.relative_to(folder))[-_MAX_NAME_CHARACTERS:]))
    return f"Several files look like this: {', '.join(names)}. Write the one you mean, as it stands here."


def _real_path(place: str) -> Path:
    """Return where a path or file address leads, through all links, whether or not anything is there."""
    if place[:5].lower() == "file:":
        place = place[5:]
        if place.startswith("//"):
            host, slash, rest = place[2:].partition("/")
            if host.lower() not in {"", "localhost"}:
                raise NotFound(_OTHER_MACHINE)
            place = slash + rest
        _refuse_other_machines(place)  # Python from 3.14 on would refuse it in words of its own
        place = url2pathname(place)
    _refuse_other_machines(place)
    path = Path(place).expanduser()
    if not path.is_absolute():
        raise _NotThere(_OUTSIDE)
    return path.resolve()


def _refuse_other_machines(place: str) -> None:
    if place[:1] in {"/", "\\"} and place[1:2] in {"/", "\\"}:
        raise NotFound(_OTHER_MACHINE)  # only to look at it, Windows would connect and log in


def _bytes_of(path: Path) -> bytes:
    found = path.lstat()
    if not stat.S_ISREG(found.st_mode):
        raise NotFound(_NO_FILE)
    with open(os.open(path, os.O_RDONLY | _OPEN_FLAGS), "rb") as file:  # noqa: PTH123  # by its descriptor
        opened = os.fstat(file.fileno())
        if not os.path.samestat(found, opened) or path.resolve(strict=True) != path:
            raise NotFound(_OUTSIDE)  # a link was put in its place meanwhile
        data = file.read(MAX_READ_BYTES + 1) if opened.st_size <= MAX_READ_BYTES else b""
    if max(len(data), opened.st_size) > MAX_READ_BYTES:
        raise NotFound(_TOO_LARGE)
    return data
