"""Every claim of the guide (its filter language apart), of the tools' descriptions and of the instructions is so."""

import json
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from mcp.client import Client
from mcp.types import BlobResourceContents, CallToolResult, TextContent, TextResourceContents

from scenario_mcp.server import guide
from scenario_mcp.server.app import INSTRUCTIONS, build_server
from scenario_mcp.server.tools import TOOLS
from scenario_mcp.settings import Sandbox, Settings

EVERYTHING = "createdAt >= 0001-01-01"
KNIGHT = "asset_BO9HqvvucTMSRoWMWYX1Lq"
Page = dict[str, Any]


class Asker:
    """Calls the tools on the sandbox."""

    def __init__(self, client: Client) -> None:
        self.client = client

    async def call(self, tool: str, **arguments: Any) -> CallToolResult:
        return await self.client.call_tool(tool, arguments)

    async def page(self, tool: str = "search_assets", **arguments: Any) -> Page:
        result = await self.call(tool, **arguments)
        assert not result.is_error, result.content
        return result.structured_content or {}

    async def ids(self, query: str = "", **arguments: Any) -> list[str]:
        given = {"query": query} if query else {}
        return [hit["id"] for hit in (await self.page(**given, limit=100, **arguments))["hits"]]

    async def facts(self, *ids: str, models: bool = False) -> list[dict[str, Any]]:
        if models:
            result = await self.call("get_models", modelIds=[*ids])
        else:
            result = await self.call("view_assets", assetIds=[*ids], details=True, pictures=False)
        (block,) = result.content
        assert isinstance(block, TextContent)
        found: list[dict[str, Any]] = json.loads(block.text)["models" if models else "assets"]
        return found


@asynccontextmanager
async def sandbox() -> AsyncIterator[Asker]:
    async with Client(build_server(Settings(upstream=Sandbox()))) as client:
        yield Asker(client)


# --- what finds what -------------------------------------------------------------------------------------------------


async def words_are_found_wherever_they_stand_and_dropped_from_the_end(ask: Asker) -> None:
    for word, field in (("merrow", "name"), ("papercut", "tags"), ("beehives", "content")):
        assert await ask.ids(word), field
    knights = await ask.ids("knight")
    both = await ask.ids("knight castle")
    assert set(both) == set(knights)
    shown = (await ask.facts(both[0]))[0]
    assert "castle" in str(shown).lower()
    assert "castle" not in str((await ask.facts(both[-1]))[0]).lower()
    assert await ask.ids("zzzz knight") == []
    assert set(await ask.ids("knight zzzz")) == set(knights)


async def quotes_demand_and_a_minus_excludes(ask: Asker) -> None:
    knights, castles = set(await ask.ids("knight")), set(await ask.ids("castle"))
    assert set(await ask.ids('castle "knight"')) <= knights
    assert set(await ask.ids("castle")) - knights
    assert set(await ask.ids("castle -knight")) == castles - knights
    together = await ask.ids('"knight portrait"')
    assert 0 < len(together) < len(await ask.ids("knight portrait"))
    for facts in await ask.facts(*together):
        assert "knight portrait" in re.sub(r"[\W_]+", " ", str(facts)).lower()


async def typos_and_beginnings_match_but_not_in_quotes_and_ten_words_count(ask: Asker) -> None:
    assert set(await ask.ids("kngiht")) == set(await ask.ids("knight")) == set(await ask.ids("kni"))
    assert await ask.ids("kni castle") == await ask.ids('"kngiht"') == await ask.ids('"kni"') == []
    nine = "knight one two three four five six seven eight"
    assert await ask.ids(f'{nine} "qqqq"') == []
    assert await ask.ids(f'{nine} nine "qqqq"')


async def meaning_always_finds_the_nearest_first(ask: Asker) -> None:
    assert await ask.ids("loneliness") == []
    for ratio in (0.5, 0.8, 1):
        page = await ask.page(query="loneliness", querySemanticRatio=ratio, sortBy=["createdAt:asc"])
        assert page["returned"] == 20
        assert "sortBy has no effect" in page["note"]
        assert "the last may be unrelated" in page["note"]
    assert set(await ask.ids("knight", querySemanticRatio=0.7)) >= set(await ask.ids("knight"))


async def a_filter_works_alone_and_holds_beside_a_query_or_pictures(ask: Asker) -> None:
    audio = await ask.ids(filter="kind = audio")
    assert audio
    for ranked in ({"query": "castle"}, {"image": KNIGHT}, {"query": "castle", "querySemanticRatio": 1}):
        assert set(await ask.ids(filter="kind = audio", **ranked)) <= set(audio)
    assert await ask.ids(filter="kind = audio", image=KNIGHT)


