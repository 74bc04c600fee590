"""Changes of chunks: some words get other places in one block of a segment, or new words come."""

from array import array
from bisect import bisect_left
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TypeAlias

from scenario_mcp.sandbox.engine import chunks
from scenario_mcp.sandbox.engine.chunks import PLACE_BYTES, BlockWords, Row
from scenario_mcp.sandbox.engine.layout import BLOCK_BITS, OFFSET_SHIFT

Change: TypeAlias = "tuple[Collection[int], Sequence[int]]"
"""The offsets of the documents in whose places a word is no more, and places that it gets, in their order."""


def changed_rows(row: Row | None, blocks: int, block: int, changes: Mapping[str, Change]) -> Iterable[Row]:
    """Return what becomes of a row of a segment, if there is one, with changes of words in a block, by its place there.

    The words are in their order. As a rule the row stays one, and most of it is copied in three pieces.
    """
    if row is None:
        return _cut_anew({}, [{} for _ in range(blocks)], block, changes)
    if row.documents is not None and (change := changes.get(row.first_word)):
        row = row._replace(documents=_changed_bits(row.documents, block, *change))
    changed = _with_other_places(row, blocks, block, changes)
    if changed is not None:
        return [changed]
    contents = dict(chunks.contents_of(row.words, row.starts, row.places))
    return _cut_anew(contents, chunks.bits_of(row, blocks), block, changes)


def _with_other_places(row: Row, blocks: int, block: int, changes: Mapping[str, Change]) -> Row | None:
    """Return a row with the same words; None if there are other words then, or it is to be cut otherwise."""
    words = chunks.words_of(row.words)
    if not changes.keys() <= frozenset(words):
        return None
    starts, new_starts = array("I", row.starts), array("I")
    pieces: list[bytes] = []
    copied, read, growth = 0, 0, 0
    for word, change in changes.items():
        place = bisect_left(words, word)
        at = block * len(words) + place
        first, last = ((starts[each] - starts[0]) * PLACE_BYTES for each in (at, at + 1))
        piece = _changed_places(row.places[first:last], *change)
        pieces += (row.places[read:first], piece)
        new_starts.extend(map(growth.__add__, starts[copied : at + 1]))
        copied, read = at + 1, last
        grown = len(piece) // PLACE_BYTES - (starts[at + 1] - starts[at])
        growth += grown
        total = grown + sum(starts[each + 1] - starts[each] for each in range(place, len(starts) - 1, len(words)))
        if not total or (total >= chunks.FREQUENT * blocks) is (row.documents is None):
            return None
    if row.documents is None and starts[-1] - starts[0] + growth > 2 * chunks.PLACES:
        return None
    new_starts.extend(map(growth.__add__, starts[copied:]))
    pieces.append(row.places[read:])
    return row._replace(starts=new_starts.tobytes(), places=b"".join(pieces))


def _cut_anew(
    contents: dict[str, list[bytes]], bits: Sequence[Mapping[str, bytes]], block: int, changes: Mapping[str, Change]
) -> Iterable[Row]:
    """Return the rows for words with their places, and the bits that are known, in every block of a segment."""
    for word, change in changes.items():
        content = contents.setdefault(word, [b""] * len(bits))
        content[block] = _changed_places(content[block], *change)
        if not any(content):
            del contents[word]
    words = sorted(contents)
    of_blocks = []
    for number, documents in enumerate(bits):
        each = [contents[word][number] for word in words]
        sizes = {word: len(here) // PLACE_BYTES for word, here in zip(words, each, strict=True)}
        of_blocks.append(BlockWords(sizes, b"".join(each), documents))
    return chunks.rows_of_blocks(of_blocks)


def _changed_places(content: bytes, gone: Collection[int], added: Sequence[int]) -> bytes:
    """Return places without those of some documents, by their offsets, and with others, all in their order."""
    places = array("I", content)
    if gone:
        places = array("I", [place for place in places if place >> OFFSET_SHIFT not in gone])
    if added:
        is_behind = not places or places[-1] < added[0]  # as nearly always: new documents go last
        places.extend(added)
        places = places if is_behind else array("I", sorted(places))
    return places.tobytes()


def _changed_bits(bits: bytes, block: int, gone: Iterable[int], added: Iterable[int]) -> bytes:
    """Return a bit for each document of a segment, changed in a block."""
    changed = bytearray(bits)
    base = block << BLOCK_BITS
    for offset in gone:
        document = base + offset
        changed[document >> 3] &= ~(1 << (document & 7))
    for place in added:
        document = base + (place >> OFFSET_SHIFT)
        changed[document >> 3] |= 1 << (document & 7)
    return bytes(changed)
