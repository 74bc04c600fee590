"""What README.md and docs/ take from the code, held against the code and the sandbox."""

import ast
import base64
import json
import re
from collections.abc import Collection, Iterator
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from scenario_mcp.hosts.table import BY_NAME
from scripts.pages.__main__ import PARTS, ROOT, written
from scripts.pages.answers import EXAMPLES, answered
from scripts.pages.hosts import web_link

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


def _sentences(beginnings: Collection[str]) -> Iterator[str]:
    """Yield every text of the modules that hold such beginnings, with … in place of what is put into it."""
    for path in sorted(PACKAGE.rglob("*.py")):
        source = path.read_text("utf-8")
        if not any(each in source for each in beginnings):
            continue  # to parse all takes seconds
        for node in ast.walk(ast.parse(source)):
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
    longest = (max(message.split("…"), key=len).strip() for message in told)
    texts = "\0".join(_sentences({" ".join(part.split()[:3]) for part in longest}))
    assert [message for message in told if message not in texts] == []


def test_a_link_adds_the_samples_as_the_hosts_file_would_have_them() -> None:
    query = parse_qs(urlsplit(web_link(BY_NAME["cursor"])).query)
    assert query["name"] == ["scenario-sandbox"]
    assert json.loads(base64.b64decode(query["config"][0])) == {"command": "scenario-mcp", "args": ["--sandbox"]}
    (inner,) = parse_qs(urlsplit(web_link(BY_NAME["vscode"])).query)["url"]
    assert inner.startswith("vscode:mcp/install?")
    assert json.loads(unquote(inner.partition("?")[2])) == {
        "name": "scenario-sandbox",
        "type": "stdio",
        "command": "scenario-mcp",
        "args": ["--sandbox"],
    }
