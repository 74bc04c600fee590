"""The server over HTTP as a process: it starts, serves, tells the balancer before it ends, and loses no call."""

import hashlib
import re
import signal
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from scenario_mcp import __version__
from scenario_mcp.http_server import uvicorn_protocol
from tests.support.hosted import (
    Process,
    exchanged,
    json_bytes,
    prepared,
    process,
    result_of,
    run,
)
from tests.support.ports import free_ports
from tests.support.raw_stdio import SECONDS, call, ping
from tests.support.segments import pieces_of_answers

pytestmark = pytest.mark.processes

SEARCH = call(1, "search_assets", query="knight", limit=1)
PONG = {"jsonrpc": "2.0", "id": 1, "result": {}}
SECOND_LINE = f"scenario-mcp: version {__version__}, log level warning, no Redis"
ADDRESS = r"http://127\.0\.0\.1:\d+/mcp"


def test_it_says_where_it_serves_and_serves_there() -> None:
    with process("--sandbox") as server:
        assert re.fullmatch(
            rf"scenario-mcp: serving MCP at {ADDRESS} \(the sandbox, no key needed\)\n{re.escape(SECOND_LINE)}\n",
            server.said(),
        )
        assert result_of(server.post(SEARCH))["structuredContent"]["returned"] == 1
        assert result_of(server.post(SEARCH, "2026-07-28"))["structuredContent"]["returned"] == 1
        server.tell(signal.SIGINT)
        begin = time.monotonic()
        assert server.exit_code() == 0
        assert time.monotonic() - begin < 10  # it would give calls 25 seconds
        assert "Traceback" not in server.said()


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Process]:
    """A server for the tests of this module that leave it as it is."""
    with process("--sandbox") as server:
        yield server


async def test_white_space_around_the_value_of_a_header_does_not_count(sandbox: Process) -> None:
    headers, body = prepared(call(1, "search_assets", query="knight", limit=1), "2026-07-28")
    content = json_bytes(body)
    lines = "".join(f"{name}:  {value} \t\r\n" for name, value in headers.items())
    head = (
        f"POST /mcp HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{lines}Content-Length: {len(content)}\r\n\r\n"
    )
    reply = await exchanged(sandbox.address, head.encode() + content)
    assert reply.startswith(b"HTTP/1.1 200 OK\r\n")


def test_who_asks_and_what_is_doubtful_is_told_at_the_start() -> None:
    environ = {
        "SCENARIO_MCP_REDIS_URL": "redis://:hush-hush@127.0.0.1:9/0",
        "SCENARIO_MCP_LOG_LEVEL": "error",
        "SCENARIO_MCP_IMAGE_FOLDERS": "/",
    }
    with process(environ=environ) as server:
        assert server.said().splitlines()[1:] == [
            f"scenario-mcp: version {__version__}, log level error, Redis at 127.0.0.1:9",
            "scenario-mcp: warning: SCENARIO_MCP_IMAGE_FOLDERS has no effect: over HTTP no local pictures are read.",
        ]
        assert server.first_line().endswith("(callers bring their own Scenario key)")


# --- the end --------------------------------------------------------------------------------------------------------


OF_AN_ISSUER = {
    "SCENARIO_MCP_HTTP_AUTH": "oauth",
    "SCENARIO_MCP_OAUTH_ISSUER": "https://login.example.com",
    "SCENARIO_MCP_PUBLIC_URL": "https://mcp.example.com/mcp",
    "SCENARIO_MCP_SANDBOX": "1",
}
OF_SCENARIO = {"SCENARIO_SDK_API_KEY": "key", "SCENARIO_SDK_API_SECRET": "secret"}
NO_CERTIFICATES = (
    "SSL_CERT_FILE does not lead to certificates in PEM form, so no host can be trusted. Correct it, or remove it."
)

NO_SOCKS = (
    "HTTPS_PROXY names a SOCKS proxy, which is not supported. Set HTTPS_PROXY to an HTTP proxy, such as "
    "proxy.example.com:8080."
)


@pytest.mark.parametrize("workers", ["1", "2"])
@pytest.mark.parametrize("settings", [OF_AN_ISSUER, OF_SCENARIO], ids=["issuer", "scenario"])
def test_certificates_and_proxies_that_cannot_be_used_are_told_in_place_of_a_start(
    tmp_path: Path, settings: dict[str, str], workers: str
) -> None:
    looks_right = tmp_path / "damaged.pem"
    looks_right.write_text("-----BEGIN CERTIFICATE-----\nnone\n-----END CERTIFICATE-----\n")
    for environ, sentence in (
        ({"SSL_CERT_FILE": "/no/such/file.pem"}, NO_CERTIFICATES),
        ({"SSL_CERT_FILE": str(looks_right)}, NO_CERTIFICATES),
        (
            {"HTTPS_PROXY": "socks5://proxy.example.com:1080"},
            NO_SOCKS,
        ),
    ):
        finished = run("--http", "--port", "0", "--workers", workers, environ={**settings, **environ})
        assert (finished.returncode, finished.stderr) == (2, f"scenario-mcp: {sentence}\n")


# --- workers --------------------------------------------------------------------------------------------------------


