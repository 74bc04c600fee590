"""Fields by their usual names, whoever writes them."""

import json
from dataclasses import replace
from typing import Any

import pytest

from scenario_mcp.sandbox.own_catalogue.generators.named_fields import loras_of, model_of, read_fields
from scenario_mcp.sandbox.own_catalogue.generators.parameters import GenerationParameters
from tests.sandbox.own_catalogue.generators.test_reading import RECIPE, read
from tests.support import generator_notes as texts

WHOLE = GenerationParameters(
    prompt=RECIPE.prompt,
    negative_prompt=RECIPE.negative,
    seed="4242",
    steps=28,
    guidance=6.5,
    scheduler="euler",
    models=("dreamforge_v7",),
    loras=("ink_wash",),
)


@pytest.mark.parametrize(
    ("fields", "generator", "size"),
    [
        (texts.swarm_ui(RECIPE), "SwarmUI", (1024, 1024)),
        (texts.fooocus(RECIPE), "Fooocus", (1152, 896)),
        (texts.draw_things(RECIPE), "Draw Things", (1024, 1024)),
        (texts.easy_diffusion(RECIPE), "Easy Diffusion", (512, 512)),
        (texts.tensor_art(RECIPE), "Tensor.Art", (768, 1152)),
        (texts.diffusers(RECIPE), "", None),
        ({"meta": texts.diffusers(RECIPE), "url": "https://example.com/1.png"}, "", None),
    ],
)
def test_flat_json_is_read_by_the_names_of_each_generator(
    fields: dict[str, Any], generator: str, size: tuple[int, int] | None
) -> None:
    assert read({"Comment": json.dumps(fields)}) == replace(WHOLE, generator=generator, size=size)


def test_mochi_diffusion_labels_its_values() -> None:
    expected = replace(WHOLE, generator="Mochi Diffusion", size=(512, 512), loras=())
    assert read({"ImageDescription": texts.mochi_diffusion(RECIPE)}, "exif") == expected


def test_easy_diffusion_labels_its_lines() -> None:
    lines = (
        "Prompt: an owl\nWidth: 512\nHeight: 512\nSeed: 7\nSteps: 25\nGuidance Scale: 7.5\nSampler: euler_a\n"
        "Negative Prompt: rain\nStable Diffusion model: sd-v1-4"
    )
    assert read({"x.txt": lines}, "sidecar") == GenerationParameters(
        generator="Easy Diffusion",
        prompt="an owl",
        negative_prompt="rain",
        seed="7",
        steps=25,
        guidance=7.5,
        scheduler="euler_a",
        size=(512, 512),
        models=("sd-v1-4",),
    )


@pytest.mark.parametrize(
    "fields",
    [
        {"prompt": {"a": 1}, "steps": "many", "scale": True, "seed": None, "guidance": 1e400},
        {"steps": -1, "scale": 10**400, "model": {}, "seed": -1, "loras": [[], {}, None, 5]},
        {"seed": 2**64, "steps": 2.5, "cfg": -3, "model": ["a", "b"], "width": 0, "height": 5},
        {"seed": 1.5, "steps": True, "model": False, "prompt": [], "negative_prompt": ["", None]},
        {"seed": "", "model": "None", "lora": "none", "prompt": "   ", "size": "big"},
    ],
)
def test_impossible_values_are_passed_over(fields: dict[str, Any]) -> None:
    assert read_fields(fields) == GenerationParameters()


def test_the_first_usable_name_counts() -> None:
    found = read_fields({"positive_prompt": "", "prompt": "an owl", "steps": "x", "num_inference_steps": "30.0"})
    assert (found.prompt, found.steps) == ("an owl", 30)


@pytest.mark.parametrize(
    ("value", "name"),
    [
        ("xl\\dream.safetensors", "dream"),
        ("someone/dream", "dream"),
        ("dream [0123abcd]", "dream"),
        ({"name": "dream", "hash": "x"}, "dream"),
        ({"model": {"model_name": "dream.ckpt"}}, "dream"),
        ("v1.5", "v1.5"),
        (None, ""),
        ([], ""),
        ({}, ""),
    ],
)
def test_a_model_is_called_by_its_name(value: object, name: str) -> None:
    assert model_of(value) == name


@pytest.mark.parametrize(
    ("value", "names"),
    [
        ("ink", ("ink",)),
        ("ink: 0123456789ab, grain: ffffffff", ("ink", "grain")),
        ("ink : 0.5", ("ink",)),
        ("ink.safetensors, grain", ("ink", "grain")),
        ([["ink", 0.5, "hash"], ["None", 1]], ("ink",)),
        ([{"model": {"name": "ink"}, "weight": 1}, {"lora": {"model_name": "grain"}}, "ink"], ("ink", "grain")),
        ({"ink": 0.5, "grain": "1.0"}, ("ink", "grain")),
        (5, ()),
    ],
)
def test_loras_are_called_by_their_names(value: object, names: tuple[str, ...]) -> None:
    assert loras_of(value) == names
