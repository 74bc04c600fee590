"""What a project's filters can name, asked for once in a while."""

import json
from typing import Any

import httpx
import pytest

from scenario_mcp.api.vocabulary import (
    KEPT_SECONDS,
    MAX_BYTES,
    CollectionCount,
    Entries,
    NamedModel,
    TagCount,
    Vocabulary,
    vocabulary_cache,
)
from scenario_mcp.errors import NotAuthorized
from tests.support.fakes import Network, answering

TAGS = {"tags": [{"tagName": "wip", "itemCount": 2}, {"tagName": "knight", "itemCount": 12}, {"tagName": "odd"}]}


def vocabulary(network: Network, owner: str = "") -> Vocabulary:
    return Vocabulary(network.client(), vocabulary_cache(), owner)


async def test_tags_come_most_used_first_and_are_asked_for_once() -> None:
    network = answering(TAGS)
    names = vocabulary(network)
    expected = Entries((TagCount("knight", 12), TagCount("wip", 2), TagCount("odd", None)))
    assert [await names.tags(), await names.tags()] == [expected, expected]
    assert len(network.requests) == 1


async def test_collections_come_largest_first_each_with_an_id_that_can_be_asked_for() -> None:
    listed = [
        {"id": "col_1", "name": "Castle set", "assetCount": 1, "modelCount": 1},
        {"id": "col_2", "itemCount": 9},
        {"id": "../x", "name": "No id"},
    ]
    assert await vocabulary(answering({"collections": listed})).collections() == Entries(
        (CollectionCount("col_2", "col_2", 9, None), CollectionCount("Castle set", "col_1", 1, 1)), is_whole=False
    )


async def test_a_list_that_was_cut_says_so() -> None:
    numbers = iter(range(99))
    network = Network(lambda _: httpx.Response(200, json={"tags": [], "nextPaginationToken": str(next(numbers))}))
    assert await vocabulary(network).tags() == Entries((), is_whole=False)


async def test_models_of_a_name_are_those_whose_whole_name_it_is() -> None:
    hits = [{"id": "model_1", "name": "PIXEL Knights "}, {"id": "model_2", "name": "Pixel Knights 2"}]
    network = answering({"hits": hits})
    assert await vocabulary(network).models_named('pixel "knights', public=True) == Entries(())
    assert (
        network.request.content == b'{"filter":"name = \\"pixel \\\\\\"knights\\"","limit":8,"public":true,"offset":0}'
    )
    assert await vocabulary(network).models_named("pixel knights", public=False) == Entries(
        (NamedModel("PIXEL Knights ", "model_1"),)
    )


async def test_one_search_is_not_another() -> None:
    network = answering({"hits": []})
    names = vocabulary(network)
    for _ in range(2):
        await names.models_named("ink", public=False)
        await names.models_named("ink", public=True)
        await names.models_like("ink", public=False)
    assert len(network.requests) == 3


async def test_an_error_is_raised_and_not_kept() -> None:
    answers = iter([httpx.Response(403), httpx.Response(200, json=TAGS)])
    names = vocabulary(Network(lambda _: next(answers)))
    with pytest.raises(NotAuthorized):
        await names.tags()
    assert len((await names.tags()).entries) == 3


@pytest.mark.promise(number=21)
async def test_callers_do_not_read_each_others_names_from_what_they_share() -> None:
    shared = vocabulary_cache()
    first, second = answering(TAGS), answering({"tags": []})
    assert (await Vocabulary(first.client(), shared, "ann").tags()).entries
    assert not (await Vocabulary(second.client(), shared, "bob").tags()).entries


async def test_models_are_named_by_id_each_asked_for_once_whether_it_is_there_or_not() -> None:
    network = answering({"models": [{"id": "m1", "name": "Ink"}, {"id": "m2"}, {"id": "other", "name": "Other"}]})
    names = vocabulary(network)
    assert await names.model_names(["m1", "m2", "m3", "m1", "no id"]) == {"m1": "Ink"}
    assert await names.model_names(["m3", "m1"]) == {"m1": "Ink"}
    assert await names.model_names([]) == {}
    assert json.loads(network.request.content)["modelIds"] == ["m1", "m2", "m3"]


@pytest.mark.promise(number=12)
async def test_what_is_kept_is_bounded_in_bytes_and_in_time() -> None:
    cache = vocabulary_cache()
    long: dict[str, Any] = {"tags": [{"tagName": "x" * 50_000}, *({"tagName": f"{n}" * 40_000} for n in range(10, 50))]}
    for owner in range(4):
        await Vocabulary(answering(long).client(), cache, str(owner)).tags()
    assert cache.currsize <= MAX_BYTES
    assert 0 < len(cache) < 4
    assert cache.ttl == KEPT_SECONDS
