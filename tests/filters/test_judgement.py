"""Every comparison is judged by the type of its field: mended with a few words, or refused with what to write."""

from datetime import UTC, datetime

import pytest

from scenario_mcp.api.filter_fields import ASSET_FILTER_FIELDS, MODEL_FILTER_FIELDS
from scenario_mcp.filters.check import FilterProblem, check
from scenario_mcp.filters.field_types import FilterFields
from scenario_mcp.filters.syntax import MAX_GROUPS

NOW = datetime(2026, 11, 29, 2, 40, tzinfo=UTC)
FOLLOWING = "createdAt >= 2026-11-20 AND createdAt < 2026-11-21"


@pytest.mark.parametrize(
    ("text", "sent", "readings"),
    [
        ("createdAt = 2026-11-20", FOLLOWING, ("createdAt = 2026-11-20: that whole day, UTC",)),
        ("createdAt != 2026-11-20", f"NOT ({FOLLOWING})", ("createdAt != 2026-11-20: that whole day, UTC",)),
        ("createdAt > 2026-11-20", "createdAt >= 2026-11-21", ("createdAt > 2026-11-20: after that day, UTC",)),
        (
            "createdAt 2026-11-20 TO 2026-11-10",
            "createdAt >= 2026-11-10 AND createdAt < 2026-11-21",
            ("createdAt: the earlier one first", "createdAt 2026-11-10 TO 2026-11-20: with that whole day, UTC"),
        ),
        (
            'createdAt >= "2026-11-20T09:30:00+02:00"',
            'createdAt >= "2026-11-20t07:30:00.000z"',
            ('createdAt >= "2026-11-20T09:30:00+02:00": 2026-11-20T07:30:00Z',),
        ),
        (
            "createdAt <= 9999-12-31",
            'createdAt <= "9999-12-31t23:59:59.999z"',
            ("createdAt <= 9999-12-31: with that whole day, UTC",),
        ),
        ("width 2048 TO 1024", "width 1024 TO 2048", ("width: the smaller one first",)),
        ("size > 1MB", "size > 1000000", ("size > 1MB: 1000000 bytes",)),
        ("kind = pictures", "kind = image", ('kind: "pictures" as image',)),
        ("privacy = secret", "privacy = private", ('privacy: "secret" as private',)),
        ("nsfw = false", "nsfw IS EMPTY", ("nsfw = false: nsfw IS EMPTY",)),
        (
            "nsfw != true",
            "NOT (nsfw IS NOT EMPTY AND nsfw EXISTS)",
            ("nsfw != true: NOT (nsfw IS NOT EMPTY AND nsfw EXISTS)",),
        ),
        ("nsfw IS NOT EMPTY", "nsfw IS NOT EMPTY AND nsfw EXISTS", ("nsfw: missing counts as empty",)),
        ("nsfw EXISTS AND nsfw IS NOT EMPTY", "nsfw EXISTS AND nsfw IS NOT EMPTY", ()),
        ("prompt IS NULL", "prompt IS NULL OR prompt NOT EXISTS", ("prompt: missing counts as null",)),
        ("width IS EMPTY", "width NOT EXISTS", ()),
        ("aspectRatio = 16x9", 'aspectRatio = "16:9"', ("aspectRatio = 16x9: 16:9",)),
        ('aspectRatio IN [1.78, "16:09", square]', 'aspectRatio IN ["16:9", "16:9", "1:1"]', None),
        ("tags IN [Beacon] AND name > M", "tags IN [beacon] AND name > m", ()),
        ('tags IN ["ÉCLAIR"]', 'tags IN ["e\u0301clair"]', ()),
        ("tags = BEACON AND kind != Audio", "tags = BEACON AND kind != Audio", ()),
        ("tags = 'pixel art'  AND  seed = 12345", "tags = 'pixel art'  AND  seed = 12345", ()),
        ('tags = "null" OR createdAt = 2026-11-20', f'tags = "null" OR {FOLLOWING}', None),
    ],
)
def test_a_comparison_is_sent_as_it_is_meant(text: str, sent: str, readings: tuple[str, ...] | None) -> None:
    found = check(text, ASSET_FILTER_FIELDS, NOW)
    assert found.text == sent
    if readings is not None:
        assert found.readings == readings
    assert check(sent, ASSET_FILTER_FIELDS, NOW).text == sent


