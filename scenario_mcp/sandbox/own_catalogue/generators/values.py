"""Values of notes, checked: a text, a seed, a number of steps; whatever is of another type or impossible is nothing."""

import math
import re
from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias

from scenario_mcp.text import clean

MAX_PROMPT_CHARACTERS = 10_000
MAX_WORD_CHARACTERS = 100
MAX_NAMES = 30
"""Models, LoRAs or keywords of one picture."""
_MAX_STEPS = 10_000
_MAX_GUIDANCE = 10_000
_MAX_SIDE = 1_000_000
_SEEDS = 2**64
"""How many seeds there are: generators take them as 32 or 64 bits without a sign."""
_MAX_NUMBER_CHARACTERS = 40

_MODEL_ENDING = re.compile(r"\.(?:safetensors|ckpt|pt|pth|gguf|bin|onnx|sft|mlmodelc)\Z", re.IGNORECASE)
_FILE = re.compile(r"\.(?:safetensors|ckpt|pth?|gguf|bin|sft|onnx)\Z|\A\S*\.(?:png|jpe?g|webp|mp4)\Z", re.IGNORECASE)
_MAX_FILE_CHARACTERS = 300
_HASH_BEHIND = re.compile(r"\s*\[[0-9a-fA-F]{6,64}\]\Z")
_NO_NAMES = frozenset({"", "none", "null", "default", "automatic", "undefined", "baked vae", "unknown", "n/a"})
_SIZE = re.compile(r"\D{0,3}(\d{1,7})(?:\.0+)?\s*[x×,*]\s*(\d{1,7})(?:\.0+)?\D{0,3}", re.IGNORECASE)  # noqa: RUF001  # people write it

Fields: TypeAlias = Mapping[str, Any]
"""A JSON object of a stranger."""


def as_fields(value: object) -> Fields:
    """Return an object's fields; none, if the value is no object."""
    return value if isinstance(value, dict) else {}


def as_list(value: object) -> list[Any]:
    """Return a list as it is; an empty one for any other value."""
    return value if isinstance(value, list) else []


def prompt_of(value: object) -> str:
    """Return a prompt; of several in a list, all. Signs alone are none, nor is a file's name."""
    if isinstance(value, list):
        text = ", ".join(text for each in value[:MAX_NAMES] if (text := _text(each).strip()))
    else:
        text = _text(value)
    prompt = clean(text, MAX_PROMPT_CHARACTERS)
    return prompt if any(map(str.isalnum, prompt)) and not names_a_file(prompt) else ""


def names_a_file(text: str) -> bool:
    """Whether a text is the name of a model's or a picture's file."""
    return _FILE.search(text[-_MAX_FILE_CHARACTERS:].rstrip()) is not None


def word_of(value: object) -> str:
    """Return a short text: the name of a sampler, a title."""
    return clean(_text(value), MAX_WORD_CHARACTERS)


def _text(value: object) -> str:
    """Return a text; a number as its digits, since a prompt may be `1984`."""
    if isinstance(value, str):
        return value
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < _SEEDS:
        return str(value)
    return ""


def seed_of(value: object) -> str:
    """Return a seed's digits; of several, the first. A negative seed asks for a random one."""
    if isinstance(value, list):
        value = value[0] if value else None
    number = number_of(value)
    if number is None or number != int(number) or not 0 <= number < _SEEDS:
        return ""
    return str(int(number))


def steps_of(value: object) -> int | None:
    """Return a number of steps."""
    number = number_of(value)
    return int(number) if number is not None and 1 <= number <= _MAX_STEPS and number == int(number) else None


def guidance_of(value: object) -> float | None:
    """Return a scale of guidance."""
    number = number_of(value)
    return float(number) if number is not None and 0 <= number <= _MAX_GUIDANCE else None


def number_of(value: object) -> int | float | None:
    """Return a finite number, also one written as a text; an integer exactly."""
    if isinstance(value, bool):
        return None
    if isinstance(value, str):
        value = value.strip()
        if len(value) > _MAX_NUMBER_CHARACTERS:
            return None
        try:
            return int(value)
        except ValueError:
            pass
        try:
            value = float(value)
        except ValueError:
            return None
    if isinstance(value, int):
        return value
    return value if isinstance(value, float) and math.isfinite(value) else None


def size_of(width: object, height: object) -> tuple[int, int] | None:
    """Return a size in pixels."""
    wide, high = number_of(width), number_of(height)
    if wide is None or high is None or not (1 <= wide <= _MAX_SIDE and 1 <= high <= _MAX_SIDE):
        return None
    return int(wide), int(high)


def size_of_text(value: object) -> tuple[int, int] | None:
    """Return the size that a text such as `512x768` or `(1152, 896)` tells."""
    match = _SIZE.fullmatch(value) if isinstance(value, str) and len(value) <= _MAX_NUMBER_CHARACTERS else None
    return size_of(match[1], match[2]) if match else None


def model_name(value: object) -> str:
    """Return a model's name: without folders, the file's ending and a hash behind it."""
    if not isinstance(value, str):
        return ""
    name = clean(value, 4 * MAX_WORD_CHARACTERS).replace("\\", "/").rstrip("/").rpartition("/")[2]
    name = _MODEL_ENDING.sub("", _HASH_BEHIND.sub("", name))
    return "" if name.lower() in _NO_NAMES else clean(name, MAX_WORD_CHARACTERS)


def model_names(values: Iterable[object]) -> tuple[str, ...]:
    """Return the names of models, each once, in order."""
    return unique(model_name(value) for value in values)


def unique(names: Iterable[str]) -> tuple[str, ...]:
    """Return the names that are not empty, each once whatever its case, at most `MAX_NAMES`."""
    found: dict[str, str] = {}
    for name in names:
        if name and name.lower() not in found:
            found[name.lower()] = name
            if len(found) == MAX_NAMES:
                break
    return tuple(found.values())
