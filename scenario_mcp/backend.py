"""Opens what the tools ask: the live API, or the sandbox through the same client."""

from collections import OrderedDict
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager, nullcontext
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, NamedTuple, Self

import anyio
import anyio.to_thread

from scenario_mcp.errors import NotAuthorized, SettingsRefused, Unavailable
from scenario_mcp.ids import Subject
from scenario_mcp.settings import HOW_TO_AUTHENTICATE, Settings
from scenario_mcp.text import Secrets

if TYPE_CHECKING:
    import httpx

    from scenario_mcp.api.client import ScenarioClient
    from scenario_mcp.net.connections import Network
    from scenario_mcp.net.download import Resolve
    from scenario_mcp.pictures.cache import PictureCache
    from scenario_mcp.pictures.reader import PictureReader
    from scenario_mcp.pictures.references import ReferenceReader
    from scenario_mcp.pictures.resize import Resizer
    from scenario_mcp.sandbox.catalogue import Catalogue

OTHER_HOST = "The picture lies on a host that is not among SCENARIO_CDN_HOSTS, so it was not fetched."
FIRST_WAIT_SECONDS = 10.0
"""How long the first search waits for a folder to be read."""
MAX_REMEMBERED = 200
MAX_COMPLETIONS = 100
"""As many values as MCP lets one completion hold."""


class RecentIds:
    """The ids of the last hits of each resource type with their names, newest first."""

    def __init__(self) -> None:
        self._names: dict[str, OrderedDict[str, str]] = {"assets": OrderedDict(), "models": OrderedDict()}

    def add(self, resource_type: str, hits: Iterable[tuple[str, str | None]]) -> None:
        """Remember hits (id, name) in their order; the oldest are forgotten."""
        names = self._names[resource_type]
        for hit_id, name in reversed([*hits]):
            names[hit_id] = (name or "").lower()
            names.move_to_end(hit_id)
        while len(names) > MAX_REMEMBERED:
            names.popitem(last=False)

    def complete(self, resource_type: str, beginning: str) -> list[str]:
        """Return the ids that begin so, or whose name holds these letters, newest first."""
        wanted = beginning.strip().lower()
        newest = reversed(self._names[resource_type].items())
        return [hit_id for hit_id, name in newest if hit_id.lower().startswith(wanted) or wanted in name]


class Scenario(NamedTuple):
    """The API, the pictures behind its addresses, the pictures that users give, and what was found lately."""

    client: "ScenarioClient"
    pictures: "PictureReader"
    references: "ReferenceReader"
    recent: RecentIds


@asynccontextmanager
async def open_scenario(settings: Settings, recent: RecentIds | None = None) -> AsyncIterator[Scenario]:
    """Open the live API or, with `settings.sandbox`, the sandbox in this process.

    Raises:
        NotAuthorized: there are neither credentials nor the sandbox; the sentence names both ways out.
        Unavailable: a proxy or the certificates that the environment names cannot be used.

    """
    if not (settings.has_credentials or settings.sandbox):
        raise NotAuthorized(f"There are no credentials for Scenario. {HOW_TO_AUTHENTICATE}")
    async with open_connections(settings) as (opened, connections):
        yield connect(opened, connections, recent or RecentIds())


class Connections(NamedTuple):
    """Ways out: to the API, to the picture hosts, and to where users' pictures lie."""

    api: "httpx.AsyncBaseTransport"
    cdn: "httpx.AsyncClient"
    web: "httpx.AsyncClient"


@asynccontextmanager
async def open_connections(
    settings: Settings, api_transport: "Callable[[Network, str], httpx.AsyncBaseTransport] | None" = None
) -> AsyncIterator[tuple[Settings, Connections]]:
    """Open the ways to what the settings name; yield with them the settings that lead there.

    `api_transport` makes the transport to the API in place of the network's own.

    Raises:
        Unavailable: a proxy or the certificates that the environment names cannot be used.

    """
    # Imported here because the first answers of a server, its list of tools, need none of it.
    import httpx

    from scenario_mcp.net.connections import Network

    network = Network(settings.ca_bundle)
    async with AsyncExitStack() as stack:
        if settings.sandbox:
            from scenario_mcp.sandbox.app import API_KEY, API_SECRET, create_app
            from scenario_mcp.sandbox.faults import FaultPlan

            faults = FaultPlan.parse(settings.sandbox_fault) if settings.sandbox_fault else None
            app = create_app(await _open_catalogue(settings, stack), faults=faults)
            api: httpx.AsyncBaseTransport = httpx.ASGITransport(app)
            settings = replace(
                settings,
                api_key=API_KEY,
                api_secret=API_SECRET,
                base_url="http://localhost/v1",
                cdn_hosts=("localhost",),
            )
            cdn = await stack.enter_async_context(httpx.AsyncClient(transport=api))
        else:
            api = await stack.enter_async_context((api_transport or Network.transport)(network, settings.base_url))
            # A client of its own: no connection that ever carried a credential fetches a picture.
            hosts = [f"https://{host}" for host in settings.cdn_hosts]
            cdn = await stack.enter_async_context(network.client(hosts))
        web = await stack.enter_async_context(network.direct_client())
        yield settings, Connections(api, cdn, web)


