"""What lies behind an address of ours: one document without any other address in it, its picture, and the guide."""

import json
import re
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scenario_mcp.api.filter_fields import ASSET_FILTER_FIELDS, MODEL_FILTER_FIELDS
from scenario_mcp.api.requests import AssetSearch, ModelSearch
from scenario_mcp.errors import NotAuthorized, NotFound, ScenarioError
from scenario_mcp.filters.check import check
from scenario_mcp.filters.field_types import FilterFields
from scenario_mcp.server import guide, resources
from scenario_mcp.server.resources import Content
from tests.support.fakes import SIGNED_URL, Network, answering, asked, asset_document, is_plain, model_document, picture

PNG = picture()
UNKNOWN = (
    "There is no such resource. Known are scenario://assets/{assetId}, scenario://assets/{assetId}/image, "
    "scenario://models/{modelId}, scenario://models/{modelId}/image."
)


async def read(network: Network, uri: str) -> Content:
    """Read a resource; the API and the picture host are the same network."""
    located = resources.locate(uri)
    assert isinstance(located, resources.Located)
    return await located.read(network.scenario())


async def facts(document: Any, kind: str = "asset") -> Any:
    """Return what the resource of this document tells."""
    content = await read(answering({kind: document}), f"scenario://{kind}s/a")
    assert content.mime_type == "application/json"
    assert isinstance(content.data, str)
    content.data.encode()
    return json.loads(content.data, parse_constant=lambda name: pytest.fail(f"{name} is not JSON"))


def without_urls(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: without_urls(inner) for name, inner in value.items() if name != "url"}
    return value


async def refusal(network: Network, uri: str) -> ScenarioError:
    with pytest.raises(ScenarioError) as refused:
        await read(network, uri)
    return refused.value


def serving(document: dict[str, Any]) -> Network:
    """Make a network that knows one document, and answers everything else with a picture."""
    by_path = {"/v1/assets/a": {"asset": document}, "/v1/models/a": {"model": document}}

    def answer(request: httpx.Request) -> httpx.Response:
        known = by_path.get(request.url.path)
        return httpx.Response(200, json=known) if known else httpx.Response(200, content=PNG)

    return Network(answer)


# --- addresses ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("uri", "url"),
    [
        ("scenario://assets/asset_1", "https://api.cloud.scenario.com/v1/assets/asset_1"),
        ("scenario://assets/a.b-C_9", "https://api.cloud.scenario.com/v1/assets/a.b-C_9"),
        (f"scenario://assets/{'a' * 128}", f"https://api.cloud.scenario.com/v1/assets/{'a' * 128}"),
        ("scenario://models/model_1", "https://api.cloud.scenario.com/v1/models/model_1"),
    ],
)
async def test_an_address_of_ours_asks_for_that_document(uri: str, url: str) -> None:
    network = answering({"asset": {"id": "a"}, "model": {"id": "a"}})
    assert await read(network, uri) == Content("application/json", '{"id":"a"}')
    assert str(network.request.url) == url


