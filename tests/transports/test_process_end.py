"""The process ends when it is told to, whatever it is doing, and drops what is cancelled."""

import asyncio
import json
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from scenario_mcp.terminal import introduction
from scenario_mcp.transports import process_end, stdio
from tests.support.faulty_upstream import Upstream, then_silent
from tests.support.forked import forked_command
from tests.support.raw_stdio import (
    END_OF_INPUT,
    HANDSHAKE,
    INITIALIZED,
    LIVE,
    NOISE_SECONDS,
    SANDBOX,
    SECONDS,
    Ends,
    Server,
    call,
    live,
    one_socket,
    ping,
    request,
    started,
    terminal,
    until,
)

pytestmark = pytest.mark.processes

SIGNALS = pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
PROMISED_SECONDS = 2.0
END_SECONDS = PROMISED_SECONDS + NOISE_SECONDS
SILENT = then_silent(b"")
"""Takes a request and never answers it."""

BUSY_THREAD = """
import asyncio, io, threading, time
import anyio, mcp_types as types
from mcp.server.lowlevel import Server
from PIL import Image
from scenario_mcp.pictures.resize import Resizer
from scenario_mcp.transports import stdio

begun = threading.Event()

def work():
    begun.set()
    time.sleep(60)

def shrink():
    buffer = io.BytesIO()
    Image.effect_noise((2500, 2500), 90).save(buffer, "PNG")
    task = asyncio.ensure_future(Resizer().fit(buffer.getvalue(), pixels=2500, max_bytes=100))
    begun.set()
    return task

async def list_tools(context, params):
    global task
    task = {begin}
    begun.wait(20)
    return types.ListToolsResult(tools=[])

anyio.run(stdio.serve, Server("busy", on_list_tools=list_tools))
"""
"""A server that leaves a thread at work behind its answer."""
BEGINNINGS = {
    "a picture": "shrink()",
    "a look-up of a name": "asyncio.get_running_loop().run_in_executor(None, work)",
}


async def _arrival(upstream: Upstream) -> None:
    await asyncio.wait_for(upstream.arrived.wait(), SECONDS)


@pytest.mark.promise(number=16)
def test_what_it_waits_for_at_the_end_is_shorter_than_promised() -> None:
    """A machine that is not busy adds little to it."""
    assert stdio.LAST_ANSWERS_SECONDS + process_end.END_SECONDS < PROMISED_SECONDS


@pytest.mark.promise(number=16)
@SIGNALS
async def test_a_signal_ends_it_while_it_is_idle(number: signal.Signals) -> None:
    async with started() as server:
        await server.shake_hands()
        assert await server.seconds_to_end(number) < END_SECONDS
        assert server.complaints() == ""


@SIGNALS
async def test_a_signal_ends_it_and_its_calls_on_an_upstream_that_hangs(number: signal.Signals) -> None:
    async with Upstream(SILENT) as upstream, started(LIVE, live(upstream.base_url)) as server:
        await server.shake_hands()
        await server.send(*(call(each, "search_assets", query=f"castle {each}") for each in range(1, 9)))
        await _arrival(upstream)
        assert await server.seconds_to_end(number) < END_SECONDS
        assert server.complaints() == ""
        await asyncio.wait_for(upstream.dropped.wait(), SECONDS)


async def test_many_signals_in_a_row_do_not_hurt() -> None:
    async with Upstream(SILENT) as upstream, started(LIVE, live(upstream.base_url)) as server:
        await server.shake_hands()
        await server.send(call(1, "search_assets", query="castle"))
        await _arrival(upstream)
        server.process.send_signal(signal.SIGINT)
        assert await server.seconds_to_end(signal.SIGTERM, times=20) < END_SECONDS
        assert server.complaints() == ""


