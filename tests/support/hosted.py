"""The server over HTTP for tests: in this process or in one of its own, asked in plain HTTP; every wait is bounded."""

import asyncio
import base64
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

import httpx
import pytest
from starlette.types import ASGIApp

from scenario_mcp.credentials import Credentials
from scenario_mcp.http_server.app import Parts, build_app
from scenario_mcp.http_server.auth.access_tokens import make_token
from scenario_mcp.http_server.auth.credentials import HOW_TO_SEND_A_KEY
from scenario_mcp.http_server.compose import compose
from scenario_mcp.http_server.settings import HttpSettings
from scenario_mcp.net import connections
from scenario_mcp.settings import Live, Sandbox, Settings
from tests.support import local_http
from tests.support.fakes import Network
from tests.support.forked import Forked, run_forked
from tests.support.raw_stdio import ENVELOPE, SECONDS, Message, call, ping, stateless

SANDBOX = Settings(upstream=Sandbox())
KEYLESS = Settings(upstream=Live("http://127.0.0.1:9/v1"), cdn_hosts=("127.0.0.1",), timeout_seconds=20)
"""Callers bring keys; pictures lie on this machine, and nothing listens at the address of the API."""
HANDSHAKE_VERSIONS = ("2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25")
MODERN_VERSION = "2026-07-28"
VERSIONS = (None, *HANDSHAKE_VERSIONS, MODERN_VERSION)
"""As the header names them; one of the first clients names none."""
POST_HEADERS = {"content-type": "application/json", "accept": "application/json, text/event-stream"}
OWN_ADDRESS = "127.0.0.1"
STRANGER = "203.0.113.7"
OWN_KEY = replace(KEYLESS, credentials=Credentials("api_own", "own-secret"))
NO_CREDENTIALS = f"This server has no Scenario credentials for you. {HOW_TO_SEND_A_KEY}"
SEARCH = call(1, "search_assets", query="knight", limit=1)
TOKEN, ENTRY = make_token("build-farm")
TOKENS = {"HTTP_AUTH": "access-tokens", "ACCESS_TOKENS": ENTRY}
PUBLIC_URL = "https://mcp.example.com/mcp"
OAUTH = {"HTTP_AUTH": "oauth", "OAUTH_ISSUER": "https://login.example.com", "PUBLIC_URL": PUBLIC_URL}
SERVE = (sys.executable, "-m", "scenario_mcp", "--http", "--port", "0")

_NAMED = {"tools/call": "name", "prompts/get": "name", "resources/read": "uri"}


def key_headers(name: str) -> dict[str, str]:
    """Return the two headers with the made-up key of a caller."""
    return {"x-scenario-api-key": f"api_{name}", "x-scenario-api-secret": f"secret-{name}"}


PAIR = {name.replace("-", "_"): value for name, value in key_headers("ann").items()}
"""The headers with a key, as arguments of `Service.post`."""


def prepared(message: Message, version: str | None) -> tuple[dict[str, str], Message]:
    """Return headers and body of a request as clients of this version send it."""
    if version is None:
        return POST_HEADERS, message
    if version in HANDSHAKE_VERSIONS:
        return {**POST_HEADERS, "mcp-protocol-version": version}, message
    headers = {**POST_HEADERS, "mcp-protocol-version": version, "mcp-method": message["method"]}
    key = _NAMED.get(message["method"])
    if key and isinstance(message["params"].get(key), str):
        headers["mcp-name"] = message["params"][key]
    if version != MODERN_VERSION:
        envelope = {**ENVELOPE, "io.modelcontextprotocol/protocolVersion": version}
        return headers, {**message, "params": {**message.get("params", {}), "_meta": envelope}}
    return headers, stateless({"params": {}, **message})


