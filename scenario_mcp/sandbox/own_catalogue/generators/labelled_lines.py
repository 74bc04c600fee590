"""Labelled texts: `Include in Image: ...; Seed: 5` of Mochi Diffusion, and Easy Diffusion's `Prompt: ...` by lines."""

import re

from scenario_mcp.sandbox.own_catalogue.generators.named_fields import read_fields
from scenario_mcp.sandbox.own_catalogue.generators.parameters import GenerationParameters

_MOCHI = re.compile(
    r"(?:;\s*|\A\s*)(Include in Image|Exclude from Image|Model|Steps|Guidance Scale|Seed|Size|Scheduler|Generator"
    r"|ML Compute Unit|Upscaler|Date|Iterations|Strength|Starting Image):"
)
_LINE = re.compile(r"^[ \t]*([A-Za-z][A-Za-z ]{2,40}?)[ \t]*:[ \t]*(.*)$", re.MULTILINE)
_MIN_LINES = 3
_MAX_CHARACTERS = 100_000


def read_labelled_lines(text: str) -> GenerationParameters | None:
    """Read a text; None if it is something else."""
    begin = text[:200].lstrip().lower()
    if len(text) > _MAX_CHARACTERS or not begin.startswith(("include in image:", "prompt:", "generator:")):
        return None
    if begin.startswith("prompt:") or "Include in Image:" not in text:
        return _read_lines(text)
    labels = list(_MOCHI.finditer(text))
    ends = [label.start() for label in labels[1:]] + [len(text)]
    pairs = {label[1]: text[label.end() : end].strip() for label, end in zip(labels, ends, strict=False)}
    return GenerationParameters(generator="Mochi Diffusion").completed_by(read_fields(pairs))


def _read_lines(text: str) -> GenerationParameters | None:
    pairs = dict(_LINE.findall(text))
    found = read_fields(pairs)
    if len(pairs) < _MIN_LINES or not found.prompt or not (found.seed or found.steps):
        return None
    return GenerationParameters(generator="Easy Diffusion" if "Stable Diffusion model" in pairs else "").completed_by(
        found
    )
