"""Whole documents without addresses, for files and programs: a signed address is a credential."""

import re
from typing import Any

from scenario_mcp.text import without_links

_URL_FIELD = re.compile(r"(?i)url$")
_SIGNED = re.compile(r"(?i)(signature|policy|key-pair-id|credential|token|sig)=")


def without_addresses(value: Any) -> Any:
    """Return a JSON value without the fields that hold addresses, and its texts without signed addresses."""
    match value:
        case dict():
            return {name: without_addresses(inner) for name, inner in value.items() if not _URL_FIELD.search(name)}
        case list() | tuple():
            return [without_addresses(inner) for inner in value]
        case str():
            return without_links(value) if _SIGNED.search(value) else value
        case float() if value.is_integer():
            return int(value)  # the reply's numbers were parsed as floats
        case _:
            return value
