"""The sandbox's wire contract, asked as a client asks it."""

import json
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import anyio
import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scenario_mcp.errors import SettingsRefused
from scenario_mcp.sandbox.app import create_app
from scenario_mcp.sandbox.catalogue import Catalogue, Document
from tests.support.examples import examples

KNIGHT = {
    "id": "asset_knight",
    "authorId": "user_ann",
    "collectionIds": ["col_heroes"],
    "createdAt": "2026-01-02T10:00:00.000Z",
    "metadata": {
        "kind": "image",
        "type": "inference-txt2img",
        "name": "Knight",
        "prompt": "a knight in silver armour",
        "width": 1024,
        "height": 768,
        "size": 1000,
    },
    "mimeType": "image/png",
    "nsfw": [],
    "ownerId": "proj_sandbox",
    "privacy": "private",
    "tags": ["hero"],
    "teamId": "team_sandbox",
    "updatedAt": "2026-01-03T10:00:00.000Z",
}
RIDE = {
    "id": "asset_ride",
    "createdAt": "2026-02-02T10:00:00.000Z",
    "metadata": {"kind": "video", "type": "img2video", "name": "Ride", "thumbnail": {"assetId": "asset_knight"}},
    "mimeType": "video/mp4",
    "ownerId": "proj_sandbox",
    "privacy": "unlisted",
    "tags": ["hero"],
    "thumbnail": {"assetId": "asset_knight"},
}
FOREIGN = {"id": "asset_foreign", "ownerId": "proj_other", "privacy": "public", "tags": ["hero"]}
HIDDEN = {"id": "asset_hidden", "ownerId": "proj_other", "privacy": "private", "tags": ["hero"]}
STYLE = {
    "id": "model_style",
    "name": "Ink style",
    "capabilities": ["txt2img"],
    "concepts": [{"modelId": "model_base"}],
    "exampleAssetIds": ["asset_knight"],
    "ownerId": "proj_sandbox",
    "privacy": "private",
    "source": "training",
    "thumbnail": {"assetId": "asset_knight"},
    "type": "flux.1-lora",
}
CUSTOM = {
    "id": "model_custom",
    "ownerId": "proj_sandbox",
    "privacy": "public",
    "type": "custom",
    "source": "huggingface",
}
BY_TAG = {"filter": "tags = hero"}
THERE = (
    "The sandbox has POST /v1/search/assets, POST /v1/search/models, POST /v1/search/workflows, GET /v1/assets, "
    "GET /v1/models, GET /v1/tags, GET /v1/collections, POST /v1/assets/get-bulk, POST /v1/models/get-bulk, "
    "GET /v1/assets/{id}, GET /v1/models/{id}"
)
NOTHING_TO_SEARCH_BY = "At least one of the following fields must have a value: `query`, `filter`, `image`, or `images`"


def write_catalogue(folder: Path) -> Path:
    for name, documents in (("assets", [KNIGHT, RIDE, FOREIGN, HIDDEN]), ("models", [STYLE, CUSTOM])):
        (folder / f"{name}.jsonl").write_text("\n".join(map(json.dumps, documents)) + "\n\n", encoding="utf-8")
    return folder


