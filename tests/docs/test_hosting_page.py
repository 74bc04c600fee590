"""The scripts of docs/hosting.md: each does what it says, and says in a sentence what went wrong."""

import asyncio
import itertools
import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.cluster.programs import until
from tests.docs.test_readme import ROOT
from tests.support import local_http
from tests.support.fakes import Network
from tests.support.hosted import KEYLESS, SANDBOX, SEARCH, TOKEN, TOKENS, Service, prepared, serving, stand_in
from tests.support.ports import free_ports
from tests.support.raw_stdio import SECONDS

PAGE = (ROOT / "docs" / "hosting.md").read_text("utf-8")
needs_programs = pytest.mark.skipif(
    not (shutil.which("nginx") and shutil.which("redis-server")), reason="nginx and redis-server are not installed"
)


def program(name: str) -> str:
    (found,) = re.findall(rf"<!-- program: {name} -->\n```\w+\n(.+?)```", PAGE, re.DOTALL)
    return str(found)


async def run_script(service: Service, capsys: pytest.CaptureFixture[str]) -> str:
    """Run the script against a server in this process; return what it prints, or ends with."""
    loop = asyncio.get_running_loop()

    def post(url: str, **sent: Any) -> httpx.Response:
        async def answer() -> httpx.Response:
            async with service.client("203.0.113.7") as client:
                return await client.post(f"http://127.0.0.1:8000{httpx.URL(url).path}", **sent)

        return asyncio.run_coroutine_threadsafe(answer(), loop).result(SECONDS)

    def run() -> str:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(httpx, "post", post)
            try:
                exec(program("script"), {"key": "api_ann", "secret": "hush-hush"})  # noqa: S102  # the page's own words
            except SystemExit as ended:
                return str(ended.code)
        return capsys.readouterr().out

    return await asyncio.to_thread(run)


async def test_the_script_prints_hits(capsys: pytest.CaptureFixture[str]) -> None:
    async with serving(SANDBOX) as service:
        lines = (await run_script(service, capsys)).splitlines()
    assert len(lines) == 5
    assert all(re.fullmatch(r"asset_\w+ .*", line) for line in lines)


async def test_the_script_ends_with_the_sentence_of_a_call_that_failed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    stand_in(monkeypatch, Network(lambda _: httpx.Response(401, json={})))
    async with serving(KEYLESS) as service:
        said = await run_script(service, capsys)
    assert said == (
        "Scenario did not accept the credentials (401). Check the API key and secret, or the JWT, that your client "
        "sends with each request."
    )


async def test_the_script_ends_with_the_sentence_of_a_request_that_was_refused(
    capsys: pytest.CaptureFixture[str],
) -> None:
    async with serving(**TOKENS) as service:
        said = await run_script(service, capsys)
    assert said == (
        "This server asks for an access token. Send it in the header Authorization: Bearer TOKEN. The server's "
        "operator can make you one."
    )


async def test_the_script_says_so_when_something_else_answers(capsys: pytest.CaptureFixture[str]) -> None:
    class Elsewhere(Service):
        def client(self, *_: object, **__: object) -> httpx.AsyncClient:
            page = httpx.Response(502, html="<h1>Bad gateway</h1>")
            return httpx.AsyncClient(transport=httpx.MockTransport(lambda _: page))

    async with serving() as service:
        said = await run_script(Elsewhere(service.app, service.parts), capsys)
    assert said == "Something else answered (502). Check the address."


@pytest.mark.parametrize("settings", [{}, TOKENS], ids=["hits", "a refusal"])
async def test_the_command_with_curl_gets_json_whatever_the_answer(settings: dict[str, str]) -> None:
    (command,) = re.findall(r"```sh\n(curl .+?)```", PAGE, re.DOTALL)
    words = shlex.split(command.replace("\\\n", " "))
    assert words[-4:] == ["|", "python3", "-m", "json.tool"]
    headers = dict(word.split(": ", 1) for before, word in itertools.pairwise(words) if before == "-H")
    body = words[words.index("-d") + 1]
    async with serving(**settings) as service, service.client() as client:
        answer = await client.post(words[2], headers=headers, content=body)
    shown = answer.json()
    assert ("result" in shown, "error" in shown) == ((False, True) if settings else (True, False))
    if not settings:
        assert len(shown["result"]["structuredContent"]["hits"]) == 5


