"""Several assets looked at, or read about, in one call."""

import base64
import io
import json
import random
from typing import Any

import httpx
import pytest
from mcp.client import Client, advertise
from mcp.types import CallToolResult, ImageContent, TextContent
from PIL import Image

from scenario_mcp.api.replies import Asset
from scenario_mcp.errors import NotFound, Unavailable
from scenario_mcp.pictures.resize import Picture
from scenario_mcp.rendering.captions import line
from scenario_mcp.server.app import build_server
from scenario_mcp.server.gallery import EXTENSION, META_KEY, MIME_TYPE
from scenario_mcp.server.tools.get_models import ModelsLookup, get_models
from scenario_mcp.server.tools.lookups import MAX_FACTS_BYTES
from scenario_mcp.server.tools.view_assets import MAX_PICTURES_BYTES, AssetsView, view_assets
from scenario_mcp.settings import Sandbox, Settings
from tests.support.fakes import SIGNATURE, SIGNED_URL, Network, asset_document, is_plain, model_document, picture

SANDBOX = Settings(upstream=Sandbox())
MAX_RESULT_CHARACTERS = 700_000
CDN = "https://cdn.cloud.scenario.com/assets"


def image(asset_id: str, **fields: Any) -> dict[str, Any]:
    """Return the document of a picture that lies on the CDN."""
    return {"id": asset_id, "mimeType": "image/png", "url": f"{CDN}/{asset_id}?{SIGNATURE}", **fields}


def serving(
    assets: list[dict[str, Any]],
    pictures: dict[str, httpx.Response] | None = None,
    models: httpx.Response | None = None,
) -> Network:
    """Make a network that has these assets and models, and these answers in place of a small picture."""

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/v1/assets/get-bulk":
            return httpx.Response(200, json={"assets": assets})
        if request.url.path == "/v1/models/get-bulk":
            return models or httpx.Response(200, json={"models": []})
        known = (pictures or {}).get(request.url.path.rpartition("/")[2])
        return known or httpx.Response(200, content=picture())

    return Network(answer)


async def called(tool: str, arguments: dict[str, Any]) -> CallToolResult:
    shows_pages = advertise(EXTENSION, {"mimeTypes": [MIME_TYPE]})
    async with Client(build_server(SANDBOX), extensions=[shows_pages]) as client:
        return await client.call_tool(tool, arguments)


async def sample_ids(filter_expression: str, count: int) -> list[str]:
    async with Client(build_server(SANDBOX)) as client:
        result = await client.call_tool("search_assets", {"filter": filter_expression, "limit": count})
    return [hit["id"] for hit in (result.structured_content or {})["hits"]]


def opened(block: object) -> Image.Image:
    assert isinstance(block, ImageContent)
    return Image.open(io.BytesIO(base64.b64decode(block.data)))


def texts(result: CallToolResult) -> list[str]:
    return [block.text for block in result.content if isinstance(block, TextContent)]


# --- on the sandbox, through a client --------------------------------------------------------------------------------


@pytest.mark.smoke
async def test_the_first_text_tells_of_all_and_each_picture_comes_after_its_id() -> None:
    ids = await sample_ids("kind = image AND nsfw IS EMPTY", 4)
    result = await called("view_assets", {"assetIds": ids})
    assert not result.is_error
    assert result.structured_content is None
    first, *rest = result.content
    assert isinstance(first, TextContent)
    lines = first.text.split("\n")
    assert [each.split(" ")[:2] for each in lines] == [[f"{n}.", each] for n, each in enumerate(ids, 1)]
    assert [block.type for block in rest] == ["text", "image"] * 4
    for number, (text, block) in enumerate(zip(rest[::2], rest[1::2], strict=True), 1):
        assert isinstance(text, TextContent)
        assert text.text == f"{number}. {ids[number - 1]}:"
        assert max(opened(block).size) == 512
    assert len(result.model_dump_json()) < MAX_RESULT_CHARACTERS


@pytest.mark.parametrize("size", [64, 300, 1024])
async def test_the_size_is_the_longest_side(size: int) -> None:
    (asset_id,) = await sample_ids("kind = image AND nsfw IS EMPTY AND width > 1024", 1)
    result = await called("view_assets", {"assetIds": asset_id, "size": size})
    text, block = result.content
    assert isinstance(text, TextContent)
    assert text.text.startswith(f"{asset_id} ")
    assert max(opened(block).size) == size


