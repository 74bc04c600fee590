"""A refused call comes back as a call that is taken, with every correction that is known, or not at all."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scenario_mcp.errors import SearchRefused
from scenario_mcp.server.tools import TOOLS
from tests.support.examples import examples

CALL = re.compile(r"(?:(search_\w+|view_assets|get_models) with|[Ww]rite:) (?=\{)")
CORRECTABLE: tuple[dict[str, Any], ...] = (
    {"q": "castle", "text": "tower"},
    {"limit": 5, "n": 6},
    {"take": 7, "k": 8},
    {"order": "asc"},
    {"size": 5},
    {"target": "both"},
    {"limt": 9},
    {"qurey": "harbor"},
    {"tgas": "castle"},
    {"filter": "kind == image"},
    {"filter": "kind = image and width > 4k"},
    {"filter": 'createdAt IN ["last week", yesterday]'},
    {"filter": "prompt:dragon AND kind = image"},
    {"filter": "community = true"},
    {"where": ["kind == image", "tags = a"]},
    {"createdAt": "yesterday"},
    {"aspect_ratio": "wide-ish"},
    {"next": {"offset": 20}, "offset": 0},
    {"like": ["asset_a"], "Images": {"like": ["asset_b"]}},
    {"public": False},
)
OTHERS: tuple[dict[str, Any], ...] = (
    {"limit": 5_000},
    {"colour_of_the_sky": "blue"},
    {"query": "harbor", "image": "asset_a", "semantic_ratio": 0.5},
    {"filter": "createdAt = soonish"},
    {"filter": 'createdAt > "last week"'},
    {"sortBy": ["size:up and down"]},
    {"target": "models"},
    {"asset_ids": ["asset_a"]},
    {"id": "no id at all"},
    {"query": "x" * 500},
    {"image": "data:image/png;base64,iVBORw0KGgo" + "A" * 1_000},
)


def shown(name: str, raw: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the calls that a refusal shows, each with the tool that it is for; none for a call that is taken."""
    try:
        TOOLS[name].read(raw)
    except SearchRefused as refused:
        for found in CALL.finditer(refused.message):
            yield found[1] or name, json.JSONDecoder().raw_decode(refused.message, found.end())[0]


@pytest.mark.promise(number=7)
@settings(max_examples=examples(150))
@given(
    st.sampled_from(["search_assets", "search_models", "view_assets", "get_models"]),
    st.lists(st.sampled_from([*CORRECTABLE, *OTHERS]), min_size=2, max_size=3),
)
def test_every_call_that_is_shown_is_taken(name: str, mistakes: list[dict[str, Any]]) -> None:
    raw = {key: value for mistake in mistakes for key, value in mistake.items()}
    for tool, call in shown(name, raw):
        TOOLS[tool].read(call)


def told(raw: dict[str, Any], name: str = "search_assets") -> list[str]:
    with pytest.raises(SearchRefused) as refused:
        TOOLS[name].read(raw)
    return refused.value.message.split("\n")


def test_what_else_is_wrong_is_told_and_corrected_in_the_call() -> None:
    assert told({"q": "a", "text": "b", "limt": 5, "filter": "kind == image", "tags": "c"}) == [
        'There is no argument "limt": did you mean limit?',
        'q and text both say query. Write: {"query": "a b", "limit": 5, "filter": "kind = image AND tags = c"}',
        (
            "filter: At `= image AND tags = c` (position 6): The operators are =, !=, <, <=, >, >=. "
            "Write: kind = image AND tags = c"
        ),
    ]


def test_a_filter_that_leaves_words_to_the_query_comes_back_in_the_whole_call() -> None:
    sentence = (
        "filter: At `:dragon` (position 6): Words in a text are for the argument query; a filter compares the whole "
        "text."
    )
    raw = {"query": "knight", "filter": "prompt:dragon", "limit": 5, "public": True}
    assert told(raw) == [f'{sentence} Write: {{"query": "knight dragon", "limit": 5, "public": true}}']
    limit = "limit must be a whole number from 1 to 100, not 5000. Example: 20"
    assert told({**raw, "limit": 5_000}) == [f'{sentence} Write: {{"query": "knight dragon"}}', limit]
    assert told({**raw, "query": "x" * 600}) == [sentence]


def test_where_not_all_can_be_corrected_everything_is_told_and_no_call_is_shown() -> None:
    assert told({"q": "a", "text": "b", "limit": 5_000, "filter": "kind == image"}) == [
        "q and text both say query. Write one of them.",
        "filter: At `= image` (position 6): The operators are =, !=, <, <=, >, >=. Write: kind = image",
        "limit must be a whole number from 1 to 100, not 5000. Example: 20",
    ]
    assert told({"filter": "community = true", "limit": 5}) == [
        "filter: At `community = true` (position 0): The public library is asked by the argument public.",
        (
            "Nothing to search by: give at least one of query, filter, image or images a value. "
            'To list the newest: {"filter": "createdAt >= 0001-01-01", "sortBy": ["createdAt:desc"]}'
        ),
    ]


def test_a_call_for_another_tool_is_shown_if_that_one_takes_it() -> None:
    models = "This tool knows assets only. Call search_models"
    assert told({"target": "models", "query": "a", "filter": "type == flux.1-lora"}) == [
        f'{models} with {{"query": "a", "filter": "type = flux.1-lora"}}'
    ]
    assert told({"target": "models", "query": "a", "sortBy": ["width:desc"]}) == [f"{models}."]
    assert told({"asset_ids": [{"a": 1}]}) == [
        "asset_ids: ids are looked up by view_assets. For look-alikes give image."
    ]
