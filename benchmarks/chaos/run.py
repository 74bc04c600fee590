"""One run: the calls and the disturbances, then the calm in which every call must succeed again."""

import asyncio
import tempfile
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from benchmarks.chaos.callers import Callers
from benchmarks.chaos.judge import Evidence, Judge, log_findings, read_journal
from benchmarks.chaos.plan import CALLERS, ISSUER, MEMBERS, Call, Plan
from benchmarks.chaos.programs import Programs, running

SETTLE_SECONDS = 10.0
"""Within which every call succeeds after the last disturbance: promise 5 of SECURITY.md."""
CALM_CALLS = 60
_PAUSE_SECONDS = 0.5
"""Between two rounds of them, which otherwise come over the limit of calls a minute."""
CALM = (*(f"calm-{number}" for number in range(4)), MEMBERS[0])
"""Whose calls these are."""
MOST_GROWN_BYTES = 30_000_000
"""Of a replica over a run, beside one that has only just begun to serve: caches fill."""
MOST_CALM_GROWN_BYTES = 5_000_000


@dataclass(frozen=True)
class Report:
    """What a run has shown."""

    outcomes: Mapping[str, int]
    findings: tuple[str, ...]
    seconds: float
    settled_seconds: float
    grown: Mapping[str, int]
    """Bytes of each replica at the end beside those at the beginning."""


def run(plan: Plan, *, connections: int = 32, is_forked: bool = False, folder: Path | None = None) -> Report:
    """Run a plan; logs are kept in the folder, if one is given."""
    with tempfile.TemporaryDirectory() as temporary:
        # Far above what most callers ask, and below what the greedy one does.
        programs = Programs(folder or Path(temporary), plan, max(60, len(plan.calls) // 25), is_forked=is_forked)
        with running(programs):
            return asyncio.run(_run(plan, programs, connections))


async def _run(plan: Plan, programs: Programs, connections: int) -> Report:
    callers = Callers(programs.port, programs.gate, programs.mint, connections)
    begin = time.monotonic()
    memory: list[Mapping[str, int]] = []
    async with asyncio.TaskGroup() as group:
        group.create_task(callers.make(iter(plan.calls)))
        await callers.reached(len(plan.calls) // 25)
        memory.append(await asyncio.to_thread(programs.memory))
        for step in plan.steps:
            await callers.reached(step.at)
            if step.action != "set clock" or programs.has_clocks:
                await asyncio.to_thread(programs.do, step)
    seconds = time.monotonic() - begin
    await asyncio.to_thread(programs.await_health)
    receptions, begin = read_journal(programs.journal), time.monotonic()
    settled = await _settle(plan, programs)
    settled_seconds = time.monotonic() - begin
    memory.append(await asyncio.to_thread(programs.memory))
    evidence = Evidence(callers.begun, callers.answers, receptions, programs.disturbances, programs.calls_per_minute)
    judge = Judge(evidence)
    findings = [*judge.findings(), *log_findings(programs.replica_logs.splitlines()), *settled]
    grown = {name: after - memory[0][name] for name, after in memory[1].items()}
    findings += [f"{name} has grown by {by:,} bytes" for name, by in grown.items() if by > MOST_GROWN_BYTES]
    return Report(Counter(judge.outcomes), tuple(findings), seconds, settled_seconds, grown)


async def _settle(plan: Plan, programs: Programs) -> list[str]:
    """Call until a round of calls succeeds whole; return what was wrong if none did in time.

    A token signed with a new key of the issuer has the time that a replica takes to find that key.
    """
    end, first = time.monotonic() + SETTLE_SECONDS, len(plan.calls)
    of_issuer = [each for each in programs.disturbances if each.target in ISSUER]
    while True:
        callers = Callers(programs.port, programs.gate, programs.mint, len(CALLERS))
        calls = [
            Call(number, CALM[number % len(CALM)], "search", f"calm owl {number}", 3, number % 2 == 0, ())
            for number in range(first, first + CALM_CALLS)
        ]
        first += CALM_CALLS
        is_late = time.monotonic() > end
        await callers.make(iter(calls))
        judge = Judge(Evidence(callers.begun, callers.answers, (), of_issuer, programs.calls_per_minute))
        findings = list(judge.findings())
        if judge.outcomes["right"] == CALM_CALLS:
            return findings
        if is_late and findings:
            return [f"{SETTLE_SECONDS:g} s after the last disturbance: {dict(judge.outcomes)}", *findings]
        await asyncio.sleep(_PAUSE_SECONDS)
