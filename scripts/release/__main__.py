"""Make a release: `python -m scripts.release 0.2.0` does everything but the upload, and prints what to type for that.

The version stands in one place, `scenario_mcp/__init__.py`. This writes it there, into the changelog's heading and the
tags of images, builds and checks the packages, then commits and tags. If anything fails, the files are as they were.
"""

import argparse
import datetime as dt
import shutil
import sys
import tempfile
from pathlib import Path

from scripts.packages.build import BuildFailed, Packages, build
from scripts.packages.checks import has_mcpb, mcpb_problem, problems
from scripts.packages.lock import outdated
from scripts.packages.project import VERSION, read_project, read_version, version_file
from scripts.release import changelog
from scripts.release.repository import GitRepository
from scripts.release.versions import version_problem

ROOT = Path(__file__).resolve().parents[2]
NAMED_IN = ("deploy/kubernetes/kustomization.yaml", "docs/hosting.md")
"""Where the version is named as the tag of an image. It stands there nowhere else."""

NOTES = "notes.md"
"""What the changelog says of the version, for the page of the release."""


def main(arguments: list[str], root: Path = ROOT) -> int:
    """Release; return the exit code."""
    options = _parser().parse_args(arguments)
    version, tag, to = options.version, f"v{options.version}", root / "dist" / options.version
    repository = GitRepository(root)
    found = [*_problems_before(root, version, is_checked_by_mcpb=options.mcpb), *repository.problems(tag)]
    if found:
        print("Nothing is changed:", *found, sep="\n- ", file=sys.stderr)
        return 2
    texts, changed = _texts(root, version)
    try:
        _write(changed)
        shutil.rmtree(to, ignore_errors=True)
        packages = build(root, to, options.remote)
        found = problems(packages)
        if options.mcpb:
            with tempfile.TemporaryDirectory() as folder:
                found += filter(None, [mcpb_problem(packages, Path(folder))])
        if not found:
            (to / NOTES).write_text(f"{changelog.entries(changed[root / 'CHANGELOG.md'])}\n", "utf-8")
            repository.commit([*texts], f"Release {version}", tag)
    except BuildFailed as error:
        _write(texts)
        print(f"{error}\nThe files are as they were.", file=sys.stderr)
        return 1
    except BaseException:
        _write(texts)
        raise
    if found:
        _write(texts)
        print("The packages are not good; the files are as they were:", *found, sep="\n- ", file=sys.stderr)
        return 1
    print(_what_to_type(packages, tag, to.relative_to(root).as_posix()))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m scripts.release", description="Make a release, up to the upload.")
    parser.add_argument("version", help="new version, such as 0.2.0")
    parser.add_argument("--remote", default="", metavar="URL", help="public server over HTTP, for the MCP registry")
    parser.add_argument(
        "--without-mcpb", dest="mcpb", action="store_false", help="do not check the bundle with npm's mcpb"
    )
    return parser


def _problems_before(root: Path, version: str, *, is_checked_by_mcpb: bool) -> list[str]:
    project = read_project(root)
    found = [version_problem(version, project.version)]
    if not project.repository:
        found.append(
            "pyproject.toml does not say where the source is published. The links of all packages lead there. Add:\n"
            '  [project.urls]\n  Repository = "https://github.com/OWNER/scenario-mcp"'
        )
    if names := outdated((root / "uv.lock").read_text("utf-8"), project):
        found.append(f"uv.lock does not fit pyproject.toml ({', '.join(names)}). Type: uv lock")
    try:
        changelog.released((root / "CHANGELOG.md").read_text("utf-8"), version, dt.date.min)
    except changelog.NoEntries as error:
        found.append(str(error))
    if is_checked_by_mcpb and not has_mcpb():
        found.append("The bundle's checker is not installed. Type: npm --prefix tests/packages ci")
    return [each for each in found if each]


def _texts(root: Path, version: str) -> tuple[dict[Path, str], dict[Path, str]]:
    """Return the files that change, as they are and as they will be."""
    log, old = root / "CHANGELOG.md", read_version(root)
    before = {path: path.read_text("utf-8") for path in (version_file(root), log, *map(root.joinpath, NAMED_IN))}
    after = {path: text.replace(old, version) for path, text in before.items()}
    after[log] = changelog.released(before[log], version, dt.datetime.now(dt.UTC).date())
    after[version_file(root)] = VERSION.sub(f'__version__ = "{version}"', before[version_file(root)])
    return before, after


def _write(texts: dict[Path, str]) -> None:
    for path, text in texts.items():
        path.write_text(text, "utf-8")


def _what_to_type(packages: Packages, tag: str, folder: str) -> str:
    return f"""
{packages.project.name} {packages.project.version} is in {folder}, and committed as {tag}. To publish it, type:

  git push origin main {tag}
  gh release create {tag} --verify-tag --notes-file {folder}/{NOTES} {folder}/{packages.bundle.name}
  python -m twine upload {folder}/{packages.sdist.name} {folder}/{packages.wheel.name}
  mcp-publisher login github
  mcp-publisher publish {folder}/server.json

The last one comes last: the registry looks for the package and the bundle. To take everything back before:

  git tag --delete {tag} && git reset --hard HEAD~1
"""


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
