"""The wire contract as a Starlette app: search, documents by id, and the CDN that their links lead to.

Paths, bodies and answers follow Scenario's API reference, and for answers by id Scenario's SDK 2.4.
"""

import base64
import hmac
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, TypeAlias

import anyio.to_thread
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route, Router
from starlette.types import ASGIApp, Receive, Scope, Send

from scenario_mcp.api.references import MAX_REQUEST_BYTES
from scenario_mcp.sandbox import api_errors, replies, requests
from scenario_mcp.sandbox.api_errors import REJECTIONS, ApiError
from scenario_mcp.sandbox.catalogue import Catalogue, Document
from scenario_mcp.sandbox.faults import FaultPlan, Faults
from scenario_mcp.sandbox.pictures import InvalidParameter, Pictures, Resizing
from scenario_mcp.sandbox.search import SearchIndex
from scenario_mcp.sandbox.signing import LinkSigner
from scenario_mcp.sandbox.similarity.visual.catalogue import CatalogueLooks

API_KEY = API_SECRET = "sandbox"  # noqa: S105  # a public word that guards nothing
PROJECT_ID = "proj_sandbox"
"""The project that the sandbox's key belongs to."""
KINDS_WITH_PREVIEW = frozenset({"text", "json"})
MAX_BULK_ASSETS = 200
MAX_BULK_MODELS = 50

Reply: TypeAlias = Callable[[Document, replies.Link], dict[str, Any]]


def create_app(
    catalogue: Catalogue, *, api_key: str = API_KEY, api_secret: str = API_SECRET, faults: FaultPlan | None = None
) -> Starlette:
    """Serve a catalogue under `/v1` as Scenario's API does, and its media under `/cdn`.

    `/v1` takes HTTP Basic with the key and the secret, or the secret as a bearer token, and fails as `faults` plans.
    """
    signer = LinkSigner(api_secret)
    looks = CatalogueLooks(catalogue)
    api = _Api(catalogue, looks, signer)
    cdn = _Cdn(catalogue, signer)
    v1 = Router(
        [
            Route("/search/assets", api.search_assets, methods=["POST"]),
            Route("/search/models", api.search_models, methods=["POST"]),
            Route("/assets/get-bulk", api.get_assets, methods=["POST"]),
            Route("/models/get-bulk", api.get_models, methods=["POST"]),
            Route("/assets/{id}", api.get_asset),
            Route("/models/{id}", api.get_model),
        ],
        redirect_slashes=False,
        middleware=[
            Middleware(_Authentication, api_key=api_key, api_secret=api_secret),
            Middleware(Faults, plan=faults),
        ],
    )
    return Starlette(
        routes=[
            Mount("/v1", v1),
            Route("/cdn/assets-transform/{id}", cdn.get_resized),
            Route("/cdn/assets/{id}", cdn.get_original),
        ],
        exception_handlers={
            ApiError: _answer_error,
            HTTPException: _answer_routing_error,
            **dict.fromkeys(REJECTIONS, _answer_rejection),
        },
    )