@pytest.mark.promise(number=9)
@pytest.mark.parametrize(
    "uri",
    [
        "",
        "scenario://",
        "scenario://assets",
        "scenario://assets/",
        "scenario://assets//image",
        "scenario://assets/a/",
        "scenario://assets/a/image/",
        "scenario://assets/a/picture",
        "scenario://assets/a/image/image",
        "scenario://assets/a?x=1",
        "scenario://assets/a#x",
        "scenario://assets/..",
        "scenario://assets/../models/a",
        "scenario://assets/../../etc/passwd",
        "scenario://assets/%2e%2e/models",
        "scenario://assets/%2e%2e%2fmodels",
        "scenario://assets/%252e%252e%252f",
        "scenario://assets/..%c0%af",
        "scenario://assets/..\\models",
        "scenario://assets/a%00",
        "scenario://assets/a\x00",
        "scenario://assets/a\n",
        "\nscenario://assets/a",
        "scenario://assets/a b",
        "scenario://assets/-a",
        "scenario://assets/\u00e4",
        "scenario://assets/\uff0e\uff0e",
        "scenario://assets/\ud800",
        'scenario://assets/a" OR kind = "image',
        f"scenario://assets/{'a' * 129}",
        "scenario://assets/" + "a" * 100_000,
        "scenario://assets/" + "../" * 30_000,
        "SCENARIO://assets/a",
        "scenario://Assets/a",
        "scenario://tags/a",
        "scenario:assets/a",
        "file:///etc/passwd",
        "http://169.254.169.254/latest/meta-data/",
        "https://cdn.cloud.scenario.com/assets/a",
        "data:text/plain,hi",
        "javascript:alert(1)",
    ],
    ids=lambda uri: ascii(uri[:40]),
)
async def test_any_other_address_is_not_asked_for_and_not_repeated(uri: str) -> None:
    network = answering({"asset": {"id": "a"}})
    error = await refusal(network, uri)
    assert (type(error), error.message, network.requests) == (NotFound, UNKNOWN, [])


def test_every_template_describes_a_readable_resource() -> None:
    assert {template.uri: (template.name, template.mime_type) for template in resources.TEMPLATES} == {
        "scenario://assets/{assetId}": ("asset", "application/json"),
        "scenario://assets/{assetId}/image": ("asset-image", None),
        "scenario://models/{modelId}": ("model", "application/json"),
        "scenario://models/{modelId}/image": ("model-image", None),
    }
    assert all(template.title and template.description for template in resources.TEMPLATES)


@pytest.mark.parametrize("template", resources.TEMPLATES, ids=lambda template: template.name)
async def test_every_template_can_be_read(template: resources.Template) -> None:
    network = serving(asset_document() if "assets" in template.uri else model_document())
    content = await read(network, re.sub(r"\{\w+\}", "a", template.uri))
    assert content.mime_type == (template.mime_type or "image/png")


# --- documents ------------------------------------------------------------------------------------------------------


async def test_every_fact_of_an_asset_is_told_but_its_addresses() -> None:
    assert await facts(asset_document()) == without_urls(asset_document())


async def test_every_fact_of_a_model_is_told_but_its_addresses() -> None:
    assert await facts(model_document(), "model") == without_urls(model_document())


async def test_the_text_is_compact_and_in_its_own_script() -> None:
    content = await read(answering({"asset": {"id": "a", "tags": ["\u57ce", "b"]}}), "scenario://assets/a")
    assert content.data == '{"id":"a","tags":["\u57ce","b"]}'


@pytest.mark.promise(number=17)
async def test_no_address_is_told_at_any_depth_or_in_any_place() -> None:
    document = {
        "id": "a",
        "url": SIGNED_URL,
        "previewUrl": SIGNED_URL,
        "signedURL": SIGNED_URL,
        "description": f"see {SIGNED_URL} here",
        "tags": [SIGNED_URL, "plain"],
        "metadata": {"prompt": f"\u57ce{SIGNED_URL}", "thumbnail": {"assetId": "b", "url": SIGNED_URL}},
        "files": [{"link": SIGNED_URL, "deep": {"er": [SIGNED_URL]}}],
        SIGNED_URL: "as a name",
        "broken": SIGNED_URL.replace("//", "/\u200b/", 1),
    }
    told = await facts(document)
    assert told == {
        "id": "a",
        "description": "see [address removed] here",
        "tags": ["[address removed]", "plain"],
        "metadata": {"prompt": "\u57ce[address removed]", "thumbnail": {"assetId": "b"}},
        "files": [{"link": "[address removed]", "deep": {"er": ["[address removed]"]}}],
        "[address removed]": "as a name",
        "broken": "[address removed]",
    }


