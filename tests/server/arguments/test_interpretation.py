"""Arguments by other names are read as what they mean; what means two things is asked back with the right call."""

from typing import Any

import pytest

from scenario_mcp.server.arguments import ArgumentReader
from scenario_mcp.server.arguments.names import HOST_FIELDS
from tests.server.arguments.readers import ASSETS, LOOKUP, MODELS, VIEW, read, refusal

HOST = {"toolCallId": "call_x", "sessionId": "s-1", "action": "sendMessage", "chatInput": "hi"}
QUERY = {"query": "harbor"}


# --- names ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("reader", [ASSETS, MODELS, VIEW, LOOKUP], ids=["assets", "models", "view", "lookup"])
def test_every_argument_is_read_in_every_spelling(reader: ArgumentReader[Any]) -> None:
    needed = QUERY if "query" in reader.schema["properties"] else {}
    values = {"boolean": True, "integer": 64, "number": 0.5, "array": ["a"], "object": {"like": ["a"]}, "string": "a"}
    for name, schema in reader.schema["properties"].items():
        given = {"sortBy": ["createdAt:asc"], "filter": "kind = image"}.get(name, values[schema["type"]])
        ids = {} if needed or name.endswith("Ids") else {"assetIds": ["b"]}
        expected = read({**needed, **ids, name: given}, reader)
        snake = "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name)
        for spelling in (
            snake,
            snake.replace("_", "-"),
            snake.replace("_", " "),
            name.lower(),
            name.upper(),
            snake.title(),
        ):
            assert (
                read({**{key: needed[key] for key in needed if key != name}, **ids, spelling: given}, reader)
                == expected
            )


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        *(
            ({name: "castle"}, {"query": "castle"})
            for name in ("q", "search", "search_query", "text", "prompt", "input")
        ),
        ({"keywords": ["castle", "wall"]}, {"query": "castle wall"}),
        ({"q": "null"}, {"query": "null"}),
        *(({**QUERY, name: 5}, {**QUERY, "limit": 5}) for name in ("n", "k", "count", "top_k", "max_results", "take")),
        ({**QUERY, "per_page": "5"}, {**QUERY, "hitsPerPage": 5}),
        ({**QUERY, "page_size": 5, "page_number": 2}, {**QUERY, "hitsPerPage": 5, "page": 2}),
        ({**QUERY, "page": 2, "count": 5}, {**QUERY, "page": 2, "hitsPerPage": 5}),
        ({**QUERY, "skip": 20, "n": 5}, {**QUERY, "offset": 20, "limit": 5}),
        ({"image_id": "a"}, {"image": "a"}),
        ({"similar_to": "a"}, {"image": "a"}),
        ({"like": ["a", "b"], "unlike": "c"}, {"images": {"like": ["a", "b"], "unlike": ["c"]}}),
        ({"images": {"like": ["a"]}, "unlike": "c"}, {"images": {"like": ["a"], "unlike": ["c"]}}),
        ({"images.like": ["a"]}, {"images": {"like": ["a"]}}),
        ({**QUERY, "semantic_ratio": 0.5}, {**QUERY, "querySemanticRatio": 0.5}),
        ({"semantic_ratio": 0.5, "q": "a"}, {"query": "a", "querySemanticRatio": 0.5}),
        ({"semantic_ratio": 0.5, "similar_to": "a"}, {"image": "a", "imageSemanticRatio": 0.5}),
        ({"image": "a", "semanticRatio": 0.5}, {"image": "a", "imageSemanticRatio": 0.5}),
        ({"query": "x", "Query": "x", "q": None}, {"query": "x"}),
        ({**QUERY, "isPublic": "yes"}, {**QUERY, "public": True}),
        ({"where": "kind = image"}, {"filter": "kind = image"}),
    ],
    ids=str,
)
def test_usual_names_of_an_argument_are_taken_for_it(raw: dict[str, Any], expected: dict[str, Any]) -> None:
    assert read(raw) == expected


@pytest.mark.parametrize("name", ["ids", "id", "asset_id", "assetId", "asset_ids", "assets", "image_ids", "uris"])
def test_ids_to_look_at_have_many_names(name: str) -> None:
    assert read({name: "a, b"}, VIEW) == {"assetIds": ["a", "b"]}


@pytest.mark.parametrize("name", ["ids", "id", "model_id", "modelId", "model", "models"])
def test_ids_of_models_have_many_names(name: str) -> None:
    assert read({name: ["m"]}, LOOKUP) == {"modelIds": ["m"]}


