"""EXIF orientation: read from bytes that may be anything, and what it asks for."""

import struct

_TAG, _SHORT, _LONG = 0x0112, 3, 4
_ORDERS = {b"II*\0": "<", b"MM\0*": ">"}
_NAMES = (b"Exif\0\0", b"Exif\0", b"\0\0\0\x06Exif\0\0", b"\0\0\0\0")
"""What may stand before the header: the name in a JPEG, or where a box says that the header begins."""
_MAX_TAGS = 1000
UPRIGHT = 1
_LAST = 8
_FIRST_ON_ITS_SIDE = 5


def read_orientation(exif: bytes) -> int:
    """Return the orientation, 1 to 8; 1 where the bytes hold none."""
    for name in _NAMES:
        if exif.startswith(name) and exif[len(name) : len(name) + 4] in _ORDERS:
            exif = exif[len(name) :]
            break
    order = _ORDERS.get(exif[:4])
    if order is None:
        return UPRIGHT
    try:
        (place,) = struct.unpack_from(order + "I", exif, 4)
        (count,) = struct.unpack_from(order + "H", exif, place)
        for number in range(min(count, _MAX_TAGS)):
            tag, kind, _ = struct.unpack_from(order + "HHI", exif, place + 2 + 12 * number)
            if tag == _TAG:
                layout = {_SHORT: "H", _LONG: "I"}.get(kind, "B")
                (value,) = struct.unpack_from(order + layout, exif, place + 2 + 12 * number + 8)
                return value if UPRIGHT <= value <= _LAST else UPRIGHT
    except struct.error:
        pass
    return UPRIGHT


def upright_size(size: tuple[int, int], orientation: int) -> tuple[int, int]:
    """Return the width and height of the picture once it is turned."""
    return (size[1], size[0]) if orientation >= _FIRST_ON_ITS_SIDE else size
