"""Ctrl-C in a command: it ends the process at once, unless something must be put in order first.

It is not raised during imports: extensions in C and Rust make other exceptions of it, with tracebacks.
"""

import os
import signal
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

EXIT_INTERRUPTED = 130
"""Exit code of a command that Ctrl-C has ended, as shells count it: 128 and the number of SIGINT."""

ResultT = TypeVar("ResultT")


@contextmanager
def restored() -> Iterator[None]:
    """Put the handler of SIGINT back afterwards."""
    if threading.current_thread() is not threading.main_thread():
        yield  # only the main thread may set handlers
        return
    previous = signal.getsignal(signal.SIGINT)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, previous)


@contextmanager
def raised() -> Iterator[None]:
    """Let Ctrl-C raise `KeyboardInterrupt` here, where a terminal's mode or a file is put back in `finally`."""
    with restored():
        if threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGINT, signal.default_int_handler)
        yield


def run(function: Callable[..., Awaitable[ResultT]], *arguments: object) -> ResultT:
    """Run a coroutine function to its end, and return what it returns; the first Ctrl-C cancels it, a second ends all.

    `KeyboardInterrupt` is raised outside of the event loop only: inside, tasks and their groups would report it.

    Raises:
        KeyboardInterrupt: SIGINT came, and what was going on has been cancelled.

    """
    import anyio

    async def cancelled_by_interrupt() -> tuple[ResultT] | None:
        with anyio.CancelScope() as scope:
            previous = _listen(scope.cancel)
            try:
                return (await function(*arguments),)
            finally:
                if previous is not None and not scope.cancel_called:
                    signal.signal(signal.SIGINT, previous)
        return None

    result = anyio.run(cancelled_by_interrupt)
    if result is None:
        raise KeyboardInterrupt
    return result[0]


def end_at_once(exit_code: int = EXIT_INTERRUPTED) -> None:
    """Let Ctrl-C end the process from now on, with this exit code and without a word."""
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGINT, lambda *_: os._exit(exit_code))


def _listen(cancel: Callable[[], None]) -> "signal._HANDLER":
    """Let the first SIGINT cancel, the second one end the process; return the handler until now, None if it stays."""
    if threading.current_thread() is not threading.main_thread():
        return None  # only the main thread may set handlers
    import asyncio

    loop = asyncio.get_running_loop()

    def interrupt(*_: object) -> None:
        end_at_once()
        loop.call_soon_threadsafe(cancel)

    return signal.signal(signal.SIGINT, interrupt)
