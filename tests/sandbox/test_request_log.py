"""The terminal's line for each request."""

import io
import os
import re
import threading
import time
from collections.abc import Sequence

import anyio
import httpx
import pytest
from starlette.types import Receive, Scope, Send

from scenario_mcp.sandbox.app import create_app
from scenario_mcp.sandbox.faults import FaultPlan
from scenario_mcp.sandbox.request_log import RequestLog, lines_to
from tests.support.sample_search import SAMPLES

SECRET_QUERY = "dragon of the north"


async def lines_of(*paths: str, plan: str = "", headers: dict[str, str] | None = None) -> Sequence[str]:
    """Ask for each path, by POST with a search where it is one; return the lines without time of day and duration."""
    lines: list[str] = []
    app = RequestLog(create_app(SAMPLES, faults=FaultPlan.parse(plan) if plan else None), lines.append)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://sandbox") as client:
        for path in paths:
            body = {"query": SECRET_QUERY, "limit": 3}
            method = "POST" if "search" in path else "GET"
            await client.request(method, path, json=body, auth=("sandbox", "sandbox"), headers=headers)
    assert all(re.match(r"\d\d:\d\d:\d\d ", line) for line in lines)
    return [re.sub(r"\b\d+ ms", "_ ms", line[9:]) for line in lines]


async def test_a_request_is_a_line_with_what_it_found() -> None:
    assert await lines_of("/v1/search/assets?offset=1", "/v1/tags", "/v1/assets?pageSize=5", "/v1/nowhere") == [
        "POST /v1/search/assets 200  _ ms, 3 hits",
        "GET /v1/tags 200  _ ms",
        "GET /v1/assets 200  _ ms, 5 hits",
        "GET /v1/nowhere 404  _ ms",
    ]


async def test_a_fault_is_told_where_it_hit() -> None:
    assert await lines_of("/v1/search/assets", "/v1/search/assets", plan="429:2") == [
        "POST /v1/search/assets 200  _ ms, 3 hits",
        "POST /v1/search/assets 429  _ ms, fault 429",
    ]
    assert await lines_of("/v1/tags", headers={"X-Sandbox-Fault": "quota"}) == ["GET /v1/tags 429  _ ms, fault quota"]


@pytest.mark.promise(number=17)
async def test_neither_words_nor_signatures_nor_what_steers_a_terminal_are_shown() -> None:
    lines = await lines_of(
        "/v1/search/assets?projectId=proj_other",
        "/cdn/assets/asset_1?Policy=eyJTdGF0&Signature=q~W-3_x&Key-Pair-Id=K1",
        "/x%1b%5b2J%E2%80%AE/https://cdn/a%3FSignature=q~W-3_x" + "y" * 200,
    )
    assert lines[:2] == ["POST /v1/search/assets 403  _ ms", "GET /cdn/assets/asset_1 403  _ ms"]
    assert lines[2].startswith("GET /x[2J/[address removed] 404")
    assert not any(word in "".join(lines) for word in ("dragon", "q~W", "sandbox:", "\x1b", "\u202e"))


async def test_an_answer_that_is_long_in_coming_is_told_before_it_comes() -> None:
    lines: list[str] = []
    told = anyio.Event()

    def write(line: str) -> None:
        lines.append(line)
        told.set()

    async def slow(scope: Scope, _receive: Receive, send: Send) -> None:
        scope["state"]["fault"] = "slow"
        await told.wait()
        await send({"type": "http.response.start", "status": 503, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    with anyio.fail_after(30):
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(RequestLog(slow, write, patience_seconds=0.01))
        ) as client:
            await client.get("http://sandbox/v1/tags")
    assert [re.sub(r"\b\d+ ms", "_ ms", line[9:]) for line in lines] == [
        "GET /v1/tags no answer yet  _ ms, fault slow",
        "GET /v1/tags 503  _ ms, fault slow",
    ]


def test_a_pipe_that_nobody_reads_holds_nothing_up() -> None:
    reader, writer = os.pipe()
    with open(writer, "w", encoding="utf-8") as stream, open(reader, encoding="utf-8") as rest:  # noqa: PTH123  # handles have no Path
        with lines_to(stream) as write:
            begin = time.monotonic()
            for number in range(5_000):
                write(f"{number:0100}")
            assert time.monotonic() - begin < 10  # else it would wait for ever
            assert rest.readline() == f"{0:0100}\n"
            drained = threading.Thread(target=lambda: [*rest])
            drained.start()
        stream.close()
        drained.join(10)


def test_the_last_line_is_written_before_the_end() -> None:
    stream = io.StringIO()
    with lines_to(stream) as write:
        write("one")
        write("two")
    assert stream.getvalue() == "one\ntwo\n"


def test_a_stream_whose_reader_has_gone_is_no_error() -> None:
    stream = io.StringIO()
    stream.close()
    with lines_to(stream) as write:
        write("one")
        write("two")
