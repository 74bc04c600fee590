"""What a file is by the ending of its name: the kind and the MIME type of the asset that it becomes."""

from collections.abc import Mapping
from typing import NamedTuple

from scenario_mcp.picture_formats import FORMATS


class FileKind(NamedTuple):
    """A kind of asset, as Scenario names it, and a MIME type."""

    kind: str
    mime_type: str

    @property
    def is_picture(self) -> bool:
        """Whether the file is opened to read its size and its notes."""
        return self.kind == "image"

    @property
    def is_text(self) -> bool:
        """Whether the first part of the file is its content."""
        return self.kind in {"text", "json"}


_BY_ENDING: Mapping[str, FileKind] = {
    ending: FileKind(kind, mime_type)
    for kind, mime_types in {
        "image": {each.mime_type: " ".join(each.suffixes) for each in FORMATS},
        "image-hdr": {"application/x-radiance": "hdr", "application/x-exr": "exr"},
        "video": {"video/mp4": "mp4 m4v", "video/webm": "webm", "video/quicktime": "mov", "video/x-matroska": "mkv"},
        "audio": {
            "audio/mpeg": "mp3",
            "audio/wav": "wav",
            "audio/ogg": "ogg oga opus",
            "audio/flac": "flac",
            "audio/mp4": "m4a",
            "audio/aac": "aac",
        },
        "3d": {
            "model/gltf-binary": "glb",
            "model/gltf+json": "gltf",
            "model/obj": "obj",
            "model/stl": "stl",
            "model/vnd.usdz+zip": "usdz",
            "application/x-fbx": "fbx",
            "application/x-ply": "ply",
        },
        "text": {"text/plain": "txt", "text/markdown": "md", "text/csv": "csv"},
        "json": {"application/json": "json"},
        "document": {"application/pdf": "pdf"},
    }.items()
    for mime_type, endings in mime_types.items()
    for ending in endings.split()
}


def kind_of_file(name: str) -> FileKind | None:
    """Return what a file of this name becomes; None if it is no asset."""
    return _BY_ENDING.get(name.rpartition(".")[2].lower()) if "." in name else None


def ending_of(mime_type: str) -> str | None:
    """Return the usual ending of a file of this MIME type, without the dot; None if it is no asset's."""
    return next((ending for ending, each in _BY_ENDING.items() if each.mime_type == mime_type), None)
