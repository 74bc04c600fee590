"""The texts that each generator writes into its files, in its own notation. Sources: the generators' documentation."""

import json
from collections.abc import Mapping
from typing import Any

from tests.support.recipes import Recipe

JOB = "01234567-89ab-cdef-0123-456789abcdef"


def settings_text(recipe: Recipe, *, separator: str = "\n", extra: str = "") -> str:
    """AUTOMATIC1111's three lines, which most of its kin write, too."""
    settings = (
        f"Steps: {recipe.steps}, Sampler: {recipe.sampler}, Schedule type: Karras, CFG scale: {recipe.guidance}, "
        f"Seed: {recipe.seed}, Size: 64x48, Model hash: 0123abcd45, Model: {recipe.model}, Clip skip: 2, "
        f'Lora hashes: "{recipe.lora}: 0123456789ab", {extra}Version: v1.10.1'
    )
    return separator.join(
        (f"{recipe.prompt} <lora:{recipe.lora}:0.8>", f"Negative prompt: {recipe.negative}", settings)
    )


def forge(recipe: Recipe) -> str:
    """Forge with Flux: the guidance is the distilled one, and `CFG scale` stays 1."""
    return (
        f"{recipe.prompt} <lora:{recipe.lora}:1>\nNegative prompt: {recipe.negative}\n"
        f"Steps: {recipe.steps}, Sampler: {recipe.sampler}, Schedule type: Simple, CFG scale: 1, "
        f"Distilled CFG Scale: {recipe.guidance}, Seed: {recipe.seed}, Size: 896x1152, Model hash: 0123abcd45, "
        f"Model: {recipe.model}, Version: f2.0.1v1.10.1-previous-501-g668e87f92, Module 1: ae, Module 2: clip_l"
    )


def civitai(recipe: Recipe) -> str:
    """Civitai's own generator: models and LoRAs are told by a list of resources."""
    resources = json.dumps(
        [
            {"type": "checkpoint", "modelVersionId": 128713, "modelName": recipe.model, "modelVersionName": "8, final"},
            {"type": "lora", "weight": 0.8, "modelVersionId": 5, "modelName": recipe.lora, "modelVersionName": "v1"},
        ]
    )
    return (
        f"{recipe.prompt}\nNegative prompt: {recipe.negative}\nSteps: {recipe.steps}, CFG scale: {recipe.guidance}, "
        f"Sampler: {recipe.sampler}, Seed: {recipe.seed}, Size: 832x1216, Clip skip: 2, "
        f"Created Date: 2025-01-02T0304:05.678Z, Civitai resources: {resources}, Civitai metadata: {{}}"
    )


def sd_next(recipe: Recipe) -> str:
    return (
        f"{recipe.prompt} <lora:{recipe.lora}:0.7>\nNegative prompt: {recipe.negative}\n"
        f"Steps: {recipe.steps}, Size: 64x48, Sampler: {recipe.sampler}, Seed: {recipe.seed}, "
        f"CFG scale: {recipe.guidance}, Model: {recipe.model}, Model hash: 0123abcd45, App: SD.Next, "
        'Version: ab12cd3, Pipeline: StableDiffusionXLPipeline, Operations: "txt2img; hires"'
    )


def novelai(recipe: Recipe) -> dict[str, str]:
    """NovelAI 4: the texts are captions with those of characters beside them."""
    caption = {"caption": {"base_caption": recipe.prompt, "char_captions": [{"char_caption": "girl, red scarf"}]}}
    unwanted = {"caption": {"base_caption": recipe.negative, "char_captions": []}}
    comment = {
        "prompt": recipe.prompt,
        "steps": recipe.steps,
        "scale": recipe.guidance,
        "seed": recipe.seed,
        "sampler": recipe.sampler,
        "noise_schedule": "karras",
        "width": 832,
        "height": 1216,
        "v4_prompt": caption | {"use_coords": False},
        "v4_negative_prompt": unwanted,
        "uc": recipe.negative,
        "request_type": "PromptGenerateRequest",
        "signed_hash": "c2lnbmF0dXJl",
    }
    return {
        "Title": "NovelAI generated image",
        "Description": recipe.prompt,
        "Software": "NovelAI",
        "Source": "NovelAI Diffusion V4.5 4BDE2A90",
        "Generation time": "4.2",
        "Comment": json.dumps(comment),
    }


