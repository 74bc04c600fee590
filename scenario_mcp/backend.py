"""Opens what the tools ask: the live API, or the sandbox through the same client."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, NamedTuple, Self

import anyio
import anyio.to_thread

from scenario_mcp.errors import NotAuthorized, SettingsRefused, Unavailable
from scenario_mcp.settings import WAYS_OUT, Settings

if TYPE_CHECKING:
    from scenario_mcp.client import ScenarioClient
    from scenario_mcp.media import PictureReader
    from scenario_mcp.sandbox.catalogue import Catalogue

FIRST_WAIT_SECONDS = 10.0
"""How long the first search waits for a folder to be read."""


class Scenario(NamedTuple):
    """What a tool or a resource needs to answer."""

    client: "ScenarioClient"
    pictures: "PictureReader"


@asynccontextmanager
async def open_scenario(settings: Settings) -> AsyncIterator[Scenario]:
    """Open the live API or, with `settings.sandbox`, the sandbox in this process.

    Raises:
        NotAuthorized: there are neither credentials nor the sandbox; the sentence names both ways out.

    """
    if not (settings.has_credentials or settings.sandbox):
        raise NotAuthorized(f"There are no credentials for Scenario. {WAYS_OUT}")
    # Imported here because the first answers of a server, its list of tools, need none of it.
    import httpx  # noqa: PLC0415

    from scenario_mcp.client import ScenarioClient  # noqa: PLC0415
    from scenario_mcp.media import PictureReader  # noqa: PLC0415

    async with AsyncExitStack() as stack:
        if settings.sandbox:
            from scenario_mcp.sandbox.app import API_KEY, API_SECRET, create_app  # noqa: PLC0415
            from scenario_mcp.sandbox.faults import FaultPlan  # noqa: PLC0415

            faults = FaultPlan.parse(settings.sandbox_fault) if settings.sandbox_fault else None
            app = create_app(await _open_catalogue(settings, stack), faults=faults)
            transport: httpx.AsyncBaseTransport = httpx.ASGITransport(app)
            settings = replace(
                settings,
                api_key=API_KEY,
                api_secret=API_SECRET,
                base_url="http://localhost/v1",
                cdn_hosts=("localhost",),
            )
            http = pictures = await stack.enter_async_context(httpx.AsyncClient(transport=transport))
        else:
            http = await stack.enter_async_context(httpx.AsyncClient())
            # A client of its own: no connection that ever carried a credential fetches a picture.
            pictures = await stack.enter_async_context(httpx.AsyncClient())
        yield Scenario(ScenarioClient(http, settings), PictureReader(pictures, settings))


async def _open_catalogue(settings: Settings, stack: AsyncExitStack) -> "Catalogue":
    """Open the samples, or the user's folder, which goes on being read beside the searches if it is large."""
    if not settings.catalogue:
        from scenario_mcp.sandbox.catalogue import Catalogue  # noqa: PLC0415  # as above

        return Catalogue.load()
    from scenario_mcp.sandbox.folder.ingest_beside import FolderBeside  # noqa: PLC0415  # as above

    try:
        folder = stack.enter_context(FolderBeside(Path(settings.catalogue)))
    except SettingsRefused as error:
        raise Unavailable(str(error)) from error
    await anyio.to_thread.run_sync(folder.wait, FIRST_WAIT_SECONDS, abandon_on_cancel=True)
    return folder.catalogue


class Backend:
    """Opens Scenario when it is first asked for, and closes it at the end of its `async with`."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._stack = AsyncExitStack()
        self._opening = anyio.Lock()
        self._scenario: Scenario | None = None

    async def scenario(self) -> Scenario:
        """Return the open client and picture reader; raises what `open_scenario` raises."""
        if self._scenario is None:
            async with self._opening:
                if self._scenario is None:
                    self._scenario = await self._stack.enter_async_context(open_scenario(self._settings))
        return self._scenario

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stack.aclose()
