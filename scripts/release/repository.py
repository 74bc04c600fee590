"""The git repository that a release is made from."""

import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

BRANCH = "main"


@dataclass(frozen=True, slots=True)
class GitRepository:
    """A work tree."""

    root: Path

    def problems(self, tag: str) -> list[str]:
        """Return why nothing can be released from it now, a sentence each."""
        found = []
        if self._git("branch", "--show-current") != BRANCH:
            found.append(f"The branch is not {BRANCH}. Type: git switch {BRANCH}")
        if changed := self._git("status", "--porcelain"):
            found.append(f"The work tree is not clean. Commit or remove first:\n{changed}")
        if self._git("tag", "--list", tag):
            found.append(f"The tag {tag} exists. Choose a new version.")
        return found

    def commit(self, files: Sequence[Path], message: str, tag: str) -> None:
        """Commit these files, and tag the commit."""
        self._git("add", *(str(path) for path in files))
        if self._git("status", "--porcelain", "--untracked-files=no"):
            self._git("commit", "--quiet", "--message", message)
        self._git("tag", "--annotate", "--message", message, tag)

    def _git(self, *words: str) -> str:
        done = subprocess.run(["git", *words], cwd=self.root, check=True, capture_output=True, text=True)  # noqa: S603, S607  # our own words
        return done.stdout.rstrip()
