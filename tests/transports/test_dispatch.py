"""Each request is answered once by its own task: unless its client cancels it, and even when the messages end first."""

import asyncio
import gc
import json
from collections.abc import AsyncIterator
from typing import Any

import mcp_types as types
import pytest
from mcp.server.context import ServerRequestContext
from mcp.server.lowlevel import Server

from scenario_mcp.transports import dispatch, jsonrpc
from tests.support.raw_stdio import ENVELOPE, HANDSHAKE, INITIALIZED, Message, call, cancel, ping, request, stateless

Context = ServerRequestContext[None]
SECONDS = 5.0


class Client:
    """Sends messages one by one, and keeps what comes back; the messages end with `close`."""

    def __init__(self) -> None:
        self.begun: list[str] = []
        self.received: list[Message] = []
        self.settled: list[types.RequestId] = []
        self._messages: asyncio.Queue[types.JSONRPCMessage | None] = asyncio.Queue()
        self._has_come = asyncio.Condition()

    def send(self, *messages: Message) -> None:
        for message in messages:
            parsed = jsonrpc.parse(json.dumps(message).encode())
            assert not isinstance(parsed, bytes)
            self._messages.put_nowait(parsed)

    def close(self) -> None:
        self._messages.put_nowait(None)

    async def messages(self) -> AsyncIterator[types.JSONRPCMessage]:
        while (message := await self._messages.get()) is not None:
            yield message

    async def write(self, line: bytes) -> None:
        self.received.append(json.loads(line))
        async with self._has_come:
            self._has_come.notify_all()

    def settle(self, request_id: types.RequestId) -> None:
        self.settled.append(request_id)

    async def until(self, count: int) -> list[Message]:
        async with self._has_come:
            await asyncio.wait_for(self._has_come.wait_for(lambda: len(self.received) >= count), SECONDS)
        return self.received


def server(client: Client, release: asyncio.Event) -> Server[Any]:
    """Return a server whose tool `wait` waits for the event, and whose tool `fail` fails."""

    async def run(context: Context, params: types.CallToolRequestParams) -> types.CallToolResult:
        client.begun.append(params.name)
        await context.session.report_progress(0.5, 1)
        if params.name == "fail":
            raise ValueError("a secret of the server")
        if params.name == "wait":
            await release.wait()
        return types.CallToolResult(content=[types.TextContent(text=params.name)])

    return Server("test", on_call_tool=run)


async def played(*messages: Message, until: int, then: tuple[Message, ...] = (), more: int = 0) -> Client:
    """Return a client that has sent messages, waited for so many answers, sent more, waited again, and left."""
    client = Client()
    serving = asyncio.create_task(dispatch.serve(server(client, asyncio.Event()), client.messages(), client))
    client.send(*messages)
    await client.until(until)
    client.send(*then)
    await client.until(until + more)
    client.close()
    await asyncio.wait_for(serving, SECONDS)
    return client


def refused(client: Client, request_id: object) -> dict[str, Any]:
    (error,) = [each["error"] for each in client.received if each.get("id") == request_id]
    assert isinstance(error, dict)
    return error


OPENINGS = {"2025-11-25": (HANDSHAKE, INITIALIZED), "2026-07-28": ()}
ERAS = pytest.mark.parametrize("era", OPENINGS)


def of(era: str, *messages: Message) -> tuple[Message, ...]:
    """Return the messages as a client of this era sends them."""
    if OPENINGS[era]:
        return messages
    return tuple(
        {**each, "params": {**each["params"], "_meta": {**ENVELOPE, **each["params"].get("_meta", {})}}}
        for each in messages
    )


@ERAS
async def test_quick_requests_are_answered_while_slow_ones_wait(era: str) -> None:
    opening = OPENINGS[era]
    client = await played(*opening, *of(era, call(1, "wait"), call(2, "quick")), until=len(opening[:1]) + 1)
    assert client.begun == ["wait", "quick"]
    (quick,) = [each for each in client.received if each.get("id") == 2]
    assert quick["result"]["content"] == [{"type": "text", "text": "quick"}]


@ERAS
async def test_what_is_under_way_when_the_messages_end_is_told_so(era: str) -> None:
    opening = OPENINGS[era]
    client = await played(*opening, *of(era, call(1, "wait"), call("two", "wait"), ping(3)), until=len(opening[:1]) + 1)
    for request_id in (1, "two"):
        assert refused(client, request_id) == {"code": types.CONNECTION_CLOSED, "message": "Connection closed"}
        assert client.settled.count(request_id) == 1


