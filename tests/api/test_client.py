"""One request goes out as documented; wire objects or a ScenarioError in our own words come back."""

import base64
import email.utils
import json
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from typing import Any

import anyio
import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scenario_mcp.api.client import ScenarioClient
from scenario_mcp.api.error_mapping import MAX_REASON_CHARACTERS
from scenario_mcp.api.replies import Asset, AssetMetadata, Model, SearchPage, Thumbnail
from scenario_mcp.api.requests import AssetSearch, Images, ModelSearch
from scenario_mcp.errors import (
    NotAuthorized,
    NotFound,
    QuotaExceeded,
    RateLimited,
    ScenarioError,
    SearchRefused,
    Unavailable,
)
from scenario_mcp.settings import Settings
from tests.support.fakes import (
    API_KEY,
    API_SECRET,
    SETTINGS,
    SIGNED_URL,
    Network,
    answering,
    asset_document,
    client_over,
    is_plain,
    model_document,
)

CASTLE = AssetSearch(query="castle")
TOKEN = "eyJhbGci.eyJzdWIi.c2ln"
BASIC = base64.b64encode(f"{API_KEY}:{API_SECRET}".encode()).decode()
NOT_THE_API = "The answer does not come from Scenario's API. Check SCENARIO_BASE_URL, or try again in a minute."
EMPTY_PAGE = {"hits": [], "limit": 20, "offset": 0}


async def failure(network: Network, settings: Settings = SETTINGS) -> ScenarioError:
    """Search once, with one try; return what that came to."""
    client = client_over(network, settings, tries=1)
    with pytest.raises(ScenarioError) as refused:
        await client.search_assets(CASTLE)
    assert str(refused.value) == refused.value.message
    return refused.value


async def found(document: Any) -> SearchPage[Asset]:
    """Search once; return what is made of this answer."""
    return await answering(document).client().search_assets(CASTLE)


# --- what is sent ---------------------------------------------------------------------------------------------------


async def test_an_asset_search_is_sent_as_documented() -> None:
    network = answering(EMPTY_PAGE)
    await network.client().search_assets(
        AssetSearch(query="b\u00fcrg \u57ce", limit=5, original_assets=True, images=Images(like=("asset_1",)))
    )
    request = network.request
    body = '{"query":"b\u00fcrg \u57ce","images":{"like":["asset_1"]},"limit":5,"offset":0}'.encode()
    assert (request.method, str(request.url)) == (
        "POST",
        "https://api.cloud.scenario.com/v1/search/assets?originalAssets=true",
    )
    assert request.content == body
    assert dict(request.headers) == {
        "host": "api.cloud.scenario.com",
        "accept": "application/json",
        "accept-encoding": "gzip, deflate",
        "authorization": f"Basic {BASIC}",
        "connection": "keep-alive",
        "user-agent": "scenario-mcp",
        "content-type": "application/json",
        "content-length": str(len(body)),
    }


async def test_a_model_search_is_sent_as_documented() -> None:
    network = answering(EMPTY_PAGE)
    settings = replace(SETTINGS, base_url="http://localhost:8000/api", project_id="proj_1&x")
    await network.client(settings).search_models(
        ModelSearch(filter='name = "a"', original_models=False, original_assets=False)
    )
    assert (network.request.method, str(network.request.url), network.request.content) == (
        "POST",
        "http://localhost:8000/api/search/models?projectId=proj_1%26x&originalAssets=false&originalModels=false",
        b'{"filter":"name = \\"a\\""}',
    )


async def test_a_request_without_url_parameters_has_no_question_mark() -> None:
    network = answering(EMPTY_PAGE)
    await network.client().search_assets(CASTLE)
    assert str(network.request.url) == "https://api.cloud.scenario.com/v1/search/assets"


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        (SETTINGS, f"Basic {BASIC}"),
        (Settings(jwt=TOKEN), f"Bearer {TOKEN}"),
        (replace(SETTINGS, jwt=TOKEN), f"Basic {BASIC}"),
    ],
    ids=["key", "token", "key and token"],
)
async def test_the_credentials_are_in_their_header_and_nowhere_else(settings: Settings, expected: str) -> None:
    network = answering(EMPTY_PAGE)
    await network.client(settings).search_assets(CASTLE)
    request = network.request
    assert request.headers.get_list("Authorization") == [expected]
    rest = [str(request.url), request.content.decode()]
    rest += [value for name, value in request.headers.items() if name != "authorization"]
    for secret in (API_KEY, API_SECRET, BASIC, TOKEN):
        assert all(secret not in text for text in rest)


