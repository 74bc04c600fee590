"""Graphs of ComfyUI: the executed one (`prompt`) and the editor's (`workflow`), by kind."""

from typing import Any, TypeAlias

from tests.support.recipes import Recipe

Graph: TypeAlias = dict[str, dict[str, Any]]


def node(kind: str, **inputs: Any) -> dict[str, Any]:
    return {"class_type": kind, "inputs": inputs, "_meta": {"title": kind}}


def basic(recipe: Recipe) -> Graph:
    """A checkpoint, a LoRA, two texts, one sampler."""
    return {
        "3": node(
            "KSampler",
            seed=recipe.seed,
            steps=recipe.steps,
            cfg=recipe.guidance,
            sampler_name=recipe.sampler,
            scheduler="karras",
            denoise=1,
            model=["10", 0],
            positive=["6", 0],
            negative=["7", 0],
            latent_image=["5", 0],
        ),
        "4": node("CheckpointLoaderSimple", ckpt_name=f"{recipe.model}.safetensors"),
        "5": node("EmptyLatentImage", width=512, height=512, batch_size=1),
        "6": node("CLIPTextEncode", text=recipe.prompt, clip=["10", 1]),
        "7": node("CLIPTextEncode", text=recipe.negative, clip=["10", 1]),
        "8": node("VAEDecode", samples=["3", 0], vae=["4", 2]),
        "9": node("SaveImage", filename_prefix="ComfyUI", images=["8", 0]),
        "10": node(
            "LoraLoader",
            lora_name=f"styles/{recipe.lora}.safetensors",
            strength_model=1.0,
            strength_clip=1.0,
            model=["4", 0],
            clip=["4", 1],
        ),
    }


def sdxl(recipe: Recipe) -> Graph:
    """The basic graph with SDXL's two text encoders in one node."""
    sizes = {"width": 1024, "height": 1024, "crop_w": 0, "crop_h": 0, "target_width": 1024, "target_height": 1024}
    both = ({"text_g": text, "text_l": text} for text in (recipe.prompt, recipe.negative))
    texts = [node("CLIPTextEncodeSDXL", **sizes, **text, clip=["10", 1]) for text in both]
    return basic(recipe) | {"6": texts[0], "7": texts[1]}


def control_net(recipe: Recipe) -> Graph:
    """The basic graph with a ControlNet, which comes first in the file and takes both texts, too."""
    graph = basic(recipe)
    graph["3"]["inputs"] |= {"positive": ["1", 0], "negative": ["1", 1]}
    return {
        "1": node(
            "ControlNetApplyAdvanced",
            strength=0.8,
            start_percent=0,
            end_percent=1,
            positive=["6", 0],
            negative=["7", 0],
            control_net=["2", 0],
            image=["11", 0],
        ),
        "2": node("ControlNetLoader", control_net_name="control_canny.pth"),
        "11": node("LoadImage", image="pose.png", upload="image"),
        **graph,
    }


def flux(recipe: Recipe) -> Graph:
    """Flux with the parts of a sampler each in a node of its own."""
    return {
        "6": node("CLIPTextEncode", text=recipe.prompt, clip=["11", 0]),
        "8": node("VAEDecode", samples=["13", 0], vae=["10", 0]),
        "9": node("SaveImage", filename_prefix="ComfyUI", images=["8", 0]),
        "10": node("VAELoader", vae_name="ae.safetensors"),
        "11": node("DualCLIPLoader", clip_name1="t5xxl_fp16.safetensors", clip_name2="clip_l.safetensors", type="flux"),
        "12": node("UNETLoader", unet_name=f"{recipe.model}.safetensors", weight_dtype="default"),
        "13": node(
            "SamplerCustomAdvanced",
            noise=["25", 0],
            guider=["22", 0],
            sampler=["16", 0],
            sigmas=["17", 0],
            latent_image=["27", 0],
        ),
        "16": node("KSamplerSelect", sampler_name=recipe.sampler),
        "17": node("BasicScheduler", scheduler="simple", steps=recipe.steps, denoise=1, model=["30", 0]),
        "22": node("BasicGuider", model=["30", 0], conditioning=["26", 0]),
        "25": node("RandomNoise", noise_seed=recipe.seed),
        "26": node("FluxGuidance", guidance=recipe.guidance, conditioning=["6", 0]),
        "27": node("EmptySD3LatentImage", width=1024, height=1024, batch_size=1),
        "30": node("LoraLoaderModelOnly", lora_name=f"{recipe.lora}.safetensors", strength_model=0.9, model=["12", 0]),
    }


