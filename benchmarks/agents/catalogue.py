"""What is true of the sandbox's samples, read from their documents: no search and no filter has a part in it."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from scenario_mcp.sandbox.catalogue import Catalogue

OWN_PROJECT = "proj_sandbox"
LONGEST_WORDS = ("name", "prompt", "description")


class Document:
    """A document whose fields are attributes, by the API's names; those of `metadata` stand beside the others.

    A field that this document lacks is None. A field that no document has is an AttributeError: a misspelling.
    """

    def __init__(self, fields: Mapping[str, Any], known: Iterable[str]) -> None:
        self._fields = fields
        self._known = frozenset(known)

    def __getattr__(self, name: str) -> Any:
        if name not in self._known:
            raise AttributeError(f"No document has a field {name!r}.")
        return self._fields.get(name)

    @property
    def day(self) -> str:
        """The day of creation, YYYY-MM-DD in UTC."""
        return str(self.createdAt)[:10]

    @property
    def touched(self) -> str:
        """The day of the last change, YYYY-MM-DD in UTC."""
        return str(self.updatedAt)[:10]

    @property
    def pixels(self) -> str:
        """Width and height, such as 768x1024."""
        return f"{self.width}x{self.height}"

    def says(self, *words: str) -> bool:
        """Tell whether the name, the prompt or the caption holds one of the words, or begins a word with it."""
        text = " ".join(str(self._fields.get(field) or "") for field in LONGEST_WORDS).casefold()
        return any(f" {word.casefold()}" in f" {text}" for word in words)


class Samples:
    """The samples as expressions see them: `assets`, `models` and `collections` of the project, `public_assets`, ..."""

    def __init__(self, catalogue: Catalogue | None = None) -> None:
        catalogue = catalogue or Catalogue.load()
        assets = list(_documents(catalogue.assets.values()))
        models = list(_documents(catalogue.models.values()))
        collections = list(_documents(catalogue.collections().values()))
        self.names: Mapping[str, Any] = {
            "assets": _newest_first(filter(_is_own, assets)),
            "models": _newest_first(filter(_is_own, models)),
            "public_assets": _newest_first(filter(_is_public, assets)),
            "public_models": _newest_first(filter(_is_public, models)),
            "asset": _finder(assets),
            "model": _finder(models),
            "collections": collections,
            "collection": _finder(collections),
            "ids": ids,
            "days_after": days_after,
            "spoken": spoken,
            "month": month,
            "next_month": next_month,
        }

    def value(self, expression: str, given: Mapping[str, Any] | None = None) -> Any:
        """Return what an expression of the data files says of the samples."""
        return eval(expression, {**self.names, **(given or {})})  # noqa: S307  # our own data files, reviewed like code


def ids(documents: Iterable[Document]) -> list[str]:
    """Return the ids in their order."""
    return [str(each.id) for each in documents]


def days_after(day: str, days: int) -> str:
    """Return the day that is so many days later, or earlier."""
    return (date.fromisoformat(day) + timedelta(days=days)).isoformat()


def spoken(day: str) -> str:
    """Return a day as a person writes it, such as 14 November 2026."""
    return date.fromisoformat(day).strftime("%d %B %Y").lstrip("0")


def month(day: str) -> str:
    """Return the month of a day as a person writes it, such as November 2026."""
    return date.fromisoformat(day).strftime("%B %Y")


def next_month(day: str) -> str:
    """Return the first day of the month after that of a day."""
    return (date.fromisoformat(day).replace(day=1) + timedelta(days=32)).replace(day=1).isoformat()


def _documents(raw: Iterable[Mapping[str, Any]]) -> Iterator[Document]:
    flat = [{**each, **each.get("metadata", {})} for each in raw]
    known = {field for each in flat for field in each}
    return (Document(each, known) for each in flat)


def _newest_first(documents: Iterable[Document]) -> list[Document]:
    return sorted(documents, key=lambda each: str(each.createdAt), reverse=True)


def _is_own(document: Document) -> bool:
    return bool(document.ownerId == OWN_PROJECT)


def _is_public(document: Document) -> bool:
    return bool(document.privacy == "public")


def _finder(documents: list[Document]) -> Callable[[str], Document]:
    def find(name: str) -> Document:
        """Return the only document with this name or id; without one, or with several, the data file is wrong."""
        found = [each for each in documents if name in (each.name, each.id)]
        if len(found) != 1:
            raise LookupError(f"{len(found)} documents are called {name!r}.")
        return found[0]

    return find
