"""The largest of many scores, found without sorting them all."""

from collections.abc import Sequence

_SAMPLE = 1000
"""So many scores tell which ones may be among the largest: to look for those among all is slow."""


def largest(scores: Sequence[float], count: int) -> list[int]:
    """Return the places of the largest scores, the largest first; of equal ones the first."""
    step = max(1, len(scores) // _SAMPLE)
    sample = sorted(scores[::step], reverse=True)
    least = sample[min(len(sample) - 1, 2 * count // step + 1)] if sample else 0.0
    places: Sequence[int] = [place for place, score in enumerate(scores) if score > least]
    if len(places) < count:
        places = range(len(scores))
    return sorted(places, key=scores.__getitem__, reverse=True)[:count]
