"""The suite in several processes, forked from one that has collected it: pytest-xdist collects anew in each worker.

Collecting thousands of cases, and rewriting their assertions, is a tenth of the suite's work.
"""

import atexit
import gc
import os
import tempfile
import traceback
from collections.abc import Iterator
from itertools import groupby
from multiprocessing import Pipe
from multiprocessing.connection import Connection, wait
from typing import Any, NamedTuple

import pytest
from _pytest.capture import FDCapture

BESIDE_NICE = 3
"""How far those who begin with other tests stand back, so that tests which measure time are not held up."""
WORTH_TELLING_SECONDS = 0.1
"""How long a setup or teardown takes that is reported though it passed: for `--durations`."""


def starts_processes(item: pytest.Item) -> bool:
    """Return whether the test starts processes or measures time: see the marker `processes`."""
    return item.get_closest_marker("processes") is not None


class _Queue:
    """Numbers of test files that processes share: each takes the next, until none is left."""

    def __init__(self, numbers: list[int]) -> None:
        self._end, start = os.pipe()
        for number in numbers:
            os.write(start, number.to_bytes(4))  # a pipe holds 16,000 of them, before anybody reads
        os.close(start)

    def __iter__(self) -> Iterator[int]:
        while taken := os.read(self._end, 4):
            yield int.from_bytes(taken)


class Forks:
    """A plugin of pytest that runs what was collected in so many processes, a test file at a time."""

    def __init__(self, count: int) -> None:
        self._count = count

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool | None:
        if session.testsfailed or session.config.option.collectonly:
            return None  # pytest itself says it
        files = [list(items) for _, items in groupby(session.items, lambda item: (starts_processes(item), item.path))]
        numbers = range(len(files))
        alone = _Queue([number for number in numbers if starts_processes(files[number][0])])
        beside = _Queue([number for number in numbers if not starts_processes(files[number][0])])
        gc.collect()
        gc.freeze()
        running: dict[Connection, int] = {}
        try:
            for worker in range(self._count):
                receiver, sender = Pipe(duplex=False)
                process_id = os.fork()
                if process_id == 0:
                    queues = (beside, alone) if worker else (alone, beside)  # so no two of the former run at once
                    os.nice(BESIDE_NICE if worker else 0)
                    _work(session, (item for queue in queues for number in queue for item in files[number]), sender)
                sender.close()
                running[receiver] = process_id
            _follow(session, running)
        finally:
            for receiver, process_id in running.items():
                receiver.close()  # a worker ends at its next report
                os.waitpid(process_id, 0)
        return True


class _Reporter:
    """A plugin of pytest that sends each report to the process that shows them."""

    def __init__(self, config: pytest.Config, sender: Connection) -> None:
        self._config = config
        self._sender = sender

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if not report.passed or report.when == "call" or report.duration > WORTH_TELLING_SECONDS:
            self._sender.send(self._config.hook.pytest_report_to_serializable(config=self._config, report=report))


def _capture_apart(manager: Any) -> None:
    """Put files of this process in the place of those that pytest captures to, where others keep those open."""
    capture = getattr(manager, "_global_capturing", None)
    if capture is None:
        return
    manager.suspend_global_capture()  # each test resumes it
    for stream in capture.out, capture.err:
        if isinstance(stream, FDCapture):
            with tempfile.TemporaryFile() as own:
                os.dup2(own.fileno(), stream.tmpfile.fileno())


class _Death(NamedTuple):
    """Why a process ends before its time."""

    words: str


def _work(session: pytest.Session, items: Iterator[pytest.Item], sender: Connection) -> None:
    """Run the tests, send their reports, and end the process."""
    code = 1
    try:
        atexit._clear()  # what the other process has registered is its own to do
        plugins = session.config.pluginmanager
        _capture_apart(plugins.getplugin("capturemanager"))
        plugins.unregister(plugins.getplugin("terminalreporter"))
        plugins.register(_Reporter(session.config, sender))
        current = next(items, None)
        while current:
            following = next(items, None)
            session.config.hook.pytest_runtest_protocol(item=current, nextitem=following)
            sender.send(current.nodeid)
            current = following
        atexit._run_exitfuncs()
        code = 0
    except Exception:  # noqa: BLE001  # told by the other process
        sender.send(_Death(traceback.format_exc()))
    finally:
        sender.close()
        os._exit(code)


def _follow(session: pytest.Session, running: dict[Connection, int]) -> None:
    """Show what the processes report until all have ended; a test that none has finished has failed."""
    hook = session.config.hook
    unfinished = {item.nodeid: item for item in session.items}
    open_ones = set(running)
    failure = "The process that was to run this test has died, in it or in one before."
    while open_ones:
        for each in wait(list(open_ones)):
            assert isinstance(each, Connection)
            try:
                told = each.recv()
            except EOFError:
                open_ones.discard(each)
                continue
            if isinstance(told, _Death):
                failure += f"\n{told.words}"
                continue
            if isinstance(told, str):
                del unfinished[told]
                continue
            report = hook.pytest_report_from_serializable(config=session.config, data=told)
            hook.pytest_runtest_logreport(report=report)
            if session.shouldfail:
                raise session.Failed(session.shouldfail)
    for item in unfinished.values():
        report = pytest.TestReport(item.nodeid, item.location, {}, "failed", failure, "call")
        hook.pytest_runtest_logreport(report=report)
