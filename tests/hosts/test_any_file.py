"""Whatever a host's file holds, this server goes in and comes out, and nothing else changes."""

import copy
import json
import os
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scenario_mcp.hosts import config_file
from scenario_mcp.hosts.host import Host
from scenario_mcp.hosts.installation import FileRefused
from scenario_mcp.hosts.table import BY_NAME
from tests.support.examples import examples
from tests.support.host_files import put, taken_out

NAMES = st.text(st.characters(exclude_characters="\x7f"), max_size=6)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | NAMES,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(NAMES, inner, max_size=2),
    max_leaves=4,
)
SERVERS = st.dictionaries(NAMES, VALUES, max_size=3)


def has_half_characters(value: object) -> bool:
    """Whether JSON can hold this in escapes only."""
    return re.search("[\ud800-\udfff]", json.dumps(value, ensure_ascii=False)) is not None


@st.composite
def json_texts(draw: st.DrawFn) -> str:
    """JSON in any layout, with comments and trailing commas where lines end."""
    top = draw(st.dictionaries(NAMES, VALUES, max_size=2))
    if draw(st.booleans()):
        top = {**top, "mcpServers": draw(SERVERS)}
    is_ascii = draw(st.booleans()) or has_half_characters(top)
    text = json.dumps(top, indent=draw(st.sampled_from([None, 1, 2, 4, "\t"])), ensure_ascii=is_ascii)
    lines = []
    for line in text.split("\n"):
        end = draw(st.sampled_from(["", "", " ", ' // a "note"', " /* two\n lines */"])) if line[-1:] in ",{[" else ""
        lines.append(line + end)
    text = "\n".join(lines) if len(lines) > 1 else text
    text += draw(st.sampled_from(["", "\n", "\n\n", "\n// the end"]))
    text = draw(st.sampled_from(["", "// begin\n", "\n"])) + text
    return text.replace("\n", draw(st.sampled_from(["\n", "\r\n"])))


TOML_PARTS = st.sampled_from(
    [
        "model = 'x' # mine\n",
        "\n",
        "# about what follows\n",
        "[mcp_servers.a]\ncommand = 'b'\n",
        "[mcp_servers.a.env]\nX = '''\n[mcp_servers.scenario]\n'''\n",
        "[mcp_servers.'b c']\nargs = [\n  'x', # y\n]\n",
        "[other]\nmcp_servers.scenario = 1\n",
        "[[list]]\na = 1\n",
        "[[list]]\na = {b = 1}\n",
        "  [spaced]\n  a = 1979-05-27\n",
    ]
)
YAML_PARTS = st.sampled_from(
    [
        "a: 1  # one\n",
        "\n",
        "# about what follows\n",
        "b:\n  - x\n  - y: |\n      text\n\n",
        "extensions:\n  # first\n  dev:\n    enabled: true\n\n  git: {a: 1}\n",
        "extensions: {}  # empty\n",
        "extensions:\n",
        "extensions:\n    deep:\n        args: [1,\n          2]\n        text: >-\n          one\n\n          two\n",
        "c: 'quoted: # no comment'\n",
        "d: &x {e: 1}\nf: *x\n",
    ]
)


def _texts(name: str) -> st.SearchStrategy[str]:
    parts = {"cursor": json_texts(), "codex": _joined(TOML_PARTS), "goose": _joined(YAML_PARTS)}
    return parts[name]


def _joined(parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    texts = st.lists(parts, max_size=6, unique=True).map("".join)
    return st.tuples(texts, st.sampled_from(["\n", "\r\n"]), st.booleans()).map(
        lambda made: (made[0].rstrip("\n") if made[2] else made[0]).replace("\n", made[1])
    )


@pytest.mark.parametrize("name", ["cursor", "codex", "goose"])
@settings(max_examples=examples(12), suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(data=st.data())
def test_whatever_a_file_holds_it_is_the_same_afterwards(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, data: st.DataObject
) -> None:
    monkeypatch.setattr(os, "fsync", lambda _: None)
    host, raw = BY_NAME[name], data.draw(_texts(name)).encode()
    path = tmp_path / "file"
    path.write_bytes(raw)
    before = _held(raw, host)
    try:
        what = put(path, host)
    except FileRefused:
        assert before is None or name == "codex"  # keys that stand twice; a table that is closed
        assert path.read_bytes() == raw
        return
    assert what == "written"
    assert before is not None
    after = _held(path.read_bytes(), host)
    assert after is not None
    entry = after[host.path[0]].pop("scenario")
    assert entry["args"] == ["--sandbox"]
    if not before.get(host.path[0]):
        assert after.pop(host.path[0]) == {}
        before.pop(host.path[0], None)
    assert after == before
    beside = config_file.copy_path(path)
    if data.draw(st.booleans()):
        beside.unlink()
        assert taken_out(path, host) in {"removed", "deleted"}
        left = _held(path.read_bytes(), host) if path.exists() else {}
        assert left is not None
        if not left.get(host.path[0]):
            left.pop(host.path[0], None)
        assert left == before
    else:
        assert taken_out(path, host) == "restored"
        assert path.read_bytes() == raw
        assert not beside.exists()


def _held(raw: bytes, host: Host) -> dict[str, Any] | None:
    """Return what a file holds; None if it is none of its format."""
    try:
        document = config_file.Content.parse(raw, host.format).document
        return copy.deepcopy(document.data)
    except Exception:  # noqa: BLE001  # any refusal
        return None
