"""Chunks: neighbouring words of the vocabulary with their places in the documents of a segment, as one row.

A segment is one block of documents, or several that were joined. In a chunk, the places in its first block come first,
word by word, so that those of neighbouring words are one piece in each block. A frequent word has a chunk of its own,
which also has a bit for each document.
"""

from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import accumulate, chain, compress, pairwise, repeat
from operator import sub
from types import MappingProxyType
from typing import NamedTuple

from scenario_mcp.sandbox.engine.layout import BLOCK_BITS, OFFSET_SHIFT

SCHEMA = """
CREATE TABLE segments (
    type INTEGER NOT NULL, segment INTEGER NOT NULL, blocks INTEGER NOT NULL, version INTEGER NOT NULL,
    PRIMARY KEY (type, segment)
) WITHOUT ROWID;
CREATE TABLE chunks (
    type INTEGER NOT NULL, segment INTEGER NOT NULL, first_word TEXT NOT NULL,
    words TEXT NOT NULL, documents BLOB, starts BLOB NOT NULL, places BLOB NOT NULL,
    PRIMARY KEY (type, segment, first_word)
) WITHOUT ROWID;
"""
"""A segment has the number of its first block, and with every change another version, drawn at random: what was read of
a version need not be read again, whatever batches were undone."""
FREQUENT = 40
"""Places of a word in a block, on average, that are more to read than a bit for each document is to store."""
PLACES, _WORDS = 2048, 128
"""After so many places or words a chunk ends."""
_ONE = ord("1")
_LINE_END = "\n"
"""What stands between words: no word has it."""
PLACE_BYTES = 4
_BIT_BYTES = 1 << BLOCK_BITS - 3
"""What a bit for each document of a block takes."""


class Chunk(NamedTuple):
    """The places of some words."""

    number_of_words: int
    starts: "array[int]"
    """Where the places of each word begin in each block: the first need not be 0, the last is the end."""
    places: "memoryview[int]"

    @classmethod
    def of_row(cls, number_of_words: int, starts: bytes, places: bytes) -> "Chunk":
        """Read a row."""
        return cls(number_of_words, array("I", starts), memoryview(places).cast("I"))

    def size(self) -> int:
        """Return its bytes."""
        return (len(self.starts) + len(self.places)) * PLACE_BYTES

    def add_places(self, first: int, last: int, segment: int, found: "list[tuple[int, memoryview[int]]]") -> None:
        """Add the places of neighbouring words, by their numbers here, to `found`: blocks and places there."""
        starts, step = self.starts, self.number_of_words
        base = starts[0]
        count = last - first
        block = segment
        for start in range(first, len(starts) - 1, step):
            begin, end = starts[start], starts[start + count]
            if begin < end:
                found.append((block, self.places[begin - base : end - base]))
            block += 1


class Row(NamedTuple):
    """A chunk as it is stored."""

    first_word: str
    words: str
    documents: bytes | None
    starts: bytes
    places: bytes


def words_of(text: str) -> list[str]:
    """Return the words of a chunk."""
    return text[1:-1].split(_LINE_END)


def contents_of(words: str, starts: bytes, places: bytes) -> Iterator[tuple[str, list[bytes]]]:
    """Yield the words of a row, each with its places in every block."""
    read = array("I", starts)
    ends = [(start - read[0]) * PLACE_BYTES for start in read]
    each = [places[first:last] for first, last in pairwise(ends)]
    names = words_of(words)
    for number, word in enumerate(names):
        yield word, each[number :: len(names)]


class BlockWords(NamedTuple):
    """The words of a block in their order, each with the number of its places, and all places, word by word."""

    sizes: Mapping[str, int]
    places: bytes
    documents: Mapping[str, bytes] = MappingProxyType({})
    """A bit for each document that has a word, of words for which they are known."""

    @classmethod
    def of_places(cls, places: "Mapping[str, array[int]]") -> "BlockWords":
        """Put words in order."""
        words = sorted(places)
        each = [*map(places.__getitem__, words)]
        return cls(dict(zip(words, map(len, each), strict=True)), b"".join(each))


def blocks_of_rows(rows: Iterable[Row], count: int) -> list[BlockWords]:
    """Read the rows, in their order, of a segment of so many blocks."""
    sizes: list[dict[str, int]] = [{} for _ in range(count)]
    places: list[list[bytes]] = [[] for _ in range(count)]
    bits: list[dict[str, bytes]] = [{} for _ in range(count)]
    for row in rows:
        words = words_of(row.words)
        starts = array("I", row.starts)
        each = [*map(sub, starts[1:], starts)]
        for block, here in enumerate(bits_of(row, count)):
            first, last = block * len(words), (block + 1) * len(words)
            of_block = each[first:last]
            sizes[block].update(compress(zip(words, of_block, strict=True), of_block))
            begin, end = starts[first] - starts[0], starts[last] - starts[0]
            places[block].append(row.places[begin * PLACE_BYTES : end * PLACE_BYTES])
            bits[block].update(here)
    return [BlockWords(*each) for each in zip(sizes, map(b"".join, places), bits, strict=True)]


def bits_of(row: Row, blocks: int) -> list[dict[str, bytes]]:
    """Return a bit for each document that has the row's word, in every block; nothing if the word is not frequent."""
    if row.documents is None:
        return [{} for _ in range(blocks)]
    return [{row.first_word: row.documents[block * _BIT_BYTES : (block + 1) * _BIT_BYTES]} for block in range(blocks)]


def rows_of_blocks(blocks: Sequence[BlockWords]) -> Iterator[Row]:
    """Yield the rows of a segment of these blocks."""
    words = [*blocks[0].sizes] if len(blocks) == 1 else sorted(frozenset().union(*(block.sizes for block in blocks)))
    sizes = [array("I", map(block.sizes.get, words, repeat(0))) for block in blocks]
    ends = [array("I", accumulate(each, initial=0)) for each in sizes]
    totals = sizes[0] if len(blocks) == 1 else map(sum, zip(*sizes, strict=True))
    for first, last, is_frequent in _cut(totals, FREQUENT * len(blocks)):
        starts = array("I", accumulate(chain.from_iterable([each[first:last] for each in sizes]), initial=0))
        contents = [
            block.places[here[first] * PLACE_BYTES : here[last] * PLACE_BYTES]
            for block, here in zip(blocks, ends, strict=True)
        ]
        documents = None
        if is_frequent:
            each = zip(blocks, contents, strict=True)
            documents = b"".join([block.documents.get(words[first]) or _documents_of(here) for block, here in each])
        text = _LINE_END.join(words[first:last])
        yield Row(words[first], f"{_LINE_END}{text}{_LINE_END}", documents, starts.tobytes(), b"".join(contents))


def _cut(sizes: Iterable[int], most: int) -> Iterator[tuple[int, int, bool]]:
    """Yield where each chunk begins and ends among the words, and whether it is one word with `most` places or more."""
    first = last = total = 0
    for last, size in enumerate(sizes):
        if size >= most:
            if first < last:
                yield first, last, False
            yield last, last + 1, True
            first, total = last + 1, 0
            continue
        total += size
        if total >= PLACES or last - first >= _WORDS:
            yield first, last + 1, False
            first, total = last + 1, 0
    if first <= last and total:
        yield first, last + 1, False


def _documents_of(places: bytes) -> bytes:
    """Return a bit for each document of a block that has a word, by the word's places."""
    digits = bytearray(b"0") * (1 << BLOCK_BITS)
    for place in array("I", places):
        digits[~(place >> OFFSET_SHIFT)] = _ONE
    return int(digits, 2).to_bytes(_BIT_BYTES, "little")
