"""A graph -> generation parameters: from the output back to the first sampler, and from there to all that it takes.

A picture that is enlarged and sampled once more keeps the prompt, seed and steps of its first sampler.
"""

from collections.abc import Iterable, Iterator

from scenario_mcp.sandbox.own_catalogue.generators.comfyui.graph import Graph, Link, Node
from scenario_mcp.sandbox.own_catalogue.generators.comfyui.models import models_of_node, read_models
from scenario_mcp.sandbox.own_catalogue.generators.comfyui.scalars import number
from scenario_mcp.sandbox.own_catalogue.generators.comfyui.texts import NEGATIVE, POSITIVE, TextReader
from scenario_mcp.sandbox.own_catalogue.generators.parameters import GenerationParameters
from scenario_mcp.sandbox.own_catalogue.generators.settings_text import loras_in_prompt
from scenario_mcp.sandbox.own_catalogue.generators.values import (
    guidance_of,
    prompt_of,
    seed_of,
    steps_of,
    unique,
    word_of,
)

NAME = "ComfyUI"
_MAX_SINKS = 50
_MAX_STAGES = 20
"""Samplers in a row."""
_SEEDS = ("seed", "noiseseed", "randseed", "seednum")
_STEPS = ("steps", "numsteps", "numinferencesteps", "basesteps", "totalsteps")
_GUIDANCE = (
    "cfg", "cfgscale", "guidancescale", "cfgconds", "guidance", "embeddedguidancescale", "cfgscalestart", "basecfg",
)  # fmt: skip
_SAMPLERS = ("samplername", "sampler", "basesampler", "scheduler")
_CONDITIONS = (
    "positive", "conditioning", "guider", "cond", "textembeds", "hyvidembeds", "embeds", "basicpipe", "pipe",
    "context",
)  # fmt: skip
_SETTINGS = frozenset({*_STEPS, *_GUIDANCE, "samplername", "sampler", "sigmas", "scheduler", "denoise"})
_CARRIERS = ("guider", "textembeds", "hyvidembeds", "embeds", "promptembeds", "conditioning", "positivecond")
_BUNDLES = ("pipe", "context", "ctx", "bundle")
_BESIDE_PICTURES = frozenset({
    "positive", "negative", "conditioning", "model", "clip", "vae", "guider", "sigmas", "noise", "sampler", "mask",
    "controlnet", "textembeds", "imageembeds", "stylemodel", "clipvision", "ipadapter", "seed", "steps", "cfg", "text",
    "prompt",
})  # fmt: skip
"""Inputs that no picture of an earlier sampler comes through; nor do pipes count."""
_PICTURES = ("images", "image", "video", "frames")
_NO_PICTURE = 4
"""The rank of a sink that makes no picture, as far as can be told."""


def read_graph(graph: Graph) -> GenerationParameters:
    """Read a graph: the first output that leads to a sampler counts, else the first that leads to a prompt."""
    sinks = sorted(graph.sinks, key=lambda key: _rank(graph.nodes[key]))[:_MAX_SINKS]
    for key in sinks:
        if samplers := _samplers(graph, [key]):
            return _read_sampler(graph, _first_of(graph, samplers[0]), samplers)
    if not sinks and (samplers := _samplers(graph, list(graph.nodes))):  # nothing but loops
        return _read_sampler(graph, samplers[0], samplers)
    pictures = [key for key in sinks if _rank(graph.nodes[key]) < _NO_PICTURE]
    for key in pictures or sinks or list(graph.nodes)[:_MAX_SINKS]:
        if (found := _read_service(graph, key)).prompt:
            return found
    return GenerationParameters(generator=NAME)


def _rank(node: Node) -> int:
    """Return how likely a node saves the picture: 0 for most likely."""
    kind = node.kind.lower()
    if "save" in kind and "image" in kind:
        return 0
    if any(word in kind for word in ("save", "combine", "output")) or "filenameprefix" in node.inputs:
        return 1
    if "preview" in kind and any(name in node.inputs for name in _PICTURES):
        return 2
    return 3 if any(isinstance(node.inputs.get(name), Link) for name in _PICTURES) else _NO_PICTURE


def _samplers(graph: Graph, starts: Iterable[str]) -> list[str]:
    """Return the samplers that nodes depend on, the nearest first."""
    keys = (key for start in starts for key in graph.upstream(start))
    return list(dict.fromkeys(key for key in keys if _is_sampler(graph.nodes[key])))


def _is_sampler(node: Node) -> bool:
    """Whether a node samples: it takes a seed and settings, or what was made of a prompt and settings."""
    names = node.inputs.keys()
    settings = 0 if _SETTINGS.isdisjoint(names) else len(_SETTINGS & names)
    has_seed = any(name in names for name in _SEEDS) or isinstance(node.inputs.get("noise"), Link)
    if not settings and not has_seed:
        return False
    takes_prompt = any(isinstance(node.inputs.get(name), Link) for name in _CONDITIONS)
    is_fed = takes_prompt or any(isinstance(value, Link) for value in node.inputs.values())
    if has_seed:
        return (takes_prompt or settings > 0) and is_fed and not _is_schedule(node)
    return takes_prompt and settings > 1


def _is_schedule(node: Node) -> bool:
    return "scheduler" in node.kind.lower() and not any(name in node.inputs for name in (*_CONDITIONS, *_SEEDS))