@pytest.mark.parametrize(
    ("ask", "path", "document", "expected"),
    [
        (lambda client: client.get_asset("asset_1"), "assets/asset_1", {"asset": asset_document()}, Asset),
        (lambda client: client.get_model("model_1"), "models/model_1", {"model": model_document()}, Model),
    ],
    ids=["asset", "model"],
)
async def test_one_document_is_fetched_by_its_id(
    ask: Callable[[ScenarioClient], Any], path: str, document: dict[str, Any], expected: type[Asset | Model]
) -> None:
    network = answering(document)
    read = await ask(network.client(replace(SETTINGS, project_id="proj_1")))
    request = network.request
    assert (request.method, str(request.url), request.content) == (
        "GET",
        f"https://api.cloud.scenario.com/v1/{path}?projectId=proj_1",
        b"",
    )
    assert "content-type" not in request.headers
    (inner,) = document.values()
    assert read == expected.model_validate(inner)
    assert read.model_dump(by_alias=True, mode="json", exclude_none=True) == inner


async def test_a_search_that_is_too_large_is_not_sent() -> None:
    network = answering(EMPTY_PAGE)
    picture = "data:image/png;base64," + "A" * 4_000_000
    images = Images.model_construct(like=(picture, picture), unlike=(picture,))  # each side passes on its own
    with pytest.raises(SearchRefused) as refused:
        await network.client().search_assets(AssetSearch.model_construct(images=images))
    assert refused.value.message == (
        "The search is 12 MB, and Scenario takes 10 MB. Give fewer or smaller reference pictures, or asset ids in "
        "their place."
    )
    assert network.requests == []


# --- what is read ---------------------------------------------------------------------------------------------------


async def test_every_documented_field_of_a_page_of_assets_is_read() -> None:
    documents = [asset_document(), {**asset_document(), "id": "asset_2"}]
    paging = {"limit": 3, "offset": 5, "estimatedTotalHits": 7, "hitsPerPage": 9, "page": 11, "totalHits": 13}
    page = await found({"hits": documents, **paging, "totalPages": 17})
    assert page.model_dump(by_alias=True, mode="json", exclude_none=True) == {
        "hits": documents,
        **paging,
        "totalPages": 17,
    }
    assert page.dropped == 0


async def test_every_documented_field_of_a_page_of_models_is_read() -> None:
    answer = {"hits": [model_document()], "limit": 3, "offset": 5, "estimatedTotalHits": 7}
    page = await answering(answer).client().search_models(ModelSearch(query="x"))
    assert page.model_dump(by_alias=True, mode="json", exclude_none=True) == answer


@pytest.mark.parametrize(
    ("hit", "expected"),
    [
        ({"id": "a"}, Asset(id="a")),
        ({"id": 5}, Asset(id="5")),
        ({"id": "a", "metadata": None, "tags": None}, Asset(id="a")),
        ({"id": "a", "tags": "x", "privacy": "public"}, Asset(id="a", privacy="public")),
        ({"id": "a", "tags": ["x", None], "nsfw": ["y"]}, Asset(id="a", nsfw=("y",))),
        ({"id": "a", "metadata": []}, Asset(id="a")),
        (
            {"id": "a", "metadata": {"width": "wide", "kind": "image"}},
            Asset(id="a", metadata=AssetMetadata(kind="image")),
        ),
        (
            {"id": "a", "metadata": {"thumbnail": {"url": 1.5, "assetId": []}, "seed": 7}},
            Asset(id="a", metadata=AssetMetadata(thumbnail=Thumbnail(url="1.5"), seed="7")),
        ),
        ({"id": "a", "score": {}, "url": {}, "thumbnail": "x", "createdAt": True}, Asset(id="a")),
        (
            {"id": "a", "\ud800": 1, "description": "x\ud800y", "metadata": {"kind": "image"}},
            Asset(id="a", metadata=AssetMetadata(kind="image"), description="xy"),
        ),
        ({"id": "a", "metadata": {"kind": "image", "\ud800": 1}}, Asset(id="a", metadata=AssetMetadata(kind="image"))),
        ({}, None),
        ({"id": None}, None),
        ({"id": True}, None),
        ({"id": ["a"]}, None),
        ({"ID": "a"}, None),
        (None, None),
        ("a", None),
        ([], None),
    ],
    ids=ascii,
)
async def test_an_odd_hit_costs_no_more_than_what_is_odd_in_it(hit: Any, expected: Asset | None) -> None:
    page = await found({"hits": [{"id": "first"}, hit, {"id": "last"}], "limit": 3})
    kept = (Asset(id="first"), expected, Asset(id="last"))
    assert page.hits == tuple(asset for asset in kept if asset)
    assert (page.dropped, page.limit) == (kept.count(None), 3)


