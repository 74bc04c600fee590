"""All notes of a picture -> its generation parameters: each note goes to the family whose notation it has.

What is sure comes first: settings under their names, then the graph that ran, then the editor's graph, which may hold
nodes that did not run, then what signed origins tell. A value that one of them lacks is taken from the next.
"""

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import NamedTuple

from scenario_mcp.sandbox.own_catalogue.generators.content_credentials import TELLING_NAMES, read_credentials
from scenario_mcp.sandbox.own_catalogue.generators.invokeai import read_command_line
from scenario_mcp.sandbox.own_catalogue.generators.json_notes import MAX_NOTE_CHARACTERS, looks_like_json, name_before
from scenario_mcp.sandbox.own_catalogue.generators.json_objects import read_json_note
from scenario_mcp.sandbox.own_catalogue.generators.labelled_lines import read_labelled_lines
from scenario_mcp.sandbox.own_catalogue.generators.midjourney import read_midjourney_line
from scenario_mcp.sandbox.own_catalogue.generators.named_fields import plain, read_fields
from scenario_mcp.sandbox.own_catalogue.generators.novelai import read_novelai_source
from scenario_mcp.sandbox.own_catalogue.generators.parameters import GenerationParameters
from scenario_mcp.sandbox.own_catalogue.generators.plain_notes import notes_in_sidecar, plain_name, read_plain_notes
from scenario_mcp.sandbox.own_catalogue.generators.settings_text import read_settings_text, with_loras_of_prompt
from scenario_mcp.sandbox.own_catalogue.notes.note import Note

_log = logging.getLogger(__name__)
_NOTHING = GenerationParameters()

MAX_NOTES = 2_000
_MAX_NAMED_CHARACTERS = 10_000
_FIELDS, _SETTINGS, _RAN, _EDITED, _SIGNED = range(5)
"""How sure a note is: the lower, the more."""
_RANKS: Mapping[str, int] = {"workflow": _EDITED, "prompt": _RAN, "invokeaigraph": _EDITED, "invokeaiworkflow": _EDITED}
"""Of JSON by the names that it goes by."""

_SINGLE_FIELDS = frozenset({
    "prompt", "negativeprompt", "seed", "numinferencesteps", "steps", "guidancescale", "cfgscale", "samplername",
    "sampler", "scheduler", "usestablediffusionmodel", "stablediffusionmodel", "uselorammodel", "useloramodel",
    "lora", "loras", "modelid", "modelname", "model", "width", "height", "basemodel", "positiveprompt",
})  # fmt: skip
"""Names of PNG texts that each hold one value: Easy Diffusion's, and those of scripts around diffusers."""
_SETTINGS_NOTES = frozenset({"parameters", "sdparameters"})


class _Finding(NamedTuple):
    rank: int
    parameters: Callable[[], GenerationParameters]


def read_generation_parameters(notes: Iterable[Note]) -> GenerationParameters:
    """Read the notes of a picture; what cannot be read tells nothing."""
    kept = [note for note, _ in zip(notes, range(MAX_NOTES), strict=False) if 0 < len(note.text) <= MAX_NOTE_CHARACTERS]
    findings: list[_Finding] = []
    plain_notes: list[Note] = []
    single: dict[str, str] = {}
    for note in kept:
        name = plain_name(note)
        if looks_like_json(note.text):
            if note.place == "sidecar":
                plain_notes += notes_in_sidecar(note)
            rank = _RANKS.get(plain(name_before(note.text)) or name, _FIELDS)
            findings.append(_Finding(rank, partial(_read_json, note)))
        elif (found := _told(partial(_read_text, note, name))) is not None:
            findings.append(_Finding(_SETTINGS, partial(GenerationParameters.completed_by, found, _NOTHING)))
        elif note.place == "png" and name in _SINGLE_FIELDS:
            single.setdefault(name, note.text)
        else:
            plain_notes.append(note)
    findings += _findings_of_names(plain_notes, single)
    parameters = _merged(findings)
    if not plain_notes:
        return parameters
    return parameters.completed_by(read_plain_notes(_described(plain_notes, parameters), parameters.prompt))


def _merged(findings: Sequence[_Finding]) -> GenerationParameters:
    """Return one value of all findings; what is less sure is not read where all is known."""
    found = GenerationParameters()
    for each in sorted(findings, key=lambda finding: finding.rank):
        if each.rank == _EDITED and found.prompt and found.seed and found.models:
            continue
        found = found.completed_by(_told(each.parameters) or _NOTHING)
    return found


def _told(read: Callable[[], GenerationParameters | None]) -> GenerationParameters | None:
    """Return what a reader finds; a note that it stumbles over must not cost the picture its others."""
    try:
        return read()
    except Exception:  # noqa: BLE001  # strangers write notes
        _log.debug("A note could not be read.", exc_info=True)
        return None


def _read_json(note: Note) -> GenerationParameters:
    """Read what looks like JSON; a prompt may begin with a brace, too."""
    name = plain_name(note)
    found = read_json_note(note.text, name)
    if found is None:
        found = read_settings_text(note.text, is_named_so=name in _SETTINGS_NOTES and not note.text.startswith('{"'))
    return found or GenerationParameters()


def _read_text(note: Note, name: str) -> GenerationParameters | None:
    text = note.text
    found = read_command_line(text) or read_midjourney_line(text) or read_labelled_lines(text)
    return found or read_settings_text(text, is_named_so=name in _SETTINGS_NOTES)


def _findings_of_names(notes: Sequence[Note], single: dict[str, str]) -> Iterator[_Finding]:
    """Yield what texts tell by the names of their notes."""
    if single:
        yield _Finding(_FIELDS, lambda: with_loras_of_prompt(read_fields(single)))
    named = {plain_name(note): note.text for note in reversed(notes) if len(note.text) <= _MAX_NAMED_CHARACTERS}
    prompts = {name for note in notes if note.place in {"c2pa", "xmp"} and "prompt" in (name := plain_name(note))}
    if "novelai" in named.get("software", "").lower() and "source" in named:
        yield _Finding(_SIGNED, lambda: read_novelai_source(named["source"]))
    if prompts or named.keys() & TELLING_NAMES:
        signed = {name: text for name, text in named.items() if "prompt" not in name or name in prompts}
        yield _Finding(_SIGNED, lambda: read_credentials(signed))


def _described(notes: Iterable[Note], parameters: GenerationParameters) -> Iterator[Note]:
    """Yield the notes that people wrote: a generator's own title is none."""
    for note in notes:
        if note.place == "c2pa" or (plain_name(note) == "title" and parameters.generator == "NovelAI"):
            continue
        yield note
