"""The server, whose stack is looked at every few milliseconds of its CPU time, between two signals.

    SAMPLES=file.json python -m benchmarks.sampled

Unlike cProfile, whose own work falls on every function that is called, it makes small functions no dearer than they
are. What the kernel and functions in C take counts as part of the Python function that called them. The file gets a
list of stacks, the innermost function first, each with how often it was seen.
"""

import json
import os
import runpy
import signal
from collections import Counter
from pathlib import Path
from types import CodeType, FrameType

EVERY_SECONDS = 0.001
"""Of CPU time; the kernel's clock may make more of it."""
BEGIN, END = signal.SIGUSR1, signal.SIGUSR2

Function = tuple[str, str]
"""A function by its file and its qualified name."""

_seen: Counter[tuple[CodeType, ...]] = Counter()


def _look(_number: int, frame: FrameType | None) -> None:
    stack = []
    while frame is not None:
        stack.append(frame.f_code)
        frame = frame.f_back
    _seen[tuple(stack)] += 1


def _begin(*_: object) -> None:
    signal.set_wakeup_fd(-1)  # or each look would wake the event loop
    signal.signal(signal.SIGPROF, _look)
    signal.setitimer(signal.ITIMER_PROF, EVERY_SECONDS, EVERY_SECONDS)


def _end(*_: object) -> None:
    signal.setitimer(signal.ITIMER_PROF, 0)
    stacks = [([(code.co_filename, code.co_qualname) for code in stack], count) for stack, count in _seen.items()]
    Path(os.environ["SAMPLES"]).write_text(json.dumps(stacks), "utf-8")


if __name__ == "__main__":
    signal.signal(BEGIN, _begin)
    signal.signal(END, _end)
    runpy.run_module("scenario_mcp", run_name="__main__", alter_sys=True)
