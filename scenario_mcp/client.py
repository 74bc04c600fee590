"""The only code that talks to the API: a request model goes out, wire objects or a ScenarioError come back."""

import base64
import email.utils
import json
import math
import time
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar
from urllib.parse import urlencode, urlsplit

import anyio
import httpx
from pydantic import ValidationError

from scenario_mcp.errors import (
    NotAuthorized,
    NotFound,
    QuotaExceeded,
    RateLimited,
    ScenarioError,
    SearchRefused,
    Unavailable,
)
from scenario_mcp.replies import Asset, Document, Model, Reply, SearchPage
from scenario_mcp.settings import Settings
from scenario_mcp.text import clean, without_links
from scenario_mcp.wire import MAX_BODY_BYTES, AssetSearch, ModelSearch, Search

CONNECT_TIMEOUT_SECONDS = 5.0
"""As in Scenario's own SDK."""
MAX_REASON_CHARACTERS = 600
MAX_WAIT_SECONDS = 24 * 3600

DocumentT = TypeVar("DocumentT", bound=Document)
ReplyT = TypeVar("ReplyT", bound=Reply)


class ScenarioClient:
    """Scenario's search API. The HTTP client is the caller's to open and to close.

    Every method raises a `ScenarioError` when it has no answer, after at most `settings.timeout_seconds`.
    """

    def __init__(self, http: httpx.AsyncClient, settings: Settings) -> None:
        self._http = http
        self._base_url = settings.base_url
        self._host = urlsplit(settings.base_url).netloc
        self._url_parameters = {"projectId": settings.project_id} if settings.project_id else {}
        secrets = (settings.api_key, settings.api_secret, settings.jwt, _authorization(settings).partition(" ")[2])
        self._secrets = sorted(filter(None, secrets), key=len, reverse=True)  # one may be a part of another
        self._timeout_seconds = settings.timeout_seconds
        # Built once and handed to every request as they are: merging a client's defaults costs more than the request.
        self._headers = httpx.Headers(
            {
                "Accept": "application/json",
                "Accept-Encoding": "gzip, deflate",
                "Authorization": _authorization(settings),
                "Connection": "keep-alive",
                "User-Agent": "scenario-mcp",
            }
        )
        self._body_headers = httpx.Headers({**self._headers, "Content-Type": "application/json"})
        self._extensions = {
            "timeout": httpx.Timeout(settings.timeout_seconds, connect=CONNECT_TIMEOUT_SECONDS).as_dict()
        }

    async def search_assets(self, request: AssetSearch) -> SearchPage[Asset]:
        """Search the project's assets, or the public ones. Source: Scenario's API reference, `POST /search/assets`."""
        return _read_page(SearchPage[Asset], Asset, await self._search("/search/assets", request))

    async def search_models(self, request: ModelSearch) -> SearchPage[Model]:
        """Search the project's models, or the public ones. Source: Scenario's API reference, `POST /search/models`."""
        return _read_page(SearchPage[Model], Model, await self._search("/search/models", request))

    async def get_asset(self, asset_id: str) -> Asset:
        """Fetch one asset. Source: Scenario's SDK 2.4, `GET /assets/{id}`."""
        return _read_document(Asset, "asset", await self._send("GET", f"/assets/{asset_id}"))

    async def get_model(self, model_id: str) -> Model:
        """Fetch one model. Source: Scenario's SDK 2.4, `GET /models/{id}`."""
        return _read_document(Model, "model", await self._send("GET", f"/models/{model_id}"))

    async def get_assets(self, asset_ids: Sequence[str]) -> tuple[Asset, ...]:
        """Fetch up to 200 assets; unknown ids are left out. Source: Scenario's SDK 2.4, `POST /assets/get-bulk`."""
        return _read_documents(Asset, "assets", await self._get_bulk("/assets/get-bulk", {"assetIds": [*asset_ids]}))

    async def get_models(self, model_ids: Sequence[str]) -> tuple[Model, ...]:
        """Fetch up to 50 models; unknown ids are left out. Source: Scenario's SDK 2.4, `POST /models/get-bulk`."""
        body = {"modelIds": [*model_ids], "thumbnail": True}
        return _read_documents(Model, "models", await self._get_bulk("/models/get-bulk", body))

    async def _get_bulk(self, path: str, body: Mapping[str, Any]) -> bytes:
        return await self._send("POST", path, body=json.dumps(body, separators=(",", ":")).encode())

    async def _search(self, path: str, request: Search) -> bytes:
        body = json.dumps(request.body(), separators=(",", ":"), ensure_ascii=False).encode()
        if len(body) > MAX_BODY_BYTES:
            raise SearchRefused(
                f"The search is {len(body) / 1e6:.0f} MB, and Scenario takes {MAX_BODY_BYTES // 1_000_000} MB. "
                "Give fewer or smaller reference pictures, or asset ids in their place."
            )
        return await self._send("POST", path, request.url_parameters(), body)

    async def _send(
        self, method: str, path: str, url_parameters: Mapping[str, str] | None = None, body: bytes | None = None
    ) -> bytes:
        """Make one attempt. This is where a retry goes around: the errors say whether they are `retryable`."""
        query = urlencode({**self._url_parameters, **(url_parameters or {})})
        request = httpx.Request(
            method,
            f"{self._base_url}{path}?{query}" if query else f"{self._base_url}{path}",
            headers=self._headers if body is None else self._body_headers,
            content=body,
            extensions=self._extensions,
        )
        try:
            with anyio.fail_after(self._timeout_seconds):
                response = await self._http.send(request, auth=None, follow_redirects=False)
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            raise Unavailable(
                f"Scenario could not be reached at {self._host}. Check the network, a proxy, and SCENARIO_BASE_URL."
            ) from error
        except (TimeoutError, httpx.TimeoutException) as error:
            raise Unavailable(
                f"Scenario did not answer within {self._timeout_seconds:g} seconds. Try again, perhaps with a smaller "
                "limit; SCENARIO_MCP_TIMEOUT_SECONDS sets how long to wait."
            ) from error
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise Unavailable("The connection to Scenario broke before the answer was complete. Try again.") from error
        if response.status_code != httpx.codes.OK:
            raise self._refusal(response)
        return response.content

    def _refusal(self, response: httpx.Response) -> ScenarioError:
        """Turn a status other than 200 into what happened and what to do."""
        status = response.status_code
        problem = _read_problem(response.content)
        reason = self._vetted(problem)
        match status:
            case 400 | 422:
                return SearchRefused(f"Scenario refused the request ({status}){reason} Change the argument it names.")
            case 401:
                return NotAuthorized(
                    "Scenario did not accept the credentials (401). Check SCENARIO_SDK_API_KEY and "
                    "SCENARIO_SDK_API_SECRET, or SCENARIO_SDK_JWT, and restart the server."
                )
            case 403:
                return NotAuthorized(
                    f"Scenario accepts the key but does not allow this (403){reason} The key's scope, its project or "
                    "the plan forbids it; SCENARIO_PROJECT_ID names another project."
                )
            case 404:
                return NotFound(f"Scenario knows nothing at this address (404){reason} Check the id.")
            case 413:
                return SearchRefused("The request is too large for Scenario (413). Give fewer or smaller pictures.")
            case 429 if str(problem.get("code", "")).upper() == "QUOTA_EXCEEDED":
                return QuotaExceeded(
                    "The plan's quota for searches is used up (429). Waiting a little does not help: it renews with "
                    "the billing period, or a larger plan raises it."
                )
            case 429:
                wait_seconds = _wait_seconds(response.headers, problem)
                wait = f"{math.ceil(wait_seconds)} seconds" if wait_seconds and wait_seconds > 1 else "a moment"
                return RateLimited(
                    f"Scenario limits how often it may be asked (429). Wait {wait}, then try again.",
                    wait_seconds=wait_seconds,
                )
            case _ if httpx.codes.is_redirect(status):
                return Unavailable(f"{self._host} answered with a redirect ({status}). Check SCENARIO_BASE_URL.")
            case _ if httpx.codes.is_client_error(status) and status not in {408, 409}:
                return SearchRefused(f"Scenario refused the request ({status}){reason} Try a simpler search.")
            case _:
                return Unavailable(f"Scenario has a problem of its own ({status}). Try again in a minute.")

    def _vetted(self, problem: Mapping[str, Any]) -> str:
        """Return the upstream's reason as the rest of a sentence: one line, bounded, no addresses, no secrets."""
        text = next((text for text in _reasons(problem) if text.strip()), "")
        for secret in self._secrets:
            text = text.replace(secret, "[secret removed]")
        text = clean(without_links(text), MAX_REASON_CHARACTERS)
        return f': "{text.rstrip(".")}".' if text else "."


