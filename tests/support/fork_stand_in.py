"""Stands in for a process that is forked: `python -I -S fork_stand_in.py SOCKET ARGUMENT...`; see `forked_command`.

It hands its descriptors on, passes on signals, and ends with the exit code. It imports little, since it is started anew
each time.
"""

import json
import os
import signal
import socket
import sys
from types import FrameType


def main() -> None:
    """Ask for the process, and wait for its end."""
    descriptors = [number for number in range(3) if _is_open(number)]
    link = socket.socket(socket.AF_UNIX)
    link.connect(sys.argv[1])
    asked = {
        "arguments": sys.argv[2:],
        "environ": dict(os.environ),
        "folder": os.getcwd(),  # noqa: PTH109  # pathlib would double what this imports
        "descriptors": descriptors,
    }
    socket.send_fds(link, [b"f"], descriptors)
    link.sendall(json.dumps(asked).encode() + b"\n")
    for number in descriptors:  # whoever reads what the other writes sees its end
        os.close(number)
    lines = link.makefile("rb")
    process_id = int(lines.readline())

    def pass_on(number: int, _: FrameType | None) -> None:
        os.kill(process_id, number)

    signal.signal(signal.SIGINT, pass_on)
    signal.signal(signal.SIGTERM, pass_on)
    code = int(lines.readline())
    os._exit(code if code >= 0 else 128 - code)


def _is_open(number: int) -> bool:
    try:
        os.fstat(number)
    except OSError:
        return False
    return True


main()
