"""A valid call that is wrapped, renamed and re-spelt at random reads as the same request; hostile ones stay cheap."""

import json
import time
import tracemalloc
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scenario_mcp.errors import SearchRefused
from scenario_mcp.server.arguments import ArgumentReader
from scenario_mcp.server.arguments.names import HOST_FIELDS
from tests.server.arguments.readers import ASSETS, LOOKUP, MODELS, VIEW, read
from tests.support.examples import examples
from tests.support.hostile import ANY_JSON, VALUES, check_refusal, nested

IDS = st.from_regex(r"asset_[A-Za-z0-9]{1,8}", fullmatch=True)
WORD = st.text("abcdefgh", min_size=1, max_size=8)
CALLS = st.fixed_dictionaries(
    {"query": WORD},
    optional={
        "filter": st.sampled_from(["kind = image", "kind = image OR tags = a", 'tags IN [a, "b c"]']),
        "images": st.fixed_dictionaries({"like": st.lists(IDS, min_size=1, max_size=3)}),
        "limit": st.integers(1, 100),
        "querySemanticRatio": st.sampled_from([0.25, 0.5]),
        "sortBy": st.just(["createdAt:desc"]),
        "public": st.booleans(),
    },
)
USUAL: dict[str, tuple[str, ...]] = {
    "query": ("q", "search", "search_query", "keywords", "Query", "text"),
    "filter": ("filters", "where", "Filter", "filter_by"),
    "images": ("Images", "IMAGES"),
    "limit": ("n", "top_k", "max_results", "LIMIT", "count"),
    "querySemanticRatio": ("query_semantic_ratio", "query-semantic-ratio", "querysemanticratio"),
    "sortBy": ("sort_by", "sort", "order_by", "orderBy"),
    "public": ("Public", "is_public"),
}
WRITINGS: dict[str, tuple[Callable[[Any], Any], ...]] = {
    "query": (lambda value: [value], str),
    "filter": (lambda value: [value], lambda value: [[value]], lambda value: json.dumps([value]), json.dumps),
    "images": (json.dumps, str, lambda value: value["like"], lambda value: {**value, "unlike": [None, "null"]}),
    "limit": (str, float, lambda value: f" {value}.0 "),
    "querySemanticRatio": (str,),
    "sortBy": (lambda value: value[0], json.dumps, lambda _: "-created_at", lambda _: {"createdAt": "desc"}),
    "public": (str, int, lambda value: "yes" if value else "no"),
}
WRAPPERS: tuple[Callable[[Any], dict[str, Any]], ...] = (
    lambda call: {"arguments": call},
    lambda call: {"kwargs": json.dumps(call)},
    lambda call: {"input": str(call)},
    lambda call: {"params": {"arguments": call}, "name": "search_assets"},
    lambda call: {"args": [call]},
)


@settings(max_examples=examples(80))
@given(call=CALLS, data=st.data())
def test_a_call_means_the_same_however_it_is_written(call: dict[str, Any], data: st.DataObject) -> None:
    written: dict[str, Any] = {}
    for name, value in call.items():
        spelling = data.draw(st.sampled_from([name, *USUAL[name]]))
        writing = data.draw(st.sampled_from([lambda same: same, *WRITINGS[name]]))
        written[spelling] = writing(value)
    for name in data.draw(st.lists(st.sampled_from(sorted(HOST_FIELDS)), max_size=2)):
        written[name] = data.draw(st.sampled_from(["x", 5, {"a": "b"}]))
    for name in data.draw(st.lists(st.sampled_from(["page", "cursor", "image", "unknown"]), max_size=2)):
        written[name] = data.draw(st.sampled_from([None, "", "null", "undefined", [], {}]))
    if data.draw(st.booleans()):
        written = data.draw(st.sampled_from(WRAPPERS))(written)
    assert read(written) == read(call), written


