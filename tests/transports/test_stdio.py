"""What goes over standard input and output: nothing but the protocol, and an answer to everything that wants one."""

import asyncio
import json
import os
import sys
import time
from collections.abc import Callable

import psutil
import pytest
from mcp.client import Client
from mcp.client.stdio import StdioServerParameters, stdio_client

from scenario_mcp.transports import stdio
from tests.support.faulty_upstream import Behaviour, Upstream, answer, then_silent
from tests.support.forked import forked_command
from tests.support.raw_stdio import (
    HANDSHAKE,
    INITIALIZED,
    LIVE,
    NOISE_SECONDS,
    SANDBOX,
    SECONDS,
    Message,
    Server,
    call,
    cancel,
    live,
    ping,
    request,
    started,
    stateless,
    until,
)
from tests.transports.refusals import NOT_PLAIN, OWN_SERVER, TOO_LONG, check_refusals, peak_megabytes

pytestmark = pytest.mark.processes

MODULE_LOOP = pytest.mark.asyncio(loop_scope="module")
PROTOCOLS = ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"]
ERAS: dict[str, Callable[[Message], Message]] = {"2025-11-25": lambda message: message, "2026-07-28": stateless}
GUIDE = "scenario://guide/search"
SILENT = then_silent(b"")
"""Takes a request and never answers it."""


PROGRAM = """
import sys
from scenario_mcp import cli
from scenario_mcp.transports import stdio
stdio.LAST_ANSWERS_SECONDS = 60
cli.run(sys.argv[1:])
"""
PATIENT = (sys.executable, "-c", PROGRAM)
"""At the end of its input it waits long for answers that somebody waits for."""


async def _arrival(upstream: Upstream) -> None:
    await asyncio.wait_for(upstream.arrived.wait(), SECONDS)


# --- clients of every kind -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("protocol", PROTOCOLS)
async def test_a_client_of_each_handshake_protocol_searches_and_reads_a_picture(protocol: str) -> None:
    async with started() as server:
        params = {"protocolVersion": protocol, "capabilities": {}, "clientInfo": {"name": "test", "version": "1"}}
        assert (await server.ask({**HANDSHAKE, "params": params}))["result"]["protocolVersion"] == protocol
        await server.send(INITIALIZED)
        answer = await server.ask(call(1, "search_assets", query="knight", limit=1, offset=0))
        (hit,) = json.loads(answer["result"]["content"][0]["text"])["hits"]
        (contents,) = (await server.ask(request(2, "resources/read", uri=hit["uri"])))["result"]["contents"]
        assert contents["mimeType"] == "image/webp"


async def test_a_client_of_the_stateless_protocol_searches() -> None:
    command = forked_command("--sandbox")
    parameters = StdioServerParameters(command=command[0], args=command[1:], env=dict(os.environ))
    async with Client(stdio_client(parameters, errlog=sys.stderr), mode="2026-07-28") as client:
        result = await client.call_tool("search_models", {"query": "ink"})
        assert client.protocol_version == "2026-07-28"
    assert result.structured_content["returned"] > 0


async def test_a_client_that_gives_up_on_discovery_may_still_shake_hands() -> None:
    """The Vercel AI SDK waits one second for `server/discover`, then sends `initialize` on the same pipe."""
    async with started() as server:
        assert "result" in await server.ask(stateless(request("probe", "server/discover")))
        assert (await server.ask(HANDSHAKE))["result"]["protocolVersion"] == "2025-11-25"
        await server.send(INITIALIZED)
        answer = await server.ask(request(1, "tools/list"))
        assert "search_assets" in [tool["name"] for tool in answer["result"]["tools"]]


@pytest.mark.parametrize("closing", ["<&-", ">&-"])
async def test_without_a_client_it_ends(closing: str) -> None:
    async with started(("sh", "-c", f'exec "$@" {closing}', "sh", *forked_command("--sandbox"))) as server:
        await server.seconds_to_exit(time.monotonic())
        assert server.complaints() == ""


# --- input -----------------------------------------------------------------------------------------------------------


async def test_marks_and_line_ends_of_other_systems_do_no_harm() -> None:
    async with started() as server:
        await server.send(b"\xef\xbb\xbf" + json.dumps(HANDSHAKE).encode() + b"\r")
        assert (await server.receive())["result"]["serverInfo"]["name"] == "scenario-mcp"
        await server.send(INITIALIZED, b"", b"   ", b"\r", b"\t\r", b"\xef\xbb\xbf\r")
        assert await server.ask(json.dumps(ping(1)).encode() + b"\r") == {"jsonrpc": "2.0", "id": 1, "result": {}}


