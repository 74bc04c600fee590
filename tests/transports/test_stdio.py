"""What goes over standard input and output: nothing but the protocol, and an answer to everything that wants one."""

import asyncio
import codecs
import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import pytest
from mcp.client import Client
from mcp.client.stdio import StdioServerParameters, stdio_client

from scenario_mcp.transports import stdio
from scenario_mcp.transports.stdio_threads import BLOCK_BYTES, ReadingThread, WritingThread
from tests.support.raw_stdio import (
    HANDSHAKE,
    INITIALIZED,
    SANDBOX,
    SECONDS,
    Ends,
    Message,
    Server,
    call,
    one_socket,
    ping,
    request,
    run_on_files,
    started,
    stateless,
    terminal,
)

PROTOCOLS = ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"]
GUIDE = "scenario://guide/search"

NOT_JSON = {"code": -32700, "message": "That is not JSON."}
NOT_UTF8 = {"code": -32700, "message": "That is not UTF-8."}
NOT_PLAIN = {"code": -32700, "message": "That is not JSON, or not plain UTF-8."}
NO_MESSAGE = {"code": -32600, "message": "That is JSON, but not a JSON-RPC 2.0 message."}
BEYOND_BOUNDS = {"code": -32600, "message": "That is nested too deeply, or a number in it is too long."}
BAD_ID = {"code": -32600, "message": "An id must be a string of Unicode characters or a whole number."}
TOO_LONG = {"code": -32600, "message": "A message may have 16777216 bytes."}

SERVER_OF_OUR_OWN = """
import sys
import anyio, mcp_types as types
from mcp.server.lowlevel import Server
from mcp.shared.exceptions import MCPError
from scenario_mcp.transports import stdio

async def list_tools(context, params):
    print("a stray print")
    sys.stdout.write("and a stray write\\n")
    assert sys.stdin.read() == ""
    return types.ListToolsResult(tools=[])

async def call_tool(context, params):
    await context.session.report_progress(1, 2, "half of \\ud83d")
    if params.name == "fails":
        raise MCPError(-32603, "It failed at \\udcff.", data={"\\ud800": ["\\udfff", 1]})
    content = [types.TextContent(text="caf\\u00e9 \\ud800 \\U0001f600")]
    return types.CallToolResult(content=content, structured_content={"text": "\\udc00"})

anyio.run(stdio.serve, Server("own", on_list_tools=list_tools, on_call_tool=call_tool))
"""


def _deep(levels: int) -> bytes:
    return b'{"jsonrpc":"2.0","id":21,"method":"ping","params":{"a":' + b"[" * levels + b"]" * levels + b"}}"


async def _refusals(server: Server, *cases: tuple[bytes, Any, dict[str, Any]]) -> None:
    """Send each line; it is refused so, and a good request after it is answered."""
    for line, request_id, error in cases:
        expected = {"jsonrpc": "2.0", "id": request_id, "error": error}
        assert await server.ask(line) == expected, line[:200]
        assert await server.ask(ping("next")) == {"jsonrpc": "2.0", "id": "next", "result": {}}


# --- clients of every kind ------------------------------------------------------------------------------------------


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
    parameters = StdioServerParameters(command=SANDBOX[0], args=list(SANDBOX[1:]), env=dict(os.environ))
    async with Client(stdio_client(parameters), mode="2026-07-28") as client:
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
    async with started(("sh", "-c", f'exec "$@" {closing}', "sh", *SANDBOX)) as server:
        await server.seconds_to_exit(time.monotonic())
        assert server.complaints() == ""


# --- input ----------------------------------------------------------------------------------------------------------


