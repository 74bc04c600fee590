"""What a graph made, from its output back to the first sampler."""

from collections.abc import Callable
from typing import Any

import pytest

from scenario_mcp.sandbox.own_catalogue.generators.comfyui.graph import executed_graph
from scenario_mcp.sandbox.own_catalogue.generators.comfyui.reading import read_graph
from scenario_mcp.sandbox.own_catalogue.generators.parameters import GenerationParameters
from tests.support import comfy_graphs as graphs
from tests.support.comfy_graphs import Graph, node
from tests.support.recipes import Recipe

RECIPE = Recipe()
WHOLE = GenerationParameters(
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


def read(graph: Any) -> GenerationParameters:
    return read_graph(executed_graph(graph))


def with_nodes(**nodes: dict[str, Any]) -> Graph:
    """Return the basic graph with nodes added or put in the place of others; `_3` is the node 3."""
    return graphs.basic(RECIPE) | {name.removeprefix("_"): each for name, each in nodes.items()}


def with_sampler(kind: str = "KSampler", **inputs: Any) -> Graph:
    graph = graphs.basic(RECIPE)
    graph["3"] = node(kind, **(graph["3"]["inputs"] | inputs))
    return graph


@pytest.mark.parametrize("graph_of", [graphs.basic, graphs.sdxl, graphs.control_net, graphs.subgraph, graphs.upscaled])
def test_a_graph_tells_all_that_its_first_sampler_took(graph_of: Callable[[Recipe], Graph]) -> None:
    assert read(graph_of(RECIPE)) == WHOLE


def test_the_order_of_nodes_in_the_file_tells_nothing() -> None:
    for graph_of in (graphs.control_net, graphs.upscaled):
        assert read(dict(reversed(graph_of(RECIPE).items()))) == WHOLE


def test_the_types_of_nodes_tell_nothing() -> None:
    for graph_of in (graphs.basic, graphs.control_net, graphs.upscaled):
        graph = {key: each | {"class_type": f"Custom {key}"} for key, each in graph_of(RECIPE).items()}
        assert read(graph) == WHOLE


def test_flux_is_read_from_the_parts_of_its_sampler() -> None:
    found = read(graphs.flux(RECIPE))
    assert found == GenerationParameters(
        generator="ComfyUI",
        prompt=RECIPE.prompt,
        seed="4242",
        steps=28,
        guidance=6.5,
        scheduler="euler",
        models=("dreamforge_v7",),
        loras=("ink_wash",),
    )


def test_distilled_guidance_takes_the_place_of_a_scale_of_one() -> None:
    guided = with_sampler(cfg=1.0, positive=["26", 0]) | {
        "26": node("FluxGuidance", guidance=3.5, conditioning=["6", 0])
    }
    assert read(guided).guidance == 3.5
    encoder = with_sampler(cfg=1) | {"6": node("CLIPTextEncodeFlux", clip_l="an owl", t5xxl="an owl", guidance=4.0)}
    assert (read(encoder).guidance, read(encoder).prompt) == (4.0, "an owl")
    assert read(with_sampler(cfg=1.0)).guidance == 1.0


def test_a_guider_with_both_prompts_is_followed() -> None:
    graph = graphs.flux(RECIPE) | {
        "22": node("CFGGuider", cfg=5.0, model=["30", 0], positive=["26", 0], negative=["7", 0]),
        "7": node("CLIPTextEncode", text="rain", clip=["11", 0]),
    }
    found = read(graph)
    assert (found.prompt, found.negative_prompt, found.guidance) == (RECIPE.prompt, "rain", 5.0)


def test_the_negative_prompt_that_is_zeroed_out_is_none() -> None:
    graph = with_sampler(negative=["30", 0]) | {"30": node("ConditioningZeroOut", conditioning=["6", 0])}
    assert read(graph).negative_prompt == ""


def test_seeds_and_steps_may_come_from_other_nodes() -> None:
    graph = with_sampler(seed=["30", 0], steps=["31", 0], cfg=["32", 0]) | {
        "30": node("Seed (rgthree)", seed=18446744073709551615),
        "31": node("PrimitiveInt", value=12),
        "32": node("Reroute", **{"": ["33", 0]}),
        "33": node("PrimitiveFloat", value=2.5),
    }
    found = read(graph)
    assert (found.seed, found.steps, found.guidance) == ("18446744073709551615", 12, 2.5)


def test_names_may_come_from_nodes_that_choose_them() -> None:
    graph = with_sampler(sampler_name=["30", 0]) | {"30": node("Sampler Selector", sampler_name="heun")}
    graph["4"]["inputs"]["ckpt_name"] = ["31", 0]
    found = read(graph | {"31": node("Checkpoint Selector", ckpt_name="other.safetensors")})
    assert (found.scheduler, found.models) == ("heun", ("other",))


def test_a_sampler_that_is_a_node_of_its_own_gives_its_name() -> None:
    graph = graphs.flux(RECIPE) | {"16": node("SamplerEulerAncestral", eta=1.0)}
    assert read(graph).scheduler == "SamplerEulerAncestral"


def test_a_pipe_carries_all_that_a_sampler_takes() -> None:
    graph: Graph = {
        "1": node(
            "easy fullLoader",
            ckpt_name="xl/dreamforge_v7.safetensors",
            lora_name="None",
            positive="an owl",
            negative="rain",
        ),
        "2": node("easy preSampling", pipe=["1", 0], steps=20, cfg=7.0, sampler_name="euler", seed=4242, denoise=1.0),
        "3": node("easy kSampler", pipe=["2", 0], image_output="Preview", link_id=0, save_prefix="ComfyUI"),
    }
    assert read(graph) == GenerationParameters(
        generator="ComfyUI",
        prompt="an owl",
        negative_prompt="rain",
        seed="4242",
        steps=20,
        guidance=7.0,
        scheduler="euler",
        models=("dreamforge_v7",),
    )


def test_bundles_of_inputs_are_followed_by_what_is_sought() -> None:
    context = {name: value for name, value in graphs.basic(RECIPE)["3"]["inputs"].items() if isinstance(value, list)}
    outputs: dict[str, Any] = {name: ["40", place] for place, name in enumerate(context)}
    graph = with_sampler(**outputs) | {
        "40": node("Context (rgthree)", base_ctx=["41", 0]),
        "41": node("Context Big (rgthree)", **context),
    }
    assert read(graph) == WHOLE
    basic_pipe = with_sampler(positive=["50", 3], negative=["50", 4]) | {
        "50": node("FromBasicPipe", basic_pipe=["51", 0]),
        "51": node("ToBasicPipe", model=["10", 0], clip=["4", 1], vae=["4", 2], positive=["6", 0], negative=["7", 0]),
    }
    assert read(basic_pipe) == WHOLE


def test_efficient_nodes_keep_prompts_in_their_loader() -> None:
    graph: Graph = {
        "1": node(
            "Efficient Loader",
            ckpt_name="dreamforge_v7.safetensors",
            vae_name="Baked VAE",
            lora_name="ink_wash.safetensors",
            lora_model_strength=1,
            positive=RECIPE.prompt,
            negative=RECIPE.negative,
        ),
        "2": node(
            "KSampler (Efficient)",
            seed=4242,
            steps=28,
            cfg=6.5,
            sampler_name="euler",
            scheduler="normal",
            model=["1", 0],
            positive=["1", 1],
            negative=["1", 2],
            latent_image=["1", 3],
            optional_vae=["1", 4],
        ),
        "3": node("Image Save", images=["2", 5], filename_prefix="x"),
    }
    assert read(graph) == WHOLE


def test_wrappers_for_video_are_read() -> None:
    graph: Graph = {
        "1": node("WanVideoModelLoader", model="wan2.1_t2v_14B.safetensors", lora=["2", 0], quantization="disabled"),
        "2": node("WanVideoLoraSelect", lora="ink_wash.safetensors", strength=1.0),
        "3": node("WanVideoTextEncode", positive_prompt="an owl flies", negative_prompt="rain", t5=["4", 0]),
        "4": node("LoadWanVideoT5TextEncoder", model_name="umt5-xxl-enc-bf16.safetensors"),
        "5": node(
            "WanVideoSampler",
            model=["1", 0],
            text_embeds=["3", 0],
            steps=30,
            cfg=6.0,
            seed=7,
            scheduler="unipc",
            shift=5,
        ),
        "6": node("WanVideoDecode", samples=["5", 0], vae=["8", 0]),
        "7": node("VHS_VideoCombine", images=["6", 0], frame_rate=16, filename_prefix="Wan"),
        "8": node("WanVideoVAELoader", model_name="Wan2_1_VAE_bf16.safetensors"),
    }
    assert read(graph) == GenerationParameters(
        generator="ComfyUI",
        prompt="an owl flies",
        negative_prompt="rain",
        seed="7",
        steps=30,
        guidance=6.0,
        scheduler="unipc",
        models=("wan2.1_t2v_14B",),
        loras=("ink_wash",),
    )


def test_two_samplers_of_one_video_tell_both_models() -> None:
    low = graphs.basic(RECIPE)["3"]["inputs"] | {"latent_image": ["3", 0], "model": ["40", 0], "seed": 0}
    graph = with_nodes(_30=node("KSampler", **low), _40=node("UnetLoaderGGUF", unet_name="low_noise.gguf"))
    graph["8"]["inputs"]["samples"] = ["30", 0]
    found = read(graph)
    assert (found.seed, found.models) == ("4242", ("dreamforge_v7", "low_noise"))


def test_a_detailer_behind_the_sampler_hides_nothing() -> None:
    detailer = node(
        "FaceDetailer",
        image=["8", 0],
        model=["4", 0],
        positive=["31", 0],
        negative=["7", 0],
        seed=1,
        steps=20,
        cfg=8.0,
        sampler_name="ddim",
        bbox_detector=["32", 0],
    )
    graph = with_nodes(
        _30=detailer,
        _31=node("CLIPTextEncode", text="detailed eyes", clip=["4", 1]),
        _32=node("UltralyticsDetectorProvider", model_name="bbox/face_yolov8m.pt"),
    )
    graph["9"]["inputs"]["images"] = ["30", 0]
    assert read(graph) == WHOLE


def test_nodes_that_lead_nowhere_are_not_read() -> None:
    graph = {
        "0": node("CLIPTextEncode", text="never used", clip=["4", 1]),
        "1": node("KSampler", seed=1, steps=1, positive=["0", 0], model=["4", 0], cfg=1),
        **graphs.basic(RECIPE),
    }
    assert read(graph) == WHOLE


def test_a_picture_that_was_only_enlarged_has_no_prompt() -> None:
    graph: Graph = {
        "1": node("LoadImage", image="castle.png"),
        "2": node("UpscaleModelLoader", model_name="4x-UltraSharp.pth"),
        "3": node("ImageUpscaleWithModel", upscale_model=["2", 0], image=["1", 0]),
        "4": node("SaveImage", filename_prefix="up", images=["3", 0]),
        "5": node("Note", text="remember the milk"),
    }
    assert read(graph) == GenerationParameters(generator="ComfyUI")


def test_nodes_that_ask_a_service_have_prompts_of_their_own() -> None:
    assert read(graphs.api_node(RECIPE)) == GenerationParameters(generator="ComfyUI", prompt=RECIPE.prompt, seed="4242")
    graph: Graph = {
        "1": node("PrimitiveStringMultiline", value="an owl"),
        "2": node("GeminiImageNode", prompt=["1", 0], model="gemini-2.5-flash-image", seed=42, files=["3", 0]),
        "3": node("LoadImage", image="castle.png"),
        "4": node("SaveImage", images=["2", 0], filename_prefix="x"),
        "5": node("PreviewAny", source=["2", 1]),
    }
    assert read(graph) == GenerationParameters(
        generator="ComfyUI", prompt="an owl", seed="42", models=("gemini-2.5-flash-image",)
    )


def test_a_file_name_is_never_a_prompt() -> None:
    graph = with_nodes(_6=node("SomeEncoder", clip=["10", 1]), _7=node("SomeEncoder", text="negative.safetensors"))
    found = read(graph)
    assert (found.prompt, found.negative_prompt) == ("", "")


@pytest.mark.parametrize(
    "graph",
    [
        {},
        {"1": None, "2": {"class_type": 5}, "3": {"class_type": "KSampler", "inputs": []}},
        {"1": {"class_type": "KSampler", "inputs": {"positive": ["1", 0], "seed": ["1", 0], "steps": ["1", 1]}}},
        {
            "1": node("KSampler", positive=["2", 0], seed=1, cfg=1),
            "2": node("KSampler", positive=["1", 0], seed=1, cfg=1),
        },
        {"1": node("KSampler", positive=["9", 0], seed=1e400, steps=True, cfg="NaN", sampler_name=[], model={})},
        {"1": node("KSampler", positive=[["1"], 0], negative=[None, None], seed=[], steps={}, model=["1", "0"])},
    ],
)
def test_odd_graphs_tell_nothing(graph: Any) -> None:
    found = read(graph)
    assert (found.prompt, found.negative_prompt, found.steps, found.models) == ("", "", None, ())