async def test_messages_out_of_order_do_no_harm() -> None:
    async with started() as server:
        await server.send({"jsonrpc": "2.0", "method": "notifications/no_such"}, {"jsonrpc": "2.0", "method": "x"})
        assert (await server.ask(request(1, "tools/list")))["error"]["code"] == -32602  # it has not shaken hands
        assert await server.ask(ping(2)) == {"jsonrpc": "2.0", "id": 2, "result": {}}
        await server.shake_hands()
        await server.send({"jsonrpc": "2.0", "id": 77, "result": {}}, {"jsonrpc": "2.0", "id": "x", "result": {}})
        await server.send({"jsonrpc": "2.0", "id": None, "error": {"code": 1, "message": "?"}}, INITIALIZED)
        await server.send({"jsonrpc": "2.0", "method": "notifications/no_such", "params": {}})
        await server.shake_hands()
        assert "result" in await server.ask(request(3, "tools/list"))
        unknown = await server.ask(request(4, "no/such\u202e\x07" + "x" * 5000))
        assert unknown["error"] == {"code": -32601, "message": "Method not found", "data": "no/such" + "x" * 192 + "…"}
        assert (await server.ask({"jsonrpc": "2.0", "id": 5, "method": "tools/call", "params": {}}))["error"] == {
            "code": -32602,
            "message": "Invalid request parameters: params.name is missing.",
        }
        assert server.complaints() == ""


@MODULE_LOOP
async def test_calls_with_the_same_id_are_both_answered(server: Server) -> None:
    await server.send(*[call(1, "search_assets", query="castle", limit=1)] * 2, *[ping("1")] * 2)
    assert sorted([str((await server.receive())["id"]) for _ in range(4)]) == ["1"] * 4
    assert await server.ask(ping(2)) == {"jsonrpc": "2.0", "id": 2, "result": {}}


async def test_cancelling_what_there_is_not_does_no_harm() -> None:
    async with started() as server:
        await server.shake_hands()
        await server.send({"jsonrpc": "2.0", "method": "notifications/cancelled"})
        for request_id in ("{}", "[]", "null", '"x"', "1.5", "true", "7", str(10**30), '"' + "9" * 5000 + '"'):
            params = f'{{"requestId":{request_id}}}'
            await server.send(b'{"jsonrpc":"2.0","method":"notifications/cancelled","params":%b}' % params.encode())
            assert await server.ask(ping(1)) == {"jsonrpc": "2.0", "id": 1, "result": {}}
        assert "Traceback" not in server.complaints()


@pytest.mark.promise(number=12)
@MODULE_LOOP
async def test_a_message_that_is_too_long_is_refused_under_its_id_and_the_next_one_served(server: Server) -> None:
    filling = b"x" * (stdio.MAX_LINE_BYTES - 1_000_000)
    longer = filling + b"x" * 2_000_000
    id_first = b'{"jsonrpc":"2.0","id":31,"method":"ping","params":{"a":"%b"}}'
    id_last = b'{"method":"ping","params":{"a":"%b"},"jsonrpc":"2.0","id":"33"}'
    assert await server.ask(id_first % filling) == {"jsonrpc": "2.0", "id": 31, "result": {}}
    await check_refusals(
        server,
        (id_first % longer, 31, TOO_LONG),
        (id_last % longer, "33", TOO_LONG),
        (b'"' + longer + b'"', None, TOO_LONG),
        ((id_first % filling).replace(b"xx", rb"\ud800", 1), 31, NOT_PLAIN),
        (b'"' + filling, None, NOT_PLAIN),
    )
    assert peak_megabytes(server) < 150
    assert server.complaints() == ""


@MODULE_LOOP
async def test_a_message_without_an_end_takes_little_memory(server: Server) -> None:
    for _ in range(100):
        await server.send_part(b"x" * 1_000_000)
    assert await server.ask(b"") == {"jsonrpc": "2.0", "id": None, "error": TOO_LONG}
    assert await server.ask(ping(1)) == {"jsonrpc": "2.0", "id": 1, "result": {}}
    assert peak_megabytes(server) < 150


# --- output ----------------------------------------------------------------------------------------------------------


async def test_answers_are_utf8_in_every_locale() -> None:
    environ = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "PYTHONIOENCODING": "latin-1"}
    query = 'sch\N{LATIN SMALL LETTER O WITH DIAERESIS}n "\N{GRINNING FACE}"'
    async with started(SANDBOX, environ) as server:
        await server.shake_hands()
        answer = await server.ask(call(2, "search_assets", query=query, limit=query))
        assert answer["result"]["isError"]
        assert query.replace('"', "'") in answer["result"]["content"][0]["text"]


