"""Metrics for Prometheus and OpenTelemetry tell how many calls there are and how they end, never whose they are."""

import asyncio
import re

import httpx
import pytest
from opentelemetry import metrics
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import Histogram, InMemoryMetricReader, Sum

from scenario_mcp.api import retries
from scenario_mcp.http_server.auth.access_tokens import make_token
from scenario_mcp.http_server.telemetry.metrics import Metrics
from tests.support.fakes import Network, asset_document
from tests.support.hosted import KEYLESS, MODERN_VERSION, SANDBOX, Service, json_bytes, key_headers, serving, stand_in
from tests.support.raw_stdio import HANDSHAKE, INITIALIZED, call, ping, request

SEARCH = call(1, "search_assets", query="hush-castle", limit=1)
PAIR = {name.replace("-", "_"): value for name, value in key_headers("ann").items()}


async def counted(service: Service, family: str) -> dict[str, float]:
    """Return the samples of one family by their labels."""
    page = (await service.get("/metrics")).text
    found = re.findall(rf"^{family}(?:\{{(.*)\}})? (\S+)$", page, re.MULTILINE)
    return {labels.replace('"', ""): float(value) for labels, value in found}


# --- Prometheus -----------------------------------------------------------------------------------------------------


async def test_calls_are_counted_by_method_tool_and_outcome() -> None:
    async with serving() as service:
        for message in (
            SEARCH,
            SEARCH,
            call(2, "search_assets", filter="prompt:dragon"),
            call(3, "nope"),
            request(4, "tools/list"),
            request(5, "resources/read", uri="scenario://nothing"),
        ):
            await service.post(message)
        requests = await counted(service, "scenario_mcp_requests_total")
        seconds = await counted(service, "scenario_mcp_request_seconds_count")
        in_flight = await counted(service, "scenario_mcp_requests_in_flight")
    assert requests == {
        "method=tools/call,outcome=ok,tool=search_assets": 2,
        "method=tools/call,outcome=error,tool=search_assets": 1,
        "method=tools/call,outcome=refused,tool=": 1,
        "method=tools/list,outcome=ok,tool=": 1,
        "method=resources/read,outcome=refused,tool=": 1,
    }
    assert seconds == {"method=tools/call": 4, "method=tools/list": 1, "method=resources/read": 1}
    assert in_flight == {"": 0}


async def test_what_the_sdk_answers_itself_is_counted_as_what_it_is() -> None:
    async with serving() as service:
        await service.post(HANDSHAKE, None)
        await service.post(ping(1))
        await service.post(request(2, "server/discover"), MODERN_VERSION)
        await service.post(INITIALIZED)
        requests = await counted(service, "scenario_mcp_requests_total")
    assert requests == {
        "method=initialize,outcome=ok,tool=": 1,
        "method=ping,outcome=ok,tool=": 1,
        "method=server/discover,outcome=ok,tool=": 1,
        "method=other,outcome=ok,tool=": 1,
    }


async def test_methods_that_nobody_knows_are_counted_as_one() -> None:
    async with serving() as service:
        for number in range(3):
            await service.post(request(number, f"no/such/method/{number}"))
            await service.send(b"no message")
            await service.post(INITIALIZED)
        methods = {labels.partition(",")[0] for labels in await counted(service, "scenario_mcp_requests_total")}
        seconds = await counted(service, "scenario_mcp_request_seconds_count")
    assert methods == {"method=other"}
    assert seconds == {"method=other": 9}


async def test_searches_are_counted_by_where_their_answer_came_from(monkeypatch: pytest.MonkeyPatch) -> None:
    network = Network(lambda _: httpx.Response(200, json={"hits": [asset_document()], "total": 1}))
    stand_in(monkeypatch, network)
    async with serving(KEYLESS) as service:
        await service.post(SEARCH, **PAIR)
        await service.post(SEARCH, **PAIR)
        other = call(1, "search_assets", query="another", limit=1)
        await asyncio.gather(service.post(other, **PAIR), service.post(other, **PAIR))
        searches = await counted(service, "scenario_mcp_searches_total")
        upstream = await counted(service, "scenario_mcp_upstream_requests_total")
        seconds = await counted(service, "scenario_mcp_upstream_request_seconds_count")
    assert searches == {"source=miss": 2, "source=hit": 1, "source=joined": 1}
    assert (upstream, seconds) == ({"result=200": 2}, {"": 2})