async def test_what_is_no_message_is_answered_and_the_server_goes_on() -> None:
    async with started() as server:
        await server.shake_hands()
        await _refusals(
            server,
            (b"not json", None, NOT_JSON),
            (b'{"jsonrpc":"2.0","id":1,"method":"ping"', None, NOT_JSON),
            (b'{"jsonrpc":"2.0","id":1,"method":"ping"}\x00', None, NOT_JSON),
            (b'{"jsonrpc":"2.0","id":1,"method":"pi\x00ng"}', None, NOT_JSON),
            (b"\x00", None, NOT_JSON),
            ('{"jsonrpc":"2.0","id":1,"method":"ping"}'.encode("utf-16-le"), None, NOT_JSON),
            (b"\xff\xfe", None, NOT_UTF8),
            (b'{"jsonrpc":"2.0","id":7,"method":"p\xffing"}', 7, NOT_UTF8),
            (b'{"method":"ping","params":{"a":"caf\xe9"},"jsonrpc":"2.0","id":"x-8"}', "x-8", NOT_UTF8),
            (b'{"jsonrpc":"2.0","id":"\xed\xa0\x80","method":"ping"}', None, NOT_UTF8),
            (b"17", None, NO_MESSAGE),
            (b"null", None, NO_MESSAGE),
            (b"[]", None, NO_MESSAGE),
            (b'[{"jsonrpc":"2.0","id":1,"method":"ping"}]', None, NO_MESSAGE),
            (b'{"id": 5}', 5, NO_MESSAGE),
            (b'{"id": "five", "method": "ping"}', "five", NO_MESSAGE),
            (b'{"jsonrpc": "1.0", "id": 5, "method": "ping"}', 5, NO_MESSAGE),
            (b'{"jsonrpc": "2.0", "id": 5, "method": 1}', 5, NO_MESSAGE),
            (b'{"jsonrpc": "2.0", "id": 5, "method": "ping", "params": [1]}', 5, NO_MESSAGE),
            (b'{"jsonrpc": "2.0", "id": 5, "method": "ping", "params": "x"}', 5, NO_MESSAGE),
            (b'{"jsonrpc": "2.0", "id": true, "method": 1}', None, NO_MESSAGE),
        )
        assert server.complaints() == ""


async def test_bad_ids_and_deep_json_are_refused_since_their_senders_wait() -> None:
    async with started() as server:
        await server.shake_hands()
        ids = (b"null", b"1.5", b"1.0", b"true", b"{}", b"[1]", b"NaN", b'"\\ud800"')
        await _refusals(
            server,
            *((b'{"jsonrpc":"2.0","id":%b,"method":"ping"}' % each, None, BAD_ID) for each in ids),
            (b'{"jsonrpc":"2.0","id":%b,"method":"ping"}' % (b"9" * 5000), None, BEYOND_BOUNDS),
            (b'{"jsonrpc":"2.0","id":3,"method":"ping","params":{"a":%b}}' % (b"9" * 5000), 3, BEYOND_BOUNDS),
            (_deep(500), 21, BEYOND_BOUNDS),
            (_deep(5000), 21, BEYOND_BOUNDS),
            (b"[" * 5000 + b"]" * 5000, None, BEYOND_BOUNDS),
        )
        for request_id in (0, -1, 10**30, "", "0", "1.5", "\N{GRINNING FACE}", "x" * 10_000):
            assert (await server.ask(ping(request_id)))["id"] == request_id
        assert await server.ask(_deep(100)) == {"jsonrpc": "2.0", "id": 21, "result": {}}
        assert server.complaints() == ""


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
            "message": "Invalid request parameters",
            "data": "",
        }
        assert server.complaints() == ""


async def test_calls_with_the_same_id_are_both_answered() -> None:
    async with started() as server:
        await server.shake_hands()
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


async def test_half_a_character_in_a_request_is_replaced_or_refused() -> None:
    async with started() as server:
        await server.shake_hands()
        search = (
            rb'{"jsonrpc":"2.0","id":1,"method":"tools/call",'
            rb'"params":{"name":"search_assets","arguments":{"query":"castle\ud83d","limit":1}}}'
        )
        assert not (await server.ask(search))["result"].get("isError")
        for line, request_id in (
            (rb'{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"\ud800","arguments":{}}}', 2),
            (search.replace(b'"query"', rb'"qu\udfffery"').replace(b":1,", b":3,"), 3),
            (rb'{"jsonrpc":"2.0","id":4,"method":"resources/read","params":{"uri":"scenario://\ud800"}}', 4),
            (rb'{"jsonrpc":"2.0","id":5,"method":"pi\ud800ng"}', 5),
            (
                rb'{"jsonrpc":"2.0","id":6,"method":"prompts/get","params":{"name":"\ud800","arguments":{"\udc00":"x"}}}',
                6,
            ),
        ):
            answer = await server.ask(line)
            assert answer["id"] == request_id
            assert "error" in answer or answer["result"]["isError"]
        assert server.complaints() == ""


def _peak_megabytes(server: Server) -> float:
    """Return the most that it has had in memory: some 56 MB before any message, and twice a message as it grows."""
    status = Path(f"/proc/{server.process.pid}/status").read_text("ascii")
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


