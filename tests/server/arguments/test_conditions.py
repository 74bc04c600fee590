"""A filter as a list, an object, or text of these becomes the filter that is meant."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scenario_mcp.api.filter_fields import ASSET_FILTER_FIELDS
from scenario_mcp.filters.syntax import parse_tree
from scenario_mcp.filters.tree import Comparison
from scenario_mcp.server.arguments.clauses import MAX_CONDITIONS
from scenario_mcp.server.arguments.conditions import Condition, write_filter
from scenario_mcp.server.arguments.filter_names import Field, FieldNames
from tests.server.arguments.readers import MODELS, read, readings, refusal

EXAMPLE = 'Example: "kind = image AND tags = knight"'


def filter_of(shape: object) -> str:
    sent = read({"filter": shape})
    assert [*sent] == ["filter"]
    return str(sent["filter"])


BESIDE: list[tuple[Any, str]] = [
    ({"field": "kind", "value": "image", "tags": "knight"}, "kind = image AND tags = knight"),
    (
        {"field": "kind", "op": "!=", "value": "image", "not": True, "tags": "knight"},
        "NOT (kind != image) AND tags = knight",
    ),
    (
        {"operator": "OR", "conditions": [{"kind": "image"}, {"kind": "video"}], "width": {"gte": 512}},
        "(kind = image OR kind = video) AND width >= 512",
    ),
    (
        {"field": "kind", "value": "image", "or": [{"tags": "a"}, {"tags": "b"}]},
        "kind = image AND (tags = a OR tags = b)",
    ),
    ({"path": ["kind"], "operator": "Equal", "valueText": "image", "tags": "a"}, "kind = image AND tags = a"),
    (
        {"id": "kind", "field": "kind", "type": "string", "label": "Kind", "operator": "equal", "value": "image"},
        "kind = image",
    ),
    ({"field": "kind", "value": "image", "tags": None, "valueSource": "value"}, "kind = image"),
]


@pytest.mark.parametrize(("shape", "text"), BESIDE)
def test_what_stands_beside_a_condition_in_words_is_wanted_too(shape: object, text: str) -> None:
    assert filter_of(shape) == text


SHAPES: list[tuple[Any, str]] = [
    (["kind = image", "tags = harbor"], "kind = image AND tags = harbor"),
    ([["kind = audio", "kind = video"], "tags = harbor"], "(kind = audio OR kind = video) AND tags = harbor"),
    (["kind = image OR kind = video", "tags = a"], "(kind = image OR kind = video) AND tags = a"),
    ([["kind = image"]], "kind = image"),
    ([None, "null", "", "kind = image"], "kind = image"),
    (["kind = image", "OR", "kind = video"], "kind = image OR kind = video"),
    ([{"kind": "image"}, "tags = a"], "kind = image AND tags = a"),
    (["width", ">=", 1024], "width >= 1024"),
    ([["width", ">=", 1024], ["kind", "=", "image"]], "width >= 1024 AND kind = image"),
    ({"kind": "video"}, "kind = video"),
    ({"kind": "image", "tags": "pixel art"}, 'kind = image AND tags = "pixel art"'),
    ({"tags": ["castle"]}, "tags = castle"),
    ({"tags": ["castle", "old wall"]}, 'tags IN [castle, "old wall"]'),
    ({"tags": [None, "null", "castle"], "kind": "None"}, "tags = castle"),
    ({"tags": {"all": ["castle", "wall"]}}, "tags = castle AND tags = wall"),
    ({"tags": {"not": "wip"}}, "tags != wip"),
    ({"tags": {"$nin": ["wip", "old"]}}, "tags NOT IN [wip, old]"),
    ({"width": {"gte": 1024}}, "width >= 1024"),
    ({"width": {"$gt": 1024, "$lte": 2048}}, "width > 1024 AND width <= 2048"),
    ({"width": {"min": 1, "max": 2}}, "width >= 1 AND width <= 2"),
    ({"width": {"between": [1, 2]}}, "width 1 TO 2"),
    ({"width": ">= 1024"}, "width >= 1024"),
    ({"createdAt": {"$gte": "2026-11-01T10:00:00Z"}}, 'createdAt >= "2026-11-01t10:00:00.000z"'),
    ({"created_after": "2026-11-01"}, "createdAt >= 2026-11-01"),
    ({"nsfw": {"exists": False}}, "NOT (nsfw EXISTS)"),
    ({"prompt": {"is_empty": True}}, "prompt IS EMPTY"),
    ({"$or": [{"kind": "image"}, {"tags": "a"}]}, "kind = image OR tags = a"),
    ({"or": [{"kind": "image"}, {"tags": "a"}], "width": 5}, "(kind = image OR tags = a) AND width = 5"),
    ({"NOT": {"kind": "image"}}, "NOT (kind = image)"),
    ({"AND": ["kind = image", "tags = a"]}, "kind = image AND tags = a"),
    ({"bool": {"must": [{"term": {"kind": "image"}}]}}, "kind = image"),
    ([{"field": "width", "operator": ">=", "value": 1024}], "width >= 1024"),
    ({"field": "width", "gte": 512, "lt": 1024}, "width >= 512 AND width < 1024"),
    # Qdrant, Weaviate, Notion, JsonLogic, MongoDB's $expr, query builders
    (
        {"must": [{"key": "width", "range": {"gte": 9}}], "must_not": [{"key": "tags", "match": {"any": ["a", "b"]}}]},
        "width >= 9 AND NOT (tags IN [a, b])",
    ),
    ({"should": [{"key": "tags", "match": {"except": ["a", "b"]}}]}, "tags NOT IN [a, b]"),
    ({"path": ["kind"], "operator": "Equal", "valueText": "image"}, "kind = image"),
    (
        {"operator": "And", "operands": [{"path": "tags", "operator": "ContainsAny", "valueTextArray": ["a"]}]},
        "tags = a",
    ),
    ({"property": "kind", "select": {"does_not_equal": "image"}}, "kind != image"),
    ({"property": "createdAt", "date": {"on_or_after": "2026-01-01"}}, "createdAt >= 2026-01-01"),
    ({"and": [{">=": [{"var": "width"}, 9]}, {"in": [{"var": "tags"}, ["a", "b"]]}]}, "width >= 9 AND tags IN [a, b]"),
    ({"$eq": ["$kind", "image"]}, "kind = image"),
    (
        {"condition": "OR", "rules": [{"id": "kind", "operator": "equal", "value": "image"}, "tags = a"]},
        "kind = image OR tags = a",
    ),
    ({"conjunction": "or", "filterSet": [{"fieldId": "width", "operator": "is", "value": 9}]}, "width = 9"),
    ({"id": "1", "field": "kind", "operator": "!=", "valueSource": "value", "value": "image"}, "kind != image"),
    ({"field": "kind", "op": "!=", "value": "image"}, "kind != image"),
    ({"field": "created_after", "value": "2026-01-01"}, "createdAt >= 2026-01-01"),
    ({"combinator": "or", "not": True, "rules": [{"field": "kind", "value": "image"}]}, "NOT (kind = image)"),
    ({"combinator": "or", "not": False, "rules": [{"field": "kind", "value": "image"}]}, "kind = image"),
    ({"key": "width", "negate": True, "range": {"gte": 9}}, "NOT (width >= 9)"),
    # what only looks so
    ({"name": "kind", "width": {"gte": 9}}, "name = kind AND width >= 9"),
    ({"or": ["kind = image", "tags = a"]}, "kind = image OR tags = a"),
    ({"key": "old", "match": "a"}, "key = old AND match = a"),
    ({"path": ["old"], "width": 9}, "path = old AND width = 9"),
    ({"field": "tags", "op": "in", "values": ["a", "b"]}, "tags IN [a, b]"),
    ({"field": "prompt", "operator": "exists"}, "prompt EXISTS"),
    (
        {"operator": "or", "conditions": [{"field": "kind", "value": "image"}, {"attribute": "tags", "value": "a"}]},
        "kind = image OR tags = a",
    ),
    ([["kind", "image"], ["tags", "old wall"]], 'kind = image AND tags = "old wall"'),
    (["kind", "image"], "kind = image"),
    ({"tags": '["castle", "wall"]', "width": "{'gte': 1024}"}, "tags IN [castle, wall] AND width >= 1024"),
    ({"tags": "[wip]"}, 'tags = "[wip]"'),
    ({"modelId": "https://app.scenario.com/models/model_1?x=1"}, "modelId = model_1"),
    ({"modelId": ["scenario://models/model_1", "model_2"]}, "modelId IN [model_1, model_2]"),
    ({"a_new_field": 5}, "a_new_field = 5"),
    ({"public": None, "kind": "image"}, "kind = image"),
]


@pytest.mark.parametrize(("shape", "expression"), SHAPES, ids=str)
def test_conditions_in_any_shape_mean_the_same_as_text(shape: object, expression: str) -> None:
    assert filter_of(shape) == expression
    assert filter_of(json.dumps(shape)) == expression
    assert filter_of(str(shape)) == expression


def test_a_filter_of_models_may_have_any_shape_too() -> None:
    raw = {"filter": {"type": "flux.1-lora", "capabilities": ["img2img"]}}
    assert read(raw, MODELS) == {"filter": "type = flux.1-lora AND capabilities = img2img"}


def test_a_filter_in_json_s_quotes_is_taken_out_of_them() -> None:
    assert filter_of('"kind = image"') == "kind = image"
    assert filter_of("{kind: image, tags: ['castle']}") == "kind = image AND tags = castle"


def test_what_is_not_obvious_is_said() -> None:
    assert readings({"filter": {"tags": ["castle", "old wall"], "kind": ["image", "video"]}}) == (
        'tags as any of 2 (all: tags = castle AND tags = "old wall")',
    )
    assert readings({"filter": {"tags": [f"a-rather-long-tag-{number}" for number in range(9)]}}) == (
        "tags as any of 9",
    )
    assert readings({"created_after": "2026-11-01", "kind": "image"}) == ("created_after as createdAt >= 2026-11-01",)
    assert readings({"filter": {"kind": "image", "tags": ["a"], "width": {"gte": 5}}}) == ()


@pytest.mark.parametrize(
    ("shape", "sentence"),
    [
        (5, f"filter takes conditions, not 5. {EXAMPLE}"),
        (True, f"filter takes conditions, not true. {EXAMPLE}"),
        ({"width": {"near": 3}}, 'filter has no operator "near" for width. Example: "width >= 1024 AND tags != wip"'),
        (
            [{"field": "width", "operator": "near", "value": 3}],
            'filter has no operator "near" for width. Example: "width >= 1024 AND tags != wip"',
        ),
        ({"a b": 3}, f'filter takes an object of fields, and "a b" is no field. {EXAMPLE}'),
        ({"OR": 3}, f'filter takes an object of fields, and "OR" is no field. {EXAMPLE}'),
        ({"width": {"gte": [1, 2]}}, f"filter compares width with one value, not a list. {EXAMPLE}"),
        ({"width": [{"a": 1}]}, f"filter compares with texts and numbers, not an object. {EXAMPLE}"),
        ({"width": float("nan")}, f"filter compares with texts and numbers, not nan. {EXAMPLE}"),
    ],
    ids=str,
)
def test_what_has_no_such_meaning_is_refused_with_an_example(shape: object, sentence: str) -> None:
    assert refusal({"filter": shape}) == sentence


def test_a_condition_in_a_list_is_judged_like_any_other() -> None:
    assert refusal({"filter": ["kind == image", "tags = a"]}).endswith("Write: kind = image AND tags = a")


@pytest.mark.promise(number=7)
def test_too_many_conditions_and_too_deep_ones_are_refused() -> None:
    too_many = f"filter holds more than {MAX_CONDITIONS} conditions. Ask for them in several searches. {EXAMPLE}"
    deep: Any = "kind = image"
    for _ in range(500):
        deep = {"not": deep}
    for shape in (
        ["a = b"] * 100_000,
        {"tags": ["x"] * 100_000},
        {"tags": {"in": ["x"] * 100_000}},
        [["a = b"] * 501],
        [["a = b"] * 300] * 2,
    ):
        assert refusal({"filter": shape}) == too_many
    assert refusal({"filter": {f"f{number}": 1 for number in range(100_000)}}) == too_many
    assert refusal({"filter": deep}) == f"filter is nested too deeply. Write it as one text. {EXAMPLE}"


@given(field=st.sampled_from([*ASSET_FILTER_FIELDS]), value=st.text(min_size=1, max_size=30))
def test_a_value_stays_the_very_value_that_was_given(field: str, value: str) -> None:
    written = write_filter([Condition(Field(field, "!=", field), value)], FieldNames(ASSET_FILTER_FIELDS)).text
    if written:
        assert parse_tree(written) == Comparison(field, "!=", value.strip())
