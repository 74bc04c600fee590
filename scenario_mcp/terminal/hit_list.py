"""Hits in a terminal: a table where it is wide enough, else two lines each; in a pipe a line each, with tabs."""

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from rich.cells import cell_len
from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

from scenario_mcp.ids import ResourceType
from scenario_mcp.text import clean, file_path

COLUMNS: Mapping[ResourceType, tuple[str, ...]] = {
    "assets": ("id", "name", "kind", "size", "createdAt", "tags", "file"),
    "models": ("id", "name", "type", "capabilities", "tags", "about"),
}
"""Columns that a line in a pipe has in any case; fields that the filter compares or the order names follow them."""
SAVED = "saved"
"""Where the file of a hit was saved: the last column of a line; in a terminal a sentence names the folder."""
MIN_TITLE_COLUMNS = 20
WIDE_COLUMNS = 110
"""From this width on a table holds all on one line, as a rule."""
MAX_PATH_CHARACTERS = 4_096
MAX_CELL_CHARACTERS = 120
_USUAL = frozenset({*COLUMNS["assets"], *COLUMNS["models"], "width", "height", "uri", "nsfw", "ownerId", SAVED})
_UNITS = ("kB", "MB", "GB", "TB")
_THOUSAND = 1000
_HALF = 0.5

Hits = Sequence[Mapping[str, Any]]


def lines(hits: Hits, resource_type: ResourceType) -> Iterable[str]:
    """Yield a line for each hit: its columns, with tabs between them; a column that it lacks is empty."""
    columns = [*COLUMNS[resource_type], *_asked(hits), *([SAVED] if any(SAVED in hit for hit in hits) else [])]
    for hit in hits:
        yield "\t".join(_cell(hit, column) for column in columns)


def rendered(hits: Hits, resource_type: ResourceType, width: int) -> RenderableType:
    """Return hits as they are shown in a terminal that is so many characters wide."""
    return hit_table(hits, resource_type) if width >= WIDE_COLUMNS else hit_lines(hits, resource_type, width)


def hit_table(hits: Hits, resource_type: ResourceType = "assets") -> Table:
    """Make a table of hits: strangers' text in it is cleaned, and never read as markup."""
    columns = [column for column in (*COLUMNS[resource_type], *_asked(hits)) if any(_cell(hit, column) for hit in hits)]
    table = Table()
    for column in columns:
        table.add_column(column, no_wrap=column in {"id", "kind", "size", "createdAt"})
    for hit in hits:
        table.add_row(*(Text(_cell(hit, column)) for column in columns))
    return table


def hit_lines(hits: Hits, resource_type: ResourceType, width: int) -> Text:
    """Return two lines for each hit: its name and what it is; then its id, by which it is looked up, and its tags."""
    shown = Text()
    _, _, *others = COLUMNS[resource_type]
    beside = [column for column in (*others, *_asked(hits)) if column not in {"tags", "file", "about"}]
    for number, hit in enumerate(hits, 1):
        facts = "".join(f"  {cell}" for column in beside if (cell := _cell(hit, column)))
        title = Text(f"{number:>2} {_title(hit)}", style="bold")
        title.truncate(max(MIN_TITLE_COLUMNS, width - cell_len(facts)), overflow="ellipsis")
        about = Text("   ").append(str(hit["id"])).append("".join(f"  {each}" for each in _about(hit)), style="dim")
        for line in (Text().append_text(title).append(facts), about):
            line.truncate(width, overflow="ellipsis")
            shown.append_text(line).append("\n")
    shown.rstrip()
    return shown


def caption(hit: Mapping[str, Any]) -> str:
    """Return what stands below the picture of a hit."""
    return _title(hit)


def _title(hit: Mapping[str, Any]) -> str:
    return clean(str(hit.get("name") or hit.get("file") or hit.get("about") or hit["id"]), MAX_CELL_CHARACTERS)


def _about(hit: Mapping[str, Any]) -> Iterable[str]:
    return filter(None, (_cell(hit, column) for column in ("file", "tags", "about")))


def _asked(hits: Hits) -> list[str]:
    """Return the fields beside the usual ones that any hit has."""
    return [name for name in dict.fromkeys(name for hit in hits for name in hit) if name not in _USUAL]


def _cell(hit: Mapping[str, Any], column: str) -> str:
    if column == "size" and "width" in hit:
        return f"{hit['width']}x{hit['height']}"
    value = hit.get(column)
    if column == SAVED:
        return file_path(value, MAX_PATH_CHARACTERS) or ""
    if column == "size" and isinstance(value, int):
        return _bytes(value)
    return "" if value is None else clean(str(value), MAX_CELL_CHARACTERS)


def _bytes(number: float) -> str:
    """Return a size in words: 950 B, 1.2 MB."""
    if number < _THOUSAND - _HALF:
        return f"{number:.0f} B"
    power = min(len(_UNITS), int(math.log(number + _HALF, _THOUSAND)))
    return f"{number / _THOUSAND**power:.3g} {_UNITS[power - 1]}"


def print_hits(hits: Hits, resource_type: ResourceType, console: Console) -> None:
    """Print hits as fits the console: for people to a terminal, for programs anywhere else."""
    if console.is_terminal:
        console.print(rendered(hits, resource_type, console.width), soft_wrap=console.width < WIDE_COLUMNS)
    else:
        for line in lines(hits, resource_type):
            console.file.write(f"{line}\n")
