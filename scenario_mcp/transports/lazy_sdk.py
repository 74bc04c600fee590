"""A quicker start in less memory: what this server uses of the SDK, imported without what it does not use.

`import mcp.server.lowlevel` first runs `mcp/__init__.py` and `mcp/server/__init__.py`, which import the client, the
high-level server and their dependencies. This server uses none of them: they run only when one of their names is used.
`importlib.util.LazyLoader` does not help: importing a submodule reads `__path__`, which makes it load.

`mcp.server.lowlevel` itself imports what serves MCP over HTTP, for which there are stand-ins, and builds models that
wait here for their first use. This server over HTTP needs none of that either, and imports what it takes of Starlette
itself.
"""

import importlib.util
import os
import sys
from types import ModuleType
from typing import Any

from scenario_mcp.transports.stand_ins import standing_in

PACKAGES = ("mcp", "mcp.server")
OVER_HTTP = (
    "mcp.server.auth.middleware.auth_context",
    "mcp.server.auth.middleware.bearer_auth",
    "mcp.server.auth.provider",
    "mcp.server.auth.routes",
    "mcp.server.auth.settings",
    "mcp.server.streamable_http",
    "mcp.server.streamable_http_manager",
    "mcp.server.transport_security",
    "starlette.applications",
    "starlette.middleware",
    "starlette.middleware.authentication",
    "starlette.routing",
)
ERAS = ("mcp_types._v2025_11_25", "mcp_types._v2026_07_28")
"""The messages of the protocol's two eras; a connection uses one of them."""
TRACING = ("mcp.server._otel", "mcp.shared._otel", "opentelemetry.trace")
"""Spans of OpenTelemetry, which go nowhere unless its variables or its command have set it up."""


def load_lowlevel() -> bool:
    """Import the SDK's low-level server as stdio needs it, unless it is loaded already; return whether it is now.

    Where that is not possible, nothing of it is left, and an import works as ever.
    """
    loaded = {*sys.modules}
    defer_packages()
    if not loaded.isdisjoint(("mcp_types", "mcp.server.lowlevel")):
        return False
    try:
        _load_lowlevel()
    except Exception:  # noqa: BLE001  # whatever the SDK has changed, it works without this
        for name in {*sys.modules} - loaded:
            if name.partition(".")[0] in {"mcp", "mcp_types"}:
                del sys.modules[name]
        return False
    return True


def load_eras() -> None:
    """Import the messages of both eras at once, for a server whose callers should not wait for them."""
    for name in ERAS:
        importlib.import_module(name)


def _load_lowlevel() -> None:
    from scenario_mcp.transports.lazy_models import deferred_builds

    is_traced = "opentelemetry" in sys.modules or any(name.startswith("OTEL_") for name in os.environ)
    names = (*OVER_HTTP, *ERAS) if is_traced else (*OVER_HTTP, *ERAS, *TRACING)
    values = {"mcp.server._otel": {"OpenTelemetryMiddleware": _Untraced}}
    with standing_in(names, values), deferred_builds():
        importlib.import_module("mcp_types._wire_base")  # from which the models of both eras inherit
        importlib.import_module("mcp.server.lowlevel")


class _Untraced:
    """In the place of the SDK's tracing, where nobody has set it up: a request goes on as it is."""

    async def __call__(self, context: Any, call_next: Any) -> Any:
        return await call_next(context)


def defer_packages() -> None:
    """Register the SDK's packages so that each runs its `__init__` only when one of its names is first used."""
    for name in PACKAGES:
        if name not in sys.modules:
            spec = importlib.util.find_spec(name)
            if spec is None:  # pragma: no cover  # the SDK is a dependency; its import would tell
                return
            sys.modules[name] = package = _Deferred(name)
            package.__spec__, package.__loader__ = spec, spec.loader
            package.__path__ = list(spec.submodule_search_locations or ())
            package.__file__, package.__package__ = spec.origin, name
            parent, _, child = name.rpartition(".")
            if parent:
                setattr(sys.modules[parent], child, package)


class _Deferred(ModuleType):
    """A package whose `__init__` has not run yet."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):  # the import system probes for these
            raise AttributeError(name)
        self.__class__ = ModuleType  # type: ignore[assignment]  # from here on a package like any other
        spec = self.__spec__
        if spec is None or spec.loader is None:  # pragma: no cover  # `defer_packages` sets both
            raise AttributeError(name)
        spec.loader.exec_module(self)
        return getattr(self, name)
