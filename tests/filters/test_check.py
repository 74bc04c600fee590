"""Filters are read as the engine reads them, and a wrong one comes back corrected."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from scenario_mcp.api.filter_fields import ASSET_FILTER_FIELDS, MODEL_FILTER_FIELDS
from scenario_mcp.filters.check import FilterProblem, check, nearest
from scenario_mcp.filters.field_types import Anything, FilterField, FilterFields
from scenario_mcp.filters.syntax import ParseError, parse_tree
from scenario_mcp.filters.tree import (
    Comparison,
    quote,
)

ASSETS, MODELS = ASSET_FILTER_FIELDS, MODEL_FILTER_FIELDS
NOW = datetime(2026, 11, 29, 2, 40, tzinfo=UTC)

FIXTURE = json.loads((Path(__file__).parents[1] / "vectors" / "filters.json").read_text(encoding="utf-8"))
VECTORS: list[dict[str, Any]] = FIXTURE["vectors"]


def untyped(*names: str) -> FilterFields:
    """Return fields of which nothing but the name is known."""
    return {name: FilterField(name, Anything(), "") for name in names}


def problem(text: str, known: FilterFields = ASSETS) -> FilterProblem:
    with pytest.raises(FilterProblem) as caught:
        check(text, known, NOW)
    return caught.value


def accepted(text: str, known: FilterFields) -> bool:
    """Judge as the engine of the vectors does: it refuses what it cannot filter on, and lets nothing match."""
    try:
        return not check(text, known).unknown_fields
    except FilterProblem as caught:
        return "Nothing can match" in caught.message


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["expression"])
def test_an_expression_is_accepted_exactly_when_the_engine_accepts_it(vector: dict[str, Any]) -> None:
    assert accepted(vector["expression"], untyped(*FIXTURE["filterable"])) is vector["valid"]


@pytest.mark.parametrize("text", ["", "   ", "\n\t", "\u00a0\u3000"])
def test_a_blank_expression_is_no_filter(text: str) -> None:
    assert parse_tree(text) is None
    assert check(text, ASSETS).unknown_fields == ()


@pytest.mark.parametrize("escape", [r"\q", r"\u12", r"\ud800", r"\u{110000}", r"\u{}", r"\x4", r"\8", r"\é", "\\\n"])
def test_any_other_escape_is_refused_where_it_stands(escape: str) -> None:
    caught = problem(f'name = "ab{escape}" AND kind = image')
    assert caught.position == 10
    assert caught.suggestion == f'name = "ab\\{escape}" AND kind = image'


@pytest.mark.promise(number=6)
def test_36_parentheses_are_read_and_37_are_not() -> None:
    assert parse_tree("(" * 36 + "a = 1" + ")" * 36) == Comparison("a", "=", "1")
    assert str(problem("(" * 37 + "a = 1" + ")" * 37)) == (
        "At `a = 1)))))))))))))))))))...` (position 37): The filter is nested too deeply, "
        "36 parentheses are the most; take some away, or use IN [...]."
    )


@pytest.mark.parametrize(
    "text",
    [
        " AND ".join(["a = 1"] * 20_000),
        " OR ".join(["a = 1"] * 20_000),
        f"a IN [{'b,' * 60_000}]",
        f"a = {quote('x' * 1_000_000)}",
    ],
    ids=["and", "or", "in", "quoted"],
)
def test_long_expressions_are_read(text: str) -> None:
    assert parse_tree(text) is not None
    assert check(text, untyped("a")).unknown_fields == ()


@pytest.mark.parametrize(
    "text",
    [
        "NOT " * 100_000 + "a = 1",
        "(" * 100_000,
        "a = " + "x y " * 250_000,
        "a = '" + "x\\" * 500_000,
        "a IN [" + "b " * 250_000,
        "=" * 1_000_000,
        " " * 1_000_000 + "!",
        "metadata." * 100_000 + "kind == image",
        "kind = image AND " * 6_000 + "kind == image",
    ],
    ids=["not", "open", "words", "quote", "list", "signs", "blanks", "dots", "long"],
)
def test_a_problem_is_told_in_few_words_however_long_the_expression(text: str) -> None:
    assert len(str(problem(text))) <= 400


@pytest.mark.parametrize(
    "value",
    ["model_a" * 200 + "!", "x" + " " * 100_000 + "y", "no" + "-" * 100_000 + "a\nb", "/" * 100_000],
    ids=["ids", "blanks", "signs", "joins"],
)
@pytest.mark.parametrize("name", ["modelId", "kind", "tags", "mimeType"])
def test_a_long_value_is_read_once(name: str, value: str) -> None:
    expression = f"{name} = {quote(value)}"
    assert check(expression, ASSETS).text == expression


HINTS = {
    "kind:image AND tags:knight": 'kind = "image" AND tags = "knight"',
    "aspectRatio:16:9 AND width:>1024": 'aspectRatio = "16:9" AND width > 1024',
    "width:1024": "width = 1024",
    "tags:[a, b]": "tags IN [a, b]",
    "width:1 to 5": "width 1 TO 5",
    "kind = image and tags = a": "kind = image AND tags = a",
    "kind = image Or tags = a": "kind = image OR tags = a",
    "not kind = image": "NOT kind = image",
    "Not (kind = image)": "NOT (kind = image)",
    "kind in [image, video]": "kind IN [image, video]",
    "kind not in [image]": "kind NOT IN [image]",
    "width 1 to 5": "width 1 TO 5",
    "width = 1 TO 5": "width 1 TO 5",
    "width BETWEEN 1 AND 5": "width 1 TO 5",
    "width between 1 and 5 and kind = image": "width 1 TO 5 AND kind = image",
    "createdAt BETWEEN 2025-01-01T00:00:00Z AND '2025-02-01'": "createdAt \"2025-01-01T00:00:00Z\" TO '2025-02-01'",
    "nsfw is null": "nsfw IS NULL",
    "nsfw Is Not Empty": "nsfw IS NOT EMPTY",
    "nsfw exists AND kind = image": "nsfw EXISTS AND kind = image",
    "nsfw not exists": "nsfw NOT EXISTS",
    "nsfw IS NOTEMPTY": "nsfw IS NOT EMPTY",
    "nsfw IS_NOT_EMPTY": "nsfw IS NOT EMPTY",
    "nsfw NOT EMPTY": "nsfw IS NOT EMPTY",
    "nsfw IS NOT EMTPY": "nsfw IS NOT EMPTY",
    "nsfw EMPTY": "nsfw IS EMPTY",
    "nsfw IS EMPTY ": "nsfw IS EMPTY",
    "nsfw != NULL": "nsfw IS NOT NULL",
    "nsfw = NULL": "nsfw IS NULL",
    "nsfw = null": "nsfw IS NULL",
    "nsfw != null AND kind = image": "nsfw IS NOT NULL AND kind = image",
    "kind == image": "kind = image",
    "kind === image": "kind = image",
    "kind <> image": "kind != image",
    "kind !== image": "kind != image",
    "width => 5": "width >= 5",
    "width =< 5": "width <= 5",
    "width ≥ 5": "width >= 5",
    "width gte 5": "width >= 5",
    "kind is image": "kind = image",
    "kind IS NOT image": "kind != image",
    "kind = NOT image": "kind != image",
    "kind image": "kind = image",
    "kind = image && tags = a": "kind = image AND tags = a",
    "kind = image & tags = a": "kind = image AND tags = a",
    "kind = image || tags = a": "kind = image OR tags = a",
    "kind = image | tags = a": "kind = image OR tags = a",
    "!kind = image": "NOT kind = image",
    "!(kind = image)": "NOT (kind = image)",
    "kind = image, tags = knight": "kind = image AND tags = knight",
    "kind = image; tags = knight": "kind = image AND tags = knight",
    "kind = image tags = knight": "kind = image AND tags = knight",
    "kind = image (tags = knight)": "kind = image AND (tags = knight)",
    "scheduler starts with eul": "scheduler STARTS WITH eul",
    "scheduler contains euler": "scheduler = euler",
    "width = 1,024": "width = 1024",
    "size > 1 MB AND kind = image": "size > 1000000 AND kind = image",
    "width > 1024 < 2048": "width > 1024 AND width < 2048",
    "1024 < width <= 2048": "width > 1024 AND width <= 2048",
    "kind = image -- x": "kind = image",
    "kind = image /* x */ AND tags = a": "kind = image AND tags = a",
    "tags = harbor, castle": "tags IN [harbor, castle]",
    "createdAt BETWEEN 2026-11-20 AND 2026-11-20": "createdAt 2026-11-20 TO 2026-11-20",
    "createdAt > now()-7d": "createdAt > 2026-11-22",
    "createdAt >= 20 Nov 2026": "createdAt >= 2026-11-20",
    "nsfw = []": "nsfw IS EMPTY",
    "mimeType = image/png": 'mimeType = "image/png"',
    "aspectRatio = 16:9": 'aspectRatio = "16:9"',
    "createdAt > 2025-01-01T00:00:00Z": 'createdAt > "2025-01-01T00:00:00Z"',
    "tags = pixel art AND kind = image": 'tags = "pixel art" AND kind = image',
    "tags = sc:featured": 'tags = "sc:featured"',
    "authorId = user@x": 'authorId = "user@x"',
    "authorId = @x": 'authorId = "@x"',
    "name = chair (old)": 'name = "chair (old)"',
    "(name = chair (old) OR kind = image)": '(name = "chair (old)" OR kind = image)',
    "name = Wind's song": 'name = "Wind\'s song"',
    "name = Café, night": 'name = "Café, night"',
    'name = "dragon': 'name = "dragon"',
    'name = "dragon AND kind = image': 'name = "dragon" AND kind = image',
    "name = \"dragon' AND kind = image": 'name = "dragon" AND kind = image',
    "(name = 'dragon)": '(name = "dragon")',
    'tags IN ["a", "b': 'tags IN ["a", "b"]',
    "tags IN [a, b": "tags IN [a, b]",
    "tags IN [a, b AND kind = image": "tags IN [a, b] AND kind = image",
    "(kind = image OR tags = a": "(kind = image OR tags = a)",
    "(kind = image]": "(kind = image)",
    "kind = image)": "kind = image",
    'tags IN ("a","b")': 'tags IN ["a","b"]',
    "tags IN (a, b) AND kind = image": "tags IN [a, b] AND kind = image",
    "tags IN a, b": "tags IN [a, b]",
    "tags IN [pixel art, sc:featured]": 'tags IN ["pixel art", "sc:featured"]',
    'tags IN ["a" "b"]': 'tags IN ["a", "b"]',
    "tags IN [a,, b]": "tags IN [a, b]",
    "tags IN [a, NOT]": 'tags IN [a, "NOT"]',
    "tags = [a, b]": "tags IN [a, b]",
    "tags != [a, b]": "tags NOT IN [a, b]",
    "kind = (image OR video)": "kind IN [image, video]",
    "kind = image OR video": "kind = image OR kind = video",
    "kind = image or video or audio": "kind = image OR kind = video OR kind = audio",
    "tags = NOT": 'tags = "NOT"',
    "tags = OR AND kind = image": 'tags = "OR" AND kind = image',
    "tags = “pixel art”": 'tags = "pixel art"',
    "tags = \u2018pixel art\u2019 AND kind = image": 'tags = "pixel art" AND kind = image',
    "tags IN [“a”, “b c”]": 'tags IN ["a", "b c"]',
    "“tags” = a": '"tags" = a',
    "tags = `a`": 'tags = "a"',
    "kind = image AND": "kind = image",
    "kind = image OR ": "kind = image",
    "AND kind = image": "kind = image",
    "kind = image AND AND tags = a": "kind = image AND tags = a",
    "kind = image AND ()": "kind = image",
    "() OR kind = image": "kind = image",
    r'name = "C:\dragon"': r'name = "C:\\dragon"',
    "name = 'it''s'": 'name = "it\'s"',
    'name = "a "big" dragon"': r'name = "a \"big\" dragon"',
    "kind\u00a0= image": "kind = image",
    "kind = image ORDER BY createdAt": "kind = image",
    "where kind = image": "kind = image",
    "$kind = image": "kind = image",
    "metadata.kind = image": "kind = image",
    "metadata.thumbnail.width > 5 AND metadata.kind = image": "width > 5 AND kind = image",
    "Kind = image": "kind = image",
    "created_at > 2025-01-01": "createdAt > 2025-01-01",
    '"createdat" > 2025-01-01': "createdAt > 2025-01-01",
    "kind == image and mimeType = image/png": 'kind = image AND mimeType = "image/png"',
    "createdAt before yesterday": "createdAt < 2026-11-28",
    "createdAt since yesterday AND kind = image": "createdAt >= 2026-11-28 AND kind = image",
    "createdAt is older than 30 days": "createdAt < 2026-10-30",
    "createdAt newer than 2 weeks": "createdAt > 2026-11-15",
    "createdAt during last month": "createdAt 2026-10-01 TO 2026-10-31",
    "createdAt on 2026-11-01": "createdAt = 2026-11-01",
    "createdAt from 2026-01-01 to 2026-02-01": "createdAt 2026-01-01 TO 2026-02-01",
    "width at least 1024 and height is less than 512": "width >= 1024 AND height < 512",
    "size larger than 5MB": "size > 5000000",
    "width at most 1024": "width <= 1024",
    "kind either image or video": "kind = image OR kind = video",
    "tags with knight": "tags = knight",
    "kind = image, and tags = knight": "kind = image AND tags = knight",
    "tags HAS ANY (knight, castle)": "tags IN [knight, castle]",
    "tags any of [knight] AND kind = image": "tags IN [knight] AND kind = image",
    "tags overlaps [a, b]": "tags IN [a, b]",
    "'knight' IN tags": "tags = 'knight'",
    "kind = image and knight not in tags": "kind = image AND tags != knight",
    "array_contains(tags, 'knight')": "tags = 'knight'",
    "notContains(tags, knight)": "NOT tags = knight",
    "width > 5 AND does_not_include(tags, knight)": "width > 5 AND NOT tags = knight",
    "NOT width:{512 TO 1024]": "NOT (width > 512 AND width <= 1024)",
    "kind = image OR width:[512 TO 1024}": "kind = image OR (width >= 512 AND width < 1024)",
    "NOT EXISTS(seed) AND kind = image": "NOT seed EXISTS AND kind = image",
    "NOT _exists_:seed": "NOT seed EXISTS",
    "+tags:knight -kind:video": 'tags = "knight" AND NOT kind = "video"',
    "tags:knight -kind:video +width:>5": 'tags = "knight" AND NOT kind = "video" AND width > 5',
    "width:[512 TO *] AND height:{* TO 512}": "width >= 512 AND height < 512",
    "createdAt:[2026-01-01 TO 2026-02-01}": "createdAt >= 2026-01-01 AND createdAt < 2026-02-01",
    "kind=image%20AND%20width%3E%3D5": "kind=image AND width>=5",
    "kind%2520%253D%2520image": "kind = image",
    "width \uff1e\uff1d 512": "width >= 512",
    "kind = image \u2227 width > 5 \u2228 width < 3": "kind = image AND width > 5 OR width < 3",
    "ki\u200bnd = im\u2060age\u202e": "kind = image",
    "select id from assets where kind = 'image' and width > 5 limit 5": "kind = 'image' AND width > 5",
    "createdAt in last 7 days": "createdAt 2026-11-22 TO 2026-11-29",
    "createdAt = past 2 weeks": "createdAt 2026-11-15 TO 2026-11-29",
    "createdAt > last 7 days": "createdAt >= 2026-11-22",
    "createdAt within 7 days": "createdAt 2026-11-22 TO 2026-11-29",
    "createdAt within a week AND kind = image": "createdAt 2026-11-22 TO 2026-11-29 AND kind = image",
    "createdAt within 7 days ago": "createdAt = 2026-11-22",
    'createdAt IN ["last week"]': "createdAt 2026-11-16 TO 2026-11-22",
    "$.kind = image": "kind = image",
    "filter = 'kind = image AND width > 5'": "kind = image AND width > 5",
    "?filters=kind == image": "kind = image",
    "where: tags = a": "tags = a",
    "tags[0] = knight AND tags[*] = castle": "tags = knight AND tags = castle",
    "[kind] = image OR [width] > 5": "kind = image OR width > 5",
    "YEAR(createdAt) = 2026 AND LOWER(name) = 'old oak'": "createdAt = 2026 AND name = 'old oak'",
    "tags CONTAINS ANY (knight, castle) AND kind = image": "tags IN [knight, castle] AND kind = image",
    "privacy = not public": "privacy != public",
    "tags without knight AND kind doesn't equal image": "tags != knight AND kind != image",
    "tags !contains knight": "tags != knight",
    "kind !image": "kind != image",
    "tags lacks knight AND kind differs from image": "tags != knight AND kind != image",
    "kind:-image AND kind = anything but video": "kind != image AND kind != video",
    "kind none of [image, video] AND tags not any (a, b)": "kind NOT IN [image, video] AND tags NOT IN [a, b]",
    "prompt is not missing": "prompt EXISTS",
    "width not > 512 AND height is <= 512": "width <= 512 AND height <= 512",
    "width NOT 512 TO 1024": "NOT width 512 TO 1024",
    "kind = image AND width != 512 TO 1024": "kind = image AND NOT width 512 TO 1024",
    "width is not between 512 and 1024": "NOT width 512 TO 1024",
    "width outside 512 to 1024 AND kind = image": "NOT width 512 TO 1024 AND kind = image",
    "width no more than 512 AND height not less than 256": "width <= 512 AND height >= 256",
    "width up to 512 AND height exceeds 256": "width <= 512 AND height > 256",
    "width max 512 AND height minimum of 256": "width <= 512 AND height >= 256",
    "createdAt not before 2026-01-01": "createdAt >= 2026-01-01",
    "createdAt no later than yesterday": "createdAt <= 2026-11-28",
    "width > 512 and < 1024 AND kind = image": "width > 512 AND width < 1024 AND kind = image",
    "width >= 512 AND <= 1024 OR = 2048": "width >= 512 AND width <= 1024 OR width = 2048",
    "createdAt since monday and before yesterday": "createdAt >= 2026-11-23 AND createdAt < 2026-11-28",
    "width over 512 and no more than 1024": "width > 512 AND width <= 1024",
    "createdAt more than 7 days ago": "createdAt < 2026-11-22",
    "createdAt at most 2 weeks ago": "createdAt >= 2026-11-15",
    "createdAt not over 7 days ago": "createdAt >= 2026-11-22",
    "createdAt after 7 days ago": "createdAt > 2026-11-22",
    'createdAt = "7 days or more" OR createdAt = "2026-11-01 or later"': (
        "createdAt <= 2026-11-22 OR createdAt >= 2026-11-01"
    ),
    'createdAt = "2026-11-01/2026-11-20"': "createdAt 2026-11-01 TO 2026-11-20",
    "NOT (width > 512 AND < 1024)": "NOT (width > 512 AND width < 1024)",
    "tags = (a AND b) OR kind = image": "(tags = a AND tags = b) OR kind = image",
    "-tags:(a AND b)": "NOT (tags = a AND tags = b)",
    "tags[12] = knight": "tags = knight",
    "tags does not contain any of [a, b]": "tags NOT IN [a, b]",
    "kind is not any of (image, video)": "kind NOT IN [image, video]",
    "kind = &quot;image&quot; AND width &gt;= 512": 'kind = "image" AND width >= 512',
    r"width \u003e 512 AND kind \u003d \u0022image\u0022": 'width > 512 AND kind = "image"',
    "kind = all AND width > 5": "kind EXISTS AND width > 5",
    'width = "at least 512" AND height = "1024+"': "width >= 512 AND height >= 1024",
    'width = "max 1024px" AND height != "512 or less"': "width <= 1024 AND NOT height <= 512",
    'createdAt = "before yesterday" AND updatedAt != "since monday"': (
        "createdAt < 2026-11-28 AND NOT updatedAt >= 2026-11-23"
    ),
    'createdAt = "after 2026-01-01" AND updatedAt = "< yesterday"': "createdAt > 2026-01-01 AND updatedAt < 2026-11-28",
    'kind = "image or video" AND mimeType = "png|webp"': (
        'kind IN [image, video] AND mimeType IN ["image/png", "image/webp"]'
    ),
    'kind != "image & video" AND tags = "a|b"': "kind NOT IN [image, video] AND tags IN [a, b]",
    "width = 512-1024": "width 512 TO 1024",
    "width:[512..1k] AND kind = image": "width 512 TO 1024 AND kind = image",
    'width != "1024 to 512"': "NOT width 512 TO 1024",
    'size = "10-20 MB" OR size = "between 1 kb and 5kb"': "size 10000000 TO 20000000 OR size 1000 TO 5000",
    "guidance = 7,5\u20138,5": "guidance 7.5 TO 8.5",
    "createdAt = 2026-11-01/2026-11-20": "createdAt 2026-11-01 TO 2026-11-20",
    'createdAt != "from 2026-11-01 to yesterday"': "NOT createdAt 2026-11-01 TO 2026-11-28",
    "createdAt in [2024..2026]": "createdAt 2024 TO 2026",
    'createdAt = "2026-11-01 - 2026-11-20"': "createdAt 2026-11-01 TO 2026-11-20",
    'createdAt = "20 Nov 24"': "createdAt = 2024-11-20",
    "tags = not knight AND kind = image": "tags != knight AND kind = image",
    "name = not a knight": 'name = "not a knight"',
    'kind = "not image" AND kind = "non-video"': "kind != image AND kind != video",
    "width > 1024' AND kind = image": "width > 1024 AND kind = image",
    'name = 12" disk': 'name = "12\\" disk"',
    "tags = C++": 'tags = "C++"',
    "metadata.kind == image && (tags:knight || !nsfw is null": 'kind = image AND (tags = "knight" OR NOT nsfw IS NULL)',
}


@pytest.mark.parametrize(("text", "suggestion"), HINTS.items(), ids=HINTS)
def test_a_common_mistake_comes_back_corrected(text: str, suggestion: str) -> None:
    caught = problem(text)
    assert caught.suggestion == suggestion
    assert str(caught).endswith(f" Write: {suggestion}")
    assert check(suggestion, ASSETS).unknown_fields == ()


NO_VALUES = [
    "tags @> '{knight}'",
    "hasNo(tags, knight)",
    "mismatch(tags, knight)",
    "tags = ALL (knight, castle)",
    "tags =~ /dragon/",
    "kind\u2192image",
    "tags = \u2227 knight",
    "width*height > 1000000",
    "kind = image XOR kind = video",
    "tags = a XOR tags = b",
    "kind = image; DROP TABLE assets",
    "kind eq image;width gt 5",
    "kind = (image XOR video)",
    'kind != "not image"',
    "month(createdAt) = 11",
    "tags != a OR b",
    "kind = image. width > 5",
    "kind != any",
    "NOT kind = image OR video",
    "NOT kind = image AND video",
    "width > 512 and not > 1024",
    "kind != !image",
    'createdAt IN ["before monday", yesterday]',
    'createdAt "after monday" TO yesterday',
    "tags contains",
    "kind is",
    "width over",
    "NOT width > 512 < 1024",
    "NOT width < 512 OR > 1024",
    "NOT width > 512 AND below 1024",
    "tags != (a AND b)",
    'width = "512 and 1024"',
    "width = 1024/2",
    'createdAt = "monday and friday"',
    'createdAt = "2026-11-20 - 7 days"',
    "width = 5-",
    "width = 512-large",
    'width > "512-1024"',
    'createdAt = "soon to later"',
    'createdAt >= "2026-11-01 to 2026-11-20"',
    "filter = 'kind == image'",
    "tags = a%2520b",
    "kind%3Dimage%20AND%20tags%3Da%2520b",
    "tags IN [a, (b]",
]


@pytest.mark.promise(number=7)
@pytest.mark.parametrize("text", NO_VALUES)
def test_what_is_syntax_elsewhere_is_never_quoted_as_a_value(text: str) -> None:
    caught = problem(text)
    assert (caught.suggestion, caught.arguments) == (None, {})
    assert " Write: " not in caught.message


@pytest.mark.parametrize(
    "text", ['tags = "(knight"', "name = '/dragon/'", 'tags IN ["[wip]", "a=b"]', 'tags = "a%20b"']
)
def test_what_stands_in_quotes_is_a_value_whatever_it_looks_like(text: str) -> None:
    assert check(text, ASSETS, NOW).text
    assert problem(f"{text} AND").suggestion == text


@pytest.mark.parametrize("name", ["tags.knight", "tags.length", "width.max", "kind.of"])
def test_nothing_under_a_field_without_fields_of_its_own_is_known(name: str) -> None:
    assert check(f"{name} = 1", ASSETS).unknown_fields == (name,)


WORDS = {
    "prompt =~ /red dragon/i AND width > 5": ("red dragon", "width > 5"),
    "contains(prompt, 'dragon')": ("dragon", None),
    "notContains(prompt, 'dragon')": ("-dragon", None),
    "prompt !=~ /dragon/": ("-dragon", None),
    "prompt mentions dragon": ("dragon", None),
    "name ends with oak AND width > 5": ("oak", "width > 5"),
    "prompt:dragon": ("dragon", None),
    "prompt: 'red dragon'": ("red dragon", None),
    "prompt:dragon and kind == image": ("dragon", "kind = image"),
    'name LIKE "%dragon%"': ("dragon", None),
    'kind = image AND name = "*dragon*"': ("dragon", "kind = image"),
    "name contains dragon AND prompt CONTAINS tower": ("dragon tower", None),
    "name ~ dragon": ("dragon", None),
    "name CONTAINS dragon": ("dragon", None),
    "name not like dragon": ("-dragon", None),
    'name NOT CONTAINS "red dragon" AND (kind = image)': ('-"red dragon"', "kind = image"),
    "NOT name NOT CONTAINS dragon": ("dragon", None),
    "name starts with dra": ("dra", None),
    "tags = kni*": ("kni", None),
    "description:castle AND width > 5": ("castle", "width > 5"),
}


@pytest.mark.parametrize(("text", "words", "rest"), [(text, *moved) for text, moved in WORDS.items()], ids=WORDS)
def test_words_wanted_in_a_text_move_to_the_query(text: str, words: str, rest: str | None) -> None:
    caught = problem(text)
    assert (caught.arguments, caught.suggestion) == ({"query": words}, rest)
    call = {"query": words} | ({"filter": rest} if rest else {})
    assert str(caught).endswith(f" Write: {json.dumps(call)}")


def test_no_choice_has_what_would_not_show() -> None:
    caught = problem('createdAt "5-01-01" TO "2025-03-(\x9f31"')
    assert "\x9f" not in caught.message


def test_words_too_many_to_be_copied_are_not_written_out() -> None:
    caught = problem("negativePrompt" + "%dragon" * 200 + "%!")
    assert (caught.arguments, caught.suggestion) == ({}, None)
    assert len(str(caught)) < 500


@pytest.mark.parametrize(
    ("query", "whole"),
    [
        ("knight", "knight dragon"),
        (" red Dragon egg", "red Dragon egg"),
        ("dragonfly", "dragonfly dragon"),
        ("", "dragon"),
        (" ", "dragon"),
    ],
)
def test_words_that_move_to_the_query_join_those_that_are_there(query: str, whole: str) -> None:
    moved = problem("prompt:dragon AND kind = image").corrected({"query": query, "filter": "", "limit": 5})
    assert moved == {"query": whole, "limit": 5, "filter": "kind = image"}


def test_a_call_is_corrected_with_its_filter() -> None:
    assert problem("kind == image").corrected({"limit": 5, "filter": "kind == image"}) == {
        "limit": 5,
        "filter": "kind = image",
    }
    assert problem("community = true").corrected({"query": "a", "public": False}) == {"query": "a", "public": True}
    assert problem("kind =").corrected({"query": "a"}) is None


def test_words_beside_or_are_two_calls() -> None:
    caught = problem("prompt CONTAINS dragon OR kind = image")
    assert caught.suggestion is None
    assert str(caught) == (
        "At `prompt CONTAINS dragon O...` (position 0): "
        "No argument can stand for a condition beside OR: make two calls."
    )


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (
            "prompt:dragon",
            (
                "At `:dragon` (position 6): Words in a text are for the argument query; a filter compares the whole "
                'text. Write: {"query": "dragon"}'
            ),
        ),
        (
            "kind == image and mimeType = image/png",
            (
                "At `= image and mimeType = i...` (position 6): The operators are =, !=, <, <=, >, >=. "
                "AND, OR, NOT, IN, IS, TO and EXISTS are written in capitals. "
                'Write: kind = image AND mimeType = "image/png"'
            ),
        ),
        (
            "newField CONTAINS dragon",
            (
                "At `newField CONTAINS dragon` (position 0): CONTAINS is switched off; = compares the whole text. "
                "Write: newField = dragon"
            ),
        ),
        (
            "metadata.kind = image",
            "At `metadata.kind = image` (position 0): Fields have flat names: kind. Write: kind = image",
        ),
        (
            "Kind = image",
            "At `Kind = image` (position 0): The field is spelt differently: kind. Write: kind = image",
        ),
        (
            "nsfw = null",
            (
                "At `= null` (position 5): A missing value is tested with IS NULL; the text itself is written "
                '"null". Write: nsfw IS NULL'
            ),
        ),
        ("kind = ", 'At the end (position 7): A value is missing here, such as image or "pixel art".'),
        (
            "kind = AND tags = a",
            'At `AND tags = a` (position 7): A value is missing here, such as image or "pixel art".',
        ),
        (
            "a dragon in the rain",
            (
                "At `dragon in the rain` (position 2): A condition is field, operator, value, such as kind = image. "
                "For words use the query parameter."
            ),
        ),
        ("()", "At `)` (position 1): These parentheses are empty."),
        (
            "_geoRadius(1,2,3)",
            "At `_geoRadius(1,2,3)` (position 0): Places cannot be filtered on; leave this condition out.",
        ),
        (
            "_vectors EXISTS",
            "At `_vectors EXISTS` (position 0): Places and vectors cannot be filtered on; leave this condition out.",
        ),
        (
            "kind = image \u202e\ud800\n)",
            "At `?? )` (position 13): A character here does not show.",
        ),
    ],
)
def test_a_problem_says_where_it_is_and_what_to_write(text: str, sentence: str) -> None:
    caught = problem(text)
    assert str(caught) == caught.message == sentence


def test_of_a_long_suggestion_the_message_shows_the_part_that_changed() -> None:
    start = "kind = image AND " * 30
    caught = problem(f"{start}mimeType = image/png")
    assert caught.suggestion == f'{start}mimeType = "image/png"'
    assert str(caught).endswith('AND kind = image AND mimeType = "image/png"')
    assert " Write: ..." in str(caught)


def test_unknown_names_are_returned_once_in_order_of_appearance() -> None:
    text = "newField = 1 AND kind = image AND (zoom EXISTS OR newField = 2)"
    assert check(text, ASSETS).unknown_fields == ("newField", "zoom")


def test_a_known_dotted_name_and_anything_under_a_known_name_pass() -> None:
    text = "complianceMetadata.subProcessor = x AND concepts.modelId = model_flux"
    assert check(text, MODELS).unknown_fields == ()


def test_the_quoted_text_null_is_a_value_like_any_other() -> None:
    assert check('tags = "null" AND tags IN [null]', ASSETS).unknown_fields == ()


@pytest.mark.parametrize(
    ("name", "known"),
    [("widht", "width"), ("metadata.heigth", "height"), ("model_ID", "modelId"), ("zzz", None), ("x" * 10_000, None)],
)
def test_the_nearest_known_name_is_found(name: str, known: str | None) -> None:
    assert nearest(name, ASSETS) == known


ANY_TEXT = st.text()
PIECES = st.lists(
    st.sampled_from(
        [
            *("kind", "tags", "metadata.kind", "Kind", "image", "1", "2025-01-01T00:00:00Z", '"a b"', "'it''s'", "“x”"),
            *("=", "==", "!=", "<>", ":", ">", "<", "~", "(", ")", "[", "]", ",", ";", "!", "&&", "||", "%", "\\", '"'),
            *("AND", "OR", "NOT", "IN", "TO", "IS", "NULL", "EMPTY", "EXISTS", "CONTAINS", "STARTS WITH", "_geo", "'"),
            *("and", "or", "not", "in", "to", "is", "null", "empty", "exists", "between", "like", "contains", "\u00a0"),
        ]
    ),
    max_size=14,
)


@given(ANY_TEXT)
@example("\ud800 = \udfff")
def test_nothing_but_a_filter_problem_is_ever_raised(text: str) -> None:
    caught = judged(text)
    assert caught is None or (0 <= caught.position <= len(text) and len(str(caught)) <= 400)


@given(PIECES, st.sampled_from(["", " "]))
def test_every_suggestion_is_valid(pieces: list[str], between: str) -> None:
    caught = judged(between.join(pieces))
    if caught and caught.suggestion is not None:
        assert caught.suggestion.strip()
        assert judged(caught.suggestion) is None
        assert len(str(caught)) <= 400


def judged(text: str) -> FilterProblem | None:
    try:
        check(text, ASSETS)
    except FilterProblem as caught:
        return caught
    return None


@given(PIECES)
def test_what_parse_refuses_check_refuses_at_the_same_place(pieces: list[str]) -> None:
    text = " ".join(pieces)
    try:
        parse_tree(text)
    except ParseError as caught:
        position = caught.state.position
    else:
        return
    assert problem(text).position == position
