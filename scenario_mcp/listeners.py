"""Sockets that listen for HTTP, so that no answer on a connection waits for a segment to fill."""

import errno
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


def port_problem(host: str, port: int, error: OSError) -> str:
    """Say in a sentence why a port cannot be listened on, and what to do."""
    where, another = f"Port {port} of {host}", "Choose another --port, or 0 for any free one."
    if error.errno == errno.EADDRINUSE:
        return f"{where} is taken by another program. {another}"
    if error.errno == errno.EACCES:
        return f"{where} is reserved for the system. {another}"
    if error.errno == errno.EADDRNOTAVAIL:
        return f"{host} is not an address of this machine. Choose another --host."
    if isinstance(error, socket.gaierror):
        return f"{host} is not a known host name. Choose another --host."
    reason = (error.strerror or type(error).__name__).partition(" (")[0]  # Python adds where it was tried
    return f"{where} cannot be opened: {reason}. {another}"
