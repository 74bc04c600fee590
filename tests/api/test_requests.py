"""The requests are the documented ones, field for field, and what is posted keeps their rules."""

import base64
import json
import re
from typing import Annotated, Any

import pytest
from pydantic import TypeAdapter, ValidationError

from scenario_mcp.api.filter_fields import ASSET_FILTER_FIELDS, MODEL_FILTER_FIELDS
from scenario_mcp.api.references import AssetId
from scenario_mcp.api.request_values import MAX_KEPT_FILTERS, FilterText
from scenario_mcp.api.requests import AssetSearch, Images, ModelSearch, Search
from scenario_mcp.filters import Filter

PICTURE = "data:image/png;base64," + base64.b64encode(b"\x89PNG\r\n\x1a\n").decode()
BODY_FIELDS: dict[str, Any] = {
    "query": "castle",
    "filter": "kind = image",
    "image": "asset_1",
    "images": {"like": ["asset_2", "asset_3"], "unlike": [PICTURE]},
    "imageSemanticRatio": 0.25,
    "querySemanticRatio": 0.75,
    "limit": 7,
    "offset": 14,
    "page": 3,
    "hitsPerPage": 9,
    "public": True,
    "sortBy": ["createdAt:desc", "score:asc"],
}
"""Every documented field of the body, each with a value of its own."""
NO_SEARCH = (
    "Nothing to search by: give at least one of query, filter, image or images a value. "
    'To list the newest: {"filter": "createdAt >= 0001-01-01", "sortBy": ["createdAt:desc"]}'
)
MODELS = pytest.mark.parametrize("model", [AssetSearch, ModelSearch])


def problems(model: type[Search], **fields: Any) -> list[str]:
    with pytest.raises(ValidationError) as refused:
        model.model_validate(fields, by_alias=True, by_name=False)
    return [str(detail.get("ctx", {}).get("error", detail["msg"])) for detail in refused.value.errors()]


def sent(request: Search) -> Any:
    """Return the body as the API reads it."""
    return json.loads(json.dumps(request.resolve().body(), allow_nan=False))


@MODELS
def test_the_fields_are_exactly_the_documented_ones(model: type[Search]) -> None:
    documented = {*BODY_FIELDS, "originalAssets"} | ({"originalModels"} if model is ModelSearch else set())
    assert {field.alias for field in model.model_fields.values()} == documented
    assert {field.alias for field in Images.model_fields.values()} == {"like", "unlike"}


@MODELS
@pytest.mark.parametrize("name", BODY_FIELDS)
def test_every_documented_field_reaches_the_body(model: type[Search], name: str) -> None:
    fields: dict[str, Any] = {name: BODY_FIELDS[name]}
    if name not in {"query", "filter", "image", "images"}:
        fields["query"] = "castle"
    partner = {"limit": {"offset": 0}, "offset": {"limit": 20}, "page": {"hitsPerPage": 20}, "hitsPerPage": {"page": 1}}
    request = model.model_validate(fields, by_alias=True, by_name=False)
    assert sent(request) == {**fields, **partner.get(name, {})}
    assert request.resolve().url_parameters() == {}


@pytest.mark.parametrize(
    ("model", "name"),
    [(AssetSearch, "originalAssets"), (ModelSearch, "originalAssets"), (ModelSearch, "originalModels")],
)
@pytest.mark.parametrize(("value", "word"), [(True, "true"), (False, "false")])
def test_the_url_parameters_are_words_and_stay_out_of_the_body(
    model: type[Search], name: str, value: object, word: str
) -> None:
    request = model.model_validate({"query": "x", name: value}, by_alias=True, by_name=False)
    assert (request.resolve().url_parameters(), request.resolve().body()) == ({name: word}, {"query": "x"})


@MODELS
def test_what_is_not_given_is_not_sent(model: type[Search]) -> None:
    request = model(query="castle")
    assert (request.resolve().body(), request.resolve().url_parameters()) == ({"query": "castle"}, {})


@pytest.mark.parametrize(
    ("given", "body"),
    [
        ({"limit": 5}, {"limit": 5, "offset": 0}),
        ({"offset": 40}, {"limit": 20, "offset": 40}),
        ({"offset": 0}, {"limit": 20, "offset": 0}),
        ({"page": 2}, {"page": 2, "hitsPerPage": 20}),
        ({"hitsPerPage": 50}, {"page": 1, "hitsPerPage": 50}),
        ({"limit": 5, "offset": 5}, {"limit": 5, "offset": 5}),
        ({"page": 2, "hitsPerPage": 50}, {"page": 2, "hitsPerPage": 50}),
    ],
)
def test_a_lone_half_of_a_paging_pair_gets_its_partner(given: dict[str, int], body: dict[str, int]) -> None:
    request = AssetSearch.model_validate({"query": "x", **given}, by_alias=True)
    assert request.resolve().body() == {"query": "x", **body}
    assert all(type(request.resolve().body()[name]) is int for name in body)


