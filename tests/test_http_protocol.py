"""Answers of uvicorn's servers."""

import asyncio
from typing import Any

import uvicorn

from scenario_mcp.http_protocol import OnePieceProtocol
from scenario_mcp.listeners import listen
from tests.support.segments import pieces_of_answers

REQUEST = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"


async def app(_scope: Any, _receive: Any, send: Any) -> None:
    """Answer in two messages, as every framework does."""
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"20000")]})
    await send({"type": "http.response.body", "body": b"x" * 20000})


async def test_each_answer_on_a_kept_connection_arrives_in_one_piece() -> None:
    config = uvicorn.Config(app, http=OnePieceProtocol, lifespan="off", log_config=None)
    config.load()
    server = uvicorn.Server(config)
    server.lifespan = config.lifespan_class(config)
    with listen("127.0.0.1", 0) as listener:
        await server.startup([listener])
        port = listener.getsockname()[1]
        pieces = await asyncio.to_thread(pieces_of_answers, port, REQUEST, 100)
        await server.shutdown([listener])
    assert pieces == [1] * 100