AGO, SINCE, IN_DAYS = "2026-11-22", "createdAt >= 2026-11-22", "createdAt 2026-11-22 TO 2026-11-29"
RELATIVE_TIMES = {
    # value: with =, !=, >, >=, <, <=; alternatives apart by "or:"
    "7 days ago": [f"createdAt {operator} {AGO}" for operator in ("=", "!=", ">", ">=", "<", "<=")],
    "last 7 days": [IN_DAYS, f"NOT {IN_DAYS}", SINCE, SINCE, f"createdAt < {AGO}", f"{SINCE} or: createdAt <= {AGO}"],
    "past week": [IN_DAYS, f"NOT {IN_DAYS}", SINCE, SINCE, f"createdAt < {AGO}", f"{SINCE} or: createdAt <= {AGO}"],
    "last week": [
        "createdAt 2026-11-16 TO 2026-11-22",
        "NOT createdAt 2026-11-16 TO 2026-11-22",
        "createdAt >= 2026-11-16 or: createdAt > 2026-11-22",
        "createdAt >= 2026-11-16",
        "createdAt < 2026-11-16",
        "createdAt <= 2026-11-22",
    ],
    "2026-Q1": [
        "createdAt 2026-01-01 TO 2026-03-31",
        "NOT createdAt 2026-01-01 TO 2026-03-31",
        "createdAt >= 2026-01-01 or: createdAt > 2026-03-31",
        "createdAt >= 2026-01-01",
        "createdAt < 2026-01-01",
        "createdAt <= 2026-03-31",
    ],
    "this month": [
        "createdAt 2026-11-01 TO 2026-11-30",
        "NOT createdAt 2026-11-01 TO 2026-11-30",
        "createdAt >= 2026-11-01",
        "createdAt >= 2026-11-01",
        "createdAt < 2026-11-01",
        "createdAt <= 2026-11-30",
    ],
    "2 hours ago": [
        f'createdAt {operator} "2026-11-29T00:40:00.000Z"' for operator in (">=", "<", ">", ">=", "<", "<=")
    ],
}