async def test_eight_large_pictures_stay_within_what_clients_take() -> None:
    ids = await sample_ids("kind = image AND nsfw IS EMPTY AND width >= 1024", 8)
    result = await called("view_assets", {"assetIds": ids, "size": 1024})
    assert sum(isinstance(block, ImageContent) for block in result.content) == 8
    assert len(result.model_dump_json()) < MAX_RESULT_CHARACTERS


async def test_what_is_no_picture_shows_its_thumbnail_or_its_words() -> None:
    video, audio, words = [
        (await sample_ids(f"kind = {kind} AND privacy != public", 1))[0] for kind in ("video", "audio", "text")
    ]
    result = await called("view_assets", {"assetIds": [video, audio, words]})
    lines = texts(result)[0].split("\n")
    assert ": video 768x1152, " in lines[0]
    assert ' text: "Runed broadsword - Hums in the presence of dragons, and of beehives. ' in lines[2]
    assert lines[2].endswith('The cross has been moved. Twice.".')
    assert [block.type for block in result.content] == ["text", "text", "image", "text", "image"]


@pytest.mark.promise(number=18)
async def test_pictures_labelled_nsfw_are_described_and_shown_only_when_asked_for() -> None:
    ids = await sample_ids("nsfw IS NOT EMPTY AND nsfw EXISTS", 2)
    result = await called("view_assets", {"assetIds": ids})
    (text,) = texts(result)
    assert text.startswith(f"1. {ids[0]} ")
    assert 'NSFW labels: "violence". ' in text
    assert [each.endswith(" Not shown; nsfw true shows it.") for each in text.split("\n")] == [True, True]
    assert len(result.content) == 1
    asked_for = await called("view_assets", {"assetIds": ids, "nsfw": True})
    assert [block.type for block in asked_for.content] == ["text", *["text", "image"] * 2]


async def test_an_unknown_asset_is_named_and_does_not_spoil_the_rest() -> None:
    (asset_id,) = await sample_ids("kind = image AND nsfw IS EMPTY", 1)
    result = await called("view_assets", {"assetIds": ["asset_none", asset_id]})
    (text,) = texts(result)
    first, last = text.split("\n")
    assert first.startswith(f"{asset_id} ")
    assert last == '"asset_none" was not found. Check the id.'
    assert isinstance(result.content[1], ImageContent)
    assert not result.is_error


async def test_nothing_but_unknown_ids_is_an_error() -> None:
    result = await called("view_assets", {"assetIds": ["asset_none", "asset_x"]})
    assert result.is_error
    assert texts(result) == [
        'There is no such asset: "asset_none", "asset_x". Ids stand in search_assets\' hits.',
    ]
    models = await called("get_models", {"modelIds": "model_none"})
    assert models.is_error
    assert texts(models) == ['There is no such model: "model_none". Ids stand in search_models\' hits.']


UNREADABLE: dict[str, Any] = {"tags": [{}] * 1_001}
"""Too odd to be read without what is odd."""


@pytest.mark.promise(number=1)
async def test_what_is_there_and_cannot_be_read_is_not_called_unknown() -> None:
    network = serving([image("a"), {"id": "odd", **UNREADABLE}, {"id": "not asked for", **UNREADABLE}])
    request = AssetsView(asset_ids=("gone", "odd", "a"), pictures=False)
    (text,) = (await view_assets(network.scenario(), request)).blocks
    assert isinstance(text, str)
    assert text.split("\n")[1:] == [
        '"gone" was not found. Check the id.',
        'What Scenario tells of "odd" cannot be read.',
    ]
    (facts,) = (await view_assets(network.scenario(), request.model_copy(update={"details": True}))).blocks
    assert isinstance(facts, str)
    answer = json.loads(facts)
    assert (answer["notFound"], answer["notReadable"]) == (["gone"], ["odd"])


@pytest.mark.promise(number=1)
@pytest.mark.parametrize("odd", [{"id": "odd", **UNREADABLE}, {"id": None}, {"id": ["odd"]}, "odd"])
async def test_when_nothing_can_be_read_that_is_told_whatever_its_id_has_become(odd: Any) -> None:
    scenario = serving([odd], models=httpx.Response(200, json={"models": [odd]})).scenario()
    for answering in (
        view_assets(scenario, AssetsView(asset_ids=("odd",))),
        get_models(scenario, ModelsLookup(model_ids=("odd",))),
    ):
        with pytest.raises(Unavailable) as told:
            await answering
        assert told.value.message == 'What Scenario tells of "odd" cannot be read.'


