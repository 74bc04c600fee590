"""What commands print: JSON or columns for programs, tables for people, and sentences beside what was found."""

import json
import sys
from collections.abc import Iterable, Sequence
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text


def write_json(value: Any, console: Console) -> None:
    """Write a JSON value, escaped where the console's alphabet lacks a letter."""
    is_unicode = console.encoding.lower().startswith("utf")
    console.file.write(json.dumps(value, ensure_ascii=not is_unicode, indent=2) + "\n")


def write_rows(columns: Sequence[str], rows: Iterable[Sequence[str]], console: Console) -> None:
    """Write rows of clean text: as a table to a terminal, anywhere else as lines with tabs between the columns."""
    if not console.is_terminal:
        for row in rows:
            console.file.write("\t".join(row) + "\n")
        return
    table = Table()
    for column in columns:
        table.add_column(column, no_wrap=column == "id")
    for row in rows:
        table.add_row(*map(Text, row))
    console.print(table)


def say(sentence: str) -> None:
    """Print a sentence beside what was found, on stderr."""
    sys.stdout.flush()
    sys.stderr.write(f"{sentence}\n")
