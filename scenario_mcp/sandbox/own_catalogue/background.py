"""Indexing in the background: the first search waits a little; then all searches find what is indexed so far."""

import logging
import threading
from contextlib import ExitStack
from pathlib import Path
from typing import Self

from scenario_mcp.errors import SettingsRefused
from scenario_mcp.sandbox.catalogue import Catalogue
from scenario_mcp.sandbox.own_catalogue.features import describing
from scenario_mcp.sandbox.own_catalogue.ingest import index_folder, open_index
from scenario_mcp.sandbox.own_catalogue.progress import counts_of
from scenario_mcp.sandbox.own_catalogue.report import IngestReport

_STOP_SECONDS = 1.0
_log = logging.getLogger(__name__)


class _IngestStopped(Exception):
    """The server ends before everything is read."""


class BackgroundIngest:
    """A folder that is indexed in a thread of its own while it is open as a catalogue; use it as a context manager."""

    def __init__(self, folder: Path) -> None:
        """Open the index; raises SettingsRefused when it cannot be used."""
        self._folder = folder
        self._store = open_index(folder)
        self.catalogue = Catalogue.of_store(self._store, folder)
        self._stopping = threading.Event()
        self._describing = ExitStack()
        self._thread = threading.Thread(target=self._index, name="catalogue", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        self._thread.join(_STOP_SECONDS)
        if not self._thread.is_alive():  # else it is within a batch, which the end of the process undoes
            self._describing.close()
            self._store.close()

    def wait(self, seconds: float) -> bool:
        """Wait until everything is read; return whether it is."""
        self._thread.join(seconds)
        if self._thread.is_alive():
            _log.warning("The catalogue is still being read: searches find what is there so far.")
        return not self._thread.is_alive()

    def _index(self) -> None:
        try:
            report = index_folder(self._folder, self._store, self._check)
        except SettingsRefused as error:
            _log.warning("%s", error)
        except _IngestStopped:
            pass
        else:
            _log.log(logging.WARNING if report.broken else logging.INFO, "Catalogue: %s.", counts_of(report))
            self._describing.enter_context(describing(self.catalogue))

    def _check(self, _: IngestReport) -> None:
        if self._stopping.is_set():
            raise _IngestStopped
