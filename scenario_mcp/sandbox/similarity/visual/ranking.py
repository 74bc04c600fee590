"""Ranking by likeness: how pictures look, and what their documents say about the subject.

Nothing here sees what a picture shows. Its subject is the text of its document, compared by meaning; a picture without
text borrows that of the pictures that look most like it.
"""

import heapq
import math
from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass

from scenario_mcp.sandbox.similarity.semantic.meanings import Meanings
from scenario_mcp.sandbox.similarity.visual.contrast import away, push
from scenario_mcp.sandbox.similarity.visual.descriptor import Descriptors, Distances

_SUBJECT = 0.8
"""The weight of the subject against the mood, where the semantic ratio is 1."""
_SAME_PICTURE = 0.06
"""The distance by features below which two pictures count as the same, and so as of the same subject."""
_LENDERS = 5
_LENDING_POWER = 6
"""Exponent of the distance weighting when a picture without text borrows its neighbours' words."""
_WORDLESS = 0.3
"""The most that a picture without text can be near in subject."""
_BEST_PICTURES = 3
"""The number of a model's pictures that count beside the nearest: those that fit best."""
_SURE = 1000.0
"""Further than any distance: the place of a document that is a reference itself."""
_TIE = 0.001
"""What a model's other pictures count for where its nearest is the reference itself."""


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
        self._looks = looks
        self._own = looks if own is None else own
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
        return dict(zip(self._ids, self._pull(reference, self._measure(reference), semantic_ratio), strict=True))

    def _measure(self, reference: Reference) -> Distances:
        return self._descriptors.distances(reference.look)

    def _pull(self, reference: Reference, looks: Distances, semantic_ratio: float) -> Sequence[float]:
        if not semantic_ratio:
            return looks.features
        subjects = self._subjects(reference, looks)
        shares = (1 - semantic_ratio, semantic_ratio * _SUBJECT, semantic_ratio * (1 - _SUBJECT))
        return [
            shares[0] * feature + shares[1] * (1 - subject) + shares[2] * mood
            for feature, mood, subject in zip(looks.features, looks.mood, subjects, strict=True)
        ]

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
        documents: Mapping[str, Sequence[str]],
        like: Sequence[Reference],
        unlike: Sequence[Reference],
        semantic_ratio: float,
    ) -> list[str]:
        """Order documents, each with the ids of the assets that show it, from near to far.

        A reference that is itself among the documents comes first, one to be unlike last. What is more in the manner
        of an `unlike` picture than of the `like` ones falls. Without `like`, the order is from the farthest to the
        nearest.
        """
        liked, unliked = ([(each.look, self._measure(each)) for each in references] for references in (like, unlike))
        far: Sequence[float]
        if like:
            pulls = [self._pull(one, looks, semantic_ratio) for one, (_, looks) in zip(like, liked, strict=True)]
            shown = [self._by_document(documents, each, _nearest) for each in pulls]
            far = shown[0] if len(shown) == 1 else [sum(each) / len(shown) for each in zip(*shown, strict=True)]
            if unlike:
                falls = self._by_document(documents, push(liked, unliked), _mean)
                far = [one + fall for one, fall in zip(far, falls, strict=True)]
        else:
            pulls = [
                away(self._pull(one, looks, semantic_ratio), looks)
                for one, (_, looks) in zip(unlike, unliked, strict=True)
            ]
            shown = [self._by_document(documents, each, _nearest) for each in pulls]
            far = [-min(each) for each in zip(*shown, strict=True)]
        sure = self._sure(documents, like, unlike)
        places = dict(zip(documents, far, strict=True)) | sure
        return sorted(places, key=places.__getitem__)

    def _sure(
        self, documents: Mapping[str, Sequence[str]], like: Sequence[Reference], unlike: Sequence[Reference]
    ) -> dict[str, float]:
        """Return the places of assets that are a reference themselves: the same id, or else the same picture."""
        places: dict[str, float] = {}
        for references, place in ((like, -_SURE), (unlike, _SURE)):
            looks = {each.look for each in references}
            for asset_id, look in self._looks.items():
                if look in looks:
                    places[asset_id] = place if asset_id in self._own else place / 2
        places |= {each.asset_id: -2 * _SURE for each in like if each.asset_id is not None}
        places |= {each.asset_id: 2 * _SURE for each in unlike if each.asset_id is not None}
        return {key: place for key, place in places.items() if tuple(documents.get(key, ())) == (key,)}

    def _by_document(
        self,
        documents: Mapping[str, Sequence[str]],
        numbers: Sequence[float],
        combine: Callable[[Sequence[float]], float],
    ) -> list[float]:
        """Return one number for each document of those of its pictures."""
        by_id = dict(zip(self._ids, numbers, strict=True))
        return [
            by_id[asset_ids[0]] if len(asset_ids) == 1 else combine([by_id[asset_id] for asset_id in asset_ids])
            for asset_ids in documents.values()
        ]


def _nearest(distances: Sequence[float]) -> float:
    """Return how far a document is by its pictures, its thumbnail first.

    A picture that is the reference makes it near whatever the others are; otherwise one picture alone counts less than
    several that fit.
    """
    best = sorted(distances)[:_BEST_PICTURES]
    mean = sum(best) / len(best)
    return math.sqrt(max(0.0, best[0] * mean)) + _TIE * (mean + distances[0])


def _mean(numbers: Sequence[float]) -> float:
    return sum(numbers) / len(numbers)
