"""Arguments inside an argument, such as `{"arguments": {...}}`, also as JSON text: taken out."""

from collections.abc import Collection, Mapping
from typing import Any

from scenario_mcp.server.arguments.filter_names import spelled
from scenario_mcp.server.arguments.literals import may_be_literal, read_literal
from scenario_mcp.server.arguments.names import CALL_FIELDS, HOST_FIELDS
from scenario_mcp.server.arguments.refusals import Problem
from scenario_mcp.server.arguments.values import is_absent
from scenario_mcp.text import shown

_WRAPPERS = frozenset(
    {
        *(
            "arguments",
            "args",
            "kwargs",
            "parameters",
            "params",
            "param",
            "input",
            "inputs",
            "payload",
            "body",
            "request",
        ),
        *("toolinput", "toolarguments", "toolargs", "toolparameters", "functionarguments", "data", "json"),
        *(
            "next",
            "nextpage",
            "pagination",
            "paging",
            "options",
            "properties",
        ),  # as a page of hits or a schema has them
        *("searchassets", "searchmodels", "viewassets", "getmodels"),
    }
)
_ALL = "arguments"
"""Also what the transport puts around arguments that are no object."""
_MAX_DEPTH = 5
_MAX_NAMES = 60
"""Of arguments that are looked through: no request has so many."""


class WrapperRefused(Exception):
    """Arguments inside and beside a wrapper contradict each other, or it holds no object; the problem says which."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem)
        self.problem = problem


def unwrapped(raw: Mapping[str, Any], properties: Collection[str]) -> Mapping[str, Any]:
    """Return the arguments that stand inside, with those that stand beside; as they are if nothing is wrapped.

    Raises:
        WrapperRefused: an argument stands inside and outside with two values, or what is wrapped is no object.

    """
    for _ in range(_MAX_DEPTH):
        wrapped = _wrapped(raw, properties)
        if wrapped is None:
            if raw.keys() == {_ALL} and _ALL not in properties and not is_absent(raw[_ALL]):
                told = f"The arguments must be an object, not {shown(raw[_ALL])}. They are {', '.join(properties)}."
                raise WrapperRefused(Problem(told))
            return raw
        name, inner = wrapped
        beside = {
            key: value
            for key, value in raw.items()
            if key != name and key not in HOST_FIELDS and key not in CALL_FIELDS and not is_absent(value)
        }
        both = {**beside, **inner}
        if any(key in inner and inner[key] != value for key, value in beside.items()):
            told = f"Arguments stand inside {name} and beside it, with different values."
            raise WrapperRefused(Problem(f"{told} Write each once.", both, f"{told} Write:"))
        raw = both
    return raw


def _wrapped(raw: Mapping[str, Any], properties: Collection[str]) -> tuple[str, Mapping[str, Any]] | None:
    if len(raw) > _MAX_NAMES:
        return None
    for name, value in raw.items():
        if len(name) <= _MAX_NAMES and name not in properties and spelled(name) in _WRAPPERS:
            inner = _object(value)
            if inner is not None:
                return name, inner
    return None


def _object(value: Any) -> Mapping[str, Any] | None:
    """Return the object that a value is, spells, or holds as its only item."""
    if isinstance(value, str) and may_be_literal(value):
        try:
            value = read_literal(value)
        except ValueError:
            return None
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    if not isinstance(value, dict) or not value or not all(isinstance(key, str) for key in value):
        return None
    return value
