"""The whole examination: its areas side by side, each within its time, and none that could stop another one.

It runs in a thread of its own: a name or a drive that hangs holds up neither the report nor the end of the process.
"""

import asyncio
import queue
import threading
from collections.abc import Awaitable, Callable, Generator, Mapping
from contextlib import suppress
from functools import partial
from time import monotonic
from typing import TypeVar

import anyio
import anyio.to_thread

from scenario_mcp.doctor import entry_problems, files, hosts, leftovers
from scenario_mcp.doctor.circumstances import Circumstances
from scenario_mcp.doctor.finding import Finding, skipped, wrong
from scenario_mcp.doctor.host_files import HostFiles, read_host_files
from scenario_mcp.doctor.redaction import secret_arguments, secret_values
from scenario_mcp.settings import Live

AREA_SECONDS: Mapping[str, float] = {"files": 10, "network": 25, "account": 50, "hosts": 60}
"""The areas in the order in which they are told."""
WHOLE_SECONDS = 65.0
END_SECONDS = 3.0
"""How long the end waits for the thread: what hangs in it is left alone."""
READ_SECONDS = 5.0
"""For the files of hosts, which are small."""
ResultT = TypeVar("ResultT")
Areas = Generator[tuple[str, list[Finding]], None, None]
Publish = Callable[[str, list[Finding]], None]
_Check = Callable[[list[Finding]], Awaitable[None]]


def examined(circumstances: Circumstances, seconds: float = WHOLE_SECONDS) -> Areas:
    """Examine everything; yield each area with its findings, in order, as soon as it is known.

    Whoever closes the generator early, as Ctrl-C does, ends what was started.
    """
    published: queue.SimpleQueue[tuple[str, list[Finding]]] = queue.SimpleQueue()

    cancels: list[Callable[[], object]] = []

    async def examine_until_cancelled() -> None:
        with anyio.CancelScope() as scope:
            cancels.append(partial(asyncio.get_running_loop().call_soon_threadsafe, scope.cancel))
            await examine(circumstances, lambda area, found: published.put((area, found)))

    def work() -> None:
        try:
            anyio.run(examine_until_cancelled)
        except BaseException as error:  # noqa: BLE001  # told below, in every area that is not over
            for area in AREA_SECONDS:
                published.put((area, [_unexpected(error, circumstances)]))

    end = monotonic() + seconds
    thread = threading.Thread(target=work, name="doctor", daemon=True)
    thread.start()
    known: dict[str, list[Finding]] = {}
    try:
        for area in AREA_SECONDS:
            while area not in known:
                try:
                    name, found = published.get(timeout=max(0.0, end - monotonic()))
                except queue.Empty:
                    known[area] = [wrong("This was not looked at: the time was over", _again(circumstances))]
                else:
                    known.setdefault(name, found)
            yield area, known[area]
    finally:
        with suppress(RuntimeError):  # it is over already
            for cancel in cancels:
                cancel()
        thread.join(END_SECONDS)


async def examine(circumstances: Circumstances, publish: Publish) -> None:
    """Examine all areas side by side; `publish` is called once for each, with its findings."""
    examination = _Examination(circumstances, publish)
    async with anyio.create_task_group() as tasks:
        for area, check in examination.checks.items():
            tasks.start_soon(examination.run_area, area, check)


