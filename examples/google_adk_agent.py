# /// script
# requires-python = ">=3.11"
# dependencies = ["google-adk[mcp]>=2.13,<3"]
# ///
"""An agent of Google's ADK, with the tools of scenario-mcp.

Run: uv run examples/google_adk_agent.py (once before: uv tool install .)
"""

import asyncio
import base64
from collections.abc import AsyncGenerator
from typing import Any

from google.adk.agents import Agent
from google.adk.models import BaseLlm, LlmRequest, LlmResponse
from google.adk.runners import InMemoryRunner
from google.adk.tools.mcp_tool import McpToolset, StdioConnectionParams
from google.genai.types import Content, Part
from mcp import StdioServerParameters
from scripted_model import QUESTION, next_step


async def main() -> None:
    """Ask the agent, and print its calls and its answer."""
    model: str | BaseLlm = ScriptedLlm(model="scripted")
    # model = "gemini-3.5-flash"  # a real one: set GOOGLE_API_KEY
    server = StdioServerParameters(command="scenario-mcp", args=["--sandbox"])
    scenario = McpToolset(connection_params=StdioConnectionParams(server_params=server, timeout=30))
    agent = Agent(name="art_finder", model=model, tools=[scenario], after_tool_callback=show_pictures)
    async with InMemoryRunner(agent=agent) as runner:
        for event in await runner.run_debug(QUESTION, quiet=True):
            for call in event.get_function_calls():
                print(call.name, call.args)
            if event.is_final_response():
                print(event.content.parts[0].text)


def show_pictures(tool_response: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Make pictures of what ADK would give the model as base64 text."""
    for place, block in enumerate(tool_response.get("content", [])):
        if block["type"] == "image":
            data = base64.b64decode(block["data"])
            tool_response["content"][place] = Part.from_bytes(data=data, mime_type=block["mimeType"])
    return tool_response


class ScriptedLlm(BaseLlm):
    """Follows the script."""

    async def generate_content_async(self, llm_request: LlmRequest, *_: Any, **__: Any) -> AsyncGenerator[LlmResponse]:
        parts = [part for content in llm_request.contents for part in content.parts]
        answers = [part.function_response for part in parts if part.function_response]
        pictures = sum(len(answer.parts or []) for answer in answers)
        step = next_step([answer.response["content"][0]["text"] for answer in answers], pictures)
        part = Part(text=step) if isinstance(step, str) else Part.from_function_call(name=step.name, args=step.args)
        yield LlmResponse(content=Content(role="model", parts=[part]))


asyncio.run(main())
