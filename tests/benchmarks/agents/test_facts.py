from typing import Any

import pytest

from benchmarks.agents.facts import Fact


def _fact(kind: str, right: Any, **more: Any) -> Fact:
    return Fact(name="it", means="what is meant", kind=kind, right=right, **more)


@pytest.mark.parametrize(
    ("fact", "said"),
    [
        (_fact("id", "asset_a1"), "asset_a1"),
        (_fact("id", "asset_a1"), "scenario://assets/asset_a1/image"),
        (_fact("id", "f3ltqqbJ4v6c"), {"id": "f3ltqqbJ4v6c", "name": "Castle"}),
        (_fact("ids", ["asset_a", "asset_b"]), ["asset_b", "asset_a", "asset_a"]),
        (_fact("ids", ["asset_a", "asset_b"]), "asset_a, asset_b"),
        (_fact("ids", []), []),
        (_fact("ids", []), "none"),
        (_fact("texts", [("Flat Tales", "model_f"), ("Inkwell", "model_i")]), ["model_i", "flat tales"]),
        (_fact("some", ["asset_a", "asset_b", "asset_c"], count=2), ["asset_c", "asset_a"]),
        (_fact("some", ["asset_a", "asset_b"], count=1), "asset_b"),
        (_fact("number", 1_234_567), "1,234,567 bytes"),
        (_fact("number", 1_234_567, within=0.01), "1.23 MB"),
        (_fact("number", 7), 7.0),
        (_fact("day", "2026-11-05"), "2026-11-05T08:00:00.000Z"),
        (_fact("day", "2026-11-05"), "5 November 2026"),
        (_fact("day", "2026-11-05"), "November 5th, 2026"),
        (_fact("size", "768x1024"), "768 * 1024 px"),
        (_fact("size", "768x1024"), {"width": 768, "height": 1024}),
        (_fact("text", "Ashfall slept. Tonight, it burns."), "“Ashfall slept. Tonight, it burns”"),
        (_fact("text", ["Qwen Image", "model_qwen"]), "qwen image"),
        (_fact("yes", "no"), False),
        (_fact("yes", "yes"), "Yes, both are the same."),
        (_fact("table", {"asset_a": "2026-11-05"}, values="day"), {"scenario://assets/asset_a": "5 Nov 2026"}),
    ],
)
def test_a_fact_may_be_worded_in_many_ways(fact: Fact, said: Any) -> None:
    assert fact.complaint({"it": said}) is None


@pytest.mark.parametrize(
    ("fact", "said", "complaint"),
    [
        (_fact("id", "asset_a"), "asset_b", "it: asset_b, but it is asset_a"),
        (_fact("id", "asset_a"), "the castle", "it: the castle is not an id"),
        (_fact("ids", ["asset_a", "asset_b"]), ["asset_b", "asset_c"], "it: missing asset_a; wrong asset_c"),
        (_fact("some", ["asset_a", "asset_b"], count=2), ["asset_a"], "it: 1 given, 2 asked for"),
        (_fact("some", ["asset_a", "asset_b"], count=1), ["asset_c"], "it: wrong asset_c"),
        (_fact("number", 7), 8, "it: 8, but it is 7"),
        (_fact("number", 1), True, "it: a number is wanted"),
        (_fact("number", 7), "7 of 9", "it: 7 of 9 is not one number"),
        (_fact("day", "2026-11-05"), "05/11/2026", "it: 05/11/2026 is not a day"),
        (_fact("day", "2026-11-05"), "2026-13-05", "it: month must be in 1..12"),
        (_fact("size", "768x1024"), "1024x768", "it: 1024x768, but it is 768x1024"),
        (_fact("yes", "no"), "hardly", "it: hardly is neither yes nor no"),
        (_fact("table", {"asset_a": 1}, values="number"), [1], "it: an object is wanted, with a value for each id"),
        (_fact("table", {"asset_a": 1}, values="number"), {"asset_a": 2}, "it: asset_a: 2, but it is 1"),
        (_fact("table", {"a": 1}, values="number"), {"b": 1}, "it: missing ['a']; wrong ['b']"),
    ],
)
def test_what_is_wrong_is_said(fact: Fact, said: Any, complaint: str) -> None:
    assert fact.complaint({"it": said}) == complaint


def test_a_fact_that_is_left_out_is_missing() -> None:
    assert _fact("ids", []).complaint({}) == "it is missing"
