"""A value is read as its argument's type where it can only have meant that; words for nothing are nothing."""

from typing import Any

import pytest

from scenario_mcp.server.arguments import ArgumentReader
from tests.server.arguments.readers import ASSETS, LOOKUP, MODELS, VIEW, read, refusal

NOTHING = ["null", "None", "NULL", "undefined", "nil", " null ", "none\n", [None], ["null"], ["", "None"], "[null]"]


@pytest.mark.parametrize("nothing", NOTHING, ids=repr)
@pytest.mark.parametrize("reader", [ASSETS, MODELS], ids=["assets", "models"])
def test_words_for_nothing_count_as_absent_for_everything_but_words(
    reader: ArgumentReader[Any], nothing: object
) -> None:
    for name, schema in reader.schema["properties"].items():
        takes_lists = schema["type"] in {"array", "object", "string"}
        if name != "query" and (isinstance(nothing, str) or takes_lists) and nothing != "[null]":
            assert read({"query": "x", name: nothing}, reader) == {"query": "x"}, name
    assert read({"query": "x", "sortBy": nothing, "filter": nothing}, reader) == {"query": "x"}
    assert read({"query": "x", "images": {"like": nothing, "unlike": ["null", "b"]}}, reader) == {
        "query": "x",
        "images": {"unlike": ["b"]},
    }


@pytest.mark.parametrize("query", ["null", "None", "undefined", "null object"])
def test_words_for_nothing_are_words_in_a_query(query: str) -> None:
    assert read({"query": query}, MODELS) == {"query": query}
    assert read({"q": query}) == {"query": query}


def test_words_for_nothing_are_no_ids() -> None:
    assert read({"assetIds": ["null", "a", "undefined", ""], "size": "null"}, VIEW) == {"assetIds": ["a"]}
    assert read({"assetIds": "a, null None"}, VIEW) == {"assetIds": ["a"]}
    assert refusal({"modelIds": ["None"]}, LOOKUP).startswith("modelIds is missing.")


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        *(("public", value, True) for value in ("true", "True", "yes", "on", "1", 1, 1.0, " true ", "'true'")),
        *(("public", value, False) for value in ("false", "no", "off", 0, "0")),
        *(("limit", value, 20) for value in ("20", "20.0", 20.0, " 20 ", '"20"')),
        ("querySemanticRatio", "0.7", 0.7),
    ],
)
def test_numbers_and_booleans_may_come_as_text(name: str, value: object, expected: object) -> None:
    assert read({"query": "x", name: value}) == {"query": "x", name: expected}


@pytest.mark.parametrize(
    "value",
    ["a, b", "a,b", "[a, b]", '["a", "b"]', "['a', 'b']", "('a', 'b')", "['a', 'b', None]", ["a", "b", "null"]],
    ids=str,
)
def test_a_list_may_come_as_one_text(value: object) -> None:
    assert read({"images": {"like": value}}) == {"images": {"like": ["a", "b"]}}
    assert read({"assetIds": value}, VIEW) == {"assetIds": ["a", "b"]}


def test_a_text_with_commas_that_is_no_list_of_ids_stays_one_text() -> None:
    assert read({"images": {"like": "/art/a, b.png"}}) == {"images": {"like": ["/art/a, b.png"]}}
    assert "free text" in refusal({"images": {"like": "a knight, on a horse"}})


@pytest.mark.parametrize(
    "value",
    ['{"like": ["a"], "unlike": "b"}', "{'like': ['a'], 'unlike': 'b', }", "{like: [a], unlike: b}"],
    ids=str,
)
def test_an_object_may_come_as_text(value: str) -> None:
    assert read({"images": value}) == {"images": {"like": ["a"], "unlike": ["b"]}}


def test_sides_of_images_are_read_in_any_letters() -> None:
    assert read({"images": {"Like": ["a"], "UNLIKE": "b"}}) == {"images": {"like": ["a"], "unlike": ["b"]}}
