"""The README's examples find something in the samples, on any day."""

import re
from typing import Any

import pytest
from mcp.client import Client

from scenario_mcp import cli
from scenario_mcp.cli import make_parser
from scenario_mcp.server.app import build_server
from scenario_mcp.settings import Sandbox, Settings
from tests.docs.test_readme import README

KNIGHTS = "find knight portraits, then more like the first one and less like the third."
ASKED = re.findall(r"(?<!\*)\*([a-z][^*]+)\*(?!\*)", README)
COMMANDS = re.findall(r"(?:\.venv/bin/|`)scenario-mcp((?: [^\n`&]*)?)(?=[`\n])", README)


async def hits(client: Client, **arguments: Any) -> list[str]:
    result = await client.call_tool("search_assets", {"limit": 5, **arguments})
    assert not result.is_error, result.content
    return [hit["id"] for hit in (result.structured_content or {})["hits"]]


async def test_its_first_question_finds_knights_and_what_is_like_one_of_them() -> None:
    assert KNIGHTS in [" ".join(each.split()) for each in ASKED]
    async with Client(build_server(Settings(upstream=Sandbox()))) as client:
        first, _, third, *_ = await hits(client, query="knight portrait")
        assert len(await hits(client, images={"like": [first], "unlike": [third]})) == 5


def test_its_questions_name_no_day_that_moves_away_from_the_samples() -> None:
    assert [
        each for each in ASKED if re.search(r"\b(today|yesterday|week|month|recent|newest|since|20\d\d)\b", each)
    ] == []


@pytest.mark.parametrize("command", sorted({*COMMANDS}))
def test_its_commands_are_read_by_the_command_line(command: str) -> None:
    options = make_parser().parse_args(command.split())
    assert callable(cli.find_command(options.command).run)