async def test_odd_paging_figures_are_left_out() -> None:
    page = await found({"hits": [{"id": "a"}], "limit": "many", "offset": 2.5, "totalHits": [], "page": 2, "new": 1})
    assert page.model_dump(exclude_none=True) == {"hits": ({"id": "a"},), "page": 2, "new": 1}


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<!DOCTYPE html><title>Sign in</title>",
        b"null",
        b"[]",
        b"[{}]",
        b'"hits"',
        b"{}",
        b'{"hits": null}',
        b'{"hits": {"id": "a"}}',
        b'{"hits": "none"}',
        b'{"hits": [{"id": "a"}]',
        b'{"hits": [{"id": "\xff\xfe"}]}',
        b'{"hits": ' + b"[" * 100_000,
        b'{"hits": [], "x": ' + b"[" * 200_000 + b"]" * 200_000 + b"}",
        b'{"asset": {"id": "a"}}',
        b"\x00",
    ],
    ids=lambda content: ascii(content[:40]),
)
async def test_an_answer_that_is_not_the_apis_is_no_empty_page(content: bytes) -> None:
    error = await failure(answering(content))
    assert (type(error), error.message) == (Unavailable, NOT_THE_API)


@pytest.mark.parametrize(
    "document", [{}, [], {"asset": None}, {"asset": []}, {"asset": {"name": "x"}}, {"model": {"id": "a"}}, b"<html>"]
)
async def test_an_answer_without_the_document_is_not_the_apis(document: Any) -> None:
    client = client_over(answering(document), SETTINGS, tries=1)
    with pytest.raises(Unavailable) as refused:
        await client.get_asset("a")
    assert refused.value.message == NOT_THE_API


async def test_odd_fields_of_a_document_are_left_out() -> None:
    document = {"asset": {"id": "a", "tags": 5, "metadata": {"seed": 7}, "new": [1]}}
    asset = await answering(document).client().get_asset("a")
    assert asset.model_dump(by_alias=True, exclude_none=True) == {"id": "a", "metadata": {"seed": "7"}, "new": [1]}


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(exclude_categories=[]), max_size=9),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from([*asset_document(), *asset_document()["metadata"], "x", "\ud800"]), inner, max_size=5
        )
    ),
    max_leaves=10,
)


@given(
    hits=st.lists(JSON_VALUES, max_size=4), rest=st.dictionaries(st.sampled_from(["limit", "page", "x"]), JSON_VALUES)
)
def test_any_list_of_hits_is_a_page_with_every_hit_counted(hits: list[Any], rest: dict[str, Any]) -> None:
    async def search() -> SearchPage[Asset]:
        return await found(json.dumps({"hits": hits, **rest}).encode())

    page = anyio.run(search)
    assert len(page.hits) + page.dropped == len(hits)


# --- what is refused ------------------------------------------------------------------------------------------------

