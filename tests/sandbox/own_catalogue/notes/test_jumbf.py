"""What manifests of C2PA plainly say."""

import json
import time

import pytest

from scenario_mcp.sandbox.own_catalogue.notes.cbor import BadCbor, read_cbor
from scenario_mcp.sandbox.own_catalogue.notes.jumbf import credential_notes
from tests.support.containers import box, cbor, manifest_store, superbox

DALL_E = {
    "c2pa.claim.v2": {"claim_generator_info": [{"name": "ChatGPT", "version": "1"}], "instanceID": "x"},
    "c2pa.actions.v2": {
        "actions": [
            {
                "action": "c2pa.created",
                "softwareAgent": {"name": "GPT-4o", "version": "2"},
                "digitalSourceType": "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia",
                "parameters": {"com.example.prompt": "an owl"},
            }
        ]
    },
    "c2pa.hash.data": {"softwareAgent": "not this"},
}
STUDIO = {
    "c2pa.claim": {"claim_generator": "Studio/2.1 c2pa-rs/0.1"},
    "c2pa.actions": {"actions": [{"softwareAgent": "Studio"}]},
}
DALL_E_NOTES = [
    ("claim_generator_info.name", "ChatGPT"),
    ("softwareAgent.name", "GPT-4o"),
    ("digitalSourceType", "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"),
    ("com.example.prompt", "an owl"),
]
STUDIO_NOTES = [("claim_generator", "Studio/2.1 c2pa-rs/0.1"), ("softwareAgent", "Studio")]


def notes_of(data: bytes) -> list[tuple[str, str]]:
    return [(note.name, note.text) for note in credential_notes(data)]


def test_the_last_manifest_is_told_first_as_it_is_the_pictures_own() -> None:
    assert notes_of(manifest_store(DALL_E)) == DALL_E_NOTES
    assert notes_of(manifest_store(DALL_E, STUDIO)) == STUDIO_NOTES + DALL_E_NOTES


def test_assertions_in_json_are_read() -> None:
    content = box(b"json", json.dumps({"Iptc4xmpExt:AISystemUsed": "Dreamer", "other": "x"}).encode())
    store = superbox("c2pa", superbox("urn:1", superbox("stds.iptc", content)))
    assert notes_of(store) == [("Iptc4xmpExt:AISystemUsed", "Dreamer")]


@pytest.mark.parametrize("cut", range(0, len(manifest_store(STUDIO)), 7))
def test_a_store_that_is_cut_off_is_read_as_far_as_it_goes(cut: int) -> None:
    assert notes_of(manifest_store(STUDIO)[:cut]) in (STUDIO_NOTES[:count] for count in range(3))


def test_boxes_and_values_nested_without_end_are_left_in_time() -> None:
    begin = time.process_time()
    boxes = b"\0\0\0\0jumb" * 20_000
    assert notes_of(boxes) == []
    assert notes_of(superbox("c2pa", superbox("a", box(b"cbor", b"\x81" * 100_000)))) == []
    assert notes_of(superbox("c2pa", superbox("a", box(b"json", b"[" * 100_000)))) == []
    assert time.process_time() - begin < 1


@pytest.mark.parametrize(
    ("data", "value"),
    [
        (b"\x00", 0),
        (b"\x18\xff", 255),
        (b"\x39\x01\x00", -257),
        (b"\x1b" + b"\0" * 7 + b"\x05", 5),
        (b"\x63owl", "owl"),
        (b"\x7f\x62ow\x61l\xff", "owl"),
        (b"\x43owl", None),
        (b"\x82\x01\x02", [1, 2]),
        (b"\x9f\x01\x02\xff", [1, 2]),
        (b"\xa1\x61a\x01", {"a": 1}),
        (b"\xbf\x61a\x01\xff", {"a": 1}),
        (b"\xc0\x61a", "a"),
        (b"\xf5", True),
        (b"\xf4", False),
        (b"\xf6", None),
        (b"\xfb" + b"\0" * 8, None),
    ],
)
def test_cbor_is_read(data: bytes, value: object) -> None:
    assert read_cbor(data) == value
    assert read_cbor(cbor(["a", {"b": 300}])) == ["a", {"b": 300}]


@pytest.mark.parametrize(
    "data", [b"", b"\x61", b"\x9b" + b"\xff" * 8, b"\x7b" + b"\xff" * 8, b"\x1c", b"\x9f" + b"\0" * 30_000]
)
def test_cbor_that_lies_is_refused(data: bytes) -> None:
    with pytest.raises(BadCbor):
        read_cbor(data)


def test_keys_within_keys_do_not_grow() -> None:
    depth = 29
    assert read_cbor(b"\xa1" * depth + b"\x63'\"\\" + b"\0" * depth) == {"": 0}
    assert read_cbor(b"\xa2\x05\x01\x80\x02") == {"5": 1, "": 2}


@pytest.mark.processes
def test_many_boxes_of_many_values_are_read_in_time() -> None:
    content = box(b"cbor", b"\x9f" + b"\0" * 19_000 + b"\xff")
    start = time.process_time()
    assert notes_of(box(b"jumb", superbox("c2pa.actions", *[content] * 400))) == []
    assert time.process_time() - start < 4
