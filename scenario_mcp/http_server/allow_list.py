"""Allow-list for values of the Host and Origin headers."""

from collections.abc import Iterable


class AllowList:
    """Values that are allowed: exact, `name:*` for any port, `scheme://*` for any host, `*` for all."""

    def __init__(self, allowed: Iterable[str]) -> None:
        names = frozenset(allowed)
        self._allows_all = "*" in names
        self._exact = names
        self._any_port = frozenset(name[:-2] for name in names if name.endswith(":*"))
        self._any_host = frozenset(name[:-4] for name in names if name.endswith("://*"))

    def __contains__(self, value: str) -> bool:
        value = value.lower()
        if self._allows_all or value in self._exact:
            return True
        scheme, separator, host = value.partition("://")
        if separator and host and scheme in self._any_host:
            return True
        name, colon, port = value.rpartition(":")
        return bool(colon) and port.isdecimal() and port.isascii() and name in self._any_port
