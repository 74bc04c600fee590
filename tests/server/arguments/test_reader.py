"""What clients really send becomes a request, and what cannot be one is answered with what to change."""

import json
import math
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from scenario_mcp.api.references import MAX_REQUEST_BYTES, DataUrl, Place
from scenario_mcp.api.requests import AssetSearch, ModelSearch, Search
from scenario_mcp.errors import SearchRefused
from scenario_mcp.rendering.hits import AssetPage, ModelPage
from scenario_mcp.server.arguments import MAX_REFUSAL_CHARACTERS, ArgumentReader, portable_schema
from tests.support.fakes import is_plain

ASSETS = ArgumentReader(AssetSearch)
MODELS = ArgumentReader(ModelSearch)
READERS = pytest.mark.parametrize("reader", [ASSETS, MODELS], ids=["assets", "models"])

KEYWORDS = {"type", "description", "enum", "minimum", "maximum", "required", "properties", "items"}
TYPES = {"string", "integer", "number", "boolean", "array", "object"}
NO_SEARCH = (
    "Nothing to search by: give at least one of query, filter, image or images a value. "
    'To list the newest: {"filter": "createdAt >= 0001-01-01", "sortBy": ["createdAt:desc"]}'
)
ASSET_ARGUMENTS = (
    "query, filter, image, images, imageSemanticRatio, querySemanticRatio, limit, offset, page, hitsPerPage, public, "
    "sortBy, originalAssets"
)
ACCEPTED = "takes an asset id, an https address, an absolute file path or a data URL"
REFERENCE_EXAMPLE = 'Example: "asset_GTrL3mq4SXWyMxkOHRxlpw" or "data:image/png;base64,..."'
IMAGES_EXAMPLE = 'Example: {"like": ["asset_GTrL3mq4SXWyMxkOHRxlpw"]}'


