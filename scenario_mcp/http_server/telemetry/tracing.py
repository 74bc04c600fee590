"""Spans for OpenTelemetry, where the operator installs and configures it: a request's are below those of its call."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from mcp.server.context import CallNext, HandlerResult, ServerRequestContext
from mcp.shared._otel import extract_trace_context
from mcp.shared.exceptions import MCPError
from opentelemetry import context as contexts
from opentelemetry import propagate, trace
from starlette.datastructures import Headers

from scenario_mcp import logs
from scenario_mcp.api.retries import Try
from scenario_mcp.backend import Backend
from scenario_mcp.http_server.telemetry.metrics import METHODS


def is_enabled() -> bool:
    """Whether the operator has configured tracing; before that, spans would be made for nobody."""
    return not isinstance(trace.get_tracer_provider(), trace.ProxyTracerProvider)


_tracer = trace.get_tracer("scenario_mcp")
_NANOSECONDS = 1_000_000_000


@contextmanager
def continue_trace(headers: Headers) -> Iterator[None]:
    """Let spans continue the trace that a caller or a proxy has begun, if the headers name one."""
    if "traceparent" not in headers or not is_enabled():
        yield
        return
    token = contexts.attach(propagate.extract(headers))
    try:
        yield
    finally:
        contexts.detach(token)


async def trace_request(ctx: ServerRequestContext[Backend, Any], call_next: CallNext) -> HandlerResult:
    """Make the span of an MCP request: what it was and how it ended, none of the words that its caller chose."""
    method = ctx.method if ctx.method in METHODS else "other"
    attributes = {"mcp.method.name": method, "mcp.protocol.version": ctx.protocol_version}
    with _tracer.start_as_current_span(
        method,
        context=extract_trace_context(ctx.meta) if ctx.meta else None,
        kind=trace.SpanKind.SERVER,
        attributes=attributes,
        record_exception=False,
        set_status_on_exception=False,
    ) as span:
        try:
            return await call_next(ctx)
        except MCPError as error:
            span.set_status(trace.StatusCode.ERROR)
            span.set_attribute("rpc.response.status_code", str(error.error.code))
            raise
        finally:
            known = logs.known()  # tools by their own names; what else was asked for is not among it
            if "tool" in known:
                span.update_name(f"{method} {known['tool']}")
                span.set_attribute("gen_ai.tool.name", known["tool"])
            span.set_attribute("outcome", known.get("outcome", "refused"))


def record_upstream_request(tried: Try) -> None:
    """Record a request to Scenario: how it ended and when, not where it went or what it held."""
    if not trace.get_current_span().is_recording():
        return
    begun = int(tried.begun * _NANOSECONDS)
    attributes: dict[str, str | int] = {"scenario.try": tried.number, "scenario.result": tried.cause}
    span = _tracer.start_span("scenario", kind=trace.SpanKind.CLIENT, start_time=begun, attributes=attributes)
    if not tried.cause.startswith(("2", "4")):
        span.set_status(trace.StatusCode.ERROR)
    span.end(begun + int(tried.seconds * _NANOSECONDS))


def record_search(source: str) -> None:
    """Note at the span of a call where the answer of its search came from."""
    trace.get_current_span().set_attribute("scenario.search.source", source)
