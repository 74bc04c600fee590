"""The heap of a process: threads share one, and what they have freed goes back to the system."""

import ctypes
import os
import platform
import re
import subprocess
import sys
from pathlib import Path

import pytest

from scenario_mcp.http_server import heap

IN_THREADS = """
import ctypes, sys, threading
from scenario_mcp.http_server import heap

heap.give_back_what_is_free()
allocated = threading.Barrier(4)

def allocate():
    kept = bytes(5_000)
    allocated.wait()

threads = [threading.Thread(target=allocate) for _ in range(4)]
[each.start() for each in threads]; [each.join() for each in threads]
library = ctypes.CDLL(None)
library.fopen.restype = ctypes.c_void_p
file = ctypes.c_void_p(library.fopen(sys.argv[1].encode(), b"w"))
library.malloc_info(0, file)
library.fclose(file)
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="another C library has heaps of another kind")
@pytest.mark.parametrize("environ", [{}, {"MALLOC_ARENA_MAX": "8"}], ids=["by itself", "with a setting"])
def test_threads_share_a_heap_unless_the_operator_has_settings_of_it(environ: dict[str, str], tmp_path: Path) -> None:
    told = tmp_path / "told.xml"
    own = {name: value for name, value in os.environ.items() if not name.startswith(("MALLOC_", "GLIBC_"))}
    subprocess.run([sys.executable, "-c", IN_THREADS, str(told)], env={**own, **environ}, timeout=60, check=True)  # noqa: S603  # our own code
    heaps = re.findall('<heap nr="', told.read_text("utf-8"))
    assert (len(heaps) == 1) == (not environ)


def test_with_another_c_library_it_is_left_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MALLOC_ARENA_MAX", raising=False)
    monkeypatch.delenv("GLIBC_TUNABLES", raising=False)
    monkeypatch.setattr(ctypes, "CDLL", lambda _name: object())
    heap.give_back_what_is_free()
