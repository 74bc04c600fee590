"""Fields by their usual names: one table for the notations that only differ in how they spell them.

Names are compared without case, blanks and signs, so `Negative prompt`, `negative_prompt` and `negativePrompt` are one.
Sources: the documentation of each generator, and files that they wrote.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import TypeVar

from scenario_mcp.sandbox.own_catalogue.generators.parameters import GenerationParameters
from scenario_mcp.sandbox.own_catalogue.generators.values import (
    Fields,
    as_list,
    guidance_of,
    model_name,
    model_names,
    number_of,
    prompt_of,
    seed_of,
    size_of,
    size_of_text,
    steps_of,
    unique,
    word_of,
)

# The most reliable names first.
_PROMPTS = ("positiveprompt", "prompt", "originalprompt", "positive", "fullprompt", "c", "textprompt", "includeinimage")
_NEGATIVES = (
    "negativeprompt", "negative", "negativeprompts", "uc", "undesiredcontent", "excludefromimage", "fullnegativeprompt",
)  # fmt: skip
_SEEDS = ("seed", "noiseseed", "seeds", "randomseed", "generatorseed")
_STEPS = ("steps", "numinferencesteps", "inferencesteps", "numsteps", "samplingsteps", "samplesteps")
_GUIDANCE = ("cfgscale", "guidancescale", "cfg", "guidance", "fluxguidancescale", "scale", "unconditionalguidancescale")
_DISTILLED = ("distilledcfgscale", "distilledguidancescale", "fluxguidancescale", "guidance")
"""What guides a model that is itself trained without negative prompts; `cfg` then stays 1."""
_SAMPLERS = ("sampler", "samplername", "comfyuisampler", "samplingmethod", "schedulername", "scheduler")
_MODELS = (
    "model", "modelname", "basemodel", "basemodelname", "ckptname", "checkpoint", "unetname", "sdmodelname", "sdmodel",
    "usestablediffusionmodel", "stablediffusionmodel", "modelweights", "modelid", "modelfilename", "ckpt", "modelpath",
)  # fmt: skip
_REFINERS = ("refinermodel", "refinermodelname", "refiner", "refinerswitchmodel")
_LORAS = ("loras", "lora", "useloramodel", "loramodel", "loramodels", "loranames", "lorahashes")
_NAMES_IN_OBJECTS = (
    "name", "modelname", "modelfilename", "file", "filename", "label", "loraname", "model", "lora", "path", "modelid",
)  # fmt: skip
_NUMBERED_LORA = re.compile(r"lora(?:model|name)?_?\d{1,2}")
_WEIGHT_BEHIND = re.compile(r"[:=]\s*-?[\d.]+\Z")
_HASH = re.compile(r"[0-9a-fA-F]{6,64}")
_QUOTES_AND_BLANKS = '" \t\r\n'
_NO_LETTERS = re.compile(r"[\W_]+")
_KINDS_OF_MODELS = frozenset({"checkpoint", "model", "main", "base_model", "base"})
_KINDS_OF_LORAS = frozenset({"lora", "lycoris", "locon", "dora"})
_MAX_KIND_CHARACTERS = 20
_MAX_NESTING = 4
_MAX_FIELDS = 2_000
_MAX_NAME_CHARACTERS = 100
_CONTAINERS = (
    "suiimageparams", "meta", "metadata", "generationparams", "generationdata", "parameters", "params", "image",
    "settings", "extrametadata", "imagegenerationparameters", "generationparameters", "inputs", "input",
)  # fmt: skip
"""Fields that hold the others, by what programs put around them."""

ValueT = TypeVar("ValueT")


def plain(name: str) -> str:
    """Return a field's name without case, blanks and signs."""
    return name if name.isalnum() and name.islower() else _plain(name[:_MAX_NAME_CHARACTERS])


@lru_cache(4096)
def _plain(name: str) -> str:
    return _NO_LETTERS.sub("", name).lower()


def read_fields(fields: Fields) -> GenerationParameters:
    """Read an object, or what the usual containers in it hold."""
    found = GenerationParameters()
    for each in _levels(fields):
        found = found.completed_by(_read_level(each))
    return found


