"""Files as generators of pictures write them: one function a generator, kind of file and place of the note.

for name, each in FILES.items():
    for file in each.write(Recipe(), PICTURE):
        (folder / f"{name}{file.ending}").write_bytes(file.data)
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from PIL import ExifTags, Image

from tests.support import comfy_graphs as graphs
from tests.support import generator_notes as notes
from tests.support.picture_files import exif, jpeg, png, png_with_texts_behind, webp, xmp
from tests.support.recipes import Recipe

MAKE, MODEL, DESCRIPTION = ExifTags.Base.Make, ExifTags.Base.Model, ExifTags.Base.ImageDescription
SOFTWARE = ExifTags.Base.Software


class SavedFile(NamedTuple):
    """A file beside others of the same stem: the ending of its name, and its content."""

    ending: str
    data: bytes


ALL = frozenset({"prompt", "negative", "seed", "steps", "guidance", "sampler", "model", "lora"})


@dataclass(frozen=True, slots=True)
class GeneratorFile:
    """How a generator saves a picture, and which values of the recipe it tells."""

    ending: str
    data: Callable[[Recipe, Image.Image], bytes]
    tells: frozenset[str] = ALL
    model: str = "{model}"
    """The model's tag, where it is not that of the recipe."""

    def write(self, recipe: Recipe, picture: Image.Image) -> list[SavedFile]:
        """Return the files of one picture, the picture first."""
        return [SavedFile(self.ending, self.data(recipe, picture))]

    def model_of(self, recipe: Recipe) -> str:
        """Return the name by which the model is found."""
        return self.model.format(model=recipe.model)


def _png(ending: str = ".png", *, tells: frozenset[str] = ALL, **texts: Callable[[Recipe], object]) -> GeneratorFile:
    def data(recipe: Recipe, picture: Image.Image) -> bytes:
        return png(picture, {name: _text(text(recipe)) for name, text in texts.items()})

    return GeneratorFile(ending, data, tells)


def _text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _both(recipe: Recipe) -> str:
    return json.dumps({"prompt": graphs.basic(recipe), "workflow": graphs.editor(recipe)})


_NO_LORA = ALL - {"lora"}

