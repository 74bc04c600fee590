"""The count of the files of a folder that may become assets: walked beside the reading, so that its end can be told."""

import threading

from scenario_mcp.sandbox.file_kinds import kind_of_file
from scenario_mcp.sandbox.folders import Folders
from scenario_mcp.sandbox.own_catalogue.walk import FoundFile, walk


class FileCount:
    """The files of folders, counted once, in a thread of its own."""

    def __init__(self, folders: Folders) -> None:
        self._folders = folders
        self._thread: threading.Thread | None = None
        self._stopping = False
        self.files = 0
        """How many files are counted so far."""

    def start(self) -> None:
        """Begin to count, if that is not done already."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._walk, name="count", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """Count no further."""
        self._stopping = True

    def _walk(self) -> None:
        for root in self._folders.roots:
            try:
                for found in walk(root.path, root.prefix):
                    if self._stopping:
                        return
                    self.files += isinstance(found, FoundFile) and kind_of_file(found.name) is not None
            except OSError:  # the reading itself tells it
                continue