@pytest.fixture
async def client(tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(create_app(Catalogue.load(write_catalogue(tmp_path))))
    async with httpx.AsyncClient(
        transport=transport, base_url="http://sandbox/v1", auth=("sandbox", "sandbox")
    ) as client:
        yield client


def unsigned(value: Any) -> Any:
    """Replace each signed URL by its path."""
    if isinstance(value, dict):
        return {name: unsigned(member) for name, member in value.items()}
    if isinstance(value, list):
        return [unsigned(member) for member in value]
    return urlsplit(value).path if isinstance(value, str) and value.startswith("http://sandbox/") else value


def refusal(response: httpx.Response) -> tuple[int, str, str]:
    """Return an error's status, code and reason; its only other field is the trace id."""
    body = response.json()
    assert len(body.pop("trace_id")) == 32
    assert set(body) == {"reason", "code"}
    return response.status_code, body["code"], body["reason"]


async def test_a_search_answers_with_hits_that_carry_links(client: httpx.AsyncClient) -> None:
    response = await client.post("/search/assets", json=BY_TAG)
    transform = "/cdn/assets-transform/asset_knight"
    assert response.status_code == 200
    assert unsigned(response.json()) == {
        "hits": [
            {**KNIGHT, "url": transform},
            {
                **RIDE,
                "url": "/cdn/assets-transform/asset_ride",
                "thumbnail": {"assetId": "asset_knight", "url": transform},
            },
        ],
        "limit": 20,
        "offset": 0,
        "estimatedTotalHits": 2,
    }


async def test_page_mode_answers_with_exact_totals(client: httpx.AsyncClient) -> None:
    response = await client.post("/search/assets", json={**BY_TAG, "page": 2, "hitsPerPage": 1.0})
    page = response.json()
    assert [hit["id"] for hit in page.pop("hits")] == ["asset_ride"]
    assert page == {"page": 2, "hitsPerPage": 1, "totalHits": 2, "totalPages": 2}


async def test_a_model_search_answers_with_models(client: httpx.AsyncClient) -> None:
    response = await client.post("/search/models", json={"query": "ink"})
    thumbnail = {"assetId": "asset_knight", "url": "/cdn/assets-transform/asset_knight"}
    assert unsigned(response.json()["hits"]) == [{**STYLE, "thumbnail": thumbnail}]


async def test_a_public_search_finds_the_public_ones_of_all_owners(client: httpx.AsyncClient) -> None:
    response = await client.post("/search/assets", json={**BY_TAG, "public": True})
    assert [hit["id"] for hit in response.json()["hits"]] == ["asset_foreign"]


async def test_original_assets_asks_for_links_to_originals(client: httpx.AsyncClient) -> None:
    response = await client.post("/search/assets?originalAssets=true&projectId=proj_sandbox", json=BY_TAG)
    assert urlsplit(response.json()["hits"][0]["url"]).path == "/cdn/assets/asset_knight"


async def test_a_link_looks_like_one_of_the_real_cdn(client: httpx.AsyncClient) -> None:
    url = (await client.post("/search/assets", json=BY_TAG)).json()["hits"][0]["url"]
    query = parse_qs(urlsplit(url).query)
    assert list(query) == ["Policy", "Signature", "Key-Pair-Id"]
    assert 500 < len(url) < 800


async def test_unknown_fields_are_ignored_and_whole_floats_are_integers(client: httpx.AsyncClient) -> None:
    body = {**BY_TAG, "limit": 1.0, "offset": 1.0, "wanted": {"by": "nobody"}}
    response = await client.post("/search/assets", json=body)
    assert [hit["id"] for hit in response.json()["hits"]] == ["asset_ride"]


REFUSED_BODIES: list[tuple[Any, str]] = [
    ([], "The request body must be an object"),
    ({}, NOTHING_TO_SEARCH_BY),
    ({"query": " ", "filter": "", "image": "", "images": {"like": []}, "limit": 5, "offset": 0}, NOTHING_TO_SEARCH_BY),
    ({"query": 7}, "`query` must be a string"),
    ({"query": None}, "`query` must be a string"),
    ({"images": []}, "`images` must be an object"),
    ({"images": {"like": "asset_knight"}}, "`like` must be an array of strings"),
    ({"image": "asset_knight", "images": {"like": ["asset_ride"]}}, "`image` and `images` are mutually exclusive"),
    ({**BY_TAG, "sortBy": "createdAt:desc"}, "`sortBy` must be an array of strings"),
    ({**BY_TAG, "sortBy": [1]}, "`sortBy` must be an array of strings"),
    ({**BY_TAG, "limit": 0, "offset": 0}, "`limit` must be between 1 and 100"),
    ({**BY_TAG, "limit": 101, "offset": 0}, "`limit` must be between 1 and 100"),
    ({**BY_TAG, "limit": 1.5, "offset": 0}, "`limit` must be an integer"),
    ({**BY_TAG, "limit": True, "offset": 0}, "`limit` must be an integer"),
    ({**BY_TAG, "limit": "20", "offset": 0}, "`limit` must be an integer"),
    ({**BY_TAG, "limit": 20, "offset": -1}, "`offset` must be at least 0"),
    ({**BY_TAG, "page": 0, "hitsPerPage": 20}, "`page` must be at least 1"),
    ({**BY_TAG, "page": 1, "hitsPerPage": 101}, "`hitsPerPage` must be between 1 and 100"),
    ({**BY_TAG, "page": 1, "limit": 20}, "`page` cannot be used with `limit`"),
    ({**BY_TAG, "querySemanticRatio": 1.1}, "`querySemanticRatio` must be between 0 and 1"),
    ({**BY_TAG, "querySemanticRatio": True}, "`querySemanticRatio` must be a number"),
    ({**BY_TAG, "imageSemanticRatio": "high"}, "`imageSemanticRatio` must be a number"),
    ({**BY_TAG, "public": "true"}, "`public` must be a boolean"),
]


@pytest.mark.parametrize(("body", "reason"), REFUSED_BODIES, ids=lambda value: str(value)[:60])
async def test_a_wrong_body_is_refused_with_what_is_wrong(client: httpx.AsyncClient, body: Any, reason: str) -> None:
    for path in ("/search/assets", "/search/models"):
        assert refusal(await client.post(path, json=body)) == (400, "INVALID_BODY", reason)


async def test_a_filter_with_a_syntax_error_is_refused_with_its_place(client: httpx.AsyncClient) -> None:
    response = await client.post("/search/assets", json={"filter": "kind == image"})
    reason = "Invalid syntax for the filter parameter: was not expecting `= image`.\n7:14 kind == image"
    assert refusal(response) == (400, "INVALID_SEARCH_FILTER", reason)


async def test_an_attribute_that_cannot_be_filtered_on_is_refused_with_those_that_can(
    client: httpx.AsyncClient,
) -> None:
    status, code, reason = refusal(await client.post("/search/models", json={"filter": "kind = image"}))
    assert (status, code) == (400, "INVALID_SEARCH_FILTER")
    assert reason.startswith(
        "Attribute `kind` is not filterable. Available filterable attributes are: `authorId`, `capabilities`, "
    )


async def test_an_attribute_that_cannot_be_sorted_by_is_refused_with_those_that_can(client: httpx.AsyncClient) -> None:
    response = await client.post("/search/assets", json={**BY_TAG, "sortBy": ["name:asc"]})
    reason = (
        "Attribute `name` is not sortable. "
        "Available sortable attributes are: `createdAt`, `height`, `score`, `updatedAt`, `width`"
    )
    assert refusal(response) == (400, "INVALID_SEARCH_SORT", reason)


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b"[" * 100_000, b'{"limit": ' + b"9" * 5000 + b"}"])
async def test_what_is_not_json_is_refused(client: httpx.AsyncClient, body: bytes) -> None:
    response = await client.post("/search/assets", content=body)
    assert refusal(response) == (400, "INVALID_BODY", "The request body is not valid JSON")