@pytest.mark.parametrize(
    ("reader", "raw", "sentence"),
    [
        (ASSETS, {"query": "x", "prompt": "dragon"}, 'query and prompt both say query. Write: {"query": "x dragon"}'),
        (ASSETS, {**QUERY, "limit": 5, "n": 6}, 'limit and n both say limit. Write: {"query": "harbor", "limit": 5}'),
        (
            ASSETS,
            {"n": 5, "kind": "image", "limit": 6, "q": "a", "k": 7, "text": "b"},
            (
                'limit, n and k all say limit. Write: {"kind": "image", "limit": 6, "query": "a b"}\n'
                'q and text both say query. Write: {"kind": "image", "limit": 6, "query": "a b"}'
            ),
        ),
        (
            ASSETS,
            {"unlike": ["asset_a"], "Images": {"like": ["asset_b"]}},
            'unlike and Images both say images. Write: {"images": {"unlike": ["asset_a"]}}',
        ),
        (
            ASSETS,
            {"like": ["asset_a"], "images": {"like": ["asset_b"]}, "kind": "image"},
            'images and like both say images. Write: {"kind": "image", "images": {"like": ["asset_b"]}}',
        ),
        (
            ASSETS,
            {"q": "a", "text": "b", f"https://x.example/y.png?X-Amz-Signature={'ab' * 40}": None},
            'q and text both say query. Write: {"query": "a b"}',
        ),
        (
            ASSETS,
            {"size": 5, "q": "a", "kind": "image"},
            (
                "size is in bytes, and a filter field. For the number of hits write: "
                '{"q": "a", "kind": "image", "limit": 5}'
            ),
        ),
        (
            ASSETS,
            {"order": "asc", "q": "a", "kind": "image"},
            '"asc" does not say what to sort by. Write: {"q": "a", "kind": "image", "sortBy": ["createdAt:asc"]}',
        ),
        (
            ASSETS,
            {**QUERY, "size": 10},
            'size is in bytes, and a filter field. For the number of hits write: {"query": "harbor", "limit": 10}',
        ),
        (
            ASSETS,
            {**QUERY, "image": "a", "semantic_ratio": 0.5},
            "semantic_ratio may be querySemanticRatio or imageSemanticRatio. Write the one you mean.",
        ),
        (
            ASSETS,
            {**QUERY, "order": "desc"},
            '"desc" does not say what to sort by. Write: {"query": "harbor", "sortBy": ["createdAt:desc"]}',
        ),
        (
            ASSETS,
            {"asset_ids": ["a"]},
            'asset_ids: ids are looked up by view_assets with {"assetIds": ["a"]}. For look-alikes give image.',
        ),
        (MODELS, {"model_id": "m"}, 'model_id: ids are looked up by get_models with {"modelIds": ["m"]}'),
        (VIEW, {"model_ids": ["m"]}, 'model_ids: ids are looked up by get_models with {"modelIds": ["m"]}'),
        (VIEW, {"q": "castle"}, 'q is for a search: call search_assets with {"q": "castle"}'),
        (LOOKUP, {"filter": "a = b"}, 'filter is for a search: call search_models with {"filter": "a = b"}'),
        (LOOKUP, {"assetIds": ["a"]}, 'assetIds: ids are looked up by view_assets with {"assetIds": ["a"]}'),
    ],
    ids=lambda value: "" if isinstance(value, ArgumentReader) else str(value),
)
def test_what_may_mean_two_things_is_asked_back_with_the_call_as_it_should_be(
    reader: ArgumentReader[Any], raw: dict[str, Any], sentence: str
) -> None:
    assert refusal(raw, reader) == sentence


def test_a_call_with_pictures_or_signed_addresses_is_not_written_out() -> None:
    told = "limit and n both say limit. Write one of them."
    for image in (
        "data:image/png;base64,iVBORw0KGgo" + "A" * 1_000,
        "https://cdn.cloud.scenario.com/a?Policy=p&Signature=s",
    ):
        assert refusal({"limit": 5, "n": 6, "image": image}) == told
        assert refusal({"target": "models", "query": "x", "image": image}) == (
            "This tool knows assets only. Call search_models."
        )


# --- fields that hosts add ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("reader", "raw"),
    [(ASSETS, QUERY), (MODELS, QUERY), (VIEW, {"assetIds": ["a"]}), (LOOKUP, {"modelIds": ["m"]})],
    ids=["assets", "models", "view", "lookup"],
)
def test_fields_that_hosts_add_are_passed_over_by_every_tool(reader: ArgumentReader[Any], raw: dict[str, Any]) -> None:
    assert reader.read({**raw, **HOST}) == reader.read(raw)
    for name in HOST_FIELDS:
        for value in ("x", 5, True, {"a": 1}, ["a"]):
            assert reader.read({name: value, **raw}) == reader.read(raw)


@pytest.mark.promise(number=6)
@pytest.mark.parametrize("name", ["toolcallid", "tool_callId", "session", "toolCallIds", "_x", "chatInput2", "Action"])
def test_a_field_that_only_looks_like_a_host_s_is_refused(name: str) -> None:
    assert refusal({**QUERY, name: "x"}).startswith(f'There is no argument "{name}"')


@pytest.mark.promise(number=6)
def test_unknown_arguments_beside_a_host_s_fields_are_refused_by_name() -> None:
    assert refusal({**QUERY, **HOST, "filtr": "kind = image"}) == 'There is no argument "filtr": did you mean filter?'
    assert refusal({**HOST, "qurey": "harbor"}) == 'There is no argument "qurey": did you mean query?'


# --- the forms of Scenario's own server -----------------------------------------------------------------------------


