"""Models that follow a script, and a session without a process."""

import json
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from typing import Any

from mcp.client import Client

from benchmarks.agents.cases import Case, Task
from benchmarks.agents.session import Session
from scenario_mcp.server.app import build_server
from scenario_mcp.settings import Sandbox, Settings


@asynccontextmanager
async def session_in_process() -> AsyncIterator[Session]:
    async with Client(build_server(Settings(upstream=Sandbox()))) as client:
        yield await Session.of(client)


class Scripted:
    """Writes one thing after the other, and keeps what it was told."""

    def __init__(self, *turns: str | Mapping[str, Any]) -> None:
        self._turns = [turn if isinstance(turn, str) else json.dumps(turn) for turn in turns]
        self.prompts: list[str] = []

    async def __call__(self, prompt: str) -> str:
        self.prompts.append(prompt)
        return self._turns[min(len(self.prompts), len(self._turns)) - 1]


class RightWay:
    """Goes the right way of whichever case it is asked about."""

    def __init__(self, cases: Iterable[Case]) -> None:
        self._turns = {case.asks: iter(_right_turns(case)) for case in cases}

    async def __call__(self, prompt: str) -> str:
        asked = next(asks for asks in self._turns if f"\n{asks}\n" in prompt)
        return json.dumps(next(self._turns[asked]))


def _right_turns(case: Case) -> list[Mapping[str, Any]]:
    return [*case.calls, {"answer": case.answer}] if isinstance(case, Task) else [case.calls[0]]
