"""The only code that talks to the API: a request model goes out, wire objects or a ScenarioError come back."""

import asyncio
import base64
import json
import logging
import math
import random as randomness
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from functools import partial
from typing import Any, NamedTuple, Protocol, TypeVar
from urllib.parse import urlencode

import anyio
import httpx

from scenario_mcp import logs
from scenario_mcp.api.circuit_breaker import CircuitBreaker
from scenario_mcp.api.error_mapping import ErrorMapper, in_words
from scenario_mcp.api.parsing import read_document, read_documents, read_page
from scenario_mcp.api.references import MAX_REQUEST_BYTES
from scenario_mcp.api.replies import Asset, DocumentT, Model, SearchPage
from scenario_mcp.api.requests import AssetSearch, ModelSearch, Search
from scenario_mcp.api.retries import Failure, Retries
from scenario_mcp.errors import QuotaExceeded, SearchRefused, Unavailable
from scenario_mcp.net.bounded_body import MAX_ANSWER_BYTES, MAX_PROBLEM_BYTES, TooLarge, Unreadable, read_body
from scenario_mcp.net.connections import explain
from scenario_mcp.settings import Settings

TRIES = 3
CONNECT_TIMEOUT_SECONDS = 5.0
"""As in Scenario's own SDK."""
FIRST_TRY = 2 / 3
"""Of the time for a call: what is left is enough to ask once more when a connection hangs."""
LAST_TURN = 1 / 10
"""Of the time for a call must be left when its turn comes, or it is not sent."""
PROBLEM_SECONDS = 2.0
"""How long the body of an error is waited for: its status says most of it."""
MAX_REQUESTS = 20
"""In flight at a time. As many as httpx keeps connections alive."""

AnswerT = TypeVar("AnswerT")


class Try(NamedTuple):
    """One request to the API and what came of it."""

    number: int
    cause: str
    """A status or the name of an exception."""
    begun: float
    """Seconds since 1970."""
    seconds: float


class Upkeep(Protocol):
    """What a server of many callers keeps for one of them from call to call."""

    @property
    def turns(self) -> anyio.Semaphore:
        """The requests that may be in flight, of all callers together."""

    async def recall(
        self,
        request: bytes,
        *,
        read: Callable[[bytes], SearchPage[Any] | None],
        ask: Callable[[], Awaitable[tuple[bytes, SearchPage[Any]]]],
    ) -> SearchPage[Any]:
        """Return what the same search has found just now, else what `ask` returns: a body, and what it was read as."""

    async def quota_wait_seconds(self) -> float:
        """Return in how many seconds there are searches again; 0 unless they are known to be used up."""

    async def note_quota(self, wait_seconds: float | None) -> None:
        """Remember that the searches are used up, for so long if it is known."""

    def note_try(self, tried: Try) -> None:
        """Count a request."""


_logger = logging.getLogger(__name__)