async def pictures_are_given_as_ids_or_data_and_the_reference_is_named(ask: Asker) -> None:
    for ratio in (0, 1):
        page = await ask.page(image=KNIGHT, imageSemanticRatio=ratio, limit=5)
        assert page["hits"][0]["id"] == KNIGHT
        assert f"{KNIGHT} is the reference itself." in page["note"]
    (contents,) = (await ask.client.read_resource(f"scenario://assets/{KNIGHT}/image")).contents
    assert isinstance(contents, BlobResourceContents)
    data = f"data:{contents.mime_type};base64,{contents.blob}"
    assert (await ask.ids(image=data))[0] == KNIGHT
    assert (await ask.ids(images={"like": [data]}))[0] == KNIGHT
    near, far = await ask.ids(images={"like": [KNIGHT]}), await ask.ids(images={"unlike": [KNIGHT]})
    assert near.index(KNIGHT) == 0
    assert KNIGHT not in far[:20]
    for argument in ("http://example.com/a.png", "a.png", "/etc/hostname"):
        assert (await ask.call("search_assets", image=argument)).is_error


async def models_are_compared_by_their_examples(ask: Asker) -> None:
    page = await ask.page("search_models", image=KNIGHT, limit=3)
    facts = await ask.facts(*(hit["id"] for hit in page["hits"]), models=True)
    assert any(KNIGHT in each["exampleAssetIds"] for each in facts)


async def the_public_library_is_searched_instead_of_the_project(ask: Asker) -> None:
    for facts in await ask.facts(*(await ask.ids(filter=EVERYTHING, public=True))[:8]):
        assert facts["privacy"] == "public"
    assert await ask.ids(filter="privacy = private")
    assert await ask.ids(filter="privacy = private", public=True) == []


# --- hits, order, pages ----------------------------------------------------------------------------------------------


async def hits_hold_what_decides(ask: Asker) -> None:
    picture = (await ask.page(query="knight portrait"))["hits"][0]
    assert {"name", "kind", "width", "height", "createdAt", "tags"} <= {*picture}
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", picture["createdAt"])
    (sound, *_) = (await ask.page(filter="kind = audio"))["hits"]
    assert "size" in sound
    assert "width" not in sound
    (labelled, *_) = (await ask.page(filter="nsfw IS NOT EMPTY"))["hits"]
    assert labelled["nsfw"]
    (own, *_), (public, *_) = [
        (await ask.page("search_models", filter=EVERYTHING, public=each))["hits"] for each in (False, True)
    ]
    assert {"name", "type", "capabilities", "tags", "about"} <= {*own} < {*public, "createdAt"}
    assert "ownerId" in public
    assert "ownerId" not in own


async def what_was_asked_about_stands_in_the_hit(ask: Asker) -> None:
    plain = (await ask.page(filter="kind = image"))["hits"][0]
    asked = await ask.page(filter="kind = image AND size > 1000 AND guidance >= 1", sortBy=["updatedAt:desc"])
    assert {*asked["hits"][0]} - {*plain} >= {"size", "guidance", "updatedAt"}
    assert "seed" not in asked["hits"][0]


async def cuts_show(ask: Asker) -> None:
    hits = (await ask.page(filter=EVERYTHING, limit=100))["hits"]
    cut = [hit for hit in hits if hit["name"].endswith("…")]
    assert cut
    facts = (await ask.facts(cut[0]["id"]))[0]
    assert facts["description"].startswith(cut[0]["name"].removesuffix("…"))


async def the_order_is_exact_by_filter_alone_and_nothing_else_can_be_sorted_by(ask: Asker) -> None:
    for name in ("createdAt", "updatedAt", "width", "height", "score"):
        hits = (await ask.page(filter="width > 0", sortBy=[f"{name}:desc"]))["hits"]
        values = [hit[name] for hit in hits if name in hit]
        assert values
        assert values == sorted(values, reverse=True)
    assert (await ask.call("search_assets", filter=EVERYTHING, sortBy=["size:desc"])).is_error
    assert (await ask.call("search_models", filter=EVERYTHING, sortBy=["width:desc"])).is_error
    loose = await ask.page(query="knight", sortBy=["createdAt:desc"])
    assert "leave query out for a strict order" in loose["note"]


