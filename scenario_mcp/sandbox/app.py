"""The wire contract as a Starlette app: the API under `/v1`, and the CDN that its links lead to."""

import base64
import hmac
from collections.abc import Iterable, Mapping
from functools import partial
from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route, Router
from starlette.types import ASGIApp, Receive, Scope, Send

from scenario_mcp.sandbox import api_errors
from scenario_mcp.sandbox.api import Api
from scenario_mcp.sandbox.api_errors import REJECTIONS, ApiError
from scenario_mcp.sandbox.catalogue import Catalogue
from scenario_mcp.sandbox.faults import FaultPlan, Faults
from scenario_mcp.sandbox.signing import LinkSigner
from scenario_mcp.sandbox.similarity.visual.catalogue import CatalogueLooks

if TYPE_CHECKING:
    from scenario_mcp.sandbox.pictures import Pictures

API_KEY = API_SECRET = "sandbox"  # noqa: S105  # a public word that guards nothing


def create_app(
    catalogue: Catalogue, *, api_key: str = API_KEY, api_secret: str = API_SECRET, faults: FaultPlan | None = None
) -> Starlette:
    """Serve a catalogue under `/v1` as Scenario's API does, and its media under `/cdn`.

    `/v1` takes HTTP Basic with the key and the secret, or the secret as a bearer token, and fails as `faults` plans.
    """
    signer = LinkSigner(api_secret)
    looks = CatalogueLooks(catalogue)
    api = Api(catalogue, looks, signer)
    cdn = _Cdn(catalogue, signer)
    routes = api.routes()
    v1 = Router(
        routes,
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
            HTTPException: partial(_answer_routing_error, routes),
            **dict.fromkeys(REJECTIONS, _answer_rejection),
        },
    )


class _Cdn:
    """The media behind signed links; no credentials are needed."""

    def __init__(self, catalogue: Catalogue, signer: LinkSigner) -> None:
        self._catalogue = catalogue
        self._pictures: Pictures | None = None
        self._signer = signer

    async def get_resized(self, request: Request) -> Response:
        return await self._get(request, request.query_params)

    async def get_original(self, request: Request) -> Response:
        return await self._get(request, {})

    async def _get(self, request: Request, wanted: Mapping[str, str]) -> Response:
        if not self._signer.is_valid(request.url.path, request.query_params):
            return api_errors.access_denied()
        # Imported here: Pillow takes a tenth of the time to the first answer to a search.
        from scenario_mcp.sandbox.pictures import Pictures, Resizing

        self._pictures = self._pictures or Pictures(self._catalogue)
        asset_id = request.path_params["id"]
        media = await self._pictures.render(asset_id, Resizing.from_query(wanted))
        if media is None:
            raise api_errors.gone() if self._catalogue.had_file(asset_id) else api_errors.not_found("File")
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


async def _answer_rejection(_: Request, error: Exception) -> Response:
    return api_errors.bad_request(error).response()


async def _answer_error(_: Request, error: Exception) -> Response:
    assert isinstance(error, ApiError)  # noqa: S101  # registered for this class only
    return error.response()


async def _answer_routing_error(routes: Iterable[Route], request: Request, error: Exception) -> Response:
    """Reply to a path or a method that Starlette's router does not find."""
    status = error.status_code if isinstance(error, HTTPException) else 404
    named = [
        f"{method} /v1{route.path}" for route in routes for method in sorted(route.methods or ()) if method != "HEAD"
    ]
    return api_errors.no_route(status, request.method, named).response()
