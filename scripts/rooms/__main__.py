"""Write the table of rooms into CONTRIBUTING.md: `python -m scripts.rooms`.

Each row is a room, or a module beside the rooms, with the first line of its docstring. A test compares them.
"""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "scenario_mcp"
CONTRIBUTING = ROOT / "CONTRIBUTING.md"
TABLE = re.compile(r"(?s)(?<=<!-- rooms: begin -->\n).*?(?=<!-- rooms: end -->)")


def first_line(path: Path) -> str:
    """Return what a module's docstring says in its first line."""
    return (ast.get_docstring(ast.parse(path.read_text("utf-8"))) or "").partition("\n")[0]


def table() -> str:
    """Return the table, in Markdown: rooms with their inner rooms, then the modules beside them."""
    packages = sorted(path for path in PACKAGE.rglob("__init__.py") if path.parent != PACKAGE)
    rooms = [(f"{path.parent.relative_to(PACKAGE).as_posix()}/", path) for path in packages]
    modules = [(path.name, path) for path in sorted(PACKAGE.glob("*.py")) if not path.name.startswith("__")]
    rows = [f"| `{name}` | {first_line(path)} |\n" for name, path in [*rooms, *modules]]
    return "| Room or module | Holds |\n|---|---|\n" + "".join(rows)


def main() -> None:
    """Put the table where the old one stands."""
    text = CONTRIBUTING.read_text("utf-8")
    CONTRIBUTING.write_text(TABLE.sub(lambda _: table(), text), "utf-8")


if __name__ == "__main__":
    main()
