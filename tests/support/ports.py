"""Ports of this machine for programs that cannot take any free one and tell which."""

import random
import socket

_NEVER_HANDED_OUT = range(16_000, 32_768)
"""Systems take ports for connections, and for servers on port 0, from above: Linux from 32,768, others from 49,152."""


def free_ports(count: int) -> list[int]:
    """Return different ports of the loopback address that nobody listens on.

    No connection and no server on port 0 takes one of them before the program that it is for.
    """
    found: list[int] = []
    for port in random.SystemRandom().sample(_NEVER_HANDED_OUT, len(_NEVER_HANDED_OUT)):
        if len(found) == count:
            break
        try:
            socket.create_server(("127.0.0.1", port)).close()
        except OSError:
            continue
        found.append(port)
    return found