class _Api:
    """The endpoints under `/v1`."""

    def __init__(self, catalogue: Catalogue, looks: CatalogueLooks, signer: LinkSigner) -> None:
        self._catalogue = catalogue
        self._signer = signer
        self._assets = SearchIndex(catalogue, "assets", looks)
        self._models = SearchIndex(catalogue, "models", looks)

    async def search_assets(self, request: Request) -> Response:
        return await self._search(request, self._assets, replies.asset_hit)

    async def search_models(self, request: Request) -> Response:
        return await self._search(request, self._models, replies.model_hit)

    async def get_asset(self, request: Request) -> Response:
        link = self._links(request)
        asset = next(self._visible(self._catalogue.assets, [request.path_params["id"]]), None)
        if asset is None:
            raise api_errors.not_found("Asset")
        return JSONResponse({"asset": await self._by_id(asset, link)})

    async def get_model(self, request: Request) -> Response:
        link = self._links(request)
        model = next(self._visible(self._catalogue.models, [request.path_params["id"]]), None)
        if model is None:
            raise api_errors.not_found("Model")
        return JSONResponse({"model": replies.model_by_id(model, link)})

    async def get_assets(self, request: Request) -> Response:
        link = self._links(request)
        ids = requests.read_ids(await _read_json(request), "assetIds", MAX_BULK_ASSETS)
        assets = [await self._by_id(asset, link) for asset in self._visible(self._catalogue.assets, ids)]
        return JSONResponse({"assets": assets})

    async def _by_id(self, asset: Document, link: replies.Link) -> dict[str, Any]:
        metadata = asset.get("metadata")
        has_preview = isinstance(metadata, Mapping) and metadata.get("kind") in KINDS_WITH_PREVIEW
        file = await anyio.to_thread.run_sync(self._catalogue.media, str(asset["id"])) if has_preview else None
        return replies.asset_by_id(asset, link, file.content if file else None)

    async def get_models(self, request: Request) -> Response:
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
        link = self._links(request)
        search = requests.read_search(await _read_json(request))
        result = await anyio.to_thread.run_sync(index.search, search, PROJECT_ID)
        return JSONResponse({"hits": [reply(hit, link) for hit in result.hits], **result.counts})

    def _links(self, request: Request) -> replies.Link:
        """Return how to link to an asset, as the URL parameters that all endpoints share ask for."""
        folder = "assets" if _wants_originals(request.query_params) else "assets-transform"
        # Without the mount: request.base_url would end with /v1 here.
        base_url = f"{request.url.scheme}://{request.url.netloc}"
        return lambda asset_id: self._signer.sign(base_url, f"/cdn/{folder}/{asset_id}")


class _Cdn:
    """The media behind signed links; no credentials are needed."""

    def __init__(self, catalogue: Catalogue, signer: LinkSigner) -> None:
        self._pictures = Pictures(catalogue)
        self._signer = signer

    async def get_resized(self, request: Request) -> Response:
        return await self._get(request, Resizing.from_query)

    async def get_original(self, request: Request) -> Response:
        return await self._get(request, lambda _: Resizing())

    async def _get(self, request: Request, read_resizing: Callable[[Mapping[str, str]], Resizing]) -> Response:
        if not self._signer.is_valid(request.url.path, request.query_params):
            return api_errors.access_denied()
        media = await self._pictures.render(request.path_params["id"], read_resizing(request.query_params))
        if media is None:
            raise api_errors.not_found("File")
        return Response(media.content, media_type=media.mime_type)


class _Authentication:
    """Lets requests through that carry the key."""

    def __init__(self, app: ASGIApp, *, api_key: str, api_secret: str) -> None:
        self._app = app
        pair = base64.b64encode(f"{api_key}:{api_secret}".encode())
        self._accepted = (b"basic " + pair, b"bearer " + api_secret.encode())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        given = dict(scope["headers"]).get(b"authorization", b"")
        scheme, _, credentials = given.partition(b" ")
        normalised = scheme.lower() + b" " + credentials.strip()
        # Both are always compared, so that the time tells nothing.
        if not any([hmac.compare_digest(normalised, accepted) for accepted in self._accepted]):  # noqa: C419  # see above
            raise api_errors.unauthorized()
        await self._app(scope, receive, send)


def _wants_originals(parameters: Mapping[str, str]) -> bool:
    """Check the URL parameters that all endpoints share; return whether links lead to the original files."""
    project_id = parameters.get("projectId", PROJECT_ID)
    if project_id != PROJECT_ID:
        raise api_errors.foreign_project(project_id)
    wants_originals = parameters.get("originalAssets", "false")
    if wants_originals not in {"true", "false"}:
        raise InvalidParameter("`originalAssets` must be true or false")
    return wants_originals == "true"


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


async def _answer_rejection(_: Request, error: Exception) -> Response:
    return api_errors.bad_request(error).response()


async def _answer_error(_: Request, error: Exception) -> Response:
    assert isinstance(error, ApiError)  # noqa: S101  # registered for this class only
    return error.response()


async def _answer_routing_error(_: Request, error: Exception) -> Response:
    """Reply to a path or a method that Starlette's router does not find."""
    is_method = isinstance(error, HTTPException) and error.status_code == 405  # noqa: PLR2004  # the status is the name
    return (api_errors.method_not_allowed() if is_method else api_errors.not_found("Path")).response()