@needs_programs
@pytest.mark.cluster
@pytest.mark.processes
def test_the_way_without_docker_serves_in_an_empty_home(tmp_path: Path) -> None:
    bin_folder = tmp_path / "scenario-mcp" / "bin"
    bin_folder.mkdir(parents=True)
    (bin_folder / "scenario-mcp").symlink_to(Path(sys.executable).with_name("scenario-mcp"))
    _, *commands = program("without docker").splitlines(keepends=True)  # what it installs is there already
    environ = {"PATH": os.environ["PATH"], "HOME": str(tmp_path)}
    subprocess.run(["bash", "-euc", "".join(commands)], cwd=ROOT, env=environ, check=True, timeout=SECONDS)  # noqa: S603, S607  # the page's own words
    front, redis, *replicas = free_ports(5)
    ports = {"8080": front, "6379": redis, **dict(zip(("8001", "8002", "8003"), replicas, strict=True))}

    def moved(text: str) -> str:
        return re.sub(r"\b(?:8080|6379|800[123])\b", lambda found: str(ports[found[0]]), text)

    config = tmp_path / ".config" / "scenario-mcp"
    for file in (config / "server.env", config / "nginx" / "listen.conf", config / "nginx" / "replicas.conf"):
        file.write_text(moved(file.read_text("utf-8")), "utf-8")
    with (config / "server.env").open("a", encoding="utf-8") as settings:
        settings.write("SCENARIO_MCP_HTTP_AUTH=access-tokens\nSCENARIO_MCP_SANDBOX=1\n")
        settings.write(f"SCENARIO_MCP_ACCESS_TOKENS={TOKENS['ACCESS_TOKENS']}\n")
    script = moved(program("by hand"))
    if os.geteuid() == 0:  # else its workers were nobody, who may not write into this folder
        script = script.replace("daemon off;", "daemon off; user root;")
    log = tmp_path / "log"
    with log.open("wb") as written:
        shell = subprocess.Popen(  # noqa: S603  # the page's own words
            ["bash", "-euc", script],  # noqa: S607  # as above
            env=environ,
            stdout=written,
            stderr=written,
            start_new_session=True,
        )
    address = f"http://127.0.0.1:{front}"
    headers, body = prepared(SEARCH, "2025-11-25")
    headers = {**headers, "authorization": f"Bearer {TOKEN}"}
    try:
        for port in replicas:
            until(lambda port=port: is_ready(port), f"the replica on {port} is ready:\n{log.read_text('utf-8')}")  # type: ignore[misc]  # mypy cannot tell a default's type
        until(lambda: answers(f"{address}/nginx-health"), "nginx answers")
        for path in ("/mcp", "/mcp/", "//mcp", "/mcp?source=app"):
            answer = local_http.post(f"{address}{path}", headers=headers, json=body, timeout=SECONDS)
            assert answer.json()["result"]["structuredContent"]["returned"] == 1, path
        assert local_http.get(f"{address}/mcpx", timeout=SECONDS).status_code == 404
        assert local_http.get(f"{address}/readyz", timeout=SECONDS).status_code == 404
    finally:
        os.killpg(shell.pid, signal.SIGTERM)
        shell.wait(SECONDS)
    calls = [json.loads(line) for line in log.read_text("utf-8").splitlines() if line.startswith('{"time"')]
    assert [call["caller"] for call in calls if call.get("message") == "answered"] == ["build-farm"] * 4


def is_ready(port: int) -> bool:
    """Whether a replica is ready and has found Redis."""
    try:
        state = local_http.get(f"http://127.0.0.1:{port}/readyz", timeout=5).json()
    except httpx.TransportError:
        return False
    return bool(state == {"status": "ready", "redis": "up"})


def answers(url: str) -> bool:
    try:
        return local_http.get(url, timeout=5).status_code == httpx.codes.OK
    except httpx.TransportError:
        return False