async def the_newest_are_listed_by_what_lists_everything(ask: Asker) -> None:
    page = await ask.page(filter=EVERYTHING, sortBy=["createdAt:desc"], page=1, hitsPerPage=5)
    days = [hit["createdAt"] for hit in page["hits"]]
    assert days == sorted(days, reverse=True)
    halves = [await ask.page(filter=half, page=1, hitsPerPage=1) for half in ("kind = image", "kind != image")]
    assert page["total"] == sum(half["total"] for half in halves)


async def pages_follow_next_to_the_end_and_totals_come_with_page_numbers(ask: Asker) -> None:
    arguments: dict[str, Any] = {"filter": "kind = video", "limit": 2}
    seen: list[str] = []
    while True:
        page = await ask.page(**arguments)
        seen += [hit["id"] for hit in page["hits"]]
        assert "total" not in page
        if "next" not in page:
            break
        arguments |= page["next"]
    by_number = await ask.page(filter="kind = video", page=1, hitsPerPage=len(seen))
    assert by_number["total"] == len(seen) == len(set(seen)) == by_number["returned"]
    assert "next" not in by_number


# --- after the search ------------------------------------------------------------------------------------------------


async def view_assets_shows_pictures_lines_and_facts(ask: Asker) -> None:
    words = (await ask.ids(filter="kind = text"))[0]
    seen = await ask.call("view_assets", assetIds=[KNIGHT, words])
    first, label, picture = seen.content
    assert isinstance(first, TextContent)
    assert isinstance(label, TextContent)
    assert picture.type == "image"
    assert label.text == f"1. {KNIGHT}:"
    for part in ("Knight portrait (paper)", "image 768x1024", "Papercut Theatre", "tags: ", "prompt: ", KNIGHT):
        assert part in first.text
    assert re.search(r"\d{4}-\d\d-\d\d", first.text)
    assert " text: " in first.text
    both = await ask.call("view_assets", assetIds=[KNIGHT], details=True)
    assert [block.type for block in both.content] == ["text", "image"]
    (facts,) = await ask.facts(KNIGHT)
    assert {"seed", "numInferenceSteps"} <= {*facts["metadata"]}
    assert {"authorId", "updatedAt"} <= {*facts}
    assert (await ask.call("view_assets", assetIds=[f"a{number}" for number in range(9)])).is_error
    for kind in ("video", "audio", "3d"):
        shown = await ask.call("view_assets", assetIds=(await ask.ids(filter=f"kind = {kind}"))[:1])
        assert [block.type for block in shown.content] == ["text", "image"]
    (labelled, *_) = await ask.ids(filter="nsfw IS NOT EMPTY AND kind = image")
    assert len((await ask.call("view_assets", assetIds=[labelled])).content) == 1
    assert len((await ask.call("view_assets", assetIds=[labelled], nsfw=True)).content) == 2


async def get_models_tells_all_facts(ask: Asker) -> None:
    page = await ask.page("search_models", query="knights")
    (facts, *_) = await ask.facts(page["hits"][0]["id"], models=True)
    assert {"parentModelId", "trainingImagesNumber", "authorId", "createdAt", "exampleAssetIds"} <= {*facts}
    shown = await ask.call("view_assets", assetIds=facts["exampleAssetIds"][:1])
    assert not shown.is_error


async def tags_and_collections_are_listed_and_taken_by_name(ask: Asker) -> None:
    listed = await ask.page("list_tags_and_collections")
    assert listed["tags"]["knight"] > 0
    collection = listed["collections"][0]
    assert {"id", "name", "assets"} <= {*collection}
    by_id, by_name = [
        await ask.ids(filter=f'collectionIds = "{each}"') for each in (collection["id"], collection["name"])
    ]
    assert by_id == by_name != []


async def resources_hold_the_same(ask: Asker) -> None:
    for uri in (f"scenario://assets/{KNIGHT}", "scenario://models/model_51lKho3vRpxC118ervbNgO"):
        (contents,) = (await ask.client.read_resource(uri)).contents
        assert isinstance(contents, TextResourceContents)
        assert json.loads(contents.text)["id"] == uri.rpartition("/")[2]
    (picture,) = (await ask.client.read_resource(f"scenario://assets/{KNIGHT}/image")).contents
    assert isinstance(picture, BlobResourceContents)


async def likeness_pulls_and_pushes(ask: Asker) -> None:
    knights = await ask.ids("knight")
    like = await ask.ids(images={"like": [knights[0]]})
    pushed = await ask.ids(images={"like": [knights[0]], "unlike": [knights[1]]})
    assert knights[1] in like[:20]
    assert knights[1] not in pushed[:20]


