"""Raw arguments -> request model, or sentences that say what to change."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from scenario_mcp.api.request_values import Request
from scenario_mcp.api.requests import Search
from scenario_mcp.errors import SearchRefused
from scenario_mcp.filters.field_types import FilterFields
from scenario_mcp.ids import ResourceType
from scenario_mcp.server.arguments.refusals import MAX_PROBLEMS, CallRefused, Problem, Read, told, unknown
from scenario_mcp.server.arguments.schema import expected, portable_schema
from scenario_mcp.server.arguments.values import WORDS, repaired, without_filler
from scenario_mcp.text import shown

if TYPE_CHECKING:
    from scenario_mcp.filters.check import FilterProblem
    from scenario_mcp.server.arguments.filter_names import FieldNames

_SHAPED = ("[", "{", '"', "`")
"""How a filter begins that may be a list or an object as text, or a text in JSON's quotes or a fence of Markdown."""

_EXACT_TYPES: Mapping[str, type] = {"integer": int, "number": float, "boolean": bool}
"""Values of these types are taken as they are."""

RequestT = TypeVar("RequestT", bound=Request)


class ArgumentReader(Generic[RequestT]):
    """Reads what a client sent for one request model; built once per tool."""

    def __init__(self, model: type[RequestT], reader_of: "Callable[[str], ArgumentReader[Any]] | None" = None) -> None:
        """`reader_of` returns the reader of another tool, by which a call for that one is tried before it is shown."""
        self._reader_of = reader_of
        self.schema = portable_schema(model)
        self.schema.pop("description")  # the model's docstring is for us; the tool says what it does
        self._model = model
        self._properties: dict[str, dict[str, Any]] = self.schema["properties"]
        self._examples = {
            field.alias or name: field.examples[0] for name, field in model.model_fields.items() if field.examples
        }
        search: type[Request] = model
        self._fields: FilterFields = search.filter_fields if issubclass(search, Search) else {}
        self._sort_fields: tuple[str, ...] = search.sort_fields if issubclass(search, Search) else ()
        self._sortings = frozenset(f"{name}:{way}" for name in self._sort_fields for way in ("asc", "desc"))
        types = {name: _EXACT_TYPES.get(schema["type"]) for name, schema in self._properties.items()}
        self._exact_types = {name: type_ for name, type_ in types.items() if type_}
        self._resource_type = _resource_type(model, self._properties)

    def read(self, raw: Mapping[str, Any] | None) -> RequestT:
        """Return the request that the arguments ask for.

        Arguments are taken as clients really send them, as long as they can only have meant one thing: null and empty
        values count as absent, objects and lists may come as text, numbers as text, a list of one as its item; names
        in other spellings, filter fields beside the filter, and conditions as lists or objects are understood.

        Raises:
            SearchRefused: a sentence for each problem, with a valid example.

        """
        try:
            return self._read(raw or {})
        except CallRefused as refused:
            raise SearchRefused(told(refused.problems, self._reads)) from None

    def _reads(self, tool: str | None) -> Read:
        """Return what takes the calls of a tool."""
        if tool is None:
            return self._read
        return self._reader_of(tool)._read if self._reader_of else _take_any  # noqa: SLF001  # of its own class

    def _read(self, given: Mapping[str, Any]) -> RequestT:
        """Return the request that the arguments ask for; raise `CallRefused`."""
        conditions: list[Any] = []
        direction: object = None
        if not given.keys() <= self._properties.keys():
            # Most calls are as the schema says, and need none of this.
            from scenario_mcp.server.arguments.interpretation import Interpretation

            interpretation = Interpretation(self._properties, self._field_names, self._resource_type)
            interpretation.read(given)
            if interpretation.problems:
                raise CallRefused(interpretation.problems)
            given, direction = interpretation.arguments, interpretation.direction
            conditions += interpretation.conditions
        expression = given.get("filter")
        readings: tuple[str, ...] = ()
        if conditions or (expression is not None and self._fields and not _is_plain(expression)):
            given, readings = self._with_filter(given, [expression, *conditions])
        arguments: dict[str, Any] = {}
        for name, value in given.items():
            if type(value) is self._exact_types.get(name):
                arguments[name] = value
                continue
            item = repaired(value, self._properties[name], is_words=name in WORDS)
            if item is not None:
                arguments[name] = item
        if "sortBy" in arguments and (direction or not self._are_sortings(arguments["sortBy"])):
            self._sort(arguments, direction)
        try:
            request = self._model.model_validate(without_filler(arguments), by_alias=True, by_name=False)
        except ValidationError as error:
            details = error.errors(include_url=False, include_input=False)[:MAX_PROBLEMS]
            raise CallRefused([self._problem(arguments, detail) for detail in details]) from None
        return _with_readings(request, readings) if readings else request

    @cached_property
    def _field_names(self) -> "FieldNames":
        from scenario_mcp.server.arguments.filter_names import FieldNames

        return FieldNames(self._fields)

    def _with_filter(self, given: Mapping[str, Any], parts: list[Any]) -> tuple[Mapping[str, Any], tuple[str, ...]]:
        """Return the arguments with one filter text for conditions in any shape, and what was read into them."""
        from scenario_mcp.server.arguments.clauses import ConditionsRefused
        from scenario_mcp.server.arguments.conditions import write_filter
        from scenario_mcp.server.arguments.literals import MAX_VALUES, read_literal, unfenced

        expression = parts[0]
        if isinstance(expression, str) and expression.lstrip().startswith(_SHAPED):
            try:
                parts[0] = read_literal(expression) if len(expression) <= MAX_VALUES else expression
            except ValueError:
                parts[0] = unfenced(expression)
        try:
            written = write_filter(parts, self._field_names)
        except ConditionsRefused as refused:
            raise CallRefused([Problem(f"filter {refused}")]) from None
        return {**given, "filter": written.text}, written.readings

    def _are_sortings(self, items: Sequence[object]) -> bool:
        """Whether orders are in the API's form already."""
        return all(isinstance(each, str) and each in self._sortings for each in items)

    def _sort(self, arguments: dict[str, Any], direction: object) -> None:
        """Put orders that can only mean one thing into the API's form."""
        from scenario_mcp.server.arguments.sortings import sortings

        arguments["sortBy"] = sortings(arguments["sortBy"], self._sort_fields, direction)
        if not arguments["sortBy"]:
            del arguments["sortBy"]

    def _problem(self, arguments: Mapping[str, Any], detail: ErrorDetails) -> Problem:
        """Return what is wrong with one argument, with the call as it should be where that is known."""
        if detail["type"] == "value_error":
            from scenario_mcp.filters.check import FilterProblem

            error = detail["ctx"]["error"]
            if isinstance(error, FilterProblem) and (call := error.corrected(arguments)) is not None:
                return _of_filter(error, arguments, call)
        return Problem(self._sentence(arguments, detail))

    def _sentence(self, arguments: Mapping[str, Any], detail: ErrorDetails) -> str:
        """Say what is wrong with one argument, how it should be, and what would be right."""
        location = detail["loc"]
        if detail["type"] == "value_error":
            message = str(detail["ctx"]["error"])
            if not location:
                return message
            sentence = f"{_argument_name(location)}{':' if message[0].isupper() else ''} {message}"
            has_example = "Example: " in message or "Write: " in message
            return sentence if has_example else f"{sentence.rstrip('.')}. Example: {self._example(location)}"
        if detail["type"] == "missing":
            return f"{_argument_name(location)} is missing. Example: {self._example(location)}"
        schema: Mapping[str, Any] = {"properties": self._properties}
        value: Any = arguments
        for depth, step in enumerate(location, 1):
            if detail["type"] == "extra_forbidden" and depth == len(location):
                return f"{_argument_name(location[:-1])}: {unknown(str(step), schema['properties'])}"
            schema = schema["items"] if isinstance(step, int) else schema["properties"][step]
            value = value[step]
        name = _argument_name(location)
        return f"{name} must be {expected(schema)}, not {shown(value)}. Example: {self._example(location)}"

    def _example(self, location: tuple[int | str, ...]) -> str:
        return json.dumps(self._examples[str(location[0])])


