"""A store with an index of its own."""

from scenario_mcp.sandbox.engine.indexes import IndexSettings
from scenario_mcp.sandbox.engine.storage import Store

THINGS = IndexSettings(
    searchable=("name", "tags"),
    filterable={"tags": "tags", "size": "size", "maker": "maker"},
    sortable={"size": "size"},
)


def open_store() -> Store:
    return Store.open(settings={"assets": THINGS})
