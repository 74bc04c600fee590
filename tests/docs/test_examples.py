"""The examples of README.md and docs/: questions find something on any day, commands are read, programs run."""

import contextlib
import io
import json
import re
import shlex
from typing import Any

import pytest
from mcp.client import Client, stdio
from rich.console import Console

from scenario_mcp import cli
from scenario_mcp.server.app import build_server
from scenario_mcp.settings import Sandbox, Settings
from scenario_mcp.terminal import demo
from tests.docs.test_readme import DOCUMENTS, README, ROOT

KNIGHTS = "find knight portraits, then more like the first one and less like the third"
PAGES = {
    path.name: path.read_text("utf-8")
    for path in DOCUMENTS
    if path.parent.name != "decisions" and path.name != "CHANGELOG.md"
}
ASKED = [
    each for text in PAGES.values() for each in re.findall(r"(?<!\*)\*((?:[Ff]ind|which|a mood) [^*]+)\*(?!\*)", text)
]
COMMAND = re.compile(r"(?m)(?:^|[`/ ])scenario-mcp((?: (?![&#|>])[^\s`]+)*)(?=`| *$| +[#|>&])")
"""As a line of a block, or in a code span."""
BLANKS = {"COMMAND", "FIRST"}


def _commands() -> set[str]:
    code = [
        part
        for text in PAGES.values()
        for part in (*re.findall(r"(?s)```sh\n(.+?)```", text), *re.findall(r"`(scenario-mcp [^`]+)`", text))
    ]
    return {found for part in code for found in COMMAND.findall(f"{part}")}


async def hits(client: Client, **arguments: Any) -> list[str]:
    result = await client.call_tool("search_assets", {"limit": 5, **arguments})
    assert not result.is_error, result.content
    return [hit["id"] for hit in (result.structured_content or {})["hits"]]


async def test_the_first_question_finds_knights_and_what_is_like_one_of_them() -> None:
    assert f"*{KNIGHTS}*" in README
    async with Client(build_server(Settings(upstream=Sandbox()))) as client:
        first, _, third, *_ = await hits(client, query="knight portrait")
        assert len(await hits(client, images={"like": [first], "unlike": [third]})) == 5


def test_questions_name_no_day_that_moves_away_from_the_samples() -> None:
    assert len(ASKED) > 6
    assert [each for each in ASKED if re.search(r"\b(today|yesterday|week|month|recent|since|20\d\d)\b", each)] == []


def test_commands_are_read_by_the_command_line() -> None:
    commands = sorted(each for each in _commands() if not BLANKS & {*each.split()} and each[1:] not in cli.COMMANDS)
    assert len(commands) > 15
    for command in commands:
        with contextlib.redirect_stderr(io.StringIO()) as complaint:
            try:
                options = cli.make_parser().parse_args(shlex.split(command))
            except SystemExit as end:
                assert end.code == 0, f"scenario-mcp{command}: {complaint.getvalue()}"  # noqa: PT017  # one of many
            else:
                assert callable(cli.find_command(options.command).run)


@pytest.mark.parametrize("name", PAGES)
def test_its_json_is_json(name: str) -> None:
    for block in re.findall(r"(?s)```json\n(.*?)```", PAGES[name]):
        for text in block.splitlines() if block.count('\n{"id"') or block.startswith('{"id"') else [block]:
            json.loads(text if text.lstrip().startswith("{") else f"{{{text}}}")


async def test_the_demonstration_shows_what_the_readme_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demo, "Client", lambda _: Client(build_server(Settings(upstream=Sandbox()))))
    monkeypatch.setattr(demo, "CALLS", (demo.CALLS[0], demo.CALLS[-1]))
    file = io.StringIO()
    await demo.Demonstration(Console(width=100, file=file), None).run()
    shown = _without_days(file.getvalue())
    transcript = re.search(r"(?s)<!-- transcript: demo -->\n```text\n(.+?)```", README)
    assert transcript
    place = 0
    for part in _without_days(transcript[1]).split("…\n"):
        place = shown.index(part, place) + len(part)


def _without_days(text: str) -> str:
    return re.sub(r"20\d\d-\d\d-\d\d", "YYYY-MM-DD", re.sub(r"(?m) +$", "", text))


def test_the_program_of_an_agent_prints_what_the_page_says(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    text = (ROOT / "docs" / "start-agent.md").read_text("utf-8")
    program = re.search(r"(?s)<!-- program: agent -->\n```python\n(.+?)```\n\n```text\n(.+?)```", text)
    assert program
    started: list[tuple[str, list[str]]] = []

    def in_process(parameters: stdio.StdioServerParameters) -> Any:  # tests/examples start the process itself
        started.append((parameters.command, parameters.args))
        return build_server(Settings(upstream=Sandbox()))

    monkeypatch.setattr(stdio, "stdio_client", in_process)
    exec(compile(program[1], "start-agent.md", "exec"), {})  # noqa: S102  # our own page
    assert capsys.readouterr().out == program[2]
    assert started == [("scenario-mcp", ["--sandbox"])]