def test_the_form_of_the_hosted_server_is_read() -> None:
    raw = {
        "target": "assets",
        "query": "harbor",
        "filters": {
            "kind": "image",
            "tags": ["castle"],
            "model_id": "model_1",
            "collection_ids": ["c1"],
            "created_after": "2026-11-01",
            "created_before": "2026-11-20",
            "privacy": "private",
        },
        "image": None,
        "query_semantic_ratio": 0.5,
        "sort_by": ["createdAt:desc"],
        "public": False,
    }
    assert read(raw) == {
        "query": "harbor",
        "filter": "kind = image AND tags = castle AND modelId = model_1 AND collectionIds = c1 "
        "AND createdAt >= 2026-11-01 AND createdAt < 2026-11-20 AND privacy = private",
        "querySemanticRatio": 0.5,
        "sortBy": ["createdAt:desc"],
        "public": False,
    }


@pytest.mark.parametrize("target", ["assets", "asset", "Images", " assets "])
def test_a_target_that_the_tool_has_already_is_dropped(target: str) -> None:
    assert read({"target": target, **QUERY}) == QUERY
    assert read({"target": target, "id": "a"}, VIEW) == {"assetIds": ["a"]}
    assert read({"target": "models", **QUERY}, MODELS) == QUERY


def test_the_other_target_is_answered_with_the_other_tool_s_call() -> None:
    assert refusal({"target": "models", **QUERY, "limit": 3, **HOST}) == (
        'This tool knows assets only. Call search_models with {"query": "harbor", "limit": 3}'
    )
    assert refusal({"target": "asset", **QUERY}, MODELS) == (
        'This tool knows models only. Call search_assets with {"query": "harbor"}'
    )
    assert refusal({"type": "models", **QUERY}) == (
        'This tool knows assets only. Call search_models with {"query": "harbor"}'
    )
    assert refusal({"target": "both", **QUERY}) == (
        "target: search_assets searches assets and search_models models. Leave target out."
    )


# --- filter fields as arguments -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("raw", "expression"),
    [
        ({"kind": "image", "tags": ["castle"]}, "kind = image AND tags = castle"),
        ({"tag": "pixel art"}, 'tags = "pixel art"'),
        ({"type": "image"}, "kind = image"),
        ({"model_id": "model_1", "base_model": "flux.1-dev"}, "modelId = model_1 AND baseModelId = flux.1-dev"),
        ({"min_width": 1024, "height_lte": "2048"}, "width >= 1024 AND height <= 2048"),
        ({"width__gte": 1024, "maxHeight": 2048}, "width >= 1024 AND height <= 2048"),
        (
            {"createdAt[gte]": "2026-11-01", "until": "2026-11-20"},
            "createdAt >= 2026-11-01 AND createdAt < 2026-11-21",
        ),
        ({"updated_after": "2026-11-01T10:00:00Z"}, 'updatedAt >= "2026-11-01t10:00:00.000z"'),
        ({"exclude_tags": ["wip", "old"]}, "tags NOT IN [wip, old]"),
        ({"tags_all": ["castle", "wall"]}, "tags = castle AND tags = wall"),
        ({"nsfw": False}, "nsfw IS EMPTY"),
        ({"nsfw": True}, "nsfw EXISTS AND nsfw IS NOT EMPTY"),
        ({"aspect_ratio": "16:9", "seed": 7}, 'aspectRatio = "16:9" AND seed = 7'),
        ({"size": {"gte": 1_000_000}}, "size >= 1000000"),
        ({"filter": "kind = image", "tags": "castle"}, "kind = image AND tags = castle"),
        ({"filter": "kind = image OR kind = video", "tags": "a"}, "(kind = image OR kind = video) AND tags = a"),
        ({"filter": {"kind": "image"}, "tags": "castle"}, "kind = image AND tags = castle"),
        ({"filter": "kind = image OR kind = 3d", "filters": {"tags": "a"}}, "(kind = image OR kind = 3d) AND tags = a"),
        ({"tags": '["castle", "wall"]'}, "tags IN [castle, wall]"),
        ({"kind": "null", "tags": "castle", "width": None}, "tags = castle"),
    ],
    ids=str,
)
def test_a_filter_field_as_an_argument_joins_the_filter(raw: dict[str, Any], expression: str) -> None:
    assert read({**QUERY, **raw}) == {**QUERY, "filter": expression}


def test_fields_of_models_are_read_for_models() -> None:
    raw = {"capabilities": "img2img", "type": "flux.1-lora", "model_provider": "x"}
    assert read(raw, MODELS) == {
        "filter": "capabilities = img2img AND type = flux.1-lora AND complianceMetadata.modelProvider = x"
    }


def test_a_field_that_is_wanted_and_does_not_exist_is_answered_by_the_filter_s_check() -> None:
    assert refusal({"query": "x", "orientation": "landscape"}).startswith("filter: At `orientation = landscape`")


def test_a_field_s_value_is_quoted_so_that_it_stays_one_value() -> None:
    value = 'a" OR kind = "b\\'
    assert read({"tags": value}) == {"filter": 'tags = "a\\" OR kind = \\"b\\\\"'}
