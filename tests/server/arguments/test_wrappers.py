"""Arguments inside an argument are taken out, or the whole call is shown as it should be."""

import json
from typing import Any

import pytest

from tests.server.arguments.readers import ASSETS, VIEW, read, refusal

INNER = {"query": "harbor", "filter": "kind = image"}


@pytest.mark.parametrize(
    "name", ["arguments", "kwargs", "args", "search_assets", "params", "parameters", "input", "tool_input", "payload"]
)
def test_arguments_inside_a_wrapper_are_taken_as_an_object_or_as_text(name: str) -> None:
    for inner in (INNER, json.dumps(INNER), str(INNER), [INNER]):
        assert read({name: inner}) == INNER
        assert read({name: inner, "toolCallId": "x", "name": "search_assets", "limit": None}) == INNER
    assert read({name: {"asset_id": "a"}}, VIEW) == {"assetIds": ["a"]}


@pytest.mark.parametrize(
    ("value", "told"), [(5, "5"), ("owl", '"owl"'), (["owl"], "a list"), (True, "true"), ([[]], "a list")]
)
def test_arguments_that_are_no_object_are_told_what_they_are(value: object, told: str) -> None:
    assert refusal({"arguments": value}, VIEW) == (
        f"The arguments must be an object, not {told}. They are assetIds, size, nsfw, details, pictures."
    )


def test_wrappers_inside_wrappers_are_taken_out_up_to_a_depth() -> None:
    assert read({"params": {"name": "search_assets", "arguments": {"input": json.dumps(INNER)}}}) == INNER
    deep: dict[str, Any] = INNER
    for _ in range(100):
        deep = {"arguments": deep}
    assert refusal(deep).startswith('There is no argument "arguments".')


def test_what_stands_beside_a_wrapper_joins_what_is_in_it_unless_they_contradict() -> None:
    assert read({"arguments": INNER, "limit": 5}) == {**INNER, "limit": 5}
    assert read({"arguments": INNER, "query": "harbor"}) == INNER
    assert refusal({"arguments": INNER, "query": "castle"}) == (
        "Arguments stand inside arguments and beside it, with different values. "
        'Write: {"query": "harbor", "filter": "kind = image"}'
    )
    assert refusal({"arguments": {**INNER, "colour": "red"}}).startswith('There is no argument "colour".')


def test_the_next_page_is_asked_for_as_the_answer_has_it() -> None:
    following = {"offset": 20, "limit": 20}
    for name in ("next", "nextPage", "pagination", "options"):
        for inner in (following, json.dumps(following)):
            assert read({**INNER, name: inner}) == {**INNER, **following}
    assert refusal({**INNER, "offset": 0, "next": following}) == (
        "Arguments stand inside next and beside it, with different values. "
        'Write: {"query": "harbor", "filter": "kind = image", "offset": 20, "limit": 20}'
    )
    assert refusal({**INNER, "next": 20}).startswith('There is no argument "next"')


def test_arguments_in_a_fence_of_markdown_are_taken() -> None:
    assert read({"arguments": f"```json\n{json.dumps(INNER)}\n```"}) == INNER
    assert read({"query": "harbor", "filter": "```\nkind = image\n```"}) == INNER
    assert read({"query": "harbor", "filter": '```json\n{"kind": "image"}\n```'}) == INNER


@pytest.mark.parametrize("inner", ["{broken", "[1, 2]", 5, True, ["a", "b"], "{" * 10_000])
def test_what_wraps_no_arguments_is_an_unknown_argument(inner: object) -> None:
    assert refusal({**INNER, "kwargs": inner}).startswith('There is no argument "kwargs".')
    assert ASSETS.read({**INNER, "kwargs": {}}) == ASSETS.read(INNER)