async def test_a_number_without_bounds_of_its_own_is_refused_not_computed_with(client: httpx.AsyncClient) -> None:
    for literal in (b"NaN", b"Infinity", b"1e999", b"9" * 400):
        response = await client.post(
            "/search/assets", content=b'{"query": "a", "offset": 0, "limit": ' + literal + b"}"
        )
        assert refusal(response)[:2] == (400, "INVALID_BODY")
        response = await client.post(
            "/search/assets", content=b'{"query": "a", "querySemanticRatio": ' + literal + b"}"
        )
        assert refusal(response)[:2] == (400, "INVALID_BODY")


async def test_a_lone_surrogate_in_a_request_does_not_break_the_answer(client: httpx.AsyncClient) -> None:
    response = await client.post("/search/assets", content=b'{"filter": "\\ud800 = 1"}')
    assert refusal(response)[:2] == (400, "INVALID_SEARCH_FILTER")


async def test_a_body_over_ten_megabytes_is_refused(client: httpx.AsyncClient) -> None:
    response = await client.post("/search/assets", json={"query": "a" * 10_000_000})
    assert refusal(response) == (413, "PAYLOAD_TOO_LARGE", "The request body is larger than 10000000 bytes")


FIELDS = ("query", "filter", "image", "images", "limit", "offset", "page", "hitsPerPage", "sortBy", "public")
RATIOS = ("imageSemanticRatio", "querySemanticRatio")
LEAVES = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=20)
)
VALUES = st.recursive(
    LEAVES | st.sampled_from(["knight", "tags = hero", "asset_knight", 1, 20, 0.5, ["createdAt:desc"]]),
    lambda members: st.lists(members, max_size=3) | st.dictionaries(st.sampled_from(["like", "unlike"]), members),
    max_leaves=5,
)