async def test_long_lists_and_long_texts_are_cut() -> None:
    ids = [f"asset_{number}" for number in range(120)]
    told = await facts({**model_document(), "exampleAssetIds": ids, "tags": ids[:50], "notes": "x" * 5_000}, "model")
    assert told["exampleAssetIds"] == [*ids[:50], "and 70 more"]
    assert told["tags"] == ids[:50]
    assert told["notes"] == "x" * 3_999 + "…"


@pytest.mark.promise(number=11)
async def test_deeply_nested_facts_are_cut() -> None:
    deep: Any = "bottom"
    for _ in range(300):
        deep = [deep]
    assert (
        json.dumps(await facts({"id": "a", "new": deep}))
        == '{"id": "a", "new": ' + "[" * 15 + '"\\u2026"' + "]" * 15 + "}"
    )


async def test_long_names_of_facts_are_cut() -> None:
    assert await facts({"id": "a", "n" * 80: 1, "m" * 81: 2}) == {"id": "a", "n" * 80: 1, "m" * 79 + "…": 2}


@pytest.mark.promise(number=11)
async def test_facts_beyond_number_are_counted_also_where_their_names_are_the_same_when_cut() -> None:
    alike = {"n" * 100 + str(number): number for number in range(20)}
    assert await facts({"id": "a", **alike}) == {"id": "a", "n" * 79 + "…": 0, "…": "and 19 more fields"}
    told = await facts(
        {"id": "a", "kind": "image", "metadata": {"name": "owl", **dict.fromkeys(map(str, range(20_000)), 0)}}
    )
    assert (told["kind"], told["metadata"]["name"]) == ("image", "owl")
    assert told["metadata"]["…"] == f"and {20_002 - len(told['metadata'])} more fields"


async def test_figures_that_json_does_not_know_are_null() -> None:
    content = b'{"asset": {"id": "a", "score": 1e999, "metadata": {"guidance": NaN, "width": 3}, "new": [-Infinity]}}'
    told = await read(answering(content), "scenario://assets/a")
    assert told.data == '{"id":"a","score":null,"metadata":{"guidance":null,"width":3},"new":[null]}'


@pytest.mark.promise(number=18)
async def test_strangers_text_in_facts_is_one_line_without_hidden_characters() -> None:
    document = {
        "id": "a",
        "description": "one\r\ntwo\u202e\x00\U000e0041",
        "new": {"a\nb\u200b": "c\ud800"},
        "no": None,
    }
    assert await facts(document) == {"id": "a", "description": "one two", "new": {"a b": "c"}}


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(exclude_categories=[])),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=10,
)


@given(extra=JSON_VALUES, text=st.text(st.characters(exclude_categories=[]), max_size=50))
async def test_whatever_a_document_holds_its_facts_are_plain_json(extra: Any, text: str) -> None:
    told = await facts({"id": "a", "extra": extra, "description": f"{text}{SIGNED_URL}", "name": text})
    assert told["id"] == "a"
    written = json.dumps(told, ensure_ascii=False)
    assert is_plain(written)
    assert "Signature" not in written


# --- pictures -------------------------------------------------------------------------------------------------------

ORIGINAL = "https://cdn.cloud.scenario.com/assets/original"
STILL = "https://cdn.cloud.scenario.com/thumbnails/still"


@pytest.mark.parametrize(
    ("uri", "document", "fetched"),
    [
        ("scenario://assets/a/image", {"id": "a", "mimeType": "image/png", "url": ORIGINAL}, ORIGINAL),
        (
            "scenario://assets/a/image",
            {"id": "a", "mimeType": "image/jpeg", "url": ORIGINAL, "thumbnail": {"url": STILL}},
            ORIGINAL,
        ),
        (
            "scenario://assets/a/image",
            {"id": "a", "mimeType": "video/mp4", "url": ORIGINAL, "thumbnail": {"url": STILL}},
            STILL,
        ),
        ("scenario://assets/a/image", {"id": "a", "url": ORIGINAL, "thumbnail": {"url": STILL}}, STILL),
        ("scenario://assets/a/image", {"id": "a", "mimeType": "image/png", "thumbnail": {"url": STILL}}, STILL),
        ("scenario://models/a/image", {"id": "a", "thumbnail": {"url": STILL}}, STILL),
        ("scenario://models/a/image", {"id": "a", "url": ORIGINAL, "thumbnail": {"url": STILL}}, STILL),
    ],
)
async def test_a_picture_is_the_image_itself_or_the_thumbnail(uri: str, document: dict[str, Any], fetched: str) -> None:
    network = serving(document)
    assert await read(network, uri) == Content("image/png", PNG)
    api, cdn = network.requests
    assert (api.url.path, asked(cdn)) == (f"/v1/{uri.split('/')[2]}/a", fetched)
    assert "authorization" in api.headers
    assert "authorization" not in cdn.headers


