"""WebP read for its first frame: the decoder is gone before there is a second copy of the pixels."""

from PIL.WebPImagePlugin import WebPImageFile


class StillWebP(WebPImageFile):
    """The first frame of a WebP.

    The decoder holds two canvases, 8 bytes a pixel, as long as Pillow might ask for a second frame.
    """

    def load_prepare(self) -> None:
        """Drop the decoder, whose frame Pillow has taken over as bytes, before memory for the picture is taken."""
        self._decoder = None
        super().load_prepare()
