"""What a model is told, as plain text, and how what it writes is read."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from benchmarks.agents.cases import Case, Task
from benchmarks.agents.session import Session

MAX_CALLS = 12
MAX_REPLY_CHARACTERS = 20_000
"""More than any call or answer needs."""
UNREADABLE = "That was not one JSON object with tool and arguments, or with answer. Write only that object."

_RULES = """\
You help an artist or producer. All that you know of their library comes from the tools below; they only read it.
Today is {today} (UTC). Each time, write one JSON object and nothing else.
To call a tool: {{"tool": "<name>", "arguments": {{...}}}}
{ending}
If you must guess what a tool means or does, add what you doubt: "doubt": "<one sentence>".
"""
_TASK_ENDING = """\
When you know the answer: {{"answer": {{...}}}}, with the fields that the task names. You have {calls} calls at most."""
_REQUEST_ENDING = "You have one call: make the one that fulfils the request."


@dataclass(frozen=True)
class Reply:
    """What a model wrote: a call, or an answer; neither if it could not be read."""

    tool: str | None = None
    arguments: Mapping[str, Any] | None = None
    answer: Mapping[str, Any] | None = None
    doubt: str | None = None


def read_reply(text: str) -> Reply:
    """Find the first JSON object with `tool` or `answer` in what a model wrote, whatever stands around it."""
    decoder = json.JSONDecoder()
    place = text.find("{")
    while 0 <= place < MAX_REPLY_CHARACTERS:
        try:
            value, end = decoder.raw_decode(text, place)
        except (ValueError, RecursionError):
            end = place + 1
        else:
            if isinstance(value, dict) and (
                isinstance(value.get("tool"), str) or isinstance(value.get("answer"), dict)
            ):
                return _reply(value)
        place = text.find("{", end)
    return Reply()


def _reply(value: Mapping[str, Any]) -> Reply:
    doubt = str(value["doubt"]) if value.get("doubt") else None
    if isinstance(value.get("answer"), dict):
        return Reply(answer=value["answer"], doubt=doubt)
    arguments = value.get("arguments")
    return Reply(tool=value["tool"], arguments=arguments if isinstance(arguments, dict) else {}, doubt=doubt)


def preamble(session: Session, *, is_task: bool) -> str:
    """Return what is the same for every task, or for every single request: rules, instructions, tools."""
    ending = _TASK_ENDING.format(calls=MAX_CALLS) if is_task else _REQUEST_ENDING
    rules = _RULES.format(today=datetime.now(UTC).date(), ending=ending)
    return f"{rules}\n# The server's instructions\n{session.instructions}\n\n# Tools\n{tool_list(session)}"


def tool_list(session: Session) -> str:
    """Return name, description and input schema of each tool, one a line."""
    return "\n".join(json.dumps(tool, separators=(",", ":"), ensure_ascii=False) for tool in session.tools)


def question(case: Case) -> str:
    """Return what is asked, with the meaning of each field that the answer must have."""
    if not isinstance(case, Task):
        return f"# Request\n{case.asks}"
    fields = "\n".join(f"- {fact.name}: {fact.means}" for fact in case.facts)
    return f"# Task\n{case.asks}\nFields of the answer:\n{fields}"


def turns_so_far(turns: Iterable[Mapping[str, Any]]) -> str:
    """Return what the model wrote and what came back."""
    return "\n".join(f"# You\n{turn['said']}\n# {_heading(turn)}\n{turn['result']}" for turn in turns)


def _heading(turn: Mapping[str, Any]) -> str:
    return "Result (error)" if turn["is_error"] else "Result"
