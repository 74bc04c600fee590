"""Markdown: tables, and code in their cells."""

from collections.abc import Iterable, Sequence


def table(titles: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table of one line a row."""
    lines = [" | ".join(map(_cell, row)) for row in (titles, *rows)]
    return "".join(f"| {line} |\n" for line in (lines[0], *lines[1:])).replace("\n", f"\n|{'---|' * len(titles)}\n", 1)


def code(*texts: str) -> str:
    """Return texts in code spans, separated by commas."""
    return ", ".join(f"`{text}`" for text in texts)


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
