"""NovelAI: a JSON comment, beside a text that names the model. Source: files of its versions 1 to 4.5."""

import re
from collections.abc import Iterator

from scenario_mcp.sandbox.own_catalogue.generators.named_fields import read_fields
from scenario_mcp.sandbox.own_catalogue.generators.parameters import GenerationParameters
from scenario_mcp.sandbox.own_catalogue.generators.values import (
    MAX_NAMES,
    Fields,
    as_fields,
    as_list,
    model_names,
    prompt_of,
)

NAME = "NovelAI"
_HASH_BEHIND = re.compile(r"(?<!\s)\s++[0-9A-F]{8}\s*\Z")
_KEPT_HASH = "Stable Diffusion"
"""A source of NovelAI's early versions, whose hash tells which of them it was."""


def is_novelai(fields: Fields) -> bool:
    """Whether a JSON comment is NovelAI's."""
    return "v4_prompt" in fields or ("uc" in fields and "scale" in fields and "c" not in fields)


def read_novelai_comment(fields: Fields) -> GenerationParameters:
    """Read a comment: since version 4 the prompts are captions, one of the picture and one of each character."""
    prompt = prompt_of(list(_captions(fields.get("v4_prompt"))))
    negative = prompt_of(list(_captions(fields.get("v4_negative_prompt"))))
    return GenerationParameters(generator=NAME, prompt=prompt, negative_prompt=negative).completed_by(
        read_fields(fields)
    )


def read_novelai_source(source: str) -> GenerationParameters:
    """Read the text `Source`: `NovelAI Diffusion V4.5 4BDE2A90`, or `Stable Diffusion XL C1E1DE52`."""
    name = source if source.startswith(_KEPT_HASH) else _HASH_BEHIND.sub("", source)
    return GenerationParameters(models=model_names((name,)))


def _captions(value: object) -> Iterator[str]:
    caption = as_fields(as_fields(value).get("caption"))
    if isinstance(base := caption.get("base_caption"), str):
        yield base
    for each in as_list(caption.get("char_captions"))[:MAX_NAMES]:
        if isinstance(text := as_fields(each).get("char_caption"), str):
            yield text
