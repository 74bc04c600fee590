"""What is told of the program, its Python and its packages."""

import sys
from importlib import metadata
from pathlib import Path

import pytest

from scenario_mcp import __version__
from scenario_mcp.doctor.program import examine_packages, examine_program
from tests.support.doctor import SHELL, lines, program, troubles

PIP = f"{sys.executable} -m pip install"


def _version(name: str) -> str:
    versions = {"httpx": "0.27.2", "mcp": "2.4.0", "anyio": "4.12.1", "rich": "14"}
    if name not in versions:
        raise metadata.PackageNotFoundError(name)
    return versions[name]


@pytest.mark.parametrize(
    ("requirement", "line"),
    [
        ("pydantic<3,>=2.11", f"✗ The package pydantic is missing → {PIP} 'pydantic<3,>=2.11'"),
        (
            "httpx<1,>=0.28",
            f"✗ The package httpx is of version 0.27.2, and <1,>=0.28 is needed → {PIP} 'httpx<1,>=0.28'",
        ),
        ("mcp<2.4,>=2.3", f"✗ The package mcp is of version 2.4.0, and <2.4,>=2.3 is needed → {PIP} 'mcp<2.4,>=2.3'"),
    ],
)
def test_a_package_that_is_missing_or_of_another_version_is_named(requirement: str, line: str) -> None:
    others = ["anyio>=4.9", "rich>=14", "pi-heif>=1.2; python_version < '3.15'", 'redis>=8; extra == "http"']
    assert troubles(examine_packages(SHELL, [requirement, *others], _version)) == [line]


@pytest.mark.parametrize(
    ("prefix", "step"),
    [
        ("/home/me/.local/share/uv/tools/scenario-mcp", "uv tool install --reinstall scenario-mcp"),
        ("/home/me/.local/share/pipx/venvs/scenario-mcp", "pipx reinstall scenario-mcp"),
    ],
)
def test_packages_are_put_right_by_what_installed_them(monkeypatch: pytest.MonkeyPatch, prefix: str, step: str) -> None:
    monkeypatch.setattr(sys, "prefix", prefix)
    assert troubles(examine_packages(SHELL, ["pydantic"], _version)) == [f"✗ The package pydantic is missing → {step}"]


def test_a_program_that_works_is_told_with_its_places(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "python").touch()
    own = program(tmp_path)
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    found = lines(examine_program({"PATH": str(tmp_path)}, SHELL))
    version = ".".join(map(str, sys.version_info[:3]))
    assert found == [
        f"✓ scenario-mcp {__version__}, started by {own}",
        f"✓ Python {version}, {tmp_path}/python",
        "✓ The packages that it needs are there",
    ]


def test_another_installation_that_the_name_starts_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("here", "there"):
        (tmp_path / name).mkdir()
        program(tmp_path / name)
    (tmp_path / "here" / "python").touch()
    monkeypatch.setattr(sys, "executable", str(tmp_path / "here" / "python"))
    assert troubles(examine_program({"PATH": str(tmp_path / "there")}, SHELL)) == [
        (
            f"! The name scenario-mcp starts another installation: {tmp_path}/there/scenario-mcp "
            f"→ Remove one of the two, or write the whole path: {tmp_path}/here/scenario-mcp"
        )
    ]


def test_a_program_in_a_cache_that_goes_away_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "prefix", "/home/me/.cache/uv/archive-v0/abc")
    assert troubles(examine_program({"PATH": ""}, SHELL)) == [
        (
            "! This program runs in a cache that may be emptied, and uvx is not on the PATH. "
            "→ Install it to stay: uv tool install scenario-mcp, or pipx install scenario-mcp."
        )
    ]


def test_a_python_that_is_too_old_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scenario_mcp.doctor.program.OLDEST_PYTHON", (9, 1))
    version = ".".join(map(str, sys.version_info[:3]))
    assert troubles(examine_program({"PATH": ""}, SHELL)) == [
        (
            f"✗ Python {version} is too old: 9.1 or later is needed ({sys.executable}) "
            "→ Install scenario-mcp with a later one: uv tool install --python 9.1 scenario-mcp"
        )
    ]


def test_a_program_that_is_not_installed_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def nowhere(name: str) -> list[str]:
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr(metadata, "requires", nowhere)
    root = Path(__file__).parents[2]
    assert troubles(examine_packages(SHELL)) == [
        f"! scenario-mcp runs from its source and is not installed, so its packages are not known → {PIP} {root}"
    ]
