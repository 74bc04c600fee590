"""Files, terminals and sockets: what one thread reads and one writes."""

import asyncio
import codecs
import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from scenario_mcp.hosts.launch import own_launch
from scenario_mcp.terminal import introduction
from scenario_mcp.transports.stdio_threads import BLOCK_BYTES, ReadingThread, WritingThread
from tests.support.forked import forked_command
from tests.support.raw_stdio import (
    HANDSHAKE,
    INITIALIZED,
    LIVE,
    SECONDS,
    Ends,
    Message,
    call,
    one_socket,
    ping,
    request,
    run_on_files,
    started,
    stateless,
    terminal,
)
from tests.transports.refusals import NO_MESSAGE, NOT_JSON, NOT_UTF8, OWN_SERVER, TOO_LONG, check_refusals

pytestmark = pytest.mark.processes

GUIDE = "scenario://guide/search"
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
    command = OWN_SERVER
    environ = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "PYTHONIOENCODING": "latin-1"}
    answers, complaints = await run_on_files(tmp_path, lines, command, environ)
    assert complaints == "a stray print\nand a stray write\n"
    results = {answer["id"]: answer["result"] for answer in answers}
    assert results.keys() == {0, 1, 2}
    text = "café \N{REPLACEMENT CHARACTER} \N{GRINNING FACE}"
    assert results[2]["content"] == [{"type": "text", "text": text}]


@pytest.mark.parametrize(("connect", "said"), [(terminal, introduction.WAITING), (one_socket, "")])
async def test_a_client_behind_a_terminal_or_one_socket_is_answered(connect: Callable[[], Ends], said: str) -> None:
    async with started(connect=connect) as server:
        await server.shake_hands()
        assert not (await server.ask(HALF_A_CHARACTER))["result"].get("isError")
        await check_refusals(
            server,
            (b"not json", None, NOT_JSON),
            (b'{"jsonrpc":"2.0","id":7,"method":"p\xffing"}', 7, NOT_UTF8),
            (b'{"jsonrpc": "2.0", "id": 5, "method": 1}', 5, NO_MESSAGE),
        )
        answer = await server.ask(call(1, "search_assets", query="a", limit=50))
        assert answer["result"]["structuredContent"]["returned"] == 50
        assert server.complaints() == said


async def test_a_host_that_talks_through_a_terminal_needs_no_option() -> None:
    environ = {"SCENARIO_MCP_SANDBOX": "1", "PATH": ""}
    async with started(LIVE, environ, connect=terminal) as server:
        await server.shake_hands()
        assert not (await server.ask(call(1, "search_assets", query="knight")))["result"].get("isError")
        assert server.complaints() == introduction.introduce(own_launch(environ).shown)


async def test_a_reader_of_a_files_answers_may_be_slow(tmp_path: Path) -> None:
    (tmp_path / "calls").write_bytes(
        _lines(HANDSHAKE, INITIALIZED, *(request(each, "resources/read", uri=GUIDE) for each in range(1, 101)))
    )
    async with started(
        ("sh", "-c", 'in=$1; shift; exec "$@" < "$in"', "sh", str(tmp_path / "calls"), *forked_command("--sandbox"))
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