REFUSALS = [
    (400, SearchRefused, "Scenario refused the request (400){} Correct what it names."),
    (422, SearchRefused, "Scenario refused the request (422){} Correct what it names."),
    (402, SearchRefused, "Scenario refused the request (402){} Try a simpler search."),
    (405, SearchRefused, "Scenario refused the request (405){} Try a simpler search."),
    (
        403,
        NotAuthorized,
        (
            "Scenario accepts the key but does not allow this (403){} The key's scope, its project or the plan forbids "
            "it; SCENARIO_PROJECT_ID names another project."
        ),
    ),
    (404, NotFound, "Scenario knows nothing at this address (404){} Check the id."),
    (
        401,
        NotAuthorized,
        (
            "Scenario did not accept the credentials (401). Check SCENARIO_SDK_API_KEY and SCENARIO_SDK_API_SECRET, or "
            "SCENARIO_SDK_JWT, and restart the server."
        ),
    ),
    (413, SearchRefused, "The request is too large for Scenario (413). Give fewer or smaller pictures."),
    (429, RateLimited, "Scenario limits how often it may be asked (429). Wait a moment, then try again."),
    *(
        (status, Unavailable, f"Scenario has a problem of its own ({status}). Try again in a minute.")
        for status in (408, 409, 500, 502, 503, 504, 529, 204)
    ),
    *(
        (status, Unavailable, f"api.cloud.scenario.com answered with a redirect ({status}). Check SCENARIO_BASE_URL.")
        for status in (301, 302, 307, 308)
    ),
]


@pytest.mark.parametrize(("status", "kind", "sentence"), REFUSALS, ids=str)
@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b'{"reason": "No such attribute."}', ': "No such attribute".'),
        (b"<html><h1>Bad Gateway</h1></html>", "."),
        (b"", "."),
        (b'["no object"]', "."),
        (b"[" * 100_000, "."),
    ],
    ids=["reason", "HTML", "empty", "list", "deep"],
)
async def test_every_status_has_its_own_sentence(
    status: int, kind: type[ScenarioError], sentence: str, content: bytes, reason: str
) -> None:
    network = answering(content, status, {"Location": "https://evil.example.com/"})
    error = await failure(network)
    assert (type(error), error.message) == (kind, sentence.format(reason))
    assert len(network.requests) == 1


@pytest.mark.parametrize(
    "problem",
    [
        {"reason": "Bad attribute"},
        {"reason": "", "message": "Bad attribute"},
        {"reason": None, "message": " ", "error": "Bad attribute"},
        {"detail": "Bad attribute", "trace_id": "t1"},
        {"apiError": "Bad attribute", "code": "X"},
        {"error": {"message": "Bad attribute"}},
        {"apiError": {"reason": "Bad attribute"}},
        {"errors": [{"message": "Bad attribute"}, {"message": "second"}]},
        {"errors": [None, 5, {"message": ""}, {"message": "Bad attribute"}], "message": 5},
        {"reason": "Bad attribute", "message": "second", "error": "third"},
        {"reason": " Bad\n\tattribute\u200b. "},
    ],
    ids=str,
)
async def test_the_reason_is_found_in_every_shape_of_an_error_body(problem: dict[str, Any]) -> None:
    error = await failure(answering(problem, 400))
    assert error.message == 'Scenario refused the request (400): "Bad attribute". Correct what it names.'


@pytest.mark.parametrize(
    "problem",
    [{}, {"errors": "x"}, {"errors": {}}, {"message": 5}, {"code": "BAD"}, {"id": "t1"}, {"reason": "\u200b\u202e"}],
    ids=ascii,
)
async def test_an_error_body_without_a_reason_is_not_quoted(problem: dict[str, Any]) -> None:
    error = await failure(answering(problem, 400))
    assert error.message == "Scenario refused the request (400). Correct what it names."


@pytest.mark.parametrize(
    ("reason", "shown"),
    [
        (f"see {SIGNED_URL} for it", "see [address removed] for it"),
        ("see " + SIGNED_URL.replace("//", "\u200b//", 1), "see [address removed]"),
        (f"the key {API_KEY} is wrong", "the key [secret removed] is wrong"),
        (f"{API_KEY}:{API_SECRET}!", "[secret removed]:[secret removed]!"),
        (f"Authorization: Basic {BASIC}", "Authorization: Basic [secret removed]"),
        (f"token {TOKEN}", "token [secret removed]"),
        ("one\r\ntwo\x1b[31m\u202ethree", "one two[31mthree"),
    ],
)
async def test_upstream_text_is_vetted_before_it_is_quoted(reason: str, shown: str) -> None:
    error = await failure(answering({"reason": reason}, 422), replace(SETTINGS, jwt=TOKEN))
    assert error.message == f'Scenario refused the request (422): "{shown}". Correct what it names.'


