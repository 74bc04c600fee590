"""Keywords: which documents have the words of a query, and which have them best."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from scenario_mcp.sandbox.catalogue import Document
from scenario_mcp.sandbox.values import values_at

MAX_WORDS = 10
"""Words of a query that count (Meilisearch)."""

Words: TypeAlias = Sequence[Sequence[str]]
"""The words of a document, one list for each searched attribute; an empty string parts the members of a list."""
Rank: TypeAlias = tuple[int, int, int]
"""How badly a document fits: terms it lacks, attributes before those with the terms, terms found as a start only."""

_TERM = re.compile(r'(?<!\S)(?P<minus>-?)"(?P<phrase>[^"]*)"?|(?P<word>[^\s"]+)')
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Term:
    """Words that must stand side by side: one word, or a phrase. The last one may be the start of a longer word."""

    words: tuple[str, ...]
    is_start: bool = False

    def find(self, attribute: Sequence[str]) -> int | None:
        """Return 0 if the term is in an attribute, 1 if only as the start of a word, None if it is not."""
        size = len(self.words)
        if size == 1:
            word = self.words[0]
            if word in attribute:
                return 0
            return 1 if self.is_start and any(found.startswith(word) for found in attribute) else None
        places = range(len(attribute) - size + 1)
        return 0 if any(tuple(attribute[place : place + size]) == self.words for place in places) else None


@dataclass(frozen=True, slots=True)
class Query:
    """What a query asks for, in order, and what it excludes."""

    terms: tuple[Term, ...]
    excluded: tuple[Term, ...] = ()

    def rank(self, words: Words) -> Rank | None:
        """Return how a document fits that has all terms and nothing excluded, None for any other."""
        rank = self.rank_loosely(words)
        return rank if rank is not None and rank[0] == 0 else None

    def rank_loosely(self, words: Words) -> Rank | None:
        """Return how a document fits that has at least one of the terms and nothing excluded, None for any other."""
        if any(term.find(attribute) is not None for term in self.excluded for attribute in words):
            return None
        found = [place for term in self.terms if (place := _place(term, words)) is not None]
        if self.terms and not found:
            return None
        return len(self.terms) - len(found), sum(place for place, _ in found), sum(loose for _, loose in found)

    def without_last(self) -> "Query":
        """Return the query with its last term dropped."""
        return Query(self.terms[:-1], self.excluded)


def parse_query(text: str) -> Query:
    """Read words, `"phrases"`, `-words` and `-"phrases"`; the last word, if nothing follows it, may be a start."""
    terms: list[Term] = []
    excluded: list[Term] = []
    for match in _TERM.finditer(text):
        raw = match["word"] if match["phrase"] is None else match["phrase"]
        words = tuple(split_words(raw))
        if not words:
            continue
        if match["minus"] or (match["word"] or "").startswith("-"):
            excluded.append(Term(words))
        elif match["phrase"] is not None:
            terms.append(Term(words))
        else:
            is_start = match.end() == len(text) and text[-1].isalnum()
            terms += [Term((word,)) for word in words[:-1]]
            terms.append(Term(words[-1:], is_start))
    return Query(_limited(terms), tuple(excluded))


def index_words(document: Document, paths: Sequence[str]) -> Words:
    """Collect the words of a document, attribute by attribute."""
    return [_attribute_words(document, path) for path in paths]


def split_words(text: str) -> list[str]:
    """Split text into words without case and accents."""
    decomposed = unicodedata.normalize("NFKD", text)
    return _WORD.findall("".join(letter for letter in decomposed if not unicodedata.combining(letter)).lower())


def find(query: Query, words_by_id: Mapping[str, Words], *, loosely: bool) -> dict[str, Rank]:
    """Return the documents that fit, each with how well.

    All terms must be there; while no document has them, the last one is dropped, but never the first. With
    `loosely`, any term will do: a stand-in for Scenario's search by meaning, which knows more than words.
    """
    while True:
        rank = query.rank_loosely if loosely else query.rank
        ranks = {key: found for key, words in words_by_id.items() if (found := rank(words)) is not None}
        if ranks or len(query.terms) <= 1:
            return ranks
        query = query.without_last()


def _place(term: Term, words: Words) -> tuple[int, int] | None:
    """Return the first attribute that has a term, and whether only as a start."""
    for place, attribute in enumerate(words):
        loose = term.find(attribute)
        if loose is not None:
            return place, loose
    return None


def _limited(terms: Sequence[Term]) -> tuple[Term, ...]:
    kept: list[Term] = []
    room = MAX_WORDS
    for term in terms:
        if len(term.words) > room:
            break
        room -= len(term.words)
        kept.append(term)
    return tuple(kept)


def _attribute_words(document: Document, path: str) -> list[str]:
    words: list[str] = []
    for value in values_at(document, path):
        for member in value if isinstance(value, list) else [value]:
            if isinstance(member, str):
                words += [*split_words(member), ""]
    return words
