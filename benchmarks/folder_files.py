"""A folder such as people have: pictures of many generators and kinds, files that are no pictures, and odd ones.

    python -m benchmarks.folder_files DIR [--files 10000] [--seed 1]

The same seed makes the same folder. Every picture has a word, a seed and, where its generator notes one, a model of
its own; `expected.jsonl` beside the folder says which. Three of a hundred files are odd: each must cost itself only.
"""

import argparse
import functools
import io
import json
import random
import struct
import zlib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from PIL import Image, ImageDraw

MODELS = 40
_BASES = 12
_SUBJECTS = "knight dragon harbour forest lantern castle robot garden valley temple market island".split()  # noqa: SIM905  # read as a sentence
_CONSONANTS, _VOWELS = "bdfgklmnprstvz", "aeiou"
_ODD, _OTHER, _DESCRIBED, _CAPTIONED = 0.03, 0.06, 0.12, 0.2
"""Up to which share of the files are of which sort; the rest has notes of a generator."""


class Recipe(NamedTuple):
    """What a generator would note of one picture."""

    word: str
    prompt: str
    seed: int
    model: str

    @property
    def settings(self) -> str:
        """The settings text of AUTOMATIC1111."""
        return (
            f"{self.prompt}\nNegative prompt: blurry, low quality\n"
            f"Steps: 28, Sampler: Euler a, CFG scale: 6.5, Seed: {self.seed}, Size: 512x512, Model: {self.model}"
        )


class MadeFile(NamedTuple):
    """A file of the folder, and what a search must find it by; an empty text where its generator notes nothing."""

    path: str
    content: bytes
    word: str = ""
    seed: str = ""
    model: str = ""
    is_odd: bool = False


# Containers: the same pixels with notes put in, as fast as copying them.


def _png(base: bytes, *chunks: tuple[bytes, bytes], is_behind: bool = False) -> bytes:
    made = b"".join(_chunk(*each) for each in chunks)
    cut = len(base) - 12 if is_behind else 33
    return base[:cut] + made + base[cut:]


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def _text(name: str, text: str) -> tuple[bytes, bytes]:
    if text.isascii():
        return b"tEXt", name.encode() + b"\0" + text.encode()
    return b"iTXt", name.encode() + b"\0\1\0\0\0" + zlib.compress(text.encode())


def _packed(name: str, text: str) -> tuple[bytes, bytes]:
    return b"zTXt", name.encode() + b"\0\0" + zlib.compress(text.encode())


def _jpeg(base: bytes, *segments: tuple[int, bytes]) -> bytes:
    made = b"".join(b"\xff" + bytes([marker]) + struct.pack(">H", len(data) + 2) + data for marker, data in segments)
    return base[:2] + made + base[2:]


def _webp(base: bytes, size: tuple[int, int], *chunks: tuple[bytes, bytes]) -> bytes:
    flags = sum({b"EXIF": 8, b"XMP ": 4}[name] for name, _ in chunks)
    head = bytes([flags, 0, 0, 0]) + b"".join((side - 1).to_bytes(3, "little") for side in size)
    riff = [(b"VP8X", head), (base[12:16], base[20 : 20 + int.from_bytes(base[16:20], "little")]), *chunks]
    body = b"WEBP" + b"".join(
        name + struct.pack("<I", len(data)) + data + b"\0" * (len(data) % 2) for name, data in riff
    )
    return b"RIFF" + struct.pack("<I", len(body)) + body