@given(bodies=st.lists(st.dictionaries(st.sampled_from(FIELDS + RATIOS), VALUES), min_size=20, max_size=20))
@settings(max_examples=examples(25), deadline=None)
def test_any_body_is_either_answered_or_refused(bodies: list[dict[str, Any]]) -> None:
    """Nothing but 200 and 400 leaves the app: an exception in it would leave the transport."""
    documents: dict[str, Document] = {"asset_knight": KNIGHT, "asset_ride": RIDE}
    transport = httpx.ASGITransport(create_app(Catalogue(documents, {}, {})))

    async def ask() -> set[int]:
        async with httpx.AsyncClient(transport=transport, base_url="http://sandbox/v1") as client:
            client.headers["Authorization"] = "Bearer sandbox"
            return {(await client.post("/search/assets", json=body)).status_code for body in bodies}

    assert anyio.run(ask) <= {200, 400}


async def test_one_asset_has_what_the_answer_by_id_has_beyond_a_hit(client: httpx.AsyncClient) -> None:
    response = await client.get("/assets/asset_knight")
    edits = response.json()["asset"].pop("editCapabilities")
    asset = unsigned(response.json()["asset"])
    assert "UPSCALE" in edits
    assert asset == {
        **KNIGHT,
        "editCapabilities": edits,
        "kind": "image",
        "properties": {"size": 1000, "width": 1024, "height": 768},
        "source": "inference-txt",
        "status": "success",
        "url": "/cdn/assets-transform/asset_knight",
    }


async def test_one_video_has_its_thumbnails(client: httpx.AsyncClient) -> None:
    asset = unsigned((await client.get("/assets/asset_ride")).json()["asset"])
    thumbnail = {"assetId": "asset_knight", "url": "/cdn/assets-transform/asset_knight"}
    assert asset["thumbnail"] == asset["metadata"]["thumbnail"] == thumbnail
    assert (asset["source"], asset["editCapabilities"]) == ("img2video", [])


async def test_one_model_has_what_the_answer_by_id_has_beyond_a_hit(client: httpx.AsyncClient) -> None:
    assert unsigned((await client.get("/models/model_style")).json()) == {
        "model": {
            **STYLE,
            "concepts": [{"modelId": "model_base", "scale": 1.0}],
            "custom": False,
            "source": "scenario",
            "status": "trained",
            "thumbnail": {"assetId": "asset_knight", "url": "/cdn/assets-transform/asset_knight"},
        }
    }


async def test_an_unknown_id_is_not_found(client: httpx.AsyncClient) -> None:
    assert refusal(await client.get("/assets/asset_no")) == (404, "NOT_FOUND", "Asset not found")
    assert refusal(await client.get("/models/model_no")) == (404, "NOT_FOUND", "Model not found")


async def test_what_others_keep_private_is_not_found(client: httpx.AsyncClient) -> None:
    assert refusal(await client.get("/assets/asset_hidden")) == (404, "NOT_FOUND", "Asset not found")
    assert (await client.get("/assets/asset_foreign")).status_code == 200


async def test_bulk_answers_keep_the_order_and_leave_out_what_is_unknown(client: httpx.AsyncClient) -> None:
    asset_ids = ["asset_ride", "asset_no", "asset_knight", "asset_ride", "asset_hidden"]
    assets = (await client.post("/assets/get-bulk", json={"assetIds": asset_ids})).json()["assets"]
    models = (await client.post("/models/get-bulk", json={"modelIds": ["model_custom", "model_no"]})).json()["models"]
    assert [asset["id"] for asset in assets] == ["asset_ride", "asset_knight"]
    assert models == [{**CUSTOM, "concepts": [], "custom": True, "status": "trained"}]


async def test_bulk_models_have_a_thumbnail_when_it_is_asked_for(client: httpx.AsyncClient) -> None:
    plain = await client.post("/models/get-bulk", json={"modelIds": ["model_style"]})
    shown = await client.post("/models/get-bulk", json={"modelIds": ["model_style"], "thumbnail": True})
    assert "thumbnail" not in plain.json()["models"][0]
    assert shown.json()["models"][0]["thumbnail"]["assetId"] == "asset_knight"


