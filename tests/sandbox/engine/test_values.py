"""Values under paths, in whatever a document holds."""

from scenario_mcp.sandbox.engine.values import inner_paths, kept_at


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
