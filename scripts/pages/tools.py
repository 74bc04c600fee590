"""What an MCP client is offered: tools with their arguments and answers, prompts and resources."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from scenario_mcp.server.prompts import PROMPTS
from scenario_mcp.server.resources import RESOURCES, TEMPLATES
from scenario_mcp.server.tools import TOOLS
from scripts.pages.markdown import code, table


def tools() -> str:
    """Return a section for each tool, in the words that a model reads."""
    return "\n".join("\n".join(_section(name)) for name in TOOLS)


def prompts() -> str:
    """Return a table of the prompts."""
    return table(
        ("Prompt", "For", "Blanks"),
        (
            (
                code(prompt.name),
                prompt.title,
                ", ".join(
                    code(blank.name) + ("" if blank.is_required else " (optional)") for blank in prompt.arguments
                ),
            )
            for prompt in PROMPTS
        ),
    )


def resources() -> str:
    """Return a table of the resources that clients list."""
    templates = [(code(each.uri), each.description) for each in TEMPLATES]
    listed = [(code(each.uri), each.description) for each in RESOURCES if each.is_listed]
    return table(("Resource", "Holds"), (*templates, *listed))


def _section(name: str) -> Iterator[str]:
    tool = TOOLS[name]
    yield f"### {name}\n"
    yield f"> {tool.description}\n"
    required = tool.input_schema.get("required", ())
    properties: Mapping[str, Any] = tool.input_schema.get("properties", {})
    rows = (
        (code(argument) + (" (required)" if argument in required else ""), _type(schema), _told(schema))
        for argument, schema in properties.items()
    )
    yield table(("Argument", "Type", "Meaning"), rows)
    if tool.output_schema:
        yield from _answer(tool.output_schema)


def _answer(schema: Mapping[str, Any]) -> Iterator[str]:
    """Yield what is known of an answer: its fields, and those of each hit in it."""
    rows = []
    for field, inner in schema["properties"].items():
        rows.append((code(field), _type(inner), _told(inner)))
        each = inner.get("items", {}).get("properties", {})
        rows += [(code(f"{field}[].{name}"), _type(part), _told(part)) for name, part in each.items()]
    yield table(("Field of the answer", "Type", "Meaning"), rows)


def _type(schema: Mapping[str, Any]) -> str:
    kind: str = schema.get("type", "any")
    return f"list of {_type(schema['items'])}s" if kind == "array" and "items" in schema else kind


def _told(schema: Mapping[str, Any]) -> str:
    """Return a description, with its JSON examples as code."""
    text: str = schema.get("description", "")
    shape, _, rest = text.partition(": ")
    try:
        json.loads(shape.replace("[...]", "[]"))
    except ValueError:
        return text
    return f"`{shape}`: {rest}"
