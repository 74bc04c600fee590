"""Opens what the tools ask: the live API, or the sandbox through the same client."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager, nullcontext, suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, NamedTuple, Self

import anyio
import anyio.to_thread

from scenario_mcp.credentials import Credentials
from scenario_mcp.errors import NotAuthorized
from scenario_mcp.ids import Subject
from scenario_mcp.late_imports import import_ahead, import_httpx
from scenario_mcp.recent_ids import RecentIds
from scenario_mcp.settings import CDN_HOSTS, Sandbox, Settings
from scenario_mcp.text import Secrets

if TYPE_CHECKING:
    import httpx

    from scenario_mcp.api.client import ScenarioClient
    from scenario_mcp.api.vocabulary import Vocabulary, VocabularyCache
    from scenario_mcp.net.download import Resolve
    from scenario_mcp.pictures.cache import PictureCache
    from scenario_mcp.pictures.reader import PictureReader
    from scenario_mcp.pictures.references import ReferenceReader
    from scenario_mcp.pictures.resize import Resizer
    from scenario_mcp.sandbox.catalogue import Catalogue, FolderReading

OTHER_HOST = "The picture lies on a host that this server does not fetch from."
ADD_THE_HOST = "If it is a picture host of Scenario, add it to SCENARIO_CDN_HOSTS."
OWN_FIELDS = frozenset({"file"})


def _nowhere(_file: str | None) -> str | None:
    return None


class Scenario(NamedTuple):
    """The API and its names, the pictures behind its addresses, those that users give, and what was found lately."""

    client: "ScenarioClient"
    vocabulary: "Vocabulary"
    pictures: "PictureReader"
    references: "ReferenceReader"
    recent: RecentIds
    own_fields: frozenset[str] = frozenset()
    """Filter fields that are there beside the API's: the paths of an own catalogue's files."""
    local_path: Callable[[str | None], str | None] = _nowhere
    """Where a file of an own catalogue lies on this machine, for callers who are at it; None for all others."""
    is_operators: bool = False
    """Whether whoever asks can change the settings of this server."""
    reading: "FolderReading | None" = None
    """The reading of an own catalogue's folder, which goes on beside the searches."""


@asynccontextmanager
async def open_scenario(settings: Settings, recent: RecentIds | None = None) -> AsyncIterator[Scenario]:
    """Open what answers by this process's own credentials.

    Raises:
        NotAuthorized: there are neither credentials nor the sandbox; the sentence says how to set either.
        Unavailable: a proxy or the certificates that the environment names cannot be used.

    """
    import_httpx()
    from scenario_mcp.api.client import ScenarioClient
    from scenario_mcp.api.retries import RetryTransport

    if not settings.can_search:
        raise NotAuthorized(settings.why_without_credentials)
    async with open_connections(settings) as connections:
        credentials = connections.credentials(settings.credentials)
        transport = RetryTransport(connections.api, settings, credentials)
        client = ScenarioClient(transport, settings.upstream.base_url, credentials)
        yield connect(settings, connections, client, recent or RecentIds(), local_files=True, is_operators=True)


class Connections(NamedTuple):
    """Ways out: to the API, to the picture hosts, and to where users' pictures lie."""

    api: "httpx.AsyncBaseTransport"
    cdn: "httpx.AsyncClient"
    web: "httpx.AsyncClient"
    cdn_hosts: tuple[str, ...] = CDN_HOSTS
    """Hosts that `cdn` may ask."""
    sandbox_key: tuple[str, str] | None = None
    """Key and secret that the sandbox takes, whoever asks."""
    catalogue: "Catalogue | None" = None
    """What the sandbox in this process serves."""

    def credentials(self, caller: Credentials) -> Credentials:
        """Return the credentials by which the API is asked for a caller."""
        if self.sandbox_key is None:
            return caller
        api_key, api_secret = self.sandbox_key
        return replace(caller, api_key=api_key, api_secret=api_secret, jwt="")


@asynccontextmanager
async def open_connections(settings: Settings, *, at_once: int | None = None) -> AsyncIterator[Connections]:
    """Open the connections to the upstream that the settings name: the one place that knows which of the two it is.

    `at_once` requests can be in flight to the API; None for as many as one caller has.

    Raises:
        Unavailable: a proxy or the certificates that the environment names cannot be used.

    """
    # Imported here because the first answers of a server, its list of tools, need none of it.
    import_httpx()
    import httpx

    from scenario_mcp.net.connections import MAX_CONNECTIONS, Network

    network = Network(settings.ca_bundle)
    upstream = settings.upstream
    async with AsyncExitStack() as stack:
        web = await stack.enter_async_context(network.direct_client())
        if isinstance(upstream, Sandbox):
            from scenario_mcp.sandbox.app import API_KEY, API_SECRET, create_app
            from scenario_mcp.sandbox.faults import FaultPlan

            faults = FaultPlan.parse(upstream.fault) if upstream.fault else None
            catalogue = await _open_catalogue(upstream.folders, stack)
            api = httpx.ASGITransport(create_app(catalogue, faults=faults))
            cdn = await stack.enter_async_context(httpx.AsyncClient(transport=api))
            yield Connections(api, cdn, web, ("localhost",), (API_KEY, API_SECRET), catalogue)
        else:
            transport = network.transport(upstream.base_url, at_once=at_once or MAX_CONNECTIONS)
            way = await stack.enter_async_context(transport)
            # A client of its own: no connection that ever carried a credential fetches a picture.
            hosts = [f"https://{host}" for host in settings.cdn_hosts]
            cdn = await stack.enter_async_context(network.client(hosts))
            yield Connections(way, cdn, web, settings.cdn_hosts)


