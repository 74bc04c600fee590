"""The table of generators in `docs/own-catalogue.md`: a row for each place, from the files that the tests write."""

from collections.abc import Mapping
from pathlib import Path

import scenario_mcp
from tests.support.generator_files import FILES

PAGE = Path(scenario_mcp.__file__).parents[1] / "docs/own-catalogue.md"
A1111, COMFYUI, INVOKEAI, NOVELAI, FOOOCUS = "AUTOMATIC1111, reForge", "ComfyUI", "InvokeAI", "NovelAI", "Fooocus"
EASY, DIFFUSERS, MIDJOURNEY, SWARMUI = "Easy Diffusion", "scripts with diffusers", "Midjourney", "SwarmUI"
COMMENT = "EXIF UserComment"
PLACES: Mapping[str, tuple[str, str]] = {
    "automatic1111-png": (A1111, "text `parameters`"),
    "automatic1111-png-behind": (A1111, "packed text behind the pixels"),
    "automatic1111-one-line": (A1111, "text `parameters`, all on one line"),
    "automatic1111-templates": (A1111, "text `parameters`, with lines behind the settings"),
    "automatic1111-jpeg": (A1111, COMMENT),
    "automatic1111-webp": (A1111, COMMENT),
    "automatic1111-jpeg-utf-8": (A1111, f"{COMMENT} whose character set is mistaken"),
    "forge-png": ("Forge with Flux", "text `parameters`"),
    "sd-next-jpeg": ("SD.Next", COMMENT),
    "civitai-jpeg": ("Civitai's generator", COMMENT),
    "tensor-art-png": ("Tensor.Art", "text `generation_data`"),
    "comfyui-png": (COMFYUI, "texts `prompt` and `workflow`"),
    "comfyui-sdxl": (COMFYUI, "text `prompt`: SDXL's encoders"),
    "comfyui-flux": (COMFYUI, "text `prompt`: Flux, custom samplers"),
    "comfyui-control-net": (COMFYUI, "text `prompt`: ControlNet"),
    "comfyui-subgraph": (COMFYUI, "text `prompt`: subgraphs, linked texts"),
    "comfyui-upscaled": (COMFYUI, "text `prompt`: several samplers, of which the first counts"),
    "comfyui-api-node": (COMFYUI, "text `prompt`: nodes that ask a service"),
    "comfyui-workflow": (COMFYUI, "text `workflow` alone"),
    "comfyui-webp": (COMFYUI, "EXIF Make, Model: `prompt:{...}`, `workflow:{...}`"),
    "comfyui-jpeg": (COMFYUI, "EXIF Make, Model: `prompt:{...}`, `workflow:{...}`"),
    "comfyui-webp-description": (COMFYUI, "EXIF ImageDescription: `Prompt:{...}`"),
    "comfyui-webp-comment": (COMFYUI, f"{COMMENT}: both graphs in one JSON"),
    "comfyui-jpeg-comment": (COMFYUI, "JPEG comment"),
    "swarmui-png": (SWARMUI, "text `parameters`"),
    "swarmui-jpeg": (SWARMUI, COMMENT),
    "invokeai-png": (INVOKEAI, "text `invokeai_metadata`"),
    "invokeai-graph": (INVOKEAI, "text `invokeai_graph`"),
    "invokeai-2-png": (f"{INVOKEAI} 2", "text `sd-metadata`"),
    "invokeai-dream": (f"{INVOKEAI} 1", "text `Dream`"),
    "novelai-png": (NOVELAI, "texts `Comment`, `Source`"),
    "novelai-webp": (NOVELAI, COMMENT),
    "fooocus-png": (FOOOCUS, "text `parameters`"),
    "fooocus-a1111-png": (FOOOCUS, "text `parameters` in AUTOMATIC1111's scheme"),
    "fooocus-jpeg": (FOOOCUS, COMMENT),
    "draw-things-png": ("Draw Things", "XMP exif:UserComment"),
    "easy-diffusion-png": (EASY, "a text for each value"),
    "easy-diffusion-jpeg": (EASY, COMMENT),
    "midjourney-png": (MIDJOURNEY, "text `Description`"),
    "midjourney-jpeg": (MIDJOURNEY, "XMP dc:description"),
    "mochi-diffusion-jpeg": ("Mochi Diffusion", "EXIF ImageDescription"),
    "diffusers-png": (DIFFUSERS, "a text for each value"),
    "diffusers-webp": (DIFFUSERS, COMMENT),
    "ai-prompt-xmp": ("any, by IPTC 2025.1", "XMP Iptc4xmpExt:AIPromptInformation, AISystemUsed"),
}
KINDS = {".png": "PNG", ".jpg": "JPEG", ".jpeg": "JPEG", ".webp": "WebP"}
PARTS = ("prompt", "negative", "seed", "steps", "guidance", "sampler", "model", "lora")
WORDS = {"negative": "negative prompt", "lora": "LoRAs"}


def told(parts: frozenset[str]) -> str:
    if len(parts) == len(PARTS):
        return "all"
    missing = [WORDS.get(part, part) for part in PARTS if part not in parts]
    if len(missing) <= 2:
        return f"all but {' and '.join(missing)}"
    return ", ".join(WORDS.get(part, part) for part in PARTS if part in parts)


def rows() -> list[str]:
    by_place: dict[tuple[str, str], list[str]] = {}
    for name, place in PLACES.items():
        by_place.setdefault(place, []).append(name)
    return [
        f"| {generator} | {', '.join(dict.fromkeys(KINDS[FILES[name].ending] for name in names))} | {place} | "
        f"{told(FILES[names[0]].tells)} |"
        for (generator, place), names in by_place.items()
    ]


def test_every_file_of_a_generator_is_in_the_table() -> None:
    assert PLACES.keys() == FILES.keys()


def test_the_table_of_generators_is_the_one_that_is_tested() -> None:
    lines = PAGE.read_text("utf-8").splitlines()
    start = lines.index("| Generator | Kind of file | Place | What is read |") + 2
    end = next(number for number in range(start, len(lines)) if not lines[number].startswith("|"))
    assert lines[start:end] == rows()
