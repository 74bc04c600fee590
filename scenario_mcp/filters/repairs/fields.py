"""Where a condition should begin."""

import re

from scenario_mcp.filters.field_types import FilterFields
from scenario_mcp.filters.repairs.boundaries import GAP, JOIN, WORD_END, is_denied
from scenario_mcp.filters.repairs.edit import Edit
from scenario_mcp.filters.repairs.operators import SIGNS
from scenario_mcp.filters.repairs.sentences import EACH_SIDE
from scenario_mcp.filters.syntax import ParseState


def negation_sign(state: ParseState, _: FilterFields) -> Edit:
    """Correct `!(kind = image)` to `NOT (kind = image)`."""
    if not state.rest.startswith("!"):
        return None
    return "Negation is written NOT.", f"{state.before}NOT {state.rest.lstrip('! ')}"


def empty_group(state: ParseState, _: FilterFields) -> Edit:
    """Correct `() AND kind = image` to `kind = image`."""
    before = state.before.rstrip()
    if not (state.rest.startswith(")") and before.endswith("(")):
        return None
    before, after = before[:-1].rstrip(), state.rest[1:].lstrip()
    shorter = re.sub(r"(?:^|(?<=[\s(]))(?:(?:AND|OR|NOT)\s*)+$", "", before)
    if shorter == before:
        after = re.sub(rf"^(?:AND|OR){WORD_END}\s*", "", after)
    joined = f"{shorter.rstrip()} {after}".strip()
    return "These parentheses are empty.", joined or None


def dangling_join(state: ParseState, _: FilterFields) -> Edit:
    """Correct `kind = image AND` to `kind = image`."""
    if state.rest and not state.rest.startswith(")"):
        return None
    before = re.sub(rf"(?:^|{GAP}|(?<=[\])\"']))(?:(?:AND|OR|NOT)\s*)+$", "", state.before)
    if before == state.before:
        return None
    return "AND, OR and NOT need a condition after them.", before + state.rest if before.strip() else None


def doubled_join(state: ParseState, _: FilterFields) -> Edit:
    """Correct `kind = image AND OR width > 5` to `kind = image AND width > 5`."""
    join = JOIN.match(state.rest)
    if join is None:
        return None
    return "AND and OR stand between two conditions.", state.before + state.rest[join.end() :]


def place(state: ParseState, _: FilterFields) -> Edit:
    """Refuse `_geoRadius(1, 2, 3)`: no correction would mean the same."""
    if state.rest.startswith("_geo"):
        return "Places cannot be filtered on; leave this condition out.", None
    return None


def stray_sign(state: ParseState, _: FilterFields) -> Edit:
    """Correct `$kind = image` to `kind = image`."""
    if re.match(r"[$@#*%+]+\.?\w", state.rest):
        return "Field names have no sign before them.", state.before + state.rest.lstrip("$@#*%+.")
    return None


def repeated_field(state: ParseState, known: FilterFields) -> Edit:
    """Correct `width > 512 AND < 1024` to `width > 512 AND width < 1024`."""
    if not SIGNS.match(state.rest) or not re.search(r"\b(?:AND|OR)\s*$", state.before):
        return None
    name = state.text[slice(*state.names[-1])] if state.names else ""
    if name not in known:
        return None
    is_doubtful = is_denied(state.text, state.names[-1][0])  # NOT may be meant of both bounds
    return EACH_SIDE, None if is_doubtful else f"{state.before}{name} {state.rest}"


def exists_first(state: ParseState, known: FilterFields) -> Edit:
    """Correct `EXISTS(seed)` to `seed EXISTS`."""
    test = re.match(r"EXISTS\s*\(?\s*([A-Za-z_][\w.]*)\s*\)?", state.rest)
    if test is None or test[1] not in known:
        return None
    return "The field stands first.", f"{state.before}{test[1]} EXISTS{state.rest[test.end() :]}"