class Service(NamedTuple):
    """A server in this process."""

    app: ASGIApp
    parts: Parts

    def client(self, address: str = OWN_ADDRESS, headers: Mapping[str, str] | None = None) -> httpx.AsyncClient:
        """Return a client that comes from this address."""
        transport = httpx.ASGITransport(self.app, client=(address, 40_000))
        client = httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000", timeout=None, headers=headers)  # noqa: S113  # no network
        del client.headers["accept"], client.headers["accept-encoding"], client.headers["user-agent"]
        return client

    async def post(
        self, message: Message, version: str | None = "2025-11-25", *, address: str = OWN_ADDRESS, **headers: str
    ) -> httpx.Response:
        """Send a message; `x_request_id=...` is a header."""
        names, body = prepared(message, version)
        more = {name.replace("_", "-"): value for name, value in headers.items()}
        async with self.client(address) as client:
            return await client.post("/mcp", headers={**names, **more}, json=body)

    async def send(self, content: bytes, headers: Mapping[str, str] | None = None) -> httpx.Response:
        """Send bytes as they are."""
        async with self.client() as client:
            return await client.post("/mcp", headers={**POST_HEADERS, **(headers or {})}, content=content)

    async def get(self, path: str) -> httpx.Response:
        async with self.client() as client:
            return await client.get(path)


async def ask(service: Service, headers: Mapping[str, Any], method: str = "POST") -> httpx.Response:
    """Send a ping with these headers alone."""
    async with service.client() as client:
        return await client.request(method, "/mcp", headers=headers, content=json_bytes(ping(1)))


@asynccontextmanager
async def serving(
    settings: Settings = SANDBOX, /, *, host: str = "127.0.0.1", **environ: str
) -> AsyncIterator[Service]:
    """Open a server; `CONCURRENT_CALLS_PER_CALLER="1"` is SCENARIO_MCP_CONCURRENT_CALLS_PER_CALLER."""
    names = {f"SCENARIO_MCP_{name}": value for name, value in environ.items()}
    http = HttpSettings.from_environ(names, settings, host=host, port=8000, workers=1)
    parts = compose(settings, http)
    async with parts.opened():
        yield Service(build_app(parts, http), parts)


def stand_in(monkeypatch: pytest.MonkeyPatch, api: httpx.AsyncBaseTransport) -> None:
    """Let this answer in place of the live API."""
    monkeypatch.setattr(connections.Network, "transport", lambda *_, **__: api)


def authorization(network: Network) -> str:
    """Return the key and the secret by which the one request was made."""
    return base64.b64decode(network.request.headers["authorization"].removeprefix("Basic ")).decode()


def result_of(response: httpx.Response) -> dict[str, Any]:
    """Return the result of an answer that has one."""
    assert response.status_code == httpx.codes.OK, response.text
    result: dict[str, Any] = response.json()["result"]
    return result


def text_of(response: httpx.Response) -> str:
    """Return the one text block of a tool's result."""
    (block,) = result_of(response)["content"]
    return str(block["text"])


def refusal(message: str) -> dict[str, Any]:
    """Return the body with which a request is refused before it is a message."""
    return {"jsonrpc": "2.0", "id": None, "error": {"code": -32600, "message": message}}


# --- as a process ---------------------------------------------------------------------------------------------------


