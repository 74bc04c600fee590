# /// script
# requires-python = ">=3.11"
# dependencies = ["langchain>=1.5,<2", "langchain-mcp-adapters>=0.3.2,<0.4"]
# ///
"""An agent of LangGraph, with the tools of scenario-mcp by langchain-mcp-adapters.

Run: uv run examples/langgraph_agent.py (once before: uv tool install .)
"""

import asyncio
from typing import Any

from langchain.agents import create_agent
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage, ToolMessage
from langchain_core.outputs import ChatGeneration, ChatResult
from langchain_mcp_adapters.client import MultiServerMCPClient
from langchain_mcp_adapters.tools import load_mcp_tools
from scripted_model import QUESTION, next_step

SERVERS = {"scenario": {"transport": "stdio", "command": "scenario-mcp", "args": ["--sandbox"]}}


async def main() -> None:
    """Ask the agent, and print each step as it happens."""
    model: str | BaseChatModel = ScriptedChatModel()
    # model = "anthropic:claude-sonnet-4-5"  # a real one: uv run --with langchain-anthropic, set ANTHROPIC_API_KEY
    async with MultiServerMCPClient(SERVERS).session("scenario") as session:  # one server for all calls
        agent = create_agent(model, await load_mcp_tools(session))
        async for update in agent.astream({"messages": [("user", QUESTION)]}, stream_mode="updates"):
            for message in update.get("model", {}).get("messages", []):
                for call in message.tool_calls:
                    print(call["name"], call["args"])
                if message.text:
                    print(message.text)


class ScriptedChatModel(BaseChatModel):
    """Follows the script; LangChain's ready-made fakes take no tools."""

    @property
    def _llm_type(self) -> str:
        return "scripted"

    def bind_tools(self, *_: Any, **__: Any) -> BaseChatModel:
        """Take the tools: the script knows them."""
        return self

    def _generate(self, messages: list[BaseMessage], *_: Any, **__: Any) -> ChatResult:
        answers = [message.content_blocks for message in messages if isinstance(message, ToolMessage)]
        pictures = sum(block["type"] == "image" for blocks in answers for block in blocks)
        step = next_step([blocks[0]["text"] for blocks in answers], pictures)
        if isinstance(step, str):
            message = AIMessage(step)
        else:
            message = AIMessage("", tool_calls=[{"name": step.name, "args": step.args, "id": f"{len(answers)}"}])
        return ChatResult(generations=[ChatGeneration(message=message)])


asyncio.run(main())
