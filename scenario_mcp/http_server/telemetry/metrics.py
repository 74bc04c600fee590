"""What is counted of the calls: for Prometheus at `/metrics`, and for OpenTelemetry where the operator configures it.

Nothing here tells callers apart.
"""

import os
from collections.abc import Callable, Mapping
from typing import Any

from opentelemetry import metrics as opentelemetry_metrics
from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    GCCollector,
    Histogram,
    PlatformCollector,
    ProcessCollector,
    generate_latest,
    multiprocess,
)

from scenario_mcp.api.retries import Try

SHARED_FOLDER = "PROMETHEUS_MULTIPROC_DIR"
"""Where the workers of one server count together; the library reads it when it is imported."""
CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
METHODS = frozenset(
    {
        "completion/complete",
        "initialize",
        "logging/setLevel",
        "ping",
        "prompts/get",
        "prompts/list",
        "resources/list",
        "resources/read",
        "resources/templates/list",
        "server/discover",
        "tools/call",
        "tools/list",
    }
)


class Metrics:
    """The meters of one process."""

    def __init__(self, redis_state: Callable[[], str]) -> None:
        self._redis_state = redis_state
        self._registry = registry = CollectorRegistry()
        self._calls = Counter(
            "scenario_mcp_requests",
            "MCP requests, by method, tool and outcome.",
            ("method", "tool", "outcome"),
            registry=registry,
        )
        self._seconds = Histogram(
            "scenario_mcp_request_seconds", "How long they took.", ("method",), buckets=SECONDS, registry=registry
        )
        self._tries = Counter(
            "scenario_mcp_upstream_requests",
            "Requests to Scenario, by status or kind of failure.",
            ("result",),
            registry=registry,
        )
        self._upstream_seconds = Histogram(
            "scenario_mcp_upstream_request_seconds", "How long they took.", buckets=SECONDS, registry=registry
        )
        self._searches = Counter(
            "scenario_mcp_searches",
            "Searches, by where their answer came from: upstream (miss), memory, Redis, or another call under way.",
            ("source",),
            registry=registry,
        )
        self._refusals = Counter(
            "scenario_mcp_refused", "Requests that were not served, by reason.", ("reason",), registry=registry
        )
        self._in_flight = Gauge(
            "scenario_mcp_requests_in_flight", "MCP requests under way.", registry=registry, multiprocess_mode="livesum"
        )
        self._redis = None
        if redis_state() != "off":
            self._redis = Gauge(
                "scenario_mcp_redis_up",
                "1 while Redis is used, 0 while it is down; absent without Redis.",
                registry=registry,
                multiprocess_mode="livemin",
            )
        self._draining = Gauge(
            "scenario_mcp_draining", "1 from SIGTERM on.", registry=registry, multiprocess_mode="livemax"
        )
        if SHARED_FOLDER not in os.environ:
            for collector in (ProcessCollector, PlatformCollector, GCCollector):
                collector(registry=registry)
        meter = opentelemetry_metrics.get_meter("scenario_mcp")
        self._told_calls = meter.create_histogram("scenario_mcp.request.duration", "s", "How long MCP requests took.")
        self._told_tries = meter.create_histogram(
            "scenario_mcp.upstream.request.duration", "s", "How long requests to Scenario took."
        )
        self._told_searches = meter.create_counter("scenario_mcp.searches", description="Searches by source.")

    def record_request(self, known: Mapping[str, Any], seconds: float) -> None:
        """Count an MCP request of which this is known for the log."""
        method = known.get("method", "")
        method = method if method in METHODS else "other"
        tool, outcome = known.get("tool", ""), known.get("outcome", "refused")
        if "limit" in known:
            self.record_rejection(known["limit"])
        self._calls.labels(method, tool, outcome).inc()
        self._seconds.labels(method).observe(seconds)
        self._told_calls.record(seconds, {"method": method, "tool": tool, "outcome": outcome})

    def record_upstream_request(self, tried: Try) -> None:
        """Count a request to Scenario."""
        self._tries.labels(tried.cause).inc()
        self._upstream_seconds.observe(tried.seconds)
        self._told_tries.record(tried.seconds, {"result": tried.cause})

    def record_search(self, source: str) -> None:
        """Count a search by where its answer came from."""
        self._searches.labels(source).inc()
        self._told_searches.add(1, {"source": source})

    def record_rejection(self, reason: str) -> None:
        """Count what was not served."""
        self._refusals.labels(reason).inc()

    def request_started(self) -> None:
        """Count a request as under way."""
        self._in_flight.inc()

    def request_ended(self) -> None:
        """Count it no more."""
        self._in_flight.dec()

    def record_draining(self) -> None:
        """Say that the process is about to end."""
        self._draining.set(1)

    def render(self) -> bytes:
        """Return what Prometheus reads, of all workers together."""
        if self._redis is not None:
            self._redis.set(self._redis_state() == "up")
        if SHARED_FOLDER not in os.environ:
            return generate_latest(self._registry)
        together = CollectorRegistry()
        multiprocess.MultiProcessCollector(together)  # type: ignore[no-untyped-call]  # the package leaves it out
        return generate_latest(together)
