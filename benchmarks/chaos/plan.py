"""What is done in a run, drawn from a seed: the calls with the faults that they meet, and the disturbances."""

import hashlib
import json
import random
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Literal

from benchmarks.chaos.issuer import STRANGERS

Kind = Literal["search", "facts", "mistake", "abandoned", "stranger"]
"""A stranger's token must let nobody in."""
OfProgram = Literal["kill", "end", "start", "pause", "go on", "set mode", "set clock"]
OfStore = Literal["empty", "drop clients"]
OfIssuer = Literal["rotate", "withdraw"]
Action = OfProgram | OfStore | OfIssuer | Literal["reload"]

CALLERS = ("anna", "bert", "cleo", "dora", "emil", "greta")
"""Each with a key of their own at the upstream. The last one asks far more than the others."""
REPLICAS = ("replica-1", "replica-2", "replica-3")
MEMBERS = ("mona", "nils", "olga")
"""Callers with tokens of an issuer, for whom the upstream is asked by the key of `OPERATOR`."""
OPERATOR = "operator"
GATES = ("gate-1", "gate-2")
"""The replicas that take the tokens of the issuer, behind an nginx of their own."""
ISSUER = ("issuer",)
FEWEST_EVENTS = 16
CALLS_PER_EVENT = 400

RETRIED = ("429", "408", "500", "502", "503", "503-past", "cut", "reset", "garbage", "no-hits", "hang", "drip")
"""Faults after which another try is made. Source: `scenario_mcp.api.error_mapping`."""
TOLD = ("429-late", "400", "401", "403", "404", "422", "page", "redirect", "quota")
"""Faults after which none is made."""
HARMLESS = ("slow", "old-date", "odd-fields")
"""Answers that are right for all that."""
FAULTS = (*RETRIED, *TOLD, *HARMLESS)
_SLOW_FAULTS = ("hang", "drip")
_FAULTY_SHARE = 0.15
_MODES = tuple(fault for fault in FAULTS if fault not in {"401", "404", "quota", "old-date"})
_ISSUER_MODES = ("500", "garbage", "hang", "slow")
_CLOCK_OFFSETS = ("-400d", "-1d", "-90s", "+90s", "+1d", "+400d")
_SOON = 300
"""A search that is made again was first made within so many calls."""


@dataclass(frozen=True, slots=True)
class Call:
    """One call, and what the first tries of it meet at the upstream; of a stranger, what is wrong with the token."""

    number: int
    caller: str
    kind: Kind
    query: str
    limit: int
    is_modern: bool
    """Whether it is made in the way of 2026-07-28."""
    faults: tuple[str, ...]

    @property
    def payer(self) -> str:
        """By whose key the upstream is asked."""
        return OPERATOR if self.caller in MEMBERS else self.caller


@dataclass(frozen=True, slots=True)
class Step:
    """What is done to a program as soon as so many calls were answered."""

    at: int
    action: Action
    target: str
    argument: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """A whole run."""

    seed: int
    calls: tuple[Call, ...]
    steps: tuple[Step, ...]

    @property
    def digest(self) -> str:
        """Return what two runs of the same plan have in common."""
        content = json.dumps([[asdict(each) for each in part] for part in (self.calls, self.steps)])
        return hashlib.sha256(content.encode()).hexdigest()[:16]


def make_plan(seed: int, count: int) -> Plan:
    """Draw a run of so many calls."""
    chance = random.Random(f"calls {seed}")  # noqa: S311  # chance that comes again
    calls: list[Call] = []
    for number in range(count):
        calls.append(_draw_call(chance, seed, calls, number))
    return Plan(seed, tuple(calls), make_steps(seed, count))


def make_steps(seed: int, count: int) -> tuple[Step, ...]:
    """Draw the disturbances of a run of so many calls."""
    chance = random.Random(f"steps {seed}")  # noqa: S311  # as above
    return tuple(sorted(_draw_steps(chance, count), key=lambda step: step.at))


