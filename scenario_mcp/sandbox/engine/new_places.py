"""The places of the words of many documents, attribute by attribute."""

from collections import defaultdict, deque
from collections.abc import Mapping, Sequence
from itertools import compress

from scenario_mcp.sandbox.engine.layout import ATTRIBUTE_SHIFT, MOST_COUNTED_WORDS, counted
from scenario_mcp.sandbox.engine.tokens import collect_words
from scenario_mcp.sandbox.engine.values import Document, searched_texts


def places_of(
    documents: Sequence[Document], offsets: Sequence[int], searchable: Sequence[str]
) -> Mapping[str, list[int]]:
    """Return the places of each word, and of each number of words that an attribute has.

    `offsets` are those of the documents in their block, shifted.
    """
    places: dict[str, list[int]] = defaultdict(list)
    for attribute, path in enumerate(searchable):
        texts = searched_texts(documents, path)
        if not any(texts):
            continue
        words: list[str] = []
        where: list[int] = []
        bases = [offset | attribute << ATTRIBUTE_SHIFT for offset in compress(offsets, texts)]
        counts = collect_words([*filter(None, texts)], bases, words, where)
        deque(map(list[int].append, map(places.__getitem__, words), where), 0)  # in C, as there are many
        by_count: list[list[int]] = [[] for _ in range(MOST_COUNTED_WORDS + 1)]
        for base, count in zip(bases, counts, strict=True):
            if count <= MOST_COUNTED_WORDS:
                by_count[count].append(base)
        places.update({counted(attribute, count): each for count, each in enumerate(by_count) if each})
    return places
