"""Generation parameters that image generators write into their files: prompt, seed, steps and so on.

Known formats: the `parameters` text of AUTOMATIC1111 and its kin; the graphs of ComfyUI (`prompt`, `workflow`); the
flat JSON of NovelAI, InvokeAI and Fooocus; the one line of Midjourney. Everything here may be hostile.
"""

import json
import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from scenario_mcp.sandbox.own_catalogue.notes.note import Note
from scenario_mcp.text import clean

MAX_NOTE_CHARACTERS = 4_000_000
"""Graphs of ComfyUI are long; longer ones are ignored."""
MAX_PROMPT_CHARACTERS = 10_000
_MAX_WORD_CHARACTERS = 100
_MAX_HOPS = 12
_MAX_COUNT = 10**6

_NEGATIVE = "\nNegative prompt:"
_SETTINGS_LINE = re.compile(r"(?:^|\n)(Steps: \d+,[^\n]*)\s*\Z")
_SETTING = re.compile(r'\s*(\w[\w /-]{0,40}):\s*("(?:\\.|[^\\"])*"|[^,]*)(?:,|\Z)')
_MIDJOURNEY = re.compile(r"(?s)(.*?)\s*Job ID: [0-9a-f-]{36}\s*\Z")

# The names that generators use for the same parameter, the most reliable first.
_PROMPTS = {
    "prompt": ("positive_prompt", "positive", "prompt"),
    "negativePrompt": ("negative_prompt", "negativePrompt", "Negative prompt", "negative", "uc"),
}
_COUNTS = {"numInferenceSteps": ("Steps", "steps", "num_inference_steps")}
_NUMBERS = {"guidance": ("CFG scale", "cfg_scale", "guidance_scale", "cfg", "guidance", "scale")}
_WORDS = {
    "seed": ("Seed", "seed", "noise_seed"),
    "scheduler": ("Sampler", "sampler_name", "sampler", "scheduler"),
}
_MODELS = ("Model", "ckpt_name", "unet_name", "model_name", "base_model", "model", "name")
_MODEL_FILE = re.compile(r"\.(safetensors|ckpt|pt|pth|gguf)\Z")

_Fields: TypeAlias = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class GenerationParameters:
    """Fields of an asset's metadata, the name of a model, and a free description."""

    metadata: Mapping[str, str | int | float] = field(default_factory=dict)
    model: str = ""
    description: str = ""


def read_generation_parameters(notes: Iterable[Note]) -> GenerationParameters:
    """Read the notes of a picture; the first value of a field counts."""
    metadata: dict[str, str | int | float] = {}
    model = description = ""
    for note in notes:
        text = note.text
        if len(text) > MAX_NOTE_CHARACTERS:
            continue
        fields = _read_note(text)
        if fields is None:
            description = description or clean(text, MAX_PROMPT_CHARACTERS)
            continue
        metadata = _metadata(fields) | metadata
        model = model or _model(fields)
    return GenerationParameters(metadata, model, "" if description == metadata.get("prompt") else description)


def _read_note(text: str) -> _Fields | None:
    """Return the fields of a note under its generator's names; None if it is plain text."""
    text = text.replace("\r\n", "\n").strip()
    if text.startswith("{"):
        return _read_json(text)
    if settings := _SETTINGS_LINE.search(text):
        prompt, _, negative = ("\n" + text[: settings.start()]).partition(_NEGATIVE)
        pairs = {name: value.strip().strip('"') for name, value in _SETTING.findall(settings[1])}
        return {**pairs, "prompt": prompt, "negative_prompt": negative}
    if midjourney := _MIDJOURNEY.match(text):
        return {"prompt": midjourney[1]}
    return None


def _read_json(text: str) -> _Fields:
    try:
        fields = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    if not isinstance(fields, dict):
        return {}
    if isinstance(fields.get("nodes"), list):
        return _read_graph(_nodes_of_workflow(fields))
    if any(isinstance(node, dict) and "class_type" in node for node in fields.values()):
        return _read_graph({key: _node_inputs(node) for key, node in fields.items()})
    return fields


def _node_inputs(node: object) -> _Fields:
    inputs = node.get("inputs") if isinstance(node, dict) else None
    return inputs if isinstance(inputs, dict) else {}