async def test_what_a_handler_prints_goes_to_stderr() -> None:
    async with started(OWN_SERVER) as server:
        await server.shake_hands()
        assert "result" in await server.ask(request(1, "tools/list"))
        begin = time.monotonic()
        server.close_input()
        assert await server.rest() == []
        await server.seconds_to_exit(begin)
        assert server.complaints() == "a stray print\nand a stray write\n"


# --- many at once ----------------------------------------------------------------------------------------------------


@pytest.mark.promise(number=16)
async def test_the_answers_in_flight_still_arrive_when_the_client_closes_its_end() -> None:
    async with started((*PATIENT, "--sandbox")) as server:
        calls = (call(1, "search_assets", query="castle"), call(2, "search_models", query="ink"))
        await server.send(HANDSHAKE, INITIALIZED, *calls)
        server.close_input()
        answers = await server.rest()
    assert sorted(answer["id"] for answer in answers) == [0, 1, 2]
    assert all("error" not in answer for answer in answers)


async def test_two_hundred_calls_at_once_each_get_their_own_answer() -> None:
    async with started() as server:
        await server.shake_hands()
        process = psutil.Process(server.process.pid)
        used: list[tuple[int, int]] = []
        for _ in range(3):
            await server.send(*(call(each, "search_assets", query="a", limit=1 + each % 7) for each in range(200)))
            answers = [await server.receive() for _ in range(200)]
            assert sorted(answer["id"] for answer in answers) == list(range(200))
            assert all(answer["result"]["structuredContent"]["returned"] == 1 + answer["id"] % 7 for answer in answers)
            used.append((process.num_fds(), process.num_threads()))
        (_, (files, _), (files_at_last, threads_at_last)) = used
        assert files_at_last == files
        assert threads_at_last < 50  # anyio lends 40, as many as are busy at once; one for each call would be 200
        assert server.complaints() == ""


@MODULE_LOOP
async def test_a_client_that_reads_late_gets_every_answer(server: Server) -> None:
    """The pipe holds some 64 KB: what is beyond waits in the server until the client reads on."""
    server.stop_reading()
    await server.send(*(call(each, "search_assets", query="a", limit=1 + each % 50) for each in range(200)))
    await server.until_the_pipe_fills()
    await server.send(request("guide", "resources/read", uri=GUIDE), b"not json")
    server.read_on()
    answers = {answer["id"]: answer for answer in [await server.receive() for _ in range(202)]}
    assert answers.keys() == {*range(200), "guide", None}
    for each in range(200):
        assert answers[each]["result"]["structuredContent"]["returned"] == 1 + each % 50
    assert await server.ask(ping("next")) == {"jsonrpc": "2.0", "id": "next", "result": {}}
    assert server.complaints() == ""


# --- cancelling ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("era", ERAS.values(), ids=ERAS)
async def test_a_cancelled_call_drops_its_request_and_is_not_answered(era: Callable[[Message], Message]) -> None:
    behaviours: list[Behaviour] = [SILENT, answer({"hits": [], "total": 0})]
    async with (
        Upstream(*behaviours) as upstream,
        started(PATIENT, live(upstream.base_url)) as server,
    ):
        if era is ERAS["2025-11-25"]:
            await server.shake_hands()
        await server.send(era(call(1, "search_assets", query="castle")))
        await _arrival(upstream)
        begin = time.monotonic()
        await server.send(cancel(1), cancel(1), cancel(77), cancel("no such call"))
        await asyncio.wait_for(upstream.dropped.wait(), SECONDS)
        assert time.monotonic() - begin < 1 + NOISE_SECONDS
        answered = await server.ask(era(call(2, "search_models", query="ink")))
        assert answered["id"] == 2
        assert not answered["result"].get("isError")
        since = time.monotonic()
        server.close_input()
        assert await server.rest() == []
        assert await server.seconds_to_exit(since) < 30  # no time for answers that nobody waits for
        assert server.complaints() == ""


async def test_cancelling_many_calls_leaves_nothing_open() -> None:
    async with Upstream(SILENT) as upstream, started(LIVE, live(upstream.base_url)) as server:
        await server.shake_hands()
        process = psutil.Process(server.process.pid)
        open_files: list[int] = []
        for first in range(0, 60, 20):
            calls = range(first + 1, first + 21)
            upstream.arrived.clear()
            await server.send(*(call(each, "search_assets", query=f"castle {each}") for each in calls))
            await _arrival(upstream)
            await server.send(*map(cancel, calls))
            assert (await server.ask(ping("next")))["id"] == "next"
            await until(lambda: not upstream.in_flight)
            open_files.append(process.num_fds())
        assert open_files[-1] <= open_files[0]
        assert server.complaints() == ""
