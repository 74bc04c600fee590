"""Sockets that listen for HTTP."""

import asyncio
import socket

import pytest

from scenario_mcp.listeners import listen


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
