"""The layout of the index's arrays: documents in blocks, and 32-bit integers for places of words and for values."""

BLOCK_BITS = 12
"""A block has 4,096 documents."""
OFFSET_SHIFT = 20
"""The upper bits of each integer are the document's offset in its block. Below stand, in a place, 4 bits of attribute
and 16 of position, and in an entry the number of a leaf."""
ATTRIBUTE_SHIFT = 16
MOST_COUNTED_WORDS = 30
"""The words of attributes with more are not counted (Meilisearch)."""
EXISTS, IS_NULL, IS_EMPTY, FIRST_LEAF = range(4)
"""Entries that are not leaves, and the first that is."""
LARGEST_CODE = (1 << OFFSET_SHIFT) - 1
"""Beyond a million different values in a block, the rest is not found."""
NOT_IN_WORDS = "\1"
"""The beginning of entries that stand among the words and are none."""


def counted(attribute: int, count: int) -> str:
    """Return the entry among the words for an attribute of so many words."""
    return f"{NOT_IN_WORDS}{attribute}:{count}"