def _authorization(settings: Settings) -> str:
    if settings.api_key:
        pair = f"{settings.api_key}:{settings.api_secret}".encode("ascii")
        return "Basic " + base64.b64encode(pair).decode("ascii")
    return f"Bearer {settings.jwt}"


def _read_problem(body: bytes) -> dict[str, Any]:
    try:
        problem = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return problem if isinstance(problem, dict) else {}


def _reasons(problem: Mapping[str, Any]) -> list[str]:
    """List the places where an error body may hold its reason, best first (error bodies have at least five shapes)."""
    candidates = [problem.get(name) for name in ("reason", "message", "error", "detail", "apiError")]
    errors = problem.get("errors")
    for item in [*candidates, *(errors if isinstance(errors, list) else ())]:
        if isinstance(item, dict):
            candidates += [item.get("message"), item.get("reason")]
    return [text for text in candidates if isinstance(text, str)]


def _wait_seconds(headers: httpx.Headers, problem: Mapping[str, Any]) -> float | None:
    """Read how long to wait: `retry-after-ms`, else `Retry-After` in seconds or as a date, else the body's word."""
    waits = (
        _seconds(headers.get("retry-after-ms"), thousandths=True),
        _seconds(headers.get("retry-after")),
        _seconds(problem.get("remainingSeconds")),
    )
    return next((wait for wait in waits if wait is not None), None)