async def test_details_are_all_facts_as_json_beside_the_pictures() -> None:
    ids = await sample_ids("kind = image AND nsfw IS EMPTY", 2)
    (labelled,) = await sample_ids("nsfw IS NOT EMPTY AND nsfw EXISTS AND kind = image", 1)
    asked = {"assetIds": [*ids, labelled, "asset_none"], "details": True}
    result = await called("view_assets", asked)
    first, *labels = texts(result)
    assert [block.type for block in result.content] == ["text", *["text", "image"] * 2]
    assert labels == [f"1. {ids[0]}:", f"2. {ids[1]}:"]
    answer = json.loads(first)
    assert [asset["id"] for asset in answer["assets"]] == [*ids, labelled]
    assert answer["assets"][0]["metadata"]["prompt"]
    assert answer["notFound"] == ["asset_none"]
    assert answer["notShown"] == {labelled: "Not shown; nsfw true shows it."}
    assert "Signature" not in first
    alone = await called("view_assets", {"assetIds": ids[:1], "details": True})
    assert [block.type for block in alone.content] == ["text", "image"]


async def test_facts_can_be_had_without_pictures_and_lines_too() -> None:
    ids = await sample_ids("kind = image", 2)
    (text,) = texts(facts := await called("view_assets", {"assetIds": ids, "details": True, "pictures": False}))
    assert len(facts.content) == 1
    assert [*json.loads(text)] == ["assets"]
    lines = await called("view_assets", {"assetIds": ids, "pictures": False})
    assert [block.type for block in lines.content] == ["text"]
    assert not any("Not shown" in each for each in texts(lines))


async def test_the_name_of_the_model_stands_beside_its_id() -> None:
    async with Client(build_server(SANDBOX)) as client:
        found = await client.call_tool("search_assets", {"filter": 'name = "Knight portrait (paper)"'})
        (hit,) = (found.structured_content or {})["hits"]
        seen = await client.call_tool("view_assets", {"assetIds": [hit["id"]]})
        told = await client.call_tool("view_assets", {"assetIds": [hit["id"]], "details": True, "pictures": False})
    assert texts(seen)[0].startswith(
        f'{hit["id"]} "Knight portrait (paper)": image 768x1024, "Papercut Theatre" (model_51lKho3vRpxC118ervbNgO), '
        f"{hit['createdAt']}. tags: "
    )
    metadata = json.loads(texts(told)[0])["assets"][0]["metadata"]
    assert (metadata["modelName"], metadata["baseModelName"]) == ("Papercut Theatre", "FLUX.1 [dev]")


async def test_models_are_told_with_all_their_facts() -> None:
    async with Client(build_server(SANDBOX)) as client:
        found = await client.call_tool("search_models", {"query": "ink"})
        ids = [hit["id"] for hit in (found.structured_content or {})["hits"]]
        result = await client.call_tool("get_models", {"modelIds": ids})
    assert result.structured_content is None
    answer = json.loads(texts(result)[0])
    assert [model["id"] for model in answer["models"]] == ids
    assert "notFound" not in answer
    assert answer["models"][0]["exampleAssetIds"]
    assert META_KEY not in (result.meta or {})


async def test_the_gallery_is_told_where_each_picture_stands() -> None:
    (shown,) = await sample_ids("kind = image AND nsfw IS EMPTY", 1)
    (hidden,) = await sample_ids("nsfw IS NOT EMPTY AND nsfw EXISTS", 1)
    result = await called("view_assets", {"assetIds": [hidden, shown]})
    assert result.meta is not None
    gallery = result.meta[META_KEY]
    assert gallery["resourceType"] == "assets"
    assert [(card["id"], card.get("image")) for card in gallery["cards"]] == [(hidden, None), (shown, 2)]
    assert [hit["id"] for hit in gallery["hits"]] == [hidden, shown]
    assert isinstance(result.content[2], ImageContent)


# --- against answers of our own -------------------------------------------------------------------------------------