def _levels(fields: Fields, depth: int = 0) -> Iterator[dict[str, object]]:
    """Yield the fields under their plain names, then those of the containers among them."""
    named: dict[str, object] = {}
    for name, value in fields.items():
        if len(named) == _MAX_FIELDS:
            break
        if value is not None and isinstance(name, str):
            named.setdefault(plain(name), value)
    yield named
    if depth < _MAX_NESTING:
        for name in _CONTAINERS:
            if isinstance(inner := named.get(name), dict):
                yield from _levels(inner, depth + 1)


def _read_level(named: Mapping[str, object]) -> GenerationParameters:
    return GenerationParameters(
        prompt=_first(named, _PROMPTS if "uc" in named else [name for name in _PROMPTS if name != "c"], prompt_of, ""),
        negative_prompt=_first(named, _NEGATIVES, prompt_of, ""),
        seed=_first(named, _SEEDS, seed_of, ""),
        steps=_first(named, _STEPS, steps_of, None),
        guidance=_guidance(named),
        scheduler=_first(named, _SAMPLERS, word_of, ""),
        size=_size(named),
        models=_models(named),
        loras=_loras(named),
    )


def _first(
    named: Mapping[str, object], names: "tuple[str, ...] | list[str]", read: Callable[[object], ValueT], nothing: ValueT
) -> ValueT:
    for name in names:
        if name in named and (value := read(named[name])) not in (nothing, None):
            return value
    return nothing


def _guidance(named: Mapping[str, object]) -> float | None:
    guidance = _first(named, _GUIDANCE, guidance_of, None)
    return _first(named, _DISTILLED, guidance_of, guidance) if guidance in (None, 1) else guidance


def _size(named: Mapping[str, object]) -> tuple[int, int] | None:
    return size_of(named.get("width"), named.get("height")) or _first(named, ("size", "resolution"), size_of_text, None)


def model_of(value: object) -> str:
    """Return the name of a model that is told by a text, or by an object with a name in it."""
    for _ in range(_MAX_NESTING):
        if not isinstance(value, dict):
            break
        named = {plain(name): inner for name, inner in list(value.items())[:_MAX_FIELDS] if isinstance(name, str)}
        value = next((named[name] for name in _NAMES_IN_OBJECTS if named.get(name)), None)
    return model_name(value)


def _models(named: Mapping[str, object]) -> tuple[str, ...]:
    told = (_first(named, _MODELS, model_of, ""), _first(named, _REFINERS, model_of, ""))
    return unique(told) or unique(name for kind, name in _resources(named) if kind in _KINDS_OF_MODELS)


def _resources(named: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    """Yield kinds and names of a list that holds models and LoRAs together."""
    for each in as_list(named.get("models"))[:_MAX_FIELDS] + as_list(named.get("resources"))[:_MAX_FIELDS]:
        if isinstance(each, dict):
            yield str(each.get("type"))[:_MAX_KIND_CHARACTERS].lower(), model_of(each)


def _loras(named: Mapping[str, object]) -> tuple[str, ...]:
    told = (name for key in _LORAS if key in named for name in loras_of(named[key]))
    names = unique((*told, *(name for kind, name in _resources(named) if kind in _KINDS_OF_LORAS)))
    if len(names) or not any(key.startswith("lora") for key in named):
        return names
    return unique(name for key, value in named.items() if _NUMBERED_LORA.fullmatch(key) for name in loras_of(value))


def loras_of(value: object) -> tuple[str, ...]:
    """Return the names of LoRAs told as a text, as `name: hash` pairs, or as a list or object of these."""
    if isinstance(value, str):
        parts = [part.strip(_QUOTES_AND_BLANKS) for part in value[:_MAX_FIELDS].split(",")]
        pairs = [part.rpartition(":") for part in parts]
        if hashed := [name for name, _, digest in pairs if name and _HASH.fullmatch(digest.strip())]:
            return model_names(name.rpartition(":")[2].strip(_QUOTES_AND_BLANKS) for name in hashed)
        return model_names(_WEIGHT_BEHIND.sub("", part) for part in parts)
    if isinstance(value, dict):
        name = model_of(value)
        return (name,) if name else model_names(key for key, each in value.items() if number_of(each) is not None)
    if isinstance(value, list):
        firsts = (each[0] if isinstance(each, list) and each else each for each in value[:_MAX_FIELDS])
        return unique(model_of(each) if isinstance(each, dict) else model_name(each) for each in firsts)
    return ()