def _draw_call(chance: random.Random, seed: int, before: list[Call], number: int) -> Call:
    caller = chance.choices((*CALLERS, *MEMBERS), [1] * (len(CALLERS) - 1) + [3] + [1] * len(MEMBERS))[0]
    kind: Kind = chance.choices(("search", "facts", "mistake", "abandoned"), (85, 8, 4, 3))[0]
    if caller in MEMBERS and chance.random() < 0.1:  # noqa: PLR2004  # a tenth
        return Call(number, caller, "stranger", f"stranger {seed} {number}", 1, False, (chance.choice(STRANGERS),))
    query, limit, faults = f"owl {seed} {number}", chance.randint(1, 6), _draw_faults(chance)
    if before and kind == "search" and chance.random() < 0.2:  # noqa: PLR2004  # a fifth
        # The same search again, by whoever it is: a memory must not mix callers up.
        earlier = chance.choice(before[-_SOON:])
        query, limit, faults = earlier.query, earlier.limit, ()
    return Call(number, caller, kind, query, limit, chance.random() < 0.5, faults)  # noqa: PLR2004  # half of them


def _draw_faults(chance: random.Random) -> tuple[str, ...]:
    if chance.random() >= _FAULTY_SHARE:
        return ()
    weights = [0.15 if fault in _SLOW_FAULTS else 1 for fault in FAULTS]
    return tuple(chance.choices(FAULTS, weights, k=chance.choice((1, 1, 1, 2, 3))))


def _draw_steps(chance: random.Random, count: int) -> Iterator[Step]:
    """Draw disturbances between the calm beginning and the end, each with the step that ends it."""
    busy_until: dict[str, int] = {}
    rotations = 0
    events = max(FEWEST_EVENTS, count // CALLS_PER_EVENT)
    for at in sorted(chance.randrange(count // 20, count * 9 // 10) for _ in range(events)):
        target = chance.choice(
            (*REPLICAS, *REPLICAS, *GATES, *ISSUER, *ISSUER, "redis", "redis", "nginx", "upstream", "upstream")
        )
        end = at + chance.randint(count // 200 + 1, count // 30)
        drawn = _draw_disturbance(
            chance, target, at, end, rotations
        )  # also where it is left out: chance goes on the same
        if busy_until.get(target, 0) < at:
            yield from drawn
            busy_until[target] = end
            rotations += drawn[0].action == "rotate"


def _draw_disturbance(chance: random.Random, target: str, at: int, end: int, rotations: int) -> list[Step]:
    first: Action
    last: Action
    match target:
        case "nginx":
            reloaded = [Step(at, "reload", target)]
            return chance.choice((reloaded, reloaded, [Step(at, "end", target), Step(at, "start", target)]))
        case "redis":
            first, last = chance.choice(
                (("kill", "start"), ("end", "start"), ("pause", "go on"), ("empty", "empty"), ("drop clients", "empty"))
            )
            return [Step(at, first, target), Step(end, last, target)]
        case "issuer":
            return chance.choice(
                (
                    [Step(at, "rotate", target, str(rotations + 1)), Step(end, "withdraw", target)],
                    [Step(at, "kill", target), Step(end, "start", target)],
                    [Step(at, "set mode", target, chance.choice(_ISSUER_MODES)), Step(end, "set mode", target)],
                    [Step(at, "set clock", target, chance.choice(_CLOCK_OFFSETS)), Step(end, "set clock", target)],
                )
            )
        case "upstream":
            if chance.random() < 0.25:  # noqa: PLR2004  # a quarter
                return [Step(at, "kill", target), Step(end, "start", target)]
            return [Step(at, "set mode", target, chance.choice(_MODES)), Step(end, "set mode", target)]
        case _:
            if chance.random() < 0.25:  # noqa: PLR2004  # a quarter
                return [Step(at, "set clock", target, chance.choice(_CLOCK_OFFSETS)), Step(end, "set clock", target)]
            first, last = chance.choice((("kill", "start"), ("end", "start"), ("pause", "go on")))
            return [Step(at, first, target), Step(end, last, target)]