def _first_of(graph: Graph, sampler: str) -> str:
    """Return the sampler that made the picture which others took up: the last one against the stream."""
    seen = {sampler}
    for _ in range(_MAX_STAGES):
        ways = graph.upstream(sampler, lambda name: name not in _BESIDE_PICTURES and "pipe" not in name)
        earlier = next((key for key in ways if key not in seen and _is_sampler(graph.nodes[key])), None)
        if earlier is None:
            break
        seen.add(earlier)
        sampler = earlier
    return sampler


def _read_sampler(graph: Graph, key: str, samplers: list[str]) -> GenerationParameters:
    node = graph.nodes[key]
    positive, negative = (_prompt(graph, node, side) for side in (POSITIVE, NEGATIVE))
    models, loras = read_models(graph, dict.fromkeys((key, *samplers)))
    return GenerationParameters(
        generator=NAME,
        prompt=prompt_of(positive),
        negative_prompt=prompt_of(negative),
        seed=_seed(graph, node),
        steps=_steps(graph, node),
        guidance=_guidance(graph, node),
        scheduler=_sampler_name(graph, node),
        models=models,
        loras=unique((*loras, *loras_in_prompt(positive))),
    )


def _prompt(graph: Graph, node: Node, side: str) -> str:
    return TextReader(graph, side).prompt(_condition(graph, node, side))


def _condition(graph: Graph, node: Node, side: str) -> object:
    """Return the input that a prompt comes through: of the sampler, or of what it takes its conditioning from."""
    seen: set[str] = set()
    for _ in range(len(graph.nodes) + 1):
        named = [value for name, value in node.inputs.items() if side in name and isinstance(value, str | Link)]
        if named:
            return named[0]
        if side == POSITIVE and (value := node.first(("conditioning", "cond", "cond1", "prompt", "text"))) is not None:
            return value
        carriers = [
            link
            for name, link in node.links()
            if link.node not in seen
            and (name in _CARRIERS or any(word in name for word in _BUNDLES) or len(node.inputs) == 1)
        ]
        if not carriers:
            return None
        seen.add(carriers[0].node)
        node = graph.nodes[carriers[0].node]
    return None


def _linked(graph: Graph, node: Node, *names: str) -> Iterator[Node]:
    """Yield the nodes that inputs of certain names, or bundles of inputs, lead to, the nearest first."""
    for name, link in node.links():
        if name in names or any(word in name for word in _BUNDLES):
            keys = graph.upstream(link.node, lambda name: name not in {"model", "clip", "vae"})
            yield from (graph.nodes[key] for key in keys)


def _seed(graph: Graph, node: Node) -> str:
    for each in (node, *_linked(graph, node, "noise")):
        for name in _SEEDS:
            if name in each.inputs and (seed := seed_of(number(graph, each.inputs[name], name))):
                return seed
    return ""


def _steps(graph: Graph, node: Node) -> int | None:
    for each in (node, *_linked(graph, node, "sigmas")):
        for name in _STEPS:
            if name in each.inputs and (steps := steps_of(number(graph, each.inputs[name], name))):
                return steps
    return None


def _guidance(graph: Graph, node: Node) -> float | None:
    """Return the scale of guidance; where it is 1, distilled guidance takes its place."""
    found: float | None = None
    for each in (node, *_linked(graph, node, "guider")):
        for name in _GUIDANCE:
            if found is None and name in each.inputs:
                found = guidance_of(number(graph, each.inputs[name], name))
    if found in (None, 1):
        for each in _linked(graph, node, "guider", "positive", "conditioning"):
            value = each.inputs.get("guidance")
            distilled = guidance_of(number(graph, value, "guidance")) if value is not None else None
            if distilled is not None:
                return distilled
    return found


def _sampler_name(graph: Graph, node: Node) -> str:
    for each in (node, *_linked(graph, node, "sampler")):
        for name in _SAMPLERS:
            if name in each.inputs and (found := word_of(_word(graph, each.inputs[name], name))):
                return found
    return next((word_of(graph.nodes[link.node].kind) for name, link in node.links() if name == "sampler"), "")


def _word(graph: Graph, value: object, name: str) -> object:
    """Return the word that an input of a name has, or leads to."""
    for _ in range(_MAX_STAGES):
        if not isinstance(value, Link):
            break
        value = graph.nodes[value.node].first((name, "value", "string", "text", "combo"))
    return value


def _read_service(graph: Graph, key: str) -> GenerationParameters:
    """Read the nearest node that has a prompt of its own: it asks a service, or samples in a way of its own."""
    for each in graph.upstream(key):
        node = graph.nodes[each]
        if not any("prompt" in name or name in {"text", "positive"} for name in node.inputs):
            continue
        positive, negative = (TextReader(graph, side) for side in (POSITIVE, NEGATIVE))
        prompt = next(
            (
                text
                for name, value in node.inputs.items()
                if ("prompt" in name or name in {"text", "positive"}) and NEGATIVE not in name
                if (text := positive.prompt(value))
            ),
            "",
        )
        unwanted = next((value for name, value in node.inputs.items() if NEGATIVE in name), None)
        if prompt:
            models, loras = read_models(graph, (key,))
            return GenerationParameters(
                generator=NAME,
                prompt=prompt_of(prompt),
                negative_prompt=prompt_of(negative.prompt(unwanted)),
                seed=_seed(graph, node),
                steps=_steps(graph, node),
                guidance=_guidance(graph, node),
                models=models_of_node(node) or models,
                loras=loras,
            )
    return GenerationParameters(generator=NAME)
