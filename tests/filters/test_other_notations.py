"""A filter in the notation of another language, or in words, comes back corrected with the meaning it has there."""

from collections.abc import Iterator
from itertools import product
from typing import TypeAlias

import pytest
from hypothesis import given, reject, settings
from hypothesis import strategies as st

from scenario_mcp.api.filter_fields import ASSET_FILTER_FIELDS
from scenario_mcp.filters.check import FilterProblem, check
from scenario_mcp.sandbox.engine import matching
from scenario_mcp.sandbox.engine.columns import Columns
from scenario_mcp.sandbox.engine.storage import Store
from tests.support.examples import examples

KINDS, TAGS, WIDTHS, DAYS = ("image", "video"), ("knight", "castle", "wip"), (511, 512, 768, 1024), ("01", "15", "20")
Written: TypeAlias = tuple[str, str]
"""A filter of the language, and the same in another notation."""

EQUAL = ("{} == {}", "{}: {}", "{} eq '{}'", "{} is {}", '{} equals "{}"', "{}={}", "{} is equal to {}")
OTHER = ("{} <> {}", "{} ne {}", "{} is not '{}'", "{} isn't {}", "{} !== {}", "{} is other than {}", "{} not = {}")
HAVING, LACKING = ("{} contains {}", "{} has '{}'"), ("{} does not contain {}", "{} without {}", "{} !contains {}")
ORDERS = {
    ">": ("{} gt {}", "{} greater than {}", "{} is over {}", "{} not <= {}"),
    ">=": ("{} => {}", "{} at least {}", "{} no less than {}", "{} isn't below {}", '{} = "{} or more"'),
    "<": ("{} lt {}", "{} under {}", "{} smaller than {}", "{} not >= {}"),
    "<=": ("{} =< {}", "{} at most {}", "{} not over {}", "{} up to {}", '{} = "{} or less"'),
}
TIMES = {
    ">": ("{} after {}", "{} later than {}"),
    ">=": ("{} since {}", "{} not before {}", "{} no earlier than {}"),
    "<": ("{} before {}", "{} older than {}"),
    "<=": ("{} until {}", "{} no later than {}"),
}
RANGES = ("{0} between {1} and {2}", "{0}:[{1} TO {2}]", "{0} = {1}-{2}", "{0} >= {1} <= {2}", "{1} <= {0} <= {2}")
OUTSIDE = ("{0} not between {1} and {2}", "{0} outside {1} to {2}", "{0} != {1}-{2}", "{0} not in {1}..{2}")
LISTS = ("{0} in ({1}, {2})", "{0} = {1} or {2}", "{0}:({1} OR {2})", "{0} one of [{1}, {2}]", '{0} = "{1}, {2}"')
NO_LISTS = ("{0} not in ({1}, {2})", "{0} none of [{1}, {2}]", "{0} is not any of ({1}, {2})", "{0} nin [{1}, {2}]")
ALL = ("{0} = ({1} AND {2})", "{0} contains {1} and {2}", "{0}:({1} AND {2})")


def written(plain: str, notations: tuple[str, ...], *values: object) -> st.SearchStrategy[Written]:
    return st.sampled_from(notations).map(lambda notation: (plain.format(*values), notation.format(*values)))


CONDITIONS: st.SearchStrategy[Written] = st.one_of(
    *(written('{0} = "{1}"', EQUAL, "kind", kind) for kind in KINDS),
    *(written('{0} != "{1}"', OTHER, "kind", kind) for kind in KINDS),
    *(written('{0} = "{1}"', (*EQUAL, *HAVING), "tags", tag) for tag in TAGS),
    *(written('{0} != "{1}"', (*OTHER, *LACKING), "tags", tag) for tag in TAGS),
    *(written(f"{{0}} {sign} {{1}}", each, "width", width) for (sign, each), width in product(ORDERS.items(), WIDTHS)),
    *(
        written(f"{{0}} {sign} {{1}}", each, "createdAt", f"2026-11-{day}")
        for (sign, each), day in product(TIMES.items(), DAYS)
    ),
    written("{0} {1} TO {2}", RANGES, "width", 512, 768),
    written("NOT {0} {1} TO {2}", OUTSIDE, "width", 512, 768),
    written("{0} IN [{1}, {2}]", LISTS, "tags", "knight", "wip"),
    written("{0} NOT IN [{1}, {2}]", NO_LISTS, "tags", "knight", "wip"),
    written("({0} = {1} AND {0} = {2})", ALL, "tags", "knight", "wip"),
)


def linked(parts: st.SearchStrategy[Written]) -> st.SearchStrategy[Written]:
    link = st.sampled_from((("AND", "and"), ("AND", "&&"), ("OR", "or"), ("OR", "||")))
    both = st.builds(
        lambda left, link, right: (f"({left[0]}) {link[0]} ({right[0]})", f"({left[1]}) {link[1]} ({right[1]})"),
        parts,
        link,
        parts,
    )
    denied = st.builds(
        lambda part, sign: (f"NOT ({part[0]})", f"{sign}({part[1]})"), parts, st.sampled_from(("not ", "!"))
    )
    return both | denied


@pytest.fixture(scope="module")
def columns() -> Iterator[tuple[Store, Columns]]:
    with Store.open() as store:
        with store.writing() as batch:
            of_tags = [[tag for place, tag in enumerate(TAGS) if bits >> place & 1] for bits in range(8)]
            for number, (kind, width, day, tags) in enumerate(product(KINDS, WIDTHS, DAYS, of_tags)):
                document = {"id": f"asset_{number}", "createdAt": f"2026-11-{day}T08:00:00.000Z", "tags": tags}
                batch.put("assets", document | {"metadata": {"kind": kind, "width": width}})
        with store.snapshot() as snapshot:
            yield store, Columns(snapshot.connection, 0)


def corrected(expression: str) -> str:
    """Return what is to be sent in place of an expression, itself if it is taken; nothing if nobody can tell."""
    try:
        check(expression, ASSET_FILTER_FIELDS)
    except FilterProblem as problem:
        return problem.suggestion or ""
    return expression


@given(filter_=st.recursive(CONDITIONS, linked, max_leaves=4))
@settings(max_examples=examples(150))
def test_the_correction_selects_what_was_meant(columns: tuple[Store, Columns], filter_: Written) -> None:
    store, column = columns

    def selected(expression: str) -> int:
        sent = check(expression, ASSET_FILTER_FIELDS).text
        return matching.find(sent, (1 << store.count("assets")) - 1, column, store.settings["assets"])

    plain, other = filter_
    try:
        meant = selected(plain)
    except FilterProblem:
        reject()  # nothing, or everything, could match it
    assert selected(corrected(other)) == meant, other