class _Examination:
    def __init__(self, circumstances: Circumstances, publish: Publish) -> None:
        self._of = circumstances
        self._publish = publish
        self._host_files = HostFiles()
        self._has_read_hosts = anyio.Event()
        self._has_asked_network = anyio.Event()
        self._is_reached = False
        self.checks: dict[str, _Check] = {
            "files": self._files,
            "network": self._network,
            "account": self._account,
            "hosts": self._hosts,
        }

    async def run_area(self, area: str, check: _Check) -> None:
        """Run one area within its time, whatever happens in it."""
        findings: list[Finding] = []
        seconds = AREA_SECONDS[area]
        try:
            with anyio.move_on_after(seconds) as limit:
                await check(findings)
            if limit.cancelled_caught:
                findings.append(wrong(f"Not all was looked at within {seconds:g} s", _again(self._of)))
        except Exception as error:  # noqa: BLE001  # one check that fails must not take the others with it
            findings.append(_unexpected(error, self._of))
        if area == "network":
            self._has_asked_network.set()
        if area == "hosts":
            self._has_read_hosts.set()
        self._publish(area, [*findings])

    async def _files(self, findings: list[Finding]) -> None:
        of = self._of
        await _in_thread(lambda: findings.extend(files.examine_files(of.settings, of.from_options, of.shell)))

    async def _network(self, findings: list[Finding]) -> None:
        of = self._of
        if of.is_offline:
            findings.append(skipped("Not looked at: --offline"))
            return
        from scenario_mcp.doctor.accounts import find_accounts
        from scenario_mcp.doctor.network import examine_network

        settings = of.settings
        if not isinstance(settings.upstream, Live):
            await self._has_read_hosts.wait()
            found = find_accounts(of, self._host_files.entries).accounts
            if not found:
                findings.append(skipped("Not needed: the sandbox and folders of your own are searched on this machine"))
                return
            settings = found[0].settings
        examined = await examine_network(settings, of.machine.system, of.shell)
        findings += examined.findings
        self._is_reached = examined.is_reached

    async def _account(self, findings: list[Finding]) -> None:
        await self._has_asked_network.wait()
        with anyio.move_on_after(READ_SECONDS):
            await self._has_read_hosts.wait()
        from scenario_mcp.doctor.accounts import find_accounts

        found = find_accounts(self._of, self._host_files.entries)
        findings += found.findings
        if not found.accounts:
            return
        if self._of.is_offline:
            findings.append(skipped("Scenario is not asked: --offline"))
        elif not self._is_reached:
            findings.append(skipped("Scenario is not asked until the network works"))
        else:
            from scenario_mcp.doctor.account import examine_account

            for each in found.accounts:
                findings += await examine_account(each, self._of.shell)

    async def _hosts(self, findings: list[Finding]) -> None:
        of = self._of
        problem = await _in_thread(of.home_problem)
        if problem:
            findings.append(wrong(problem, of.shell.set_variable(of.home_variable, "FOLDER")))
            return
        with anyio.fail_after(READ_SECONDS):
            read = self._host_files = await _in_thread(partial(read_host_files, of.machine, of.folder))
        for entry in read.entries:
            of.redaction.learn(secret_values(entry.environment))
            of.redaction.learn(secret_arguments(entry.arguments))
        self._has_read_hosts.set()
        findings += read.findings
        findings += await _in_thread(partial(hosts.find_nothing_configured, of.machine, read.entries, of.shell))
        progress = hosts.HostFindings()
        try:
            await hosts.examine_entries(read.entries, of.machine, of.shell, progress, is_offline=of.is_offline)
        finally:
            findings += progress.findings
        findings += entry_problems.twins(read.entries, of.shell)
        findings += entry_problems.misplaced(read.misplaced, of.shell)
        await _in_thread(lambda: findings.extend(entry_problems.open_to_others(read.entries, of.shell)))
        await _in_thread(lambda: findings.extend(leftovers.find_leftovers(of.machine, of.folder, read, of.shell)))


async def _in_thread(function: Callable[[], ResultT]) -> ResultT:
    """Run what may wait for a drive; it is left alone when its time is over."""
    return await anyio.to_thread.run_sync(function, abandon_on_cancel=True)


def _again(circumstances: Circumstances) -> str:
    return f"Try again: {circumstances.shell.own('doctor')}"


def _unexpected(error: BaseException, circumstances: Circumstances) -> Finding:
    """Tell of a check that failed itself."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    if isinstance(error, ImportError):
        return skipped(f"Not looked at: the module {error.name} is missing")
    if isinstance(error, TimeoutError):
        return wrong(
            "The files of hosts could not be read in time: a drive of theirs does not answer", _again(circumstances)
        )
    report = circumstances.shell.own("doctor", "--json")
    return wrong(
        f"This check failed ({type(error).__name__})",
        f"Tell the authors of scenario-mcp, with what this says: {report}",
    )
