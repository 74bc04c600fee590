"""Ranking by likeness: how pictures look, and what their documents say about the subject.

Nothing here sees what a picture shows. Its subject is the text of its document, compared by meaning; a picture without
text borrows that of the pictures that look most like it.
"""

import heapq
import math
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass

from scenario_mcp.sandbox.similarity.semantic.meanings import Meanings
from scenario_mcp.sandbox.similarity.visual.descriptor import Descriptors, Distances

_SUBJECT = 0.8
"""The weight of the subject against the mood, where the semantic ratio is 1."""
_SAME_PICTURE = 0.06
"""The distance by features below which two pictures count as the same, and so as of the same subject."""
_LENDERS = 5
_LENDING_POWER = 6
"""Exponent of the distance weighting when a picture without text borrows its neighbours' words."""
_WORDLESS = 0.3
"""The best nearness of subject of a picture without text."""
_PUSH = 1.5
"""How far a picture falls that is closer to an `unlike` picture than to the `like` ones, per unit of the difference."""
_BEST_EXAMPLES = 3
"""The number of a model's example pictures that count: those that fit best."""


@dataclass(frozen=True, slots=True)
class Reference:
    """A picture to compare with: its look, and its asset if it has one."""

    look: bytes
    asset_id: str | None = None


class Likeness:
    """The looks of many pictures and the meanings of their documents, ready to be compared."""

    def __init__(self, looks: Mapping[str, bytes], meanings: Meanings, own: Container[str] | None = None) -> None:
        """Take descriptors by asset id; `own` has the assets that are the picture, and not only shown by it."""
        self._ids = tuple(looks)
        self._descriptors = Descriptors(looks.values())
        self._meanings = meanings
        self._numbers = [meanings.number(asset_id) for asset_id in looks]
        self._lenders = [
            number if own is None or asset_id in own else None
            for asset_id, number in zip(looks, self._numbers, strict=True)
        ]

    def distances(self, reference: Reference, semantic_ratio: float) -> dict[str, float]:
        """Return how far every picture is from a reference, 0 to about 1.

        With a semantic ratio of 0 features alone count, with 1 subject and mood; in between both.
        """
        looks = self._descriptors.distances(reference.look)
        if not semantic_ratio:
            return dict(zip(self._ids, looks.features, strict=True))
        subjects = self._subjects(reference, looks)
        shares = (1 - semantic_ratio, semantic_ratio * _SUBJECT, semantic_ratio * (1 - _SUBJECT))
        return {
            key: shares[0] * feature + shares[1] * (1 - subject) + shares[2] * mood
            for key, feature, mood, subject in zip(self._ids, looks.features, looks.mood, subjects, strict=True)
        }

    def _subjects(self, reference: Reference, looks: Distances) -> list[float]:
        """Return how near the subject of every picture is to that of a reference, 0 to 1."""
        nears = self._meanings.near_blend(self._blend(reference, looks.shape))
        subjects = [
            _WORDLESS * max(0.0, 1 - shape) if number is None else nears[number]
            for number, shape in zip(self._numbers, looks.shape, strict=True)
        ]
        for place, feature in enumerate(looks.features):
            if feature < _SAME_PICTURE:
                subjects[place] = max(subjects[place], 1 - feature / _SAME_PICTURE)
        return subjects

    def _blend(self, reference: Reference, shapes: Sequence[float]) -> dict[int, float]:
        """Return the numbers of the documents whose words tell the reference's subject, with the share of each."""
        own = None if reference.asset_id is None else self._meanings.number(reference.asset_id)
        if own is not None:
            return {own: 1.0}
        lenders = ((shape, number) for shape, number in zip(shapes, self._lenders, strict=True) if number is not None)
        near = heapq.nsmallest(_LENDERS, lenders)
        shares = {number: ((near[0][0] + 1e-3) / (shape + 1e-3)) ** _LENDING_POWER for shape, number in near}
        total = sum(shares.values())
        return {number: share / total for number, share in shares.items()}

    def rank(
        self,
        pictures: Mapping[str, Sequence[str]],
        like: Sequence[Reference],
        unlike: Sequence[Reference],
        semantic_ratio: float,
    ) -> list[str]:
        """Order documents, each with the ids of the assets that show it, from near to far.

        A document closer to an `unlike` picture than to the `like` ones falls, by the difference. Without `like`, the
        order is from the farthest to the nearest.
        """
        pulls = [self._nearest(pictures, reference, semantic_ratio) for reference in like]
        pushes = [self._nearest(pictures, reference, semantic_ratio) for reference in unlike]
        close = [min(distances) for distances in zip(*pushes, strict=True)] or [math.inf] * len(pictures)
        if pulls:
            means = pulls[0] if len(pulls) == 1 else [sum(each) / len(pulls) for each in zip(*pulls, strict=True)]
            far = [mean + _PUSH * max(0.0, mean - near) for mean, near in zip(means, close, strict=True)]
        else:
            far = [-near for near in close]
        return [key for _, _, key in sorted(zip(far, range(len(far)), pictures, strict=True))]

    def _nearest(
        self, pictures: Mapping[str, Sequence[str]], reference: Reference, semantic_ratio: float
    ) -> list[float]:
        """Return how far each document is from a reference, by its best fitting pictures."""
        distances = self.distances(reference, semantic_ratio)
        return [
            distances[asset_ids[0]] if len(asset_ids) == 1 else _best(distances, asset_ids)
            for asset_ids in pictures.values()
        ]


def _best(distances: Mapping[str, float], asset_ids: Sequence[str]) -> float:
    nearest = sorted(distances[asset_id] for asset_id in asset_ids)[:_BEST_EXAMPLES]
    return sum(nearest) / len(nearest)
