"""JSON objects of notes: each goes to the generator that writes such fields.

One object may hold others: both graphs of ComfyUI in one comment, all texts of NovelAI's PNG in the comment of a WebP.
"""

from collections.abc import Iterator
from dataclasses import replace

from scenario_mcp.sandbox.own_catalogue.generators.comfyui.editor import editor_graph, is_editor_graph
from scenario_mcp.sandbox.own_catalogue.generators.comfyui.graph import executed_graph, is_executed_graph
from scenario_mcp.sandbox.own_catalogue.generators.comfyui.reading import read_graph
from scenario_mcp.sandbox.own_catalogue.generators.invokeai import (
    read_invokeai_fields,
    read_invokeai_graph,
    read_sd_metadata,
)
from scenario_mcp.sandbox.own_catalogue.generators.json_notes import looks_like_json, read_json
from scenario_mcp.sandbox.own_catalogue.generators.named_fields import plain, read_fields
from scenario_mcp.sandbox.own_catalogue.generators.novelai import is_novelai, read_novelai_comment, read_novelai_source
from scenario_mcp.sandbox.own_catalogue.generators.parameters import GenerationParameters, completed
from scenario_mcp.sandbox.own_catalogue.generators.settings_text import read_settings_text, with_loras_of_prompt
from scenario_mcp.sandbox.own_catalogue.generators.values import Fields, as_fields

_MAX_NESTING = 3
_MAX_OBJECTS = 5
_MAX_NAME_CHARACTERS = 100
_HOLDERS = (
    "comment", "parameters", "sdmetadata", "invokeaimetadata", "generationdata", "prompt", "workflow", "usercomment",
)  # fmt: skip
"""Fields that hold what is a note of its own in other files."""


def read_json_note(text: str, name: str) -> GenerationParameters | None:
    """Read a note whose plain name is known; None if it is no JSON."""
    value = read_json(text)
    if isinstance(value, dict):
        return _read_object(value, name, 0)
    if isinstance(value, list):
        return completed(_read_object(as_fields(each), name, 0) for each in value[:_MAX_OBJECTS])
    return None


def _read_object(fields: Fields, name: str, depth: int) -> GenerationParameters:
    """Read an object by what is in it."""
    if is_executed_graph(fields):
        extra = read_json(extra) if isinstance(extra := fields.get("extraMetadata"), str) else None
        return read_graph(executed_graph(fields)).completed_by(read_fields(as_fields(extra)))
    if is_editor_graph(fields):
        return read_graph(editor_graph(fields))
    if isinstance(fields.get("image"), dict) and ("model_weights" in fields or "app_id" in fields):
        return read_sd_metadata(fields)
    if isinstance(fields.get("nodes"), dict | list) and "edges" in fields:
        return read_invokeai_graph(fields)
    if name == "invokeaimetadata" or {"positive_prompt", "app_version"} <= fields.keys():
        return read_invokeai_fields(fields)
    if is_novelai(fields):
        return read_novelai_comment(fields)
    found = read_fields(fields)
    if not found.prompt or looks_like_json(found.prompt):
        found = completed((*_inner(fields, depth), _without_json(found)))
    return with_loras_of_prompt(GenerationParameters(_generator(fields)).completed_by(found))


def _without_json(found: GenerationParameters) -> GenerationParameters:
    """Return what was found without a prompt that is a graph."""
    return replace(found, prompt="") if looks_like_json(found.prompt) else found


def _inner(fields: Fields, depth: int) -> Iterator[GenerationParameters]:
    """Yield what the texts and objects in an object tell."""
    if depth >= _MAX_NESTING:
        return
    inner = {plain(name): value for name, value in fields.items()}
    for name in _HOLDERS:
        value = inner.get(name)
        if isinstance(value, str) and looks_like_json(value):
            value = read_json(value)
        if isinstance(value, dict):
            yield _read_object(value, name, depth + 1)
        elif isinstance(value, str) and (found := read_settings_text(value)) is not None:
            yield found
    if isinstance(source := inner.get("source"), str) and "novelai" in str(inner.get("software")).lower():
        yield read_novelai_source(source[:_MAX_NAME_CHARACTERS])


def _generator(fields: Fields) -> str:
    """Return who writes such fields."""
    version = str(fields.get("version", ""))[:_MAX_NAME_CHARACTERS]
    if "Fooocus" in version or "metadata_scheme" in fields:
        return "Fooocus"
    if {"c", "uc"} <= fields.keys():
        return "Draw Things"
    by_field = {
        "sui_image_params": "SwarmUI", "use_stable_diffusion_model": "Easy Diffusion", "samplerName": "Tensor.Art",
    }  # fmt: skip
    return next((name for field, name in by_field.items() if field in fields), "")