def _exif(order: str, **tags: bytes) -> bytes:
    """Return EXIF with these tags: ImageDescription, Make, Model in the first directory, UserComment in its own."""
    numbers = {"ImageDescription": 0x010E, "Make": 0x010F, "Model": 0x0110}
    plain = [(numbers[name], 2, data + b"\0") for name, data in tags.items() if name in numbers]
    count = len(plain) + ("UserComment" in tags)
    data_start = 8 + 2 + 12 * count + 4
    entries, data = b"", b""
    for number, kind, value in plain:
        entries += struct.pack(order + "HHII", number, kind, len(value), data_start + len(data))
        data += value + b"\0" * (len(value) % 2)
    if "UserComment" in tags:
        entries += struct.pack(order + "HHII", 0x8769, 4, 1, data_start + len(data))
        start = data_start + len(data) + 18
        data += struct.pack(order + "HHHIII", 1, 0x9286, 7, len(tags["UserComment"]), start, 0) + tags["UserComment"]
    mark = b"II" if order == "<" else b"MM"
    return mark + struct.pack(order + "HIH", 42, 8, count) + entries + b"\0\0\0\0" + data


# Generators: what each of them writes.


def _comfy(recipe: Recipe) -> str:
    return json.dumps(
        {
            "3": _node(
                "KSampler",
                seed=recipe.seed,
                steps=28,
                cfg=6.5,
                sampler_name="euler",
                model=["4", 0],
                positive=["6", 0],
                negative=["7", 0],
                latent_image=["5", 0],
            ),
            "4": _node("CheckpointLoaderSimple", ckpt_name=f"sdxl/{recipe.model}.safetensors"),
            "5": _node("EmptyLatentImage", width=512, height=512),
            "6": _node("CLIPTextEncode", text=recipe.prompt, clip=["4", 1]),
            "7": _node("CLIPTextEncode", text="blurry", clip=["4", 1]),
            "8": _node("VAEDecode", samples=["3", 0], vae=["4", 2]),
            "9": _node("SaveImage", images=["8", 0], filename_prefix="ComfyUI"),
        }
    )


def _comfy_flux(recipe: Recipe) -> str:
    return json.dumps(
        {
            "12": _node("UNETLoader", unet_name=f"{recipe.model}.safetensors", weight_dtype="default"),
            "11": _node("DualCLIPLoader", clip_name1="t5xxl_fp16.safetensors", clip_name2="clip_l.safetensors"),
            "13": _node(
                "SamplerCustomAdvanced",
                noise=["25", 0],
                guider=["22", 0],
                sampler=["16", 0],
                sigmas=["17", 0],
                latent_image=["27", 0],
            ),
            "16": _node("KSamplerSelect", sampler_name="euler"),
            "17": _node("BasicScheduler", scheduler="simple", steps=28, denoise=1, model=["12", 0]),
            "22": _node("BasicGuider", model=["12", 0], conditioning=["26", 0]),
            "25": _node("RandomNoise", noise_seed=recipe.seed),
            "26": _node("FluxGuidance", guidance=3.5, conditioning=["6", 0]),
            "6": _node("CLIPTextEncode", text=["30", 0], clip=["11", 0]),
            "30": _node("PrimitiveStringMultiline", value=recipe.prompt),
            "27": _node("EmptySD3LatentImage", width=512, height=512),
            "8": _node("VAEDecode", samples=["13", 0], vae=["10", 0]),
            "9": _node("SaveImage", images=["8", 0]),
            "10": _node("VAELoader", vae_name="ae.safetensors"),
        }
    )


def _node(name: str, **inputs: Any) -> dict[str, Any]:
    return {"class_type": name, "inputs": inputs}


def _swarm(recipe: Recipe) -> str:
    settings = {"prompt": recipe.prompt, "model": recipe.model, "seed": recipe.seed, "steps": 28, "cfgscale": 6.5}
    return json.dumps({"sui_image_params": settings | {"width": 512, "height": 512, "swarm_version": "0.9.6"}})


def _invoke(recipe: Recipe) -> str:
    fields = {"generation_mode": "txt2img", "positive_prompt": recipe.prompt, "negative_prompt": "blurry"}
    model = {"name": recipe.model, "base": "sdxl", "type": "main"}
    return json.dumps(fields | {"seed": recipe.seed, "steps": 28, "cfg_scale": 6.5, "model": model})


