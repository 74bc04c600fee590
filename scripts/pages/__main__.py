"""Write the parts of README.md and docs/ that are made of the code: `python -m scripts.pages`.

Each stands between `<!-- NAME: begin -->` and `<!-- NAME: end -->`; `answers` fills in what the examples find.
A test compares both.
"""

import asyncio
import re
from collections.abc import Callable, Mapping
from pathlib import Path

from scenario_mcp.api.filter_fields import ASSET_FILTER_FIELDS, MODEL_FILTER_FIELDS
from scripts.pages import fields, hosts, tools
from scripts.pages.answers import EXAMPLES, answered

ROOT = Path(__file__).resolve().parents[2]
PARTS: Mapping[tuple[str, str], Callable[[], str]] = {
    ("README.md", "links"): hosts.links,
    ("README.md", "install"): hosts.commands,
    ("docs/tools.md", "tools"): tools.tools,
    ("docs/tools.md", "prompts"): tools.prompts,
    ("docs/tools.md", "resources"): tools.resources,
    ("docs/filters.md", "asset fields"): lambda: fields.filter_fields(ASSET_FILTER_FIELDS),
    ("docs/filters.md", "model fields"): lambda: fields.filter_fields(MODEL_FILTER_FIELDS),
}
"""By page and name: what makes the part."""


def with_part(text: str, name: str, part: str) -> str:
    """Return a page with a part in place of the old one.

    Raises:
        ValueError: the page has no such place, or several.

    """
    found = re.findall(rf"(?s)<!-- {name}: begin -->\n.*?<!-- {name}: end -->", text)
    if len(found) != 1:
        raise ValueError(f"{len(found)} places for {name}")
    return text.replace(found[0], f"<!-- {name}: begin -->\n{part}<!-- {name}: end -->")


def written(page: str) -> str:
    """Return a page with all its parts as the code has them now."""
    text = (ROOT / page).read_text("utf-8")
    for (where, name), make in PARTS.items():
        if where == page:
            text = with_part(text, name, make())
    return text


def main() -> None:
    """Write every page anew."""
    for page in dict.fromkeys(page for page, _ in PARTS):
        (ROOT / page).write_text(written(page), "utf-8")
    for page in EXAMPLES:
        text = (ROOT / page).read_text("utf-8")
        (ROOT / page).write_text(asyncio.run(answered(text)), "utf-8")


if __name__ == "__main__":
    main()
