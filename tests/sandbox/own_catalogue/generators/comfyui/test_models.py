"""Models and LoRAs that a graph loads."""

from typing import Any

import pytest

from tests.sandbox.own_catalogue.generators.comfyui.test_reading import RECIPE, read
from tests.support import comfy_graphs as graphs
from tests.support.comfy_graphs import node


def loaded(**nodes: dict[str, Any]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the models and LoRAs of the basic graph, whose model is linked from the node `last`."""
    graph = graphs.basic(RECIPE) | nodes
    graph["3"]["inputs"]["model"] = ["last", 0]
    found = read(graph)
    return found.models, found.loras


@pytest.mark.parametrize(
    ("last", "models"),
    [
        (node("CheckpointLoaderSimple", ckpt_name="xl\\dream.safetensors"), ("dream",)),
        (node("UNETLoader", unet_name="flux1-dev.sft", weight_dtype="fp8"), ("flux1-dev",)),
        (node("UnetLoaderGGUF", unet_name="flux1-dev-Q8_0.gguf"), ("flux1-dev-Q8_0",)),
        (node("DiffusersLoader", model_path="stable-diffusion-xl"), ("stable-diffusion-xl",)),
        (
            node("NunchakuFluxDiTLoader", model_path="svdq-int4-flux.1-dev", cpu_offload="auto"),
            ("svdq-int4-flux.1-dev",),
        ),
        (node("HyVideoModelLoader", model="hunyuan_video_720.safetensors"), ("hunyuan_video_720",)),
        (node("ModelMergeSimple", model1=["4", 0], model2=["5b", 0], ratio=0.5), ("dreamforge_v7", "other")),
        (node("ModelSamplingFlux", model=["5b", 0], max_shift=1.15), ("other",)),
        (node("IPAdapterAdvanced", model=["5b", 0], ipadapter=["6b", 0]), ("other",)),
        (node("Reroute", **{"": ["5b", 0]}), ("other",)),
        (node("CheckpointLoaderSimple", ckpt_name="None"), ()),
    ],
)
def test_models_are_those_that_loaders_load(last: dict[str, Any], models: tuple[str, ...]) -> None:
    other = node("CheckpointLoaderSimple", ckpt_name="other.ckpt")
    adapter = node("IPAdapterModelLoader", ipadapter_file="ip-adapter_sdxl.safetensors")
    assert loaded(last=last, **{"5b": other, "6b": adapter}) == (models, ())


@pytest.mark.parametrize(
    ("last", "loras"),
    [
        (node("LoraLoader", lora_name="a\\ink.safetensors", strength_model=1, strength_clip=1), ("ink",)),
        (node("LoraLoaderModelOnly", lora_name="ink.safetensors", strength_model=0.5), ("ink",)),
        (node("LoraLoader", lora_name="ink.safetensors", strength_model=0, strength_clip=0), ()),
        (
            node(
                "Power Lora Loader (rgthree)",
                PowerLoraLoaderHeaderWidget={"type": "PowerLoraLoaderHeaderWidget"},
                lora_1={"on": True, "lora": "ink.safetensors", "strength": 1},
                lora_2={"on": False, "lora": "grain.safetensors", "strength": 1},
                lora_3={"on": True, "lora": "None", "strength": 1},
            ),
            ("ink",),
        ),
        (
            node("Lora Loader Stack (rgthree)", lora_01="ink.safetensors", strength_01=1, lora_02="g", strength_02=0),
            ("ink",),
        ),
        (node("CR Apply LoRA Stack", lora_stack=["stack", 0]), ("ink", "grain")),
        (
            node(
                "LoraManager",
                text="<lora:ink:1>",
                loras={"__value__": [{"name": "ink", "strength": 1, "active": True}]},
            ),
            ("ink",),
        ),
        (node("LoraManager", loras=[{"name": "ink", "strength": "0.8", "active": True}]), ("ink",)),
    ],
)
def test_loras_are_those_that_have_strength(last: dict[str, Any], loras: tuple[str, ...]) -> None:
    stack = node(
        "CR LoRA Stack", switch_1="On", lora_name_1="ink", switch_2="Off", lora_name_2="x", lora_name_3="grain"
    )
    last["inputs"]["model"] = ["4", 0]
    assert loaded(last=last, stack=stack) == (("dreamforge_v7",), loras)


def test_loras_that_the_prompt_calls_count() -> None:
    graph = graphs.basic(RECIPE)
    graph["6"]["inputs"]["text"] = "an owl <lora:grain:0.8>"
    assert read(graph).loras == ("ink_wash", "grain")
