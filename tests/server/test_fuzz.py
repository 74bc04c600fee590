"""The filter parser and the argument reader take whatever comes, for as long as one likes: `pytest -m fuzz -s`.

`FUZZ_SECONDS` says for how long in all (60 by default), `FUZZ_SEED` with which chances.
"""

import json
import os
import random
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from scenario_mcp.api.filter_fields import ASSET_FILTER_FIELDS
from scenario_mcp.api.request_values import MAX_TEXT_CHARACTERS
from scenario_mcp.api.requests import AssetSearch, ModelSearch
from scenario_mcp.errors import SearchRefused
from scenario_mcp.filters.check import FilterProblem, check
from scenario_mcp.filters.syntax import parse_tree
from scenario_mcp.server.arguments import ArgumentReader
from scenario_mcp.server.tools.get_models import ModelsLookup
from scenario_mcp.server.tools.view_assets import AssetsView
from tests.support.hostile import BIDIRECTIONAL, CONTROLS, INVISIBLE, TAGS, VALUES, check_problem, check_refusal

pytestmark = pytest.mark.fuzz

SECONDS = float(os.environ.get("FUZZ_SECONDS", "60"))
SEED = int(os.environ.get("FUZZ_SEED", "1"))
MAX_SECONDS_EACH = 1.0
"""Of the processor's time, for one input."""
VECTORS = [
    str(vector["expression"])
    for vector in json.loads((Path(__file__).parents[1] / "vectors" / "filters.json").read_text("utf-8"))["vectors"]
]
WORDS = [
    *ASSET_FILTER_FIELDS,
    *("metadata.kind", "metadata.", "_geoRadius(1,2,3)", "_vectors", "where", "Kind", "created_at", "é", "剣"),
    *("=", "!=", "<", "<=", ">", ">=", "==", "<>", ":", "~", "≠", "=>", "IN", "NOT IN", "nin", "TO", "to", "between"),
    *("IS NULL", "IS NOT EMPTY", "is empty", "isn't", "EXISTS", "exists", "NOT", "not", "!", "like", "contains"),
    *("CONTAINS", "STARTS WITH", "starts with", "AND", "OR", "and", "or", "&&", "||", "&", "|", ",", ";", "+"),
    *(
        "(",
        ")",
        "[",
        "]",
        "{",
        "}",
        '"',
        "'",
        "\\",
        "\\\\",
        '\\"',
        "“",
        "”",
        "`",
        "\N{ACUTE ACCENT}",
        "«",
        "\\u{d800}",
        "\\x0",
        "\\777",
    ),
    *("image", "7", "-1.5", "1e9", "2026-11-23", '"a b"', "'it''s'", "16:9", "null", "none", "%", "$", "@", "#", "*"),
    *(
        " ",
        "  ",
        "\t",
        "\n",
        "\u2003",
        "\xa0",
        "\x00",
        "\u202e",
        "\ud800",
        "\U000e0041",
        "\u200b",
        "a" * 300,
        " " * 300,
    ),
]
CHARACTERS = [*CONTROLS, *BIDIRECTIONAL, *INVISIBLE, *TAGS[:4], "\ud800", "\U0001f409", *map(chr, range(32, 127))]
SPELLABLE = [value for value in VALUES if not isinstance(value, int) or abs(value) < 10**4_000]
USUAL = [
    "q",
    "filters",
    "kind",
    "tags",
    "created_after",
    "width_gte",
    "arguments",
    "kwargs",
    "target",
    "sort",
    "order",
    "n",
]
USUAL += [
    "ids",
    "model_id",
    "semantic_ratio",
    "type",
    "toolCallId",
    "where",
    "or",
    "field",
    "operator",
    "value",
    "text",
]
READERS: tuple[ArgumentReader[Any], ...] = tuple(
    ArgumentReader(model) for model in (AssetSearch, ModelSearch, AssetsView, ModelsLookup)
)