def _seconds(value: Any, *, thousandths: bool = False) -> float | None:
    """Return a wait of up to a day; None for anything that is not one."""
    try:
        date = email.utils.parsedate_tz(value) if isinstance(value, str) else None
        wait = float(value) if date is None else email.utils.mktime_tz(date) - time.time()
    except (ValueError, TypeError, OverflowError):
        return None
    wait = wait / 1000 if thousandths else wait
    return wait if 0 < wait < MAX_WAIT_SECONDS else None


def _read_page(
    page_type: type[SearchPage[DocumentT]], document_type: type[DocumentT], body: bytes
) -> SearchPage[DocumentT]:
    try:
        return page_type.model_validate_json(body)
    except ValidationError:
        answer = _read_answer(body)
    hits = answer.get("hits")
    if not isinstance(hits, list):
        raise _not_the_api()
    read = [_read_leniently(document_type, hit) for hit in hits]
    kept = tuple(hit for hit in read if hit is not None)
    rest = _read_leniently(page_type, {**answer, "hits": ()}) or page_type(hits=())
    return rest.model_copy(update={"hits": kept, "dropped": len(read) - len(kept)})


def _read_document(document_type: type[DocumentT], name: str, body: bytes) -> DocumentT:
    document = _read_leniently(document_type, _read_answer(body).get(name))
    if document is None:
        raise _not_the_api()
    return document


def _read_documents(document_type: type[DocumentT], name: str, body: bytes) -> tuple[DocumentT, ...]:
    """Read the documents of a bulk answer; what is none is left out, as an unknown id is."""
    raw = _read_answer(body).get(name)
    if not isinstance(raw, list):
        raise _not_the_api()
    read = [_read_leniently(document_type, item) for item in raw]
    return tuple(document for document in read if document is not None)


def _read_answer(body: bytes) -> dict[str, Any]:
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise _not_the_api() from error
    if not isinstance(answer, dict):
        raise _not_the_api()
    return answer


def _not_the_api() -> Unavailable:
    return Unavailable("What answered is not Scenario's API. Check SCENARIO_BASE_URL, or try again in a minute.")


def _read_leniently(model: type[ReplyT], raw: object) -> ReplyT | None:
    """Read one object without the fields that have a wrong type; None if what is left is not one."""
    try:
        return model.model_validate(raw)
    except ValidationError as error:
        if not isinstance(raw, dict):
            return None
        pruned = _without(raw, [detail["loc"] for detail in error.errors(include_url=False, include_input=False)])
    try:
        return model.model_validate(pruned)
    except ValidationError:
        return None


def _without(raw: Mapping[str, Any], locations: list[tuple[int | str, ...]]) -> dict[str, Any]:
    """Copy an object without the named fields; of a list with a bad item, the whole list goes."""
    copy = dict(raw)
    for first, *rest in filter(None, locations):  # an unreadable name has no location
        inner = copy.get(str(first))
        if rest and isinstance(inner, dict):
            copy[str(first)] = _without(inner, [tuple(rest)])
        else:
            copy.pop(str(first), None)
    return copy
