"""Picture formats: one entry each, from which every other part of the package derives its own list."""

import re
from dataclasses import dataclass

MAX_PICTURE_PIXELS = 300_000_000
"""Largest picture that is read at all, whatever its format; 16,384 x 16,384 fits."""
MAX_PICTURE_SIDE = 65_535
"""Largest width or height in pixels."""
_WHOLE_PIXELS = 40_000_000
"""Largest picture that is decoded as a whole, in most formats: at four bytes a pixel."""


@dataclass(frozen=True, slots=True)
class PictureFormat:
    """One format. Clients show those of `SHOWN` as they are; the others become one of them first."""

    name: str
    """As people write it."""
    suffixes: tuple[str, ...]
    """Of file names, in lower case and without the dot; the first is written."""
    signature: bytes
    """A regular expression for the first bytes."""
    plugin: str
    """The class that reads it, with its module. No other reader is ever tried."""
    media_type: str = ""
    """The MIME type, where it is not `image/` and the name."""
    max_pixels: int = _WHOLE_PIXELS
    """Largest picture that is decoded as a whole."""
    max_reduced_pixels: int = 0
    """Largest picture that can be read at a reduced size or in strips, where the reader can do that."""
    package: str = ""
    """What to install where the reader is missing; empty if it is always there."""

    @property
    def mime_type(self) -> str:
        """The MIME type."""
        return self.media_type or f"image/{self.name.lower()}"

    @property
    def pillow_name(self) -> str:
        """The name by which Pillow writes the format."""
        return self.name.upper()


PNG = PictureFormat(
    "PNG", ("png", "apng"), rb"\x89PNG\r\n\x1a\n", "PIL.PngImagePlugin.PngImageFile",
    max_reduced_pixels=MAX_PICTURE_PIXELS,
)  # fmt: skip
JPEG = PictureFormat(
    "JPEG", ("jpg", "jpeg", "jpe", "jfif"), rb"\xff\xd8\xff", "PIL.JpegImagePlugin.JpegImageFile",
    max_reduced_pixels=MAX_PICTURE_PIXELS,
)  # fmt: skip
# WebP and AVIF are decoded to twelve bytes a pixel or more.
WEBP = PictureFormat(
    "WebP", ("webp",), rb"RIFF.{4}WEBP", "scenario_mcp.imaging.still_webp.StillWebP", max_pixels=17_000_000
)  # fmt: skip
GIF = PictureFormat("GIF", ("gif",), rb"GIF8[79]a", "PIL.GifImagePlugin.GifImageFile")
BMP = PictureFormat(
    "BMP", ("bmp", "dib"), rb"BM.{12}[\x0c\x28\x34\x38\x40\x6c\x7c]\0\0\0", "PIL.BmpImagePlugin.BmpImageFile"
)
TIFF = PictureFormat("TIFF", ("tif", "tiff"), rb"II[*+]\0|MM\0[*+]", "PIL.TiffImagePlugin.TiffImageFile")
AVIF = PictureFormat(
    "AVIF", ("avif", "avifs"), rb".{4}ftyp(?:avi[fs]|m[is][fa][1f].{4}(?:.{4}){0,10}?avi[fs])",
    "PIL.AvifImagePlugin.AvifImageFile", max_pixels=17_000_000,
)  # fmt: skip
HEIC = PictureFormat(
    "HEIC", ("heic", "heif", "hif"), rb".{4}ftyp(?:hei[cxms]|hev[cxms]|mif1|msf1)", "pi_heif.HeifImageFile",
    max_pixels=50_000_000, package="pi-heif",
)  # fmt: skip
JXL = PictureFormat(
    "JXL", ("jxl",), rb"\xff\x0a|\0\0\0\x0cJXL \r\n\x87\n", "pillow_jxl.JpegXLImagePlugin.JXLImageFile",
    package="scenario-mcp[formats]",
)  # fmt: skip
JPEG_2000 = PictureFormat(
    "JPEG 2000", ("jp2", "j2k", "jpx", "j2c", "jpf"), rb"\xff\x4f\xff\x51|\0\0\0\x0cjP  \r\n\x87\n",
    "PIL.Jpeg2KImagePlugin.Jpeg2KImageFile", "image/jp2",
)  # fmt: skip
PSD = PictureFormat(
    "PSD", ("psd",), rb"8BPS\0\x01", "PIL.PsdImagePlugin.PsdImageFile", "image/vnd.adobe.photoshop"
)  # fmt: skip
DDS = PictureFormat("DDS", ("dds",), rb"DDS \x7c\0\0\0", "PIL.DdsImagePlugin.DdsImageFile", "image/vnd-ms.dds")
QOI = PictureFormat("QOI", ("qoi",), rb"qoif.{8}[\x03\x04][\0\x01]", "PIL.QoiImagePlugin.QoiImageFile")
ICO = PictureFormat(
    "ICO", ("ico",), rb"\0\0\x01\0[\x01-\x40]\0.{4}[\0\x01]\0", "PIL.IcoImagePlugin.IcoImageFile",
    "image/vnd.microsoft.icon",
)  # fmt: skip
ICNS = PictureFormat("ICNS", ("icns",), rb"icns", "PIL.IcnsImagePlugin.IcnsImageFile")
PNM = PictureFormat(
    "PNM", ("ppm", "pgm", "pbm", "pnm", "pfm"), rb"P[1-6f][ \t\r\n#]", "PIL.PpmImagePlugin.PpmImageFile",
    "image/x-portable-anymap",
)  # fmt: skip
TGA = PictureFormat(
    "TGA", ("tga",),
    rb".(?:\0[\x02\x03\x0a\x0b]\0{5}|\x01[\x01\x09].{4}[\x0f\x10\x18\x20]).{8}[\x01\x08\x0f\x10\x18\x20][\0-\x3f]",
    "PIL.TgaImagePlugin.TgaImageFile", "image/x-tga",
)  # fmt: skip
KRITA = PictureFormat(
    "Krita", ("kra", "krz"), rb"PK\x03\x04.{26}mimetypeapplication/x-krita", PNG.plugin, "application/x-krita",
    max_reduced_pixels=MAX_PICTURE_PIXELS,
)  # fmt: skip
OPEN_RASTER = PictureFormat(
    "OpenRaster", ("ora",), rb"PK\x03\x04.{26}mimetypeimage/openraster", PNG.plugin,
    max_reduced_pixels=MAX_PICTURE_PIXELS,
)  # fmt: skip

