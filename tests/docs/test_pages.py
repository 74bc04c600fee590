"""What README.md and docs/ take from the code, held against the code and the sandbox."""

import ast
import re
from collections.abc import Iterator

import pytest

from scripts.pages.__main__ import PARTS, ROOT, written
from scripts.pages.answers import EXAMPLES, answered

PACKAGE = ROOT / "scenario_mcp"
TROUBLES = (ROOT / "docs" / "troubleshooting.md").read_text("utf-8")
HOSTS_WORDS = "(the host's words)"


@pytest.mark.parametrize("page", dict.fromkeys(page for page, _ in PARTS))
def test_its_parts_are_those_of_the_code(page: str) -> None:
    assert (ROOT / page).read_text("utf-8") == written(page), "Run `python -m scripts.pages` and commit the change."


@pytest.mark.parametrize("page", EXAMPLES)
async def test_its_examples_find_what_it_says(page: str) -> None:
    text = (ROOT / page).read_text("utf-8")
    assert text == await answered(text), "Run `python -m scripts.pages` and commit the change."
    assert "→ ?" not in text


def _sentences() -> Iterator[str]:
    """Yield every text in the package, with … in place of what is put into it."""
    for path in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield node.value
            elif isinstance(node, ast.JoinedStr):
                yield "".join(str(part.value) if isinstance(part, ast.Constant) else "…" for part in node.values)


def test_troubleshooting_is_keyed_by_messages_that_the_program_has() -> None:
    rows = [line.split("|")[1] for line in TROUBLES.splitlines() if line.startswith("| ")]
    told = [
        message for cell in rows if HOSTS_WORDS not in cell for message in re.findall(r"(?<!`)`([^`]+)`(?!`)", cell)
    ]
    assert len(told) > 60
    texts = "\0".join(_sentences())
    assert [message for message in told if message not in texts] == []