async def test_the_lines_tell_what_helps_to_choose_each_on_one_line() -> None:
    document = {**asset_document(), "id": "a"}
    answer = await view_assets(serving([document]).scenario(), AssetsView(asset_ids=("a",), nsfw=True))
    said = (
        'a "Knight at the gate": video 1024x576, model_made_it, 2026-01-16. tags: "knight, gate". '
        'NSFW labels: "suggestive, violence". prompt: "a knight at a gate". text: "A line.".'
    )
    first, shown = answer.blocks
    assert first == said
    assert isinstance(shown, Picture)
    unseen = await view_assets(serving([document]).scenario(), AssetsView(asset_ids=("a",)))
    assert unseen.blocks == (
        said.replace(" text:", ' description: "A knight waits at a gate.". text:') + " Not shown; nsfw true shows it.",
    )


async def test_what_has_no_name_is_not_called_by_what_is_said_of_it_anyway() -> None:
    document = image("a", metadata={"kind": "image", "prompt": "an owl"})
    answer = await view_assets(serving([document]).scenario(), AssetsView(asset_ids=("a",)))
    assert answer.blocks[0] == 'a: image. prompt: "an owl".'


async def test_the_file_that_it_was_made_from_is_named() -> None:
    for name in ("parentId", "originalAssetId", "image", "rootParentId"):
        document = image("a", metadata={"kind": "image", name: "asset_source"})
        answer = await view_assets(serving([document]).scenario(), AssetsView(asset_ids=("a",)))
        assert answer.blocks[0] == "a: image, made from asset_source."
    for odd in ("a", SIGNED_URL, 7, "", None):
        document = image("a", metadata={"kind": "image", "parentId": odd})
        assert (await view_assets(serving([document]).scenario(), AssetsView(asset_ids=("a",)))).blocks[
            0
        ] == "a: image."


async def test_models_are_named_by_one_request_and_remembered() -> None:
    assets = [image(each, metadata={"modelId": f"model_{each}", "baseModelId": "model_base"}) for each in "abc"]
    found = [{"id": "model_a", "name": 'The "A"'}, {"id": "model_b"}]
    network = serving(assets, models=httpx.Response(200, json={"models": found}))
    scenario = network.scenario()
    request = AssetsView(asset_ids=("a", "b", "c"), pictures=False)
    for _ in range(2):
        answer = await view_assets(scenario, request)
        assert answer.blocks == ("1. a: \"The 'A'\" (model_a).\n2. b: model_b.\n3. c: model_c.",)
    bulk = [each for each in network.requests if each.url.path == "/v1/models/get-bulk"]
    assert [json.loads(each.content)["modelIds"] for each in bulk] == [["model_a", "model_b", "model_c"]]


@pytest.mark.parametrize("status", [404, 500, 403, 429])
async def test_models_that_cannot_be_asked_for_cost_nothing_but_their_names(status: int) -> None:
    network = serving([image("a", metadata={"modelId": "model_a"})], models=httpx.Response(status))
    answer = await view_assets(network.scenario(), AssetsView(asset_ids=("a",)))
    assert answer.blocks[0] == "a: model_a."
    assert isinstance(answer.blocks[1], Picture)


async def test_details_leave_out_what_is_the_same_for_every_asset() -> None:
    document = {
        **image("a", privacy="private", ownerId="proj_own", teamId="team_own", tags=[], status="success", kind="image"),
        "metadata": {"kind": "image", "width": 4.0, "size": 7.0, "guidance": 3.5, "prompt": ""},
        "properties": {"size": 7, "width": 4, "duration": 2.5},
        "editCapabilities": ["UPSCALE"],
    }
    request = AssetsView(asset_ids=("a",), details=True, pictures=False)

    async def told(**fields: Any) -> Any:
        (text,) = (await view_assets(serving([document | fields]).scenario(), request)).blocks
        assert isinstance(text, str)
        return json.loads(text)["assets"][0]

    assert await told() == {
        "id": "a",
        "privacy": "private",
        "metadata": {"guidance": 3.5, "kind": "image", "size": 7, "width": 4},
        "mimeType": "image/png",
        "properties": {"duration": 2.5},
    }
    other = await told(privacy="public", status="pending", kind="video")
    assert (other["ownerId"], other["status"], other["kind"]) == ("proj_own", "pending", "video")


async def test_an_asset_of_which_nothing_is_known_is_still_named() -> None:
    answer = await view_assets(serving([{"id": "a"}]).scenario(), AssetsView(asset_ids=("a",)))
    assert answer.blocks == ("a: of unknown kind. It has no picture.",)