def _novel(recipe: Recipe) -> str:
    fields = {"prompt": recipe.prompt, "steps": 28, "scale": 6.5, "seed": recipe.seed, "uc": "blurry"}
    return json.dumps(fields | {"sampler": "k_euler", "n_samples": 1})


def _fooocus(recipe: Recipe) -> str:
    fields = {"prompt": recipe.prompt, "negative_prompt": "blurry", "base_model": recipe.model, "seed": recipe.seed}
    return json.dumps(fields | {"steps": 28, "guidance_scale": 6.5, "sampler": "dpmpp_2m_sde_gpu", "version": "v2.5.5"})


def _draw_things(recipe: Recipe) -> str:
    fields = {"c": recipe.prompt, "uc": "blurry", "seed": recipe.seed, "steps": 28, "scale": 6.5}
    text = json.dumps(fields | {"model": f"{recipe.model}.ckpt", "sampler": "Euler a"})
    quoted = text.replace("&", "&amp;").replace('"', "&quot;")
    return (
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        '<rdf:Description xmlns:exif="http://ns.adobe.com/exif/1.0/"><exif:UserComment><rdf:Alt>'
        f'<rdf:li xml:lang="x-default">{quoted}</rdf:li></rdf:Alt></exif:UserComment></rdf:Description>'
        "</rdf:RDF></x:xmpmeta>"
    )


def _xmp_chunk(text: str) -> tuple[bytes, bytes]:
    return b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + text.encode()


def _midjourney(recipe: Recipe) -> str:
    return f"{recipe.prompt} --seed {recipe.seed} --v 6 Job ID: 3fa85f64-5717-4562-b3fc-2c963f66afa6"


def _utf16(text: str) -> bytes:
    return b"UNICODE\0" + text.encode("utf-16-be")


def _ascii(text: str) -> bytes:
    return b"ASCII\0\0\0" + text.encode()


class Pixels(NamedTuple):
    """One picture in the containers that notes are put into."""

    png: bytes
    jpeg: bytes
    webp: bytes
    size: tuple[int, int]


_GENERATORS: Mapping[str, tuple[str, Callable[[Pixels, Recipe], bytes]]] = {
    "automatic1111": ("png", lambda base, recipe: _png(base.png, _text("parameters", recipe.settings))),
    "automatic1111 behind": (
        "png",
        lambda base, recipe: _png(base.png, _packed("parameters", recipe.settings), is_behind=True),
    ),
    "forge jpeg": (
        "jpg",
        lambda base, recipe: _jpeg(base.jpeg, (0xE1, b"Exif\0\0" + _exif(">", UserComment=_utf16(recipe.settings)))),
    ),
    "forge webp": (
        "webp",
        lambda base, recipe: _webp(base.webp, base.size, (b"EXIF", _exif("<", UserComment=_utf16(recipe.settings)))),
    ),
    "comfyui": (
        "png",
        lambda base, recipe: _png(
            base.png, _text("prompt", _comfy(recipe)), _packed("workflow", json.dumps({"nodes": [], "x": "y" * 5000}))
        ),
    ),
    "comfyui flux": ("png", lambda base, recipe: _png(base.png, _text("prompt", _comfy_flux(recipe)))),
    "comfyui webp": (
        "webp",
        lambda base, recipe: _webp(
            base.webp, base.size, (b"EXIF", _exif(">", Make=b"workflow:{}", Model=b"prompt:" + _comfy(recipe).encode()))
        ),
    ),
    "swarmui": ("png", lambda base, recipe: _png(base.png, _text("parameters", _swarm(recipe)))),
    "swarmui jpeg": (
        "jpg",
        lambda base, recipe: _jpeg(base.jpeg, (0xE1, b"Exif\0\0" + _exif("<", UserComment=_ascii(_swarm(recipe))))),
    ),
    "invokeai": ("png", lambda base, recipe: _png(base.png, _text("invokeai_metadata", _invoke(recipe)))),
    "novelai": (
        "png",
        lambda base, recipe: _png(
            base.png,
            _text("Title", "AI generated image"),
            _text("Description", recipe.prompt),
            _text("Software", "NovelAI"),
            _text("Source", f"Stable Diffusion {recipe.model}"),
            _text("Comment", _novel(recipe)),
        ),
    ),
    "fooocus": ("png", lambda base, recipe: _png(base.png, _text("parameters", _fooocus(recipe)))),
    "fooocus jpeg": ("jpg", lambda base, recipe: _jpeg(base.jpeg, (0xFE, _fooocus(recipe).encode()))),
    "draw things": ("png", lambda base, recipe: _png(base.png, _xmp_chunk(_draw_things(recipe)))),
    "midjourney": ("png", lambda base, recipe: _png(base.png, _text("Description", _midjourney(recipe)))),
    "easy diffusion": (
        "png",
        lambda base, recipe: _png(
            base.png,
            _text("prompt", recipe.prompt),
            _text("negative_prompt", "blurry"),
            _text("seed", str(recipe.seed)),
            _text("use_stable_diffusion_model", recipe.model),
        ),
    ),
}
"""By generator: the ending of its files, and a file of it."""
_WITHOUT_MODEL = {"midjourney"}


