"""Whatever a file turns out to hold or to raise, it concerns that file alone."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scenario_mcp.sandbox.engine.storage import Store
from scenario_mcp.sandbox.own_catalogue import file_ingest
from scenario_mcp.sandbox.own_catalogue.file_documents import document_of_file
from scenario_mcp.sandbox.own_catalogue.ingest import index_folder
from scenario_mcp.sandbox.own_catalogue.walk import FoundFile
from tests.support.examples import examples
from tests.support.folders import stored, write

ERRORS = (ValueError, OverflowError, KeyError, AttributeError, AssertionError, RecursionError, MemoryError, OSError)
ODD = st.one_of(
    st.sampled_from(
        [2**63, -(2**70), 1e400, float("nan"), "\ud800", "\0", b"bytes", object(), "9" * 5000, None, set()]
    ),
    st.integers(),
    st.text(max_size=5),
)
VALUES = st.recursive(ODD, lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner))
FIELDS = st.sampled_from(["createdAt", "tags", "metadata", "mimeType", "file", "description", "nsfw", "other"])


@settings(max_examples=examples(15), suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(odd=st.one_of(st.sampled_from(ERRORS), st.dictionaries(FIELDS, VALUES, min_size=1, max_size=3)))
def test_whatever_one_file_holds_or_raises_the_others_are_stored(
    tmp_path_factory: pytest.TempPathFactory, odd: type[Exception] | dict[str, Any]
) -> None:
    folder = tmp_path_factory.mktemp("odd")
    for name in ("a", "odd", "z"):
        write(folder / f"{name}.txt", name)

    def read(found: FoundFile, *arguments: Any) -> dict[str, Any]:
        if found.stem != "odd":
            return document_of_file(found, *arguments)
        if isinstance(odd, dict):
            return document_of_file(found, *arguments) | odd
        raise odd

    with pytest.MonkeyPatch.context() as patch, Store.open() as store:
        patch.setattr(file_ingest, "document_of_file", read)
        first, second = index_folder(folder, store), index_folder(folder, store)
        good = {asset.get("content") for asset in stored(store).values()}
    assert {"a", "z"} <= good
    assert (first.new + first.broken, second.unchanged + second.new + second.broken) == (3, 3)
    assert first.broken == second.broken