@settings(max_examples=examples(50))
@given(
    raw=st.dictionaries(
        st.sampled_from(
            [
                *(
                    "arguments",
                    "kwargs",
                    "filter",
                    "filters",
                    "kind",
                    "tags",
                    "created_after",
                    "width_gte",
                    "size",
                    "ids",
                ),
                *(
                    "target",
                    "type",
                    "sort",
                    "order",
                    "like",
                    "q",
                    "text",
                    "semantic_ratio",
                    "model_id",
                    "images",
                    "image",
                ),
            ]
        ),
        ANY_JSON
        | st.dictionaries(st.sampled_from(["kind", "or", "not", "gte", "field", "operator", "value", "in"]), ANY_JSON)
        | st.sampled_from(
            ["models", "desc", "kind = image", "1MB", "[", "{'a': 1}", "https://app.scenario.com/assets/a"]
        ),
        max_size=4,
    )
)
def test_whatever_stands_under_a_usual_name_is_read_or_refused_in_a_sentence(raw: dict[str, Any]) -> None:
    for reader in (ASSETS, MODELS, VIEW, LOOKUP):
        try:
            request = reader.read(raw)
        except SearchRefused as refused:
            check_refusal(refused.message)
            continue
        sends = request.model_dump(by_alias=True, exclude_none=True, mode="json")
        again = reader.read(json.loads(json.dumps(sends))).model_dump(by_alias=True, exclude_none=True, mode="json")
        assert again == sends


HOSTILE: dict[str, dict[str, Any]] = {
    "wrappers without end": nested(500, "arguments"),
    "wrappers as text": {"arguments": '{"arguments":' * 50_000},
    "a wrapper of brackets": {"kwargs": "[" * 1_000_000},
    "a filter of lists without end": {"filter": nested(500)},
    "a filter of objects without end": {"filter": nested(500, "not")},
    "a filter of a hundred thousand conditions": {"filter": ["kind = image"] * 100_000},
    "a filter of nested lists": {"filter": [["a = b"] * 400] * 400},
    "a filter as huge text": {"filter": "[" + "'a'," * 500_000 + "]"},
    "a hundred thousand fields": {"filter": {f"f{number}": 1 for number in range(100_000)}},
    "a hundred thousand arguments": {f"created_{number}": 1 for number in range(100_000)},
    "a hundred thousand tags": {"tags": ["x"] * 100_000},
    "a huge value of a field": {"kind": "x" * 5_000_000},
    "a huge name": {"created_after" * 100_000: 1},
    "a huge number": {"width": 10**5_000, "filter": {"size": 10**5_000}, "size": 10**5_000, "seed": -(10**5_000)},
    "orders without end": {"query": "x", "sortBy": [{"createdAt": {"order": "x" * 1_000_000}}] * 100},
    "quotes without end": {"image": '"' * 3_000_000},
    "brackets without end": {"image": "![" * 1_000_000},
    "comments without end": dict.fromkeys(("images", "image", "sortBy", "filter", "assetIds"), "[" + "/*a" * 6_600),
    "words without end": {"keywords": ["x"] * 100_000},
}


@pytest.mark.promise(number=7)
@pytest.mark.parametrize("raw", HOSTILE.values(), ids=HOSTILE)
def test_hostile_arguments_are_refused_cheaply(raw: dict[str, Any]) -> None:
    readers: tuple[ArgumentReader[Any], ...] = (ASSETS, MODELS, VIEW, LOOKUP)
    for reader in readers:
        begin = time.process_time()
        with pytest.raises(SearchRefused) as refused:
            reader.read(raw)
        assert time.process_time() - begin < 1
        check_refusal(refused.value.message)
    tracemalloc.start()
    with pytest.raises(SearchRefused):
        ASSETS.read(raw)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 50_000_000


def test_values_made_to_harm_break_no_reading() -> None:
    for name in (
        "kind",
        "tags",
        "created_after",
        "filters",
        "arguments",
        "sort",
        "like",
        "size",
        "target",
        "order",
        "q",
    ):
        for value in VALUES:
            for raw in (
                {name: value},
                {"query": "x", name: value},
                {"filter": {name: value}},
                {"filter": [value, name]},
            ):
                try:
                    ASSETS.read(raw)
                except SearchRefused as refused:
                    check_refusal(refused.message)