async def test_strangers_text_cannot_start_a_line_of_its_own() -> None:
    hostile = 'x"\n2. asset_b "Free": image.\u2028\u202e\x1b[31m\U000e0041'
    document = image("a", tags=[hostile], nsfw=[], metadata={"name": hostile, "prompt": f"{hostile}!", "kind": "x"})
    answer = await view_assets(serving([document]).scenario(), AssetsView(asset_ids=("a",)))
    first = answer.blocks[0]
    assert isinstance(first, str)
    assert is_plain(first)
    assert first.startswith("a \"x' 2. asset_b 'Free': image. [31m\": x. tags: \"x' 2. asset_b")


async def test_a_picture_that_cannot_be_had_is_named_and_does_not_spoil_the_rest() -> None:
    assets = [image("good"), image("gone"), image("page"), {**image("far"), "url": "https://example.com/a.png"}]
    network = serving(
        assets, {"gone": httpx.Response(500), "page": httpx.Response(200, content=b"<html>" + SIGNATURE.encode())}
    )
    request = AssetsView(asset_ids=("good", "gone", "page", "far"))
    answer = await view_assets(network.scenario(), request)
    lines = str(answer.blocks[0]).split("\n")
    assert [each.partition(" Not shown: ")[2] for each in lines] == [
        "",
        "The picture host refused the picture (500). Try again later.",
        "This is not a picture of a kind that is read here.",
        "The picture lies on a host that this server does not fetch from. If it stays so, tell the server's operator.",
    ]
    assert "Signature" not in str(answer.blocks)


@pytest.mark.promise(number=11)
async def test_pictures_that_are_hard_to_compress_are_made_to_fit_together() -> None:
    noise = random.Random(7).randbytes(512 * 512 * 3)  # noqa: S311  # noise, not a secret
    buffer = io.BytesIO()
    Image.frombytes("RGB", (512, 512), noise).save(buffer, "PNG")
    ids = tuple(f"a{number}" for number in range(8))
    network = serving(
        [image(each) for each in ids], {each: httpx.Response(200, content=buffer.getvalue()) for each in ids}
    )
    answer = await view_assets(network.scenario(), AssetsView(asset_ids=ids))
    shown = [block for block in answer.blocks if isinstance(block, Picture)]
    assert len(shown) == 8
    assert sum(len(each.data) for each in shown) <= MAX_PICTURES_BYTES


async def test_documents_that_were_not_asked_for_are_left_out_and_the_order_is_the_askers() -> None:
    network = serving([image("other"), image("b"), image("a"), image("a")])
    answer = await view_assets(network.scenario(), AssetsView(asset_ids=("a", "b")))
    assert answer.gallery is not None
    assert [card["id"] for card in answer.gallery().cards] == ["a", "b"]
    assert json.loads(network.requests[0].content) == {"assetIds": ["a", "b"]}


@pytest.mark.promise(number=11)
async def test_facts_without_end_are_cut_and_say_so() -> None:
    endless = {**model_document(), "id": "m", **{f"field{number}": "x" * 4_000 for number in range(1_000)}}
    long = {**model_document(), "id": "n", "exampleAssetIds": [f"asset_{number}" for number in range(5_000)]}
    network = Network(lambda _: httpx.Response(200, json={"models": [endless, long]}))
    answer = await get_models(network.scenario(), ModelsLookup(model_ids=("m", "n")))
    (text,) = answer.blocks
    assert isinstance(text, str)
    assert len(text.encode()) <= MAX_FACTS_BYTES
    cut, told = json.loads(text)["models"]
    assert (cut["id"], cut["name"]) == ("m", endless["name"])
    assert cut["…"] == f"and {1_000 - sum(name.startswith('field') for name in cut)} more fields"
    assert told["exampleAssetIds"][-1] == "and 4950 more"


async def test_what_scenario_refuses_is_passed_on() -> None:
    network = Network(lambda _: httpx.Response(404))
    with pytest.raises(NotFound, match="404"):
        await view_assets(network.scenario(), AssetsView(asset_ids=("a",)))


# --- arguments ------------------------------------------------------------------------------------------------------

EXAMPLE = 'Example: ["asset_GTrL3mq4SXWyMxkOHRxlpw"]'


