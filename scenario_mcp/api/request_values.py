"""What the fields of a request may hold: text, counts, ratios, a filter; and what every request model is."""

import re
from operator import attrgetter
from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, GetCoreSchemaHandler
from pydantic.alias_generators import to_camel
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from scenario_mcp import filters
from scenario_mcp.filters import Filter
from scenario_mcp.filters.field_types import FilterFields

MAX_TEXT_CHARACTERS = 10_000
"""Longest query or filter. Of a query ten words count, and a list of 300 ids fits into such a filter."""
MAX_KEPT_FILTERS = 200
MAX_KEPT_FILTER_CHARACTERS = 1_000
"""Filters that are not read twice: an agent gives the same one with other words, or for the next page."""

_CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f]")  # those that are no white space


def not_a_boolean(value: object) -> object:
    """Refuse true and false where a number is wanted: Python takes them for 1 and 0."""
    if isinstance(value, bool):
        raise PydanticCustomError("number_type", "true and false are no numbers")
    return value


def without_controls(text: str) -> str:
    """Return a text without control characters, which mean nothing in it."""
    return text if text.isprintable() else _CONTROL.sub("", text)


def _text(value: str) -> str:
    """Return a text as it is sent."""
    if len(value) > MAX_TEXT_CHARACTERS:
        raise ValueError(f"takes at most {MAX_TEXT_CHARACTERS:,} characters, not {len(value):,}; make it shorter")
    return without_controls(value)


def _safe_integer(value: int) -> int:
    if value >= 2**53:
        raise PydanticCustomError("number_type", "JSON's readers agree on integers up to here only")
    return value


class FilterText:
    """Makes a field of a request a filter on these fields: text outside, parsed once inside."""

    def __init__(self, fields: FilterFields) -> None:
        self._fields = fields
        self._kept: dict[str, Filter] = {}

    def _parse(self, text: str) -> Filter | None:
        if kept := self._kept.get(text):
            return kept
        parsed = filters.parse(_text(text), self._fields)
        # Only a warning, of a time in the future, depends on the day.
        if parsed and not parsed.warnings and len(text) <= MAX_KEPT_FILTER_CHARACTERS:
            if len(self._kept) == MAX_KEPT_FILTERS:
                self._kept.clear()
            self._kept[text] = parsed
        return parsed

    def __get_pydantic_core_schema__(self, _source: object, _handler: GetCoreSchemaHandler) -> CoreSchema:
        as_text = core_schema.plain_serializer_function_ser_schema(attrgetter("text"))
        return core_schema.no_info_after_validator_function(
            self._parse, core_schema.str_schema(), serialization=as_text
        )


Text = Annotated[str, AfterValidator(_text)]
Count = Annotated[int, Field(ge=1, le=100), BeforeValidator(not_a_boolean)]
Offset = Annotated[int, Field(ge=0), BeforeValidator(not_a_boolean), AfterValidator(_safe_integer)]
PageNumber = Annotated[int, Field(ge=1), BeforeValidator(not_a_boolean), AfterValidator(_safe_integer)]
Ratio = Annotated[float, Field(ge=0, le=1), BeforeValidator(not_a_boolean)]


class Request(BaseModel):
    """A JSON object that is sent: camelCase outside, snake_case inside."""

    model_config = ConfigDict(
        alias_generator=to_camel,
        populate_by_name=True,
        frozen=True,
        extra="forbid",
        allow_inf_nan=False,
        defer_build=True,  # what is only inherited from is never built
    )
