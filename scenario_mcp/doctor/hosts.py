"""The hosts of this machine: each entry of this server started as its host would, and what came of it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import anyio

from scenario_mcp import __version__
from scenario_mcp.doctor.conversation import Answered, Failed, converse
from scenario_mcp.doctor.entry_problems import title_of
from scenario_mcp.doctor.finding import Finding, Sign, note, skipped, well, wrong
from scenario_mcp.doctor.host_files import HostEntry
from scenario_mcp.doctor.launching import Start, install_again, prepare
from scenario_mcp.doctor.own_entry import base_name
from scenario_mcp.doctor.redaction import secret_arguments
from scenario_mcp.doctor.shell import Shell
from scenario_mcp.hosts.launch import PROGRAM
from scenario_mcp.hosts.places import Machine, is_installed
from scenario_mcp.hosts.table import HOSTS

MAX_STARTS_AT_ONCE = 2
_FETCHING = frozenset({"uv", "uvx", "pipx", "docker", "podman"})
"""Programs that may first have to fetch this one."""
SLOW_SECONDS = 5.0
"""Some hosts wait no longer: opencode, and agents made with OpenAI's SDK."""


@dataclass(slots=True)
class HostFindings:
    """What is found of each entry, in the order of the entries."""

    of_entries: dict[int, list[Finding]] = field(default_factory=dict)

    @property
    def findings(self) -> list[Finding]:
        """All of them."""
        return [finding for _, found in sorted(self.of_entries.items()) for finding in found]


def find_nothing_configured(machine: Machine, entries: Sequence[HostEntry], shell: Shell) -> list[Finding]:
    """Say which hosts are on this machine if none of them has this server."""
    if entries:
        return []
    found = [host for host in HOSTS if host.files and is_installed(host, machine)]
    if not found:
        return [
            note(
                "No host was found on this machine",
                f"To see the entry to paste: {shell.own('install', 'claude-desktop', '--print')}",
            )
        ]
    names = ", ".join(host.title for host in found)
    return [note(f"No host has this server yet; found here: {names}", shell.own("install", found[0].name))]


async def examine_entries(
    entries: Sequence[HostEntry],
    machine: Machine,
    shell: Shell,
    findings: HostFindings,
    *,
    is_offline: bool = False,
) -> None:
    """Start each entry, a few at a time and equal ones once; the findings come as they are known."""
    limiter = anyio.CapacityLimiter(MAX_STARTS_AT_ONCE)
    same: dict[object, list[int]] = {}
    prepared: dict[int, Start] = {}
    for number, entry in enumerate(entries):
        launching = prepare(entry, machine, shell)
        findings.of_entries[number] = launching.findings
        runner = base_name(entry.command)
        if launching.start is not None and is_offline and runner in _FETCHING:
            fact = f"{title_of(entry)}: it is not started, since {runner} may fetch it over the network"
            findings.of_entries[number].append(skipped(fact))
        elif launching.start is not None:
            prepared[number] = launching.start
            same.setdefault(launching.start.key, []).append(number)

    async def start(numbers: Iterable[int], how: Start) -> None:
        async with limiter:
            outcome = await converse(how)
        for number in numbers:
            findings.of_entries[number] += _of_outcome(entries[number], outcome, shell)

    async with anyio.create_task_group() as tasks:
        for numbers in same.values():
            tasks.start_soon(start, numbers, prepared[numbers[0]])


def _by_hand(entry: HostEntry, shell: Shell) -> str:
    """Return the line that starts what an entry starts, without what may be secret in it."""
    secrets = {*secret_arguments(entry.arguments)} - {""}
    words = ["..." if any(secret in word for secret in secrets) else word for word in entry.arguments]
    return shell.call([entry.command, *words])


def _quicker(entry: HostEntry, shell: Shell) -> str:
    """Return what makes a start quicker."""
    if base_name(entry.command) in _FETCHING:
        return f"Install it to stay: uv tool install {PROGRAM}; then {install_again(entry, shell)}"
    return (
        f"If {entry.host.title} gives up, close what keeps this machine busy, or raise the start time in its settings"
    )


def _of_outcome(entry: HostEntry, outcome: Answered | Failed, shell: Shell) -> list[Finding]:
    title = title_of(entry)
    again = install_again(entry, shell)
    if isinstance(outcome, Failed):
        if outcome.message:
            found = Finding.of_sentences(Sign.WRONG, outcome.message)
            step = (
                f"{found.next_step.rstrip('.')} (in {entry.file})" if found.next_step else f"Correct it in {entry.file}"
            )
            return [wrong(f"{title}: it {outcome.reason}: {found.fact.rstrip('.')}", step)]
        return [wrong(f"{title}: it {outcome.reason}", f"{again}; to see why: {_by_hand(entry, shell)}")]
    if not outcome.tools:
        return [wrong(f"{title}: it starts, but lists no tools", again)]
    names = ", ".join(outcome.tools)
    took = f"{title}: it starts in {outcome.seconds:.1f} s and lists {len(outcome.tools)} tools: {names}"
    found_all: list[Finding] = []
    if outcome.seconds > SLOW_SECONDS:
        found_all.append(note(f"{took}; some hosts wait {SLOW_SECONDS:g} s", _quicker(entry, shell)))
    else:
        found_all.append(well(took))
    if outcome.version != __version__:
        found_all.append(note(f"{title}: it is version {outcome.version[:20]}, and this is {__version__}", again))
    if outcome.is_noisy:
        found_all.append(note(f"{title}: its program writes other lines than MCP, at which hosts stumble", again))
    return found_all
