"""Semantic search over the samples and over a catalogue that changes."""

from pathlib import Path

import pytest

from scenario_mcp.sandbox.catalogue import Catalogue
from scenario_mcp.sandbox.engine.storage import Store
from scenario_mcp.sandbox.requests import SearchRequest
from scenario_mcp.sandbox.search import SearchIndex
from scenario_mcp.sandbox.similarity.semantic.meanings import FEATURE, describe
from scenario_mcp.sandbox.similarity.visual.catalogue import CatalogueLooks
from tests.support.sample_search import PROJECT, SAMPLE_LOOKS, SAMPLES, document, search


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("weapon", "axe|broadsword"),
        ("sorcerer", "wizard"),
        ("vehicle", "star fighter"),
        ("metropolis", "skyline"),
        ("eruption", "volcano"),
        ("ocean mammal", "whale"),
        ("treasure", "gold coins|crown"),
        ("boat", "sailing"),
    ],
)
def test_a_concept_finds_what_it_stands_for(query: str, shown: str) -> None:
    captions = [
        str(SAMPLES.assets[key].get("description")) for key in search(query=query, query_semantic_ratio=1, limit=2)
    ]
    assert all(any(word in caption for word in shown.split("|")) for caption in captions), captions


@pytest.mark.smoke
def test_models_are_found_by_what_they_are_for() -> None:
    models = SearchIndex(SAMPLES, "models", SAMPLE_LOOKS)
    page = models.search(SearchRequest(query="warriors in armour", query_semantic_ratio=1), PROJECT)
    assert page.hits[0]["name"] == "Knights of Ashfall"


def test_what_is_stored_of_a_document_is_used_and_what_comes_later_is_seen(tmp_path: Path) -> None:
    store = Store.open(None)
    catalogue = Catalogue.of_store(store, tmp_path)
    index = SearchIndex(catalogue, "assets", CatalogueLooks(catalogue))
    with store.writing() as batch:
        batch.put("assets", document("boat", description="a small boat"))
        batch.put("assets", document("owl", description="an owl"))
    assert search(index, query="ship", query_semantic_ratio=1) == ["boat", "owl"]
    with store.writing() as batch:
        batch.put_feature("assets", "owl", FEATURE, describe(document("owl", description="a ship")))
    assert search(index, query="ship", query_semantic_ratio=1) == ["owl", "boat"]
    with store.writing() as batch:
        for key in ("boat", "owl"):
            batch.remove("assets", key)
    assert search(index, query="ship", query_semantic_ratio=1) == []
