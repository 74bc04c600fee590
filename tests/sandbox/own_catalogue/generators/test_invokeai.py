"""InvokeAI's metadata by version."""

import json
from dataclasses import replace

import pytest

from scenario_mcp.sandbox.own_catalogue.generators.invokeai import read_command_line
from scenario_mcp.sandbox.own_catalogue.generators.parameters import GenerationParameters
from tests.sandbox.own_catalogue.generators.test_reading import RECIPE, read
from tests.support import generator_notes as texts

WHOLE = GenerationParameters(
    generator="InvokeAI",
    prompt=RECIPE.prompt,
    negative_prompt=RECIPE.negative,
    seed="4242",
    steps=28,
    guidance=6.5,
    scheduler="euler",
    size=(64, 48),
    models=("dreamforge_v7",),
    loras=("ink_wash",),
)


def test_the_metadata_of_versions_since_3_are_read() -> None:
    assert read({"invokeai_metadata": json.dumps(texts.invokeai(RECIPE))}) == WHOLE


def test_the_metadata_of_version_3_call_models_otherwise() -> None:
    fields = texts.invokeai(RECIPE) | {
        "model": {"model_name": "dreamforge_v7", "base_model": "sdxl", "model_type": "main"},
        "loras": [{"lora": {"model_name": "ink_wash", "base_model": "sdxl"}, "weight": 0.75}],
    }
    assert read({"invokeai_metadata": json.dumps(fields)}) == WHOLE


def test_the_graph_tells_what_metadata_lack() -> None:
    assert read({"invokeai_graph": json.dumps(texts.invokeai_graph(RECIPE))}) == WHOLE
    prompts = {name: texts.invokeai(RECIPE)[name] for name in ("app_version", "positive_prompt", "seed")}
    notes = {"invokeai_graph": json.dumps(texts.invokeai_graph(RECIPE)), "invokeai_metadata": json.dumps(prompts)}
    assert read(notes) == WHOLE


def test_version_2_is_read() -> None:
    assert read(texts.invokeai_2(RECIPE)) == replace(WHOLE, loras=())


@pytest.mark.parametrize(
    ("line", "prompt", "negative", "seed"),
    [
        ('"a knight [rain]" -s 50 -S 42 -W 512 -H 512 -C 7.5 -A k_lms', "a knight", "rain", "42"),
        ('"a \\"knight\\"" -s50 -S42 -C7.5', 'a "knight"', "", "42"),
        ('dream> "a knight" --seed 42 -A ddim', "a knight", "", "42"),
    ],
)
def test_the_command_line_of_the_first_versions_is_read(line: str, prompt: str, negative: str, seed: str) -> None:
    found = read_command_line(line)
    assert found is not None
    assert (found.prompt, found.negative_prompt, found.seed) == (prompt, negative, seed)


@pytest.mark.parametrize(
    "text", ['"A quotation." - somebody', '"', '"x"', "dreams of a knight -s 5", '"a" -s 5 and more']
)
def test_other_texts_are_no_command_lines(text: str) -> None:
    assert read_command_line(text) is None
