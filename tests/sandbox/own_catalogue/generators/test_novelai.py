"""NovelAI's comments, with and without captions of characters."""

import json

from scenario_mcp.sandbox.own_catalogue.generators.novelai import read_novelai_source
from scenario_mcp.sandbox.own_catalogue.generators.parameters import GenerationParameters
from tests.sandbox.own_catalogue.generators.test_reading import RECIPE, read
from tests.support import generator_notes as texts

WHOLE = GenerationParameters(
    generator="NovelAI",
    prompt=f"{RECIPE.prompt}, girl, red scarf",
    negative_prompt=RECIPE.negative,
    seed="4242",
    steps=28,
    guidance=6.5,
    scheduler="euler",
    size=(832, 1216),
    models=("NovelAI Diffusion V4.5",),
)


def test_captions_of_characters_belong_to_the_prompt() -> None:
    assert read(texts.novelai(RECIPE)) == WHOLE


def test_all_texts_may_stand_in_one_comment() -> None:
    assert read({"UserComment": json.dumps(texts.novelai(RECIPE))}, "exif") == WHOLE


def test_earlier_versions_have_two_prompts() -> None:
    comment = {"prompt": "an owl", "uc": "rain", "steps": 28, "scale": 5.0, "seed": 7, "sampler": "k_euler"}
    notes = {"Software": "NovelAI", "Source": "Stable Diffusion XL C1E1DE52", "Comment": json.dumps(comment)}
    assert read(notes) == GenerationParameters(
        generator="NovelAI",
        prompt="an owl",
        negative_prompt="rain",
        seed="7",
        steps=28,
        guidance=5.0,
        scheduler="k_euler",
        models=("Stable Diffusion XL C1E1DE52",),
    )


def test_the_source_names_the_model() -> None:
    assert read_novelai_source("NovelAI Diffusion V4 37442FCA").models == ("NovelAI Diffusion V4",)


def test_captions_of_wrong_types_are_passed_over() -> None:
    comment = {"prompt": "an owl", "v4_prompt": {"caption": {"base_caption": 5, "char_captions": [None, {}, "x"]}}}
    assert read({"Comment": json.dumps(comment)}) == GenerationParameters(generator="NovelAI", prompt="an owl")
