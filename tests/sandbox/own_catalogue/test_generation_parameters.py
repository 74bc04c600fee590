"""How a picture was made, as its generator noted it."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from scenario_mcp.sandbox.own_catalogue.generation_parameters import (
    MAX_NOTE_CHARACTERS,
    GenerationParameters,
    read_generation_parameters,
)
from scenario_mcp.sandbox.own_catalogue.notes.note import Note
from tests.support.noted_pictures import PARAMETERS


def parameters_of(texts: Mapping[str, str]) -> GenerationParameters:
    return read_generation_parameters(Note("png", name, text) for name, text in texts.items())


COMFY_GRAPH = {
    "3": {
        "class_type": "KSampler",
        "inputs": {
            "seed": 18446744073709551615,
            "steps": 28,
            "cfg": 4.5,
            "sampler_name": "dpmpp_2m",
            "scheduler": "karras",
            "model": ["10", 0],
            "positive": ["12", 0],
            "negative": ["7", 0],
        },
    },
    "4": {"class_type": "CheckpointLoaderSimple", "inputs": {"ckpt_name": "sdxl\\base_1.0.safetensors"}},
    "6": {"class_type": "CLIPTextEncode", "inputs": {"text": ["20", 0], "clip": ["4", 1]}},
    "7": {"class_type": "CLIPTextEncode", "inputs": {"text": "blurry", "clip": ["4", 1]}},
    "10": {"class_type": "LoraLoader", "inputs": {"model": ["4", 0], "lora_name": "ink.safetensors"}},
    "12": {"class_type": "ControlNetApply", "inputs": {"conditioning": ["6", 0], "strength": 0.4}},
    "20": {"class_type": "PrimitiveString", "inputs": {"string": "a castle on a hill"}},
}
COMFY_WORKFLOW = {
    "nodes": [
        {"id": 1, "type": "CLIPTextEncode", "widgets_values": ["a harbour"]},
        {"id": 2, "type": "CLIPTextEncode", "widgets_values": ["blurry"]},
        {"id": 3, "type": "KSampler", "inputs": [{"name": "positive", "link": 5}, {"name": "negative", "link": 6}]},
        "not a node",
    ],
    "links": [[5, 1, 0, 3, 0, "CONDITIONING"], [6, 2, 0, 3, 1, "CONDITIONING"], [], None],
}


def test_the_parameters_of_automatic1111_are_read() -> None:
    assert parameters_of({"parameters": PARAMETERS}) == GenerationParameters(
        {
            "prompt": "a knight, (silver armour:1.2) at dawn",
            "negativePrompt": "blurry, ugly",
            "seed": "123",
            "scheduler": "Euler a",
            "numInferenceSteps": 20,
            "guidance": 7.5,
        },
        model="dream_8",
    )


def test_parameters_without_a_negative_prompt_are_read() -> None:
    generation = parameters_of({"parameters": "a knight\r\nSteps: 8, Seed: 1\r\n"})
    assert generation.metadata == {"prompt": "a knight", "seed": "1", "numInferenceSteps": 8}


def test_the_graph_of_comfyui_is_followed_to_the_prompts() -> None:
    assert parameters_of({"prompt": json.dumps(COMFY_GRAPH), "workflow": "{}"}) == GenerationParameters(
        {
            "prompt": "a castle on a hill",
            "negativePrompt": "blurry",
            "seed": "18446744073709551615",
            "scheduler": "dpmpp_2m",
            "numInferenceSteps": 28,
            "guidance": 4.5,
        },
        model="base_1.0",
    )


def test_the_workflow_of_comfyui_serves_when_there_is_no_graph() -> None:
    assert parameters_of({"workflow": json.dumps(COMFY_WORKFLOW)}).metadata == {
        "prompt": "a harbour",
        "negativePrompt": "blurry",
    }


def test_a_graph_without_a_sampler_gives_its_first_text() -> None:
    graph = {"1": {"class_type": "Text", "inputs": {"text": " "}}, "2": {"class_type": "T", "inputs": {"text": "owl"}}}
    assert parameters_of({"prompt": json.dumps(graph)}).metadata == {"prompt": "owl"}


def test_a_graph_that_runs_in_a_circle_ends() -> None:
    graph = {
        "1": {"class_type": "KSampler", "inputs": {"positive": ["2", 0], "seed": 4, "model": []}},
        "2": {"class_type": "A", "inputs": {"text": ["3", 0]}},
        "3": {"class_type": "B", "inputs": {"text": ["2", 0]}},
        "4": "not a node",
    }
    assert parameters_of({"prompt": json.dumps(graph)}).metadata == {"seed": "4"}


@pytest.mark.parametrize(
    ("fields", "metadata", "model"),
    [
        (
            {"prompt": "an owl", "uc": "blurry", "steps": 28, "scale": 5.0, "seed": 7, "sampler": "k_euler"},
            {
                "prompt": "an owl",
                "negativePrompt": "blurry",
                "numInferenceSteps": 28,
                "guidance": 5.0,
                "seed": "7",
                "scheduler": "k_euler",
            },
            "",
        ),
        (
            {"positive_prompt": "an owl", "cfg_scale": 3, "model": {"name": "flux", "hash": "x"}},
            {"prompt": "an owl", "guidance": 3.0},
            "flux",
        ),
        (
            {"prompt": "an owl", "guidance_scale": 4, "base_model": "juggernaut.safetensors"},
            {"prompt": "an owl", "guidance": 4.0},
            "juggernaut",
        ),
        ({"prompt": ["not", "text"], "steps": "many", "scale": True, "seed": None, "guidance": 1e400}, {}, ""),
        ({"steps": -1, "scale": 10**400, "model": {}}, {}, ""),
    ],
)
def test_flat_json_is_read_by_the_names_of_each_generator(
    fields: dict[str, Any], metadata: dict[str, Any], model: str
) -> None:
    assert parameters_of({"Comment": json.dumps(fields)}) == GenerationParameters(metadata, model)


def test_the_line_of_midjourney_is_a_prompt() -> None:
    note = "a knight --ar 3:4 --v 6 Job ID: 01234567-89ab-cdef-0123-456789abcdef"
    assert parameters_of({"Description": note}).metadata == {"prompt": "a knight --ar 3:4 --v 6"}


def test_plain_text_is_a_description() -> None:
    assert parameters_of({"Comment": "My \x1b[31mcastle\x1b[0m", "Title": "other"}).description == "My [31mcastle[0m"


@pytest.mark.parametrize(
    "text", ["{", "[1]", '{"nodes": [[]]}', '{"nodes": [], "links": 3}', "[" * 100_000, "{" + '"a":{' * 100_000]
)
def test_broken_notes_tell_nothing(text: str) -> None:
    generation = parameters_of({"prompt": text})
    assert generation.metadata == {}


def test_endless_notes_are_not_looked_at() -> None:
    assert parameters_of({"Comment": "a" * (MAX_NOTE_CHARACTERS + 1)}) == GenerationParameters()