def subgraph(recipe: Recipe) -> Graph:
    """A graph whose nodes came out of a subgraph, with the prompt typed outside of it."""
    inner = {"3", "4", "5", "6", "7", "8", "10"}

    def renamed(value: Any) -> Any:
        return [f"57:{value[0]}", value[1]] if isinstance(value, list) and value[0] in inner else value

    graph: Graph = {}
    for key, each in basic(recipe).items():
        inputs = {name: renamed(value) for name, value in each["inputs"].items()}
        graph[f"57:{key}" if key in inner else key] = each | {"inputs": inputs}
    graph["57:6"]["inputs"]["text"] = ["60", 0]
    return graph | {"60": node("PrimitiveStringMultiline", value=recipe.prompt)}


def upscaled(recipe: Recipe) -> Graph:
    """The basic graph, whose picture is enlarged and sampled once more with another text."""
    graph = basic(recipe)
    graph["9"]["inputs"]["images"] = ["23", 0]
    again = graph["3"]["inputs"] | {"seed": 1, "steps": 10, "denoise": 0.3, "latent_image": ["21", 0]}
    return graph | {
        "20": node("ImageScaleBy", upscale_method="lanczos", scale_by=2.0, image=["8", 0]),
        "21": node("VAEEncode", pixels=["20", 0], vae=["4", 2]),
        "22": node("KSampler", **(again | {"positive": ["24", 0]})),
        "23": node("VAEDecode", samples=["22", 0], vae=["4", 2]),
        "24": node("CLIPTextEncode", text="highly detailed", clip=["4", 1]),
    }


def api_node(recipe: Recipe) -> Graph:
    """A node that asks a service, with a prompt of its own."""
    return {
        "1": node("OpenAIGPTImage1", prompt=recipe.prompt, seed=recipe.seed, quality="low", size="auto", n=1),
        "2": node("SaveImage", filename_prefix="ComfyUI", images=["1", 0]),
    }


def editor(recipe: Recipe) -> dict[str, Any]:
    """The editor's graph of the basic one, as older editors save it: widgets without names."""

    def place(
        number: int, kind: str, widgets: list[Any], inputs: list[tuple[str, str, int]], outputs: int = 0
    ) -> dict[str, Any]:
        sockets = [{"name": name, "type": type_, "link": link} for name, type_, link in inputs]
        slots = [{"name": str(slot), "links": []} for slot in range(outputs)]
        return {"id": number, "type": kind, "mode": 0, "inputs": sockets, "outputs": slots, "widgets_values": widgets}

    return {
        "last_node_id": 10,
        "nodes": [
            place(7, "CLIPTextEncode", [recipe.negative], [("clip", "CLIP", 5)], 1),
            place(6, "CLIPTextEncode", [recipe.prompt], [("clip", "CLIP", 3)], 1),
            place(4, "CheckpointLoaderSimple", [f"{recipe.model}.safetensors"], [], 3),
            place(5, "EmptyLatentImage", [512, 512, 1], [], 1),
            place(
                3,
                "KSampler",
                [recipe.seed, "randomize", recipe.steps, recipe.guidance, recipe.sampler, "karras", 1],
                [
                    ("model", "MODEL", 1),
                    ("positive", "CONDITIONING", 4),
                    ("negative", "CONDITIONING", 6),
                    ("latent_image", "LATENT", 2),
                ],
                1,
            ),
            place(8, "VAEDecode", [], [("samples", "LATENT", 7), ("vae", "VAE", 8)], 1),
            place(9, "SaveImage", ["ComfyUI"], [("images", "IMAGE", 9)]),
            place(
                10,
                "LoraLoader",
                [f"{recipe.lora}.safetensors", 1, 1],
                [("model", "MODEL", 10), ("clip", "CLIP", 11)],
                2,
            ),
        ],
        "links": [
            [1, 10, 0, 3, 0, "MODEL"],
            [2, 5, 0, 3, 3, "LATENT"],
            [3, 10, 1, 6, 0, "CLIP"],
            [4, 6, 0, 3, 1, "CONDITIONING"],
            [5, 10, 1, 7, 0, "CLIP"],
            [6, 7, 0, 3, 2, "CONDITIONING"],
            [7, 3, 0, 8, 0, "LATENT"],
            [8, 4, 2, 8, 1, "VAE"],
            [9, 8, 0, 9, 0, "IMAGE"],
            [10, 4, 0, 10, 0, "MODEL"],
            [11, 4, 1, 10, 1, "CLIP"],
        ],
        "version": 0.4,
    }
