"""The only client of the API: a request model goes out, documents or a ScenarioError come back."""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache, partial
from typing import Any, TypeVar
from urllib.parse import urlencode

import httpx
from pydantic_core import to_json

from scenario_mcp.api.found_assets import FoundPage
from scenario_mcp.api.parsing import read_document, read_documents, read_found_assets, read_listing, read_page
from scenario_mcp.api.references import MAX_REQUEST_BYTES
from scenario_mcp.api.replies import Asset, Collection, Documents, ItemT, Listing, Model, SearchPage, Tag
from scenario_mcp.api.requests import AssetSearch, ModelSearch, ResolvedSearch
from scenario_mcp.credentials import Credentials
from scenario_mcp.errors import SearchRefused
from scenario_mcp.net.connections import USER_AGENT

CONNECT_TIMEOUT_SECONDS = 5.0
"""As in Scenario's own SDK."""
LIST_PAGE_SIZE = 100
"""As many items as the API lists at a time. Source: Scenario's SDK 2.4."""
MAX_LIST_PAGES = 10
"""Requests for one list: a project can have tags without end."""
SEARCH_ASSETS, SEARCH_MODELS = "/search/assets", "/search/models"

AnswerT = TypeVar("AnswerT")


class ScenarioClient:
    """Scenario's search API, over a `RetryTransport` or what is built around one; every method raises its errors."""

    def __init__(self, transport: httpx.AsyncBaseTransport, base_url: str, credentials: Credentials) -> None:
        self._transport = transport
        self._url_parameters = {"projectId": credentials.project_id} if credentials.project_id else {}
        # Built once and handed to every request as they are: merging a client's defaults costs more than the request.
        self._base_url = base_url
        self._urls = _search_urls(base_url)
        self._headers = httpx.Headers(
            {
                "Accept": "application/json",
                "Accept-Encoding": "gzip, deflate",
                "Authorization": credentials.authorization,
                "Connection": "keep-alive",
                "User-Agent": USER_AGENT,
            }
        )
        self._body_headers = httpx.Headers(
            [(b"Host", httpx.URL(base_url).netloc), *self._headers.raw, (b"Content-Type", b"application/json")]
        )
        # The rest of the time limits are the whole try's: one per read never ends a peer that sends byte by byte.
        self._timeout = httpx.Timeout(None, connect=CONNECT_TIMEOUT_SECONDS).as_dict()

    async def search_assets(self, search: ResolvedSearch[AssetSearch]) -> SearchPage[Asset]:
        """Search the project's assets, or the public ones. Source: Scenario's API reference, `POST /search/assets`."""
        return await self._ask("POST", SEARCH_ASSETS, _read_assets, search.body(), search.url_parameters())

    async def find_assets(self, search: ResolvedSearch[AssetSearch]) -> FoundPage | SearchPage[Asset]:
        """Search assets likewise, and read of them what hits show."""
        return await self._ask("POST", SEARCH_ASSETS, read_found_assets, search.body(), search.url_parameters())

    async def search_models(self, search: ResolvedSearch[ModelSearch]) -> SearchPage[Model]:
        """Search the project's models, or the public ones. Source: Scenario's API reference, `POST /search/models`."""
        return await self._ask("POST", SEARCH_MODELS, _read_models, search.body(), search.url_parameters())

    async def get_asset(self, asset_id: str) -> Asset:
        """Fetch one asset. Source: Scenario's SDK 2.4, `GET /assets/{id}`."""
        return await self._ask("GET", f"/assets/{asset_id}", partial(read_document, Asset, "asset"))

    async def get_model(self, model_id: str) -> Model:
        """Fetch one model. Source: Scenario's SDK 2.4, `GET /models/{id}`."""
        return await self._ask("GET", f"/models/{model_id}", partial(read_document, Model, "model"))

    async def get_assets(self, asset_ids: Sequence[str]) -> Documents[Asset]:
        """Fetch up to 200 assets; unknown ids are left out. Source: Scenario's SDK 2.4, `POST /assets/get-bulk`."""
        body = {"assetIds": [*asset_ids]}
        return await self._ask("POST", "/assets/get-bulk", partial(read_documents, Asset, "assets"), body)

    async def get_models(self, model_ids: Sequence[str]) -> Documents[Model]:
        """Fetch up to 50 models; unknown ids are left out. Source: Scenario's SDK 2.4, `POST /models/get-bulk`."""
        body = {"modelIds": [*model_ids], "thumbnail": True}
        return await self._ask("POST", "/models/get-bulk", partial(read_documents, Model, "models"), body)

    async def list_tags(self, most_pages: int = MAX_LIST_PAGES) -> Listing[Tag]:
        """List the project's tags, the first 1,000. Source: Scenario's SDK 2.4, `GET /tags`."""
        return await self._list("/tags", partial(read_listing, Tag, "tags"), most_pages)

    async def list_collections(self, most_pages: int = MAX_LIST_PAGES) -> Listing[Collection]:
        """List the project's collections, the first 1,000. Source: Scenario's SDK 2.4, `GET /collections`."""
        return await self._list("/collections", partial(read_listing, Collection, "collections"), most_pages)

    async def _list(self, path: str, read: Callable[[bytes], Listing[ItemT] | None], most_pages: int) -> Listing[ItemT]:
        """Ask for page after page, at most `most_pages`; a token that comes again ends the list."""
        items: list[ItemT] = []
        tokens: list[str] = []
        is_whole = True
        for _ in range(most_pages):
            more = {"paginationToken": tokens[-1]} if tokens else {}
            page = await self._ask("GET", path, read, url_parameters={"pageSize": str(LIST_PAGE_SIZE), **more})
            items += page.items
            is_whole = is_whole and page.is_whole
            if page.next_token is None:
                return Listing(tuple(items), is_whole=is_whole)
            if page.next_token in tokens:
                break
            tokens.append(page.next_token)
        return Listing(tuple(items), tokens[-1], is_whole=False)

    async def _ask(
        self,
        method: str,
        path: str,
        read: Callable[[bytes], AnswerT | None],
        body: Mapping[str, Any] | None = None,
        url_parameters: Mapping[str, str] | None = None,
    ) -> AnswerT:
        """Return the answer as `read` reads it, which returns None for what is not the API's."""
        extensions = {"timeout": self._timeout, "read": read}
        request = self._request(method, path, {**self._url_parameters, **(url_parameters or {})}, body, extensions)
        response = await self._transport.handle_async_request(request)
        answer: AnswerT = response.extensions["answer"]
        return answer

    def _request(
        self,
        method: str,
        path: str,
        url_parameters: Mapping[str, str],
        body: Mapping[str, Any] | None,
        extensions: dict[str, Any],
    ) -> httpx.Request:
        url = self._urls.get(path) or httpx.URL(self._base_url + path)
        if url_parameters:
            url = httpx.URL(f"{self._base_url}{path}?{urlencode(url_parameters)}")
        if body is None:
            return httpx.Request(method, url, headers=self._headers, extensions=extensions)
        content = to_json(body)
        if len(content) > MAX_REQUEST_BYTES:
            raise SearchRefused(
                f"The search is {len(content) / 1e6:.0f} MB, and Scenario takes {MAX_REQUEST_BYTES // 1_000_000} MB. "
                "Give fewer or smaller reference pictures, or asset ids in their place."
            )
        # With all its headers and a stream of its own, httpx does not look for headers that are missing.
        stream = httpx.ByteStream(content)
        request = httpx.Request(method, url, headers=self._body_headers, stream=stream, extensions=extensions)
        request.headers["Content-Length"] = str(len(content))
        request.read()
        return request


@lru_cache(1)
def _search_urls(base_url: str) -> Mapping[str, httpx.URL]:
    """Return the addresses of searches by path: a server has one base URL, and a client for each caller."""
    return {path: httpx.URL(base_url + path) for path in (SEARCH_ASSETS, SEARCH_MODELS)}


def is_search(request: httpx.Request) -> bool:
    """Whether a request of the client's is a search, which counts against the plan's quota."""
    return request.method == "POST" and request.url.path.endswith((SEARCH_ASSETS, SEARCH_MODELS))


_read_assets = partial(read_page, SearchPage[Asset], Asset)
_read_models = partial(read_page, SearchPage[Model], Model)
