"""The Redis or Valkey that replicas share: the link to it, its address, its failures.

Knows neither callers nor limits; imports `scenario_mcp.errors`, and redis-py only where an address is configured.
"""
