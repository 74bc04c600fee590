"""What the demo tells how to go on with: this program by a way that stays, never a path of a cache that goes away."""

import json
from pathlib import Path
from typing import Any

import pytest

from scenario_mcp import cli
from scenario_mcp.errors import SettingsRefused
from scenario_mcp.hosts import launch, request
from scenario_mcp.hosts.launch import Launch, own_launch
from scenario_mcp.terminal import demo


def _run(monkeypatch: pytest.MonkeyPatch, folder: Path | None, found: Any) -> dict[str, Any]:
    """Run the command where it is started like this; return what the demonstration is given."""
    given: list[dict[str, Any]] = []

    def run(save_to: Path | None, **options: Any) -> int:
        given.append({"folder": save_to, **options})
        return 0

    monkeypatch.setattr(demo, "run", run)
    monkeypatch.setattr(launch, "own_launch", found)
    monkeypatch.setattr(request, "own_launch", found)
    arguments = [] if folder is None else ["--save-to", str(folder)]
    assert cli.run(["demo", *arguments], {"SCENARIO_SDK_API_KEY": "half of a pair", "UV": "/x"}) == 0
    return given[0]


def test_under_uvx_it_is_called_through_uvx(monkeypatch: pytest.MonkeyPatch) -> None:
    through_uvx = Launch("/home/me/.local/bin/uvx", ("--from", "/home/me/source", "scenario-mcp"))
    given = _run(monkeypatch, None, lambda _: through_uvx)
    assert (given["folder"], given["program"]) == (None, "/home/me/.local/bin/uvx --from /home/me/source scenario-mcp")
    assert json.loads(given["by_hand"]) == {
        "mcpServers": {
            "scenario": {
                "command": "/home/me/.local/bin/uvx",
                "args": ["--from", "/home/me/source", "scenario-mcp", "--sandbox"],
            }
        }
    }


def test_in_a_cache_without_its_program_it_says_how_to_install_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def refuse(_: object) -> Launch:
        return own_launch({"PATH": str(tmp_path)}, f"{tmp_path}/archive-v0/x")

    given = _run(monkeypatch, tmp_path, refuse)
    with pytest.raises(SettingsRefused) as refused:
        refuse(None)
    assert given == {"folder": tmp_path, "program": "scenario-mcp", "by_hand": str(refused.value)}
    assert "Install it to stay: uv tool install scenario-mcp" in given["by_hand"]
