"""Features for image similarity and semantic search: computed in the background, and kept in the catalogue's store."""

import logging
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from scenario_mcp.ids import RESOURCE_TYPES, ResourceType
from scenario_mcp.imaging.errors import BadPicture
from scenario_mcp.sandbox.catalogue import Catalogue
from scenario_mcp.sandbox.similarity.semantic import meanings
from scenario_mcp.sandbox.similarity.visual import descriptor

_DOCUMENTS_A_BATCH = 500
_PICTURES_A_BATCH = 50
_log = logging.getLogger(__name__)


class DescribingStopped(Exception):
    """The server ends before everything is described."""


def describe_new(catalogue: Catalogue, check: Callable[[], None]) -> None:
    """Describe the documents and pictures that are not described yet.

    `check` is called now and then, and stops the work by raising `DescribingStopped`.
    """
    store = catalogue.store
    for resource_type in RESOURCE_TYPES:
        for ids in _batches(_missing(catalogue, resource_type, meanings.FEATURE), _DOCUMENTS_A_BATCH):
            check()
            documents = store.get_many(resource_type, ids)
            with store.writing() as batch:
                for document in documents:
                    batch.put_feature(resource_type, str(document["id"]), meanings.FEATURE, meanings.describe(document))
    for ids in _batches(_missing(catalogue, "assets", descriptor.FEATURE), _PICTURES_A_BATCH):
        looks: dict[str, bytes] = {}
        for asset_id in ids:
            check()
            media = catalogue.media(asset_id)
            if media is not None and media.is_picture:
                try:
                    looks[asset_id] = descriptor.describe(media.content)
                except BadPicture:
                    continue
        with store.writing() as batch:
            for asset_id, look in looks.items():
                batch.put_feature("assets", asset_id, descriptor.FEATURE, look)


def _missing(catalogue: Catalogue, resource_type: ResourceType, feature: str) -> list[str]:
    described = catalogue.store.features(resource_type, feature)
    return [document_id for document_id in catalogue.store.ids(resource_type) if document_id not in described]


def _batches(ids: list[str], size: int) -> Iterator[list[str]]:
    for start in range(0, len(ids), size):
        yield ids[start : start + size]


@contextmanager
def describing(catalogue: Catalogue) -> Iterator[None]:
    """Describe new documents and pictures in a thread for as long as the context lasts."""
    stopping = threading.Event()

    def check() -> None:
        if stopping.is_set():
            raise DescribingStopped

    def work() -> None:
        try:
            describe_new(catalogue, check)
        except DescribingStopped:
            pass
        except sqlite3.Error as error:  # searches describe what they need by themselves
            _log.warning("The catalogue could not be described in advance: %s", error)

    thread = threading.Thread(target=work, name="features", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stopping.set()
        thread.join()
