"""What tells liked pictures from those to be unlike: a difference in manner, not in subject.

A picture lies somewhere between a liked one and one to be unlike. Its place is judged by what these two differ in: what
they have in common makes a picture as much nearer to the one as to the other.
"""

from collections.abc import Sequence

from scenario_mcp.sandbox.similarity.visual.descriptor import Descriptors, Distances

_STRENGTH = 4.0
"""How far a picture falls that is quite in the manner of an `unlike` one."""
_NEAR_LIKED = 0.35
"""The place, from 0 for the liked picture to 1 for the other, up to which a picture does not fall."""
_ALIKE = 0.1
"""The distance in manner below which a liked picture and one to be unlike are alike, and push less."""
_MANNER = 3.0
"""The weight of the manner where there are only pictures to be unlike."""

Measured = tuple[bytes, Distances]
"""The descriptor of a reference, and how far all pictures are from it."""


def push(liked: Sequence[Measured], unliked: Sequence[Measured]) -> list[float]:
    """Return how far each picture falls: by the nearest of those to be unlike, seen from the nearest liked one."""
    falls = [[min(each) for each in zip(*(_places(one, other) for one in liked), strict=True)] for other in unliked]
    return [_STRENGTH * max(0.0, max(each) - _NEAR_LIKED) for each in zip(*falls, strict=True)]


def _places(liked: Measured, unliked: Measured) -> list[float]:
    """Return where pictures lie between a liked one, 0, and one to be unlike, 1."""
    apart = Descriptors([liked[0]]).distances(unliked[0]).manner[0]
    scale = 2 * max(apart, _ALIKE)
    return [(one - other + apart) / scale for one, other in zip(liked[1].manner, unliked[1].manner, strict=True)]


def away(distances: Sequence[float], looks: Distances) -> list[float]:
    """Return how far each picture is from one to be unlike, by its manner above all."""
    return [distance + _MANNER * manner for distance, manner in zip(distances, looks.manner, strict=True)]