@pytest.mark.promise(number=6)
@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({}, f"assetIds is missing. {EXAMPLE}"),
        ({"assetIds": []}, f"assetIds is missing. {EXAMPLE}"),
        (
            {"colour": "red"},
            'There is no argument "colour". The arguments are assetIds, size, nsfw, details, pictures.',
        ),
        ({"assetIdz": ["a"]}, 'There is no argument "assetIdz": did you mean assetIds?'),
        (
            {"assetIds": list("abcdefghi")},
            f"assetIds takes 1 to 8 ids, not 9: ask for the rest in another call. {EXAMPLE}",
        ),
        (
            {"assetIds": ["../models/m"]},
            f"assetIds takes ids as they stand in hits: letters, digits, _ - . only. {EXAMPLE}",
        ),
        ({"assetIds": [{"name": "a"}]}, f"assetIds takes a list of ids. {EXAMPLE}"),
        ({"assetIds": ["a"], "size": 63}, "size must be a whole number from 64 to 1024, not 63. Example: 512"),
        ({"assetIds": ["a"], "size": True}, "size must be a whole number from 64 to 1024, not true. Example: 512"),
        ({"assetIds": ["a"], "nsfw": "maybe"}, 'nsfw must be true or false, not "maybe". Example: true'),
    ],
)
async def test_a_wrong_argument_is_told_what_would_be_right(arguments: dict[str, Any], sentence: str) -> None:
    result = await called("view_assets", arguments)
    assert result.is_error
    assert texts(result) == [sentence]


@pytest.mark.parametrize(
    "given",
    [
        ["a", "b", "a"],
        ["https://app.scenario.com/assets?openAssetId=a", "'b'"],
        "https://app.scenario.com/assets/a, <https://app.scenario.com/assets?openAssetId=b&tab=1>",
        "a,b",
        "a b",
        '["a", "b"]',
        ["a, b"],
        ["scenario://assets/a/image", "scenario://assets/b"],
    ],
)
async def test_ids_are_taken_as_clients_write_them(given: Any) -> None:
    result = await called("view_assets", {"assetIds": given, "size": "128", "nsfw": None, "details": "false"})
    assert texts(result) == ['There is no such asset: "a", "b". Ids stand in search_assets\' hits.']


@pytest.mark.parametrize("label", ["nudity", ["nudity", None], [{"label": "nudity"}], True, {"nudity": 0.9}, 7])
async def test_a_label_that_cannot_be_read_counts_as_one(label: Any) -> None:
    answer = await view_assets(serving([image("a", nsfw=label)]).scenario(), AssetsView(asset_ids=("a",)))
    (text,) = answer.blocks
    assert isinstance(text, str)
    assert text.endswith(" Not shown; nsfw true shows it.")


@pytest.mark.parametrize("label", [None, [], "", False])
async def test_no_label_is_none(label: Any) -> None:
    answer = await view_assets(serving([image("a", nsfw=label)]).scenario(), AssetsView(asset_ids=("a",)))
    assert isinstance(answer.blocks[1], Picture)


async def test_a_picture_of_a_type_that_is_not_shown_shows_its_thumbnail() -> None:
    hdr = image("hdr", mimeType="image/vnd.radiance", thumbnail={"url": f"{CDN}/still?{SIGNATURE}"})
    network = serving([hdr], {"hdr": httpx.Response(200, content=b"#?RADIANCE")})
    answer = await view_assets(network.scenario(), AssetsView(asset_ids=("hdr",)))
    assert isinstance(answer.blocks[1], Picture)


@pytest.mark.parametrize("side", [float("inf"), -5, 0, 1e30, 0.2])
async def test_a_size_that_no_picture_has_is_not_told(side: float) -> None:
    asset = Asset.model_validate({"id": "a", "metadata": {"width": side, "height": 5}})
    assert line(asset, {}, is_seen=True) == "a: of unknown kind."


@pytest.mark.parametrize(("is_full", "label"), [(True, "text"), (None, "text"), (False, "text, its beginning")])
async def test_a_text_of_which_only_the_beginning_is_known_says_so(is_full: bool | None, label: str) -> None:  # noqa: FBT001  # a parameter of the test
    words = {"id": "a", "properties": {"preview": "Once upon", "hasFullPreview": is_full}}
    (text,) = (await view_assets(serving([words]).scenario(), AssetsView(asset_ids=("a",)))).blocks
    assert text == f'a: of unknown kind. {label}: "Once upon".'
