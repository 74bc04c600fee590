"""Headers of an inbound request, read once. Of a field that is repeated the first value counts.

Where a second value could mislead (Host, credentials, MCP's routing headers), whoever reads the field rejects it, by
`count` or `raw`.
"""

from starlette.datastructures import Headers


class InboundHeaders(Headers):
    """Starlette's headers with a look-up in constant time."""

    def __init__(self, raw: list[tuple[bytes, bytes]]) -> None:
        super().__init__(raw=raw)
        self.fields = {name.decode("latin-1"): value.decode("latin-1") for name, value in reversed(raw)}
        """First value by name in lower case."""

    def __getitem__(self, name: str) -> str:
        return self.fields[name.lower()]

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and name.lower() in self.fields

    def count(self, name: str) -> int:
        """Return how many fields of this name the request has."""
        encoded = name.encode("latin-1")
        return sum(each == encoded for each, _ in self.raw)
