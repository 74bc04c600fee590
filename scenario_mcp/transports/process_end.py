"""The end of the process: begun once, by a signal or the end of the input, and over in time whatever still runs."""

import asyncio
import os
import signal
import threading
from collections.abc import Callable

END_SECONDS = 0.8
"""How long the process may go on once its end has begun."""
_SIGNALS = (signal.SIGINT, signal.SIGTERM)


class ProcessEnd:
    """Ends the process within END_SECONDS of the first request to end it: no thread at work can hold it up."""

    def __init__(self) -> None:
        self.has_begun = False

    def begin(self) -> None:
        """Let the end begin; later requests change nothing."""
        if self.has_begun:
            return
        self.has_begun = True
        for number in _SIGNALS:
            # A second signal is ignored. (With SIG_IGN, Python complains of one that arrives right now.)
            signal.signal(number, lambda *_: None)
        # Python waits for worker threads before it exits.
        watchdog = threading.Timer(END_SECONDS, os._exit, (0,))
        watchdog.daemon = True
        watchdog.start()

    def begin_on_signals(self, cancel: Callable[[], None]) -> None:
        """Begin the end on SIGINT or SIGTERM, and cancel what the event loop is doing.

        The event loop's own way restores the default handlers when the loop closes, before the process has ended.
        """
        loop = asyncio.get_running_loop()

        def stop() -> None:
            self.begin()
            cancel()

        for number in _SIGNALS:
            signal.signal(number, lambda *_: loop.call_soon_threadsafe(stop))