FILES: Mapping[str, GeneratorFile] = {
    "automatic1111-png": _png(parameters=notes.settings_text),
    "automatic1111-png-behind": GeneratorFile(
        ".png", lambda recipe, picture: png_with_texts_behind(picture, {"parameters": notes.settings_text(recipe)})
    ),
    "automatic1111-one-line": _png(parameters=lambda recipe: notes.settings_text(recipe, separator=" ")),
    "automatic1111-jpeg": GeneratorFile(
        ".jpg", lambda recipe, picture: jpeg(picture, exif({}, comment=notes.settings_text(recipe)))
    ),
    "automatic1111-jpeg-utf-8": GeneratorFile(
        ".jpg",
        lambda recipe, picture: jpeg(picture, exif({}, comment=notes.settings_text(recipe), charset="utf-8")),
    ),
    "automatic1111-webp": GeneratorFile(
        ".webp", lambda recipe, picture: webp(picture, exif({}, comment=notes.settings_text(recipe)))
    ),
    "automatic1111-templates": _png(
        parameters=lambda recipe: (
            f"{notes.settings_text(recipe)}\nTemplate: a __metal__ badger\nNegative Template: __bad__"
        )
    ),
    "forge-png": _png(parameters=notes.forge),
    "sd-next-jpeg": GeneratorFile(
        ".jpg", lambda recipe, picture: jpeg(picture, exif({}, comment=notes.sd_next(recipe), charset="unicode-le"))
    ),
    "civitai-jpeg": GeneratorFile(
        ".jpeg", lambda recipe, picture: jpeg(picture, exif({}, comment=notes.civitai(recipe)))
    ),
    "tensor-art-png": _png(generation_data=notes.tensor_art),
    "comfyui-png": _png(prompt=graphs.basic, workflow=graphs.editor),
    "comfyui-sdxl": _png(prompt=graphs.sdxl),
    "comfyui-flux": _png(prompt=graphs.flux, tells=ALL - {"negative"}),
    "comfyui-control-net": _png(prompt=graphs.control_net),
    "comfyui-subgraph": _png(prompt=graphs.subgraph),
    "comfyui-upscaled": _png(prompt=graphs.upscaled),
    "comfyui-api-node": _png(prompt=graphs.api_node, tells=frozenset({"prompt", "seed"})),
    "comfyui-workflow": _png(workflow=graphs.editor),
    "comfyui-webp": GeneratorFile(
        ".webp",
        lambda recipe, picture: webp(
            picture,
            exif(
                {
                    MODEL: "prompt:" + json.dumps(graphs.basic(recipe)),
                    MAKE: "workflow:" + json.dumps(graphs.editor(recipe)),
                }
            ),
        ),
    ),
    "comfyui-webp-description": GeneratorFile(
        ".webp",
        lambda recipe, picture: webp(picture, exif({DESCRIPTION: "Prompt:" + json.dumps(graphs.basic(recipe))})),
    ),
    "comfyui-webp-comment": GeneratorFile(
        ".webp", lambda recipe, picture: webp(picture, exif({}, comment=_both(recipe), charset="ascii"))
    ),
    "comfyui-jpeg": GeneratorFile(
        ".jpg",
        lambda recipe, picture: jpeg(picture, exif({MAKE: "Workflow:" + json.dumps(graphs.editor(recipe))})),
    ),
    "comfyui-jpeg-comment": GeneratorFile(
        ".jpg", lambda recipe, picture: jpeg(picture, comment=json.dumps(graphs.basic(recipe)))
    ),
    "swarmui-png": _png(parameters=notes.swarm_ui),
    "swarmui-jpeg": GeneratorFile(
        ".jpg",
        lambda recipe, picture: jpeg(
            picture, exif({}, comment=json.dumps(notes.swarm_ui(recipe), indent=2), charset="unicode-le")
        ),
    ),
    "invokeai-png": _png(invokeai_metadata=notes.invokeai),
    "invokeai-graph": _png(invokeai_graph=notes.invokeai_graph),
    "invokeai-2-png": GeneratorFile(
        ".png", lambda recipe, picture: png(picture, notes.invokeai_2(recipe)), tells=_NO_LORA
    ),
    "invokeai-dream": _png(Dream=notes.dream, tells=_NO_LORA - {"model"}),
    "novelai-png": GeneratorFile(
        ".png",
        lambda recipe, picture: png(picture, notes.novelai(recipe)),
        tells=_NO_LORA,
        model="NovelAI Diffusion V4.5",
    ),
    "novelai-webp": GeneratorFile(
        ".webp",
        lambda recipe, picture: webp(
            picture, exif({}, comment=json.dumps(notes.novelai(recipe)), charset="unicode-le")
        ),
        tells=_NO_LORA,
        model="NovelAI Diffusion V4.5",
    ),
    "fooocus-png": _png(parameters=notes.fooocus, fooocus_scheme=lambda _: "fooocus"),
    "fooocus-a1111-png": _png(parameters=notes.settings_text, fooocus_scheme=lambda _: "a1111"),
    "fooocus-jpeg": GeneratorFile(
        ".jpg",
        lambda recipe, picture: jpeg(
            picture, exif({SOFTWARE: "Fooocus v2.5.5"}, comment=json.dumps(notes.fooocus(recipe)), charset="ascii")
        ),
    ),
    "draw-things-png": GeneratorFile(
        ".png",
        lambda recipe, picture: png(
            picture,
            {},
            xmp=xmp({"exif:UserComment": json.dumps(notes.draw_things(recipe)), "xmp:CreatorTool": "Draw Things"}),
        ),
    ),
    "easy-diffusion-png": GeneratorFile(
        ".png", lambda recipe, picture: png(picture, notes.texts_of(notes.easy_diffusion(recipe)))
    ),
    "easy-diffusion-jpeg": GeneratorFile(
        ".jpeg", lambda recipe, picture: jpeg(picture, exif({}, comment=json.dumps(notes.easy_diffusion(recipe))))
    ),
    "midjourney-png": GeneratorFile(
        ".png",
        lambda recipe, picture: png(picture, {"Description": notes.midjourney(recipe), "Author": "lena"}),
        tells=frozenset({"prompt", "negative", "seed", "model"}),
        model="Midjourney 6.1",
    ),
    "midjourney-jpeg": GeneratorFile(
        ".jpg",
        lambda recipe, picture: jpeg(
            picture, xmp=xmp({"dc:description": notes.midjourney(recipe), "dc:creator": ["lena"]})
        ),
        tells=frozenset({"prompt", "negative", "seed", "model"}),
        model="Midjourney 6.1",
    ),
    "mochi-diffusion-jpeg": GeneratorFile(
        ".jpg",
        lambda recipe, picture: jpeg(picture, exif({DESCRIPTION: notes.mochi_diffusion(recipe)})),
        tells=_NO_LORA,
    ),
    "diffusers-png": GeneratorFile(
        ".png", lambda recipe, picture: png(picture, notes.texts_of(notes.diffusers(recipe)))
    ),
    "diffusers-webp": GeneratorFile(
        ".webp", lambda recipe, picture: webp(picture, exif({}, comment=json.dumps(notes.diffusers(recipe))))
    ),
    "ai-prompt-xmp": GeneratorFile(
        ".jpg",
        lambda recipe, picture: jpeg(
            picture,
            xmp=xmp(
                {
                    "Iptc4xmpExt:AIPromptInformation": recipe.prompt,
                    "Iptc4xmpExt:AISystemUsed": recipe.model,
                }
            ),
        ),
        tells=frozenset({"prompt", "model"}),
    ),
}
"""By generator, kind of file and place."""
