"""Request model -> JSON Schema in the portable dialect, and a property's schema in words.

The portable dialect is what every MCP client and model provider accepts: everything inline, one plain `type` each,
optional means absent, no combinators, no defaults, no `additionalProperties`.
"""

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel

_KEPT_KEYWORDS = ("type", "description", "enum", "minimum", "maximum", "required")


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


def expected(schema: Mapping[str, Any]) -> str:
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
