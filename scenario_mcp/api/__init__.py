"""Scenario's API and its only client: requests, filter fields, replies, errors, retries and the circuit breaker.

May use HTTP clients, `net`, `filters` and the settings; knows nothing of MCP or of the callers of a server.
"""
