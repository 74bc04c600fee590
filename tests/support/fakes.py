"""The network, faked at its one seam: an httpx transport that answers from memory and keeps what it was sent."""

import io
import json
import unicodedata
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from PIL import Image

from scenario_mcp.api.client import ScenarioClient
from scenario_mcp.api.replies import Asset, SearchPage
from scenario_mcp.api.requests import AssetSearch
from scenario_mcp.api.retries import RetryTransport
from scenario_mcp.backend import Connections, Scenario, connect
from scenario_mcp.credentials import Credentials
from scenario_mcp.errors import ScenarioError
from scenario_mcp.recent_ids import RecentIds
from scenario_mcp.settings import Settings

API_KEY = "api_4kQ7key"
API_SECRET = "9fT2vXsecret"
SETTINGS = Settings(Credentials(API_KEY, API_SECRET))

SIGNATURE = "Policy=eyJTdGF0&Signature=q~W-3_x&Key-Pair-Id=K1"
SIGNED_URL = f"https://cdn.cloud.scenario.com/assets-transform/asset_1?p=100&{SIGNATURE}"
"""A resizable picture's address, of the form that the CDN signs."""

PUBLIC_ADDRESS = "93.184.215.14"

Answer = httpx.Response | Exception | Callable[[httpx.Request], httpx.Response]


class Network(httpx.AsyncBaseTransport):
    """Answers every request alike; `requests` holds them as they were sent."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer
        self.requests: list[httpx.Request] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        await request.aread()
        self.requests.append(request)
        if isinstance(self._answer, Exception):
            raise self._answer
        return self._answer if isinstance(self._answer, httpx.Response) else self._answer(request)

    @property
    def request(self) -> httpx.Request:
        """The one request that was sent."""
        (request,) = self.requests
        return request

    def client(self, settings: Settings = SETTINGS) -> ScenarioClient:
        """Open the API's client over this network."""
        return client_over(self, settings, sleep=no_wait)

    def scenario(self, settings: Settings = SETTINGS) -> Scenario:
        """Open all that answers over this network; every name leads to one public address."""
        http = httpx.AsyncClient(transport=self)
        connections = Connections(self, http, http)
        client = self.client(settings)
        return connect(settings, connections, client, RecentIds(), local_files=True, resolve=_resolve)


def client_over(transport: httpx.AsyncBaseTransport, settings: Settings = SETTINGS, **options: Any) -> ScenarioClient:
    """Open the API's client over a transport; the options are those of its tries."""
    retrying = RetryTransport(transport, settings, settings.credentials, **options)
    return ScenarioClient(retrying, settings.upstream.base_url, settings.credentials)


async def no_wait(_seconds: float) -> None:
    """Stand in for the sleep between two tries."""


async def _resolve(_host: str) -> tuple[str, ...]:
    return (PUBLIC_ADDRESS,)


def asked(request: httpx.Request) -> str:
    """Return the address that was asked for, by its host's name where the connection went to a checked address."""
    return str(request.url).replace(f"//{PUBLIC_ADDRESS}/", f"//{request.headers['Host']}/", 1)


def picture(side: int = 4, file_format: str = "PNG") -> bytes:
    """Draw a real picture, a square."""
    buffer = io.BytesIO()
    Image.new("RGB", (side, side), "teal").save(buffer, file_format)
    return buffer.getvalue()


def answering(document: Any, status: int = 200, headers: dict[str, str] | None = None) -> Network:
    """Make a network that answers with this JSON, or with these bytes as they are."""
    content = document if isinstance(document, bytes) else json.dumps(document).encode()
    return Network(lambda _: httpx.Response(status, headers=headers, content=content))


def is_plain(text: str) -> bool:
    """Tell whether a text is one line without controls, lone surrogates and what turns or hides its characters."""
    categories = {unicodedata.category(character) for character in text}
    hidden = ("\u200b", "\u200e", "\u200f", "\u202e", "\u2066", "\ufeff", "\U000e0041")
    return not categories & {"Cc", "Cs", "Zl", "Zp"} and not any(character in text for character in hidden)


def asset_document() -> dict[str, Any]:
    """Return an asset with every field of the API's reference, each with a value of its own."""
    return {
        "id": "asset_GTrL3mq4SXWyMxkOHRxlpw",
        "authorId": "user_author",
        "collectionIds": ["collection_1", "collection_2"],
        "createdAt": "2026-01-16T11:19:41.579Z",
        "metadata": {
            "aspectRatio": "16:9",
            "baseModelId": "flux.1-dev",
            "guidance": 3.5,
            "height": 576.0,
            "kind": "video",
            "modelId": "model_made_it",
            "modelType": "flux.1",
            "name": "Knight at the gate",
            "negativePrompt": "blurry",
            "negativePromptStrength": 0.25,
            "numInferenceSteps": 28.0,
            "parentJobId": "job_parent",
            "prompt": "a knight at a gate",
            "scheduler": "EulerDiscreteScheduler",
            "seed": "1234567",
            "size": 2048.0,
            "text": "who goes there",
            "thumbnail": {"assetId": "asset_canvas"},
            "type": "canvas",
            "width": 1024.0,
        },
        "mimeType": "video/mp4",
        "nsfw": ["suggestive", "violence"],
        "ownerId": "proj_owner",
        "properties": {"hasFullPreview": True, "preview": "A line."},
        "privacy": "unlisted",
        "tags": ["knight", "gate"],
        "teamId": "team_1",
        "updatedAt": "2026-02-17T12:20:42.680Z",
        "url": f"https://cdn.cloud.scenario.com/assets/asset_G?{SIGNATURE}",
        "description": "A knight waits at a gate.",
        "score": 0.75,
        "thumbnail": {
            "assetId": "asset_still",
            "url": f"https://cdn.cloud.scenario.com/assets/asset_still?{SIGNATURE}",
        },
        "transcription": "Who goes there?",
        "content": "Halt, it says on the gate.",
    }


def model_document() -> dict[str, Any]:
    """Return a model with every field of the API's reference, each with a value of its own."""
    return {
        "id": "model_GTrL3mq4SXWyMxkOHRxlpw",
        "authorId": "user_author",
        "capabilities": ["txt2img", "img2img"],
        "collectionIds": ["collection_3"],
        "concepts": [{"modelId": "model_concept_1"}, {"modelId": "model_concept_2"}],
        "createdAt": "2025-01-16T11:19:41.579Z",
        "exampleAssetIds": ["asset_example_1", "asset_example_2"],
        "name": "Pixel Dungeon",
        "ownerId": "proj_model_owner",
        "privacy": "public",
        "shortDescription": "Tiles and monsters",
        "source": "training",
        "tags": ["pixel-art"],
        "teamId": "team_2",
        "trainingImagesNumber": 31.0,
        "type": "flux.1-lora",
        "updatedAt": "2025-02-17T12:20:42.680Z",
        "parentModelId": "model_parent",
        "score": 0.5,
        "thumbnail": {"assetId": "asset_cover", "url": SIGNED_URL},
    }


async def failure_of(network: Network, settings: Settings = SETTINGS) -> ScenarioError:
    """Search once, with one try; return what that came to."""
    client = client_over(network, settings, tries=1)
    with pytest.raises(ScenarioError) as refused:
        await client.search_assets(AssetSearch(query="castle").resolve())
    assert str(refused.value) == refused.value.message
    return refused.value


async def found(document: Any) -> SearchPage[Asset]:
    """Search once; return what is made of this answer."""
    return await answering(document).client().search_assets(AssetSearch(query="castle").resolve())
