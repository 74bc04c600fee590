"""Sockets that listen for HTTP, so that no answer on a connection waits for a segment to fill."""

import socket

DEFAULT_BACKLOG = 128


def listen(host: str, port: int, *, backlog: int = DEFAULT_BACKLOG) -> socket.socket:
    """Bind a TCP port of a host; port 0 takes a free one.

    `socket.create_server` leaves the protocol at 0. asyncio sets TCP_NODELAY only where the protocol is TCP; without
    it each further answer on a kept connection waits about 40 ms for the client's acknowledgement.

    Raises:
        OSError: the port cannot be bound.

    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    bound = socket.create_server((host, port), family=family, backlog=backlog)
    return socket.socket(bound.family, bound.type, socket.IPPROTO_TCP, fileno=bound.detach())
