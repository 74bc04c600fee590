"""The page of results: docs/performance.md, with tables between marks that benchmarks write anew."""

import re
from pathlib import Path

PAGE = Path(__file__).resolve().parents[1] / "docs" / "performance.md"


def read(mark: str) -> str:
    """Return what stands between the marks of that name."""
    found = _between(mark).search(PAGE.read_text("utf-8"))
    if not found:
        raise LookupError(f"{PAGE} has no marks {mark!r}.")
    return found[2]


def write(mark: str, text: str) -> None:
    """Put a text between the marks of that name."""
    page = PAGE.read_text("utf-8")
    PAGE.write_text(_between(mark).sub(lambda found: f"{found[1]}{text}{found[3]}", page), "utf-8")


def _between(mark: str) -> re.Pattern[str]:
    return re.compile(rf"(<!-- {mark}: begin -->\n)(.*)(<!-- {mark}: end -->)", re.DOTALL)
