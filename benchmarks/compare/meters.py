"""CPU time and memory of a process, read from outside."""

import sys
import time

import psutil

_CPU_CLOCK = 2  # of a process: Linux, include/linux/posix-timers.h, CPUCLOCK_SCHED


def cpu_seconds(process_id: int) -> float:
    """Return the CPU time, user and system, that a process and its threads have used so far.

    On Linux in nanoseconds, from the clock of that process; /proc counts in hundredths of a second.
    """
    if sys.platform == "linux":
        return time.clock_gettime(~process_id << 3 | _CPU_CLOCK)
    else:  # noqa: RET505  # mypy takes what follows a return on another system for unreachable
        times = psutil.Process(process_id).cpu_times()
        return float(times.user + times.system)


def resident_megabytes(process_id: int) -> float:
    """Return the resident memory, shared pages included."""
    return float(psutil.Process(process_id).memory_info().rss / 2**20)