@pytest.mark.parametrize("name", ["limit", "offset", "page", "hitsPerPage"])
@pytest.mark.parametrize("value", [7, 7.0, "7", "7.0"])
def test_whole_numbers_are_sent_as_integers(name: str, value: object) -> None:
    body = AssetSearch.model_validate({"query": "x", name: value}, by_alias=True).resolve().body()
    assert (body[name], type(body[name])) == (7, int)
    assert f'"{name}": 7,' in json.dumps(body) or f'"{name}": 7}}' in json.dumps(body)


@MODELS
@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"query": ""},
        {"query": " \n"},
        {"filter": " "},
        {"images": {}},
        {"images": {"like": [], "unlike": []}},
        {"public": True, "sortBy": ["createdAt:desc"], "limit": 5},
    ],
    ids=str,
)
def test_nothing_to_search_by_is_refused(model: type[Search], fields: dict[str, Any]) -> None:
    assert problems(model, **fields) == [NO_SEARCH]


@MODELS
@pytest.mark.parametrize(
    "fields", [{"query": "a"}, {"filter": "a = b"}, {"image": "a"}, {"images": {"unlike": ["a"]}}], ids=str
)
def test_one_of_the_four_is_enough(model: type[Search], fields: dict[str, Any]) -> None:
    assert sent(model.model_validate(fields, by_alias=True)) == fields


@MODELS
def test_image_and_images_exclude_each_other(model: type[Search]) -> None:
    assert problems(model, image="a", images={"like": ["b"]}) == [
        (
            "image and images exclude each other: give one of them. "
            'Example: {"images": {"like": ["asset_GTrL3mq4SXWyMxkOHRxlpw"]}}'
        )
    ]


def test_an_empty_images_beside_an_image_is_none() -> None:
    assert AssetSearch(image=AssetId("a"), images=Images()).image == "a"


@MODELS
@pytest.mark.parametrize("one", ["limit", "offset"])
@pytest.mark.parametrize("other", ["page", "hitsPerPage"])
def test_the_two_ways_to_page_exclude_each_other(model: type[Search], one: str, other: str) -> None:
    assert problems(model, query="x", **{one: 1, other: 1}) == [
        (
            "limit and offset are one way to page, page and hitsPerPage the other: give one pair. "
            'Example: {"limit": 20, "offset": 20}'
        )
    ]


@pytest.mark.promise(number=6)
@pytest.mark.parametrize(
    ("name", "good", "bad"),
    [
        ("limit", (1, 100), (0, 101, -1, 2**70)),
        ("hitsPerPage", (1, 100), (0, 101, -1, 2**70)),
        ("offset", (0, 2**53 - 1), (-1, 2**53, 2**70, 1e300)),
        ("page", (1, 2**53 - 1), (0, -1, 2**53, 2**70)),
        ("imageSemanticRatio", (0, 1, 0.5, "0.5"), (-0.01, 1.01, float("nan"), float("inf"), "high")),
        ("querySemanticRatio", (0, 1, 0.5, "0.5"), (-0.01, 1.01, float("nan"), float("-inf"), "high")),
    ],
)
def test_numbers_keep_their_bounds(name: str, good: tuple[Any, ...], bad: tuple[Any, ...]) -> None:
    for value in good:
        request = AssetSearch.model_validate({"query": "x", name: value}, by_alias=True)
        assert request.resolve().body()[name] == float(value)
    for value in (*bad, True, False, 7.5, "7.5", [1]):
        assert len(problems(AssetSearch, query="x", **{name: value})) == 1


@pytest.mark.parametrize(
    ("model", "attributes"),
    [
        (AssetSearch, ("createdAt", "updatedAt", "width", "height", "score")),
        (ModelSearch, ("createdAt", "updatedAt", "score")),
    ],
)
def test_every_sortable_attribute_sorts_both_ways(model: type[Search], attributes: tuple[str, ...]) -> None:
    assert model.sort_fields == attributes
    order = [f"{attribute}:{direction}" for attribute in attributes for direction in ("asc", "desc")]
    assert sent(model(query="x", sort_by=tuple(order))) == {"query": "x", "sortBy": order}