def invokeai(recipe: Recipe) -> dict[str, Any]:
    return {
        "app_version": "5.6.0",
        "generation_mode": "sdxl_txt2img",
        "positive_prompt": recipe.prompt,
        "negative_prompt": recipe.negative,
        "width": 64,
        "height": 48,
        "seed": recipe.seed,
        "cfg_scale": recipe.guidance,
        "steps": recipe.steps,
        "scheduler": recipe.sampler,
        "model": {"key": "k", "hash": "blake3:0", "name": recipe.model, "base": "sdxl", "type": "main"},
        "loras": [{"model": {"key": "l", "name": recipe.lora, "base": "sdxl", "type": "lora"}, "weight": 0.75}],
    }


def invokeai_graph(recipe: Recipe) -> dict[str, Any]:
    """InvokeAI's graph, as old versions wrote it beside little else."""
    return {
        "id": "g",
        "nodes": {
            "model": {"type": "main_model_loader", "id": "model", "model": {"model_name": recipe.model}},
            "lora": {"type": "lora_loader", "id": "lora", "lora": {"model_name": recipe.lora}, "weight": 0.75},
            "positive_conditioning": {"type": "compel", "id": "positive_conditioning", "prompt": recipe.prompt},
            "negative_conditioning": {"type": "compel", "id": "negative_conditioning", "prompt": recipe.negative},
            "noise": {"type": "noise", "id": "noise", "seed": recipe.seed, "width": 64, "height": 48},
            "denoise": {
                "type": "denoise_latents",
                "id": "denoise",
                "steps": recipe.steps,
                "cfg_scale": recipe.guidance,
                "scheduler": recipe.sampler,
            },
        },
        "edges": [],
    }


def invokeai_2(recipe: Recipe) -> dict[str, str]:
    """InvokeAI 2: its metadata, and the command line that made the picture."""
    image = {
        "prompt": [{"prompt": f"{recipe.prompt} [{recipe.negative}]", "weight": 1.0}],
        "steps": recipe.steps,
        "cfg_scale": recipe.guidance,
        "seed": recipe.seed,
        "sampler": recipe.sampler,
        "width": 64,
        "height": 48,
        "type": "txt2img",
    }
    metadata = {"model": "stable diffusion", "model_weights": recipe.model, "app_id": "invoke-ai/InvokeAI"}
    return {"sd-metadata": json.dumps(metadata | {"image": image}), "Dream": dream(recipe)}


def dream(recipe: Recipe) -> str:
    return (
        f'"{recipe.prompt} [{recipe.negative}]" -s {recipe.steps} -S {recipe.seed} -W 64 -H 48 '
        f"-C {recipe.guidance} -A {recipe.sampler}"
    )


def swarm_ui(recipe: Recipe) -> dict[str, Any]:
    return {
        "sui_image_params": {
            "prompt": recipe.prompt,
            "negativeprompt": recipe.negative,
            "model": f"xl/{recipe.model}",
            "seed": recipe.seed,
            "steps": recipe.steps,
            "cfgscale": recipe.guidance,
            "aspectratio": "1:1",
            "width": 1024,
            "height": 1024,
            "sampler": recipe.sampler,
            "scheduler": "karras",
            "loras": [recipe.lora],
            "loraweights": ["0.8"],
            "swarm_version": "0.9.6.2",
        },
        "sui_extra_data": {"date": "2025-03-04", "generation_time": "0.00 (prep) and 4.84 (gen) seconds"},
        "sui_models": [{"name": f"xl/{recipe.model}.safetensors", "param": "model", "hash": "0x0123"}],
    }