async def test_a_signal_while_it_ends_by_itself_does_not_hurt() -> None:
    async with Upstream(SILENT) as upstream, started(LIVE, live(upstream.base_url)) as server:
        await server.shake_hands()
        await server.send(call(1, "search_assets", query="castle"))
        await _arrival(upstream)
        server.close_input()
        assert await server.seconds_to_end(signal.SIGTERM, times=5) < END_SECONDS
        assert server.complaints() == ""


async def test_a_signal_ends_it_in_the_middle_of_a_line() -> None:
    async with started() as server:
        await server.shake_hands()
        await server.send_part(b'{"jsonrpc": "2.0", "id": 1, "meth')
        assert await server.seconds_to_end(signal.SIGTERM) < END_SECONDS
        assert server.complaints() == ""


async def _fill_the_pipe(server: Server) -> None:
    """Ask for far more than the pipe holds, and wait until it fills."""
    await server.shake_hands()
    server.stop_reading()
    await server.send(*(request(each, "resources/read", uri="scenario://guide/search") for each in range(1, 101)))
    await server.until_the_pipe_fills()


async def test_a_signal_ends_it_while_large_answers_are_not_read() -> None:
    async with started() as server:
        await _fill_the_pipe(server)
        assert await server.seconds_to_end(signal.SIGTERM) < END_SECONDS
        assert server.complaints() == ""


async def test_the_end_of_input_ends_it_while_large_answers_are_not_read() -> None:
    async with started() as server:
        await _fill_the_pipe(server)
        begin = time.monotonic()
        server.close_input()
        assert await server.seconds_to_exit(begin) < END_SECONDS
        assert server.complaints() == ""


async def test_the_end_of_input_ends_it_while_it_is_idle() -> None:
    async with started() as server:
        await server.shake_hands()
        begin = time.monotonic()
        server.close_input()
        assert await server.seconds_to_exit(begin) < END_SECONDS
        assert server.complaints() == ""


async def test_the_end_of_input_in_the_middle_of_a_line_is_answered_and_ends_it() -> None:
    async with started() as server:
        await server.shake_hands()
        await server.send_part(b'{"jsonrpc": "2.0", "id": 1, "meth')
        begin = time.monotonic()
        server.close_input()
        assert [each["error"]["code"] for each in await server.rest()] == [-32700]
        assert await server.seconds_to_exit(begin) < END_SECONDS
        assert server.complaints() == ""


@pytest.mark.promise(number=16)
async def test_the_end_of_input_gives_calls_on_an_upstream_that_hangs_a_little_time() -> None:
    async with Upstream(SILENT) as upstream, started(LIVE, live(upstream.base_url)) as server:
        await server.shake_hands()
        await server.send(call(1, "search_assets", query="castle"))
        await _arrival(upstream)
        begin = time.monotonic()
        server.close_input()
        assert await server.seconds_to_exit(begin) < END_SECONDS
        assert [each["id"] for each in await server.rest()] == [1]
        assert server.complaints() == ""
        await asyncio.wait_for(upstream.dropped.wait(), SECONDS)


async def test_the_end_of_input_ends_it_while_a_call_hangs_and_large_answers_are_not_read() -> None:
    async with Upstream(SILENT) as upstream, started(LIVE, live(upstream.base_url)) as server:
        await _fill_the_pipe(server)
        await server.send(call("hangs", "search_assets", query="castle"))
        await _arrival(upstream)
        begin = time.monotonic()
        server.close_input()
        assert await server.seconds_to_exit(begin) < END_SECONDS
        assert server.complaints() == ""


async def test_the_end_of_input_ends_it_while_refusals_are_not_read() -> None:
    async with started() as server:
        await _fill_the_pipe(server)
        await server.send(*[b"not json"] * 2000)
        begin = time.monotonic()
        server.close_input()
        assert await server.seconds_to_exit(begin) < END_SECONDS
        assert server.complaints() == ""


