"""The status of an own catalogue, as everyone may see it: how far its folder is read, and what is not in it.

No sentence here has a path of this machine: callers over HTTP read them.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from scenario_mcp.sandbox.own_catalogue.report import IngestReport, endings_of, passed_over_of
from scenario_mcp.text import clean

_MAX_LABELS = 5
_MAX_LABEL_CHARACTERS = 60


@dataclass(frozen=True, slots=True)
class CatalogueStatus:
    """How far a folder is read at one moment."""

    is_whole: bool = False
    """Whether the folder has been read to its end since the start."""
    is_reading: bool = True
    """Whether it is being read now, by this process or another one, and something in it is new."""
    done: int = 0
    """Files and lines that are done so far."""
    left: int = 0
    """Files and lines that the reading before this one has left in the index, maybe in an earlier process."""
    expected: int = 0
    """Files that there are, as far as they are counted."""
    problem: str = ""
    """Why reading ended early the last time; it completes the sentence "The folder ..."."""
    report: IngestReport | None = None
    """What the last whole reading left."""
    documents_to_describe: int = 0
    """Files and lines that cannot be found by their meaning yet."""
    pictures_to_describe: int = 0
    """Pictures that cannot be found by their looks yet."""
    looked_at: float = 0.0
    """When the folder was last looked at, in seconds since 1970."""

    def progress(self) -> str:
        """Return how far the reading is, such as "1,200 of about 20,000 files"."""
        if self.expected > self.done:
            return f"{self.done:,} of about {self.expected:,} files"
        return f"{self.done:,} files so far"

    def fraction(self) -> float:
        """Return how far the reading is, from 0 to 1."""
        return self.done / self.expected if self.done < self.expected else 0.0

    def note(self, *, found_nothing: bool, by_picture: bool, by_meaning: bool = False) -> str:
        """Return what a search must say of the catalogue; nothing if its hits tell all."""
        if self.problem:
            return (
                f"The catalogue's folder {self.problem}. Searches find the {self.done:,} files read before; "
                "the folder is read again soon."
            )
        if self.is_reading and self.left > self.done:
            return (
                f"The catalogue is being looked at again: {self.progress()}. Searches find what was read "
                "before; repeat the search later for what is new or changed since."
            )
        if self.is_reading:
            return f"The catalogue is still being read: {self.progress()}. Repeat the search later for all."
        if by_picture and self.pictures_to_describe:
            return (
                f"{self.pictures_to_describe:,} pictures cannot be found by their looks yet. Repeat the search later."
            )
        if by_meaning and self.documents_to_describe:
            return (
                f"{self.documents_to_describe:,} files are found by their words only, not by their meaning yet. "
                "Repeat the search later."
            )
        told = [self._contents(self.report)] if found_nothing and self.report is not None else []
        return " ".join(filter(None, [self._unreadable(), *told]))

    def _unreadable(self) -> str:
        """Say which of several folders cannot be read now."""
        problems = self.report.folder_problems if self.report else []
        labels = [each.label for each in problems if not each.is_empty]
        return f"The catalogue's {_folders(labels)} cannot be read now." if labels else ""

    def _contents(self, report: IngestReport) -> str:
        """Say what lies in the folder beside what can be found."""
        left_out = [*filter(None, [passed_over_of(report)])]
        if report.broken:
            files = "broken file" if report.broken == 1 else "broken files"
            left_out.append(f"{report.broken:,} {files} ({endings_of(report.broken_endings)})")
        if not report.done and not left_out:
            return "The catalogue's folder is empty."
        labels = [each.label for each in report.folder_problems if each.is_empty]
        empty = f" The catalogue's {_folders(labels)} {'are' if len(labels) > 1 else 'is'} empty." if labels else ""
        if report.done == report.broken:
            return f"The catalogue's folder has only {' and '.join(left_out)}."
        also = f"The catalogue's folder also has {' and '.join(left_out)}." if left_out else ""
        return f"{also}{empty}".strip()


def _folders(labels: Sequence[str]) -> str:
    """Return labels as words, such as "folder art" or "folders art, refs"."""
    shown = ", ".join(clean(label, _MAX_LABEL_CHARACTERS) for label in labels[:_MAX_LABELS])
    return f"folder{'s' if len(labels) > 1 else ''} {shown}{', ...' if len(labels) > _MAX_LABELS else ''}"
