"""What answers a call, imported with the first call or shortly before it: a client that lists tools does not wait."""

import sys
from importlib import import_module

from scenario_mcp.settings import Live, Sandbox
from scenario_mcp.transports.stand_ins import standing_in

_OPENED = (
    "api.client",
    "api.retries",
    "net.connections",
    "pictures.own_files",
    "pictures.reader",
    "pictures.references",
)
"""Modules that are needed whatever answers, the API or the sandbox; imported when it is opened."""


def import_ahead(upstream: Live | Sandbox) -> None:
    """Import what opening Scenario needs; it is not opened."""
    import_httpx()
    for module in (*_OPENED, "sandbox.app" if isinstance(upstream, Sandbox) else "net.aiohttp_transport"):
        import_module(f"scenario_mcp.{module}")


def import_httpx() -> None:
    """Import httpx without its command line, which brings Rich, Pygments and click: a third of its import."""
    if "httpx" not in sys.modules:
        with standing_in(("httpx._main",), {}):
            import_module("httpx")
