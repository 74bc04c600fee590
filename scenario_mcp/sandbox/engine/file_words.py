"""Words of a file that its path has only within longer ones: parts of names such as CamelCaseHero02, format, pixels."""

import unicodedata
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath

FILE_WORDS = "file#words"
"""The searchable attribute of these words. No document has it: they are made when a document is indexed."""
_MAX_CHARACTERS = 1_000


def file_words(document: Mapping[str, object]) -> str:
    """Return the parts of the names in a file's path, its format, and its pixels as 832x1216."""
    path = document.get("file")
    if not isinstance(path, str):
        return ""
    named = PurePosixPath(path[-_MAX_CHARACTERS:])
    names = [name for name in (*named.parts[:-1], named.stem) if len([*parts(name)]) > 1]
    words = [" ".join(parts(name)) for name in names]
    mime_type = document.get("mimeType")
    if isinstance(mime_type, str):
        words.append(mime_type.partition("/")[2])
    metadata = document.get("metadata")
    if isinstance(metadata, Mapping) and "width" in metadata and "height" in metadata:
        words.append(f"{metadata['width']}x{metadata['height']}")
    return ". ".join(words)


def parts(name: str) -> Iterator[str]:
    """Yield the parts of a name: it is cut before a capital letter of another word, and between letters and digits."""
    start = 0
    kinds = [*map(_kind, name)]
    for place in range(1, len(name)):
        before, here = kinds[place - 1], kinds[place]
        if here == "Mn":
            kinds[place] = before  # a mark belongs to its letter
            continue
        following = kinds[place + 1] if place + 1 < len(name) else ""
        begins_word = here == "Lu" and (before == "Ll" or (before == "Lu" and following == "Ll"))
        if begins_word or {before, here} in _SEPARATE:
            yield name[start:place]
            start = place
    if name:
        yield name[start:]


_SEPARATE = ({"Lu", "Nd"}, {"Ll", "Nd"})


def _kind(character: str) -> str:
    kind = unicodedata.category(character)
    return "Ll" if kind in {"Lm", "Lo", "Lt"} else kind
