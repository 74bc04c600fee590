"""Sentences of the tools at a terminal: they name what can be typed there."""

import re

import pytest

from scenario_mcp.server.tools import TOOLS
from scenario_mcp.terminal.wording import command_line, for_terminal

NAMES = re.compile(
    r"\b(?:[a-z]+_(?:assets|models|collections)|sortBy|hitsPerPage|\w+SemanticRatio|assetIds|modelIds)\b"
)


@pytest.mark.parametrize(
    ("sentence", "typed"),
    [
        (
            'limit must be a whole number from 1 to 100, not "0". Example: 20',
            '--limit must be a whole number from 1 to 100, not "0". Example: --limit 20',
        ),
        (
            'sortBy takes attribute:asc or attribute:desc with one of createdAt. Example: ["createdAt:desc"]',
            "--sort takes attribute:asc or attribute:desc with one of createdAt. Example: --sort createdAt:desc",
        ),
        (
            "images.like[1]: There is no such file. Check its name.",
            "--like: There is no such file. Check its name.",
        ),
        (
            'filter: At `x`: no. Write: {"query": "red dragon", "filter": "kind = image"}',
            "--filter: At `x`: no. Write: scenario-mcp search 'red dragon' --filter 'kind = image'",
        ),
        (
            'Give one. Example: {"images": {"like": ["asset_1", "asset_2"]}}',
            "Give one. Example: scenario-mcp search --like asset_1 --like asset_2",
        ),
        (
            "sortBy has no effect on a search by meaning or by picture.",
            "--sort has no effect on a search by meaning or by picture.",
        ),
        (
            "No hits. Try filter in place of query for tags, or a looser filter.",
            "No hits. Try --filter in place of words for tags, or a looser filter.",
        ),
        (
            "No hits. Try querySemanticRatio 0.7 to search by meaning, or public true for the public library.",
            "No hits. Try --query-semantic-ratio 0.7 to search by meaning, or --public for the public library.",
        ),
        (
            'There is no such asset: "a". Ids stand in search_assets\' hits.',
            'There is no such asset: "a". Ids stand in the hits of scenario-mcp search.',
        ),
        (
            "Ids cannot be filtered on: give them to view_assets or get_models.",
            "Ids cannot be filtered on: give them to scenario-mcp show.",
        ),
        ("A tag {x} and a { stay.", "A tag {x} and a { stay."),
        ('{"colour": "red"} is no call.', '{"colour": "red"} is no call.'),
        ("image/png is a type, query language a word.", "image/png is a type, query language a word."),
    ],
)
@pytest.mark.skipif("sys.platform == 'win32'", reason="other quotes")
def test_a_sentence_names_options_and_commands(sentence: str, typed: str) -> None:
    assert for_terminal(sentence) == typed


def test_the_next_page_is_what_to_add() -> None:
    assert for_terminal("There may be more: repeat with next.", {"offset": 20, "limit": 20}) == (
        "There may be more: add --offset 20 --limit 20."
    )
    assert for_terminal("There may be more: repeat with next.", {"page": 3, "hitsPerPage": 5}) == (
        "There may be more: add --page 3 --hits-per-page 5."
    )


def test_no_description_or_argument_keeps_a_name_that_cannot_be_typed() -> None:
    texts = [tool.description for tool in TOOLS.values()]
    texts += [each["description"] for tool in TOOLS.values() for each in tool.input_schema["properties"].values()]
    left = {name for text in texts for name in NAMES.findall(for_terminal(text))}
    assert left == set()


def test_words_come_first_and_a_true_option_stands_alone() -> None:
    assert command_line({"public": True, "query": "knight", "limit": 5}) == "knight --public --limit 5"
