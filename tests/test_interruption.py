"""Ctrl-C while a coroutine runs."""

import signal
import subprocess
import sys
from collections.abc import Iterator

import anyio
import anyio.lowlevel
import pytest

from scenario_mcp import interruption

SECOND = """
import signal, anyio
from scenario_mcp import interruption

async def endless() -> None:
    try:
        signal.raise_signal(signal.SIGINT)
        await anyio.sleep_forever()
    finally:
        print("ends", flush=True)
        signal.raise_signal(signal.SIGINT)
        print("never comes here")

interruption.run(endless)
"""


@pytest.fixture(autouse=True)
def _handler() -> Iterator[None]:
    before = signal.getsignal(signal.SIGINT)
    yield
    signal.signal(signal.SIGINT, before)


def test_without_an_interruption_it_returns_the_result_and_keeps_the_handler() -> None:
    before = signal.getsignal(signal.SIGINT)

    async def double(number: int) -> int:
        await anyio.lowlevel.checkpoint()
        return 2 * number

    assert interruption.run(double, 21) == 42
    assert signal.getsignal(signal.SIGINT) is before


@pytest.mark.promise(number=16)
def test_the_first_one_cancels_what_runs_which_ends_in_order() -> None:
    ended = []

    async def endless() -> None:
        try:
            async with anyio.create_task_group() as group:
                group.start_soon(anyio.sleep_forever)
                signal.raise_signal(signal.SIGINT)
        finally:
            ended.append(True)

    with pytest.raises(KeyboardInterrupt):
        interruption.run(endless)
    assert ended == [True]


@pytest.mark.promise(number=16)
@pytest.mark.processes
def test_the_second_one_ends_the_process_without_a_word() -> None:
    finished = subprocess.run(  # noqa: S603  # our own code
        [sys.executable, "-c", SECOND], capture_output=True, text=True, timeout=30, check=False
    )
    assert (finished.returncode, finished.stdout, finished.stderr) == (130, "ends\n", "")


def test_where_something_must_be_put_back_it_is_raised() -> None:
    before = signal.getsignal(signal.SIGINT)
    with pytest.raises(KeyboardInterrupt), interruption.raised():
        signal.raise_signal(signal.SIGINT)
    assert signal.getsignal(signal.SIGINT) is before


@pytest.mark.processes
def test_elsewhere_in_a_command_it_ends_the_process_without_a_word() -> None:
    program = (
        "import signal; from scenario_mcp import cli; from scenario_mcp.commands import token; "
        "token.run = lambda *_: signal.raise_signal(signal.SIGINT); cli.run(['token', 'x'])"
    )
    finished = subprocess.run(  # noqa: S603  # our own code
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=30, check=False
    )
    assert (finished.returncode, finished.stdout, finished.stderr) == (130, "", "")
