"""Orders as people write them become the API's; what may mean two things does not."""

from typing import Any

import pytest

from tests.server.arguments.readers import MODELS, read, refusal


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ({"sortBy": "createdAt:desc"}, ["createdAt:desc"]),
        ({"sortBy": ["-createdAt"]}, ["createdAt:desc"]),
        ({"sortBy": "created_at:DESC"}, ["createdAt:desc"]),
        ({"sort": "width ascending"}, ["width:asc"]),
        ({"sort_by": "createdAt:desc, width:asc"}, ["createdAt:desc", "width:asc"]),
        ({"order_by": {"createdAt": "desc", "width": "asc"}}, ["createdAt:desc", "width:asc"]),
        ({"sortBy": [{"field": "createdAt", "direction": "desc"}]}, ["createdAt:desc"]),
        ({"sortBy": [{"createdAt": {"order": "desc"}}]}, ["createdAt:desc"]),
        ({"sortBy": {"createdAt": -1}}, ["createdAt:desc"]),
        ({"sortBy": ["createdAt", "desc"]}, ["createdAt:desc"]),
        ({"sortBy": [["createdAt", "desc"]]}, ["createdAt:desc"]),
        ({"sort_by": "createdAt", "sort_order": "desc"}, ["createdAt:desc"]),
        ({"sortBy": ["createdAt", "width:asc"], "order": "desc"}, ["createdAt:desc", "width:asc"]),
        ({"sort": "newest"}, ["createdAt:desc"]),
        ({"sort": "newest", "order": "desc"}, ["createdAt:desc"]),
        ({"sort": "oldest first"}, ["createdAt:asc"]),
        ({"sort": "most_popular"}, ["score:desc"]),
        ({"sortBy": '[{"createdAt": "desc"}]'}, ["createdAt:desc"]),
        ({"sortBy": ["-createdAt", "createdAt:desc", None, "null"]}, ["createdAt:desc"]),
    ],
    ids=str,
)
def test_an_order_that_can_only_mean_one_thing_is_taken(raw: dict[str, Any], expected: list[str]) -> None:
    assert read({"query": "x", **raw}) == {"query": "x", "sortBy": expected}


@pytest.mark.parametrize("order", ["relevance", ["relevance"], "default", "null"])
def test_the_usual_order_is_none(order: object) -> None:
    assert read({"query": "x", "sortBy": order}) == {"query": "x"}


@pytest.mark.parametrize("order", ["createdAt", "prompt:asc", "createdAt:up:desc", "largest", {"createdAt": 10**5_000}])
def test_any_other_order_is_told_the_right_form(order: object) -> None:
    assert "createdAt:desc" in refusal({"query": "x", "sortBy": order}) or "createdAt:asc" in refusal(
        {"query": "x", "sortBy": order}
    )


def test_an_order_against_its_own_direction_is_not_taken() -> None:
    assert refusal({"query": "x", "sort": "newest", "order": "asc"}).startswith("sortBy takes attribute:asc")


def test_models_have_no_width_to_sort_by() -> None:
    assert refusal({"query": "x", "sortBy": "-width"}, MODELS).startswith("sortBy takes attribute:asc")
