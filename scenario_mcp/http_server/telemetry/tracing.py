"""Tracing with OpenTelemetry: a span per MCP request, and below it a span per request to Scenario.

No span holds text that the caller chose.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from mcp.server.context import CallNext, HandlerResult, ServerRequestContext
from mcp.shared.exceptions import MCPError
from opentelemetry import context as contexts
from opentelemetry import propagate, trace
from starlette.datastructures import Headers

from scenario_mcp import logs
from scenario_mcp.api.retries import Try
from scenario_mcp.backend import Backend
from scenario_mcp.http_server.telemetry.metrics import METHODS


def is_enabled() -> bool:
    """Whether the operator has configured tracing."""
    return not isinstance(trace.get_tracer_provider(), trace.ProxyTracerProvider)


def service_name_problem(provider: trace.TracerProvider) -> str:
    """Say that OpenTelemetry has no name for this service; nothing if it has, or is not configured."""
    resource = getattr(provider, "resource", None)
    name = resource.attributes.get("service.name", "") if resource is not None else "known"
    if name and not str(name).startswith("unknown_service"):
        return ""
    return "OpenTelemetry has no name for this service. Set OTEL_SERVICE_NAME=scenario-mcp."


_tracer = trace.get_tracer("scenario_mcp")
_NANOSECONDS = 1_000_000_000


@contextmanager
def continue_trace(headers: Headers) -> Iterator[None]:
    """Make the spans within part of the trace that the headers name, if they do."""
    if "traceparent" not in headers or not is_enabled():
        yield
        return
    token = contexts.attach(propagate.extract(headers))
    try:
        yield
    finally:
        contexts.detach(token)


async def trace_request(ctx: ServerRequestContext[Backend, Any], call_next: CallNext) -> HandlerResult:
    """Record a span for an MCP request: its method, its tool and its outcome."""
    method = ctx.method if ctx.method in METHODS else "other"
    attributes = {"mcp.method.name": method, "mcp.protocol.version": ctx.protocol_version}
    with _tracer.start_as_current_span(
        method,
        context=_parent(ctx.meta),
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
            fields = logs.known()  # holds a tool only if it exists
            if "tool" in fields:
                span.update_name(f"{method} {fields['tool']}")
                span.set_attribute("gen_ai.tool.name", fields["tool"])
            span.set_attribute("outcome", fields.get("outcome", "refused"))


def _parent(meta: Mapping[str, Any] | None) -> contexts.Context | None:
    """Return the trace that `_meta` of a message names; None, for the current one, if it names none."""
    try:
        parent = propagate.extract(meta or {})
    except (TypeError, ValueError):  # the client's values may be of any type
        return None
    return parent if trace.get_current_span(parent).get_span_context().is_valid else None


def record_upstream_request(tried: Try) -> None:
    """Record a span for a request to Scenario: its time and result, but not its address or body."""
    if not trace.get_current_span().is_recording():
        return
    begun = int(tried.begun * _NANOSECONDS)
    attributes: dict[str, str | int] = {"scenario.try": tried.number, "scenario.result": tried.cause}
    span = _tracer.start_span("scenario", kind=trace.SpanKind.CLIENT, start_time=begun, attributes=attributes)
    if not tried.cause.startswith(("2", "4")):
        span.set_status(trace.StatusCode.ERROR)
    span.end(begun + int(tried.seconds * _NANOSECONDS))


def record_search(source: str) -> None:
    """Record in the current span where the answer of its search came from."""
    trace.get_current_span().set_attribute("scenario.search.source", source)
