# /// script
# requires-python = ">=3.11"
# dependencies = ["pydantic-ai-slim[mcp]>=2.60,<3"]
# ///
"""An agent of Pydantic AI, with the tools of scenario-mcp.

Run: uv run examples/pydantic_ai_agent.py (once before: uv tool install .)
"""

import logging

from fastmcp.client.transports import StdioTransport
from pydantic_ai import Agent, ModelMessage, ModelResponse, TextPart, ToolCallPart, ToolReturnPart
from pydantic_ai.mcp import MCPToolset
from pydantic_ai.models.function import AgentInfo, FunctionModel
from scripted_model import QUESTION, next_step

SCENARIO = MCPToolset(StdioTransport("scenario-mcp", ["--sandbox"]), init_timeout=30)


def main() -> None:
    """Ask the agent, and print its calls and its answer."""
    logging.getLogger("fastmcp").setLevel(logging.WARNING)  # it shows the server's log otherwise
    model = FunctionModel(decide)
    # model = "openai:gpt-5"  # a real one: uv run --with openai, set OPENAI_API_KEY
    agent = Agent(model, toolsets=[SCENARIO])
    result = agent.run_sync(QUESTION)
    for message in result.all_messages():
        for part in message.parts:
            if isinstance(part, ToolCallPart):
                print(part.tool_name, part.args)
    print(result.output)


def decide(messages: list[ModelMessage], _: AgentInfo) -> ModelResponse:
    """Follow the script: an answer is the page of hits itself, or a list of texts and pictures."""
    answers = [part for message in messages for part in message.parts if isinstance(part, ToolReturnPart)]
    pictures = sum(len(answer.files) for answer in answers)
    step = next_step([answer.model_response_str() for answer in answers], pictures)
    return ModelResponse([TextPart(step) if isinstance(step, str) else ToolCallPart(step.name, step.args)])


main()
