"""The cases of the data files, filled from the samples: whole tasks, and single requests.

Both have `asks`, what is asked for; `about`, what it tries; `let`, expressions whose values stand as `$name` in its
texts; and `calls`, a right way. An expression is Python over `catalogue.Samples`.
"""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from string import Template
from typing import Any

from benchmarks.agents.catalogue import Samples
from benchmarks.agents.expectations import Expectation
from benchmarks.agents.facts import Fact

Call = Mapping[str, Any]
"""A call as a model writes it: `tool` and `arguments`."""

_EXPECTATIONS = ("hits", "includes", "leading", "refers", "total", "shows", "pictures")
"""Fields of a single request that are expressions; the other fields of an expectation are plain values."""


@dataclass(frozen=True)
class Task:
    """A whole task: as many calls as it takes, then an answer with facts."""

    id: str
    about: tuple[str, ...]
    asks: str
    facts: tuple[Fact, ...]
    calls: tuple[Call, ...]
    """A right way: what a model calls that makes no wrong turn."""

    @property
    def answer(self) -> Mapping[str, Any]:
        """A right answer."""
        return {fact.name: _said(fact) for fact in self.facts}


@dataclass(frozen=True)
class SingleRequest:
    """One sentence that one call fulfils."""

    id: str
    about: tuple[str, ...]
    asks: str
    expectation: Expectation
    calls: tuple[Call, ...]
    """Calls each of which is right."""
    misses: tuple[Call, ...]
    """Calls that are nearly right, and wrong."""


Case = Task | SingleRequest


@cache
def cases() -> Mapping[str, Case]:
    """Return every case by its id, as the samples are now."""
    read = read_cases(Samples())
    by_id = {each.id: each for each in read}
    if len(by_id) < len(read):
        raise ValueError("Two cases have the same id.")
    return by_id


def read_cases(samples: Samples) -> list[Case]:
    """Read the data files: tasks, then single requests."""
    return [
        *(_task(each, samples) for each in _rows("tasks")),
        *(_request(each, samples) for each in _rows("requests")),
    ]


def chosen(names: str) -> list[Case]:
    """Return the cases that a comma-separated list names: ids, `tasks`, `requests`, `all`.

    Raises:
        LookupError: a name that is none of these.

    """
    every = cases()
    groups: dict[str, list[Case]] = {
        "all": list(every.values()),
        "tasks": [each for each in every.values() if isinstance(each, Task)],
        "requests": [each for each in every.values() if isinstance(each, SingleRequest)],
    }
    found: dict[str, Case] = {}
    for name in filter(None, (part.strip() for part in names.split(","))):
        if name not in groups and name not in every:
            raise LookupError(f"There is no case {name!r}. The cases are {', '.join(every)}.")
        found |= {each.id: each for each in groups.get(name, [every.get(name)]) if each}
    return list(found.values())


def _rows(name: str) -> list[dict[str, Any]]:
    text = (resources.files("benchmarks.agents") / f"{name}.toml").read_text("utf-8")
    rows: list[dict[str, Any]] = tomllib.loads(text)["case"]
    return rows


def _task(row: dict[str, Any], samples: Samples) -> Task:
    given = _given(row, samples)
    facts = tuple(
        Fact(name=name, **{**_filled(fact, given), "right": samples.value(fact["right"], given)})
        for name, fact in row["facts"].items()
    )
    return Task(row["id"], tuple(row["about"]), _filled(row["asks"], given), facts, _calls(row, "calls", given))


def _request(row: dict[str, Any], samples: Samples) -> SingleRequest:
    given = _given(row, samples)
    expected = {key: samples.value(row[key], given) for key in _EXPECTATIONS if key in row}
    plain = {key: row[key] for key in ("ordered", "at_most", "of_first") if key in row}
    calls, misses = (_calls(row, key, given) for key in ("calls", "misses"))
    asks = _filled(row["asks"], given)
    return SingleRequest(row["id"], tuple(row["about"]), asks, Expectation(**expected, **plain), calls, misses)


def _given(row: Mapping[str, Any], samples: Samples) -> Mapping[str, Any]:
    given: dict[str, Any] = {}
    for name, expression in row.get("let", {}).items():
        given[name] = samples.value(expression, given)
    return given


def _calls(row: Mapping[str, Any], key: str, given: Mapping[str, Any]) -> tuple[Call, ...]:
    calls: Sequence[Any] = _filled(row[key], given)
    return tuple(calls)


def _filled(value: Any, given: Mapping[str, Any]) -> Any:
    """Put the values of `let` into every text, whatever holds it; a text that is only `$name` becomes the value."""
    if isinstance(value, str):
        alone = value.removeprefix("$")
        return given[alone] if value.startswith("$") and alone in given else Template(value).substitute(given)
    if isinstance(value, dict):
        return {key: _filled(each, given) for key, each in value.items()}
    return [_filled(each, given) for each in value] if isinstance(value, list) else value


def _said(fact: Fact) -> Any:
    """Return a right value of a fact as a model may write it."""
    if fact.kind == "some":
        return list(fact.right)[: fact.count]
    if fact.kind == "texts":
        return [_first(each) for each in fact.right]
    if fact.kind == "table":
        return {key: _first(each) for key, each in fact.right.items()}
    return fact.right if fact.kind == "ids" else _first(fact.right)


def _first(right: Any) -> Any:
    return right[0] if isinstance(right, list | tuple) else right
