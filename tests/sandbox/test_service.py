"""The sandbox on a port, as a process of its own."""

import re
import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from scenario_mcp.errors import SettingsRefused
from scenario_mcp.sandbox.service import serve
from tests.support import local_http
from tests.support.forked import forked_command
from tests.support.segments import pieces_of_answers

pytestmark = pytest.mark.processes

PATIENCE_SECONDS = 20


@contextmanager
def running(arguments: str = "port=0") -> Iterator[tuple[subprocess.Popen[str], list[str]]]:
    """Start the service; yield the process and the lines that it prints once its port is bound."""
    program = f"from scenario_mcp.sandbox.service import serve; serve({arguments})"
    with subprocess.Popen(  # noqa: S603  # our own words
        forked_command("-c", program), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        try:
            yield process, [process.stdout.readline().rstrip("\n") for _ in range(5)]
        finally:
            process.kill()


def test_the_service_says_how_to_point_a_client_at_it() -> None:
    with running('port=0, api_key="key", api_secret="word"') as (_, lines):
        base_url = lines[1].removeprefix("SCENARIO_BASE_URL=")
        assert lines == [
            f"Sandbox of Scenario's API at {base_url} (Ctrl+C ends it). Point a client at it with:",
            f"SCENARIO_BASE_URL={base_url}",
            "SCENARIO_SDK_API_KEY=key",
            "SCENARIO_SDK_API_SECRET=word",
            "SCENARIO_CDN_HOSTS=127.0.0.1",
        ]
        body = {"filter": "kind = image", "limit": 1, "offset": 0}
        answer = local_http.post(f"{base_url}/search/assets", json=body, auth=("key", "word")).json()
        picture = local_http.get(answer["hits"][0]["url"] + "&width=64&format=webp")
        assert picture.headers["content-type"] == "image/webp"


def test_no_answer_on_a_kept_connection_waits_for_its_second_half() -> None:
    body = b'{"query":"knight","limit":20,"offset":0}'
    head = (
        "POST /v1/search/assets HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Basic c2FuZGJveDpzYW5kYm94\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    with running("port=0, is_quiet=True") as (_, lines):
        port = int(lines[1].rpartition(":")[2].partition("/")[0])
        assert pieces_of_answers(port, head.encode() + body, 20) == [1] * 20


def test_each_request_is_a_line_on_stderr() -> None:
    with running() as (process, lines):
        base_url = lines[1].removeprefix("SCENARIO_BASE_URL=")
        body = {"query": "knight", "limit": 2}
        local_http.post(f"{base_url}/search/assets?offset=0", json=body, auth=("sandbox", "sandbox"))
        assert process.stderr is not None
        line = process.stderr.readline()
    assert re.fullmatch(r"[\d:]{8} POST /v1/search/assets 200  \d+ ms, 2 hits\n", line)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=str)
def test_a_signal_ends_the_service_cleanly(number: signal.Signals) -> None:
    with running("port=0, is_quiet=True") as (process, lines):
        local_http.get(lines[1].removeprefix("SCENARIO_BASE_URL="))
        process.send_signal(number)
        assert process.wait(PATIENCE_SECONDS) == 0
        assert process.stdout is not None
        assert process.stderr is not None
        assert (process.stdout.read(), process.stderr.read()) == ("", "")


def test_a_taken_port_is_refused_with_a_way_out() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(SettingsRefused) as refused:
            serve(port=port)
    assert str(refused.value) == (
        f"Port {port} of 127.0.0.1 is taken by another program. Choose another --port, or 0 for any free one."
    )


def test_a_port_that_does_not_exist_is_refused() -> None:
    with pytest.raises(SettingsRefused) as refused:
        serve(port=70_000)
    assert str(refused.value) == "There is no port 70000. Choose one from 1024 to 65535, or 0 for a free one."
