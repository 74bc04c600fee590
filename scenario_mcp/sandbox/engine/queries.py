"""Queries: text parsed into terms in order, and excluded words and phrases."""

from collections.abc import Sequence
from dataclasses import dataclass

from scenario_mcp.sandbox.engine.postings import Phrase, Postings
from scenario_mcp.sandbox.engine.terms import Subset, Term, typos_allowed
from scenario_mcp.sandbox.engine.tokens import MAX_WORD_BYTES, Token, tokenize

MAX_TERMS = 10
"""The most words and phrases of a query that count (Meilisearch)."""
MAX_TOKENS = 1000
_HARD_STEP = 7


@dataclass(frozen=True, slots=True)
class Query:
    """The terms of a query, in order, and the words and phrases that it excludes."""

    terms: tuple[Subset, ...]
    excluded: tuple[Phrase, ...]


def parse_query(text: str, postings: Postings) -> Query:
    """Read words, `"phrases"`, `-words` and `-"phrases"`; the last word, if nothing follows it, is a prefix."""
    return _Parser(postings).parse(tokenize(text)[:MAX_TOKENS])


class _Parser:
    def __init__(self, postings: Postings) -> None:
        self._postings = postings
        self._terms: list[Subset] = []
        self._excluded: list[Phrase] = []
        self._phrase: list[str] | None = None
        self._phrase_start = self._phrase_end = 0
        self._is_excluding = False
        self._is_phrase_excluded = False
        self._position = -1

    def parse(self, tokens: Sequence[Token]) -> Query:
        is_after_blank = True
        for place, token in enumerate(tokens):
            if len(self._terms) >= MAX_TERMS:
                return self._query()
            if token.is_separator:
                self._read_separator(token)
                self._is_excluding = self._phrase is None and token.text == "-" and is_after_blank
            else:
                self._read_word(token.text, is_last=place == len(tokens) - 1)
            is_after_blank = token.text[-1].isspace()
        self._end_phrase()
        return self._query()

    def _query(self) -> Query:
        return Query(tuple(self._terms), tuple(self._excluded))

    def _read_word(self, word: str, *, is_last: bool) -> None:
        self._position += 1
        if self._phrase is not None:
            if not self._phrase:
                self._phrase_start = self._position
            self._phrase_end = self._position
            self._phrase.append(word)
        elif self._is_excluding:
            self._excluded.append((word,))
            self._is_excluding = False
        else:
            is_short = len(word.encode()) <= MAX_WORD_BYTES
            most_typos = typos_allowed(word) if is_short else 0
            term = Term(self._postings, word, most_typos=most_typos, is_prefix=is_last and is_short)
            self._add(term, self._position, self._position)

    def _read_separator(self, token: Token) -> None:
        if token.is_hard:
            self._position += _HARD_STEP
            if self._phrase is not None:
                # A phrase does not span the end of a sentence: the rest is another phrase.
                is_excluded = self._is_phrase_excluded
                self._end_phrase()
                self._phrase, self._is_phrase_excluded = [], is_excluded
        if token.text == '"':
            if self._phrase is not None:
                self._end_phrase()
            else:
                self._phrase, self._is_phrase_excluded = [], self._is_excluding

    def _end_phrase(self) -> None:
        if self._phrase:
            phrase = tuple(self._phrase)
            if self._is_phrase_excluded:
                self._excluded.append(phrase)
            else:
                self._add(Term(self._postings, phrase=phrase), self._phrase_start, self._phrase_end)
        self._phrase, self._is_phrase_excluded = None, False

    def _add(self, term: Term, start: int, end: int) -> None:
        number = len(self._terms)
        self._terms.append(Subset(term, start, end, number, number))
