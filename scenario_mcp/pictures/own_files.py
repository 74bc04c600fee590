"""Files of an own catalogue as reference pictures: a path as hits say it, or one of this machine -> the asset's id."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Protocol

from scenario_mcp.api.references import AssetId, OwnFile, Place
from scenario_mcp.errors import NotFound
from scenario_mcp.file_names import files_alike, other_writings
from scenario_mcp.pictures.local_files import find_file
from scenario_mcp.text import shown


class OwnCatalogue(Protocol):
    """Folders of one's own, whose files are assets."""

    @property
    def folders(self) -> Sequence[Path]:
        """The folders, without symbolic links."""
        ...

    def full_path(self, file: str) -> Path | None:
        """Return where a file lies, by its path as hits say it; None if that leads outside."""
        ...

    def asset_at(self, path: Path) -> str | None:
        """Return the id of the asset whose file lies there; None if it is no asset's."""
        ...


class OwnFiles:
    """Finds the asset that a path means. With `local_files` it may be an absolute path, and a file that is no asset."""

    def __init__(self, catalogue: OwnCatalogue, *, local_files: bool) -> None:
        self._catalogue = catalogue
        self._local_files = local_files

    @property
    def folders(self) -> tuple[Path, ...]:
        """The folders whose files may be read."""
        return tuple(self._catalogue.folders) if self._local_files else ()

    def find(self, place: Place) -> AssetId | Place:
        """Return the id of the asset that is meant, else where to read the file; any other place as it is.

        Raises:
            NotFound: a path as hits say it that is no asset's.

        """
        if isinstance(place, OwnFile):
            return self._below(place)
        if not self._local_files:
            return place
        try:
            asset_id = self._catalogue.asset_at(find_file(place, self.folders))
        except NotFound:  # whoever reads it says why
            return place
        return place if asset_id is None else AssetId(asset_id)

    def _below(self, file: OwnFile) -> AssetId | Place:
        paths = [path for path in map(self._catalogue.full_path, _writings(file)) if path is not None]
        for path in paths:
            if asset_id := self._catalogue.asset_at(path):
                return AssetId(asset_id)
            if self._local_files and path.is_file():
                return Place(path)
        alike = {asset_id: path for path in paths for asset_id, path in self._alike(path)}
        if len(alike) == 1:
            return AssetId(*alike)
        if alike:
            raise NotFound(
                f"{len(alike)} files look like {shown(file)}: {', '.join(sorted(alike))}. Give one of these ids."
            )
        raise NotFound(
            f"There is no file {shown(file)} in the folder. Give an id, or the path as a hit's file says it."
        )

    def _alike(self, path: Path) -> Iterator[tuple[str, Path]]:
        """Yield the assets whose path looks like this one."""
        for folder in self._catalogue.folders:
            if path.is_relative_to(folder):
                for found in map(Path, files_alike(str(folder), path.relative_to(folder).parts)):
                    if asset_id := self._catalogue.asset_at(found):
                        yield asset_id, found


def _writings(file: str) -> Iterator[str]:
    """Yield the path as it is given, as a shell or an address would have it, and with slashes for backslashes."""
    for writing in (file, *other_writings(file), file.replace("\\", "/")):
        yield writing.removeprefix("./")