@pytest.mark.parametrize(
    ("item", "example"),
    [
        ("createdAt", "createdAt:desc"),
        ("-createdAt", "createdAt:desc"),
        ("-updatedAt:asc", "updatedAt:desc"),
        ("created_at:desc", "createdAt:desc"),
        ("updatedAt ASC", "updatedAt:asc"),
        ("createdAt:DESC", "createdAt:desc"),
        ("width:ascending", "width:asc"),
        ("createdAt:desc,width:asc", "createdAt:desc"),
        ('{"field": "height", "order": "asc"}', "height:asc"),
        ("prompt:asc", "createdAt:asc"),
        ("metadata.width:asc", "width:asc"),
        (" score:desc", "score:desc"),
        (":", "createdAt:desc"),
        ("", "createdAt:desc"),
        ("\ud800", "createdAt:desc"),
    ],
)
def test_a_wrong_sorting_is_answered_with_the_right_one(item: str, example: str) -> None:
    assert problems(AssetSearch, query="x", sortBy=["createdAt:asc", item]) == [
        (
            "takes attribute:asc or attribute:desc with one of createdAt, updatedAt, width, height, score. "
            f'Example: ["{example}"]'
        )
    ]


@pytest.mark.parametrize("item", ["width:asc", "height:desc"])
def test_models_have_no_size_to_sort_by(item: str) -> None:
    assert problems(ModelSearch, query="x", sortBy=[item]) == [
        (
            "takes attribute:asc or attribute:desc with one of createdAt, updatedAt, score. "
            f'Example: ["createdAt:{item.partition(":")[2]}"]'
        )
    ]


def test_a_null_is_the_same_as_nothing() -> None:
    names = ["filter", "image", "images", "imageSemanticRatio", "limit", "page", "public", "sortBy", "originalAssets"]
    request = AssetSearch.model_validate({"query": "x", **dict.fromkeys(names)}, by_alias=True)
    assert (request.resolve().body(), request.resolve().url_parameters()) == ({"query": "x"}, {})


def test_a_filter_is_sent_without_the_blanks_around_it() -> None:
    assert AssetSearch.model_validate({"filter": " kind = image\n"}).resolve().body() == {"filter": "kind = image"}


@MODELS
def test_every_documented_filter_field_passes_and_stands_in_the_description(model: type[Search]) -> None:
    for field in model.filter_fields:
        assert model.model_validate({"filter": f"{field} EXISTS"}).resolve().body() == {"filter": f"{field} EXISTS"}
    description = model.model_fields["filter"].description
    assert description is not None
    assert set(model.filter_fields) <= set(re.split(r"[ ,]+|\. ", description))


def test_the_filter_fields_are_the_documented_ones() -> None:
    assert " ".join(ASSET_FILTER_FIELDS) == (
        "kind width height size aspectRatio mimeType name prompt text negativePrompt seed modelId baseModelId "
        "modelType numInferenceSteps guidance scheduler tags collectionIds nsfw privacy createdAt updatedAt authorId"
    )
    assert " ".join(MODEL_FILTER_FIELDS) == (
        "name type source parentModelId capabilities tags collectionIds concepts trainingImagesNumber "
        "exampleAssetIds complianceMetadata.subProcessor complianceMetadata.modelProvider "
        "complianceMetadata.maintainer privacy authorId createdAt updatedAt"
    )


@MODELS
def test_an_undocumented_field_is_refused(model: type[Search]) -> None:
    assert problems(model, query="x", cursor="abc") == ["Extra inputs are not permitted"]


@MODELS
def test_every_example_of_a_field_is_a_valid_request(model: type[Search]) -> None:
    for field in model.model_fields.values():
        assert field.examples, f"{field.alias} has no example"
        alone = field.alias in {"query", "filter", "image", "images"}
        for example in field.examples:
            request = model.model_validate({field.alias: example} | ({} if alone else {"query": "x"}), by_alias=True)
            assert field.alias in {**request.resolve().body(), **request.resolve().url_parameters()}


def test_a_filter_that_comes_again_is_not_read_twice_unless_the_day_matters() -> None:
    def twice(text: str) -> tuple[Filter | None, Filter | None]:
        first, again = (AssetSearch.model_validate({"filter": text}) for _ in range(2))
        return first.filter, again.filter

    first, again = twice("kind = image AND tags = knight")
    assert first is not None
    assert first is again
    assert first.text == "kind = image AND tags = knight"
    future, read_anew = twice("createdAt >= 2999-01-01")
    assert future is not None
    assert future is not read_anew
    assert future == read_anew
    assert "today is" in future.warnings[0]
    named = {"filter": "tags = knight"}
    assert ModelSearch.model_validate(named).filter is not AssetSearch.model_validate(named).filter


def test_of_filters_that_are_kept_there_are_few_and_none_is_long() -> None:
    reader = FilterText(ASSET_FILTER_FIELDS)
    read = TypeAdapter(Annotated[Filter, reader]).validate_python
    for number in range(3 * MAX_KEPT_FILTERS):
        read(f"width = {number}")
        assert len(reader._kept) <= MAX_KEPT_FILTERS
    kept = {**reader._kept}
    read("tags IN [" + ", ".join(f"tag{number}" for number in range(200)) + "]")
    assert reader._kept == kept
