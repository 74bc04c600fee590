"""Values under paths, in whatever a document holds."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from scenario_mcp.sandbox.engine.values import MISSING, KeptValues, Several, inner_paths, kept_at

NAMES = st.sampled_from(["a", "b", "tags"])
VALUES = st.recursive(
    st.sampled_from(["red", "", 1, None]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(NAMES, inner, max_size=2),
    max_leaves=4,
)
DOCUMENTS = st.lists(st.dictionaries(NAMES, VALUES, max_size=3), min_size=1, max_size=4)


def test_paths_go_into_objects_whose_names_are_empty_or_hold_dots_and_end() -> None:
    metadata = {"": {"": 1}, "a.b": {"c": 2}, "d": [{"e": 3}, [{"f": []}]]}
    assert [*inner_paths([metadata], "metadata")] == [
        "metadata.",
        "metadata..",
        "metadata.a.b",
        "metadata.a.b.c",
        "metadata.d",
        "metadata.d.e",
        "metadata.d.f",
    ]
    assert kept_at({"metadata": metadata}, "metadata..") == [1]


@given(documents=DOCUMENTS, path=st.lists(NAMES, min_size=1, max_size=3).map(".".join))
def test_many_documents_keep_what_each_of_them_does(documents: list[dict[str, Any]], path: str) -> None:
    each = KeptValues(documents).at(path) or [MISSING] * len(documents)
    values = [kept if isinstance(kept, Several) else [] if kept is MISSING else [kept] for kept in each]
    assert values == [kept_at(document, path) for document in documents]
