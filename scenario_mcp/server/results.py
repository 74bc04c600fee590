"""What the server offers and answers, in MCP's words; texts from upstream without the caller's secrets.

The answer of a tool is a plain dictionary, of which pages and cards are written already.
"""

import base64
import json
from typing import Any

import mcp_types as types

from scenario_mcp.pictures.resize import Picture
from scenario_mcp.server import gallery
from scenario_mcp.server.prompts import Prompt
from scenario_mcp.server.resources import Content, Resource, Template
from scenario_mcp.server.tools.tool import Answer, Tool, as_json, plain
from scenario_mcp.text import Secrets
from scenario_mcp.transports.jsonrpc import Written


def listed_tool(tool: Tool[Any]) -> types.Tool:
    """Return a tool as it is listed: none of them changes anything."""
    return types.Tool(
        name=tool.name,
        title=tool.title,
        description=tool.description,
        input_schema=dict(tool.input_schema),
        output_schema=dict(tool.output_schema) if tool.output_schema else None,
        annotations=types.ToolAnnotations(
            title=tool.title,
            read_only_hint=True,
            destructive_hint=False,
            idempotent_hint=True,
            open_world_hint=True,
        ),
        meta=dict(gallery.TOOL_META) if tool.has_gallery else None,
    )


def listed_resource(resource: Resource) -> types.Resource:
    """Return a resource as it is listed."""
    return types.Resource(
        uri=resource.uri,
        name=resource.name,
        title=resource.title,
        description=resource.description,
        mime_type=resource.mime_type,
    )


def listed_template(template: Template) -> types.ResourceTemplate:
    """Return a resource template as it is listed."""
    return types.ResourceTemplate(
        uri_template=template.uri,
        name=template.name,
        title=template.title,
        description=template.description,
        mime_type=template.mime_type,
    )


def listed_prompt(prompt: Prompt) -> types.Prompt:
    """Return a prompt as it is listed."""
    arguments = [
        types.PromptArgument(name=each.name, description=each.description, required=each.is_required)
        for each in prompt.arguments
    ]
    return types.Prompt(name=prompt.name, title=prompt.title, description=prompt.description, arguments=arguments)


def failure(sentence: str) -> types.CallToolResult:
    """Return a tool's answer that says what went wrong."""
    return types.CallToolResult(content=[types.TextContent(text=sentence)], is_error=True)


def tool_result(answer: Answer, secrets: Secrets, *, has_links: bool, meta: Written | None) -> dict[str, Any]:
    """Return a tool's answer: a page as structured content and the same as text, else its blocks."""
    content: list[dict[str, Any]] = [_block(block, secrets) for block in answer.blocks]
    result: dict[str, Any] = {"content": content, "isError": False}
    if answer.page is not None:
        page = plain(answer.page)
        whole = as_json(answer.page, page)
        text = secrets.removed_from(whole)
        page = result["structuredContent"] = Written(page if text == whole else json.loads(text), text)
        content.append({"type": "text", "text": text})
        if has_links:
            content += [
                {"type": "resource_link", "uri": hit["uri"], "name": hit.get("name") or hit.get("file") or hit["id"]}
                for hit in page.get("hits", ())
            ]
    if meta is not None:
        result["_meta"] = meta
    return result


def _block(block: str | Picture, secrets: Secrets) -> dict[str, Any]:
    if isinstance(block, str):
        return {"type": "text", "text": secrets.removed_from(block)}
    return {"type": "image", "data": _base64(block.data), "mimeType": block.mime_type}


def resource_result(uri: str, content: Content, secrets: Secrets) -> types.ReadResourceResult:
    """Return what a resource holds."""
    contents: types.TextResourceContents | types.BlobResourceContents
    if isinstance(content.data, str):
        text = secrets.removed_from(content.data)
        contents = types.TextResourceContents(uri=uri, mime_type=content.mime_type, text=text, meta=content.meta)
    else:
        contents = types.BlobResourceContents(uri=uri, mime_type=content.mime_type, blob=_base64(content.data))
    return types.ReadResourceResult(contents=[contents])


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def prompt_result(prompt: Prompt, text: str) -> types.GetPromptResult:
    """Return a prompt that is filled in."""
    message = types.PromptMessage(role="user", content=types.TextContent(text=text))
    return types.GetPromptResult(description=prompt.description, messages=[message])
