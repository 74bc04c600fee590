"""Models and LoRAs of a graph: what the loaders on the way to a sampler load."""

import re
from collections.abc import Iterable, Iterator, Mapping

from scenario_mcp.sandbox.own_catalogue.generators.comfyui.graph import Graph, Node
from scenario_mcp.sandbox.own_catalogue.generators.named_fields import plain
from scenario_mcp.sandbox.own_catalogue.generators.values import as_fields, as_list, model_name, number_of, unique

_MODEL = re.compile(
    r"(?:ckpt|unet|checkpoint|basemodel|basecheckpoint|diffusionmodel|ggufmodel|gguf|base|refiner|transformer|dit)(?:name|file|path)?\d{0,2}"
    r"|model(?:name|path|file|id)?"
)
_LORA = re.compile(r"lora(?:name|model|file)?\d{0,3}|lora\d{0,3}name|\w{0,10}loraname\d{0,3}")
_MODEL_FILE = re.compile(r"\.(?:safetensors|ckpt|gguf|sft|pth?|bin)\Z", re.IGNORECASE)
_OTHER_LOADERS = re.compile(
    r"upscale|controlnet|clipvision|vae|cliploader|textencoder|ipadapter|detector|detailer|sam|face|style|annotator|preprocess|caption|llm"
)
_WAYS = re.compile(r"\w{0,30}(?:model|unet|lora|stack|pipe|context|ctx|guider|ckpt|checkpoint|wan|any)\w{0,12}")
_NO_WAYS = frozenset(
    {"upscalemodel", "stylemodel", "clipvisionmodel", "vaemodel", "controlnetmodel", "sammodel", "ipadaptermodel"}
)
_MAX_ITEMS = 200


def read_models(graph: Graph, samplers: Iterable[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the names of models and of LoRAs that samplers work with, the first sampler's first."""
    models, loras = list[str](), list[str]()
    for sampler in samplers:
        for key in graph.upstream(sampler, _leads_to_a_model):
            models += _models_of(graph.nodes[key])
            loras += _loras_of(graph.nodes[key])
    return unique(models), unique(loras)


def _leads_to_a_model(name: str) -> bool:
    return name in {"", "input", "value", "ontrue", "onfalse"} or (
        _WAYS.fullmatch(name) is not None and name not in _NO_WAYS
    )


def _models_of(node: Node) -> Iterator[str]:
    kind = plain(node.kind)
    if _OTHER_LOADERS.search(kind) and "checkpoint" not in kind:
        return
    for name, value in node.inputs.items():
        if not (isinstance(value, str) and _MODEL.fullmatch(name)):
            continue
        if name.startswith(("ckpt", "unet", "checkpoint")) or _MODEL_FILE.search(value) or "load" in kind:
            yield model_name(value)


def _loras_of(node: Node) -> Iterator[str]:
    for name, value in node.inputs.items():
        if isinstance(value, str) and _LORA.fullmatch(name) and _is_on(node.inputs, name):
            yield model_name(value)
        elif isinstance(value, dict) and name.startswith("lora"):
            yield from _loras_of_object(value)
        elif name == "loras" and isinstance(value, list):
            yield from (_lora_of_object(each) for each in value[:_MAX_ITEMS] if isinstance(each, dict))


def _loras_of_object(value: Mapping[str, object]) -> Iterator[str]:
    """Yield those of an object as widgets keep them: one LoRA, or a list of them."""
    yield _lora_of_object(value)
    yield from (_lora_of_object(as_fields(each)) for each in as_list(value.get("__value__"))[:_MAX_ITEMS])


def _lora_of_object(value: Mapping[str, object]) -> str:
    is_off = value.get("on") is False or value.get("active") is False or number_of(value.get("strength")) == 0
    return "" if is_off else model_name(value.get("lora") or value.get("name"))


def _is_on(inputs: Mapping[str, object], name: str) -> bool:
    """Whether a LoRA has any strength: a node for several has one strength, or a switch, for each."""
    if name == "loraname":
        strengths = [number_of(inputs.get(each)) for each in ("strengthmodel", "strengthclip")]
        return any(strength != 0 for strength in strengths if strength is not None) or strengths == [None, None]
    digits = name[len(name.rstrip("0123456789")) :]
    weights = (
        inputs.get(f"{each}{digits}") for each in ("strength", "loraweight", "lorawt", "modelweight", "modelstr")
    )
    switch = inputs.get(f"switch{digits}")
    return switch not in ("Off", False) and not (digits and any(number_of(weight) == 0 for weight in weights))


def models_of_node(node: Node) -> tuple[str, ...]:
    """Return the models that a node itself names: of a service, such as `gpt-image-1`."""
    names = (value for name, value in node.inputs.items() if isinstance(value, str) and name in {"model", "modelname"})
    return unique(map(model_name, names))
