"""Draining: from SIGTERM on, the process tells load balancers that it is about to end, and goes on serving."""

from scenario_mcp.http_server.telemetry.metrics import Metrics


class Drain:
    """Whether this process is about to end."""

    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics
        self.has_begun = False

    def begin(self) -> None:
        """Report from now on, in /readyz, metrics and responses, that the process is about to end."""
        self.has_begun = True
        self._metrics.record_draining()