async def test_upstream_text_is_cut() -> None:
    error = await failure(answering({"reason": "word " * 10_000}, 403))
    prefix = 'Scenario accepts the key but does not allow this (403): "'
    quoted = error.message.removeprefix(prefix).partition('"')[0]
    assert quoted == ("word " * (MAX_REASON_CHARACTERS // 5)).strip() + "…"


@given(st.text(st.characters(exclude_categories=[]), max_size=400))
def test_no_upstream_text_can_break_out_of_its_sentence(reason: str) -> None:
    async def search() -> ScenarioError:
        return await failure(answering({"message": f"{reason}{SIGNED_URL} {API_SECRET}"}, 400))

    message = anyio.run(search).message
    assert is_plain(message)
    assert len(message) < MAX_REASON_CHARACTERS + 100
    assert API_SECRET not in message
    assert "Signature" not in message


NO_WAIT = "a moment"
NO_SECONDS: list[Any] = [None, [], {}, "soon", -1, 0, 10**400]


@pytest.mark.parametrize(
    ("headers", "problem", "wait_seconds", "words"),
    [
        ({"Retry-After": "30"}, {}, 30.0, "30 seconds"),
        ({"Retry-After": "1.2"}, {}, 1.2, "2 seconds"),
        ({"Retry-After": "1"}, {}, 1.0, NO_WAIT),
        ({"retry-after-ms": "2500"}, {}, 2.5, "3 seconds"),
        ({"retry-after-ms": "400"}, {}, 0.4, NO_WAIT),
        ({"retry-after-ms": "2000", "Retry-After": "90"}, {}, 2.0, "2 seconds"),
        ({"Retry-After": "5"}, {"remainingSeconds": 60}, 5.0, "5 seconds"),
        ({}, {"remainingSeconds": 42}, 42.0, "42 seconds"),
        ({}, {"remainingSeconds": "42"}, 42.0, "42 seconds"),
        *(
            ({"Retry-After": text}, {}, None, NO_WAIT)
            for text in ("0", "-5", "soon", "nan", "inf", "", "1e9", "86400", "Wed, 21 Oct 2015 07:28:00 GMT")
        ),
        *(({}, {"remainingSeconds": value}, None, NO_WAIT) for value in NO_SECONDS),
        ({"retry-after-ms": "soon"}, {}, None, NO_WAIT),
        ({}, {}, None, NO_WAIT),
    ],
    ids=str,
)
async def test_a_limited_rate_says_how_long_to_wait(
    headers: dict[str, str], problem: dict[str, Any], wait_seconds: float | None, words: str
) -> None:
    error = await failure(answering(problem, 429, headers))
    assert isinstance(error, RateLimited)
    assert (type(error), error.wait_seconds) == (RateLimited, wait_seconds)
    assert error.message == f"Scenario limits how often it may be asked (429). Wait {words}, then try again."


async def test_a_limited_rate_may_name_the_time_of_day() -> None:
    at = email.utils.formatdate(time.time() + 100, usegmt=True)
    error = await failure(answering({}, 429, {"Retry-After": at}))
    assert isinstance(error, RateLimited)
    assert error.wait_seconds is not None
    assert 90 < error.wait_seconds <= 100


@given(st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=40))
def test_any_retry_after_is_a_time_to_wait_or_none(text: str) -> None:
    async def search() -> ScenarioError:
        return await failure(answering({}, 429, {"Retry-After": text}))

    error = anyio.run(search)
    assert isinstance(error, RateLimited)
    assert error.wait_seconds is None or 0 < error.wait_seconds < 24 * 3600


@pytest.mark.parametrize("code", ["QUOTA_EXCEEDED", "quota_exceeded"])
async def test_a_used_up_quota_is_not_worth_another_try(code: str) -> None:
    problem = {"error": "Quota exceeded for search", "code": code}
    error = await failure(answering(problem, 429, {"Retry-After": "30"}))
    assert type(error) is QuotaExceeded
    assert error.message == (
        "The plan's quota for searches is used up (429). Waiting a little does not help: it renews with the billing "
        "period, or a larger plan raises it."
    )


# --- when the network fails -----------------------------------------------------------------------------------------

UNREACHABLE = "Scenario could not be reached at localhost:1. Check the network, a proxy, and SCENARIO_BASE_URL."
BROKEN = "The connection to Scenario broke before the answer was complete. Try again."
TOO_LATE = (
    "Scenario did not answer within 7.5 seconds. Try again, perhaps with a smaller limit; "
    "SCENARIO_MCP_TIMEOUT_SECONDS sets how long to wait."
)


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (httpx.ConnectError("refused"), UNREACHABLE),
        (httpx.ConnectTimeout("late"), UNREACHABLE),
        (httpx.ReadTimeout("late"), TOO_LATE),
        (httpx.WriteTimeout("late"), TOO_LATE),
        (httpx.PoolTimeout("late"), TOO_LATE),
        (httpx.ReadError("gone"), BROKEN),
        (httpx.RemoteProtocolError("no HTTP"), BROKEN),
        (httpx.DecodingError("no gzip"), BROKEN),
        (httpx.InvalidURL(f"broken {API_SECRET}"), BROKEN),
    ],
    ids=lambda value: type(value).__name__,
)
async def test_a_failing_network_is_put_into_words(error: Exception, sentence: str) -> None:
    settings = replace(SETTINGS, base_url="http://localhost:1/v1", timeout_seconds=7.5)
    refused = await failure(Network(error), settings)
    assert (type(refused), refused.message) == (Unavailable, sentence)


