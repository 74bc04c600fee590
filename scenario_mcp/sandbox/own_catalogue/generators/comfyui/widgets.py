"""The widgets of a node in the editor's graph: its values by the names of the inputs that they stand for.

Newer editors save the names; older ones only a list, for which the order of the usual nodes is known here. Source:
ComfyUI's own nodes.
"""

from collections.abc import Mapping

from scenario_mcp.sandbox.own_catalogue.generators.values import Fields, as_fields, as_list

_SAMPLER = ("steps", "cfg", "sampler_name", "scheduler", "denoise")
_CONTROL = "control_after_generate"
_CONTROLS = frozenset({"fixed", "increment", "decrement", "randomize", "increment-wrap"})
"""What may stand behind a seed: how it changes with each run."""
_ORDERS: Mapping[str, tuple[str, ...]] = {
    "KSampler": ("seed", _CONTROL, *_SAMPLER),
    "KSampler (Efficient)": ("seed", _CONTROL, *_SAMPLER, "preview_method", "vae_decode"),
    "KSamplerAdvanced": ("add_noise", "noise_seed", _CONTROL, *_SAMPLER[:4], "start_at_step", "end_at_step"),
    "SamplerCustom": ("add_noise", "noise_seed", _CONTROL, "cfg"),
    "RandomNoise": ("noise_seed", _CONTROL),
    "BasicScheduler": ("scheduler", "steps", "denoise"),
    "KSamplerSelect": ("sampler_name",),
    "CFGGuider": ("cfg",),
    "FluxGuidance": ("guidance",),
    "CheckpointLoaderSimple": ("ckpt_name",),
    "CheckpointLoader": ("config_name", "ckpt_name"),
    "UNETLoader": ("unet_name", "weight_dtype"),
    "UnetLoaderGGUF": ("unet_name",),
    "LoraLoader": ("lora_name", "strength_model", "strength_clip"),
    "LoraLoaderModelOnly": ("lora_name", "strength_model"),
    "CLIPTextEncode": ("text",),
    "CLIPTextEncodeSDXL": (
        "width", "height", "crop_w", "crop_h", "target_width", "target_height", "text_g", "text_l",
    ),
    "CLIPTextEncodeSDXLRefiner": ("ascore", "width", "height", "text"),
    "CLIPTextEncodeFlux": ("clip_l", "t5xxl", "guidance"),
    "CLIPTextEncodeSD3": ("clip_l", "clip_g", "t5xxl", "empty_padding"),
    "StringConcatenate": ("string_a", "string_b", "delimiter"),
    "FaceDetailer": (
        "guide_size", "guide_size_for", "max_size", "seed", _CONTROL, *_SAMPLER,
    ),
    "UltimateSDUpscale": ("upscale_by", "seed", _CONTROL, *_SAMPLER),
    "ControlNetLoader": ("control_net_name",),
    "VAELoader": ("vae_name",),
    "SaveImage": ("filename_prefix",),
    "LoadImage": ("image", "upload"),
    "Efficient Loader": (
        "ckpt_name", "vae_name", "clip_skip", "lora_name", "lora_model_strength", "lora_clip_strength", "positive",
        "negative",
    ),
    "ShowText|pysssss": ("text_0",),
    "TextEncodeQwenImageEdit": ("prompt",),
    "OpenAIGPTImage1": ("prompt", "seed", _CONTROL, "quality", "background", "size", "n"),
}  # fmt: skip
_MAX_WIDGETS = 300


def widgets_of(node: Fields) -> dict[str, object]:
    """Return the values of a node's widgets by their names, as far as these are known or can be told by the values.

    A value is never a list: that would be taken for a link.
    """
    return {name: value for name, value in _named(node).items() if not isinstance(value, list)}


def _named(node: Fields) -> dict[str, object]:
    values = node.get("widgets_values")
    if isinstance(values, dict):
        return {str(name): value for name, value in list(values.items())[:_MAX_WIDGETS]}
    listed = as_list(values)[:_MAX_WIDGETS]
    names = _saved_names(node)
    bare = [value for index, value in enumerate(listed) if not _is_control(listed, index)]
    if names and len(names) in (len(listed), len(bare)):
        return dict(zip(names, listed if len(names) == len(listed) else bare, strict=True))
    kind = str(node.get("type"))
    if kind in _ORDERS:
        order = _ORDERS[kind]
        if _CONTROL in order and len(bare) == len(listed):
            order = tuple(name for name in order if name != _CONTROL)
        return dict(zip(order, listed, strict=False))
    return _guessed(kind, listed)


def _saved_names(node: Fields) -> list[str]:
    inputs = (as_fields(each) for each in as_list(node.get("inputs"))[:_MAX_WIDGETS])
    widgets = (as_fields(each.get("widget")).get("name") for each in inputs if each.get("widget"))
    return [name for name in widgets if isinstance(name, str)]


def _is_control(values: list[object], index: int) -> bool:
    value, before = values[index], values[index - 1] if index else None
    return isinstance(value, str) and value in _CONTROLS and isinstance(before, int | float)


def _guessed(kind: str, values: list[object]) -> dict[str, object]:
    """Return values of a node whose widgets are not known, under names that their form tells."""
    named: dict[str, object] = {}
    for index, value in enumerate(values):
        if index + 1 < len(values) and _is_control(values, index + 1):
            named.setdefault("seed", value)
        elif isinstance(value, str) and value.lower().endswith((".safetensors", ".ckpt", ".gguf", ".sft")):
            named.setdefault("lora_name" if "lora" in kind.lower() else "ckpt_name", value)
        elif isinstance(value, str) and any(word in kind.lower() for word in ("text", "string", "prompt")):
            named.setdefault(f"text_{index}" if "text" in named else "text", value)
        elif isinstance(value, dict):
            named[f"lora_{index}"] = value
        elif kind.lower().startswith("primitive") or "seed" in kind.lower() or len(values) == 1:
            named.setdefault("value", value)
    return named
