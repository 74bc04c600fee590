# /// script
# requires-python = ">=3.11"
# dependencies = ["openai-agents>=0.24,<0.25"]
# ///
"""An agent of the OpenAI Agents SDK, with the tools of scenario-mcp.

Run: uv run examples/openai_agent.py (once before: uv tool install .)
"""

import asyncio

from agents import Agent, Runner, ToolCallItem, set_tracing_disabled
from agents.items import TResponseOutputItem
from agents.mcp import MCPServerStdio
from agents.testing import ModelCall, ModelStep, ScriptedModel, assistant_message, function_call
from scripted_model import QUESTION, next_step

SERVER = {"command": "scenario-mcp", "args": ["--sandbox"]}


async def main() -> None:
    """Ask the agent, and print its calls and its answer."""
    set_tracing_disabled(True)  # traces go to OpenAI
    model = ScriptedModel([ModelStep.respond(decide)] * 4)
    # model = "gpt-5"  # a real one: set OPENAI_API_KEY
    async with MCPServerStdio(SERVER, client_session_timeout_seconds=30) as scenario:
        agent = Agent("Art finder", model=model, mcp_servers=[scenario])
        result = await Runner.run(agent, QUESTION)
    for item in result.new_items:
        if isinstance(item, ToolCallItem):
            print(item.raw_item.name, item.raw_item.arguments)
    print(result.final_output)


def decide(call: ModelCall) -> list[TResponseOutputItem]:
    """Follow the script: each answer of a tool is a list of texts and pictures."""
    answers = [item["output"] for item in call.input if item.get("type") == "function_call_output"]
    pictures = sum(part["type"] == "input_image" for parts in answers for part in parts)
    step = next_step([parts[0]["text"] for parts in answers], pictures)
    if isinstance(step, str):
        return [assistant_message(step)]
    return [function_call(step.name, step.args, call_id=f"call-{len(answers)}")]


asyncio.run(main())
