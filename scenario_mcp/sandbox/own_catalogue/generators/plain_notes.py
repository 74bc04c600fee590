"""What people and programs wrote about a picture: titles, descriptions, keywords, authors, stars."""

import re
from collections.abc import Iterable, Iterator

from scenario_mcp.sandbox.own_catalogue.generators.json_notes import read_json
from scenario_mcp.sandbox.own_catalogue.generators.named_fields import plain
from scenario_mcp.sandbox.own_catalogue.generators.parameters import GenerationParameters
from scenario_mcp.sandbox.own_catalogue.generators.values import (
    MAX_PROMPT_CHARACTERS,
    as_fields,
    number_of,
    unique,
)
from scenario_mcp.sandbox.own_catalogue.notes.note import Note
from scenario_mcp.text import clean

MAX_LINE_CHARACTERS = 200
_MAX_KEYWORD_CHARACTERS = 60
_MAX_STARS = 5
_PERCENT_PER_STAR = 25
_FULL_PERCENT = 99
_MAX_TEXTS = 100

_TITLES = frozenset({"title", "xptitle", "objectname", "headline", "documentname"})
_AUTHORS = frozenset({"author", "artist", "xpauthor", "creator", "byline", "authors"})
_KEYWORDS = frozenset({"keywords", "keyword", "xpkeywords", "subject", "tags", "hierarchicalsubject", "tagslist"})
_STARS = frozenset({"rating"})
_PERCENTS = frozenset({"ratingpercent"})
_DESCRIPTIONS = frozenset({
    "description", "imagedescription", "comment", "comments", "usercomment", "caption", "captionabstract",
    "xpcomment", "xpsubject", "abstract", "notes", "extdescraccessibility", "alttextaccessibility", "instructions",
    "text", "parameters", "prompt",
})  # fmt: skip
_TOLD_BESIDE = _TITLES | _AUTHORS | _KEYWORDS | _STARS | (_DESCRIPTIONS - {"parameters", "prompt"})
_FILE_NAME = re.compile(r"[^\n]{1,250}\.[A-Za-z0-9]{2,5}")
"""What Takeout calls a title."""
_KEYWORD_SEPARATOR = re.compile(r"[,;\n\0]")
_LEVEL = re.compile(r"[|/]")
_SIGNATURE = re.compile(r"Signature: [A-Za-z0-9+/=]{20,}\s*\Z")
"""What Grok writes as a description."""
_UNREADABLE_SHARE = 0.1


def plain_name(note: Note) -> str:
    """Return a note's name without its namespace, case and signs."""
    return plain(note.name.rpartition(":")[2])


def read_plain_notes(notes: Iterable[Note], prompt: str) -> GenerationParameters:
    """Read notes that no generator's notation fits; texts that the prompt holds already are left out."""
    titles, texts, authors, keywords = list[str](), list[str](), list[str](), list[str]()
    rating: float | None = None
    for note in notes:
        name = plain_name(note)
        if name in _STARS | _PERCENTS:
            rating = rating if rating is not None else _stars(note.text, is_percent=name in _PERCENTS)
        elif name in _KEYWORDS and not (note.place == "png" and name == "subject"):
            keywords += _keywords(note)
        elif not _is_text(note.text):
            continue
        elif name in _TITLES:
            titles.append(clean(note.text, MAX_LINE_CHARACTERS))
        elif name in _AUTHORS:
            authors.append(clean(note.text, MAX_LINE_CHARACTERS))
        elif name in _DESCRIPTIONS or note.place in {"sidecar", "comment"}:
            texts.append(clean(note.text, MAX_PROMPT_CHARACTERS))
    title = next(iter(_new(titles[:_MAX_TEXTS], prompt)), "")
    return GenerationParameters(
        title=title,
        description=_joined(_new([title, *texts[:_MAX_TEXTS]], prompt)),
        author=clean(", ".join(unique(authors)), MAX_LINE_CHARACTERS),
        keywords=unique(keywords),
        rating=rating,
    )


def notes_in_sidecar(note: Note) -> Iterator[Note]:
    """Yield what a JSON file beside a picture tells of it, as Google's Takeout writes it, each as a note of its own."""
    for name, value in list(as_fields(read_json(note.text)).items())[:_MAX_TEXTS]:
        for each in value[:_MAX_TEXTS] if isinstance(value, list) else [value]:
            if isinstance(each, str | int | float) and not isinstance(each, bool) and plain(name) in _TOLD_BESIDE:
                text = str(each)[:MAX_PROMPT_CHARACTERS]
                if not _FILE_NAME.fullmatch(text):
                    yield Note("xmp" if isinstance(value, list) else note.place, name, text)


def _new(texts: Iterable[str], prompt: str) -> list[str]:
    """Return the texts that neither the prompt nor another one holds."""
    found: list[str] = []
    longest_first = sorted(dict.fromkeys(filter(None, texts)), key=len, reverse=True)
    for text in longest_first:
        if text not in prompt and not any(text in other for other in found):
            found.append(text)
    return [text for text in dict.fromkeys(texts) if text in found]


def _joined(texts: list[str]) -> str:
    """Return texts as one, each a sentence of its own: a phrase must not span two of them."""
    sentences = [text if text[-1:] in ".!?…。" else f"{text}." for text in texts[:-1]]
    return clean(" ".join([*sentences, *texts[-1:]]), MAX_PROMPT_CHARACTERS)


def _is_text(text: str) -> bool:
    """Whether a text is one for people: not bytes read as a text, nor a signature."""
    unreadable = text.count("\N{REPLACEMENT CHARACTER}") + text.count("\0")
    return (
        any(map(str.isalnum, text[:MAX_PROMPT_CHARACTERS]))
        and unreadable <= _UNREADABLE_SHARE * len(text)
        and not _SIGNATURE.match(text)
    )


def _keywords(note: Note) -> Iterator[str]:
    name, text = plain_name(note), note.text[:MAX_PROMPT_CHARACTERS]
    is_item = note.place == "iptc" or (note.place == "xmp" and name != "keywords")
    for part in [text] if is_item else _KEYWORD_SEPARATOR.split(text):
        for level in _LEVEL.split(part) if name in {"hierarchicalsubject", "tagslist"} else [part]:
            yield clean(level, _MAX_KEYWORD_CHARACTERS)


def _stars(text: str, *, is_percent: bool) -> float | None:
    number = number_of(text)
    if number is None:
        return None
    if is_percent or number > _MAX_STARS:  # 1, 25, 50, 75 and 99 percent are one to five stars
        stars = _MAX_STARS if number >= _FULL_PERCENT else 1 + number // _PERCENT_PER_STAR
        number = stars if number >= 1 else 0
    return float(number) if -1 <= number <= _MAX_STARS else None