async def test_a_message_that_is_too_long_is_refused_under_its_id_and_the_next_one_served() -> None:
    filling = b"x" * (stdio.MAX_LINE_BYTES - 1_000_000)
    longer = filling + b"x" * 2_000_000
    id_first = b'{"jsonrpc":"2.0","id":31,"method":"ping","params":{"a":"%b"}}'
    id_last = b'{"method":"ping","params":{"a":"%b"},"jsonrpc":"2.0","id":"33"}'
    async with started() as server:
        await server.shake_hands()
        assert await server.ask(id_first % filling) == {"jsonrpc": "2.0", "id": 31, "result": {}}
        await _refusals(
            server,
            (id_first % longer, 31, TOO_LONG),
            (id_last % longer, "33", TOO_LONG),
            (b'"' + longer + b'"', None, TOO_LONG),
            ((id_first % filling).replace(b"xx", rb"\ud800", 1), 31, NOT_PLAIN),
            (b'"' + filling, None, NOT_PLAIN),
        )
        assert _peak_megabytes(server) < 150
        assert server.complaints() == ""


async def test_a_message_of_very_many_values_is_refused_before_it_is_parsed() -> None:
    crowd = b'{"jsonrpc":"2.0","id":7,"method":"ping","params":{"a":[' + b"[]," * 5_000_000 + b"1]}}"
    async with started() as server:
        await server.shake_hands()
        answer = await server.ask(crowd)
        assert answer == {
            "jsonrpc": "2.0",
            "id": 7,
            "error": {"code": -32600, "message": "A message may hold 200000 values."},
        }
        assert await server.ask(ping(1)) == {"jsonrpc": "2.0", "id": 1, "result": {}}
        assert _peak_megabytes(server) < 150


async def test_a_message_without_an_end_takes_little_memory() -> None:
    async with started() as server:
        await server.shake_hands()
        for _ in range(100):
            await server.send_part(b"x" * 1_000_000)
        assert await server.ask(b"") == {"jsonrpc": "2.0", "id": None, "error": TOO_LONG}
        assert await server.ask(ping(1)) == {"jsonrpc": "2.0", "id": 1, "result": {}}
        assert _peak_megabytes(server) < 150


# --- output ---------------------------------------------------------------------------------------------------------


async def test_answers_are_utf8_in_every_locale() -> None:
    environ = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "PYTHONIOENCODING": "latin-1"}
    query = 'sch\N{LATIN SMALL LETTER O WITH DIAERESIS}n "\N{GRINNING FACE}"'
    async with started(SANDBOX, environ) as server:
        await server.shake_hands()
        answer = await server.ask(call(2, "search_assets", query=query, limit=query))
        assert answer["result"]["isError"]
        assert query.replace('"', "'") in answer["result"]["content"][0]["text"]


async def test_what_a_handler_prints_goes_to_stderr() -> None:
    async with started((sys.executable, "-c", SERVER_OF_OUR_OWN)) as server:
        await server.shake_hands()
        assert "result" in await server.ask(request(1, "tools/list"))
        begin = time.monotonic()
        server.close_input()
        assert await server.rest() == []
        await server.seconds_to_exit(begin)
        assert server.complaints() == "a stray print\nand a stray write\n"


async def test_half_a_character_in_an_answer_is_replaced() -> None:
    async with started((sys.executable, "-c", SERVER_OF_OUR_OWN)) as server:
        await server.shake_hands()
        asked = request(1, "tools/call", name="works", arguments={}, _meta={"progressToken": "half"})
        assert (await server.ask(asked))["params"]["message"] == "half of \N{REPLACEMENT CHARACTER}"
        result = (await server.receive())["result"]
        assert result["content"] == [{"type": "text", "text": "café \N{REPLACEMENT CHARACTER} \N{GRINNING FACE}"}]
        assert result["structuredContent"] == {"text": "\N{REPLACEMENT CHARACTER}"}
        failed = await server.ask(request(2, "tools/call", name="fails", arguments={}))
        assert failed["error"]["message"] == "It failed at \N{REPLACEMENT CHARACTER}."
        assert await server.ask(ping(3)) == {"jsonrpc": "2.0", "id": 3, "result": {}}
        assert server.complaints() == ""


# --- files, terminals: what a thread reads and writes ---------------------------------------------------------------

IMPATIENT = """
from scenario_mcp import cli
from scenario_mcp.transports import stdio
stdio.LAST_ANSWERS_SECONDS = 0
cli.run(["--sandbox"])
"""
WITHOUT_PATIENCE = (sys.executable, "-c", IMPATIENT)
"""A client behind a pipe that closes its end would get no answer from it."""
HALF_A_CHARACTER = (
    rb'{"jsonrpc":"2.0","id":"half","method":"tools/call",'
    rb'"params":{"name":"search_assets","arguments":{"query":"castle\ud83d","limit":1}}}'
)