def _nodes_of_workflow(workflow: _Fields) -> dict[str, _Fields]:
    """Convert the editor's graph to the form of the executed one, as far as texts and their links go.

    A link is [its id, from node, from slot, to node, to slot, type]; a text node keeps its text as first widget.
    """
    links, nodes = workflow.get("links"), workflow["nodes"]
    origins = {
        str(link[0]): link[1] for link in (links if isinstance(links, list) else ()) if _is_list_of(link, least=2)
    }
    found: dict[str, _Fields] = {}
    for node in nodes if isinstance(nodes, list) else ():
        if not isinstance(node, dict):
            continue
        inputs: dict[str, object] = {}
        widgets, sockets = node.get("widgets_values"), node.get("inputs")
        if isinstance(widgets, list) and widgets and isinstance(widgets[0], str):
            inputs["text" if "Text" in str(node.get("type")) else "ckpt_name"] = widgets[0]
        for socket in sockets if isinstance(sockets, list) else ():
            if isinstance(socket, dict) and str(socket.get("link")) in origins:
                inputs[str(socket.get("name"))] = [origins[str(socket["link"])], 0]
        found[str(node.get("id"))] = inputs
    return found


def _is_list_of(value: object, *, least: int) -> bool:
    return isinstance(value, list) and len(value) >= least


def _read_graph(nodes: Mapping[str, _Fields]) -> _Fields:
    """Start at the node that takes both prompts, or at one that takes a text, and follow its inputs upwards."""
    sampler = next((inputs for inputs in nodes.values() if "positive" in inputs), None)
    if sampler is None:
        texts = (text for inputs in nodes.values() if isinstance(text := inputs.get("text"), str) and text.strip())
        return {"prompt": next(texts, "")}
    fields: dict[str, object] = {}
    for name, value in sampler.items():
        names = (name,) if name not in {"positive", "negative", "model"} else ("text", "string", "prompt", *_MODELS[:3])
        found = next(_follow(nodes, value, names), None)
        if found is not None:
            fields[name] = found
    return fields


def _follow(nodes: Mapping[str, _Fields], value: object, names: Sequence[str]) -> Iterator[object]:
    """Yield the plain values that an input leads to; a link is [node, slot]."""
    waiting, seen = [(value, 0)], set[str]()
    while waiting:
        value, hops = waiting.pop()
        if not isinstance(value, list):
            yield value
        elif value and hops < _MAX_HOPS and (key := str(value[0])) not in seen:
            seen.add(key)
            inputs = nodes.get(key, {})
            links = [inner for inner in inputs.values() if isinstance(inner, list)]
            waiting += [(link, hops + 1) for link in reversed(links)]
            waiting += [(inputs[name], hops + 1) for name in reversed(names) if name in inputs]


def _metadata(fields: _Fields) -> dict[str, str | int | float]:
    metadata: dict[str, str | int | float] = {}
    for target, names in (_PROMPTS | _WORDS).items():
        limit = MAX_PROMPT_CHARACTERS if target in _PROMPTS else _MAX_WORD_CHARACTERS
        texts = (clean(str(value), limit) for value in _values(fields, names) if isinstance(value, str | int))
        if text := next(filter(None, texts), ""):
            metadata[target] = text
    for target, names in (_COUNTS | _NUMBERS).items():
        number = next((number for value in _values(fields, names) if (number := _number(value)) is not None), None)
        if number is not None:
            metadata[target] = int(number) if target in _COUNTS else number
    return metadata


def _values(fields: _Fields, names: Sequence[str]) -> Iterator[object]:
    return (fields[name] for name in names if name in fields and not isinstance(fields[name], bool))


def _number(value: object) -> float | None:
    try:
        number = float(value) if isinstance(value, str | int | float) else math.nan
    except (ValueError, OverflowError):
        return None
    return number if 0 <= number <= _MAX_COUNT else None


def _model(fields: _Fields) -> str:
    for value in _values(fields, _MODELS):
        inner = next(_values(value, _MODELS), None) if isinstance(value, dict) else value
        if isinstance(inner, str) and inner.strip():
            file_name = inner.replace("\\", "/").rpartition("/")[2]
            return clean(_MODEL_FILE.sub("", file_name), _MAX_WORD_CHARACTERS)
    return ""
