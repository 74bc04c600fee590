"""Metrics for Prometheus and OpenTelemetry, and tracing: how many requests, how long they take, how they end.

Does not identify callers. Imports `scenario_mcp.api`, `backend` and `logs`, but no other room of the HTTP server.
"""
