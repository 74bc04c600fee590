"""Generation parameters: what notes tell of how a picture was made, and what people wrote about it."""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from operator import attrgetter
from typing import Self


@dataclass(frozen=True, slots=True)
class GenerationParameters:
    """Checked values, each empty where nothing was told.

    Texts are clean and bounded; the seed is its digits; guidance is the scale of classifier-free or distilled guidance.
    """

    generator: str = ""
    prompt: str = ""
    negative_prompt: str = ""
    seed: str = ""
    steps: int | None = None
    guidance: float | None = None
    scheduler: str = ""
    """The sampler's name, as the generator calls it."""
    size: tuple[int, int] | None = None
    """Width and height at the time of generation, in pixels."""
    models: tuple[str, ...] = ()
    """Names of the models that made the picture, without folders and endings of files."""
    loras: tuple[str, ...] = ()
    title: str = ""
    description: str = ""
    author: str = ""
    keywords: tuple[str, ...] = ()
    rating: float | None = None
    """Stars, 0 to 5; -1 for a rejected picture."""

    def completed_by(self, other: Self) -> Self:
        """Return these with what only the other tells."""
        values = zip(_values_of(self), _values_of(other), strict=True)
        return type(self)(*[theirs if mine is None or mine in _NOTHING else mine for mine, theirs in values])


_NOTHING: tuple[object, ...] = ("", ())
_values_of = attrgetter(*(each.name for each in fields(GenerationParameters)))


def completed(parameters: Iterable[GenerationParameters]) -> GenerationParameters:
    """Return one value of many, the most reliable first."""
    whole = GenerationParameters()
    for each in parameters:
        whole = whole.completed_by(each)
    return whole