def nodes(schema: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Walk a portable schema; yields each node with its path."""
    yield path, schema
    for name, inner in schema.get("properties", {}).items():
        yield from nodes(inner, f"{path}.{name}" if path else name)
    if "items" in schema:
        yield from nodes(schema["items"], f"{path}[]")


def refusal(raw: Mapping[str, Any] | None, reader: ArgumentReader[Any] = ASSETS) -> str:
    with pytest.raises(SearchRefused) as refused:
        reader.read(raw)
    return refused.value.message


def body(raw: Mapping[str, Any], reader: ArgumentReader[Any] = ASSETS) -> Any:
    """Return the body as the API reads it."""
    return json.loads(json.dumps(reader.read(raw).resolve().body(), allow_nan=False))


# --- the published schema -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "schema",
    [ASSETS.schema, MODELS.schema, portable_schema(AssetPage), portable_schema(ModelPage)],
    ids=["search_assets", "search_models", "assets found", "models found"],
)
def test_a_published_schema_keeps_to_what_every_client_reads(schema: dict[str, Any]) -> None:
    assert schema["type"] == "object"
    assert schema["properties"]
    for path, node in nodes(schema):
        assert set(node) <= KEYWORDS, path
        assert node["type"] in TYPES, path
        assert ("items" in node) == (node["type"] == "array"), path
        assert set(node.get("required", ())) <= set(node.get("properties", ())), path
    assert json.loads(json.dumps(schema)) == schema


@READERS
def test_an_input_schema_requires_nothing_and_describes_every_argument(reader: ArgumentReader[Any]) -> None:
    assert set(reader.schema) == {"type", "properties"}
    for path, node in nodes(reader.schema):
        assert "required" not in node
        assert node.get("description") or not path or "." in path or "[]" in path, path


@READERS
def test_numbers_have_bounds_and_say_them(reader: ArgumentReader[Any]) -> None:
    numbers = {path: node for path, node in nodes(reader.schema) if node["type"] in {"integer", "number"}}
    bounds = {path: (node["type"], node["minimum"], node.get("maximum")) for path, node in numbers.items()}
    assert bounds == {
        "imageSemanticRatio": ("number", 0, 1),
        "querySemanticRatio": ("number", 0, 1),
        "limit": ("integer", 1, 100),
        "offset": ("integer", 0, None),
        "page": ("integer", 1, None),
        "hitsPerPage": ("integer", 1, 100),
    }
    for path, (_, low, high) in bounds.items():
        description = numbers[path]["description"]
        expected = f"{low}-{high}" if high else {"offset": "default 0", "page": "From 1"}[path]
        assert expected in description, path


@READERS
def test_the_arguments_are_the_documented_fields(reader: ArgumentReader[Any]) -> None:
    types = {path: node["type"] for path, node in nodes(reader.schema) if path}
    expected = {
        "query": "string",
        "filter": "string",
        "image": "string",
        "images": "object",
        "images.like": "array",
        "images.like[]": "string",
        "images.unlike": "array",
        "images.unlike[]": "string",
        "imageSemanticRatio": "number",
        "querySemanticRatio": "number",
        "limit": "integer",
        "offset": "integer",
        "page": "integer",
        "hitsPerPage": "integer",
        "public": "boolean",
        "sortBy": "array",
        "sortBy[]": "string",
        "originalAssets": "boolean",
    }
    assert types == expected | ({"originalModels": "boolean"} if reader is MODELS else {})


# --- what clients send ----------------------------------------------------------------------------------------------

ABSENT: list[Any] = [None, "", "  ", "\n", [], {}]


@READERS
@pytest.mark.parametrize("nothing", ABSENT, ids=repr)
def test_every_argument_may_be_sent_empty(reader: ArgumentReader[Any], nothing: object) -> None:
    empty = dict.fromkeys(reader.schema["properties"], nothing)
    request = reader.read({**empty, "query": "castle"})
    assert (request.resolve().body(), request.resolve().url_parameters()) == ({"query": "castle"}, {})
    assert refusal(empty, reader) == NO_SEARCH


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ({"query": 7}, {"query": "7"}),
        ({"query": "null"}, {"query": "null"}),
        ({"query": "[1]"}, {"query": "[1]"}),
        ({"query": "x", "limit": "7"}, {"query": "x", "limit": 7, "offset": 0}),
        ({"query": "x", "limit": " 7 "}, {"query": "x", "limit": 7, "offset": 0}),
        ({"query": "x", "limit": 7.0}, {"query": "x", "limit": 7, "offset": 0}),
        ({"query": "x", "page": "7.0"}, {"query": "x", "page": 7, "hitsPerPage": 20}),
        ({"query": "x", "querySemanticRatio": "0.7"}, {"query": "x", "querySemanticRatio": 0.7}),
        ({"query": "x", "public": "true"}, {"query": "x", "public": True}),
        ({"query": "x", "public": "False"}, {"query": "x", "public": False}),
        ({"query": "x", "sortBy": "createdAt:desc"}, {"query": "x", "sortBy": ["createdAt:desc"]}),
        ({"query": "x", "sortBy": '["createdAt:desc"]'}, {"query": "x", "sortBy": ["createdAt:desc"]}),
        ({"query": "x", "sortBy": ("createdAt:desc", None)}, {"query": "x", "sortBy": ["createdAt:desc"]}),
        ({"query": "x", "sortBy": "null"}, {"query": "x"}),
        ({"query": "x", "images": "null"}, {"query": "x"}),
        ({"query": "x", "images": " {} "}, {"query": "x"}),
        ({"query": "x", "images": {"like": None, "unlike": []}}, {"query": "x"}),
        ({"query": "x", "images": {"like": [None, ""], "unlike": "[]"}}, {"query": "x"}),
        ({"images": {"like": "a", "unlike": None}}, {"images": {"like": ["a"]}}),
        ({"images": {"like": '["a", "b"]'}}, {"images": {"like": ["a", "b"]}}),
        ({"images": {"like": ["a", None, "", "b"]}}, {"images": {"like": ["a", "b"]}}),
        ({"images": '{"like": ["a"], "unlike": "b"}'}, {"images": {"like": ["a"], "unlike": ["b"]}}),
        ({"image": "a", "images": {"like": []}}, {"image": "a"}),
        ({"query": "x", "cursor": None, "": ""}, {"query": "x"}),
        ({"query": ["castle", "wall"]}, {"query": "castle wall"}),
        ({"image": ["a"]}, {"image": "a"}),
        ({"images": ["a", "b"]}, {"images": {"like": ["a", "b"]}}),
        ({"images": "a"}, {"images": {"like": ["a"]}}),
    ],
    ids=str,
)
def test_arguments_are_taken_as_clients_send_them(raw: dict[str, Any], expected: dict[str, Any]) -> None:
    assert body(raw) == expected


@pytest.mark.parametrize("zero", [0, 0.0, "0"], ids=repr)
@pytest.mark.parametrize(
    ("filler", "given", "expected"),
    [
        (("limit", "offset"), {"page": 2, "hitsPerPage": 10}, {"page": 2, "hitsPerPage": 10}),
        (("offset",), {"page": 2}, {"page": 2, "hitsPerPage": 20}),
        (("page", "hitsPerPage"), {"limit": 10, "offset": 20}, {"limit": 10, "offset": 20}),
        (("page", "hitsPerPage"), {"limit": 10}, {"limit": 10, "offset": 0}),
        (("limit", "offset", "page", "hitsPerPage"), {}, {}),
    ],
    ids=str,
)
def test_zeros_for_the_other_way_to_page_are_filler(
    filler: tuple[str, ...], given: dict[str, int], expected: dict[str, int], zero: object
) -> None:
    assert body({"query": "x", **dict.fromkeys(filler, zero), **given}) == {"query": "x", **expected}


@pytest.mark.parametrize("raw", [{"limit": 0, "offset": 0}, {"limit": 0}, {"hitsPerPage": 0, "page": 1}], ids=str)
def test_a_zero_without_the_other_pair_is_a_mistake(raw: dict[str, int]) -> None:
    name = "hitsPerPage" if "page" in raw else "limit"
    assert refusal({"query": "x", **raw}) == f"{name} must be a whole number from 1 to 100, not 0. Example: 20"


@pytest.mark.promise(number=6)
def test_lone_surrogates_are_left_out() -> None:
    assert body({"query": "a\ud800b", "images": {"like": ["a\udfff"]}}) == {"query": "ab", "images": {"like": ["a"]}}
    assert refusal({"query": "\ud800"}) == NO_SEARCH
    for nothing in ("\ud800", "\0", " \x1f\x85", ["\0"]):
        assert body({"query": nothing, "filter": "kind = image"}) == {"filter": "kind = image"}
    assert body({"query": "a", "images": {"like": ["\udfff"]}}) == {"query": "a"}
    assert refusal({"query": "x", "filt\ud800er": "a"}) == 'There is no argument "filter": did you mean filter?'


@pytest.mark.promise(number=7)
def test_a_thousand_ids_pass_and_a_thousand_wrong_ones_make_a_short_answer() -> None:
    ids = [f"asset_{number}" for number in range(1_000)]
    assert body({"images": {"like": ids}}) == {"images": {"like": ids}}
    assert refusal({"images": {"like": [*ids, "asset_x"]}}) == (
        "images.like takes at most 1000 pictures, not 1001; give the best ones. "
        'Example: {"like": ["asset_GTrL3mq4SXWyMxkOHRxlpw"]}'
    )
    message = refusal({"images": {"like": [f"picture {number}" for number in range(1_000)]}})
    assert message.split("\n") == [
        f"images.like[{number}] {ACCEPTED}, not free text. {REFERENCE_EXAMPLE}"
        for number in range(message.count("\n") + 1)
    ]
    assert len(message.split("\n")) > 5
    assert len(message) <= MAX_REFUSAL_CHARACTERS


@READERS
def test_url_parameters_are_read_too(reader: ArgumentReader[Any]) -> None:
    assert reader.read({"query": "x", "originalAssets": "true"}).resolve().url_parameters() == {
        "originalAssets": "true"
    }
    assert reader.read({"query": "x", "originalAssets": False}).resolve().url_parameters() == {
        "originalAssets": "false"
    }


# --- what is refused ------------------------------------------------------------------------------------------------


@READERS
@pytest.mark.parametrize("raw", [None, {}, {"limit": 5}, {"public": True}], ids=str)
def test_an_empty_search_says_what_to_give(reader: ArgumentReader[Any], raw: dict[str, Any] | None) -> None:
    assert refusal(raw, reader) == NO_SEARCH


@READERS
def test_image_with_images_says_which_to_drop(reader: ArgumentReader[Any]) -> None:
    assert refusal({"image": "a", "images": {"like": ["b"]}}, reader) == (
        "image and images exclude each other: give one of them. "
        'Example: {"images": {"like": ["asset_GTrL3mq4SXWyMxkOHRxlpw"]}}'
    )


@READERS
def test_both_ways_to_page_say_which_belong_together(reader: ArgumentReader[Any]) -> None:
    assert refusal({"query": "x", "limit": 5, "page": 2}, reader) == (
        "limit and offset are one way to page, page and hitsPerPage the other: give one pair. "
        'Example: {"limit": 20, "offset": 20}'
    )


@pytest.mark.parametrize(
    ("name", "expected", "shows", "values"),
    [
        ("limit", "a whole number from 1 to 100", "20", [0, 101, -1]),
        ("hitsPerPage", "a whole number from 1 to 100", "20", [0, 101, -1]),
        ("offset", "a whole number of at least 0", "20", [-1]),
        ("page", "a whole number of at least 1", "1", [0, -1]),
        ("imageSemanticRatio", "a number from 0 to 1", "0.5", [-0.1, 1.5]),
        ("querySemanticRatio", "a number from 0 to 1", "0.7", [-0.1, 1.5]),
    ],
)
def test_a_number_out_of_bounds_is_told_its_bounds(name: str, expected: str, shows: str, values: list[Any]) -> None:
    told: list[tuple[Any, str]] = [(value, f"{value}") for value in values]
    told += [
        (True, "true"),
        (False, "false"),
        (float("nan"), "nan"),
        (float("inf"), "inf"),
        ("nan", '"nan"'),
        ("many", '"many"'),
        ("true", '"true"'),
        ("9" * 5_000, '"' + "9" * 59 + '…"'),
        ([1], "a list"),
        ({"a": 1}, "an object"),
    ]
    told += [] if "Ratio" in name else [(10**30, "a huge number"), (7.5, "7.5"), ("7.5", '"7.5"')]
    for value, shown in told:
        assert refusal({"query": "x", name: value}) == f"{name} must be {expected}, not {shown}. Example: {shows}"


@pytest.mark.promise(number=6)
@pytest.mark.parametrize(
    ("raw", "sentence"),
    [
        (
            {"query": "knight", "filter": "prompt:dragon"},
            (
                "filter: At `:dragon` (position 6): Words in a text are for the argument query; a filter compares the "
                'whole text. Write: {"query": "knight dragon"}'
            ),
        ),
        ({"query": {"a": 1}}, 'query must be one text, not an object. Example: "knight portrait"'),
        ({"query": True}, 'query must be one text, not true. Example: "knight portrait"'),
        ({"query": [["a"]]}, 'query must be one text, not a list. Example: "knight portrait"'),
        ({"query": [1, 2]}, 'query must be one text, not a list. Example: "knight portrait"'),
        ({"image": ["a", "b"]}, 'image must be one text, not a list. Example: "asset_GTrL3mq4SXWyMxkOHRxlpw"'),
        ({"images": "{broken"}, f'images must be an object, not "{{broken". {IMAGES_EXAMPLE}'),
        ({"image": 5}, 'image must be one text, not 5. Example: "asset_GTrL3mq4SXWyMxkOHRxlpw"'),
        ({"images": {"like": [5]}}, f"images.like[0] must be one text, not 5. {IMAGES_EXAMPLE}"),
        ({"images": {"like": {"no": "a"}}}, f"images.like[0] must be one text, not an object. {IMAGES_EXAMPLE}"),
        ({"images": {"lik": ["a"]}}, 'images: There is no argument "lik": did you mean like?'),
        ({"images": {"images": ["a"]}}, 'images: There is no argument "images". The arguments are like, unlike.'),
        ({"query": "x", "public": "maybe"}, 'public must be true or false, not "maybe". Example: true'),
        ({"query": "x", "public": 2}, "public must be true or false, not 2. Example: true"),
        ({"query": "x", "sortBy": [1]}, 'sortBy[0] must be one text, not 1. Example: ["createdAt:desc"]'),
        (
            {"query": "x", "sortBy": {"createdAt": "newest"}},
            'sortBy[0] must be one text, not an object. Example: ["createdAt:desc"]',
        ),
    ],
    ids=str,
)
def test_a_wrong_type_is_told_the_right_one(raw: dict[str, Any], sentence: str) -> None:
    assert refusal(raw) == sentence


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        ("http://example.com/a.png", f"takes a web address only with https://. {REFERENCE_EXAMPLE}"),
        ("a knight on a horse", f"{ACCEPTED}, not free text. {REFERENCE_EXAMPLE}"),
        ("data:text/plain,hi", f"takes a data URL only as data:image/TYPE;base64,DATA. {REFERENCE_EXAMPLE}"),
        (
            "data:image/png;base64,%%",
            f"holds a data URL whose base64 is broken; send the whole picture. {REFERENCE_EXAMPLE}",
        ),
        ("data:image/png;base64,", f"holds a data URL without a picture in it. {REFERENCE_EXAMPLE}"),
        (
            "data:image/png;base64," + "A" * 5_000_000,
            f"holds a picture of over 3.5 MB; make it smaller, 1024 pixels are enough. {REFERENCE_EXAMPLE}",
        ),
    ],
    ids=lambda value: value[:30],
)
def test_a_wrong_reference_is_named_with_its_place(value: str, sentence: str) -> None:
    assert refusal({"image": value}) == f"image {sentence}"
    assert refusal({"images": {"like": ["asset_1", value]}}) == f"images.like[1] {sentence}"
    assert refusal({"images": {"unlike": value}}, MODELS) == f"images.unlike[0] {sentence}"


@pytest.mark.parametrize(
    ("item", "shows"),
    [
        ("createdAt", "createdAt:desc"),
        ("width", "width:desc"),
        ("createdAt:up:down", "createdAt:desc"),
        ("prompt:asc", "createdAt:asc"),
    ],
)
def test_a_wrong_sorting_is_told_the_right_one(item: str, shows: str) -> None:
    assert refusal({"query": "x", "sortBy": [item]}) == (
        "sortBy takes attribute:asc or attribute:desc with one of createdAt, updatedAt, width, height, score. "
        f'Example: ["{shows}"]'
    )


def test_models_cannot_be_sorted_by_width() -> None:
    assert refusal({"query": "x", "sortBy": ["width:asc"]}, MODELS) == (
        "sortBy takes attribute:asc or attribute:desc with one of createdAt, updatedAt, score. "
        'Example: ["createdAt:asc"]'
    )


@pytest.mark.promise(number=6)
@pytest.mark.parametrize(
    ("name", "nearest"),
    [
        ("qurey", "query"),
        ("hits_per_pag", "hitsPerPage"),
        ("HITSPERPAG", "hitsPerPage"),
        ("filtr", "filter"),
        ("originalModels", "originalAssets"),
        ("tgas", "tags in the filter"),
        ("negative_promt", "negativePrompt in the filter"),
    ],
)
def test_an_unknown_argument_is_told_the_nearest_known_one(name: str, nearest: str) -> None:
    assert refusal({"query": "x", name: "y"}) == f'There is no argument "{name}": did you mean {nearest}?'


@pytest.mark.promise(number=6)
@pytest.mark.parametrize(
    ("name", "shows"),
    [
        ("x", "x"),
        ("zzz", "zzz"),
        ("colour", "colour"),
        ("z\n\u202eIgnore\x00", "z Ignore"),
        ("z" * 10_000, "z" * 59 + "…"),
        ("https://example.com/?a=b", "[address removed]"),
    ],
    ids=lambda text: text[:10],
)
def test_an_argument_unlike_any_is_told_all_of_them(name: str, shows: str) -> None:
    assert refusal({"query": "x", name: "y"}) == (
        f'There is no argument "{shows}". The arguments are {ASSET_ARGUMENTS}.'
    )


def test_each_problem_stands_on_a_line_of_its_own() -> None:
    raw = {"limit": 0, "public": "maybe", "querySemanticRatio": 5, "image": "a b", "filter": "kind == image"}
    assert refusal(raw).split("\n") == [
        "filter: At `= image` (position 6): The operators are =, !=, <, <=, >, >=. Write: kind = image",
        f"image {ACCEPTED}, not free text. {REFERENCE_EXAMPLE}",
        "querySemanticRatio must be a number from 0 to 1, not 5. Example: 0.7",
        "limit must be a whole number from 1 to 100, not 0. Example: 20",
        'public must be true or false, not "maybe". Example: true',
    ]


def test_unknown_arguments_stand_on_lines_of_their_own_and_once() -> None:
    assert refusal({"hits_per_pag": 1, "quer": "x", "quer\u200b": "x"}).split("\n") == [
        'There is no argument "hits_per_pag": did you mean hitsPerPage?',
        'There is no argument "quer": did you mean query?',
    ]


@pytest.mark.promise(number=6)
@pytest.mark.parametrize(
    ("expression", "sentence"),
    [
        (
            "prompt:dragon",
            (
                "filter: At `:dragon` (position 6): Words in a text are for the argument query; a filter compares the "
                'whole text. Write: {"query": "dragon"}'
            ),
        ),
        (
            "a = 1 and b = 2",
            (
                "filter: At `and b = 2` (position 6): AND, OR, NOT, IN, IS, TO and EXISTS are written in capitals. "
                "Write: a = 1 AND b = 2"
            ),
        ),
        (
            "kind == image",
            "filter: At `= image` (position 6): The operators are =, !=, <, <=, >, >=. Write: kind = image",
        ),
        (
            "mimeType = image/png",
            (
                'filter: At `/png` (position 16): Values with anything but letters, digits, "_", "-" and "." stand in '
                'double quotes. Write: mimeType = "image/png"'
            ),
        ),
        (
            "metadata.kind = image",
            "filter: At `metadata.kind = image` (position 0): Fields have flat names: kind. Write: kind = image",
        ),
    ],
)
def test_a_wrong_filter_comes_back_corrected(expression: str, sentence: str) -> None:
    assert refusal({"filter": expression}) == sentence
    corrected = sentence.rpartition(" Write: ")[2]
    call = json.loads(corrected) if corrected.startswith("{") else {"filter": corrected}
    assert body(call) == call


# --- whatever comes -------------------------------------------------------------------------------------------------

JSON_TEXT = st.text(st.characters(exclude_categories=[]), max_size=30) | st.sampled_from(
    ["null", "[", "{}", '{"like": ["a"]}', '["a:asc"]', "createdAt:desc", "a = b", "0", "7.0", "nan", "true", "1e999"]
)
JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | JSON_TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(JSON_TEXT, inner, max_size=4),
    max_leaves=8,
)
NAMES = st.sampled_from([*MODELS.schema["properties"], "sort", "like"]) | JSON_TEXT
IMAGES = st.dictionaries(st.sampled_from(["like", "unlike", "lik", "images"]), JSON_VALUES)


def check_body(request: Search) -> None:
    """Assert that a request is sent within the documented bounds."""
    places = [each for each in request.references().values() if isinstance(each, Place)]
    resolved = request.resolve(dict.fromkeys(places, DataUrl("data:image/png;base64,iVBORw0KGgo=")))
    text = json.dumps(resolved.body(), allow_nan=False, ensure_ascii=False).encode()
    assert len(text) < MAX_REQUEST_BYTES
    sends = json.loads(text)
    searches_by = [name for name in ("query", "filter", "image", "images") if sends.get(name)]
    assert searches_by
    assert not {"image", "images"} <= set(searches_by)
    assert {"limit", "offset"}.isdisjoint(sends) or {"page", "hitsPerPage"}.isdisjoint(sends)
    assert ("limit" in sends) == ("offset" in sends)
    assert ("page" in sends) == ("hitsPerPage" in sends)
    for name, low, high in [("limit", 1, 100), ("hitsPerPage", 1, 100), ("offset", 0, 2**53), ("page", 1, 2**53)]:
        if name in sends:
            assert type(sends[name]) is int
            assert low <= sends[name] <= high
    for name in ("imageSemanticRatio", "querySemanticRatio"):
        assert math.isfinite(sends.get(name, 0))
        assert 0 <= sends.get(name, 0) <= 1
    for item in sends.get("sortBy", []):
        attribute, _, direction = item.partition(":")
        assert attribute in request.sort_fields
        assert direction in {"asc", "desc"}
    assert set(resolved.url_parameters().values()) <= {"true", "false"}


def check_refusal(message: str) -> None:
    assert 0 < len(message) <= MAX_REFUSAL_CHARACTERS
    assert all(is_plain(line) for line in message.split("\n"))


@READERS
@given(raw=st.dictionaries(NAMES, JSON_VALUES | IMAGES, max_size=5))
@example(raw={"images": {"images": ["a"]}})
@example(raw={"query": "x", "sortBy": "[" * 100_000})
@example(raw={"images": "{" + '"like":[' * 50_000})
@example(raw={"query": "x", "limit": "1" * 10_000})
@example(raw={"query": "x", "querySemanticRatio": 10**400})
@example(raw={f"z{number}": number for number in range(1_000)})
@example(raw={"filter": "(" * 10_000 + "a = b"})
def test_any_json_gives_a_valid_request_or_a_short_refusal(reader: ArgumentReader[Search], raw: dict[str, Any]) -> None:
    try:
        check_body(reader.read(raw))
    except SearchRefused as refused:
        check_refusal(refused.message)


def test_arguments_nested_hundreds_deep_are_refused_like_any_other() -> None:
    deep: Any = "a"
    for _ in range(500):
        deep = [deep]
    assert refusal({"query": deep}) == 'query must be one text, not a list. Example: "knight portrait"'
    assert refusal({"images": {"like": deep}}) == f"images.like[0] must be one text, not a list. {IMAGES_EXAMPLE}"
