"""Links that add this server to a host with a click."""

import base64
import json
from urllib.parse import quote, urlencode

from scenario_mcp.hosts.entry import Entry, LocalServer, Server
from scenario_mcp.hosts.host import Host
from scenario_mcp.hosts.secrets import description

_GOOSE_COMMANDS = {"docker", "goosed", "jbang", "npx", "uvx"}
"""Goose takes no other command from a link (aaif-goose/goose, using-extensions.md)."""
_ABOUT = "Search Scenario's assets and models"


def install_link(host: Host, server: Server, entry: Entry) -> str:
    """Return the link; nothing if the host has none for this server. The entry must hold no secret."""
    query = _goose_query(server) if "{query}" in host.link else ""
    if "{query}" in host.link and not query:
        return ""
    named = {"name": server.name, **entry.value, **({"inputs": list(entry.inputs)} if entry.inputs else {})}
    encoded = base64.b64encode(_json(entry.value).encode()).decode()
    return host.link.format(
        name=quote(server.name), base64=quote(encoded, safe=""), named_json=quote(_json(named), safe=""), query=query
    )


def _goose_query(server: Server) -> str:
    about = [("id", server.name), ("name", server.name), ("description", _ABOUT), ("timeout", "300")]
    if not isinstance(server, LocalServer):
        return urlencode([("url", server.url), ("type", "streamable_http"), *about], quote_via=quote)
    command = server.launch.command.replace("\\", "/").rpartition("/")[2].removesuffix(".exe")
    if command not in _GOOSE_COMMANDS:
        return ""
    arguments = [("arg", each) for each in server.launch.arguments]
    secrets = [("env", f"{name}={description(name)}") for name in server.secrets]
    return urlencode([("cmd", command), *arguments, *about, *secrets], quote_via=quote)


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
