"""What can be filtered on, one row a field."""

from scenario_mcp.filters.field_types import FilterField, FilterFields, OneOf
from scripts.pages.markdown import code, table

MAX_NAMES = 4
"""Other names of a field that are shown."""


def filter_fields(fields: FilterFields) -> str:
    """Return a table of the fields: what each holds, and which other names are read as it."""
    rows = ((code(field.name), _holds(field), code(*field.also[:MAX_NAMES])) for field in fields.values())
    return table(("Field", "Holds", "Also understood"), rows)


def _holds(field: FilterField) -> str:
    if isinstance(field.type, OneOf):
        values = code(*field.type.values) + (" and others" if field.type.is_open else "")
        return f"{'list of ' if field.is_list else ''}{values}"
    return field.meaning
