"""How a host is to start this program: a path that stays."""

import json
from pathlib import Path
from types import SimpleNamespace

import pytest

from scenario_mcp.errors import SettingsRefused
from scenario_mcp.hosts.launch import Launch, own_launch


def _program(folder: Path, name: str) -> str:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.touch(mode=0o755)
    return str(path)


@pytest.fixture
def _from_an_index(monkeypatch: pytest.MonkeyPatch) -> None:
    _installed_from(monkeypatch, None)


def _installed_from(monkeypatch: pytest.MonkeyPatch, origin: dict[str, object] | None) -> None:
    """Let this package say so of itself, whichever of several libraries finds packages in this environment."""
    text = None if origin is None else json.dumps(origin)
    monkeypatch.setattr("scenario_mcp.hosts.launch.distribution", lambda _: SimpleNamespace(read_text=lambda _: text))


def test_the_command_of_an_environment_is_named_by_its_path(tmp_path: Path) -> None:
    python, program = _program(tmp_path, "python"), _program(tmp_path, "scenario-mcp")
    assert own_launch({}, str(tmp_path), python) == Launch(program)


def test_the_command_of_windows_has_an_ending(tmp_path: Path) -> None:
    python, program = _program(tmp_path, "python.exe"), _program(tmp_path, "scenario-mcp.exe")
    assert own_launch({}, str(tmp_path), python) == Launch(program)


def test_without_a_command_the_module_is_started(tmp_path: Path) -> None:
    python = _program(tmp_path, "python")
    assert own_launch({}, str(tmp_path), python) == Launch(python, ("-m", "scenario_mcp"))


@pytest.mark.usefixtures("_from_an_index")
@pytest.mark.parametrize("cache", [".cache/uv/archive-v0/x7_K", "uv/cache/builds-v0/.tmpAb", "uv/environments-v2/a-1"])
def test_in_the_cache_of_uv_it_is_started_through_uvx(tmp_path: Path, cache: str) -> None:
    uvx = _program(tmp_path / "bin", "uvx")
    prefix = str(tmp_path / cache)
    python = _program(tmp_path / cache / "bin", "python")
    _program(tmp_path / cache / "bin", "scenario-mcp")
    assert own_launch({"UV": str(tmp_path / "bin/uv")}, prefix, python) == Launch(uvx, ("scenario-mcp",))
    assert own_launch({"PATH": str(tmp_path / "bin")}, prefix, python) == Launch(uvx, ("scenario-mcp",))


@pytest.mark.usefixtures("_from_an_index")
@pytest.mark.parametrize("cache", [".cache/pipx/4f1", ".local/pipx/.cache/4f1", "Library/Caches/pipx/4f1"])
def test_in_the_cache_of_pipx_it_is_started_through_pipx(tmp_path: Path, cache: str) -> None:
    pipx = _program(tmp_path / "bin", "pipx")
    launch = own_launch({"PATH": str(tmp_path / "bin")}, str(tmp_path / cache), "python")
    assert launch == Launch(pipx, ("run", "scenario-mcp"))


def test_what_uv_or_pipx_keep_is_named_by_its_path(tmp_path: Path) -> None:
    for home in (".local/share/uv/tools/scenario-mcp", ".local/pipx/venvs/scenario-mcp"):
        python = _program(tmp_path / home / "bin", "python")
        program = _program(tmp_path / home / "bin", "scenario-mcp")
        assert own_launch({}, str(tmp_path / home), python) == Launch(program)


def test_a_cache_without_its_program_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsRefused) as refused:
        own_launch({"PATH": str(tmp_path)}, str(tmp_path / "uv/archive-v0/x"), "python")
    assert str(refused.value) == (
        "This program runs in a cache that may be emptied, and uvx is not on the PATH. "
        "Install it to stay: uv tool install scenario-mcp, or pipx install scenario-mcp."
    )


@pytest.mark.parametrize(
    ("origin", "spec"),
    [
        ({"url": "file:///home/me/scenario%20mcp", "dir_info": {}}, "/home/me/scenario mcp"),
        ({"url": "https://example.com/scenario_mcp.whl", "archive_info": {}}, "https://example.com/scenario_mcp.whl"),
        (
            {"url": "https://git.example/mcp", "vcs_info": {"vcs": "git", "commit_id": "c0ffee"}},
            "git+https://git.example/mcp@c0ffee",
        ),
        (
            {
                "url": "https://git.example/mcp",
                "vcs_info": {"vcs": "git", "commit_id": "c0ffee", "requested_revision": "v1"},
            },
            "git+https://git.example/mcp@v1",
        ),
    ],
)
def test_what_came_from_elsewhere_than_an_index_is_started_from_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, origin: dict[str, object], spec: str
) -> None:
    _installed_from(monkeypatch, origin)
    uvx = _program(tmp_path, "uvx")
    launch = own_launch({"PATH": str(tmp_path)}, "/uv/archive-v0/x", "python")
    assert launch == Launch(uvx, ("--from", spec, "scenario-mcp"))