class ScenarioClient:
    """Scenario's search API. The transport is the caller's to open and to close; it knows no cookies or redirects.

    Every method raises a `ScenarioError` when it has no answer, after at most `tries` requests and
    `settings.timeout_seconds`, in which waiting for a turn, connecting, sleeping, reading and trying again all count.
    Such an error has no cause: the exceptions of HTTP quote what a stranger has sent.
    """

    def __init__(  # noqa: PLR0913  # what a test has to hold still: how often, time, chance
        self,
        http: httpx.AsyncBaseTransport,
        settings: Settings,
        *,
        tries: int = TRIES,
        upkeep: Upkeep | None = None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = anyio.sleep,
        random: Callable[[], float] = randomness.random,
    ) -> None:
        self._http = http
        self._clock = clock
        self._tries = tries
        self._retries = Retries(tries, sleep, random)
        self._breaker = CircuitBreaker(clock)
        self._last_outage = ""
        self._upkeep = upkeep
        self._turns = (
            upkeep.turns if upkeep else anyio.Semaphore(MAX_REQUESTS, max_value=MAX_REQUESTS, fast_acquire=True)
        )
        self._timeout_seconds = settings.timeout_seconds
        self._url_parameters = {"projectId": settings.project_id} if settings.project_id else {}
        # Built once and handed to every request as they are: merging a client's defaults costs more than the request.
        self._base_url = settings.base_url
        self._urls = {path: httpx.URL(self._base_url + path) for path in ("/search/assets", "/search/models")}
        self._host = self._urls["/search/assets"].netloc.decode("ascii")
        authorization = _authorization(settings)
        self._refusals = ErrorMapper(
            self._host,
            [settings.api_key, settings.api_secret, settings.jwt, authorization.partition(" ")[2]],
            settings.whose_key,
        )
        self._headers = httpx.Headers(
            {
                "Accept": "application/json",
                "Accept-Encoding": "gzip, deflate",
                "Authorization": authorization,
                "Connection": "keep-alive",
                "User-Agent": "scenario-mcp",
            }
        )
        self._body_headers = httpx.Headers({**self._headers, "Content-Type": "application/json"})
        # The rest of the time limits are the whole try's: one per read never ends a peer that sends byte by byte.
        self._extensions = {"timeout": httpx.Timeout(None, connect=CONNECT_TIMEOUT_SECONDS).as_dict()}

    async def search_assets(self, request: AssetSearch) -> SearchPage[Asset]:
        """Search the project's assets, or the public ones. Source: Scenario's API reference, `POST /search/assets`."""
        return await self._search("/search/assets", request, partial(read_page, SearchPage[Asset], Asset))

    async def search_models(self, request: ModelSearch) -> SearchPage[Model]:
        """Search the project's models, or the public ones. Source: Scenario's API reference, `POST /search/models`."""
        return await self._search("/search/models", request, partial(read_page, SearchPage[Model], Model))

    async def get_asset(self, asset_id: str) -> Asset:
        """Fetch one asset. Source: Scenario's SDK 2.4, `GET /assets/{id}`."""
        return await self._ask("GET", f"/assets/{asset_id}", partial(read_document, Asset, "asset"))

    async def get_model(self, model_id: str) -> Model:
        """Fetch one model. Source: Scenario's SDK 2.4, `GET /models/{id}`."""
        return await self._ask("GET", f"/models/{model_id}", partial(read_document, Model, "model"))

    async def get_assets(self, asset_ids: Sequence[str]) -> tuple[Asset, ...]:
        """Fetch up to 200 assets; unknown ids are left out. Source: Scenario's SDK 2.4, `POST /assets/get-bulk`."""
        body = {"assetIds": [*asset_ids]}
        return await self._ask("POST", "/assets/get-bulk", partial(read_documents, Asset, "assets"), body=body)

    async def get_models(self, model_ids: Sequence[str]) -> tuple[Model, ...]:
        """Fetch up to 50 models; unknown ids are left out. Source: Scenario's SDK 2.4, `POST /models/get-bulk`."""
        body = {"modelIds": [*model_ids], "thumbnail": True}
        return await self._ask("POST", "/models/get-bulk", partial(read_documents, Model, "models"), body=body)

    async def _search(
        self, path: str, request: Search, read: Callable[[bytes], SearchPage[DocumentT] | None]
    ) -> SearchPage[DocumentT]:
        upkeep, url_parameters, body = self._upkeep, request.url_parameters(), request.body()
        if upkeep is None:
            return await self._ask("POST", path, read, url_parameters, body)

        def read_both(reply: bytes) -> tuple[bytes, SearchPage[DocumentT]] | None:
            page = read(reply)
            return None if page is None else (reply, page)

        async def ask() -> tuple[bytes, SearchPage[DocumentT]]:
            wait_seconds = await upkeep.quota_wait_seconds()
            if wait_seconds:
                raise QuotaExceeded(
                    "The plan's quota for searches was used up when Scenario was asked last (429), so it was not asked "
                    f"again. It is asked again in {in_words(wait_seconds) or 'a second'}; a larger plan raises the "
                    "quota.",
                    wait_seconds=wait_seconds,
                )
            try:
                return await self._ask("POST", path, read_both, url_parameters, body)
            except QuotaExceeded as error:
                await upkeep.note_quota(error.wait_seconds)
                raise

        key = json.dumps([path, {**self._url_parameters, **url_parameters}, body], sort_keys=True).encode()
        return await upkeep.recall(key, read=read, ask=ask)

    async def _ask(
        self,
        method: str,
        path: str,
        read: Callable[[bytes], AnswerT | None],
        url_parameters: Mapping[str, str] | None = None,
        body: Mapping[str, Any] | None = None,
    ) -> AnswerT:
        """Ask until there is an answer, or no sense in asking again; `read` returns None for what is not the API's."""
        end = self._clock() + self._timeout_seconds
        request = self._request(method, path, {**self._url_parameters, **(url_parameters or {})}, body)
        outcome = await self._try(request, read, end, 1)
        if isinstance(outcome, Failure) and outcome.is_retryable:
            outcome = await self._retries.persist(
                outcome,
                lambda seconds: self._clock() + seconds < end and not self._breaker.is_open,
                lambda number: self._try(request, read, end, number),
            )
        if isinstance(outcome, Failure):
            raise outcome.error
        return outcome

    def _request(
        self, method: str, path: str, url_parameters: Mapping[str, str], body: Mapping[str, Any] | None
    ) -> httpx.Request:
        url = self._urls.get(path) or httpx.URL(self._base_url + path)
        if url_parameters:
            url = httpx.URL(f"{self._base_url}{path}?{urlencode(url_parameters)}")
        if body is None:
            return httpx.Request(method, url, headers=self._headers, extensions=self._extensions)
        content = json.dumps(body, separators=(",", ":"), ensure_ascii=False).encode()
        if len(content) > MAX_REQUEST_BYTES:
            raise SearchRefused(
                f"The search is {len(content) / 1e6:.0f} MB, and Scenario takes {MAX_REQUEST_BYTES // 1_000_000} MB. "
                "Give fewer or smaller reference pictures, or asset ids in their place."
            )
        return httpx.Request(method, url, headers=self._body_headers, content=content, extensions=self._extensions)

    async def _try(
        self, request: httpx.Request, read: Callable[[bytes], AnswerT | None], end: float, number: int
    ) -> AnswerT | Failure:
        """Send the request once, when it is its turn and the API is not known to be down."""
        try:
            self._turns.acquire_nowait()
        except anyio.WouldBlock:
            with anyio.move_on_after(end - LAST_TURN * self._timeout_seconds - self._clock()) as waiting:
                await self._turns.acquire()
            if waiting.cancelled_caught:
                return self._busy()
        try:
            wait_seconds = self._breaker.admit()
            if wait_seconds:
                return self._known_to_be_down(wait_seconds)
            begin, begun = self._clock(), time.time()
            share = FIRST_TRY if number == 1 < self._tries else 1
            outcome = await self._send(request, read, min(share * self._timeout_seconds, end - begin))
        finally:
            self._turns.release()
        failure = outcome if isinstance(outcome, Failure) else None
        if failure is None:
            self._retries.succeed(number)
        if failure is not None and failure.is_outage:
            self._breaker.fail()
            self._last_outage = failure.error.message
        else:
            self._breaker.succeed()
        cause, seconds = failure.cause if failure else "200", self._clock() - begin
        logs.note(upstream_status=cause, tries=number)
        if self._upkeep:
            self._upkeep.note_try(Try(number, cause, begun, seconds))
        level = logging.INFO if failure else logging.DEBUG
        if _logger.isEnabledFor(level):
            about = {"upstream_status": cause, "tries": number, "duration_ms": round(seconds * 1000, 1)}
            _logger.log(level, "Scenario gave no answer" if failure else "Scenario answered", extra=about)
        return outcome

    async def _send(
        self, request: httpx.Request, read: Callable[[bytes], AnswerT | None], seconds: float
    ) -> AnswerT | Failure:
        try:
            async with asyncio.timeout(seconds):
                response = await self._http.handle_async_request(request)
                try:
                    if response.status_code != httpx.codes.OK:
                        return await self._read_refusal(response)
                    body = await read_body(response, MAX_ANSWER_BYTES)
                finally:
                    await response.aclose()
        except (TimeoutError, httpx.HTTPError, httpx.InvalidURL, TooLarge, Unreadable) as error:
            return self._failure(error)
        answer = read(body)
        return _not_the_api(body) if answer is None else answer

    async def _read_refusal(self, response: httpx.Response) -> Failure:
        body = b""  # whatever becomes of it: the status is known, and says what to do
        with anyio.move_on_after(PROBLEM_SECONDS), suppress(httpx.HTTPError, TooLarge, Unreadable):
            body = await read_body(response, MAX_PROBLEM_BYTES)
        return self._refusals.read(response.status_code, response.headers, body)

    def _failure(self, error: Exception) -> Failure:
        """Say what an exception on the way means."""
        if isinstance(error, httpx.HTTPError) and (reason := explain(error, self._host)):
            # A certificate or a proxy: an outage for all calls, and the same again within seconds.
            return Failure(Unavailable(reason), cause=type(error).__name__, is_outage=True, is_retryable=False)
        match error:
            case httpx.ConnectError() | httpx.ConnectTimeout():
                sentence = (
                    f"Scenario could not be reached at {self._host}. Check the network, a proxy, and SCENARIO_BASE_URL."
                )
            case TimeoutError() | httpx.TimeoutException():
                sentence = (
                    f"Scenario did not answer within {self._timeout_seconds:g} seconds. Try again, perhaps with a "
                    "smaller limit; SCENARIO_MCP_TIMEOUT_SECONDS sets how long to wait."
                )
            case TooLarge():
                sentence = (
                    f"Scenario's answer is larger than {MAX_ANSWER_BYTES // 1_000_000} MB and was not read. Ask for "
                    "less at a time, such as a smaller limit."
                )
            case _:
                sentence = "The connection to Scenario broke before the answer was complete. Try again."
        is_whole = not isinstance(error, TooLarge)  # it would come again as large
        return Failure(Unavailable(sentence), cause=type(error).__name__, is_outage=is_whole, is_retryable=is_whole)

    def _busy(self) -> Failure:
        sentence = (
            f"{self._turns.max_value} other requests to Scenario were under way for {self._timeout_seconds:g} seconds, "
            "and this one was not sent. Try again, with fewer calls at a time."
        )
        return Failure(Unavailable(sentence), cause="busy", is_outage=False, is_retryable=False)

    def _known_to_be_down(self, wait_seconds: float) -> Failure:
        seconds = "a second" if wait_seconds <= 1 else f"{math.ceil(wait_seconds)} seconds"
        sentence = (
            f"Scenario was not asked, because the last requests failed. It can be asked again in {seconds}. "
            f"What was said last: {self._last_outage}"
        )
        return Failure(Unavailable(sentence), cause="down", is_outage=False, is_retryable=False)


def _not_the_api(body: bytes) -> Failure:
    sentence = "What answered is not Scenario's API. Check SCENARIO_BASE_URL, or try again in a minute."
    # A page, of a sign-in or of a wrong address, does not go away within seconds; half an answer may.
    is_page = body[:100].lstrip().startswith(b"<")
    return Failure(Unavailable(sentence), cause="200", is_outage=True, is_retryable=not is_page)


def _authorization(settings: Settings) -> str:
    if settings.api_key:
        pair = f"{settings.api_key}:{settings.api_secret}".encode("ascii")
        return "Basic " + base64.b64encode(pair).decode("ascii")
    return f"Bearer {settings.jwt}"