def _lines(*messages: Message | bytes) -> bytes:
    return b"".join((each if isinstance(each, bytes) else json.dumps(each).encode()) + b"\n" for each in messages)


async def test_every_line_of_a_file_is_answered_before_the_exit(tmp_path: Path) -> None:
    lines = _lines(
        codecs.BOM_UTF8 + json.dumps(HANDSHAKE).encode() + b"\r",
        INITIALIZED,
        b"",
        b"not json",
        b'{"id": "five", "method": "ping"}',
        b'{"jsonrpc":"2.0","id":7,"method":"p\xffing"}',
        request(8, "no/such\u202e\x07" + "x" * 5000),
        b'{"jsonrpc":"2.0","id":9,"method":"ping","params":{"a":"%b"}}' % (b"x" * 40_000_000),
        HALF_A_CHARACTER,
        *(call(each, "search_assets", query="a", limit=1 + each % 7) for each in range(100, 150)),
    )
    answers, complaints = await run_on_files(tmp_path, lines + json.dumps(ping("last")).encode(), WITHOUT_PATIENCE)
    assert complaints == ""
    errors = [answer for answer in answers if "error" in answer]
    assert sorted(errors, key=lambda answer: str(answer["id"])) == [
        {"jsonrpc": "2.0", "id": 7, "error": NOT_UTF8},
        {
            "jsonrpc": "2.0",
            "id": 8,
            "error": {"code": -32601, "message": "Method not found", "data": "no/such" + "x" * 192 + "…"},
        },
        {"jsonrpc": "2.0", "id": 9, "error": TOO_LONG},
        {"jsonrpc": "2.0", "id": None, "error": NOT_JSON},
        {"jsonrpc": "2.0", "id": "five", "error": NO_MESSAGE},
    ]
    results = {answer["id"]: answer["result"] for answer in answers if "result" in answer}
    assert results.keys() == {0, "half", "last", *range(100, 150)}
    assert len(answers) == len(errors) + len(results)
    assert not results["half"].get("isError")
    for each in range(100, 150):
        assert results[each]["structuredContent"]["returned"] == 1 + each % 7


async def test_a_handshake_alone_in_a_file_is_answered(tmp_path: Path) -> None:
    (answer,), complaints = await run_on_files(tmp_path, _lines(HANDSHAKE))
    assert answer["result"]["serverInfo"]["name"] == "scenario-mcp"
    assert complaints == ""


async def test_an_empty_file_ends_it(tmp_path: Path) -> None:
    assert await run_on_files(tmp_path, b"") == ([], "")


async def test_discovery_and_a_handshake_in_a_file_are_both_answered(tmp_path: Path) -> None:
    lines = _lines(stateless(request("probe", "server/discover")), HANDSHAKE, INITIALIZED, request(1, "tools/list"))
    answers, _ = await run_on_files(tmp_path, lines)
    assert [answer["id"] for answer in answers if "result" in answer] == ["probe", 0, 1]


async def test_what_a_handler_prints_while_files_are_served_goes_to_stderr(tmp_path: Path) -> None:
    lines = _lines(HANDSHAKE, INITIALIZED, request(1, "tools/list"), request(2, "tools/call", name="works"))
    command = (sys.executable, "-c", SERVER_OF_OUR_OWN)
    environ = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "PYTHONIOENCODING": "latin-1"}
    answers, complaints = await run_on_files(tmp_path, lines, command, environ)
    assert complaints == "a stray print\nand a stray write\n"
    results = {answer["id"]: answer["result"] for answer in answers}
    assert results.keys() == {0, 1, 2}
    text = "café \N{REPLACEMENT CHARACTER} \N{GRINNING FACE}"
    assert results[2]["content"] == [{"type": "text", "text": text}]


@pytest.mark.parametrize("connect", [terminal, one_socket])
async def test_a_client_behind_a_terminal_or_one_socket_is_answered(connect: Callable[[], Ends]) -> None:
    async with started(connect=connect) as server:
        await server.shake_hands()
        assert not (await server.ask(HALF_A_CHARACTER))["result"].get("isError")
        await _refusals(
            server,
            (b"not json", None, NOT_JSON),
            (b'{"jsonrpc":"2.0","id":7,"method":"p\xffing"}', 7, NOT_UTF8),
            (b'{"jsonrpc": "2.0", "id": 5, "method": 1}', 5, NO_MESSAGE),
        )
        answer = await server.ask(call(1, "search_assets", query="a", limit=50))
        assert answer["result"]["structuredContent"]["returned"] == 50
        assert server.complaints() == ""


