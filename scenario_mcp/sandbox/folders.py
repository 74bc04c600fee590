"""The folders of an own catalogue as one: a path says where a file lies below them, with `/` between its parts.

The files of a single folder have their path below it. With several folders the label of a folder is the first part.
"""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple


class Root(NamedTuple):
    """One folder: its real path, and what stands before the paths of its files, such as `art/` or nothing."""

    path: Path
    prefix: str

    @property
    def label(self) -> str:
        """What stands for it where there are several."""
        return self.prefix.removesuffix("/")


@dataclass(frozen=True, slots=True)
class Folders:
    """Folders of which none lies in another one."""

    roots: tuple[Root, ...]

    @classmethod
    def of(cls, folders: "Path | Iterable[Path] | Folders") -> "Folders":
        """Label each folder by its name. One that is given twice, or lies in another one, counts once."""
        if isinstance(folders, Folders):
            return folders
        given = [folders] if isinstance(folders, Path) else list(folders)
        paths = list(dict.fromkeys(Path(os.path.realpath(each)) for each in given))
        paths = [path for path in paths if not any(path != each and path.is_relative_to(each) for each in paths)]
        if len(paths) == 1:
            return cls((Root(paths[0], ""),))
        labels: list[str] = []
        for path in paths:
            name = path.name or "root"
            numbered = (f"{name} ({number})" if number > 1 else name for number in range(1, len(paths) + 1))
            labels.append(next(label for label in numbered if label not in labels))
        return cls(tuple(Root(path, f"{label}/") for path, label in zip(paths, labels, strict=True)))

    def place(self, path: str) -> tuple[Root, str] | None:
        """Return the folder in which a path lies, and the path below it; None if there is none."""
        for root in self.roots:
            if path.startswith(root.prefix):
                return root, path[len(root.prefix) :]
        return None

    def real_path(self, path: str) -> Path | None:
        """Return where a file lies, without symbolic links; None if that leads out of its folder."""
        placed = self.place(path)
        if placed is None:
            return None
        root, below = placed
        try:
            real = Path(os.path.realpath(root.path / below))
        except (OSError, ValueError):  # a character that no path has
            return None
        return real if real.is_relative_to(root.path) else None

    def path_of(self, real: Path) -> str | None:
        """Return the path of a file by where it lies; None if that is in none of the folders."""
        for root in self.roots:
            if real.is_relative_to(root.path):
                return root.prefix + real.relative_to(root.path).as_posix()
        return None

    def below(self, path: str) -> str:
        """Return a path without the label of its folder."""
        placed = self.place(path)
        return placed[1] if placed else path