@pytest.mark.parametrize(
    ("uri", "document"),
    [
        ("scenario://assets/a/image", {"id": "a"}),
        ("scenario://assets/a/image", {"id": "a", "mimeType": "audio/mpeg", "url": ORIGINAL}),
        ("scenario://assets/a/image", {"id": "a", "mimeType": "image/png", "thumbnail": {"assetId": "b"}}),
        ("scenario://assets/a/image", {"id": "a", "mimeType": "image/png", "url": ""}),
        ("scenario://models/a/image", {"id": "a", "url": ORIGINAL}),
    ],
)
async def test_what_has_no_picture_says_so(uri: str, document: dict[str, Any]) -> None:
    network = serving(document)
    error = await refusal(network, uri)
    assert (type(error), error.message) == (NotFound, "There is no picture of a.")
    assert len(network.requests) == 1


async def test_a_picture_on_another_host_is_not_fetched() -> None:
    network = serving({"id": "a", "mimeType": "image/png", "url": "https://169.254.169.254/latest/"})
    error = await refusal(network, "scenario://assets/a/image")
    assert error.told(to_operator=True) == (
        "The picture lies on a host that this server does not fetch from. If it is a picture host of Scenario, add it "
        "to SCENARIO_CDN_HOSTS."
    )
    assert len(network.requests) == 1


@pytest.mark.parametrize("ending", ["", "/image"])
async def test_what_scenario_refuses_is_passed_on(ending: str) -> None:
    error = await refusal(answering({}, 404), f"scenario://assets/a{ending}")
    assert (type(error), error.message) == (
        NotFound,
        "Scenario knows nothing at this address (404). Check the id.",
    )
    assert type(await refusal(answering({}, 401), f"scenario://models/a{ending}")) is NotAuthorized


# --- the guide ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("fields", [ASSET_FILTER_FIELDS, MODEL_FILTER_FIELDS], ids=["assets", "models"])
def test_the_guide_explains_every_filter_field(fields: FilterFields) -> None:
    lines = guide.text().splitlines()
    for field in fields.values():
        assert f"- {field.name}: {field.meaning}" in lines


def test_the_guide_names_every_attribute_to_sort_by() -> None:
    assert (
        f"sortBy takes {', '.join(AssetSearch.sort_fields)} for assets, {', '.join(ModelSearch.sort_fields)} for models"
    ) in guide.text()


def test_the_guide_has_no_gap_and_every_argument_in_it_exists() -> None:
    text = guide.text()
    assert text.startswith("# Searching Scenario\n")
    assert not re.search(r"\{\w+\}|\{\{|\}\}", text)
    arguments = {field.alias for field in AssetSearch.model_fields.values()}
    named = set(re.findall(r"^- ([a-z]\w+(?:, [a-z]\w+)*):", text.partition("## Filter")[0], re.MULTILINE))
    assert {name for names in named for name in names.split(", ")} <= arguments


def test_every_filter_in_the_guide_is_valid() -> None:
    quoted = re.findall(r"`([^`]+)`", guide.text())
    filters = [text for text in quoted if " " in text and "prompt = x" not in text]
    assert len(filters) >= 8
    for expression in filters:
        assert check(expression, ASSET_FILTER_FIELDS).unknown_fields == ()
