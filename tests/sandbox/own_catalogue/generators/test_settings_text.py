"""The text of AUTOMATIC1111 and its kin."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scenario_mcp.sandbox.own_catalogue.generators.parameters import GenerationParameters
from scenario_mcp.sandbox.own_catalogue.generators.settings_text import loras_in_prompt, read_settings_text
from tests.support import generator_notes as texts
from tests.support.examples import examples
from tests.support.recipes import Recipe

RECIPE = Recipe()
WHOLE = GenerationParameters(
    generator="AUTOMATIC1111",
    prompt=f"{RECIPE.prompt} <lora:ink_wash:0.8>",
    negative_prompt=RECIPE.negative,
    seed="4242",
    steps=28,
    guidance=6.5,
    scheduler="euler",
    size=(64, 48),
    models=("dreamforge_v7",),
    loras=("ink_wash",),
)
LINES = texts.settings_text(RECIPE)


def read(text: str) -> GenerationParameters:
    found = read_settings_text(text)
    assert found is not None
    return found


@pytest.mark.parametrize(
    "text",
    [
        LINES,
        LINES.replace("\n", "\r\n"),
        LINES + "\n\0",
        LINES.replace("\n", " "),
        f"{LINES}\nTemplate: a __metal__ badger\nNegative Template: __bad__",
        f"{LINES}\n\nTemplate: a badger, Steps: 5, Seed: 6, Sampler: x",
        f"{LINES}, Time taken: 5.2 sec.",
        f"{LINES}\nsome extension: wrote this, too",
        texts.settings_text(RECIPE, extra='ControlNet 0: "Module: canny, Model: control_v11p [d14c], Weight: 1", '),
        texts.settings_text(RECIPE, extra="ADetailer model: face_yolov8n.pt, ADetailer prompt: eyes, Hires steps: 9, "),
        texts.settings_text(RECIPE, extra='TI hashes: "easynegative: c74b4e810b03", Hires upscaler: 4x-UltraSharp, '),
        texts.settings_text(RECIPE, extra='Hashes: {"model": "0123abcd45", "lora:ink_wash": "ff"}, '),
        LINES.replace("Model: dreamforge_v7", "Model: xl/dreamforge_v7.safetensors [0123abcd45]"),
        LINES.replace("Steps: 28, Sampler: euler, ", "Sampler: euler, Steps: 28, "),
        LINES.replace("Steps: 28, Sampler: euler, ", "Sampler: euler, Steps: 28, ").replace("\n", " "),
        LINES.replace("Schedule type", "schedule type").replace("CFG scale", "cfg scale").replace("Seed", "seed"),
        LINES.replace(", S", "\nS").replace(", C", "\nC").replace(", M", "\nM"),
        LINES.replace(": 28, ", ":28;").replace(": euler, ", ":euler;").replace(": 4242, ", ":4242;"),
        f"Prompt: {LINES}",
        f'{LINES}\nWildcard prompt: "__x__", Seed: 5, Steps: 6',
    ],
)
def test_all_forms_of_the_usual_text_tell_the_same(text: str) -> None:
    assert read(text) == WHOLE


def test_prompts_of_several_lines_stay_whole() -> None:
    found = read("a knight,\nat dawn\nNegative prompt: rain,\nfog\nSteps: 20, Seed: 1, Sampler: DPM++ 2M Karras")
    assert (found.prompt, found.negative_prompt) == ("a knight, at dawn", "rain, fog")
    assert found.scheduler == "DPM++ 2M Karras"


@pytest.mark.parametrize(
    ("text", "prompt", "negative", "seed"),
    [
        ("a knight\nSteps: 8, Seed: 1", "a knight", "", "1"),
        ("Negative prompt: rain\nSteps: 8, Seed: 1", "", "rain", "1"),
        ("Steps: 8, Seed: 1, Sampler: Euler", "", "", "1"),
        ("a knight\nNegative prompt: rain", "a knight", "rain", ""),
        ("a knight\nSteps: 8", "a knight", "", ""),
        ("a knight\nSampler: Euler a, CFG scale: 7, Seed: 3", "a knight", "", "3"),
        ("a knight\nSteps: 8, Seed: -1, CFG scale: 7", "a knight", "", ""),
        ("a knight\nSteps: 8, Seed: 99999999999999999999999, CFG scale: 7", "a knight", "", ""),
        ("a knight who counts Steps: 3, two\nSteps: 8, Seed: 1", "a knight who counts Steps: 3, two", "", "1"),
        ("a knight\nSteps: 8, Seed: 1\nSize: 64x48, Model: x", "a knight", "", "1"),
    ],
)
def test_parts_may_be_missing(text: str, prompt: str, negative: str, seed: str) -> None:
    found = read(text)
    assert (found.prompt, found.negative_prompt, found.seed) == (prompt, negative, seed)


def test_forge_tells_distilled_guidance_for_flux() -> None:
    found = read(texts.forge(RECIPE))
    assert (found.generator, found.guidance, found.models) == ("Forge", 6.5, ("dreamforge_v7",))


def test_the_resources_of_civitai_are_models_and_loras() -> None:
    found = read(texts.civitai(RECIPE))
    assert (found.generator, found.models, found.loras) == ("Civitai", ("dreamforge_v7",), ("ink_wash",))
    assert (found.prompt, found.seed, found.steps, found.size) == (RECIPE.prompt, "4242", 28, (832, 1216))


def test_fooocus_and_its_refiner_are_read() -> None:
    text = (
        "an owl\nNegative prompt: rain\nSteps: 30, Sampler: dpmpp_2m_sde_gpu, Seed: 5, Size: 1152x896, CFG scale: 4, "
        "Base model: juggernautXL_v8Rundiffusion, Refiner: sd_xl_refiner_1.0, LoRA 1: ink_wash : 0.1, "
        'Lora hashes: "", Version: Fooocus v2.2.0'
    )
    found = read(text)
    assert (found.generator, found.models) == ("Fooocus", ("juggernautXL_v8Rundiffusion", "sd_xl_refiner_1.0"))
    assert found.loras == ("ink_wash",)


def test_values_in_quotes_keep_their_commas() -> None:
    found = read('an owl\nSteps: 5, Sampler: "Euler, the third", Seed: 4, Model: "forge, \\"v7\\""')
    assert (found.scheduler, found.models) == ("Euler, the third", ('forge, "v7"',))


@pytest.mark.parametrize(
    "text",
    [
        "a picture of a knight",
        "Model: castle, Size: 20 cm, Version: 2",
        "In three Steps: 1, 2, 3",
        "a dance of steps: 3, size: small, and more",
        "He said: nothing, she said: less",
        "",
        "Steps:",
    ],
)
def test_other_texts_are_left_to_others(text: str) -> None:
    assert read_settings_text(text) is None


def test_a_note_named_so_may_be_a_prompt_alone() -> None:
    found = read_settings_text("an owl", is_named_so=True)
    assert found == GenerationParameters(prompt="an owl")


def test_loras_are_read_from_the_prompt_by_their_names() -> None:
    prompt = "owl <lora:ink_wash:0.8>, <lyco:style/Grain.safetensors:1:0.5> <lora:ink_wash:1> <hypernet:x:1> <lora:>"
    assert loras_in_prompt(prompt) == ("ink_wash", "Grain")


@settings(max_examples=examples(80), deadline=None)
@given(
    st.text(st.characters(blacklist_categories=["Cs"]), max_size=60),
    st.lists(
        st.tuples(
            st.sampled_from(["Steps", "Seed", "Sampler", "Model", "Lora hashes", "Civitai resources", "x", "Size"]),
            st.one_of(st.text(max_size=20), st.sampled_from(['"', "[", '{"a"', "9" * 400, "-1", "1e999", ",,", "NaN"])),
        ),
        max_size=6,
    ),
)
def test_no_text_breaks_the_reader(prompt: str, pairs: list[tuple[str, str]]) -> None:
    text = f"{prompt}\nSteps: 5, Seed: 7, " + ", ".join(f"{name}: {value}" for name, value in pairs)
    found = read_settings_text(text)
    assert found is None or found.seed == "" or 0 <= int(found.seed) < 2**64
