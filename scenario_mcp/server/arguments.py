"""Request model to portable JSON Schema, and raw arguments to request model, or sentences that say what to change.

The portable dialect is what every MCP client and model provider accepts: everything inline, one plain `type` each,
optional means absent, no combinators, no defaults, no `additionalProperties`.
"""

import difflib
import json
import math
from collections.abc import Iterable, Mapping
from itertools import islice
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from scenario_mcp.api.request_values import Request
from scenario_mcp.errors import SearchRefused
from scenario_mcp.text import clean, shown

MAX_REFUSAL_CHARACTERS = 1_500
MAX_PROBLEM_CHARACTERS = 600
MAX_PROBLEMS = 10
"""As many as are looked at: more do not fit into a refusal."""
_MAX_ITEMS = 1_000
"""Of a list that is repaired; a longer one is refused by its request model."""
_MAX_JSON_VALUES = 10_000
"""Of an argument that comes as JSON text, which a few bytes of brackets could blow up."""
_MAX_INTEGER = 10**40
"""Below which a number may stand for a text, such as a name or a seed."""
_KEPT_KEYWORDS = ("type", "description", "enum", "minimum", "maximum", "required")
_OFFSET_PAIR = ("limit", "offset")
_PAGE_PAIR = ("page", "hitsPerPage")

RequestT = TypeVar("RequestT", bound=Request)


def portable_schema(model: type[BaseModel]) -> dict[str, Any]:
    """Return a model's JSON Schema in the portable dialect, with the API's own field names."""
    schema = model.model_json_schema(by_alias=True)
    return _portable(schema, schema.get("$defs", {}))


def _portable(node: Mapping[str, Any], definitions: Mapping[str, Any]) -> dict[str, Any]:
    node = _resolved(node, definitions)
    portable = {keyword: node[keyword] for keyword in _KEPT_KEYWORDS if keyword in node}
    if "properties" in node:
        portable["properties"] = {name: _portable(inner, definitions) for name, inner in node["properties"].items()}
    if "items" in node:
        portable["items"] = _portable(node["items"], definitions)
    return portable


def _resolved(node: Mapping[str, Any], definitions: Mapping[str, Any]) -> dict[str, Any]:
    """Put a reference's target in its place, and the one real choice in place of a union with null."""
    resolved = dict(node)
    while "$ref" in resolved or "anyOf" in resolved:
        if "$ref" in resolved:
            inner = definitions[resolved.pop("$ref").rpartition("/")[2]]
        else:
            (inner,) = (choice for choice in resolved.pop("anyOf") if choice.get("type") != "null")
        resolved = {**inner, **resolved}
    return resolved


class ArgumentReader(Generic[RequestT]):
    """Reads what a client sent for one request model; built once per tool."""

    def __init__(self, model: type[RequestT]) -> None:
        self.schema = portable_schema(model)
        self.schema.pop("description")  # the model's docstring is for us; the tool says what it does
        self._model = model
        self._properties: dict[str, dict[str, Any]] = self.schema["properties"]
        self._examples = {
            field.alias or name: field.examples[0] for name, field in model.model_fields.items() if field.examples
        }

    def read(self, raw: Mapping[str, Any] | None) -> RequestT:
        """Return the request that the arguments ask for.

        Arguments are taken as clients really send them: null and empty values count as absent, objects and lists may
        come as JSON text, numbers as text, a list of one as its item.

        Raises:
            SearchRefused: a sentence for each problem, with a valid example.

        """
        arguments: dict[str, Any] = {}
        problems: list[str] = []
        for name, value in (raw or {}).items():
            if name in self._properties:
                repaired = _repaired(value, self._properties[name])
                if repaired is not None:
                    arguments[name] = repaired
            elif not _is_absent(value) and len(problems) < MAX_PROBLEMS:
                problems.append(_unknown(name, self._properties))
        if problems:
            raise SearchRefused(_joined(problems))
        try:
            return self._model.model_validate(_without_filler(arguments), by_alias=True, by_name=False)
        except ValidationError as error:
            details = error.errors(include_url=False, include_input=False)[:MAX_PROBLEMS]
            raise SearchRefused(_joined([self._sentence(arguments, detail) for detail in details])) from None

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
                return f"{_argument_name(location[:-1])}: {_unknown(str(step), schema['properties'])}"
            schema = schema["items"] if isinstance(step, int) else schema["properties"][step]
            value = value[step]
        name = _argument_name(location)
        return f"{name} must be {_expected(schema)}, not {shown(value)}. Example: {self._example(location)}"

    def _example(self, location: tuple[int | str, ...]) -> str:
        return json.dumps(self._examples[str(location[0])])