def fooocus(recipe: Recipe) -> dict[str, Any]:
    return {
        "adm_guidance": "(1.5, 0.8, 0.3)",
        "base_model": recipe.model,
        "base_model_hash": "0123abcd45",
        "clip_skip": 2,
        "full_negative_prompt": [recipe.negative],
        "full_prompt": [recipe.prompt, "cinematic"],
        "guidance_scale": recipe.guidance,
        "loras": [[recipe.lora, 0.5, "0123456789"]],
        "metadata_scheme": "fooocus",
        "negative_prompt": recipe.negative,
        "performance": "Speed",
        "prompt": recipe.prompt,
        "prompt_expansion": f"{recipe.prompt}, intricate",
        "refiner_model": "None",
        "resolution": "(1152, 896)",
        "sampler": recipe.sampler,
        "scheduler": "karras",
        "seed": str(recipe.seed),
        "sharpness": 2,
        "steps": recipe.steps,
        "styles": "['Fooocus V2']",
        "version": "Fooocus v2.5.5",
    }


def draw_things(recipe: Recipe) -> dict[str, Any]:
    return {
        "c": recipe.prompt,
        "uc": recipe.negative,
        "model": f"{recipe.model}.ckpt",
        "lora": [{"model": f"{recipe.lora}.ckpt", "weight": 0.6}],
        "sampler": recipe.sampler,
        "scale": recipe.guidance,
        "seed": recipe.seed,
        "seed_mode": "Scale Alike",
        "size": "1024x1024",
        "steps": recipe.steps,
        "strength": 1,
        "v2": {"seed": recipe.seed, "steps": recipe.steps, "model": f"{recipe.model}.ckpt"},
    }


def easy_diffusion(recipe: Recipe) -> dict[str, Any]:
    return {
        "prompt": recipe.prompt,
        "negative_prompt": recipe.negative,
        "seed": recipe.seed,
        "num_inference_steps": recipe.steps,
        "guidance_scale": recipe.guidance,
        "sampler_name": recipe.sampler,
        "use_stable_diffusion_model": f"models/{recipe.model}.safetensors",
        "use_lora_model": recipe.lora,
        "lora_alpha": 0.5,
        "use_vae_model": "mse840k",
        "width": 512,
        "height": 512,
    }


def texts_of(fields: Mapping[str, Any]) -> dict[str, str]:
    """Return fields as texts, for generators that write each into a chunk of its own."""
    return {name: str(value) for name, value in fields.items()}


def tensor_art(recipe: Recipe) -> dict[str, Any]:
    return {
        "models": [{"modelId": "6", "modelFileName": recipe.lora, "label": recipe.lora, "type": "LORA", "weight": 0.8}],
        "prompt": recipe.prompt,
        "negativePrompt": recipe.negative,
        "seed": str(recipe.seed),
        "samplerName": recipe.sampler,
        "steps": recipe.steps,
        "cfgScale": recipe.guidance,
        "baseModel": {"modelId": "7", "modelFileName": recipe.model, "label": recipe.model, "type": "BASE_MODEL"},
        "width": 768,
        "height": 1152,
    }


def mochi_diffusion(recipe: Recipe) -> str:
    return (
        f"Include in Image: {recipe.prompt}; Exclude from Image: {recipe.negative}; Model: {recipe.model}; "
        f"Steps: {recipe.steps}; Guidance Scale: {recipe.guidance}; Seed: {recipe.seed}; Size: 512x512; "
        f"Scheduler: {recipe.sampler}; ML Compute Unit: CPU & Neural Engine; Generator: Mochi Diffusion 5.2"
    )


def midjourney(recipe: Recipe) -> str:
    return f"{recipe.prompt} --no {recipe.negative} --seed {recipe.seed} --ar 3:4 --stylize 250 --v 6.1 Job ID: {JOB}"


def diffusers(recipe: Recipe) -> dict[str, Any]:
    """What scripts around diffusers write: the names of the pipeline's own arguments."""
    return {
        "prompt": recipe.prompt,
        "negative_prompt": recipe.negative,
        "num_inference_steps": recipe.steps,
        "guidance_scale": recipe.guidance,
        "seed": recipe.seed,
        "scheduler": recipe.sampler,
        "model_id": f"someone/{recipe.model}",
        "lora": recipe.lora,
    }
