"""CONTRIBUTING.md, held against the code."""

import re

from scripts.rooms.__main__ import CONTRIBUTING, PACKAGE, ROOT, TABLE, table

TEXT = CONTRIBUTING.read_text("utf-8")


def test_it_shows_every_room_with_what_its_docstring_says() -> None:
    shown = TABLE.search(TEXT)
    assert shown
    assert shown[0] == table(), "Run `python -m scripts.rooms` and commit the change."


def test_every_room_and_module_says_what_it_holds() -> None:
    rows = table().splitlines()[2:]
    assert all(re.fullmatch(r"\| `[a-z_/.]+` \| [A-Z`][^|]+ \|", row) for row in rows), rows


def test_every_file_that_it_names_exists() -> None:
    named = set(
        re.findall(r"`((?:[a-z_]+/)+[a-z_]*(?:\.[a-z]+)?|[a-z_]+\.(?:py|toml))`", TEXT.partition("## Where")[2])
    )
    assert len(named) > 20
    missing = [name for name in named if not (PACKAGE / name).exists() and not (ROOT / name).exists()]
    assert missing == []


def test_every_step_to_add_something_is_numbered() -> None:
    sections = re.findall(r"(?m)^\*\*(.+)\*\*\n(?=(.*))", TEXT.partition("## Where")[2].partition("## Habits")[0])
    assert len(sections) >= 14
    assert [title for title, first in sections if not first.startswith("1. ")] == []


def test_every_file_that_a_decision_names_exists() -> None:
    texts = [path.read_text("utf-8") for path in (ROOT / "docs" / "decisions").glob("*.md")]
    named = {name for text in texts for name in re.findall(r"`((?:[a-z_]+/)+[a-z_]+\.(?:py|md|html))`", text)}
    assert len(named) > 15
    missing = [name for name in named if not (PACKAGE / name).exists() and not (ROOT / name).exists()]
    assert missing == []


def test_no_module_is_longer_than_a_decision_allows() -> None:
    decision = (ROOT / "docs/decisions/0013-rooms.md").read_text("utf-8")
    (most,) = map(int, re.findall(r"A module over (\d+) lines is split", decision))
    lines = {path.name: len(path.read_text("utf-8").splitlines()) for path in PACKAGE.rglob("*.py")}
    assert {name: count for name, count in lines.items() if count > most} == {}