SHOWN = (PNG, JPEG, WEBP, GIF)
"""Formats that clients show as they are; the rest is shown by its thumbnail."""
SHOWN_TYPES = frozenset(each.mime_type for each in SHOWN)
SHOWN_NAMES = f"{', '.join(each.name for each in SHOWN[:-1])} or {SHOWN[-1].name}"

FORMATS = (*SHOWN, BMP, TIFF, AVIF, HEIC, JXL, JPEG_2000, PSD, DDS, QOI, ICO, ICNS, PNM, KRITA, OPEN_RASTER, TGA)
"""In the order in which signatures are compared: that of a TGA is a weak one."""
BY_MIME_TYPE = {each.mime_type: each for each in FORMATS}

_SIGNATURES = tuple((re.compile(each.signature, re.DOTALL), each) for each in FORMATS)
_SUFFIXES = tuple(f".{suffix}" for each in FORMATS for suffix in each.suffixes)
SIGNATURE_BYTES = 64
"""How much of a file tells its format."""


def detect_format(data: bytes) -> PictureFormat | None:
    """Return the format that the first bytes show; None if they are those of no picture that is read."""
    head = data[:SIGNATURE_BYTES]
    return next((each for signature, each in _SIGNATURES if signature.match(head)), None)


def is_picture_type(mime_type: str) -> bool:
    """Whether a file of this MIME type is a picture."""
    return mime_type.startswith("image/") or mime_type in BY_MIME_TYPE


def has_picture_suffix(name: str) -> bool:
    """Whether a file of this name is a picture."""
    return name.lower().endswith(_SUFFIXES)
