"""Midjourney: one line with the prompt, its options and the id of the job. Source: Midjourney's list of parameters."""

import re

from scenario_mcp.sandbox.own_catalogue.generators.parameters import GenerationParameters
from scenario_mcp.sandbox.own_catalogue.generators.values import model_names, prompt_of, seed_of

NAME = "Midjourney"
_JOB = re.compile(r"Job ID:\s*+[0-9a-fA-F-]{36}")
_OPTION = re.compile(r"(?:(?<=\s)|\A)(?:--|—)([A-Za-z]{1,20})(?:\s+|\Z)")
_NAMES = frozenset({
    "ar", "aspect", "v", "version", "niji", "seed", "stylize", "s", "chaos", "c", "style", "no", "q", "quality", "iw",
    "tile", "weird", "w", "raw", "sref", "cref", "p", "profile", "stop", "repeat", "uplight", "hd", "sameseed",
    "fast", "relax", "turbo", "draft", "video", "exp", "oref", "ow", "sw",
})  # fmt: skip
_MAX_CHARACTERS = 40_000
_MAX_VERSION_CHARACTERS = 12


def read_midjourney_line(text: str) -> GenerationParameters | None:
    """Read a line; None if it is something else. Without the id of a job it has a version at least."""
    if len(text) > _MAX_CHARACTERS or not ("Job ID:" in text or "--" in text or "—" in text):
        return None
    line, jobs = _JOB.subn(" ", text)
    matches = [match for match in _OPTION.finditer(line) if match[1].lower() in _NAMES]
    ends = [*(match.start() for match in matches[1:]), len(line)]
    options = {match[1].lower(): line[match.end() : end].strip() for match, end in zip(matches, ends, strict=False)}
    version = next(
        (f"{name}{options[key]}" for key, name in (("niji", "niji "), ("v", ""), ("version", "")) if key in options), ""
    )
    if not jobs and not (version and {"ar", "aspect", "s", "stylize", "seed", "style", "chaos"} & options.keys()):
        return None
    model = f"{NAME} {version}".strip() if len(version) <= _MAX_VERSION_CHARACTERS else NAME
    return GenerationParameters(
        generator=NAME,
        prompt=prompt_of(line),
        negative_prompt=prompt_of(options.get("no", "")),
        seed=seed_of(options.get("seed", "")),
        models=model_names((model,)),
    )