async def test_a_reader_of_a_files_answers_may_be_slow(tmp_path: Path) -> None:
    (tmp_path / "calls").write_bytes(
        _lines(HANDSHAKE, INITIALIZED, *(request(each, "resources/read", uri=GUIDE) for each in range(1, 101)))
    )
    async with started(
        ("sh", "-c", 'in=$1; shift; exec "$@" < "$in"', "sh", str(tmp_path / "calls"), *SANDBOX)
    ) as server:
        server.stop_reading()
        await server.until_the_pipe_fills()
        server.read_on()
        answers = await server.rest()
        await server.seconds_to_exit(time.monotonic())
    assert sorted(answer["id"] for answer in answers) == [*range(101)]
    assert all("result" in answer for answer in answers)


class _Events(asyncio.Protocol):
    def __init__(self) -> None:
        self.seen: asyncio.Queue[str] = asyncio.Queue()

    def pause_writing(self) -> None:
        self.seen.put_nowait("wait")

    def resume_writing(self) -> None:
        self.seen.put_nowait("go on")

    def connection_lost(self, error: Exception | None) -> None:
        self.seen.put_nowait(f"closed by {type(error).__name__}")


async def test_a_thread_lets_its_writer_go_on_when_all_is_written() -> None:
    ours, theirs = os.pipe()
    events = _Events()
    with os.fdopen(ours, "rb") as reading, os.fdopen(theirs, "wb", buffering=0) as stream:
        writing = WritingThread(stream, events)
        writing.write(b"x" * 1_000_000)  # far more than a pipe holds
        assert events.seen.get_nowait() == "wait"
        assert await asyncio.to_thread(reading.read, 500_000) == b"x" * 500_000
        assert events.seen.empty()
        assert await asyncio.to_thread(reading.read, 500_000) == b"x" * 500_000
        assert await asyncio.wait_for(events.seen.get(), SECONDS) == "go on"
        writing.close()
        assert await asyncio.wait_for(events.seen.get(), SECONDS) == "closed by NoneType"


async def test_a_thread_tells_when_nobody_can_read_any_more() -> None:
    ours, theirs = os.pipe()
    os.close(ours)
    events = _Events()
    with os.fdopen(theirs, "wb", buffering=0) as stream:
        WritingThread(stream, events).write(b"x")
        assert await asyncio.wait_for(events.seen.get(), SECONDS) == "wait"
        assert await asyncio.wait_for(events.seen.get(), SECONDS) == "closed by BrokenPipeError"


async def test_a_thread_reads_hardly_ahead_of_its_reader(tmp_path: Path) -> None:
    content = os.urandom(40 * BLOCK_BYTES)
    (tmp_path / "large").write_bytes(content)
    reader = asyncio.StreamReader(limit=1000)
    with (tmp_path / "large").open("rb", buffering=0) as stream:
        ReadingThread(stream, asyncio.StreamReaderProtocol(reader))
        taken, leads = b"", []
        while part := await asyncio.wait_for(reader.read(1000), SECONDS):
            taken += part
            await asyncio.to_thread(lambda: None)  # the other thread may read on meanwhile
            leads.append(os.lseek(stream.fileno(), 0, os.SEEK_CUR) - len(taken))
    assert taken == content
    assert max(leads) <= 2 * BLOCK_BYTES


# --- many at once ---------------------------------------------------------------------------------------------------


async def test_the_answers_in_flight_still_arrive_when_the_client_closes_its_end() -> None:
    async with started() as server:
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
            begin = time.monotonic()
            await server.send(*(call(each, "search_assets", query="a", limit=1 + each % 7) for each in range(200)))
            answers = [await server.receive() for _ in range(200)]
            assert time.monotonic() - begin < 5
            assert sorted(answer["id"] for answer in answers) == list(range(200))
            assert all(answer["result"]["structuredContent"]["returned"] == 1 + answer["id"] % 7 for answer in answers)
            used.append((process.num_fds(), process.num_threads()))
        assert used[1] == used[2]
        assert server.complaints() == ""


async def test_a_client_that_reads_late_gets_every_answer() -> None:
    """The pipe holds some 64 KB: what is beyond waits in the server until the client reads on."""
    async with started() as server:
        await server.shake_hands()
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