def _expression(chance: random.Random) -> str:
    """Make up a filter: random bytes, the language's words in any order, a mutated or repeated vector."""
    match chance.randrange(5):
        case 0:
            return chance.randbytes(chance.randrange(200)).decode("utf-8", "surrogateescape")
        case 1:
            glue = chance.choice([" ", "", "  "])
            return glue.join(chance.choices(WORDS, k=chance.randrange(1, 40)))
        case 2:
            text = [*chance.choice(VECTORS)]
            for _ in range(chance.randrange(1, 6)):
                at = chance.randrange(len(text) + 1)
                text[at : at + chance.randrange(3)] = chance.choices([*CHARACTERS, *WORDS], k=chance.randrange(3))
            return "".join(text)
        case 3:
            return chance.choice([" AND ", " OR ", " ", ") OR ("]).join(
                chance.choices(VECTORS, k=chance.randrange(2, 6))
            )
        case _:
            part = "".join(chance.choices(WORDS, k=chance.randrange(1, 4)))
            long = part * (chance.choice([500, 4_000, MAX_TEXT_CHARACTERS]) // max(1, len(part)))
            return chance.choice(["", "kind ", "kind = ", "tags IN [", "("]) + long + chance.choice(["", ")", '"', "!"])


def _value(chance: random.Random, depth: int = 0) -> Any:
    """Make up a JSON value."""
    match chance.randrange(6 if depth < 4 else 4):
        case 0:
            return chance.choice(SPELLABLE)
        case 1:
            return _expression(chance)
        case 2:
            return json.dumps(_value(chance, depth + 2))
        case 3:
            return chance.choice(["asset_1", "createdAt:desc", "data:image/png;base64,iVBORw0KGgo=", 1, 0, True, "20"])
        case 4:
            return [_value(chance, depth + 1) for _ in range(chance.randrange(5))]
        case _:
            return {_name(chance): _value(chance, depth + 1) for _ in range(chance.randrange(5))}


def _name(chance: random.Random) -> str:
    names = [
        *READERS[1].schema["properties"],
        "like",
        "unlike",
        "assetIds",
        "modelIds",
        "size",
        "details",
        "__proto__",
        *USUAL,
    ]
    return chance.choice(names) if chance.random() < 0.9 else _expression(chance)[:40]


def _for_a_while(try_one: Callable[[random.Random], Any]) -> Iterator[tuple[int, float]]:
    """Try inputs until half of the time is over; give the count and the longest time so far."""
    chance = random.Random(SEED)  # noqa: S311  # inputs, not secrets
    end = time.monotonic() + SECONDS / 2
    count, longest = 0, 0.0
    while time.monotonic() < end:
        state = chance.getstate()
        begin = time.process_time()
        try:
            tried = try_one(chance)
        except Exception as error:
            chance.setstate(state)
            raise AssertionError(f"input {count} of seed {SEED}") from error
        seconds = time.process_time() - begin
        assert seconds < MAX_SECONDS_EACH, f"{seconds:.1f} s: {tried!r:.2000}"
        count, longest = count + 1, max(longest, seconds)
        yield count, longest


def _try_filter(chance: random.Random) -> str:
    text = _expression(chance)
    try:
        unknown = check(text, ASSET_FILTER_FIELDS).unknown_fields
    except FilterProblem as problem:
        check_problem(problem, text)
    else:
        assert not set(unknown) & set(ASSET_FILTER_FIELDS)
        parse_tree(text)
    return text


def _try_arguments(chance: random.Random) -> dict[str, Any]:
    raw = {_name(chance): _value(chance) for _ in range(chance.randrange(5))}
    for reader in READERS:
        try:
            request = reader.read(raw)
        except SearchRefused as refused:
            check_refusal(refused.message)
        else:
            sends = request.model_dump(by_alias=True, exclude_none=True, mode="json")
            again = reader.read(json.loads(json.dumps(sends, allow_nan=False)))
            assert again.model_dump(by_alias=True, exclude_none=True, mode="json") == sends, raw
    return raw


@pytest.mark.parametrize("try_one", [_try_filter, _try_arguments], ids=["filters", "arguments"])
def test_nothing_breaks_or_takes_long(
    try_one: Callable[[random.Random], Any], capsys: pytest.CaptureFixture[str]
) -> None:
    count, longest = 0, 0.0
    for count, longest in _for_a_while(try_one):  # noqa: B007  # the last ones count
        pass
    with capsys.disabled():
        print(f"\n{count} inputs, the longest took {longest * 1000:.0f} ms")  # noqa: T201  # what the run was for
    assert count > 100
