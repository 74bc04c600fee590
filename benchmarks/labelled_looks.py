"""How well models are found by their pictures, and how well an unwanted look stays away, where looks are labelled."""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Self

from benchmarks.labelled_pictures import LabelledPicture
from scenario_mcp.sandbox.similarity.semantic.meanings import Meaning, Meanings
from scenario_mcp.sandbox.similarity.visual.descriptor import describe
from scenario_mcp.sandbox.similarity.visual.ranking import Likeness, Reference

FIRST_MODELS = 2
FIRST_ASSETS = 3
_EXAMPLES = 4
"""The number of pictures of a model that is made up for a look; one for a mixture has more."""


@dataclass(frozen=True, slots=True)
class LabelledLooks:
    """Descriptors with the label of each look, and models with their pictures, the thumbnail first."""

    likeness: Likeness
    descriptors: Mapping[str, bytes]
    labels: Mapping[str, str]
    models: Mapping[str, Sequence[str]]

    @classmethod
    def of(cls, pictures: Mapping[str, LabelledPicture], seed: int, *, with_words: bool = True) -> Self:
        """Describe pictures and make up models: of one look, of one subject, and mixed; words name the subject."""
        descriptors = {key: describe(picture.content) for key, picture in pictures.items()}
        documents = {key: {"description": f"a {picture.subject}"} for key, picture in pictures.items()}
        meanings = Meanings({key: Meaning.of(each) for key, each in documents.items()} if with_words else {})
        labels = {key: picture.look for key, picture in pictures.items()}
        rng = random.Random(seed)  # noqa: S311  # the same models in every run
        models = {label: rng.sample(_having(labels, label), _EXAMPLES) for label in sorted(set(labels.values()))}
        subjects = {key: picture.subject for key, picture in pictures.items()}
        models |= {label: _having(subjects, label) for label in sorted(set(subjects.values()))}
        models |= {f"mixture {number}": rng.sample(sorted(labels), 3 * _EXAMPLES) for number in range(3)}
        return cls(Likeness(descriptors, meanings), descriptors, labels, models)

    def references(self, key: str) -> Iterator[Reference]:
        """Yield a picture as an asset and as a file."""
        yield Reference(self.descriptors[key], key)
        yield Reference(self.descriptors[key])

    def models_found(self, semantic_ratio: float, *, by_thumbnail: bool = False) -> float:
        """Return how often a picture of a model finds it among the first two, or two others that have it as well."""
        found = asked = 0
        for model, pictures in self.models.items():
            for key in pictures[:1] if by_thumbnail else pictures:
                for reference in self.references(key):
                    first = self.likeness.rank(self.models, [reference], [], semantic_ratio)[:FIRST_MODELS]
                    found += model in first or all(key in self.models[other] for other in first)
                    asked += 1
        return found / asked

    def unlike_kept_away(
        self, semantic_ratio: float, *, likes: int = 1, unlikes: int = 1, tries: int = 200, seed: int = 1
    ) -> float:
        """Return how often no picture of the unwanted look is among the first three; without `likes`, too."""
        rng = random.Random(seed)  # noqa: S311  # the same pairs in every run
        shown = {key: (key,) for key in self.descriptors}
        kept = 0
        for number in range(tries):
            wanted, unwanted = rng.sample(sorted(set(self.labels.values())), 2)
            like, unlike = (
                [list(self.references(key))[number % 2] for key in rng.sample(_having(self.labels, look), count)]
                for look, count in ((wanted, likes), (unwanted, unlikes))
            )
            first = self.likeness.rank(shown, like, unlike, semantic_ratio)[:FIRST_ASSETS]
            kept += all(self.labels.get(key) != unwanted for key in first)
        return kept / tries


def _having(labels: Mapping[str, str], label: str) -> list[str]:
    return [key for key, its in labels.items() if its == label]