@pytest.mark.parametrize("value", RELATIVE_TIMES)
def test_a_time_reckoned_from_today_comes_back_as_the_days_that_each_operator_means(value: str) -> None:
    told = []
    for operator in ("=", "!=", ">", ">=", "<", "<="):
        with pytest.raises(FilterProblem) as caught:
            check(f'createdAt {operator} "{value}"', ASSET_FILTER_FIELDS, NOW)
        told.append(caught.value.message.partition(" Write: ")[2])
    assert told == RELATIVE_TIMES[value]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (
            "createdAt after last week",
            (
                'The operators are =, !=, <, <=, >, >=. Values with anything but letters, digits, "_", "-" and "." '
                "stand in double quotes. Write: createdAt >= 2026-11-16 or: createdAt > 2026-11-22"
            ),
        ),
        (
            'createdAt >= "last week"',
            (
                'createdAt takes days and times, not "last week"; today is 2026-11-29 (UTC). '
                "Write: createdAt >= 2026-11-16"
            ),
        ),
        (
            'createdAt = "last week"',
            (
                'createdAt takes days and times, not "last week"; today is 2026-11-29 (UTC). '
                "Write: createdAt 2026-11-16 TO 2026-11-22"
            ),
        ),
        (
            "createdAt = soonish",
            'createdAt takes a UTC day or time such as 2026-11-29, not "soonish". Example: createdAt >= 2026-11-29',
        ),
        (
            'createdAt >= "11/01/2024"',
            "11/01/2024 may be 2024-11-01 or 2024-01-11. Write: createdAt >= 2024-11-01 or: createdAt >= 2024-01-11",
        ),
        ("width = 4k", 'width takes a whole number of pixels, such as 1024, not "4k". Write: width = 3840'),
        ("width = 10.5", "width is a whole number. Write: width = 10"),
        ('tags = "a, b"', "Several values are a list; tags = a AND tags = b wants all. Write: tags IN [a, b]"),
        ('tags = "a\N{RIGHT-TO-LEFT OVERRIDE}, b"', "Several values are a list."),
        ('tags = "https://a.example/b?Signature=c, d"', "Several values are a list."),
        ("kind = png", '"png" is no kind. Write: mimeType = "image/png"'),
        ("modelId = asset_x", "modelId takes ids that begin with model_, not with asset_."),
        ('authorId = "Anna B"', "authorId takes ids such as user_..., as hits show them; no names."),
        ("author = anna", "The field is authorId, with ids such as user_..., as hits show them."),
        ("collection = Castles", "The field is collectionIds. Write: collectionIds = Castles"),
        ("date = 2026-11-20", "The field is createdAt. Write: createdAt = 2026-11-20"),
        ("resolution = 1024x768", "Width and height are two fields. Write: width = 1024 AND height = 768"),
        (
            "community = true AND kind = image",
            'The public library is asked by the argument public. Write: {"public": true, "filter": "kind = image"}',
        ),
        ("id = asset_1", "Ids cannot be filtered on: give them to view_assets or get_models."),
        ("sort = createdAt", "sortBy is an argument beside filter, not a field."),
        (
            'prompt != ""',
            (
                "An empty text equals nothing; IS EMPTY and NOT EXISTS test for no value. "
                "Write: prompt EXISTS AND prompt IS NOT EMPTY"
            ),
        ),
        ("kind IN []", "An empty list holds nothing: IN [] matches nothing, NOT IN [] everything."),
    ],
)
def test_what_cannot_be_meant_is_refused_with_what_to_write(text: str, sentence: str) -> None:
    with pytest.raises(FilterProblem) as caught:
        check(text, ASSET_FILTER_FIELDS, NOW)
    assert caught.value.message.partition("): ")[2] == sentence


@pytest.mark.parametrize(
    ("text", "fields", "warning"),
    [
        (
            "tags IN [castle, -wip]",
            ASSET_FILTER_FIELDS,
            'tags "-wip" is looked for with its sign; what is to be left out is tags != wip.',
        ),
        ("kind = imgae", ASSET_FILTER_FIELDS, 'kind "imgae" may not exist; did you mean image?'),
        ("capabilities = inpain", MODEL_FILTER_FIELDS, 'capabilities "inpain" may not exist; did you mean inpaint?'),
        ("width > -1", ASSET_FILTER_FIELDS, "width > -1 holds for whatever has a width."),
        (
            "createdAt >= 2027-05-01",
            ASSET_FILTER_FIELDS,
            "createdAt >= 2027-05-01 lies in the future: today is 2026-11-29.",
        ),
    ],
)
def test_what_is_doubtful_is_asked_with_a_warning(text: str, fields: FilterFields, warning: str) -> None:
    found = check(text, fields, NOW)
    assert (found.text, found.warnings) == (text, (warning,))


def test_fields_compared_otherwise_than_by_equality_are_named() -> None:
    found = check("kind = image AND size > 5 AND tags IN [a] AND seed EXISTS AND nsfw IS EMPTY", ASSET_FILTER_FIELDS)
    assert found.compared_fields == ("size", "tags", "seed")


def test_a_day_that_nests_too_deeply_is_refused() -> None:
    text = "(" * MAX_GROUPS + "createdAt != 2026-11-20" + ")" * MAX_GROUPS
    assert check(text, ASSET_FILTER_FIELDS, NOW).text == f"NOT ({FOLLOWING})"
