"""Sockets that listen for HTTP."""

import asyncio
import errno
import socket

import pytest

from scenario_mcp.listeners import listen, port_problem


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
async def test_answers_of_an_accepted_connection_leave_at_once(host: str) -> None:
    has_no_delay: asyncio.Future[bool] = asyncio.get_running_loop().create_future()

    def accepted(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connection = writer.get_extra_info("socket")
        has_no_delay.set_result(bool(connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)))
        writer.close()

    with listen(host, 0) as listener:
        async with await asyncio.start_server(accepted, sock=listener):
            _, writer = await asyncio.open_connection(*listener.getsockname()[:2])
            assert await has_no_delay
            writer.close()


def test_a_port_in_use_cannot_be_bound() -> None:
    with listen("127.0.0.1", 0) as listener, pytest.raises(OSError, match="in use"):
        listen("127.0.0.1", listener.getsockname()[1])


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (
            OSError(errno.EADDRINUSE, "Address already in use (while attempting to bind)"),
            "Port 80 of host.example is taken by another program. Choose another --port, or 0 for any free one.",
        ),
        (
            PermissionError(errno.EACCES, "Permission denied"),
            "Port 80 of host.example is reserved for the system. Choose another --port, or 0 for any free one.",
        ),
        (
            OSError(errno.EADDRNOTAVAIL, "Cannot assign requested address"),
            "host.example is not an address of this machine. Choose another --host.",
        ),
        (
            socket.gaierror(socket.EAI_NONAME, "Name or service not known"),
            "host.example is not a known host name. Choose another --host.",
        ),
        (
            OSError(errno.EMFILE, "Too many open files (while attempting to bind)"),
            (
                "Port 80 of host.example cannot be opened: Too many open files. Choose another --port, or 0 for any "
                "free one."
            ),
        ),
    ],
)
def test_a_port_that_cannot_be_had_is_explained(error: OSError, sentence: str) -> None:
    assert port_problem("host.example", 80, error) == sentence
