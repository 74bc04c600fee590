"""Types of filterable fields: what a field's values are, which decides how a comparison with it is read."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Anything:
    """Values of any type: nothing is judged, mended or refused."""


@dataclass(frozen=True, slots=True)
class Text:
    """A text. `is_prose` says that words in it are looked for by the argument query."""

    is_prose: bool = False


@dataclass(frozen=True, slots=True)
class Label:
    """A short text that people choose, such as a tag."""


@dataclass(frozen=True, slots=True)
class Id:
    """An id. New ones begin with the prefix, old ones with nothing; `has_names` says that names may stand for it."""

    prefix: str
    has_names: bool = False


@dataclass(frozen=True, slots=True)
class Number:
    """A number that is never negative, in a unit such as "pixels"; `factors` are what may be written behind it."""

    unit: str
    example: str
    is_whole: bool = True
    factors: Mapping[str, float] = field(default_factory=dict)
    nouns: Mapping[str, int] = field(default_factory=dict)
    """Words that people write for a number, such as 4k."""


@dataclass(frozen=True, slots=True)
class Time:
    """A moment, stored as 2026-11-20T08:07:59.429Z and compared as text."""


@dataclass(frozen=True, slots=True)
class OneOf:
    """One of some values, each with what people write for it; an open list may grow."""

    values: Mapping[str, tuple[str, ...]]
    is_open: bool = True
    none_words: tuple[str, ...] = ()
    """What people write for an empty list of them, such as false."""
    any_words: tuple[str, ...] = ()
    """What people write for a list with any of them, such as true."""


@dataclass(frozen=True, slots=True)
class AspectRatio:
    """Width to height as text, such as 16:9."""


FieldType: TypeAlias = Anything | Text | Label | Id | Number | Time | OneOf | AspectRatio


@dataclass(frozen=True, slots=True)
class FilterField:
    """A field that can be filtered on: its name at the API, its type, and what a caller should know of it."""

    name: str
    type: FieldType
    meaning: str
    is_list: bool = False
    """Whether a document holds several values; `=` then means that it holds this one."""
    also: tuple[str, ...] = ()
    """Other names that people give the field."""


FilterFields: TypeAlias = Mapping[str, FilterField]
"""Fields by name."""