def connect(  # noqa: PLR0913  # what callers of one process share, each part for itself
    settings: Settings,
    connections: Connections,
    recent: RecentIds,
    *,
    resolve: "Resolve | None" = None,
    picture_cache: "PictureCache | None" = None,
    resizer: "Resizer | None" = None,
    client: "ScenarioClient | None" = None,
    owner: str = "",
    local_files: bool = True,
) -> Scenario:
    """Put together what answers one caller; `owner` is the name under which shared caches keep its things.

    `local_files` says whether the caller may name files of this machine, in the folders of the settings.
    """
    from scenario_mcp.api.client import ScenarioClient
    from scenario_mcp.api.retries import RetryTransport
    from scenario_mcp.net.download import Downloader, NamedHosts, PublicHosts, resolve_host
    from scenario_mcp.pictures.reader import PictureReader
    from scenario_mcp.pictures.references import ReferenceReader
    from scenario_mcp.pictures.resize import Resizer

    client = client or ScenarioClient(RetryTransport(connections.api, settings), settings)

    async def look_up_address(subject: Subject) -> str | None:
        get = client.get_asset if subject.resource_type == "assets" else client.get_model
        return (await get(subject.id)).picture_url

    resolve, resizer = resolve or resolve_host, resizer or Resizer()
    seconds = settings.timeout_seconds
    pictures = PictureReader(
        Downloader(connections.cdn, NamedHosts(settings.cdn_hosts, refusal=OTHER_HOST), resolve=resolve),
        look_up_address,
        resizer,
        timeout_seconds=seconds,
        shares_addresses=not settings.sandbox,  # those of the sandbox in this process lead nowhere else
        picture_cache=picture_cache,
        owner=owner,
    )
    folders = settings.image_folders if local_files else None
    references = ReferenceReader(
        Downloader(connections.web, PublicHosts(), resolve=resolve), resizer, folders, timeout_seconds=seconds
    )
    return Scenario(client, pictures, references, recent)


async def _open_catalogue(settings: Settings, stack: AsyncExitStack) -> "Catalogue":
    """Open the samples, or the user's folder, which goes on being read beside the searches if it is large."""
    if not settings.catalogue:
        from scenario_mcp.sandbox.catalogue import Catalogue

        return Catalogue.load()
    from scenario_mcp.sandbox.own_catalogue.background import BackgroundIngest

    try:
        folder = stack.enter_context(BackgroundIngest(Path(settings.catalogue)))
    except SettingsRefused as error:
        raise Unavailable(str(error)) from error
    await anyio.to_thread.run_sync(folder.wait, FIRST_WAIT_SECONDS, abandon_on_cancel=True)
    return folder.catalogue


Admission = AbstractAsyncContextManager[None]
"""A call's way in: entering it may wait, or raise RateLimited; leaving it tells that the call is over."""


class Backend:
    """What answers one caller: Scenario, opened when it is first asked for and closed at the end of `async with`."""

    def __init__(
        self,
        settings: Settings,
        open_: Callable[[Settings, RecentIds], AbstractAsyncContextManager[Scenario]] | None = None,
        admit: Callable[[], Admission] = nullcontext,
    ) -> None:
        self._settings = settings
        self._open = open_ or open_scenario
        self._stack = AsyncExitStack()
        self._opening = anyio.Lock()
        self._scenario: Scenario | None = None
        self.admit = admit
        self.secrets = Secrets(settings.secrets)
        self.recent = RecentIds()
        self.client_log_level: str | None = None

    async def scenario(self) -> Scenario:
        """Return the open client and picture reader; raises what opening it raises."""
        if self._scenario is None:
            async with self._opening:
                if self._scenario is None:
                    self._scenario = await self._stack.enter_async_context(self._open(self._settings, self.recent))
        return self._scenario

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stack.aclose()