def _unknown(name: str, known: Iterable[str]) -> str:
    nearest = {name.lower(): name for name in known}
    guesses = difflib.get_close_matches(name[:60].replace("_", "").lower(), nearest, n=1)
    if guesses:
        return f"There is no argument {shown(name)}: did you mean {nearest[guesses[0]]}?"
    return f"There is no argument {shown(name)}. The arguments are {', '.join(nearest.values())}."


def _repaired(value: Any, schema: Mapping[str, Any]) -> Any:
    """Return a value as its schema's type where it can only have meant that; None where it means nothing."""
    if _is_absent(value):
        return None
    kind = schema["type"]
    if isinstance(value, str) and kind in {"object", "array"} and value.lstrip()[:1] in {"{", "[", "n"}:
        try:
            if sum(map(value.count, "[{,")) > _MAX_JSON_VALUES:
                raise ValueError  # noqa: TRY301  # treated as what cannot be read
            value = json.loads(value)
        except (ValueError, RecursionError):
            return [value] if kind == "array" else value
        if _is_absent(value):
            return None
    if kind == "object" and isinstance(value, dict):
        inner = schema["properties"]
        repaired = {name: _repaired(item, inner[name]) for name, item in value.items() if name in inner}
        present: dict[str, Any] = {name: item for name, item in repaired.items() if item is not None}
        strange = ((name, item) for name, item in value.items() if name not in inner and item is not None)
        return present | {_encodable(name): item for name, item in islice(strange, MAX_PROBLEMS)} or None
    if kind == "array":
        items = value if isinstance(value, list | tuple) else [value]
        if len(items) > _MAX_ITEMS:
            return items
        return [_encodable(item) for item in items if not _is_absent(item)] or None
    if kind == "string":
        return str(value) if _is_number(value) else _encodable(value)
    return value.strip() if isinstance(value, str) else value


def _encodable(value: Any) -> Any:
    """Leave out lone surrogates, which JSON can spell and UTF-8 cannot."""
    return value.encode("utf-8", "ignore").decode() if isinstance(value, str) and not value.isascii() else value


def _is_number(value: Any) -> bool:
    """Whether a value is a number that may have been meant as a text."""
    if isinstance(value, float):
        return math.isfinite(value)
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) < _MAX_INTEGER


def _is_absent(value: Any) -> bool:
    return value is None or value in ({}, []) or (isinstance(value, str) and not value.strip())


def _without_filler(arguments: Mapping[str, Any]) -> Mapping[str, Any]:
    """Leave out a paging pair of zeros beside the other pair: some clients fill in every number they were not given."""
    pairs = [[name for name in pair if name in arguments] for pair in (_OFFSET_PAIR, _PAGE_PAIR)]
    if not all(pairs):
        return arguments
    filler = [name for pair in pairs if all(arguments[name] in (0, "0") for name in pair) for name in pair]
    return {name: value for name, value in arguments.items() if name not in filler}


def _argument_name(location: tuple[int | str, ...]) -> str:
    first, *rest = location
    return str(first) + "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in rest)


def _expected(schema: Mapping[str, Any]) -> str:
    """Put a property's schema into words."""
    match schema["type"]:
        case "integer" | "number" as kind:
            noun = "a whole number" if kind == "integer" else "a number"
            low, high = schema.get("minimum"), schema.get("maximum")
            return f"{noun} from {low:g} to {high:g}" if high is not None else f"{noun} of at least {low:g}"
        case "boolean":
            return "true or false"
        case "object":
            return "an object"
        case _:
            return "one text"


def _joined(problems: list[str]) -> str:
    """Put each problem on a line of its own, as many whole ones as `MAX_REFUSAL_CHARACTERS` hold."""
    text = "\n".join(clean(problem, MAX_PROBLEM_CHARACTERS) for problem in dict.fromkeys(problems))
    return text if len(text) <= MAX_REFUSAL_CHARACTERS else text[:MAX_REFUSAL_CHARACTERS].rpartition("\n")[0]
