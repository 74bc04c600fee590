"""Searches of the sample catalogue, straight through the index."""

from typing import Any

from scenario_mcp.sandbox.catalogue import Catalogue, Document
from scenario_mcp.sandbox.requests import OffsetPaging, SearchRequest
from scenario_mcp.sandbox.search import SearchIndex
from scenario_mcp.sandbox.similarity.visual.catalogue import CatalogueLooks

PROJECT = "proj_sandbox"
SAMPLES = Catalogue.load()
SAMPLE_LOOKS = CatalogueLooks(SAMPLES)
SAMPLE_INDEX = SearchIndex(SAMPLES, "assets", SAMPLE_LOOKS)


def search(index: SearchIndex = SAMPLE_INDEX, limit: int = 10, **request: Any) -> list[str]:
    page = index.search(SearchRequest(paging=OffsetPaging(limit=limit), **request), PROJECT)
    return [str(hit["id"]) for hit in page.hits]


def document(document_id: str, **fields: Any) -> Document:
    return {"id": document_id, "ownerId": PROJECT, **fields}
