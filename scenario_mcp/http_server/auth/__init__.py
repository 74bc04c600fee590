"""Authentication of HTTP callers: Scenario keys in headers, access tokens, OAuth tokens and their issuer's keys.

Imports the settings, `credentials`, `net` and the ground; knows neither MCP nor the app around it.
"""
