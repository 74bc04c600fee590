"""All notes of a picture, read together."""

import json
from collections.abc import Mapping
from dataclasses import replace

import pytest

from scenario_mcp.sandbox.own_catalogue.generators import reading
from scenario_mcp.sandbox.own_catalogue.generators.json_notes import MAX_NOTE_CHARACTERS
from scenario_mcp.sandbox.own_catalogue.generators.parameters import GenerationParameters
from scenario_mcp.sandbox.own_catalogue.generators.reading import MAX_NOTES, read_generation_parameters
from scenario_mcp.sandbox.own_catalogue.notes.note import Note
from tests.support import comfy_graphs as graphs
from tests.support import generator_notes as texts
from tests.support.recipes import Recipe

RECIPE = Recipe()
COMFY = GenerationParameters(
    generator="ComfyUI",
    prompt=RECIPE.prompt,
    negative_prompt=RECIPE.negative,
    seed="4242",
    steps=28,
    guidance=6.5,
    scheduler="euler",
    models=("dreamforge_v7",),
    loras=("ink_wash",),
)


def read(notes: Mapping[str, str], place: str = "png") -> GenerationParameters:
    return read_generation_parameters(Note(place, name, text) for name, text in notes.items())


def test_settings_come_before_the_graph_that_ran_and_that_before_the_editors() -> None:
    other = graphs.basic(Recipe(prompt="another owl", seed=7))
    edited = json.dumps(graphs.editor(Recipe(prompt="an edited owl", model="edited_model")))
    notes = {"workflow": edited, "prompt": json.dumps(other), "parameters": "an owl\nSteps: 5, Seed: 1, Size: 64x48"}
    found = read(notes)
    assert (found.prompt, found.seed, found.steps) == ("an owl", "1", 5)
    assert (found.models, found.loras, found.negative_prompt) == (("dreamforge_v7",), ("ink_wash",), RECIPE.negative)
    del notes["parameters"]
    assert read(notes) == replace(COMFY, prompt="another owl", seed="7")
    del notes["prompt"]
    assert read(notes).models == ("edited_model",)


@pytest.mark.parametrize("name", ["Make", "Model", "ImageDescription", "UserComment"])
def test_graphs_behind_a_name_are_read_wherever_they_stand(name: str) -> None:
    for label in ("prompt:", "Prompt:", "prompt: "):
        assert read({name: label + json.dumps(graphs.basic(RECIPE))}, "exif") == COMFY
    for label in ("workflow:", "Workflow: "):
        assert read({name: label + json.dumps(graphs.editor(RECIPE))}, "exif") == COMFY


def test_both_graphs_may_be_one_json() -> None:
    both = {"prompt": graphs.basic(RECIPE), "workflow": graphs.editor(Recipe(prompt="edited"))}
    as_texts = {name: json.dumps(graph) for name, graph in both.items()}
    for fields in (both, as_texts, {"workflow": both["workflow"], "prompt": both["prompt"], "extra": 1}):
        assert read({"UserComment": json.dumps(fields)}, "exif") == COMFY
    assert read({"Comment": json.dumps({"workflow": graphs.editor(RECIPE)})}) == COMFY


def test_a_graph_with_values_that_are_no_numbers_is_read() -> None:
    text = json.dumps(graphs.basic(RECIPE)).replace('"denoise": 1', '"denoise": NaN, "is_changed": [Infinity]')
    assert read({"prompt": text}) == COMFY


def test_numbers_of_any_length_cost_no_more_than_themselves() -> None:
    text = json.dumps(graphs.basic(RECIPE)).replace("4242", "9" * 5000)
    assert read({"prompt": text}) == replace(COMFY, seed="")


def test_a_prompt_may_begin_with_a_brace() -> None:
    found = read({"parameters": "{red|blue} owl, {a|b}\nNegative prompt: {x}\nSteps: 5, Sampler: Euler, Seed: 1"})
    assert (found.prompt, found.negative_prompt, found.seed) == ("{red|blue} owl, {a|b}", "{x}", "1")


def test_plain_texts_of_a_png_may_each_hold_one_value() -> None:
    found = read(texts.texts_of(texts.easy_diffusion(RECIPE)))
    assert found == replace(COMFY, generator="", size=(512, 512))


def test_titles_descriptions_and_comments_are_all_kept_once() -> None:
    found = read(
        {
            "Title": "Snow lynx",
            "Description": "A lynx under\x1b[31m pines",
            "Comment": "made by Lena",
            "ImageDescription": "made by Lena",
            "Author": "Lena",
            "Software": "GIMP",
            "Creation Time": "yesterday",
        }
    )
    assert found == GenerationParameters(
        title="Snow lynx", description="Snow lynx. A lynx under[31m pines. made by Lena", author="Lena"
    )


def test_what_the_prompt_says_already_is_no_description() -> None:
    found = read({"Description": RECIPE.prompt, "Comment": json.dumps(texts.diffusers(RECIPE)), "Title": "By hand"})
    assert (found.prompt, found.description) == (RECIPE.prompt, "By hand")


@pytest.mark.parametrize(
    "text", ["{", '{"nodes": [[]]}', '{"nodes": [], "links": 3}', "[" * 100_000, "{" + '"a":{' * 100_000, "[{]"]
)
def test_json_that_tells_nothing_is_no_description(text: str) -> None:
    for name in ("prompt", "workflow", "Comment", "parameters", "Description"):
        assert read({name: text}) in (GenerationParameters(), GenerationParameters(generator="ComfyUI"))


def test_endless_notes_and_endless_numbers_of_them_are_not_looked_at() -> None:
    assert read({"Comment": "a" * (MAX_NOTE_CHARACTERS + 1)}) == GenerationParameters()
    many = (Note("png", "Comment", f"{number}") for number in range(10**12))
    assert read_generation_parameters(many).description.startswith("10. 11. ")
    assert MAX_NOTES < 10_000


def test_a_note_that_a_reader_stumbles_over_costs_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    def stumble(*_: object, **__: object) -> None:
        raise LookupError

    monkeypatch.setattr(reading, "read_midjourney_line", stumble)
    monkeypatch.setattr(reading, "read_json_note", stumble)
    notes = {"Comment": "painted --by hand", "prompt": json.dumps(graphs.basic(RECIPE)), "dc:title": "Owl"}
    assert read(notes) == GenerationParameters(title="Owl", description="Owl. painted --by hand")
