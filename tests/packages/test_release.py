"""When `python -m scripts.release` makes nothing. What it makes: test_packages.py."""

import re
from pathlib import Path

import pytest

from scripts.packages.project import read_version
from scripts.release import __main__ as command
from scripts.release import changelog
from tests.support.packages import REPOSITORY, ROOT, committed, git

pytestmark = pytest.mark.processes


def test_the_changelog_and_the_tags_of_images_name_the_version_of_the_source() -> None:
    version = read_version(ROOT)
    assert changelog.top((ROOT / "CHANGELOG.md").read_text("utf-8"))[0] == version
    for name in command.NAMED_IN:
        tags = re.findall(r"(?:scenario-mcp:|newTag: \")([\d.]+)", (ROOT / name).read_text("utf-8"))
        assert set(tags) == {version}, name
        assert (ROOT / name).read_text("utf-8").count(version) == len(tags), name


PROJECT = f"""
[project]
name = "scenario-mcp"
description = "A project."
license = "MIT"
requires-python = ">=3.11"
authors = [{{ name = "Somebody" }}]
keywords = []
dependencies = ["mcp>=2.3,<2.4"]
urls = {{ Repository = "{REPOSITORY}" }}
"""
CHANGES = "# Changelog\n\n## 0.2.0 (unreleased)\n\n- A line.\n\n## 0.1.0 (2026-01-01)\n\n- The first.\n"


LOCK = """
[[package]]
name = "scenario-mcp"

[package.metadata]
requires-dist = [
    { name = "mcp", specifier = ">=2.3,<2.4" },
    { name = "pytest", marker = "extra == 'dev'", specifier = ">=8" },
]
"""


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """Make a repository that is just large enough to be refused."""
    (tmp_path / "scenario_mcp").mkdir()
    (tmp_path / "scenario_mcp" / "__init__.py").write_text('"""A package."""\n\n__version__ = "0.1.0"\n', "utf-8")
    (tmp_path / "pyproject.toml").write_text(PROJECT, "utf-8")
    (tmp_path / "CHANGELOG.md").write_text(CHANGES, "utf-8")
    (tmp_path / "uv.lock").write_text(LOCK, "utf-8")
    for name in command.NAMED_IN:
        (tmp_path / name).parent.mkdir(parents=True)
        (tmp_path / name).write_text("scenario-mcp:0.1.0\n", "utf-8")
    return committed(tmp_path)


def _refusal(root: Path, capsys: pytest.CaptureFixture[str], version: str = "0.2.0") -> str:
    before = git(root, "status", "--porcelain")
    assert command.main([version, "--without-mcpb"], root) == 2
    assert git(root, "status", "--porcelain") == before
    return capsys.readouterr().err.removeprefix("Nothing is changed:\n- ").rstrip("\n")


def test_it_refuses_a_branch_that_is_not_main(small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    git(small, "switch", "--quiet", "--create", "other")
    assert _refusal(small, capsys) == "The branch is not main. Type: git switch main"


def test_it_refuses_a_work_tree_that_is_not_clean(small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (small / "notes.txt").write_text("not for everybody", "utf-8")
    assert _refusal(small, capsys) == "The work tree is not clean. Commit or remove first:\n?? notes.txt"


def test_it_refuses_a_version_that_has_a_tag(small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    git(small, "tag", "v0.2.0")
    assert _refusal(small, capsys) == "The tag v0.2.0 exists. Choose a new version."


@pytest.mark.parametrize(
    ("version", "sentence"),
    [
        ("0.0.9", "0.0.9 is older than 0.1.0."),
        ("v0.2.0", "A version is three numbers, such as 0.2.0, not 'v0.2.0'."),
        ("0.2", "A version is three numbers, such as 0.2.0, not '0.2'."),
    ],
)
def test_it_refuses_a_version_that_cannot_come_next(
    small: Path, capsys: pytest.CaptureFixture[str], version: str, sentence: str
) -> None:
    assert _refusal(small, capsys, version) == sentence


def test_it_refuses_a_changelog_that_says_nothing_new(small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    log = small / "CHANGELOG.md"
    log.write_text(CHANGES.replace("unreleased", "2026-02-02"), "utf-8")
    git(small, "commit", "--quiet", "--all", "--message", "Say nothing")
    assert _refusal(small, capsys) == (
        "CHANGELOG.md has no unreleased entries. Add them under `## 0.2.0 (unreleased)`."
    )
    log.write_text(CHANGES.replace("- A line.\n\n", ""), "utf-8")
    git(small, "commit", "--quiet", "--all", "--message", "Say less")
    assert _refusal(small, capsys) == "CHANGELOG.md has an unreleased heading without entries."


def test_it_refuses_a_lock_that_does_not_fit(small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (small / "pyproject.toml").write_text(PROJECT.replace("<2.4", "<2.5").replace('"]', '", "rich"]'), "utf-8")
    git(small, "commit", "--quiet", "--all", "--message", "Ask for more")
    assert _refusal(small, capsys) == "uv.lock does not fit pyproject.toml (mcp, rich). Type: uv lock"


def test_it_refuses_a_project_without_an_address(small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (small / "pyproject.toml").write_text(PROJECT.replace("urls = ", "# urls = "), "utf-8")
    git(small, "commit", "--quiet", "--all", "--message", "Hide")
    assert _refusal(small, capsys) == (
        "pyproject.toml does not say where the source is published. The links of all packages lead there. Add:\n"
        '  [project.urls]\n  Repository = "https://github.com/OWNER/scenario-mcp"'
    )


def test_packages_that_are_not_good_leave_the_files_as_they_were(
    small: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(command, "build", lambda *_: None)
    monkeypatch.setattr(command, "problems", lambda _: ["The wheel is empty."])
    assert command.main(["0.2.0", "--without-mcpb"], small) == 1
    assert capsys.readouterr().err == (
        "The packages are not good; the files are as they were:\n- The wheel is empty.\n"
    )
    assert (git(small, "status", "--porcelain"), git(small, "tag")) == ("", "")


def test_a_build_that_fails_leaves_the_files_as_they_were(small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (small / "pyproject.toml").write_text(PROJECT.replace('license = "MIT"', 'license = "none of ours"'), "utf-8")
    git(small, "commit", "--quiet", "--all", "--message", "Break")
    assert command.main(["0.2.0", "--without-mcpb"], small) == 1
    told = capsys.readouterr().err
    assert told.startswith("The sdist does not build.\n")
    assert told.endswith("\nThe files are as they were.\n")
    assert (git(small, "status", "--porcelain"), git(small, "tag")) == ("", "")
