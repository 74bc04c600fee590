"""The text of AUTOMATIC1111's web UI, which most programs around Stable Diffusion write, too.

    the prompt, of any number of lines
    Negative prompt: of any number of lines
    Steps: 20, Sampler: Euler a, CFG scale: 7, Seed: 123, Size: 512x512, Lora hashes: "a: 1, b: 2", Model: dream_8

Parts may be missing, all may stand on one line, and lines of extensions may follow. Values with commas stand in quotes
as in JSON; Civitai's lists are JSON without quotes.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import NamedTuple

from scenario_mcp.sandbox.own_catalogue.generators.named_fields import plain, read_fields
from scenario_mcp.sandbox.own_catalogue.generators.parameters import GenerationParameters
from scenario_mcp.sandbox.own_catalogue.generators.values import (
    MAX_NAMES,
    as_fields,
    as_list,
    model_name,
    model_names,
    prompt_of,
    unique,
)

_MAX_SETTINGS_CHARACTERS = 60_000
_MAX_SETTINGS = 500
_MAX_CHARACTERS = 400_000
_MAX_PAIR_CHARACTERS = 80
_MAX_STARTS = 8
"""Places that look like the beginning of the settings, of which the last that is one counts."""
_NEGATIVE = re.compile(r"(?:\A|(?<=\n)|(?<=\s)|(?<=[.,;]))Negative prompt:[ \t]*", re.IGNORECASE)
_NEGATIVE_LINE = re.compile(r"^[ \t]*Negative prompt:[ \t]*", re.IGNORECASE | re.MULTILINE)
_STEPS = re.compile(r"(?:(?<=\s)|\A)Steps:\s*\d{1,9}\s*(?:[,;|\n]|\Z)", re.IGNORECASE)
_KEY = re.compile(r"[\s,;|]{0,20}([A-Za-z][\w /()+.-]{0,48}?)\s*:[ \t]*")
_NEXT_KEY = re.compile(r"[,;|]\s*(?=[A-Z][\w /()+.-]{0,48}?:(?!//))|[,;|]\s*(?=[a-z][\w -]{0,30}:\s)|\n|\Z")
_PAIR_BEFORE = re.compile(
    r"(?:(?<=\s)|\A)(?:Sampler|Schedule type|CFG scale|Seed|Size|Model hash|Model): [^:\n]{1,60}?[,;|]?\s+\Z",
    re.IGNORECASE,
)
_LABEL = re.compile(r"(?:positive )?prompt:\s*", re.IGNORECASE)
_BEHIND = re.compile(r"^(?:Negative )?Template\s*:", re.MULTILINE)
"""Where the extension of dynamic prompts begins to tell what the prompt was made of."""
_LORA = re.compile(r"<\s*+(?:lora|lyco|locon|loha)\s*+:\s*+([^:<>\n]{1,200}+)[^<>\n]{0,100}+>", re.IGNORECASE)

_SETTINGS = frozenset({
    "steps", "sampler", "cfgscale", "distilledcfgscale", "seed", "size", "model", "modelhash", "basemodel", "clipskip",
    "version", "scheduletype", "scheduler", "denoisingstrength", "vae", "ensd", "variationseed", "facerestoration",
    "guidancescale", "guidance", "civitairesources", "eta", "rng", "hiresupscale", "pipeline", "app",
})  # fmt: skip
_TELLING = frozenset({"steps", "sampler", "cfgscale", "seed", "civitairesources", "guidancescale"})
"""Of these, settings have one at least: other texts have a model, a size or a version, too."""
_MIN_IN_PROSE = 3
_MIN_SETTINGS = 2
"""So many known names make a line of settings: a prompt may hold one of them."""
_SEPARATOR = re.compile(r"[,;|\n]")


class _Parts(NamedTuple):
    prompt: str
    negative_prompt: str
    settings: Mapping[str, object]


def read_settings_text(text: str, *, is_named_so: bool = False) -> GenerationParameters | None:
    """Read a text; None if it is something else. One whose note is named so may lack the settings."""
    if len(text) > _MAX_CHARACTERS:
        return None
    parts = _parts(text.replace("\r\n", "\n").replace("\r", "\n").strip("\0 \t\n"), is_named_so=is_named_so)
    if not parts.settings and not is_named_so and not _NEGATIVE_LINE.search(text):
        return None
    found = read_fields({name: value for name, value in parts.settings.items() if plain(name) != "prompt"})
    resources = list(_resources(parts.settings))
    return GenerationParameters(
        generator=_generator(parts.settings),
        prompt=prompt_of(parts.prompt),
        negative_prompt=prompt_of(parts.negative_prompt),
        seed=found.seed,
        steps=found.steps,
        guidance=found.guidance,
        scheduler=found.scheduler,
        size=found.size,
        models=found.models or unique(name for kind, name in resources if kind in {"checkpoint", "model"}),
        loras=unique((
            *loras_in_prompt(parts.prompt),
            *found.loras,
            *(name for kind, name in resources if kind in {"lora", "lycoris", "locon", "dora"}),
        )),
    )  # fmt: skip


def loras_in_prompt(prompt: str) -> tuple[str, ...]:
    """Return the LoRAs that a prompt calls, as in `<lora:ink:0.8>`."""
    if "<" not in prompt:
        return ()
    names = (
        match[1] for match, _ in zip(_LORA.finditer(prompt[:_MAX_SETTINGS_CHARACTERS]), range(MAX_NAMES), strict=False)
    )
    return model_names(names)


def with_loras_of_prompt(parameters: GenerationParameters) -> GenerationParameters:
    """Return these with the LoRAs that the prompt calls."""
    called = loras_in_prompt(parameters.prompt)
    return replace(parameters, loras=unique((*called, *parameters.loras))) if called else parameters


def _parts(text: str, *, is_named_so: bool) -> _Parts:
    start, settings = _settings(text)
    before = text[:start].rstrip()
    negative = _NEGATIVE_LINE.search(before) or (_NEGATIVE.search(before) if settings or is_named_so else None)
    prompt = before[: negative.start()].rstrip() if negative else before
    label = _LABEL.match(prompt) if settings else None
    return _Parts(prompt[label.end() :] if label else prompt, before[negative.end() :] if negative else "", settings)


def _settings(text: str) -> tuple[int, Mapping[str, object]]:
    """Return where the settings begin, and their pairs; the end of the text, if there are none."""
    for start in _starts(text):
        behind = _BEHIND.search(text, start)
        end = min(start + _MAX_SETTINGS_CHARACTERS, behind.start() if behind else len(text))
        pairs: dict[str, object] = {}
        for name, value in _pairs(text[start:end]):
            pairs.setdefault(name, value)
        known = _SETTINGS.intersection(plain(name) for name, value in pairs.items() if value)
        is_line = start == 0 or text[start - 1] == "\n"
        least = _MIN_SETTINGS if is_line or text[start].isupper() else _MIN_IN_PROSE
        if _TELLING & known and (len(known) >= least or (is_line and len(pairs) == 1)):
            return start, pairs
    behind = _BEHIND.search(text)
    return behind.start() if behind else len(text), {}


def _starts(text: str) -> Iterator[int]:
    """Yield where settings may begin: at `Steps:` at the start of a line, at other lines, at `Steps:` within one."""
    all_steps = [match.start() for match in _STEPS.finditer(text)]
    at_lines = [start for start in all_steps if start == 0 or text[start - 1] == "\n"]
    yield from reversed(at_lines[-_MAX_STARTS:])
    end = len(text)
    for _ in range(_MAX_STARTS):
        start = text.rfind("\n", 0, end) + 1
        key = _KEY.match(text, start)
        if key and plain(key[1]) in _SETTINGS:
            yield start
        if start == 0:
            break
        end = start - 1
    yield from (_with_pairs_before(text, start) for start in reversed(all_steps[-_MAX_STARTS:]))


def _with_pairs_before(text: str, start: int) -> int:
    """Return where the settings begin whose steps are not the first of them."""
    for _ in range(_MAX_STARTS):
        first = max(0, start - _MAX_PAIR_CHARACTERS)
        before = _PAIR_BEFORE.search(text[first:start])
        if before is None:
            break
        start = first + before.start()
    return start


def _pairs(text: str) -> Iterator[tuple[str, object]]:
    """Yield names and values; what is no pair is passed over to the next comma or line."""
    position = 0
    for _ in range(_MAX_SETTINGS):
        key = _KEY.match(text, position)
        if key is None:
            following = _SEPARATOR.search(text, position + 1)
            if following is None:
                return
            position = following.start()
            continue
        value, position = _value(text, key.end())
        yield key[1], value


def _value(text: str, start: int) -> tuple[object, int]:
    """Return a value and where it ends: JSON where it is, else the text up to what looks like the next name."""
    if text[start : start + 1] in ('"', "{", "["):
        try:
            return json.JSONDecoder(strict=False).raw_decode(text, start)
        except (ValueError, RecursionError):
            pass
    following = _NEXT_KEY.search(text, start)
    end = following.start() if following else len(text)
    return text[start:end].strip().strip('"'), end


def _resources(settings: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    """Yield the kinds and names of Civitai's resources."""
    for name, value in settings.items():
        if plain(name) == "civitairesources":
            for each in as_list(value)[: 4 * MAX_NAMES]:
                fields = as_fields(each)
                if isinstance(fields.get("type"), str):
                    yield fields["type"].lower(), model_name(fields.get("modelName"))


def _generator(settings: Mapping[str, object]) -> str:
    named = {plain(name): value for name, value in settings.items()}
    version = str(named.get("version", ""))[:100]
    if "civitairesources" in named:
        return "Civitai"
    if named.get("app"):
        return str(named["app"])[:100]
    if not settings:
        return ""
    for name in ("Fooocus", "ComfyUI", "stable-diffusion.cpp", "Draw Things", "Easy Diffusion"):
        if name.lower() in version.lower():
            return name
    if re.match(r"f\d", version):
        return "Forge"
    return "AUTOMATIC1111" if re.match(r"v?1\.\d", version) else ""
