"""Metrics of the requests: for Prometheus at `/metrics`, and for OpenTelemetry where the operator configures it.

They do not identify callers.
"""

import os
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

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
from scenario_mcp.http_server.telemetry.worker_metrics import SHARED_FOLDER

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
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


class _Series(NamedTuple):
    """The events with the same values of all labels."""

    counter: Counter
    seconds: Histogram | None
    attributes: dict[str, str]


class _Events:
    """Events of one kind, recorded once for Prometheus and OpenTelemetry.

    They are counted by `labels` and, with `seconds_name`, timed by `seconds_labels`, the first of those. OpenTelemetry
    gets one histogram by all labels for both, since it holds the number, too.
    """

    def __init__(  # noqa: PLR0913  # the columns of one table of metrics
        self,
        registry: CollectorRegistry,
        name: str,
        description: str,
        labels: tuple[str, ...],
        *,
        seconds_name: str = "",
        seconds_labels: tuple[str, ...] = (),
        otel_name: str = "",
    ) -> None:
        self._labels = labels
        self._count = Counter(name, description, labels, registry=registry)
        self._seconds: Histogram | None = None
        self._seconds_labels = seconds_labels
        self._series: dict[tuple[str, ...], _Series] = {}  # as many as the library keeps itself
        self._tell_otel: Callable[[float, dict[str, str]], None] = lambda _amount, _attributes: None
        meter = opentelemetry_metrics.get_meter("scenario_mcp")
        if seconds_name:
            description = f"Duration of {description[0].lower()}{description[1:]}"
            self._seconds = Histogram(seconds_name, description, seconds_labels, buckets=BUCKETS, registry=registry)
            self._tell_otel = meter.create_histogram(otel_name, "s", description).record
        elif otel_name:
            self._tell_otel = meter.create_counter(otel_name, description=description).add

    def record(self, *values: str, seconds: float | None = None) -> None:
        """Record one event, given the values of its labels."""
        series = self._series.get(values) or self._open_series(values)
        series.counter.inc()
        if series.seconds is not None and seconds is not None:
            series.seconds.observe(seconds)
        self._tell_otel(1 if seconds is None else seconds, series.attributes)

    def _open_series(self, values: tuple[str, ...]) -> _Series:
        some = values[: len(self._seconds_labels)]
        seconds = self._seconds.labels(*some) if self._seconds is not None and some else self._seconds
        attributes = dict(zip(self._labels, values, strict=True))
        series = self._series[values] = _Series(self._count.labels(*values), seconds, attributes)
        return series


class Metrics:
    """The metrics of one process; a new one is one entry here."""

    def __init__(self, redis_state: Callable[[], str]) -> None:
        self._redis_state = redis_state
        self._registry = registry = CollectorRegistry()
        self._requests = _Events(
            registry,
            "scenario_mcp_requests",
            "MCP requests by method, tool and outcome.",
            ("method", "tool", "outcome"),
            seconds_name="scenario_mcp_request_seconds",
            seconds_labels=("method",),
            otel_name="scenario_mcp.request.duration",
        )
        self._upstream_requests = _Events(
            registry,
            "scenario_mcp_upstream_requests",
            "Requests to Scenario by status or kind of failure.",
            ("result",),
            seconds_name="scenario_mcp_upstream_request_seconds",
            otel_name="scenario_mcp.upstream.request.duration",
        )
        self._searches = _Events(
            registry,
            "scenario_mcp_searches",
            "Searches by source: Scenario (miss), cache (hit), Redis (shared hit) or a search in flight (joined).",
            ("source",),
            otel_name="scenario_mcp.searches",
        )
        self._rejections = _Events(registry, "scenario_mcp_refused", "Rejected requests by reason.", ("reason",))
        self._in_flight = Gauge(
            "scenario_mcp_requests_in_flight", "MCP requests in flight.", registry=registry, multiprocess_mode="livesum"
        )
        self._draining = Gauge(
            "scenario_mcp_draining", "1 after SIGTERM.", registry=registry, multiprocess_mode="livemax"
        )
        self._redis = None
        if redis_state() != "off":
            self._redis = Gauge(
                "scenario_mcp_redis_up",
                "1 while Redis works, 0 while it fails; absent without Redis.",
                registry=registry,
                multiprocess_mode="livemin",
            )
        if SHARED_FOLDER not in os.environ:
            for collector in (ProcessCollector, PlatformCollector, GCCollector):
                collector(registry=registry)

    def record_request(self, fields: Mapping[str, Any], seconds: float) -> None:
        """Record one MCP request, given the fields logged for it."""
        method = fields.get("method", "")
        if "limit" in fields:
            self.record_rejection(fields["limit"])
        self._requests.record(
            method if method in METHODS else "other",
            fields.get("tool", ""),
            fields.get("outcome", "refused"),
            seconds=seconds,
        )

    def record_upstream_request(self, tried: Try) -> None:
        """Record one request to Scenario."""
        self._upstream_requests.record(tried.cause, seconds=tried.seconds)

    def record_search(self, source: str) -> None:
        """Record where the answer of one search came from."""
        self._searches.record(source)

    def record_rejection(self, reason: str) -> None:
        """Record one request that was not served."""
        self._rejections.record(reason)

    def request_started(self) -> None:
        """Add one to the requests in flight."""
        self._in_flight.inc()

    def request_ended(self) -> None:
        """Take one from the requests in flight."""
        self._in_flight.dec()

    def record_draining(self) -> None:
        """Record that the process is about to end."""
        self._draining.set(1)

    def render(self) -> bytes:
        """Return the page that Prometheus reads, of all workers together."""
        if self._redis is not None:
            self._redis.set(self._redis_state() == "up")
        if SHARED_FOLDER not in os.environ:
            return generate_latest(self._registry)
        together = CollectorRegistry()
        multiprocess.MultiProcessCollector(together)  # type: ignore[no-untyped-call]  # the package leaves it out
        return generate_latest(together)