class Process:
    """A server in a process of its own."""

    def __init__(self, process: "subprocess.Popen[bytes] | Forked", log: Path) -> None:
        self.process = process
        self._log = log
        self.address = ""
        """Such as http://127.0.0.1:40123."""

    def said(self) -> str:
        """Return what it has written to stderr."""
        return self._log.read_text("utf-8")

    def first_line(self) -> str:
        """Wait for a whole line on stderr."""
        end = time.monotonic() + SECONDS
        while "\n" not in self.said():
            assert self.process.poll() is None, self.said()
            assert time.monotonic() < end, "it did not start"
            time.sleep(0.01)  # another process sets no event here
        return self.said().partition("\n")[0]

    def until_ready(self) -> None:
        """Wait until it says of itself that it is."""
        self.address = self.first_line().partition(" at ")[2].partition("/mcp")[0]
        end = time.monotonic() + SECONDS
        while True:
            try:
                local_http.get(f"{self.address}/readyz", timeout=SECONDS).raise_for_status()
            except httpx.HTTPError:
                assert self.process.poll() is None, self.said()
                assert time.monotonic() < end, "it did not get ready"
                time.sleep(0.01)  # as above
            else:
                return

    def post(self, message: Message, version: str | None = "2025-11-25", **headers: str) -> httpx.Response:
        names, body = prepared(message, version)
        more = {name.replace("_", "-"): value for name, value in headers.items()}
        address = f"{self.address}/mcp"
        return local_http.post(address, headers={**names, **more}, json=body, timeout=SECONDS)

    def get(self, path: str) -> httpx.Response:
        return local_http.get(f"{self.address}{path}", timeout=SECONDS)

    def tell(self, number: signal.Signals) -> None:
        self.process.send_signal(number)

    def exit_code(self) -> int:
        return self.process.wait(SECONDS)

    async def code(self) -> int:
        """Wait for its end without holding up this process."""
        return await asyncio.to_thread(self.process.wait, SECONDS)


def _has_workers(arguments: Sequence[str]) -> bool:
    """Tell whether these start processes of their own, by Python's `spawn`, which a forked one cannot."""
    return "--workers" in arguments and arguments[arguments.index("--workers") + 1] not in {"0", "1"}


def _begin(
    options: Sequence[str], stderr: BinaryIO, environ: Mapping[str, str] | None
) -> "subprocess.Popen[bytes] | Forked":
    """Fork the server, unless it is to start processes of its own as Python starts them."""
    if _has_workers(options):
        return subprocess.Popen(  # noqa: S603  # our own command
            [*SERVE, *options], stdin=subprocess.DEVNULL, stderr=stderr, env=clean_environ(environ)
        )
    with Path(os.devnull).open("rb") as nothing:
        return Forked(
            [*SERVE[3:], *options],
            stdin=nothing.fileno(),
            stdout=sys.__stdout__.fileno() if sys.__stdout__ else 1,
            stderr=stderr.fileno(),
            environ=clean_environ(environ),
        )


@contextmanager
def process(*options: str, environ: Mapping[str, str] | None = None) -> Iterator[Process]:
    """Start a server that answers; kill it in the end if it still runs."""
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "log"
        with log.open("wb") as stderr:
            started = _begin(options, stderr, environ)
        server = Process(started, log)
        try:
            server.until_ready()
            yield server
        finally:
            if started.poll() is None:
                started.terminate()
                try:
                    started.wait(1)
                except subprocess.TimeoutExpired:
                    started.kill()
                    started.wait()


def clean_environ(more: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return this process's environment without our settings and with others."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("SCENARIO_")}
    return {**inherited, "SCENARIO_MCP_DRAIN_SECONDS": "0", **(more or {})}


def run(*arguments: str, environ: Mapping[str, str] | None = None) -> "subprocess.CompletedProcess[str]":
    """Run the command to its end; a server in one process is forked."""
    if "--http" in arguments and not _has_workers(arguments):
        return run_forked(*arguments, seconds=SECONDS, environ=clean_environ(environ))
    command: Sequence[str] = (sys.executable, "-m", "scenario_mcp", *arguments)
    return subprocess.run(  # noqa: S603  # our own command
        command, capture_output=True, text=True, timeout=SECONDS, env=clean_environ(environ), check=False
    )


async def exchanged(address: str, content: bytes) -> bytes:
    """Send bytes over a socket and return everything that comes back until it is closed."""
    host, _, port = address.removeprefix("http://").rpartition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    try:
        writer.write(content)
        await writer.drain()
        return await asyncio.wait_for(reader.read(), SECONDS)
    finally:
        writer.close()


def json_bytes(message: Any) -> bytes:
    return json.dumps(message).encode()