def _captioned(random_: random.Random, bases: "list[Pixels]", recipe: Recipe, stem: str) -> Iterator[MadeFile]:
    """Pictures with a text beside them: a training set, a takeout, a download."""
    match random_.randrange(3):
        case 0:
            yield MadeFile(f"{stem}.txt", recipe.prompt.encode())
        case 1:
            yield MadeFile(f"{stem}.caption", recipe.prompt.encode())
        case _:
            yield MadeFile(f"{stem}.jpg.json", json.dumps({"title": "x", "description": recipe.prompt}).encode())
    yield MadeFile(f"{stem}.jpg", random_.choice(bases).jpeg, recipe.word)


def _described(random_: random.Random, recipe: Recipe, stem: str) -> Iterator[MadeFile]:
    """Pictures of further kinds, named for what they show."""
    kinds: list[tuple[str, str, dict[str, Any]]] = [
        ("gif", "P", {}),
        ("bmp", "RGB", {}),
        ("tiff", "I;16", {}),
        ("tif", "CMYK", {"compression": "tiff_lzw"}),
        ("avif", "RGB", {"speed": 10}),
        ("tga", "RGB", {}),
        ("png", "I;16", {}),
        ("png", "LA", {}),
    ]
    ending, mode, options = random_.choice(kinds)
    yield MadeFile(
        f"{stem}_{recipe.word}.{ending}", _encoded(ending, mode, random_.randrange(_BASES), **options), recipe.word
    )


def _others(random_: random.Random, recipe: Recipe, stem: str) -> Iterator[MadeFile]:
    """Files that are no pictures: found by name."""
    ending = random_.choice(["mp4", "wav", "glb", "pdf"])
    yield MadeFile(f"{stem}_{recipe.word}.{ending}", random_.randbytes(2_000), recipe.word)


