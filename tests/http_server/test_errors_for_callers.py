"""What only the operator of a server can change is told to the operator, in the log, and never to a caller."""

import asyncio
import io
import json
import re
import ssl
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import httpx
import pytest

from scenario_mcp.http_server.limits.rate_limits import RateLimiter
from scenario_mcp.net.connection_errors import ProxyUnreachable
from scenario_mcp.server import guard
from tests.support.fakes import Network
from tests.support.hosted import KEYLESS, OWN_KEY, PAIR, SANDBOX, SEARCH, TOKEN, TOKENS, serving, stand_in, text_of
from tests.support.process_state import written_log
from tests.support.raw_stdio import call, request

OPERATORS_OWN = re.compile(r"SCENARIO_|_PROXY|XDG_|SSL_CERT")
TELL = "If it stays so, tell the server's operator."


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """Let warnings be written here."""
    with written_log("warning") as log:
        yield log


def told(log: io.StringIO) -> list[str]:
    return [json.loads(line)["message"] for line in log.getvalue().splitlines()]


def untrusted() -> httpx.ConnectError:
    error = httpx.ConnectError("words of the library")
    error.__cause__ = ssl.SSLCertVerificationError("words of the system")
    error.__cause__.verify_code = 19
    return error


FAILURES = [
    (
        httpx.ConnectError("refused"),
        "Scenario could not be reached at 127.0.0.1:9.",
        "Check the network, the proxy, and SCENARIO_BASE_URL.",
    ),
    (
        httpx.ReadTimeout("late"),
        "Scenario did not answer within 20 seconds. Try again, perhaps with a smaller limit.",
        "Set SCENARIO_MCP_TIMEOUT_SECONDS to wait longer.",
    ),
    (
        ProxyUnreachable("no proxy"),
        "The connection to the proxy failed.",
        (
            "Check its address in HTTPS_PROXY or ALL_PROXY (most are written [address removed] without https), and "
            "that it is up."
        ),
    ),
    (
        untrusted(),
        "The certificate of 127.0.0.1:9 is not trusted (unknown authority).",
        "If your network inspects traffic, set SCENARIO_MCP_CA_BUNDLE to its authority's PEM file.",
    ),
    (
        httpx.Response(302, headers={"Location": "https://login.example.com"}),
        "127.0.0.1:9 answered with a redirect (302).",
        "Check SCENARIO_BASE_URL.",
    ),
    (
        httpx.Response(200, text="<html>Sign in</html>"),
        "The answer does not come from Scenario's API. Try again in a minute.",
        "Check SCENARIO_BASE_URL.",
    ),
]


@pytest.mark.promise(number=7)
@pytest.mark.parametrize(("failure", "what", "step"), FAILURES)
async def test_a_caller_learns_what_happened_and_the_log_what_to_do(
    monkeypatch: pytest.MonkeyPatch,
    log: io.StringIO,
    failure: httpx.Response | httpx.HTTPError,
    what: str,
    step: str,
) -> None:
    def respond(_request: httpx.Request) -> httpx.Response:
        if isinstance(failure, Exception):
            raise failure
        return failure

    monkeypatch.setattr("scenario_mcp.api.retries.TRIES", 1)
    stand_in(monkeypatch, Network(respond))
    async with serving(KEYLESS) as service:
        answers = [await service.post(SEARCH, **PAIR) for _ in range(2)]
        read = await service.post(request(2, "resources/read", uri="scenario://assets/asset_1"), **PAIR)
    assert [text_of(answer) for answer in answers] == [f"{what} {TELL}"] * 2
    assert read.json()["error"]["message"].startswith(what)
    assert OPERATORS_OWN.search(read.json()["error"]["message"]) is None
    assert told(log) == [f"{what} {step}"]


@pytest.mark.parametrize("status", [401, 403])
async def test_a_key_of_the_server_that_is_refused_is_the_operator_s_to_mend(
    monkeypatch: pytest.MonkeyPatch, status: int
) -> None:
    stand_in(monkeypatch, Network(lambda _: httpx.Response(status, json={"message": "No"})))
    async with serving(OWN_KEY, **TOKENS) as service:
        answer = await service.post(SEARCH, authorization=f"Bearer {TOKEN}")
    assert text_of(answer).endswith("to this server: tell its operator.")
    assert OPERATORS_OWN.search(text_of(answer)) is None


async def test_a_call_that_waited_for_its_admission_still_says_that_scenario_was_late(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Never(httpx.AsyncBaseTransport):
        async def handle_async_request(self, _request: httpx.Request) -> httpx.Response:
            raise await asyncio.get_running_loop().create_future()

    begin = RateLimiter.begin

    async def begin_late(limiter: RateLimiter, caller: str, payer: str) -> None:
        await asyncio.sleep(2 * guard.GRACE_SECONDS)  # as behind a Redis that is late
        await begin(limiter, caller, payer)

    stand_in(monkeypatch, Never())
    monkeypatch.setattr(RateLimiter, "begin", begin_late)
    monkeypatch.setattr(guard, "GRACE_SECONDS", 0.05)
    async with serving(replace(KEYLESS, timeout_seconds=0.2)) as service:
        answer = await service.post(SEARCH, **PAIR)
    assert text_of(answer).startswith("Scenario did not answer within 0.2 seconds.")


async def test_on_one_s_own_machine_the_settings_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    stand_in(monkeypatch, Network(lambda _: httpx.Response(200, text="<html>")))
    async with serving(OWN_KEY) as service:
        answer = await service.post(SEARCH)
    assert text_of(answer) == (
        "The answer does not come from Scenario's API. Try again in a minute. Check SCENARIO_BASE_URL."
    )


REFUSED_CALLS: list[tuple[str, dict[str, Any]]] = [
    ("search_assets", {"images": {"like": ["/etc/passwd"]}}),
    ("search_assets", {"image": "file:///etc/passwd"}),
    ("search_assets", {"image": "http://127.0.0.1/a.png"}),
    ("search_assets", {"filter": "kind ="}),
    ("view_assets", {"assetIds": ["/etc/passwd"]}),
    ("get_models", {"modelIds": ["model_none"]}),
]


@pytest.mark.promise(number=7)
@pytest.mark.parametrize(("tool", "arguments"), REFUSED_CALLS)
async def test_no_refusal_of_a_call_names_a_setting(tool: str, arguments: dict[str, Any]) -> None:
    async with serving(SANDBOX) as service:
        answer = await service.post(call(1, tool, **arguments), **PAIR)
    assert OPERATORS_OWN.search(answer.text) is None
