"""InvokeAI: its metadata by version, its graph, and the command line that the first versions wrote.

Sources: InvokeAI's documentation of `invokeai_metadata`, `sd-metadata` (its format for interchange) and `dream`.
"""

import re

from scenario_mcp.sandbox.own_catalogue.generators.named_fields import loras_of, model_of, read_fields
from scenario_mcp.sandbox.own_catalogue.generators.parameters import GenerationParameters
from scenario_mcp.sandbox.own_catalogue.generators.values import (
    MAX_NAMES,
    Fields,
    as_fields,
    as_list,
    guidance_of,
    model_names,
    prompt_of,
    seed_of,
    size_of,
    steps_of,
    unique,
    word_of,
)

NAME = "InvokeAI"
_UNWANTED = re.compile(r"(?<!\\)\[([^\[\]]{1,10000})\]")
"""In the prompts of InvokeAI 2, what is not wanted stands in brackets."""
_COMMAND = re.compile(r'\s*+(?:dream>\s*+)?+"((?:[^"\\]|\\.)*+)"((?:\s*+-{1,2}+\w++(?:[ =]?+[^\s-]\S*+)?+)++)\s*+')
_OPTION = re.compile(r"-{1,2}([A-Za-z_]+)[ =]?(\S*)")
_OPTIONS = {"s": "steps", "S": "seed", "C": "cfg_scale", "A": "sampler", "W": "width", "H": "height"}
_MAX_GRAPH_NODES = 5_000


def read_invokeai_fields(fields: Fields) -> GenerationParameters:
    """Read the metadata of version 3 and later."""
    found = read_fields({name: value for name, value in fields.items() if name != "loras"})
    loras = as_list(fields.get("loras"))[:MAX_NAMES]
    return GenerationParameters(
        generator=NAME, loras=unique(name for each in loras for name in loras_of(each))
    ).completed_by(found)


def read_sd_metadata(fields: Fields) -> GenerationParameters:
    """Read the metadata of version 2."""
    image = as_fields(fields.get("image"))
    prompts = image.get("prompt")
    texts = [as_fields(each).get("prompt") for each in as_list(prompts)] or [prompts]
    prompt, negative = _split(", ".join(text for text in texts if isinstance(text, str)))
    rest = read_fields({name: value for name, value in image.items() if name != "prompt"})
    return GenerationParameters(
        generator=NAME,
        prompt=prompt,
        negative_prompt=negative,
        models=model_names((fields.get("model_weights"),)),
    ).completed_by(rest)


def read_command_line(text: str) -> GenerationParameters | None:
    """Read `"a prompt" -s 50 -S 42 -C 7.5 -A k_lms`; None if it is something else."""
    match = _COMMAND.fullmatch(text) if text.lstrip()[:1] in ('"', "d") and len(text) <= 4 * 10_000 else None
    if match is None:
        return None
    options = {_OPTIONS.get(name, name): value for name, value in _OPTION.findall(match[2])}
    prompt, negative = _split(match[1].replace('\\"', '"'))
    return GenerationParameters(
        generator=NAME,
        prompt=prompt,
        negative_prompt=negative,
        seed=seed_of(options.get("seed")),
        steps=steps_of(options.get("steps")),
        guidance=guidance_of(options.get("cfg_scale")),
        scheduler=word_of(options.get("sampler")),
        size=size_of(options.get("width"), options.get("height")),
    )


def _split(prompt: str) -> tuple[str, str]:
    unwanted = ", ".join(_UNWANTED.findall(prompt))
    return prompt_of(_UNWANTED.sub("", prompt)), prompt_of(unwanted)


def read_invokeai_graph(graph: Fields) -> GenerationParameters:
    """Read the nodes by their types: they were made by the program, not by hand."""
    nodes = graph.get("nodes")
    values = list(nodes.values()) if isinstance(nodes, dict) else as_list(nodes)
    found = GenerationParameters(generator=NAME)
    for node in values[:_MAX_GRAPH_NODES]:
        fields = as_fields(node)
        if fields.get("type") == "invocation":  # the editor's form of a node
            fields = _of_editor(as_fields(fields.get("data")))
        found = found.completed_by(_read_node(fields))
    return found


def _of_editor(data: Fields) -> Fields:
    inputs = as_fields(data.get("inputs"))
    return {name: as_fields(each).get("value") for name, each in inputs.items()} | {
        "type": data.get("type"),
        "id": f"{data.get('label')} {data.get('id')}",
    }


def _read_node(node: Fields) -> GenerationParameters:
    kind, name = str(node.get("type")), str(node.get("id")).lower()
    prompt = node.get("prompt")
    if isinstance(prompt, str) and ("compel" in kind or "text_encoder" in kind or "prompt" in kind):
        is_negative = "negative" in name
        text = prompt_of(prompt)
        return GenerationParameters(prompt="" if is_negative else text, negative_prompt=text if is_negative else "")
    if "lora" in kind:
        return GenerationParameters(loras=unique((model_of(node.get("lora")),)))
    if "model_loader" in kind:
        return GenerationParameters(models=unique((model_of(node.get("model")),)))
    if "denoise" in kind or kind in {"noise", "t2l", "l2l"}:
        return read_fields({key: value for key, value in node.items() if key not in {"model", "lora", "prompt"}})
    return GenerationParameters()
