"""The wheel and the sdist: complete, and the suite's smoke part runs from them."""

import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from email.parser import HeaderParser
from pathlib import Path

import pytest

from tests.packages.conftest import ROOT, VERSION, Release, git

pytestmark = pytest.mark.processes


def test_the_sdist_holds_everything_that_git_does(release: Release) -> None:
    with tarfile.open(release.packages.sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert names - {"PKG-INFO"} == set(git(release.root, "ls-files").splitlines())


def test_the_wheel_holds_the_whole_package_and_nothing_else(release: Release) -> None:
    with zipfile.ZipFile(release.packages.wheel) as archive:
        names = set(archive.namelist())
    information = {name for name in names if name.startswith(f"scenario_mcp-{VERSION}.dist-info/")}
    assert names - information == set(git(release.root, "ls-files", "scenario_mcp").splitlines())
    assert {name.partition("/")[2] for name in information} == {
        "METADATA",
        "RECORD",
        "WHEEL",
        "entry_points.txt",
        "licenses/LICENSE",
    }


def test_its_description_leads_to_the_files_of_the_release(release: Release) -> None:
    with zipfile.ZipFile(release.packages.wheel) as archive:
        text = archive.read(f"scenario_mcp-{VERSION}.dist-info/METADATA").decode()
    metadata = HeaderParser().parsestr(text)
    assert metadata["Description-Content-Type"] == "text/markdown"
    description = metadata.get_payload()
    assert isinstance(description, str)
    readme = (ROOT / "README.md").read_text("utf-8")
    ours = re.findall(r"\]\((?!https?:)([^)#]+)", readme)
    assert ours
    base = "https://github.com/example/scenario-mcp/blob/v9.8.7/"
    raw = "https://raw.githubusercontent.com/example/scenario-mcp/v9.8.7/"
    led = re.findall(r"\]\(([^)]+)", description)
    assert [target for target in led if not target.startswith("https://")] == []
    named = {target.removeprefix(base).removeprefix(raw).partition("#")[0] for target in led}
    assert set(ours) <= named
    assert all((ROOT / name).exists() for name in set(ours))


def test_the_smoke_part_of_the_suite_runs_from_the_wheel_and_the_sdist(release: Release, tmp_path: Path) -> None:
    source = tmp_path / "source"
    with tarfile.open(release.packages.sdist) as archive:
        archive.extractall(source, filter="data")
    (folder,) = source.iterdir()
    shutil.rmtree(folder / "scenario_mcp")  # what is left must come from the wheel
    python = _environment_with(release.packages.wheel, tmp_path / "environment")
    done = subprocess.run(  # noqa: S603  # our own words
        [python, "-m", "pytest", "-q", "-n", "0", "-p", "no:cacheprovider", "-m", "smoke", *_smoke_files()],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"^\d\d passed", done.stdout.splitlines()[-1])


def _smoke_files() -> list[str]:
    """Name the files with such tests, so that no other is imported."""
    tests = ROOT / "tests"
    return sorted(
        path.relative_to(ROOT).as_posix()
        for path in tests.rglob("test_*.py")
        if path != Path(__file__) and "mark.smoke" in path.read_text("utf-8")
    )


def _environment_with(wheel: Path, folder: Path) -> Path:
    """Make an environment that has the wheel, and beside it what this one has but the project."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)  # noqa: S603  # our own words
    python = folder / ("Scripts" if sys.platform == "win32" else "bin") / "python"
    packages = subprocess.run(  # noqa: S603  # our own words
        [python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"],
        capture_output=True,
        text=True,
        check=True,
    )
    # A path in a file of paths comes after the environment's own, and its own files of paths are not read: so an
    # editable installation of the project in it is not seen.
    paths = [path for path in sys.path if path.endswith("site-packages")]
    (Path(packages.stdout.strip()) / "tests.pth").write_text("\n".join(paths), "utf-8")
    uv = shutil.which("uv")
    install = [uv, "pip", "install", "--python"] if uv else [sys.executable, "-m", "pip", "--python"]
    words = [python] if uv else [python, "install", "--no-index"]
    subprocess.run([*install, *words, "--quiet", "--no-deps", wheel], check=True)  # noqa: S603  # our own words
    where = subprocess.run(  # noqa: S603  # our own words
        [python, "-c", "import scenario_mcp; print(scenario_mcp.__file__)"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=True,
    )
    assert Path(where.stdout.strip()).is_relative_to(folder)
    return python