@pytest.mark.promise(number=16)
@pytest.mark.parametrize("work", BEGINNINGS.values(), ids=BEGINNINGS)
async def test_a_thread_at_work_holds_nothing_up(work: str) -> None:
    async with started((sys.executable, "-c", BUSY_THREAD.format(begin=work))) as server:
        await server.shake_hands()
        await server.ask(request(1, "tools/list"))
        begin = time.monotonic()
        server.close_input()
        assert await server.seconds_to_exit(begin) < END_SECONDS
        assert server.complaints() == ""


@SIGNALS
@pytest.mark.parametrize(("connect", "said"), [(terminal, introduction.WAITING), (one_socket, "")])
async def test_a_signal_ends_it_while_a_thread_reads(
    number: signal.Signals, connect: Callable[[], Ends], said: str
) -> None:
    async with started(connect=connect) as server:
        await server.shake_hands()
        assert await server.seconds_to_end(number) < END_SECONDS
        assert server.complaints() == said


async def test_a_signal_ends_it_while_nobody_reads_what_a_thread_writes(tmp_path: Path) -> None:
    guides = [request(each, "resources/read", uri="scenario://guide/search") for each in range(1, 101)]
    calls = tmp_path / "calls"
    calls.write_text("".join(json.dumps(message) + "\n" for message in (HANDSHAKE, INITIALIZED, *guides)), "utf-8")
    async with started(
        ("sh", "-c", 'in=$1; shift; exec "$@" < "$in"', "sh", str(calls), *forked_command("--sandbox"))
    ) as server:
        server.stop_reading()
        await server.until_the_pipe_fills()
        assert await server.seconds_to_end(signal.SIGTERM) < END_SECONDS
        assert server.complaints() == ""


async def test_a_signal_ends_it_and_the_calls_of_a_file(tmp_path: Path) -> None:
    calls = tmp_path / "calls"
    messages = (HANDSHAKE, INITIALIZED, call(1, "search_assets", query="castle"))
    calls.write_text("".join(json.dumps(message) + "\n" for message in messages), "utf-8")
    command = ("sh", "-c", 'in=$1; shift; exec "$@" < "$in"', "sh", str(calls), *forked_command())
    async with Upstream(SILENT) as upstream, started(command, live(upstream.base_url)) as server:
        await _arrival(upstream)
        assert await server.seconds_to_end(signal.SIGTERM) < END_SECONDS
        assert server.complaints() == ""


async def test_the_end_of_a_terminals_input_ends_it() -> None:
    async with started(connect=terminal) as server:
        await server.shake_hands()
        begin = time.monotonic()
        await server.send_part(json.dumps(ping(1)).encode() + b"\n" + END_OF_INPUT)
        assert (await server.receive())["id"] == 1
        assert await server.seconds_to_exit(begin) < END_SECONDS
        assert server.complaints() == introduction.WAITING


async def test_the_end_of_a_terminals_input_gives_calls_on_an_upstream_that_hangs_a_little_time() -> None:
    async with Upstream(SILENT) as upstream, started((*LIVE, "--stdio"), live(upstream.base_url), terminal) as server:
        await server.shake_hands()
        await server.send(call(1, "search_assets", query="castle"))
        await _arrival(upstream)
        begin = time.monotonic()
        await server.send_part(END_OF_INPUT)
        assert (await server.receive())["id"] == 1
        assert await server.seconds_to_exit(begin) < END_SECONDS
        assert server.complaints() == introduction.WAITING


@pytest.mark.promise(number=16)
@SIGNALS
async def test_a_signal_ends_it_while_it_starts(number: signal.Signals) -> None:
    """From its first own line on; before that the signal is Python's."""
    async with started((sys.executable, "-X", "importtime", *SANDBOX[1:])) as server:
        await until(lambda: "argparse" in server.complaints())  # the first that it imports
        assert await server.seconds_to_end(number) < END_SECONDS
        complaints = server.complaints()
        assert "mcp.server.lowlevel.server" not in complaints, "it had started already"
        assert "Traceback" not in complaints