def connect(  # noqa: PLR0913  # what callers of one process share, each part for itself
    settings: Settings,
    connections: Connections,
    client: "ScenarioClient",
    recent: RecentIds,
    *,
    local_files: bool,
    is_operators: bool = False,
    resolve: "Resolve | None" = None,
    picture_cache: "PictureCache | None" = None,
    vocabulary_cache: "VocabularyCache | None" = None,
    resizer: "Resizer | None" = None,
    owner: str = "",
) -> Scenario:
    """Put together what answers one caller; `owner` is the name under which shared caches keep its things.

    `local_files` says whether the caller may name files of this machine, in the folders of the settings;
    `is_operators`, whether the caller can change the settings.
    """
    from scenario_mcp.api import vocabulary
    from scenario_mcp.net.download import Downloader, NamedHosts, PublicHosts, resolve_host
    from scenario_mcp.pictures.own_files import OwnFiles
    from scenario_mcp.pictures.reader import PictureReader
    from scenario_mcp.pictures.references import ReferenceReader
    from scenario_mcp.pictures.resize import Resizer

    async def look_up_address(subject: Subject) -> str | None:
        get = client.get_asset if subject.resource_type == "assets" else client.get_model
        return (await get(subject.id)).picture_url

    resolve, resizer = resolve or resolve_host, resizer or Resizer()
    seconds = settings.timeout_seconds
    pictures = PictureReader(
        Downloader(
            connections.cdn,
            NamedHosts(connections.cdn_hosts, refusal=OTHER_HOST, for_operator=ADD_THE_HOST),
            resolve=resolve,
        ),
        look_up_address,
        resizer,
        timeout_seconds=seconds,
        shares_addresses=settings.upstream.shares_addresses,
        picture_cache=picture_cache,
        owner=owner,
    )
    catalogue = connections.catalogue if connections.catalogue and connections.catalogue.is_own else None
    own_files = OwnFiles(catalogue, local_files=local_files) if catalogue else None
    folders = (*settings.image_folders, *map(str, own_files.folders if own_files else ())) if local_files else None
    references = ReferenceReader(
        Downloader(connections.web, PublicHosts(), resolve=resolve),
        resizer,
        folders,
        timeout_seconds=seconds,
        find_own=own_files.find if own_files else None,
    )
    kept = vocabulary.vocabulary_cache() if vocabulary_cache is None else vocabulary_cache
    return Scenario(
        client,
        vocabulary.Vocabulary(client, kept, owner),
        pictures,
        references,
        recent,
        own_fields=OWN_FIELDS if catalogue else frozenset(),
        local_path=partial(_local_path, catalogue) if catalogue and local_files else _nowhere,
        is_operators=is_operators,
        reading=catalogue.reading if catalogue else None,
    )


def _local_path(catalogue: "Catalogue", file: str | None) -> str | None:
    path = catalogue.full_path(file) if file else None
    return str(path) if path else None


async def _open_catalogue(folders: Sequence[str], stack: AsyncExitStack) -> "Catalogue":
    """Open the samples, or the user's folders, which go on being read beside the searches."""
    if not folders:
        from scenario_mcp.sandbox.catalogue import Catalogue

        return Catalogue.load()
    from scenario_mcp.sandbox.own_catalogue.background import BackgroundIngest

    ingest = await anyio.to_thread.run_sync(BackgroundIngest, [Path(each) for each in folders])
    return stack.enter_context(ingest).catalogue


Admission = AbstractAsyncContextManager[None]
"""A call's way in: entering it may wait, or raise RateLimited; leaving it tells that the call is over."""


class Backend:
    """What answers one caller: Scenario, opened when it is first asked for and closed at the end of `async with`."""

    def __init__(
        self,
        open_: Callable[[RecentIds], AbstractAsyncContextManager[Scenario]],
        credentials: Credentials,
        admit: Callable[[], Admission] = nullcontext,
    ) -> None:
        self._open = open_
        self._stack = AsyncExitStack()
        self._opening = anyio.Lock()
        self._scenario: Scenario | None = None
        self.admit = admit
        self.secrets = Secrets(credentials.secrets)
        self.is_operators = credentials.holder == "own"
        """Whether the caller can change the settings of the server."""
        self.is_asked = False
        """Whether a call has come."""
        self.recent = RecentIds()
        self.client_log_level: str | None = None

    async def scenario(self) -> Scenario:
        """Return what answers, opened if it is not yet; raises what opening it raises."""
        if self._scenario is None:
            async with self._opening:
                if self._scenario is None:
                    self._scenario = await self._stack.enter_async_context(self._open(self.recent))
        return self._scenario

    async def open_early(self) -> None:
        """Open what answers before anything is asked for; the first call tells what is wrong with it."""
        # In a thread: what the imports take does not hold up the answers to a client's first messages.
        await anyio.to_thread.run_sync(import_ahead, Sandbox(), abandon_on_cancel=True)
        with suppress(Exception):
            await self.scenario()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stack.aclose()


def own_backend(settings: Settings) -> Backend:
    """Return what answers the one caller of a process of their own."""
    return Backend(partial(open_scenario, settings), settings.credentials)
