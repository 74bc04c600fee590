"""HTTP connections: proxies, TLS, safe downloads of pictures, bounded bodies, and single flight.

Knows settings and errors, and nothing of Scenario's API or of MCP.
"""