def _odd(random_: random.Random, bases: "list[Pixels]", stem: str) -> MadeFile:
    """Files that something is wrong with."""
    base = random_.choice(bases)
    made = {
        "eXIf of five bytes.png": _png(base.png, (b"eXIf", b"II*\0\x08")),
        "cut.jpg": base.jpeg[: len(base.jpeg) // 2],
        "cut.png": base.png[: len(base.png) // 2],
        "empty.png": b"",
        "noise.png": random_.randbytes(2_000),
        "noise.webp": b"RIFF" + random_.randbytes(2_000),
        "profile.png": _png(base.png, (b"iCCP", b"p\0\0" + zlib.compress(random_.randbytes(1_200_000), 0))),
        "no sum.png": base.png[:33] + struct.pack(">I", 8) + b"tEXtTitle\0ab\0\0\0\0" + base.png[33:],
        "pHYs.png": _png(base.png, (b"pHYs", b"\0")),
        "phone.heic": b"\0\0\0\x18ftypheic" + random_.randbytes(500),
        "layers.psd": b"8BPS" + random_.randbytes(500),
        "archive.zip": random_.randbytes(500),
    }
    name, content = random_.choice(list(made.items()))
    return MadeFile(f"{stem} {name}", content, is_odd=True)


@functools.cache
def _drawn(number: int) -> Image.Image:
    """Draw one of the pictures that all files share."""
    random_ = random.Random(number)  # noqa: S311  # a folder for a measurement
    size = random_.choice([(512, 512), (768, 512), (512, 768), (1024, 1024)])
    picture = Image.effect_noise(size, 60).convert("RGB")
    draw = ImageDraw.Draw(picture)
    for _ in range(30):
        x, y = random_.randrange(size[0]), random_.randrange(size[1])
        colour = tuple(random_.randrange(256) for _ in range(3))
        draw.ellipse((x, y, x + random_.randrange(20, 300), y + random_.randrange(20, 300)), fill=colour)
    return picture


@functools.cache
def _encoded(ending: str, mode: str, number: int, **options: Any) -> bytes:
    buffer = io.BytesIO()
    names = {"jpg": "JPEG", "tif": "TIFF"}
    picture = _drawn(number)
    if mode == "I;16":
        picture = picture.convert("L").point(lambda shade: shade * 257, "I").convert("I;16")
    picture.convert(mode).save(buffer, names.get(ending, ending.upper()), **options)
    return buffer.getvalue()


def files(count: int, seed: int) -> Iterator[MadeFile]:
    """Yield about `count` files; the same for the same seed."""
    random_ = random.Random(seed)  # noqa: S311  # a folder for a measurement
    bases = [
        Pixels(
            _encoded("png", "RGB", number),
            _encoded("jpg", "RGB", number, quality=88),
            _encoded("webp", "RGB", number, quality=80, method=0),
            _drawn(number).size,
        )
        for number in range(_BASES)
    ]
    generators = list(_GENERATORS.items())
    for number in range(count):
        recipe = _recipe(random_, number)
        stem = f"{_SUBJECTS[number % 12]}s/set {number // 400}/{number:05}-{recipe.seed}"
        share = random_.random()
        if share < _ODD:
            yield _odd(random_, bases, stem)
        elif share < _OTHER:
            yield from _others(random_, recipe, stem)
        elif share < _DESCRIBED:
            yield from _described(random_, recipe, stem)
        elif share < _CAPTIONED:
            yield from _captioned(random_, bases, recipe, stem)
        else:
            name, (ending, make) = generators[number % len(generators)]
            model = "" if name in _WITHOUT_MODEL else recipe.model
            content = make(bases[number % _BASES], recipe)
            yield MadeFile(f"{stem}.{ending}", content, recipe.word, str(recipe.seed), model)


def _recipe(random_: random.Random, number: int) -> Recipe:
    word = "".join(random_.choice(_CONSONANTS) + random_.choice(_VOWELS) for _ in range(5))
    subject = _SUBJECTS[number % len(_SUBJECTS)]
    prompt = f"a {subject} by the {word} tower, (soft light:1.2), painted, artstation, 8k"
    return Recipe(word, prompt, random_.randrange(10**9, 10**10), f"model{number % MODELS:02}mix_v{number % 7}")


def main() -> None:
    """Make the folder that the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--files", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    with arguments.folder.with_suffix(".expected.jsonl").open("w", encoding="utf-8") as expected:
        for made in files(arguments.files, arguments.seed):
            file = arguments.folder / made.path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(made.content)
            print(json.dumps({**made._asdict(), "content": len(made.content)}), file=expected)


if __name__ == "__main__":
    main()