@pytest.mark.parametrize(
    ("path", "body", "reason"),
    [
        ("/assets/get-bulk", {}, "`assetIds` must hold 1 to 200 ids"),
        ("/assets/get-bulk", {"assetIds": ["a"] * 201}, "`assetIds` must hold 1 to 200 ids"),
        ("/assets/get-bulk", {"assetIds": [1]}, "`assetIds` must be an array of strings"),
        ("/assets/get-bulk", [], "The request body must be an object"),
        ("/models/get-bulk", {"modelIds": ["m"] * 51}, "`modelIds` must hold 1 to 50 ids"),
        ("/models/get-bulk", {"modelIds": ["m"], "thumbnail": 1}, "`thumbnail` must be a boolean"),
    ],
)
async def test_a_wrong_list_of_ids_is_refused(client: httpx.AsyncClient, path: str, body: Any, reason: str) -> None:
    assert refusal(await client.post(path, json=body)) == (400, "INVALID_BODY", reason)


ANSWERS_TO_CREDENTIALS: list[tuple[Mapping[str, str], int]] = [
    ({"Authorization": "Bearer sandbox"}, 200),
    ({"Authorization": "bearer sandbox"}, 200),
    ({"Authorization": "Bearer other"}, 401),
    ({"Authorization": "Basic c2FuZGJveDpvdGhlcg=="}, 401),
    ({"Authorization": "Basic ?"}, 401),
    ({}, 401),
]


@pytest.mark.parametrize(("headers", "status"), ANSWERS_TO_CREDENTIALS, ids=str)
async def test_the_api_asks_for_credentials(client: httpx.AsyncClient, headers: Mapping[str, str], status: int) -> None:
    client.auth = None  # type: ignore[assignment]  # httpx takes None, its annotation does not say so
    response = await client.get("/assets/asset_knight", headers=headers)
    assert response.status_code == status
    if status == 401:
        assert refusal(response) == (401, "UNAUTHORIZED", "Unauthorized")
        assert response.headers["WWW-Authenticate"] == "Basic"


async def test_the_key_can_be_chosen(tmp_path: Path) -> None:
    app = create_app(Catalogue.load(write_catalogue(tmp_path)), api_key="mine", api_secret="own:secret")
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://sandbox/v1") as client:
        assert (await client.get("/assets/asset_ride", auth=("mine", "own:secret"))).status_code == 200
        assert (await client.get("/assets/asset_ride", auth=("sandbox", "sandbox"))).status_code == 401


async def test_a_foreign_project_is_forbidden(client: httpx.AsyncClient) -> None:
    response = await client.post("/search/assets?projectId=proj_other", json=BY_TAG)
    assert refusal(response) == (403, "FORBIDDEN", "The API key has no access to the project `proj_other`")


async def test_original_assets_takes_true_and_false_only(client: httpx.AsyncClient) -> None:
    response = await client.post("/search/assets?originalAssets=True", json=BY_TAG)
    assert refusal(response) == (400, "INVALID_PARAMETER", "`originalAssets` must be false or true")


async def test_unknown_paths_and_methods_are_answered_in_json(client: httpx.AsyncClient) -> None:
    for path in ("/v1/search", "/v1/search/assets/", "/v1/assets/a/b", "/", "/cdn/other/asset_knight"):
        assert refusal(await client.get(f"http://sandbox{path}")) == (404, "NOT_FOUND", f"Path not found. {THERE}")
    assert refusal(await client.get("/search/assets")) == (
        405,
        "METHOD_NOT_ALLOWED",
        f"The path has no method GET. {THERE}",
    )


async def test_a_parameter_that_a_path_does_not_have_is_refused_with_those_that_it_has(
    client: httpx.AsyncClient,
) -> None:
    shared = "projectId, teamId, originalAssets, originalModels"
    for path, known in (("/tags?pagesize=3", "pageSize, paginationToken, "), ("/models/model_style?pagesize=3", "")):
        assert refusal(await client.get(path)) == (
            400,
            "INVALID_PARAMETER",
            f"The sandbox has no parameter `pagesize` here. It takes {known}{shared}",
        )