class Silent(httpx.AsyncBaseTransport):
    """A peer that takes the request and never answers."""

    async def handle_async_request(self, _request: httpx.Request) -> httpx.Response:
        await anyio.sleep_forever()
        raise AssertionError  # pragma: no cover  # it never wakes up


class Drip(httpx.AsyncByteStream):
    """A body that never ends, each byte of it in time."""

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while True:
            yield b" "
            await anyio.lowlevel.checkpoint()


class Dripping(httpx.AsyncBaseTransport):
    async def handle_async_request(self, _request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, stream=Drip())


@pytest.mark.parametrize("transport", [Silent(), Dripping()], ids=["silent", "dripping"])
async def test_no_call_outlives_its_deadline(transport: httpx.AsyncBaseTransport) -> None:
    settings = replace(SETTINGS, timeout_seconds=0.05)
    client = client_over(transport, settings)  # three tries as always
    with anyio.fail_after(5), pytest.raises(Unavailable) as refused:
        await client.search_assets(CASTLE)
    assert refused.value.message == (
        "Scenario did not answer within 0.05 seconds. Try again, perhaps with a smaller limit; "
        "SCENARIO_MCP_TIMEOUT_SECONDS sets how long to wait."
    )


async def test_only_connecting_has_a_time_limit_of_its_own() -> None:
    network = answering(EMPTY_PAGE)
    await network.client().search_assets(CASTLE)
    assert network.request.extensions["timeout"] == {"connect": 5.0, "read": None, "write": None, "pool": None}


async def test_the_next_call_works_after_a_failure() -> None:
    answers = iter([httpx.Response(400), httpx.Response(200, json={"hits": [{"id": "a"}]})])
    client = Network(lambda _: next(answers)).client()
    with pytest.raises(SearchRefused):
        await client.search_assets(CASTLE)
    assert (await client.search_assets(CASTLE)).hits == (Asset(id="a"),)


async def test_an_error_shows_no_credential_and_has_no_cause_that_could() -> None:
    for network in (
        Network(httpx.ConnectError(f"refused {API_SECRET}")),
        answering({"message": f"{API_KEY} {API_SECRET} {BASIC}"}, 400),
        answering(f"<html>{API_SECRET}</html>".encode()),
    ):
        error = await failure(network)
        assert all(secret not in repr(error) for secret in (API_KEY, API_SECRET, BASIC))
        assert (error.__cause__, error.__context__) == (None, None)


@pytest.mark.parametrize(
    "reason",
    [
        "<html><body><h1>Bad request</h1></body></html>",
        'Traceback (most recent call last):\n  File "/srv/api/app.py", line 3, in f',
        "boom\n    at Object.search (/var/task/index.js:1:2)",
        "cannot read /srv/api/config.yaml",
    ],
)
async def test_markup_traces_and_paths_of_the_upstream_are_not_passed_on(reason: str) -> None:
    error = await failure(answering({"reason": reason}, 400))
    assert error.message == "Scenario refused the request (400). Correct what it names."


async def test_a_reason_that_only_looks_like_them_is_passed_on() -> None:
    error = await failure(answering({"reason": "width < 5 and a/b and 3 > 2"}, 400))
    assert error.message == (
        'Scenario refused the request (400): "width < 5 and a/b and 3 > 2". Correct what it names.'
    )