async def test_requests_to_scenario_are_counted_by_what_came_of_them(monkeypatch: pytest.MonkeyPatch) -> None:
    def answer(sent: httpx.Request) -> httpx.Response:
        if len(network.requests) == 1:
            raise httpx.ReadError("gone", request=sent)
        return httpx.Response(503 if len(network.requests) == 2 else 200, json={"hits": [], "total": 0})

    network = Network(answer)
    stand_in(monkeypatch, network)
    monkeypatch.setattr(retries, "FIRST_BACKOFF_SECONDS", 0.0)
    async with serving(KEYLESS) as service:
        await service.post(SEARCH, **PAIR)
        upstream = await counted(service, "scenario_mcp_upstream_requests_total")
    assert upstream == {"result=ReadError": 1, "result=503": 1, "result=200": 1}


async def test_what_was_not_served_is_counted_by_its_reason() -> None:
    _, entry = make_token("a")
    async with serving(HTTP_AUTH="access-tokens", ACCESS_TOKENS=entry, CALLS_PER_MINUTE="1") as service:
        async with service.client() as client:
            await client.get("/mcp")
        await service.post(ping(1), host="evil.example")
        await service.post(ping(1), origin="https://evil.example")
        await service.post(ping(1), content_type="text/plain")
        for _ in range(7):
            await service.post(ping(1))
        refusals = await counted(service, "scenario_mcp_refused_total")
        requests = await counted(service, "scenario_mcp_requests_total")
    assert refusals == {
        "reason=method": 1,
        "reason=host": 1,
        "reason=origin": 1,
        "reason=content type": 1,
        "reason=caller": 5,
        "reason=flood": 2,
    }
    assert requests == {}


async def test_a_body_that_is_too_large_is_counted() -> None:
    async with serving() as service:
        await service.send(b" " * (16 * 2**20 + 1))
        assert await counted(service, "scenario_mcp_refused_total") == {"reason=body": 1}


async def test_draining_can_be_seen() -> None:
    async with serving() as service:
        before = await counted(service, "scenario_mcp_draining")
        service.parts.drain.begin()
        after = await counted(service, "scenario_mcp_draining")
    assert (before, after) == ({"": 0}, {"": 1})


def test_without_redis_nothing_is_said_of_it() -> None:
    assert b"\nscenario_mcp_redis_up " not in Metrics(lambda: "off").render()


@pytest.mark.parametrize(("state", "value"), [("up", b"1.0"), ("down", b"0.0")])
def test_redis_can_be_seen_to_be_up_or_down(state: str, value: bytes) -> None:
    assert b"\nscenario_mcp_redis_up " + value + b"\n" in Metrics(lambda: state).render()


async def test_the_page_is_in_the_format_of_prometheus() -> None:
    async with serving() as service:
        answer = await service.get("/metrics")
    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    families = set(re.findall(r"^# TYPE (scenario_mcp_\S+) (\S+)$", answer.text, re.MULTILINE))
    assert {
        ("scenario_mcp_requests_total", "counter"),
        ("scenario_mcp_request_seconds", "histogram"),
        ("scenario_mcp_upstream_requests_total", "counter"),
        ("scenario_mcp_upstream_request_seconds", "histogram"),
        ("scenario_mcp_searches_total", "counter"),
        ("scenario_mcp_refused_total", "counter"),
        ("scenario_mcp_requests_in_flight", "gauge"),
        ("scenario_mcp_draining", "gauge"),
    } <= families
    assert "process_resident_memory_bytes" in answer.text


# --- OpenTelemetry --------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def reader() -> InMemoryMetricReader:
    """Let the process's only provider of meters keep them in memory."""
    reader = InMemoryMetricReader()
    metrics.set_meter_provider(MeterProvider([reader]))
    return reader


async def test_the_same_is_told_to_meters(reader: InMemoryMetricReader) -> None:
    async with serving(SANDBOX) as service:
        await service.post(SEARCH)
        await service.send(json_bytes(SEARCH))
    told: dict[str, list[tuple[dict[str, object], float]]] = {}
    data = reader.get_metrics_data()
    assert data is not None
    for resource in data.resource_metrics:
        for scope in resource.scope_metrics:
            for metric in scope.metrics:
                if isinstance(metric.data, Histogram):
                    told[metric.name] = [(dict(each.attributes or {}), each.count) for each in metric.data.data_points]
                elif isinstance(metric.data, Sum):
                    told[metric.name] = [(dict(each.attributes or {}), each.value) for each in metric.data.data_points]
    assert told == {
        "scenario_mcp.request.duration": [({"method": "tools/call", "tool": "search_assets", "outcome": "ok"}, 2)],
        "scenario_mcp.upstream.request.duration": [({"result": "200"}, 1)],
        "scenario_mcp.searches": [({"source": "miss"}, 1), ({"source": "hit"}, 1)],
    }
