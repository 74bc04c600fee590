"""Terms of a query and their derivations: the word itself, longer words, words with typos, a split into two words."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import IntEnum
from typing import NamedTuple

from scenario_mcp.sandbox.engine.postings import Phrase, Postings
from scenario_mcp.sandbox.engine.tokens import MAX_WORD_BYTES
from scenario_mcp.sandbox.engine.vocabulary import (
    NO_DERIVATIONS,
    NO_WORDS,
    TABLED_BYTES,
    TABLED_WORDS,
    Derivations,
    Words,
)

ONE_TYPO_BYTES = 5
TWO_TYPOS_BYTES = 9


def typos_allowed(word: str) -> int:
    """Return how many typos a word of the query may have."""
    size = len(word.encode())
    return (size >= ONE_TYPO_BYTES) + (size >= TWO_TYPOS_BYTES)


@dataclass(eq=False, slots=True)
class Term:
    """A word, a phrase, or adjacent words of the query written as one (`ngram`); compared by identity."""

    postings: Postings = field(repr=False)
    word: str = ""
    phrase: Phrase | None = None
    ngram: tuple[str, ...] | None = None
    most_typos: int = 0
    is_prefix: bool = False
    _exact: Words | None = field(default=None, init=False, repr=False)
    _without_typos: Words | None = field(default=None, init=False, repr=False)
    _derivations: Derivations | None = field(default=None, init=False, repr=False)
    _split: Phrase | None = field(default=(), init=False, repr=False)

    @property
    def exact(self) -> Words:
        """The word itself, if a document has it."""
        if self._exact is None:
            is_known = self.phrase is None and self.postings.vocabulary.has(self.word)
            self._exact = frozenset((self.word,)) if is_known else NO_WORDS
        return self._exact

    @property
    def without_typos(self) -> Words:
        """The word itself and, of a prefix, the words that begin with it."""
        if self._without_typos is None:
            is_sought = self.is_prefix and len(self.word.encode()) <= MAX_WORD_BYTES
            self._without_typos = self.postings.vocabulary.starting_with(self.word) if is_sought else self.exact
        return self._without_typos

    @property
    def is_frequent_beginning(self) -> bool:
        """Whether it is a short prefix of so many words that Meilisearch has a table of their documents.

        Before the term to its left, then, only the word itself counts as near.
        """
        is_short = self.is_prefix and len(self.word.encode()) <= TABLED_BYTES
        return is_short and len(self.without_typos) >= TABLED_WORDS

    @property
    def derivations(self) -> Derivations:
        """Words with typos."""
        if self._derivations is None:
            vocabulary, most = self.postings.vocabulary, self.most_typos
            found = vocabulary.derivations(self.word, most, is_prefix=self.is_prefix) if most else NO_DERIVATIONS
            self._derivations = found
        return self._derivations

    @property
    def split(self) -> Phrase | None:
        """The word split into two."""
        if self._split == ():
            self._split = self.postings.split_in_two(self.word, self.ngram if self.most_typos <= 1 else None)
        return self._split


class Spelling(IntEnum):
    """How much of a term's own spelling a subset has."""

    NONE = 0
    EXACT = 1
    WITH_PREFIXES = 2


class Subset(NamedTuple):
    """Some derivations of a term, and its place in the query: positions, and numbers of terms."""

    term: Term
    start: int
    end: int
    first_id: int
    last_id: int
    spelling: Spelling = Spelling.WITH_PREFIXES
    has_one_typo: bool = True
    has_two_typos: bool = True
    is_mandatory: bool = False

    @property
    def size(self) -> int:
        """How many terms of the query it covers."""
        return self.last_id - self.first_id + 1

    @property
    def phrase(self) -> Phrase | None:
        """The phrase, if the term is one."""
        return self.term.phrase if self.spelling else None

    @property
    def most_typos(self) -> int:
        """The largest number of typos; two words in place of one count as one."""
        term = self.term
        if term.most_typos == 0:
            return 1 if term.phrase is None else 0
        if term.most_typos > 1 and self.has_two_typos:
            return 2
        return 1 if self.has_one_typo else 0

    def words(self) -> Words:
        """Return the single words."""
        term = self.term
        if not self.has_one_typo and not self.has_two_typos:
            return self._own_words()
        if not self.spelling and self.has_one_typo != self.has_two_typos:
            return term.derivations.one if self.has_one_typo else term.derivations.two
        one = term.derivations.one if self.has_one_typo else NO_WORDS
        return self._own_words() | one | (term.derivations.two if self.has_two_typos else NO_WORDS)

    def phrases(self) -> tuple[Phrase, ...]:
        """Return the phrases: the term itself, or one word as two."""
        if self.term.phrase is not None:
            return (self.term.phrase,)
        return (self.term.split,) if self.has_one_typo and self.term.split is not None else ()

    def exact_words(self) -> Phrase | None:
        """Return the words that must be there for an exact match; None if there can be none."""
        term = self.term
        if term.ngram is not None or not self.spelling:
            return None
        if term.phrase is not None:
            return term.phrase
        return (term.word,) if term.exact else None

    def only_exact(self) -> "Subset":
        """Return the subset without prefixes and typos, which must not be left out then."""
        return self._replace(spelling=Spelling.EXACT, has_one_typo=False, has_two_typos=False, is_mandatory=True)

    def documents(self) -> int:
        """Return the documents with any of it."""
        postings = self.term.postings
        found = postings.documents(self._own_words())
        if self.has_one_typo:
            found |= postings.documents(self.term.derivations.one)
        if self.has_two_typos:
            found |= postings.documents(self.term.derivations.two)
        for phrase in self.phrases():
            found |= postings.documents_with_phrase(phrase)
        return found

    def documents_in_parts(self) -> Iterator[int]:
        """Yield the documents with any of it, more and more of its words at a time."""
        postings = self.term.postings
        yield postings.documents(self._own_words())
        for is_sought, words in zip((self.has_one_typo, self.has_two_typos), self.term.derivations, strict=True):
            if is_sought:
                yield from postings.documents_in_parts(words)
        for phrase in self.phrases():
            yield postings.documents_with_phrase(phrase)

    def _own_words(self) -> Words:
        if not self.spelling or self.term.phrase is not None:
            return NO_WORDS
        return self.term.without_typos if self.spelling == Spelling.WITH_PREFIXES else self.term.exact
