"""The places of the words of many documents."""

from array import array
from collections import defaultdict, deque
from collections.abc import Mapping, Sequence
from functools import partial
from itertools import chain, compress

from scenario_mcp.sandbox.engine.layout import ATTRIBUTE_SHIFT, MOST_COUNTED_WORDS, OFFSET_SHIFT, counted
from scenario_mcp.sandbox.engine.tokens import collect_words
from scenario_mcp.sandbox.engine.values import KeptValues

_TEXTS_TOGETHER = 512
"""What is made of so many texts stays in the processor's cache."""
_ATTRIBUTE_MASK = (1 << OFFSET_SHIFT - ATTRIBUTE_SHIFT) - 1


def places_of(kept_values: KeptValues, offsets: Sequence[int], searchable: Sequence[str]) -> "Mapping[str, array[int]]":
    """Return the places of each word, and of each number of words that an attribute has, in their order.

    `offsets` are those of the documents in their block, shifted, in their order.
    """
    texts = {attribute: kept_values.texts(path) for attribute, path in enumerate(searchable)}
    texts = {attribute: each for attribute, each in texts.items() if any(each)}
    in_order = [*chain.from_iterable(zip(*texts.values(), strict=True))]
    bases = [offset | attribute << ATTRIBUTE_SHIFT for offset in offsets for attribute in texts]
    bases = [*compress(bases, in_order)]
    in_order = [*filter(None, in_order)]
    names = {attribute: [counted(attribute, count) for count in range(MOST_COUNTED_WORDS + 1)] for attribute in texts}
    places: defaultdict[str, array[int]] = defaultdict(partial(array, "I"))
    for first in range(0, len(in_order), _TEXTS_TOGETHER):
        last = first + _TEXTS_TOGETHER
        words: list[Sequence[str]] = []
        where: list[Sequence[int]] = []
        counts = collect_words(in_order[first:last], bases[first:last], words, where)
        each_places = map(places.__getitem__, chain.from_iterable(words))
        deque(map(array.append, each_places, chain.from_iterable(where)), 0)  # in C, as there are many
        for base, count in zip(bases[first:last], counts, strict=True):
            if count <= MOST_COUNTED_WORDS:
                places[names[base >> ATTRIBUTE_SHIFT & _ATTRIBUTE_MASK][count]].append(base)
    return places
