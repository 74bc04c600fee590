"""The index follows every change of documents."""

import gc
import random
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scenario_mcp.sandbox.catalogue import Catalogue
from scenario_mcp.sandbox.engine import indexing
from scenario_mcp.sandbox.engine.batches import TYPE_NUMBERS
from scenario_mcp.sandbox.engine.chunks import contents_of
from scenario_mcp.sandbox.engine.segments import Segments
from scenario_mcp.sandbox.engine.storage import Store
from scenario_mcp.sandbox.requests import OffsetPaging, SearchRequest
from scenario_mcp.sandbox.search import SearchIndex
from scenario_mcp.sandbox.similarity.visual.catalogue import CatalogueLooks
from tests.support.things import open_store

PROJECT = "proj_test"


def search(store: Store, **request: Any) -> list[str]:
    catalogue = Catalogue.of_store(store, Path())
    index = SearchIndex(catalogue, "assets", CatalogueLooks(catalogue))
    page = index.search(SearchRequest(**{"paging": OffsetPaging(limit=100), **request}), PROJECT)
    return [str(hit["id"]) for hit in page.hits]


NAMES = st.lists(st.sampled_from(["red", "castle", "castles", "dragon", "space", "ship"]), max_size=4).map(" ".join)
DOCUMENTS = st.fixed_dictionaries(
    {"id": st.sampled_from("abcdef"), "name": NAMES},
    optional={
        "tags": st.lists(st.sampled_from(["red", "Old Stone", ""]), max_size=2),
        "size": st.none() | st.integers(-2, 2) | st.sampled_from(["10", [], [1, "x"], 0.5]),
        "maker": st.fixed_dictionaries(
            {}, optional={"name": st.sampled_from(["ann", "bob"]), "age": st.integers(0, 3)}
        ),
    },
)
CHANGES = st.lists(st.lists(st.sampled_from("abcdef") | DOCUMENTS, max_size=6), max_size=4)
SEARCHES: tuple[Mapping[str, Any], ...] = (
    {"query": "red castle"},
    {"query": '"space ship"'},
    {"query": "spaceship"},
    {"query": "-dragon", "sort_by": ("size:desc",)},
    {"filter": "tags = red OR size > 0"},
    {"filter": "NOT size EXISTS OR size IS NULL OR size IS EMPTY"},
    {"filter": "maker.name = ann AND maker.age < 3"},
    {"filter": "maker.unheard = x OR tags STARTS WITH old"},
    {"sort_by": ("size:asc",)},
)


@given(batches=CHANGES)
@settings(deadline=None)
def test_an_index_that_was_changed_is_like_one_built_at_once(batches: list[list[Any]]) -> None:
    kept: dict[str, Any] = {}
    with open_store() as changed, open_store() as fresh:
        for changes in batches:
            with changed.writing() as batch:
                for change in changes:
                    if isinstance(change, str):
                        batch.remove("assets", change)
                        kept.pop(change, None)
                    else:
                        document = {**change, "ownerId": PROJECT}
                        batch.put("assets", document)
                        kept[change["id"]] = document
        with fresh.writing() as batch:
            for document in kept.values():
                batch.put("assets", document)
        assert changed.ids("assets") == list(kept)
        for request in SEARCHES:
            assert search(changed, **request) == search(fresh, **request), request


def test_documents_that_change_in_any_order_are_found_as_if_they_had_been_put_in_theirs() -> None:
    numbers = list(range(60))
    shuffled = [0, *random.Random(1).sample(numbers[1:], 59)]  # noqa: S311  # made-up data, all written at once
    places = []
    for order in (numbers, shuffled):
        with open_store() as store:
            for name in ("castle", "red castle red"):
                with store.writing() as batch:
                    for number in order if name != "castle" else numbers:
                        batch.put("assets", {"id": f"n{number}", "name": f"{name} {number}", "ownerId": PROJECT})
            with store.snapshot() as snapshot:
                rows = snapshot.connection.execute("SELECT words, starts, places FROM chunks").fetchall()
                places.append(dict(each for row in rows for each in contents_of(*row)))
    assert len(places[0]["castle"][0]) == 4 * len(numbers)
    assert places[0] == places[1]


def test_values_that_no_document_has_any_more_take_no_room() -> None:
    with open_store() as store:
        for size in range(20):
            with store.writing() as batch:
                batch.put("assets", {"id": "a", "size": size, "name": f"word{size}", "ownerId": PROJECT})
        with store.snapshot() as snapshot:
            query = "SELECT leaves FROM columns WHERE path = 'size'"
            assert snapshot.connection.execute(query).fetchall() == [("[19]",)]
            assert Segments(snapshot.connection, TYPE_NUMBERS["assets"]).words == ["word19"]


def test_documents_of_several_blocks_are_found_together() -> None:
    with open_store() as store:
        with store.writing() as batch:
            for number in range(9000):
                name = "castle" if number % 3000 == 0 else "space ship" if number == 8999 else "hut"
                batch.put("assets", {"id": f"n{number}", "name": name, "size": number, "ownerId": PROJECT})
        assert search(store, query="castle") == ["n0", "n3000", "n6000"]
        assert search(store, query="spaceship") == ["n8999"]
        assert search(store, filter="size 4000 TO 4003", sort_by=("size:desc",)) == ["n4003", "n4002", "n4001", "n4000"]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_an_index_written_in_many_batches_is_like_one_written_at_once(seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311  # made-up data
    names = ["red", "castle", "castles", "dragon", "space", "ship", *(f"word{number}" for number in range(400))]
    kept: dict[str, Any] = {}
    count = 0
    with open_store() as changed, open_store() as fresh:
        while count < 13_000:
            more = chance.choice([1, 1, 20, 500, 3000, 7000])
            known = sorted(kept)
            again = chance.sample(known, min(len(known), chance.choice([0, 3, 30])))
            with changed.writing() as batch:
                for key in [*again, *(f"n{number}" for number in range(count, count + more))]:
                    kept[key] = {"id": key, "name": " ".join(chance.choices(names, k=2)), "ownerId": PROJECT}
                    batch.put("assets", kept[key])
                for key in chance.sample(known, len(again) // 3):
                    batch.remove("assets", key)
                    del kept[key]
            count += more
            if chance.random() < 0.6:
                changed.join_words()
        with fresh.writing() as batch:
            for document in kept.values():
                batch.put("assets", document)
        assert changed.ids("assets") == list(kept)
        for query in ("red castle", '"space ship"', "spaceship", "dragon -red", "word77", "wrod199 word2"):
            assert search(changed, query=query) == search(fresh, query=query), query


@pytest.mark.parametrize("is_enabled", [True, False])
def test_garbage_is_looked_for_after_a_batch_as_before_it(monkeypatch: pytest.MonkeyPatch, is_enabled: bool) -> None:  # noqa: FBT001  # a parameter
    meanwhile: list[bool] = []

    def fail(*_: object) -> None:
        meanwhile.append(gc.isenabled())
        raise ValueError

    monkeypatch.setattr(indexing, "places_of", fail)
    was_enabled = gc.isenabled()
    try:
        (gc.enable if is_enabled else gc.disable)()
        with open_store() as store, pytest.raises(ValueError), store.writing() as batch:  # noqa: PT011  # it has no words
            batch.put("assets", {"id": "a", "name": "red"})
        assert (meanwhile, gc.isenabled()) == ([False], is_enabled)
    finally:
        (gc.enable if was_enabled else gc.disable)()
