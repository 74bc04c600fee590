"""Made-up assets in Scenario's shape, and the words that they are searched for by: the same from the same seed.

The vocabulary is that of the samples, then made-up words, by Zipf's law.
"""

import random
import time
from collections import Counter
from collections.abc import Iterator
from typing import Any

from scenario_mcp.sandbox.catalogue import Catalogue
from scenario_mcp.sandbox.engine.tokens import words_of
from scenario_mcp.sandbox.engine.values import searched_text

PROJECT = "proj_sandbox"
VOCABULARY = 30_000
COMMON, USUAL, RARE = slice(0, 100), slice(30, 2000), slice(2000, None)
"""Ranks of words, the most frequent first."""
SYLLABLES = ("ka", "lo", "mi", "ren", "tor", "vas", "el", "dra", "shi", "mon", "gar", "the", "ly", "os", "una", "pri")


class Words:
    """A vocabulary and how often its words come."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        samples = Catalogue.load()
        counted = Counter(
            word
            for asset in samples.assets.values()
            for path in ("metadata.name", "tags", "metadata.prompt", "description")
            for _, word in words_of(searched_text(asset, path))
        )
        made = {word: None for word, _ in counted.most_common()}
        while len(made) < VOCABULARY:
            made["".join(chance.choices(SYLLABLES, k=chance.choice((2, 3, 3, 4))))] = None
        self._words = tuple(made)
        self._weights: list[float] = []
        total = 0.0
        for rank in range(len(self._words)):
            total += 1 / (rank + 3)
            self._weights.append(total)

    def draw(self, count: int) -> list[str]:
        """Return words as a text would have them."""
        return self._chance.choices(self._words, cum_weights=self._weights, k=count)

    def of(self, ranks: slice) -> str:
        """Return a word of some ranks."""
        return self._chance.choice(self._words[ranks])


def documents(count: int, words: Words, chance: random.Random) -> Iterator[dict[str, Any]]:
    """Make up assets."""
    owners = [f"user_{number:03}" for number in range(50)]
    collections = [f"collection_{number:03}" for number in range(80)]
    for number in range(count):
        kind, mime_type = chance.choices(
            [("image", "image/png"), ("image", "image/jpeg"), ("video", "video/mp4"), ("3d", "model/gltf-binary")],
            weights=(70, 15, 10, 5),
        )[0]
        made = 1_600_000_000 + chance.randrange(160_000_000)
        document: dict[str, Any] = {
            "id": f"asset_{number:022}",
            "authorId": chance.choice(owners),
            "collectionIds": chance.sample(collections, chance.choice((0, 0, 1, 2))),
            "createdAt": time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime(made)),
            "updatedAt": time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime(made + chance.randrange(10**6))),
            "metadata": {
                "kind": kind,
                "type": chance.choice(("inference-txt2img", "inference-img2img", "upscale", "uploaded", "canvas")),
                "width": chance.choice((512, 768, 1024, 1536, 2048)),
                "height": chance.choice((512, 768, 1024, 1536, 2048)),
                "name": " ".join(words.draw(chance.choice((1, 2, 3)))),
                "prompt": ", ".join(" ".join(words.draw(chance.choice((2, 4, 6)))) for _ in range(6)),
                "modelId": f"model_{chance.randrange(300):04}",
                "guidance": chance.choice((3.5, 5, 7.5)),
                "numInferenceSteps": chance.choice((20, 28, 40)),
                "seed": str(chance.randrange(2**32)),
                "size": chance.randrange(10**4, 10**7),
            },
            "mimeType": mime_type,
            "nsfw": [],
            "ownerId": PROJECT,
            "privacy": chance.choice(("private", "private", "private", "public")),
            "tags": words.draw(chance.choice((2, 3, 4, 5))),
            "teamId": "team_sandbox",
            "description": " ".join(words.draw(18)) + ".",
            "score": round(chance.random(), 4),
        }
        if document["metadata"]["type"] == "uploaded":
            for name in ("modelId", "guidance", "numInferenceSteps", "seed"):
                del document["metadata"][name]
        yield document
