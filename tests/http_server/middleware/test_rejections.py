"""A refused request stands in the log with what its operator can do; a flood of them does not fill it."""

import io
import json
from collections.abc import Iterator
from typing import Any

import pytest

from scenario_mcp import logs
from scenario_mcp.http_server.middleware.flood_guard import FLOOD_FACTOR
from tests.support.hosted import POST_HEADERS, STRANGER, TOKEN, TOKENS, ask, serving
from tests.support.process_state import written_log
from tests.support.raw_stdio import ping


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """Let everything from warnings on be written here."""
    with written_log("warning") as log:
        yield log


def told(log: io.StringIO) -> list[dict[str, Any]]:
    lines = [json.loads(line) for line in log.getvalue().splitlines()]
    return [{name: line[name] for name in line if name not in {"time", "logger", "request"}} for line in lines]


async def test_a_wrong_token_is_logged_with_its_address_and_never_itself(log: io.StringIO) -> None:
    async with serving(**TOKENS) as service:
        answer = await service.post(
            ping(1), address=STRANGER, authorization="Bearer smcp_not-one-of-ours", x_request_id="req-1"
        )
    assert answer.status_code == 401
    assert told(log) == [
        {
            "level": "warning",
            "message": (
                "Request refused (401). This server does not know the access token; it may have been withdrawn. Ask "
                "the server's operator for another."
            ),
            "reason": "caller",
            "address": STRANGER,
        }
    ]
    assert json.loads(log.getvalue())["request"] == "req-1"
    assert "smcp_" not in log.getvalue()


async def test_another_host_or_origin_is_logged_with_the_setting_that_lets_it_in(log: io.StringIO) -> None:
    async with serving() as service:
        await ask(service, {**POST_HEADERS, "host": "mcp.example.com"})
        await ask(service, {**POST_HEADERS, "origin": "https://chat.example.com"})
        await ask(service, {**POST_HEADERS, "origin": "null"})
    assert [line["message"] for line in told(log)] == [
        (
            "Request refused (421). The Host header is 'mcp.example.com', which SCENARIO_MCP_ALLOWED_HOSTS does not "
            "list. Add it there if it is a name of this server."
        ),
        (
            "Request refused (403). A page of the origin 'chat.example.com' (https) called, which "
            "SCENARIO_MCP_ALLOWED_ORIGINS does not list. Add it there if its pages may call."
        ),
        (
            "Request refused (403). A page of the origin 'null' called, which SCENARIO_MCP_ALLOWED_ORIGINS does not "
            "list. Add it there if its pages may call."
        ),
    ]


async def test_a_flood_of_refusals_is_a_few_lines(log: io.StringIO) -> None:
    async with serving(**TOKENS) as service:
        for _ in range(3 * logs.MAX_CAUSED_BY_STRANGERS):
            await service.post(ping(1))
        await ask(service, {**POST_HEADERS, "host": "mcp.example.com"})
    reasons = [line["reason"] for line in told(log)]
    assert reasons == ["caller"] * logs.MAX_CAUSED_BY_STRANGERS + ["host"]


async def test_a_runaway_script_is_logged_with_the_name_of_its_token(log: io.StringIO) -> None:
    async with serving(**TOKENS, CALLS_PER_MINUTE="1") as service:
        statuses = [
            (await service.post(ping(1), authorization=f"Bearer {TOKEN}")).status_code for _ in range(FLOOD_FACTOR + 1)
        ]
    assert statuses == [200] * FLOOD_FACTOR + [429]
    (line,) = told(log)
    assert (line["reason"], line["caller"]) == ("flood", "build-farm")
    assert line["message"].startswith("Request refused (429). Too many requests. Wait ")


async def test_what_clients_do_all_the_time_is_no_warning(log: io.StringIO) -> None:
    async with serving() as service:
        statuses = [
            (await ask(service, POST_HEADERS, "GET")).status_code,
            (await ask(service, {"content-type": "text/plain"})).status_code,
        ]
    assert statuses == [405, 415]
    assert told(log) == []
