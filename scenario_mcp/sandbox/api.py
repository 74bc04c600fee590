"""The endpoints under `/v1`: search, documents by id, and lists of documents, tags and collections.

Paths, bodies and answers follow Scenario's API reference, and what it leaves out Scenario's SDK 2.4.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeAlias, TypeVar

import anyio.to_thread
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from scenario_mcp.api.references import MAX_REQUEST_BYTES
from scenario_mcp.sandbox import api_errors, replies, requests, url_parameters
from scenario_mcp.sandbox.catalogue import Catalogue, Document
from scenario_mcp.sandbox.labels import Labels
from scenario_mcp.sandbox.search import SearchIndex, SearchResult
from scenario_mcp.sandbox.signing import LinkSigner
from scenario_mcp.sandbox.similarity.visual.catalogue import CatalogueLooks
from scenario_mcp.sandbox.url_parameters import PROJECT_ID

KINDS_WITH_PREVIEW = frozenset({"text", "json"})
MAX_BULK_ASSETS = 200
MAX_BULK_MODELS = 50
DEFAULT_PAGE_SIZE = 50
DEFAULT_COLLECTIONS_PAGE_SIZE = 10

Reply: TypeAlias = Callable[[Document, replies.Link], dict[str, Any]]
ItemT = TypeVar("ItemT")


class Api:
    """The endpoints over one catalogue."""

    def __init__(self, catalogue: Catalogue, looks: CatalogueLooks, signer: LinkSigner) -> None:
        self._catalogue = catalogue
        self._signer = signer
        self._assets = SearchIndex(catalogue, "assets", looks)
        self._models = SearchIndex(catalogue, "models", looks)
        self._labels = Labels(catalogue, self._assets, self._models, PROJECT_ID)

    def routes(self) -> list[Route]:
        """Return all paths that there are."""
        return [
            Route("/search/assets", self._search_assets, methods=["POST"]),
            Route("/search/models", self._search_models, methods=["POST"]),
            Route("/search/workflows", self._search_workflows, methods=["POST"]),
            Route("/assets", self._list_assets, methods=["GET"]),
            Route("/models", self._list_models, methods=["GET"]),
            Route("/tags", self._list_tags, methods=["GET"]),
            Route("/collections", self._list_collections, methods=["GET"]),
            Route("/assets/get-bulk", self._get_assets, methods=["POST"]),
            Route("/models/get-bulk", self._get_models, methods=["POST"]),
            Route("/assets/{id}", self._get_asset, methods=["GET"]),
            Route("/models/{id}", self._get_model, methods=["GET"]),
        ]

    async def _search_assets(self, request: Request) -> Response:
        return await self._search(request, self._assets, replies.asset_hit)

    async def _search_models(self, request: Request) -> Response:
        return await self._search(request, self._models, replies.model_hit)

    async def _search_workflows(self, request: Request) -> Response:
        """Find nothing: the sandbox has no workflows."""
        search = await self._read_search(request)
        return JSONResponse({"hits": [], **search.paging.counts(0)})

    async def _list_assets(self, request: Request) -> Response:
        link = self._links(request, url_parameters.ASSET_LIST)
        assets, more = await self._list(request, self._assets)
        return JSONResponse({"assets": [await self._by_id(asset, link) for asset in assets], **more})

    async def _list_models(self, request: Request) -> Response:
        link = self._links(request, url_parameters.MODEL_LIST)
        models, more = await self._list(request, self._models)
        return JSONResponse({"models": [replies.model_by_id(model, link) for model in models], **more})

    async def _list(self, request: Request, index: SearchIndex) -> tuple[Sequence[Document], dict[str, str]]:
        """Return a page of documents, and the token of the next one if there is any."""
        wanted = url_parameters.read_list(request.query_params, DEFAULT_PAGE_SIZE)
        documents = await anyio.to_thread.run_sync(index.list, wanted, PROJECT_ID)
        request.state.hits = min(len(documents), wanted.paging.limit - 1)
        return _page(documents, wanted.paging.offset, wanted.paging.limit - 1)

    async def _list_tags(self, request: Request) -> Response:
        url_parameters.check(request.query_params, url_parameters.PAGE)
        offset, size = url_parameters.read_page(request.query_params, DEFAULT_PAGE_SIZE)
        tags, more = _page(await anyio.to_thread.run_sync(self._labels.tags, offset, size + 1), offset, size)
        return JSONResponse({"tags": tags, **more})

    async def _list_collections(self, request: Request) -> Response:
        link = self._links(request, url_parameters.PAGE)
        offset, size = url_parameters.read_page(request.query_params, DEFAULT_COLLECTIONS_PAGE_SIZE)
        found = await anyio.to_thread.run_sync(self._labels.collections, offset, size + 1)
        collections, more = _page(found, offset, size)
        linked = [replies.with_thumbnail(collection, link) for collection in collections]
        return JSONResponse({"collections": linked, **more})

    async def _get_asset(self, request: Request) -> Response:
        link = self._links(request, url_parameters.BY_ID)
        asset = next(self._visible(self._catalogue.assets, [request.path_params["id"]]), None)
        if asset is None:
            raise api_errors.not_found("Asset")
        return JSONResponse({"asset": await self._by_id(asset, link)})

    async def _get_model(self, request: Request) -> Response:
        link = self._links(request)
        model = next(self._visible(self._catalogue.models, [request.path_params["id"]]), None)
        if model is None:
            raise api_errors.not_found("Model")
        return JSONResponse({"model": replies.model_by_id(model, link)})

    async def _get_assets(self, request: Request) -> Response:
        link = self._links(request)
        ids = requests.read_ids(await _read_json(request), "assetIds", MAX_BULK_ASSETS)
        assets = [await self._by_id(asset, link) for asset in self._visible(self._catalogue.assets, ids)]
        return JSONResponse({"assets": assets})

    async def _by_id(self, asset: Document, link: replies.Link) -> dict[str, Any]:
        metadata = asset.get("metadata")
        has_preview = isinstance(metadata, Mapping) and metadata.get("kind") in KINDS_WITH_PREVIEW
        file = await anyio.to_thread.run_sync(self._catalogue.media, str(asset["id"])) if has_preview else None
        if self._catalogue.is_own:
            copies = await anyio.to_thread.run_sync(self._catalogue.copies, str(asset["id"]))
            asset = {**asset, "copies": copies} if copies else asset
        return replies.asset_by_id(asset, link, file.content if file else None)

    async def _get_models(self, request: Request) -> Response:
        """Answer without thumbnails unless the body asks for them, as Scenario's SDK describes it."""
        link = self._links(request)
        body = await _read_json(request)
        ids = requests.read_ids(body, "modelIds", MAX_BULK_MODELS)
        models = [replies.model_by_id(model, link) for model in self._visible(self._catalogue.models, ids)]
        if not requests.read_flag(body, "thumbnail"):
            for model in models:
                model.pop("thumbnail", None)
        return JSONResponse({"models": models})

    def _visible(self, documents: Mapping[str, Document], ids: Iterable[str]) -> Iterator[Document]:
        """Yield the documents that the key may read, in the order of the ids: its own and those not private."""
        for key in ids:
            document = documents.get(key)
            if document is not None and (
                self._catalogue.is_own or document.get("ownerId") == PROJECT_ID or document.get("privacy") != "private"
            ):
                yield document

    async def _search(self, request: Request, index: SearchIndex, reply: Reply) -> Response:
        link = self._links(request, url_parameters.SEARCH_PAGING)
        search = await self._read_search(request)

        def find() -> SearchResult:
            if self._catalogue.reading is not None:
                self._catalogue.reading.look()
            return index.search(search, PROJECT_ID)

        result = await anyio.to_thread.run_sync(find)
        request.state.hits = len(result.hits)
        return JSONResponse({"hits": [reply(hit, link) for hit in result.hits], **result.counts})

    async def _read_search(self, request: Request) -> requests.SearchRequest:
        url_parameters.check(request.query_params, url_parameters.SEARCH_PAGING)
        body = await _read_json(request)
        search = requests.read_search(url_parameters.merged_paging(body, request.query_params))
        return replace(search, is_engine_older=getattr(request.state, "is_engine_older", False))

    def _links(self, request: Request, known: Iterable[str] = ()) -> replies.Link:
        """Check the URL parameters of an endpoint; return how to link to an asset as they ask."""
        url_parameters.check(request.query_params, known)
        folder = "assets" if url_parameters.wants_originals(request.query_params) else "assets-transform"
        # Without the mount: request.base_url would end with /v1 here.
        base_url = f"{request.url.scheme}://{request.url.netloc}"
        return lambda asset_id: self._signer.sign(base_url, f"/cdn/{folder}/{asset_id}")


def _page(items: Sequence[ItemT], offset: int, size: int) -> tuple[Sequence[ItemT], dict[str, str]]:
    """Return at most `size` items, and the token of the next page if there are more."""
    more = {"nextPaginationToken": url_parameters.token_after(offset + size)} if len(items) > size else {}
    return items[:size], more


async def _read_json(request: Request) -> object:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_REQUEST_BYTES:
            raise api_errors.body_too_large(MAX_REQUEST_BYTES)
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as error:
        raise requests.InvalidBody("The request body is not valid JSON") from error
