"""A quicker start: the SDK's packages, whose `__init__` modules run only when one of their names is used.

`import mcp.server.lowlevel` first runs `mcp/__init__.py` and `mcp/server/__init__.py`, which import the client, the
high-level server and their dependencies. This server uses none of them; they take a fifth of the time to the first
answer. `importlib.util.LazyLoader` does not help: importing a submodule reads `__path__`, which makes it load.
"""

import importlib.util
import sys
from types import ModuleType
from typing import Any

PACKAGES = ("mcp", "mcp.server")


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
