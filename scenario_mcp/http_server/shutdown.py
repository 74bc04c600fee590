"""Shutdown: what SIGTERM and SIGINT do to one process, so that no call is lost and no person waits."""

import asyncio
import logging
import signal
import threading

from scenario_mcp.http_server.drain import Drain

LAST_CALLS_OF_A_PERSON_SECONDS = 1.0
"""How long calls in flight may still take after SIGINT, which a person sends."""


def drain_on_signals(drain: Drain, drain_seconds: float) -> None:
    """Let SIGTERM first begin to drain, and only `drain_seconds` later reach uvicorn, which then refuses new calls.

    A second SIGTERM ends that wait. After SIGINT there is none, and calls in flight get a moment.

    Uvicorn has installed its own handlers by now, which are passed the signals later. A subclass of its `Server` with
    a `handle_exit` of ours would not do: its supervisor of several workers makes servers of its own class.
    """
    if threading.current_thread() is not threading.main_thread():
        return  # signals are the main thread's, and this one is a test's
    for number in (signal.SIGTERM, signal.SIGINT):
        _SignalHandler(number, drain, drain_seconds).install()


class _SignalHandler:
    """Handles one signal before the handler that was there."""

    def __init__(self, number: signal.Signals, drain: Drain, drain_seconds: float) -> None:
        self._number = number
        self._drain = drain
        self._drain_seconds = drain_seconds
        self._loop = asyncio.get_running_loop()
        self._previous = signal.getsignal(number)

    def install(self) -> None:
        signal.signal(self._number, lambda *_: self._loop.call_soon_threadsafe(self._begin))

    def _begin(self) -> None:
        waits = self._number == signal.SIGTERM and not self._drain.has_begun
        self._drain.begin()
        self._loop.call_later(self._drain_seconds if waits else 0, self._pass_on)
        if self._number == signal.SIGINT:
            self._loop.call_later(LAST_CALLS_OF_A_PERSON_SECONDS, self._cut_off)

    def _cut_off(self) -> None:
        """End without the calls in flight: uvicorn takes a second SIGINT for impatience."""
        logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)  # calls that are cut off are no errors now
        self._pass_on()

    def _pass_on(self) -> None:
        if callable(self._previous):
            self._previous(self._number, None)
