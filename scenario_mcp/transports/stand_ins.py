"""A quicker start: stand-ins for modules that the SDK imports for other ways of running than over stdio.

`mcp.server.lowlevel` imports what serves MCP over HTTP: Starlette, OAuth, server-sent events, a web server and its
command line, and OpenTelemetry, which does nothing as long as nobody has set it up. Over stdio none of it is used; it
takes a fifth of the time to the first answer. While the SDK is imported, a stand-in is found in the place of each. What
the SDK takes out of it loads the real module as soon as it is called, or asked for anything.
"""

import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from importlib import import_module
from types import ModuleType
from typing import Any


@contextmanager
def standing_in(names: Iterable[str], values: Mapping[str, Mapping[str, Any]]) -> Iterator[None]:
    """Put stand-ins in the places of modules that are not loaded yet; afterwards these are imported as ever.

    `values` says by module which names have a value of ours.
    """
    stand_ins = {name: _StandIn(name, values.get(name, {})) for name in names if name not in sys.modules}
    sys.modules.update(stand_ins)
    try:
        yield
    finally:
        for name, stand_in in stand_ins.items():
            if sys.modules.get(name) is stand_in:
                del sys.modules[name]
            parent, _, child = name.rpartition(".")
            if getattr(sys.modules.get(parent), "__dict__", {}).get(child) is stand_in:
                delattr(sys.modules[parent], child)


class _StandIn(ModuleType):
    """What is found in a module's place: each of its names is given out as a `_Later`."""

    def __init__(self, name: str, values: Mapping[str, Any]) -> None:
        super().__init__(name)
        self.__dict__.update(values)
        self.__path__: list[str] = []  # it may be a package; its modules have stand-ins of their own

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):  # the import system probes for these
            raise AttributeError(name)
        later = _Later(self.__name__, name)
        setattr(self, name, later)  # the same one for all who take it
        return later


class _Later:
    """A name of a module that is not loaded: a class or a function that loads it when it is called or looked into."""

    def __init__(self, module: str, name: str) -> None:
        self._place = module, name

    def _real(self) -> Any:
        module, name = self._place
        return getattr(import_module(module), name)

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        return self._real()(*arguments, **named)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):  # asked of any object by `typing` and others
            raise AttributeError(name)
        value = getattr(self._real(), name)
        setattr(self, name, value)
        return value

    def __get_pydantic_core_schema__(self, _source: Any, handler: Any) -> Any:
        return handler.generate_schema(self._real())

    def __instancecheck__(self, instance: object) -> bool:
        return isinstance(instance, self._real())

    def __mro_entries__(self, _bases: tuple[Any, ...]) -> tuple[Any, ...]:
        return (self._real(),)