def test_several_workers_serve_count_together_and_end_together() -> None:
    with process("--sandbox", "--workers", "2", environ={"SCENARIO_MCP_DRAIN_SECONDS": "0"}) as server:
        children = psutil.Process(server.process.pid).children(recursive=True)
        for _ in range(20):
            assert server.post(ping(1)).json() == PONG
            assert not result_of(server.post(SEARCH)).get("isError")
        page = server.get("/metrics").text
        port = int(server.address.rpartition(":")[2])
        assert pieces_of_answers(port, b"GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n", 20) == [1] * 20
        sample = 'scenario_mcp_requests_total{method="tools/call",outcome="ok",tool="search_assets"} '
        assert [line.removeprefix(sample) for line in page.splitlines() if line.startswith(sample)] == ["20.0"]
        assert len(children) >= 2
        server.tell(signal.SIGTERM)
        assert server.exit_code() == 0
        gone, alive = psutil.wait_procs(children, timeout=SECONDS)
        assert (len(gone), alive) == (len(children), [])
        assert "Traceback" not in server.said()


# --- what keeps it from starting ------------------------------------------------------------------------------------


def test_a_port_that_is_taken_is_said_in_a_sentence() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        finished = run("--http", "--sandbox", "--port", str(port))
    assert (finished.returncode, finished.stdout) == (2, "")
    assert finished.stderr == (
        f"scenario-mcp: Port {port} of 127.0.0.1 is taken by another program. Choose another --port, or 0 for any free "
        "one.\n"
    )


def test_a_host_that_is_none_of_this_machine_is_said_in_a_sentence() -> None:
    environ = {"SCENARIO_MCP_HTTP_AUTH": "caller-key", "SCENARIO_MCP_ALLOWED_HOSTS": "a.example"}
    (port,) = free_ports(1)
    finished = run("--http", "--host", "192.0.2.1", "--port", str(port), environ=environ)
    assert finished.returncode == 2
    assert finished.stderr == ("scenario-mcp: 192.0.2.1 is not an address of this machine. Choose another --host.\n")


def test_a_catalogue_whose_index_cannot_be_kept_is_not_served(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    finished = run(
        "--http", "--catalogue", str(tmp_path), "--port", "0", environ={"XDG_CACHE_HOME": str(tmp_path / "file")}
    )
    assert (finished.returncode, finished.stdout) == (2, "")
    assert finished.stderr == (
        f"scenario-mcp: The index of the catalogue cannot be kept in {tmp_path}/file/scenario-mcp/catalogues: Not a "
        "directory. Set XDG_CACHE_HOME to a folder that may be written.\n"
    )


@pytest.mark.parametrize(
    ("options", "environ", "sentence"),
    [
        (("--port", "70000"), {}, "--port must be a number from 0 to 65535."),
        (("--workers", "0"), {}, "--workers must be a number from 1 to 64."),
        (
            (),
            {"SCENARIO_MCP_DRAIN_SECONDS": "soon"},
            "SCENARIO_MCP_DRAIN_SECONDS must be a number of seconds from 0 to 300, not 'soon'.",
        ),
    ],
)
def test_a_wrong_setting_is_said_in_a_sentence(
    options: tuple[str, ...], environ: dict[str, str], sentence: str
) -> None:
    finished = run("--http", "--sandbox", *options, environ=environ)
    assert (finished.returncode, finished.stdout, finished.stderr) == (2, "", f"scenario-mcp: {sentence}\n")


# --- beside it ------------------------------------------------------------------------------------------------------


def test_a_token_that_is_made_lets_its_holder_in() -> None:
    made = run("token", "build-farm")
    lines = made.stdout.splitlines()
    assert (made.returncode, made.stderr, lines[0], lines[2]) == (
        0,
        "",
        "Token, for build-farm alone: it is shown once and kept nowhere.",
        "Entry, for SCENARIO_MCP_ACCESS_TOKENS of the server:",
    )
    assert lines[4:] == ["In the server's log, caller build-farm is whoever uses this token."]
    token, entry = lines[1].strip(), lines[3].strip()
    assert entry == f"build-farm:{hashlib.sha256(token.encode()).hexdigest()}"
    environ = {"SCENARIO_MCP_HTTP_AUTH": "access-tokens", "SCENARIO_MCP_ACCESS_TOKENS": entry}
    with process("--sandbox", environ=environ) as server:
        assert server.first_line().endswith("(callers bring access tokens)")
        assert server.post(ping(1), authorization=f"Bearer {token}").json() == PONG
        assert server.post(ping(1), authorization=f"Bearer {token}x").status_code == 401
        assert token not in server.said()


def test_a_name_that_is_none_gets_no_token() -> None:
    made = run("token", "build farm")
    assert (made.returncode, made.stdout) == (2, "")
    assert made.stderr == (
        "scenario-mcp: The name of an access token is 1 to 64 letters, digits, hyphens, underscores or dots, such as "
        "build-farm.\n"
    )


async def test_a_head_of_more_than_64_kibibytes_is_not_read(sandbox: Process) -> None:
    filler = b"".join(b"X-%d: %s\r\n" % (number, b"y" * 1000) for number in range(100))
    head = b"POST /mcp HTTP/1.1\r\nHost: localhost\r\n" + filler
    assert len(head) > uvicorn_protocol.MAX_HEAD_BYTES
    try:
        reply = await exchanged(sandbox.address, head)
    except ConnectionError:
        reply = b""
    assert b" 200 " not in reply
    assert sandbox.post(ping(1)).json() == PONG
