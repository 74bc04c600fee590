"""Build the site of docs/ into `site/`: `python -m scripts.site`. The build is strict: a broken link or anchor ends it.

The pages are written for a forge, where a link may lead to any file of the repository. The site has the pages of docs/
and some beside them; links to other files lead to the repository if `--repository` names its address, such
as https://forge.example.com/team/scenario-mcp/blob/main, and are plain text otherwise.
"""

import argparse
import os
import posixpath
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
PAGES_OF_THE_ROOT: Mapping[str, str] = {
    "CHANGELOG.md": "changelog.md",
    "README.md": "overview.md",
    "SECURITY.md": "promises.md",
}
"""Files beside docs/ that are pages of the site, by their names there."""
_LINK = re.compile(r"(!?)\[((?:[^\[\]]|\[[^\]]*\])*)\]\(([^()\s]+)\)")


class SiteBroken(Exception):
    """The pages do not make a site: what Zensical says of them."""


def build(target: Path, repository: str = "") -> None:
    """Build the site into a folder, which is replaced.

    Raises:
        SiteBroken: a link or an anchor leads nowhere, or the configuration is wrong.

    """
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        shutil.copy(ROOT / "mkdocs.yml", work)
        shutil.copytree(DOCS, work / "docs")
        for source, page in PAGES_OF_THE_ROOT.items():
            shutil.copy(ROOT / source, work / "docs" / page)
        for path in (work / "docs").rglob("*.md"):
            page = path.relative_to(work / "docs").as_posix()
            path.write_text(for_the_site(path.read_text("utf-8"), page, repository), "utf-8")
        done = subprocess.run(  # our own words
            [sys.executable, "-m", "zensical", "build", "--strict"],
            cwd=work,
            env={**os.environ, "NO_COLOR": "1"},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        if done.returncode:
            told = re.sub(r"\x1b\[[\d;]*m", "", f"{done.stdout}{done.stderr}")
            raise SiteBroken(told.partition("Traceback")[0] or told)
        shutil.rmtree(target, ignore_errors=True)
        shutil.move(work / "site", target)


def for_the_site(text: str, page: str, repository: str = "") -> str:
    """Return a page with links out of docs/ as the site can have them; `page` is its path on the site."""
    folder = PurePosixPath() if page in PAGES_OF_THE_ROOT.values() else PurePosixPath("docs", page).parent
    up = "../" * (len(PurePosixPath(page).parts) - 1)

    def link(found: re.Match[str]) -> str:
        bang, words, target = found.groups()
        if re.match(r"[a-z]+:|#", target):
            return found[0]
        path, sharp, anchor = target.partition("#")
        path = posixpath.normpath((folder / path).as_posix())
        if path in PAGES_OF_THE_ROOT:
            return f"[{words}]({up}{PAGES_OF_THE_ROOT[path]}{sharp}{anchor})"
        if path.startswith("docs/"):
            return f"{bang}[{words}]({target.removeprefix('docs/')})"
        return f"[{words}]({repository.rstrip('/')}/{path})" if repository else words

    return _LINK.sub(link, text)


def main(arguments: Sequence[str] | None = None) -> int:
    """Build the site; return 1 if it is broken."""
    parser = argparse.ArgumentParser(prog="python -m scripts.site", description=__doc__.partition("\n")[0])
    parser.add_argument("--repository", default="", metavar="URL", help="where the files of the repository are shown")
    parser.add_argument("--target", type=Path, default=ROOT / "site", metavar="DIR", help="folder of the site")
    options = parser.parse_args(arguments)
    try:
        build(options.target, options.repository)
    except SiteBroken as error:
        sys.stderr.write(f"{error}\n")
        return 1
    print(f"The site is in {options.target}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