async def test_paging_in_the_address_of_a_search_wins(client: httpx.AsyncClient) -> None:
    body = {**BY_TAG, "limit": 1, "sortBy": ["createdAt:asc"]}
    second = (await client.post("/search/assets?offset=1", json=body)).json()
    assert [hit["id"] for hit in second["hits"]] == ["asset_ride"]
    assert (second["limit"], second["offset"], second["estimatedTotalHits"]) == (1, 1, 2)
    numbered = (await client.post("/search/assets?page=2&hitsPerPage=1", json=BY_TAG)).json()
    assert (numbered["page"], numbered["hitsPerPage"], len(numbered["hits"])) == (2, 1, 1)
    assert refusal(await client.post("/search/assets?offset=x", json=BY_TAG)) == (
        400,
        "INVALID_PARAMETER",
        "`offset` must be an integer",
    )
    assert refusal(await client.post("/search/assets?offset=1.5", json=BY_TAG)) == (
        400,
        "INVALID_BODY",
        "`offset` must be an integer",
    )


async def test_a_search_of_workflows_finds_nothing_but_checks_what_it_is_asked(client: httpx.AsyncClient) -> None:
    found = await client.post("/search/workflows", json={"query": "upscale", "limit": 5})
    assert found.json() == {"hits": [], "limit": 5, "offset": 0, "estimatedTotalHits": 0}
    assert (await client.post("/search/workflows", json={})).status_code == 400


async def test_assets_and_models_are_listed_newest_first_page_by_page(client: httpx.AsyncClient) -> None:
    first = (await client.get("/assets", params={"pageSize": 1})).json()
    assert [asset["id"] for asset in first["assets"]] == ["asset_ride"]
    second = (await client.get("/assets?pageSize=1", params={"paginationToken": first["nextPaginationToken"]})).json()
    assert [asset["id"] for asset in second.pop("assets")] == ["asset_knight"]
    assert second == {}
    models = (await client.get("/models")).json()
    assert {model["id"] for model in models.pop("models")} == {"model_style", "model_custom"}
    assert models == {}


@pytest.mark.parametrize(
    ("conditions", "ids"),
    [
        ({"collectionId": "col_heroes"}, ["asset_knight"]),
        ({"authorId": "user_ann", "createdBefore": "2026-01-02"}, []),
        ({"createdAfter": "2026-01-15"}, ["asset_ride"]),
        ({"privacy": "unlisted"}, ["asset_ride"]),
        ({"privacy": "public"}, ["asset_foreign"]),
        ({"sortBy": "createdAt", "sortDirection": "asc"}, ["asset_knight", "asset_ride"]),
    ],
)
async def test_a_list_of_assets_keeps_to_its_conditions(
    client: httpx.AsyncClient, conditions: dict[str, str], ids: list[str]
) -> None:
    listed = (await client.get("/assets", params=conditions)).json()
    assert [asset["id"] for asset in listed["assets"]] == ids


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ("pageSize=0", "`pageSize` must be an integer between 1 and 100"),
        ("pageSize=101", "`pageSize` must be an integer between 1 and 100"),
        ("pageSize=x", "`pageSize` must be an integer between 1 and 100"),
        ("paginationToken=x", "`paginationToken` is not one that an answer gave"),
        ("paginationToken=%C3%A9", "`paginationToken` is not one that an answer gave"),
        ("privacy=secret", "`privacy` must be private or unlisted or public"),
        ("sortBy=name", "`sortBy` must be createdAt or updatedAt or score"),
    ],
)
async def test_a_list_says_what_is_wrong_with_a_parameter(client: httpx.AsyncClient, query: str, reason: str) -> None:
    assert refusal(await client.get(f"/assets?{query}")) == (400, "INVALID_PARAMETER", reason)


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("{", "Line 2 of the catalogue's models.jsonl is not JSON."),
        ("[]", "Line 2 of the catalogue's models.jsonl is not an object with an id."),
        ('{"id": 1}', "Line 2 of the catalogue's models.jsonl is not an object with an id."),
        ('{"id": "m"}', "Line 2 of the catalogue's models.jsonl repeats an id."),
    ],
)
def test_a_broken_catalogue_is_refused_with_the_line(tmp_path: Path, line: str, sentence: str) -> None:
    (tmp_path / "assets.jsonl").touch()
    (tmp_path / "models.jsonl").write_text('{"id": "m"}\n' + line, encoding="utf-8")
    with pytest.raises(SettingsRefused) as refused:
        Catalogue.load(tmp_path)
    assert str(refused.value) == sentence


def test_a_folder_that_is_no_catalogue_is_refused(tmp_path: Path) -> None:
    with pytest.raises(
        SettingsRefused, match=r"^The catalogue's assets\.jsonl cannot be read\. A catalogue is a folder"
    ):
        Catalogue.load(tmp_path)
