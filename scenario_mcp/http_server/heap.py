"""The heap of a server's process: what has been freed goes back to the system, with the GNU C library.

That library gives threads heaps of their own, and raises its limits for what it gives back whenever something large is
freed. Pictures that are made smaller in threads, and kept, then hold 30 MB of free memory between them.
"""

import ctypes
import os
from contextlib import suppress

HEAPS = 1
"""Python runs one thread at a time, so threads rarely wait for each other here."""
KEPT_BYTES = 1 << 20
"""At most so much free memory is kept at the end of the heap."""
APART_BYTES = 1 << 18
"""A block of this size or more is taken from the system by itself, and given back as soon as it is freed."""

_TRIM_THRESHOLD, _MMAP_THRESHOLD, _ARENA_MAX = -1, -3, -8
"""Options of mallopt(3), from the library's malloc.h."""


def give_back_what_is_free() -> None:
    """Limit what the C library keeps, before the first thread begins; an operator's own settings of it stand."""
    if any(name.startswith("MALLOC_") or name == "GLIBC_TUNABLES" for name in os.environ):
        return
    with suppress(OSError, AttributeError, TypeError):  # another C library or system
        set_option = ctypes.CDLL(None).mallopt
        for option, value in ((_ARENA_MAX, HEAPS), (_TRIM_THRESHOLD, KEPT_BYTES), (_MMAP_THRESHOLD, APART_BYTES)):
            set_option(option, value)
