"""GIF: the file as it is, or with zeros for its missing end; frames are counted without unpacking them."""

from typing import BinaryIO

from scenario_mcp.imaging.containers import length_of, read_part
from scenario_mcp.imaging.essentials.essential import Essential
from scenario_mcp.imaging.splice import spliced

_FIRST = 13
_COLOURS_FLAG = 0x80
_EXTENSION, _IMAGE, _TRAILER, _GRAPHIC_CONTROL = 0x21, 0x2C, 0x3B, 0xF9
_LONGEST_BLOCK = 256
_MAX_STEPS = 2_000_000
_BUFFER = 1 << 16


class _Bytes:
    """Reads a file byte by byte through a buffer."""

    def __init__(self, file: BinaryIO, place: int) -> None:
        self._file = file
        self._base = place
        self._place = 0
        self._data = b""
        self.short_reads = 0
        """How often there was less than asked for."""

    def take(self, size: int) -> bytes:
        if self._place + size > len(self._data):
            self._base += self._place
            self._data, self._place = read_part(self._file, self._base, _BUFFER), 0
        taken = self._data[self._place : self._place + size]
        self._place += size
        self.short_reads += len(taken) < size
        return taken

    def byte(self) -> int:
        return (self.take(1) or b"\0")[0]


def essential(file: BinaryIO) -> Essential:
    """Count frames up to the end of the file, wherever that is."""
    flags = (read_part(file, 10, 1) or b"\0")[0]
    data = _Bytes(file, _FIRST + _colours(flags))
    frames = hundredths = 0
    steps, kind = _MAX_STEPS, 0
    while steps > 0 and (kind := data.byte()) in {_EXTENSION, _IMAGE}:
        if kind == _IMAGE:
            frames += 1
            colours = _colours((data.take(9)[8:] or b"\0")[0])
            while colours > 0:
                colours -= len(data.take(min(colours, 255))) or colours
            data.take(1)
        elif data.byte() == _GRAPHIC_CONTROL:
            control = data.take(data.byte())
            hundredths += int.from_bytes(control[1:3], "little")
        while steps > 0 and (size := data.byte()):
            data.take(size)
            steps -= 1
        steps -= 1
    seconds = hundredths / 100 if frames > 1 else 0.0
    whole = spliced(file, [range(length_of(file)), bytes(0 if kind == _TRAILER else _LONGEST_BLOCK)])
    is_cut = data.short_reads > 1  # it is one where only the trailer is missing, which shows nothing
    return Essential(whole, b"", b"", max(1, frames), seconds, 8, is_cut=is_cut)


def _colours(flags: int) -> int:
    """Return the size of a table of colours."""
    return 3 << (flags & 7) + 1 if flags & _COLOURS_FLAG else 0
