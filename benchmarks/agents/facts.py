"""Facts that an answer must state, and whether what a model wrote states them, however it is worded."""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

_URI = re.compile(r"scenario://(?:assets|models)/([^/]+)(?:/image)?")
_ID = re.compile(r"[A-Za-z0-9._-]+")
_NUMBER = re.compile(r"-?\d[\d,_ \u00a0\u202f']*(?:\.\d+)?")
_UNITS = {"kb": 1e3, "mb": 1e6, "gb": 1e9, "kib": 2**10, "mib": 2**20, "gib": 2**30}
_DAY_FORMS = ("%d %B %Y", "%B %d %Y", "%d %b %Y", "%b %d %Y")
_YES, _NO = {"yes", "true"}, {"no", "false", "none"}


class Unreadable(ValueError):
    """What was said cannot be read as the kind of fact that it should be."""


def id_of(said: object) -> str:
    """Read an id, alone, in a resource URI, or in an object."""
    text = str(said.get("id") if isinstance(said, Mapping) else said).strip(" \"'`")
    if found := _URI.fullmatch(text):
        text = found[1]
    if not _ID.fullmatch(text):
        raise Unreadable(f"{_short(said)} is not an id")
    return text


def words_of(said: object) -> str:
    """Read a text: letters and digits count, case, blanks and punctuation do not."""
    folded = unicodedata.normalize("NFKC", str(said)).casefold()
    return " ".join(re.findall(r"\w+", folded))


def number_of(said: object) -> float:
    """Read a number, with thousands separators or a unit of bytes if it has some."""
    if isinstance(said, bool):
        raise Unreadable("a number is wanted")
    if isinstance(said, int | float):
        return float(said)
    text = str(said).strip().casefold()
    found = _NUMBER.findall(text)
    if len(found) != 1:
        raise Unreadable(f"{_short(said)} is not one number")
    unit = re.search(r"[a-z]+", text[text.index(found[0]) + len(found[0]) :])
    return float(re.sub(r"[^\d.-]", "", found[0])) * _UNITS.get(unit[0] if unit else "", 1)


def day_of(said: object) -> date:
    """Read a day, with a time or without, in ISO 8601 or as a person writes it."""
    text = str(said).strip()
    if re.match(r"\d{4}-\d{2}-\d{2}", text):
        return date.fromisoformat(text[:10])
    plain = re.sub(r"(?<=\d)(?:st|nd|rd|th)\b|,|\.", " ", text)
    for form in _DAY_FORMS:
        try:
            return datetime.strptime(" ".join(plain.split()), form).replace(tzinfo=UTC).date()
        except ValueError:
            continue
    raise Unreadable(f"{_short(said)} is not a day")


def size_of(said: object) -> tuple[int, int]:
    """Read width and height: 768x1024, 768 x 1024, [768, 1024]."""
    if isinstance(said, Mapping):
        said = [said.get("width"), said.get("height")]
    numbers = re.findall(r"\d+", str(said))
    if len(numbers) != 2:  # noqa: PLR2004  # a width and a height
        raise Unreadable(f"{_short(said)} is not a width and a height")
    return int(numbers[0]), int(numbers[1])


def truth_of(said: object) -> bool:
    """Read yes or no."""
    word = words_of(said).split(" ")[0]
    if word not in _YES | _NO:
        raise Unreadable(f"{_short(said)} is neither yes nor no")
    return word in _YES


def _list_of(said: object) -> Sequence[object]:
    """Read a list; one that was written as a text is taken apart at its commas."""
    if isinstance(said, list | tuple):
        return said
    if said is None or (isinstance(said, str) and words_of(said) in {"", "none", "empty"}):
        return []
    return [part for part in re.split(r"[,;\n]", said) if part.strip()] if isinstance(said, str) else [said]


_READERS: Mapping[str, Callable[[object], Any]] = {
    "id": id_of,
    "text": words_of,
    "number": number_of,
    "day": day_of,
    "size": size_of,
    "yes": truth_of,
}
_LISTS = {"ids": "id", "texts": "text"}


@dataclass(frozen=True)
class Fact:
    """One field of an answer: what it means, what kind of fact it is, and what is right.

    Kinds: `id`, `text`, `number`, `day`, `size` (width and height), `yes`; `ids` and `texts` (all of them, in any
    order); `some` (so many different ids as `count` says, all of them right ones); `table` (a value of kind `values`
    for each id). A right text may be a list: any of its entries is right.
    """

    name: str
    means: str
    kind: str
    right: Any
    count: int = 1
    within: float = 0
    """How far a number may be off, as a share of it."""
    values: str = "text"

    def complaint(self, answer: Mapping[str, object]) -> str | None:
        """Say what is wrong with the answer, None if it states the fact."""
        if self.name not in answer:
            return f"{self.name} is missing"
        try:
            wrong = self._judged(answer[self.name])
        except (Unreadable, ValueError) as error:
            return f"{self.name}: {error}"
        return f"{self.name}: {wrong}" if wrong else None

    def _judged(self, said: object) -> str | None:
        if self.kind == "table":
            return self._table(said)
        if self.kind == "some":
            return self._some(said)
        if self.kind in _LISTS:
            return self._all(said, _READERS[_LISTS[self.kind]])
        return None if self._same(self.kind, said, self.right) else f"{_short(said)}, but it is {_short(self.right)}"

    def _same(self, kind: str, said: object, right: Any) -> bool:
        if kind == "number":
            return bool(abs(number_of(said) - right) <= self.within * abs(right))
        read = _READERS[kind]
        return read(said) in {read(each) for each in _alternatives(kind, right)}

    def _all(self, said: object, read: Callable[[object], Any]) -> str | None:
        given = {read(each) for each in _list_of(said)}
        wanted = [{read(each) for each in _alternatives("text", right)} for right in self.right]
        missing = [min(each) for each in wanted if not each & given]
        extra = sorted(given - set().union(*wanted))
        parts = [f"{word} {_short(', '.join(each))}" for word, each in (("missing", missing), ("wrong", extra)) if each]
        return "; ".join(parts) or None

    def _some(self, said: object) -> str | None:
        given = {id_of(each) for each in _list_of(said)}
        wrong = sorted(given - set(self.right))
        if wrong:
            return f"wrong {_short(', '.join(wrong))}"
        return None if len(given) == self.count else f"{len(given)} given, {self.count} asked for"

    def _table(self, said: object) -> str | None:
        if not isinstance(said, Mapping):
            raise Unreadable("an object is wanted, with a value for each id")
        given = {id_of(key): value for key, value in said.items()}
        if given.keys() != self.right.keys():
            return (
                f"missing {sorted(self.right.keys() - given.keys())}; wrong {sorted(given.keys() - self.right.keys())}"
            )
        wrong = [key for key, value in given.items() if not self._same(self.values, value, self.right[key])]
        return f"{wrong[0]}: {_short(given[wrong[0]])}, but it is {_short(self.right[wrong[0]])}" if wrong else None


def _alternatives(kind: str, right: Any) -> list[Any]:
    return list(right) if kind in {"text", "id"} and isinstance(right, list | tuple) else [right]


def _short(value: object) -> str:
    text = str(value)
    return text if len(text) <= 160 else f"{text[:159]}…"  # noqa: PLR2004  # a line of a report