@ERAS
async def test_a_cancelled_request_is_not_answered_not_even_at_the_end(era: str) -> None:
    opening = OPENINGS[era]
    begun = (*opening, *of(era, call(1, "wait"), call(2, "quick")))
    client = await played(*begun, until=len(opening[:1]) + 1, then=(cancel("1"), *of(era, call(3, "quick"))), more=1)
    assert [each["id"] for each in client.received if each.get("id")] == [2, 3]


async def test_a_request_that_is_cancelled_before_it_begins_is_not_answered() -> None:
    client = await played(HANDSHAKE, INITIALIZED, call(1, "wait"), cancel(1), ping(2), until=2)
    assert client.begun == []
    assert [each["id"] for each in client.received] == [HANDSHAKE["id"], 2]


async def test_no_task_is_kept_that_is_over() -> None:
    client = Client()
    serving = asyncio.create_task(dispatch.serve(server(client, asyncio.Event()), client.messages(), client))
    client.send(HANDSHAKE, INITIALIZED, call(1, "wait"), cancel(1), call(2, "wait"), call(3, "quick"), ping(4))
    await client.until(3)
    client.send(cancel(2), ping(5))
    await client.until(4)
    gc.collect()  # a task that was cancelled refers to itself
    tasks = [each for each in gc.get_objects() if isinstance(each, asyncio.Task) and each.done()]
    assert [each for each in tasks if "_Dispatch" in repr(each)] == []
    client.close()
    await asyncio.wait_for(serving, SECONDS)


async def test_the_id_of_a_cancelled_request_may_come_again() -> None:
    again = (cancel(1), call(1, "quick"), cancel(7))
    client = await played(HANDSHAKE, INITIALIZED, call(1, "wait"), ping(2), until=2, then=again, more=1)
    assert client.begun == ["wait", "quick"]
    assert [each["id"] for each in client.received] == [HANDSHAKE["id"], 2, 1]
    assert "result" in client.received[-1]


async def test_a_client_that_has_shaken_hands_is_refused_a_stateless_request() -> None:
    client = await played(HANDSHAKE, INITIALIZED, stateless(call(1, "quick")), until=2)
    assert refused(client, 1)["code"] == types.INVALID_REQUEST
    assert client.begun == []


async def test_a_stateless_client_is_refused_a_handshake_and_told_the_protocols() -> None:
    client = await played(stateless(call(1, "quick")), HANDSHAKE, until=2)
    error = refused(client, HANDSHAKE["id"])
    assert error["code"] == types.UNSUPPORTED_PROTOCOL_VERSION
    assert error["data"] == {"supported": ["2026-07-28"], "requested": "2025-11-25"}


async def test_a_stateless_request_of_an_unknown_protocol_is_refused() -> None:
    envelope = {**ENVELOPE, "io.modelcontextprotocol/protocolVersion": "2099-01-01"}
    client = await played(request(1, "tools/call", name="quick", _meta=envelope), until=1)
    assert refused(client, 1)["code"] == types.UNSUPPORTED_PROTOCOL_VERSION


@ERAS
async def test_what_fails_unforeseen_is_told_without_its_words(era: str) -> None:
    opening = OPENINGS[era]
    client = await played(*opening, *of(era, call(1, "fail")), until=len(opening[:1]) + 1)
    assert refused(client, 1) == {"code": types.INTERNAL_ERROR, "message": "Internal server error"}


@ERAS
async def test_progress_is_told_to_who_asks_for_it(era: str) -> None:
    asking = call(1, "quick")
    asking["params"]["_meta"] = {"progressToken": "mine"}
    opening = OPENINGS[era]
    client = await played(*opening, *of(era, asking, call(2, "quick")), until=len(opening[:1]) + 3)
    told = [each["params"] for each in client.received if each.get("method") == "notifications/progress"]
    assert told == [{"progressToken": "mine", "progress": 0.5, "total": 1}]


async def test_messages_before_the_handshake_do_no_harm() -> None:
    early = request("early", "tools/call", name="quick")
    client = await played({"jsonrpc": "2.0", "method": "notifications/x"}, early, HANDSHAKE, call(1, "quick"), until=3)
    assert refused(client, "early")["code"] == types.INVALID_PARAMS
    assert client.begun == ["quick"]