# --- the texts, each part with the claim that holds it ----------------------------------------------------------------

Claim = Callable[[Asker], Awaitable[None]]

GUIDE: dict[str, Claim] = {
    "query: words in names": words_are_found_wherever_they_stand_and_dropped_from_the_end,
    "To demand a word": quotes_demand_and_a_minus_excludes,
    "Typos match": typos_and_beginnings_match_but_not_in_quotes_and_ten_words_count,
    "querySemanticRatio: 0": meaning_always_finds_the_nearest_first,
    "filter: exact conditions": a_filter_works_alone_and_holds_beside_a_query_or_pictures,
    "image, images": pictures_are_given_as_ids_or_data_and_the_reference_is_named,
    "search_models compares": models_are_compared_by_their_examples,
    "query, filter and image together": a_filter_works_alone_and_holds_beside_a_query_or_pictures,
    "public: true": the_public_library_is_searched_instead_of_the_project,
    "An asset: name": hits_hold_what_decides,
    "A field that the filter compares": what_was_asked_about_stands_in_the_hit,
    '"…" marks a cut': cuts_show,
    "sortBy takes": the_order_is_exact_by_filter_alone_and_nothing_else_can_be_sorted_by,
    "Newest first": the_newest_are_listed_by_what_lists_everything,
    "`next` says": pages_follow_next_to_the_end_and_totals_come_with_page_numbers,
    "view_assets shows up to 8": view_assets_shows_pictures_lines_and_facts,
    "list_tags_and_collections lists": tags_and_collections_are_listed_and_taken_by_name,
    "The same by resource": resources_hold_the_same,
    '"More like this"': likeness_pulls_and_pushes,
}
"""How each line of the guide begins, apart from its section on filter expressions."""
DESCRIPTIONS: dict[str, tuple[Claim, ...]] = {
    "search_assets": (
        a_filter_works_alone_and_holds_beside_a_query_or_pictures,
        the_newest_are_listed_by_what_lists_everything,
        hits_hold_what_decides,
    ),
    "search_models": (models_are_compared_by_their_examples, the_public_library_is_searched_instead_of_the_project),
    "view_assets": (view_assets_shows_pictures_lines_and_facts,),
    "get_models": (get_models_tells_all_facts,),
    "list_tags_and_collections": (tags_and_collections_are_listed_and_taken_by_name,),
}


@pytest.mark.parametrize("claim", list(dict.fromkeys([*GUIDE.values(), get_models_tells_all_facts])))
async def test_it_is_so(claim: Claim) -> None:
    async with sandbox() as ask:
        await claim(ask)


def test_every_line_of_the_guide_has_a_test() -> None:
    sections = re.split(r"^## ", guide.text(), flags=re.MULTILINE)[1:]
    lines = [
        line.removeprefix("- ")
        for section in sections
        if not section.startswith("Filter expressions")
        for line in section.split("\n")[1:]
        if line
    ]
    assert len(lines) == len(GUIDE)
    for line, begins in zip(lines, GUIDE, strict=True):
        assert line.startswith(begins)


def test_every_tool_has_tests_of_what_its_description_says() -> None:
    assert [*DESCRIPTIONS] == [*TOOLS]
    tested = {*GUIDE.values(), get_models_tells_all_facts}
    assert all(claim in tested for claims in DESCRIPTIONS.values() for claim in claims)


async def test_the_instructions_name_what_there_is() -> None:
    for name in set(re.findall(r"\b[a-z]+_[a-z_]+\b", INSTRUCTIONS)):
        assert name in TOOLS
    for name in ("querySemanticRatio", "public", "images", "query", "filter"):
        assert name in INSTRUCTIONS
        assert name in TOOLS["search_assets"].input_schema["properties"]
    same = set(TOOLS["search_assets"].input_schema["properties"]) ^ set(
        TOOLS["search_models"].input_schema["properties"]
    )
    assert same == {"originalModels"}
    example = re.search(r"such as (.*?) \(days", INSTRUCTIONS)
    assert example
    async with sandbox() as ask:
        assert not (await ask.call("search_assets", filter=example[1])).is_error
        (contents,) = (await ask.client.read_resource(guide.URI)).contents
        assert all(
            tool.annotations.read_only_hint for tool in (await ask.client.list_tools()).tools if tool.annotations
        )
    assert isinstance(contents, TextResourceContents)
    for field in TOOLS["search_models"].request.filter_fields:
        assert f"- {field}: " in contents.text
