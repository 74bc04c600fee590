"""The bill of materials is read by licence, and what the audit did not look up is not called faultless."""

import json

import pytest

from scripts.bill_of_materials.__main__ import licences, told_by_audit


def test_packages_stand_under_each_of_their_licences() -> None:
    bill = {
        "components": [
            {"name": "b", "version": "2", "licenses": [{"license": {"id": "MIT"}}]},
            {"name": "A", "version": "1", "licenses": [{"expression": "MIT OR Apache-2.0"}]},
            {
                "name": "c",
                "version": "3",
                "licenses": [
                    {"license": {"name": "License :: OSI Approved :: MIT"}},
                    {"license": {"name": "Permission is hereby granted,\n free of charge"}},
                ],
            },
            {"name": "d"},
        ]
    }
    assert licences(bill) == {"MIT": ["b 2", "c 3"], "MIT OR Apache-2.0": ["A 1"], "not told": ["d"]}


NOT_ASKED = "Known faults: not looked for, since the advisory service knew none of the packages or did not answer."


@pytest.mark.parametrize(
    "output", ["", "no connection", "[]", json.dumps({"dependencies": [{"name": "a", "skip_reason": "x"}]})]
)
def test_without_an_advisory_service_nothing_is_claimed(output: str) -> None:
    assert told_by_audit(output) == (NOT_ASKED, False)


def test_known_faults_are_named_with_what_mends_them() -> None:
    clean = {"name": "a", "version": "1", "vulns": []}
    faulty = {
        "name": "b",
        "version": "2",
        "vulns": [{"id": "PYSEC-1", "fix_versions": ["3"]}, {"id": "X", "fix_versions": []}],
    }
    skipped = {"name": "c", "skip_reason": "not found"}
    assert told_by_audit(json.dumps({"dependencies": [clean, skipped]})) == (
        "Known faults (1 of 2 packages were looked up): none.",
        False,
    )
    assert told_by_audit(json.dumps({"dependencies": [clean, faulty]})) == (
        "Known faults (2 of 2 packages were looked up): b 2: PYSEC-1, mended in 3; b 2: X, mended in no version.",
        True,
    )
