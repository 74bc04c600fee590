"""Texts in any character set, whatever is told of it."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scenario_mcp.sandbox.own_catalogue.notes.texts import comment_text_of, text_of, wide_text_of
from tests.support.examples import examples

SETTINGS = "a marzipan owl\nNegative prompt: blurry\nSteps: 28, Sampler: Euler a, Seed: 4242"
TEXTS = [
    SETTINGS,
    "灯塔 a basalt owl, (stone:1.2)",
    "一只猫坐在窗台上",
    "灯塔、海边的夜晚、月光",
    "フクロウの絵、夜の森",
    "올빼미 그림",
    "сова на ветке",
    "Eule über dem Fluß",
    "an owl 🦉 at night",
]


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "utf-16-be", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("end", ["", "\0", "\0\0\0"])
def test_a_comment_marked_unicode_is_read_in_whatever_it_is(text: str, encoding: str, end: str) -> None:
    assert comment_text_of(b"UNICODE\0" + (text + end).encode(encoding)) == text


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"ASCII\0\0\0" + SETTINGS.encode(), SETTINGS),
        (b"ASCII\0\0\0" + "сова".encode(), "сова"),
        (b"ascii\0\0\0an owl", "an owl"),
        (b"ASCII\0\0\0" + "an owl".encode("utf-16-le"), "an owl"),
        (bytes(8) + b"an owl\0\0", "an owl"),
        (b"        an owl", "an owl"),
        (b"JIS\0\0\0\0\0" + "梟の絵".encode("iso2022_jp"), "梟の絵"),
        (b"JIS\0\0\0\0\0" + "梟の絵".encode("cp932"), "梟の絵"),
        (b"JIS\0\0\0\0\0" + "梟の絵".encode(), "梟の絵"),
        (b"an owl without a name before it", "an owl without a name before it"),
        (b"owl", "owl"),
        (b"Unicode\0" + "an owl".encode("utf-16-be"), "an owl"),
        (b"UNICODE\0" + "an owl".encode("utf-16-le") + b"a", "an owla"),
        (b"UNICODE\0", ""),
        (b"", ""),
    ],
)
def test_a_comment_is_read_by_its_mark_or_without_one(data: bytes, expected: str) -> None:
    assert comment_text_of(data) == expected


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"caf\xe9", "café"),
        ("café".encode(), "café"),
        ("сова на ветке".encode()[:-1], "сова на ветк"),
        (b"a \x93quoted\x94 owl", "a “quoted” owl"),
        (b"one\0two\0", "one\ntwo"),
        (b"\xff\xfe" + "owl".encode("utf-16-le"), "owl"),
        (b"a \x81 b", "a \x81 b"),
    ],
)
def test_a_text_without_a_mark_is_read(data: bytes, expected: str) -> None:
    assert text_of(data) == expected


@pytest.mark.parametrize("text", [*TEXTS, "梟", "猫", "A"])
def test_windows_texts_are_read(text: str) -> None:
    assert wide_text_of((text + "\0").encode("utf-16-le")) == text


@settings(max_examples=examples(40))
@given(st.binary(max_size=60))
def test_any_bytes_become_a_text(data: bytes) -> None:
    for read in (text_of, wide_text_of, comment_text_of):
        for name in (b"", b"UNICODE\0", b"JIS\0\0\0\0\0", b"ASCII\0\0\0"):
            assert isinstance(read(name + data), str)
