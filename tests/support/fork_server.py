"""A process that has imported the server, and forks one for each that asks: `python -m tests.support.fork_server FD`.

Nine tenths of a start are the SDK's imports, the same each time. What follows is the start itself: the package's
`__main__` in a process of its own, with its own descriptors, arguments and environment.
"""

import gc
import json
import os
import runpy
import select
import signal
import socket
import sys
import threading
from typing import Any

from scenario_mcp.transports import lazy_sdk

PATIENCE_SECONDS = 30


def main() -> None:
    """Fork until standard input ends; a forked process runs the package, or the program after `-c`, as Python does."""
    # In the order of the real start: over stdio nothing of the server over HTTP is asked for, though it is loaded.
    lazy_sdk.defer_packages()
    import scenario_mcp.cli
    import scenario_mcp.http_server.service
    import scenario_mcp.sandbox.app
    import scenario_mcp.server.app
    import scenario_mcp.transports.stdio  # all for those that are forked

    scenario_mcp.server.app.load_handlers()
    assert threading.active_count() == 1, "a thread does not survive a fork"
    gc.collect()
    gc.freeze()
    listener = socket.socket(fileno=int(sys.argv[1]))
    asked = _serve(listener)
    if asked is None:
        return
    if asked[0:1] == ["-c"]:
        sys.argv[:] = ["-c", *asked[2:]]
        exec(asked[1], {"__name__": "__main__"})  # noqa: S102  # a test's own program
    else:
        sys.argv[1:] = asked
        runpy.run_module("scenario_mcp", run_name="__main__", alter_sys=True)


def _serve(listener: socket.socket) -> list[str] | None:
    """Take connections; return the arguments in each process that is forked, and None at the end of the input."""
    while True:
        readable, _, _ = select.select([listener, sys.stdin], [], [])
        _reap()
        if sys.stdin in readable:
            return None
        link, _ = listener.accept()
        if os.fork() == 0:
            listener.close()
            return _watch(link)
        link.close()


def _reap() -> None:
    """Wait for those that have ended, so that what they took is counted."""
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        pass


def _watch(link: socket.socket) -> list[str]:
    """Fork what is asked for, return its arguments there; here tell its id, then its exit code, and end."""
    link.settimeout(PATIENCE_SECONDS)
    _, descriptors, _, _ = socket.recv_fds(link, 1, 3)
    with link.makefile("rb") as lines:
        asked: dict[str, Any] = json.loads(lines.readline())
    process_id = os.fork()
    if process_id == 0:
        link.close()
        _become(dict(zip(asked["descriptors"], descriptors, strict=True)), asked["environ"])
        os.chdir(asked["folder"])
        arguments: list[str] = asked["arguments"]
        return arguments
    for each in (*descriptors, 0, 1, 2):  # whoever reads what it writes sees its end
        os.close(each)
    link.sendall(b"%d\n" % process_id)
    if hasattr(os, "pidfd_open"):
        process = os.pidfd_open(process_id)
        if process not in select.select([process, link.fileno()], [], [])[0]:  # whoever asked has died
            os.kill(process_id, signal.SIGKILL)
    _, status = os.waitpid(process_id, 0)
    link.sendall(b"%d\n" % os.waitstatus_to_exitcode(status))
    os._exit(0)


def _become(descriptors: dict[int, int], environ: dict[str, str]) -> None:
    """Make this process one that was started with these descriptors, of 0 to 2, and this environment."""
    for target in range(3):
        if target in descriptors:
            os.dup2(descriptors[target], target)
            os.close(descriptors[target])
        else:
            os.close(target)
    os.environ.clear()
    os.environ.update(environ)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    encoding, errors = sys.stdout.encoding, sys.stdout.errors
    for name, descriptor, mode, strictness, buffering in (
        ("stdin", 0, "r", errors, -1),
        ("stdout", 1, "w", errors, -1),
        ("stderr", 2, "w", "backslashreplace", 1),
    ):
        stream = None
        if descriptor in descriptors:
            stream = os.fdopen(descriptor, mode, buffering, encoding, strictness, closefd=False)
        setattr(sys, name, stream)
        setattr(sys, f"__{name}__", stream)


if __name__ == "__main__":
    main()
