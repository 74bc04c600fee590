"""Spans for OpenTelemetry tell how calls go, never whose they are or what they ask for.

They need `opentelemetry-sdk`, which an operator installs and the development environment brings.
"""

from collections.abc import Iterator
from functools import cache

import httpx
import pytest
from opentelemetry import trace
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from scenario_mcp.api import retries
from scenario_mcp.http_server.telemetry import tracing
from tests.support.fakes import Network
from tests.support.hosted import KEYLESS, MODERN_VERSION, key_headers, serving, stand_in
from tests.support.raw_stdio import call, request

SEARCH = call(1, "search_assets", query="hush-castle", limit=1)
PAIR = {name.replace("-", "_"): value for name, value in key_headers("ann").items()}
SECRETS = ("hush", "api_ann", "secret-ann", "proj_", "Signature", "req-", "203.0.113")


@cache
def provider() -> TracerProvider:
    """Return the process's only provider of spans; a second one would be refused."""
    made = TracerProvider()
    trace.set_tracer_provider(made)
    return made


@pytest.fixture(scope="module")
def exporter() -> Iterator[InMemorySpanExporter]:
    """Keep spans in memory until the last test of this module, which may be begun again after tests of others."""
    exporter = InMemorySpanExporter()
    provider().add_span_processor(SimpleSpanProcessor(exporter))
    yield exporter
    exporter.shutdown()
    exporter.clear()


@pytest.fixture
def spans(exporter: InMemorySpanExporter) -> Iterator[InMemorySpanExporter]:
    exporter.clear()
    yield exporter
    exporter.clear()


def only(spans: InMemorySpanExporter, name: str) -> ReadableSpan:
    (found,) = [span for span in spans.get_finished_spans() if span.name == name]
    return found


def answering_then(monkeypatch: pytest.MonkeyPatch, *statuses: int) -> Network:
    left = [*statuses]
    network = Network(lambda _: httpx.Response(left.pop(0), json={"hits": [], "total": 0}))
    stand_in(monkeypatch, network)
    monkeypatch.setattr(retries, "FIRST_BACKOFF_SECONDS", 0.0)
    return network


@pytest.mark.parametrize("version", ["2025-11-25", MODERN_VERSION])
async def test_a_call_has_a_span_with_each_request_to_scenario_below_it(
    monkeypatch: pytest.MonkeyPatch, spans: InMemorySpanExporter, version: str
) -> None:
    answering_then(monkeypatch, 503, 200)
    async with serving(KEYLESS) as service:
        await service.post(call(1, "search_assets", query="hush"), version, **PAIR, x_scenario_project_id="proj_hush")
    above = only(spans, "tools/call search_assets")
    below = [span for span in spans.get_finished_spans() if span.name == "scenario"]
    assert above.context is not None
    assert [span.parent is not None and span.parent.span_id == above.context.span_id for span in below] == [True, True]
    assert [dict(span.attributes or {}) for span in below] == [
        {"scenario.try": 1, "scenario.result": "503"},
        {"scenario.try": 2, "scenario.result": "200"},
    ]
    assert [span.status.status_code for span in below] == [trace.StatusCode.ERROR, trace.StatusCode.UNSET]
    assert [span.kind for span in (above, *below)] == [
        trace.SpanKind.SERVER,
        trace.SpanKind.CLIENT,
        trace.SpanKind.CLIENT,
    ]
    for span in below:
        assert (above.start_time or 0) - 50_000_000 <= (span.start_time or 0) <= (span.end_time or 0)


async def test_a_span_continues_the_trace_that_a_proxy_has_begun(
    monkeypatch: pytest.MonkeyPatch, spans: InMemorySpanExporter
) -> None:
    answering_then(monkeypatch, 200, 200)
    trace_id, span_id = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
    async with serving(KEYLESS) as service:
        await service.post(SEARCH, traceparent=f"00-{trace_id}-{span_id}-01", **PAIR)
        continued = only(spans, "tools/call search_assets")
        spans.clear()
        await service.post(call(2, "search_assets", query="b"), traceparent="nonsense", **PAIR)
        begun = only(spans, "tools/call search_assets")
    assert continued.context is not None
    assert continued.parent is not None
    assert (f"{continued.context.trace_id:032x}", f"{continued.parent.span_id:016x}") == (trace_id, span_id)
    assert begun.parent is None


@pytest.mark.parametrize("traceparent", ["00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", "nonsense", 5])
async def test_a_span_continues_the_trace_that_the_message_names(
    monkeypatch: pytest.MonkeyPatch, spans: InMemorySpanExporter, traceparent: object
) -> None:
    answering_then(monkeypatch, 200)
    message = call(1, "search_assets", query="hush")
    message["params"]["_meta"] = {"traceparent": traceparent}
    async with serving(KEYLESS) as service:
        await service.post(message, **PAIR)
    parent = only(spans, "tools/call search_assets").parent
    assert (f"{parent.span_id:016x}" if parent else None) == (str(traceparent)[36:52] or None)


async def test_a_span_says_where_the_answer_of_a_search_came_from(
    monkeypatch: pytest.MonkeyPatch, spans: InMemorySpanExporter
) -> None:
    answering_then(monkeypatch, 200)
    async with serving(KEYLESS) as service:
        sources = []
        for _ in range(2):
            spans.clear()
            await service.post(SEARCH, **PAIR)
            attributes = only(spans, "tools/call search_assets").attributes or {}
            sources.append(attributes.get("scenario.search.source"))
    assert sources == ["miss", "hit"]


async def test_a_span_holds_nothing_of_who_asked_and_for_what(
    monkeypatch: pytest.MonkeyPatch, spans: InMemorySpanExporter
) -> None:
    answering_then(monkeypatch, 200, 400, 401)
    headers = {**PAIR, "x_scenario_project_id": "proj_hush", "x_request_id": "req-hush"}
    async with serving(KEYLESS) as service:
        for message in (
            call(0, "hush", query="x"),
            request("hush", "hush/hush"),
            call(1, "search_assets", query="hush"),
            call(2, "search_assets", filter='prompt = "hush"'),
            call(3, "search_models", query="hush"),
            request(4, "resources/read", uri="scenario://assets/asset_hush"),
        ):
            await service.post(message, address="203.0.113.7", **headers)
    texts = [span.to_json() for span in spans.get_finished_spans()]
    assert len(texts) > 4
    for text in texts:
        assert not [secret for secret in SECRETS if secret in text], text


def test_a_service_that_opentelemetry_has_no_name_for_is_warned_of() -> None:
    def named(name: str) -> TracerProvider:
        return TracerProvider(resource=Resource({"service.name": name}))

    problem = "OpenTelemetry has no name for this service. Set OTEL_SERVICE_NAME=scenario-mcp."
    assert tracing.service_name_problem(named("unknown_service:python3")) == problem
    assert tracing.service_name_problem(named("scenario-mcp")) == ""
    assert tracing.service_name_problem(trace.ProxyTracerProvider()) == ""
