"""The process: what goes over standard input and output, and how it ends."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from mcp.client import Client
from mcp.client.stdio import StdioServerParameters, stdio_client

from scenario_mcp import stdio

COMMAND = [sys.executable, "-m", "scenario_mcp", "--sandbox"]
HANDSHAKE = {
    "jsonrpc": "2.0",
    "id": 0,
    "method": "initialize",
    "params": {
        "protocolVersion": "2025-11-25",
        "capabilities": {},
        "clientInfo": {"name": "test", "version": "1"},
    },
}
INITIALIZED = {"jsonrpc": "2.0", "method": "notifications/initialized"}
DISCOVER = {
    "jsonrpc": "2.0",
    "id": "probe",
    "method": "server/discover",
    "params": {
        "_meta": {
            "io.modelcontextprotocol/protocolVersion": "2026-07-28",
            "io.modelcontextprotocol/clientInfo": {"name": "test", "version": "1"},
            "io.modelcontextprotocol/clientCapabilities": {},
        }
    },
}
PROTOCOLS = ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"]


class Server:
    """A server process, spoken to line by line; every wait is bounded."""

    def __init__(self, process: "subprocess.Popen[bytes]") -> None:
        self.process = process

    def send(self, *messages: dict[str, Any] | bytes) -> None:
        assert self.process.stdin
        for message in messages:
            self.process.stdin.write((message if isinstance(message, bytes) else json.dumps(message).encode()) + b"\n")
        self.process.stdin.flush()

    def receive(self) -> dict[str, Any]:
        assert self.process.stdout
        line = self.process.stdout.readline()
        assert line, "the server ended"
        answer: dict[str, Any] = json.loads(line)
        return answer

    def ask(self, message: dict[str, Any]) -> dict[str, Any]:
        self.send(message)
        return self.receive()


@contextmanager
def _server(stdout: Any = subprocess.PIPE) -> Iterator[Server]:
    with subprocess.Popen(  # noqa: S603  # our own command
        COMMAND, stdin=subprocess.PIPE, stdout=stdout, stderr=subprocess.PIPE
    ) as process:
        try:
            yield Server(process)
            assert process.stdin
            process.stdin.close()
            process.wait(10)
        finally:
            process.kill()


def _call(request_id: Any, tool: str, **arguments: Any) -> dict[str, Any]:
    params = {"name": tool, "arguments": arguments}
    return {"jsonrpc": "2.0", "id": request_id, "method": "tools/call", "params": params}


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_a_client_of_each_handshake_protocol_searches_and_reads_a_picture(protocol: str) -> None:
    with _server() as server:
        handshake = {**HANDSHAKE, "params": {**HANDSHAKE["params"], "protocolVersion": protocol}}  # type: ignore[dict-item]  # a dict
        assert server.ask(handshake)["result"]["protocolVersion"] == protocol
        server.send(INITIALIZED)
        answer = server.ask(_call(1, "search_assets", query="knight", limit=1, offset=0))
        (hit,) = json.loads(answer["result"]["content"][0]["text"])["hits"]
        read = {"jsonrpc": "2.0", "id": 2, "method": "resources/read", "params": {"uri": hit["uri"]}}
        (contents,) = server.ask(read)["result"]["contents"]
        assert contents["mimeType"] == "image/webp"


async def test_a_client_of_the_stateless_protocol_searches() -> None:
    parameters = StdioServerParameters(command=COMMAND[0], args=COMMAND[1:], env=dict(os.environ))
    async with Client(stdio_client(parameters), mode="2026-07-28") as client:
        result = await client.call_tool("search_models", {"query": "ink"})
        assert client.protocol_version == "2026-07-28"
    assert result.structured_content["returned"] > 0


def test_what_is_no_message_is_answered_and_the_server_goes_on() -> None:
    with _server() as server:
        server.ask(HANDSHAKE)
        server.send(INITIALIZED)
        parse_error = {"code": -32700, "message": "That line is not JSON."}
        shape_error = {"code": -32600, "message": "That line is JSON, but not a JSON-RPC 2.0 message."}
        for line, request_id, error in (
            (b"not json", None, parse_error),
            (b"\xff\xfe", None, parse_error),
            (b"[" * 100_000, None, parse_error),
            (b"[]", None, shape_error),
            (b"17", None, shape_error),
            (b'{"id": 5}', 5, shape_error),
            (b'{"jsonrpc": "2.0", "id": true, "method": 1}', None, shape_error),
        ):
            server.send(line)
            assert server.receive() == {"jsonrpc": "2.0", "id": request_id, "error": error}
        server.send(b"", b"   ")
        assert server.ask({"jsonrpc": "2.0", "id": 9, "method": "ping"})["id"] == 9


def test_a_message_that_is_too_long_is_refused_and_the_next_one_served() -> None:
    with _server() as server:
        server.ask(HANDSHAKE)
        server.send(INITIALIZED, b'"' + b"x" * (stdio.MAX_LINE_BYTES + 100) + b'"')
        assert server.receive()["error"] == {"code": -32600, "message": "A message may have 33554432 bytes."}
        assert server.ask({"jsonrpc": "2.0", "id": 9, "method": "ping"})["id"] == 9


def test_the_answers_in_flight_still_arrive_when_the_client_closes_its_end() -> None:
    lines = [HANDSHAKE, INITIALIZED, _call(1, "search_assets", query="castle"), _call(2, "search_models", query="ink")]
    text = "\n".join(json.dumps(line) for line in lines).encode()
    finished = subprocess.run(COMMAND, input=text, capture_output=True, timeout=30, check=True)  # noqa: S603  # ours
    answers = [json.loads(line) for line in finished.stdout.splitlines()]
    assert sorted(answer["id"] for answer in answers) == [0, 1, 2]
    assert all("error" not in answer for answer in answers)


def test_a_client_that_gives_up_on_discovery_may_still_shake_hands() -> None:
    """The Vercel AI SDK waits one second for `server/discover`, then sends `initialize` on the same pipe."""
    with _server() as server:
        assert "result" in server.ask(DISCOVER)
        assert server.ask(HANDSHAKE)["result"]["protocolVersion"] == "2025-11-25"
        server.send(INITIALIZED)
        assert len(server.ask({"jsonrpc": "2.0", "id": 1, "method": "tools/list"})["result"]["tools"]) == 2


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_at_once_and_without_complaint(number: signal.Signals) -> None:
    with _server() as server:
        server.ask(HANDSHAKE)
        begin = time.monotonic()
        server.process.send_signal(number)
        assert server.process.wait(10) == 0
        assert time.monotonic() - begin < 2
        assert server.process.stderr
        assert server.process.stderr.read() == b""


def test_the_end_of_input_ends_it() -> None:
    with _server() as server:
        server.ask(HANDSHAKE)
        assert server.process.stdin
        server.process.stdin.close()
        assert server.process.wait(10) == 0


def test_where_the_streams_are_files_the_sdk_serves(tmp_path: Path) -> None:
    answers = tmp_path / "answers"
    with answers.open("wb") as file, _server(stdout=file) as server:
        server.send(HANDSHAKE, INITIALIZED)
        deadline = time.monotonic() + 20
        while not answers.read_bytes() and time.monotonic() < deadline:
            os.sched_yield()
        assert server.process.stdin
        server.process.stdin.close()
        assert server.process.wait(10) == 0
    assert json.loads(answers.read_bytes())["result"]["serverInfo"]["name"] == "scenario-mcp"


def test_a_client_that_reads_late_gets_every_answer() -> None:
    """The pipe holds some 64 KB: what is beyond waits in the server until the client reads on."""
    count = 100
    with _server() as server:
        server.ask(HANDSHAKE)
        server.send(INITIALIZED, *(_call(number, "search_assets", query="a", limit=100) for number in range(1, count)))
        read = {"jsonrpc": "2.0", "id": count, "method": "resources/read", "params": {"uri": "scenario://guide/search"}}
        server.send(read)
        answers = [server.receive() for _ in range(count)]
    assert sorted(answer["id"] for answer in answers) == list(range(1, count + 1))


def test_a_cancelled_call_is_not_answered_and_holds_nothing_up() -> None:
    with _server() as server:
        server.ask(HANDSHAKE)
        cancel = {"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": 1}}
        server.send(INITIALIZED, _call(1, "search_assets", query="castle"), cancel)
        assert server.ask({"jsonrpc": "2.0", "id": 2, "method": "ping"})["id"] == 2
        begin = time.monotonic()
        assert server.process.stdin
        server.process.stdin.close()
        assert server.process.wait(10) == 0
        assert time.monotonic() - begin < stdio.LAST_ANSWERS_SECONDS


def test_a_lone_surrogate_in_an_argument_or_a_name_does_no_harm() -> None:
    with _server() as server:
        server.ask(HANDSHAKE)
        server.send(INITIALIZED)
        for line, request_id in (
            (b'{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"\\ud800","arguments":{}}}', 1),
            (
                (
                    b'{"jsonrpc":"2.0","id":2,"method":"tools/call",'
                    b'"params":{"name":"search_assets","arguments":{"query":"\\udfffknight","x\\ud800":1}}}'
                ),
                2,
            ),
            (b'{"jsonrpc":"2.0","id":3,"method":"resources/read","params":{"uri":"scenario://\\ud800"}}', 3),
        ):
            server.send(line)
            answer = server.receive()
            assert answer["id"] == request_id
            assert "error" in answer or answer["result"]["isError"]
        assert server.ask({"jsonrpc": "2.0", "id": 4, "method": "ping"})["id"] == 4