def _is_plain(expression: object) -> bool:
    """Whether a filter is a text in the filter language."""
    return isinstance(expression, str) and expression[:1] not in _SHAPED and expression.lstrip()[:1] not in _SHAPED


def _resource_type(model: type[Request], properties: Mapping[str, Any]) -> ResourceType | None:
    if issubclass(model, Search):
        return model.resource_type
    return "assets" if "assetIds" in properties else "models" if "modelIds" in properties else None


def _with_readings(request: RequestT, readings: tuple[str, ...]) -> RequestT:
    """Return a search whose filter also says what was read into it before it was parsed."""
    found = getattr(request, "filter", None)
    if found is None:
        return request
    return request.model_copy(update={"filter": replace(found, readings=(*readings, *found.readings))})


def _argument_name(location: tuple[int | str, ...]) -> str:
    first, *rest = location
    return str(first) + "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in rest)


def _of_filter(error: "FilterProblem", arguments: Mapping[str, Any], call: Mapping[str, Any]) -> Problem:
    """Return what is wrong with a filter that can be corrected: alone, or with what belongs beside it."""
    if not error.arguments:
        return Problem(f"filter: {error.message}", call)
    sentence = f"filter: {error.sentence}"
    words = {name: value for name, value in arguments.items() if name in WORDS}
    return Problem(sentence, call, f"{sentence} Write:", else_call=error.corrected(words))


def _take_any(_call: Mapping[str, Any]) -> None:
    """Take a call for a tool that is not known here."""
