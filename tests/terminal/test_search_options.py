"""The options of `search`: every argument of the tools is one, explained by the same words."""

import argparse
from pathlib import Path
from typing import Any

import pytest

from scenario_mcp.ids import ResourceType
from scenario_mcp.server.tools.search import SEARCH_ASSETS, SEARCH_MODELS
from scenario_mcp.terminal.search_options import add_search_options, read_arguments, search_options
from scenario_mcp.terminal.wording import option_name

PARSER = argparse.ArgumentParser()
add_search_options(PARSER)
HELP = " ".join(PARSER.format_help().split())


def read(*words: str, is_own: bool = False) -> tuple[ResourceType, dict[str, Any]]:
    return read_arguments(PARSER.parse_intermixed_args(words), Path("/here"), is_own=is_own)


def test_every_argument_of_the_two_tools_is_an_option() -> None:
    published = {*SEARCH_ASSETS.input_schema["properties"], *SEARCH_MODELS.input_schema["properties"]}
    sides = {"images.like", "images.unlike"}
    assert {option.argument for option in search_options()} == published - {"images"} | sides


def test_an_option_is_explained_as_the_tools_explain_the_argument() -> None:
    for name, schema in SEARCH_ASSETS.input_schema["properties"].items():
        if name in {"query", "filter", "limit", "offset", "hitsPerPage", "imageSemanticRatio", "originalAssets"}:
            assert f"{option_name(name)} " in HELP
            assert " ".join(schema["description"].split()).replace("near-duplicate", "near- duplicate") in HELP, name


def test_explanations_name_options_not_arguments() -> None:
    assert "not with --like and --unlike" in HELP
    assert "From 1, with --hits-per-page, instead of --limit and --offset" in HELP
    assert "The public library instead of your project" in HELP
    assert "Of models: as for assets, on name type source" in HELP
    assert not {"sortBy", "hitsPerPage", "querySemanticRatio", "search_assets", "true:"} & {*HELP.split()}


def test_words_and_options_become_the_arguments_of_the_tool() -> None:
    assert read("models", "--public", "ink", "drawing", "--sort", "createdAt:desc,score:asc", "--limit", "5") == (
        "models",
        {"query": "ink drawing", "public": True, "sortBy": "createdAt:desc,score:asc", "limit": "5"},
    )
    assert read("knight", "--query", "portrait", "--like", "asset_1", "--like", "asset_2", "--unlike", "a.b") == (
        "assets",
        {"query": "knight portrait", "images": {"like": ["asset_1", "asset_2"], "unlike": ["a.b"]}},
    )
    assert read("assets", "models") == ("assets", {"query": "models"})


def test_a_limit_beside_a_page_is_the_size_of_the_page() -> None:
    assert read("x", "--page", "2", "--limit", "5")[1] == {"query": "x", "page": "2", "hitsPerPage": "5"}
    both = {"query": "x", "page": "2", "limit": "5", "offset": "1"}
    assert read("x", "--page", "2", "--limit", "5", "--offset", "1")[1] == both


@pytest.mark.parametrize("is_own", [False, True])
def test_a_path_is_one_from_the_current_folder_on(is_own: bool, tmp_path: Path) -> None:  # noqa: FBT001  # pytest gives it
    (tmp_path / "knight.png").touch()
    parsed = PARSER.parse_intermixed_args(["--image", "knight.png", "--like", "refs/other.png", "--like", "asset_1"])
    given = read_arguments(parsed, tmp_path, is_own=is_own)[1]
    assert given["image"] == str(tmp_path / "knight.png")
    below = "refs/other.png" if is_own else str(tmp_path / "refs" / "other.png")
    assert given["images"] == {"like": [below, "asset_1"]}
