"""The account: the API asked with credentials, the project and what the key may do, and one picture."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from time import monotonic
from urllib.parse import urlsplit

from scenario_mcp.api.client import ScenarioClient
from scenario_mcp.api.replies import Asset, SearchPage
from scenario_mcp.api.requests import AssetSearch
from scenario_mcp.api.retries import RetryTransport, Try
from scenario_mcp.backend import OTHER_HOST, Connections, connect, open_connections
from scenario_mcp.doctor.finding import Finding, Sign, note, skipped, well, wrong
from scenario_mcp.doctor.network import ANSWER_SECONDS, duration, examine_picture_host
from scenario_mcp.doctor.shell import Shell
from scenario_mcp.errors import NotAuthorized, QuotaExceeded, RateLimited, ScenarioError
from scenario_mcp.filters import EVERYTHING
from scenario_mcp.ids import Subject
from scenario_mcp.recent_ids import RecentIds
from scenario_mcp.settings import Settings

PICTURE_PIXELS = 64
_ONE = AssetSearch.model_validate({"filter": EVERYTHING, "limit": 1, "offset": 0})


@dataclass(frozen=True, slots=True)
class Account:
    """Credentials, and how they are called in a finding."""

    settings: Settings
    origin: str
    """Such as "the environment", or the host in whose file they stand."""
    mend: str
    """What to do when they are not accepted."""


async def examine_account(account: Account, shell: Shell) -> list[Finding]:
    """Search for one asset, then list tags and collections and fetch the asset's picture."""
    settings = replace(account.settings, timeout_seconds=min(account.settings.timeout_seconds, ANSWER_SECONDS))
    account = replace(account, settings=settings)
    try:
        async with open_connections(settings) as connections:
            return await _Examination(account, connections, shell).run()
    except ScenarioError as error:
        return [Finding.of_error(Sign.WRONG, error)]


class _Examination:
    def __init__(self, account: Account, connections: Connections, shell: Shell) -> None:
        self._account = account
        self._settings = account.settings
        self._connections = connections
        self._shell = shell
        self._cause = ""

    async def run(self) -> list[Finding]:
        begin = monotonic()
        try:
            page = await self._search(self._client())
        except ScenarioError as error:
            return [await self._refusal(error)]
        took = duration(monotonic() - begin)
        project = self._settings.credentials.project_id
        where = f"project {project}" if project else "the key's own project"
        findings = [well(f"Scenario accepts the credentials of {self._account.origin}: {where} answers in {took}")]
        if not page.hits:
            findings.append(
                note(
                    "The project has no asset that these credentials may see",
                    "Ask for public ones (public true), or for another project: "
                    + self._shell.set_variable("SCENARIO_PROJECT_ID", "PROJECT"),
                )
            )
        findings += await self._scopes()
        findings += await self._picture(page)
        return findings

    def _client(self, settings: Settings | None = None) -> ScenarioClient:
        settings = settings or self._settings
        transport = RetryTransport(
            self._connections.api, settings, settings.credentials, tries=1, on_try=self._remember_cause
        )
        return ScenarioClient(transport, settings.upstream.base_url, settings.credentials)

    def _remember_cause(self, tried: Try) -> None:
        self._cause = tried.cause

    async def _search(self, client: ScenarioClient) -> SearchPage[Asset]:
        return await client.search_assets(_ONE.resolve())

    async def _refusal(self, error: ScenarioError) -> Finding:
        found = Finding.of_error(Sign.WRONG, error)
        status = self._cause
        if status == "401":
            fact = f"Scenario did not accept the credentials of {self._account.origin} (401)"
            return wrong(fact, f"Copy the key and its secret from Scenario again: {self._account.mend}")
        if status in {"403", "404"} and self._settings.credentials.project_id and await self._works_without_project():
            return wrong(
                f"The key may not search the project of SCENARIO_PROJECT_ID ({status}), but it may search its own",
                f"Take a key of that project, or leave it out: {self._shell.remove_variable('SCENARIO_PROJECT_ID')}",
            )
        if isinstance(error, NotAuthorized):
            return wrong(
                found.fact.rstrip("."),
                f"Give the key the scope to search assets, or take another one: {self._account.mend}",
            )
        if isinstance(error, RateLimited) and not isinstance(error, QuotaExceeded):
            return Finding.of_error(Sign.NOTE, error)
        return found

    async def _works_without_project(self) -> bool:
        credentials = replace(self._settings.credentials, project_id="")
        try:
            await self._search(self._client(replace(self._settings, credentials=credentials)))
        except ScenarioError:
            return False
        return True

    async def _scopes(self) -> list[Finding]:
        client = self._client()
        refused: list[str] = []
        kinds: dict[str, Callable[[], Awaitable[object]]] = {
            "tags": lambda: client.list_tags(most_pages=1),
            "collections": lambda: client.list_collections(most_pages=1),
        }
        for kind, ask in kinds.items():
            try:
                await ask()
            except NotAuthorized:
                refused.append(kind)
            except ScenarioError:
                return [note(f"The project's {kind} could not be listed ({self._cause})", "Try again in a minute")]
        if refused:
            return [
                note(
                    f"The key may search, but not list {' and '.join(refused)}",
                    "Names in filters are then not looked up: give the key the scope to read them",
                )
            ]
        return [well("The key may search assets, and list tags and collections")]

    async def _picture(self, page: SearchPage[Asset]) -> list[Finding]:
        hit = page.hits[0] if page.hits else None
        if hit is None or not hit.picture_url:
            if not self._settings.upstream.needs_credentials:
                return [skipped("The first asset has no picture to fetch")]
            return [await examine_picture_host(host, self._settings) for host in self._settings.cdn_hosts[:3]]
        host = urlsplit(hit.picture_url).hostname or ""
        scenario = connect(self._settings, self._connections, self._client(), RecentIds(), local_files=False)
        subject = Subject("assets", hit.id)
        scenario.pictures.remember([(subject, hit.picture_url)])
        begin = monotonic()
        try:
            await scenario.pictures.read(subject, pixels=PICTURE_PIXELS)
        except ScenarioError as error:
            if error.message == OTHER_HOST:
                hosts = ",".join((*self._settings.cdn_hosts, host))
                return [
                    wrong(
                        f"Pictures lie on {host}, which is not among SCENARIO_CDN_HOSTS",
                        self._shell.set_variable("SCENARIO_CDN_HOSTS", hosts),
                    )
                ]
            return [Finding.of_error(Sign.WRONG, error)]
        return [well(f"The picture host {host} gave a picture in {duration(monotonic() - begin)}")]
