"""A signed URL becomes checked picture bytes, fetched without credentials from the picture hosts only."""

from typing import NamedTuple
from urllib.parse import urlsplit

import anyio
import httpx

from scenario_mcp.errors import NotFound, Unavailable
from scenario_mcp.settings import Settings, is_loopback

MAX_PICTURE_BYTES = 5_900_000
"""A larger picture in base64 would not fit into the 8 MiB that clients take for one message."""
PREVIEW_PIXELS = 1024
_SIGNATURES = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
)


class Picture(NamedTuple):
    """A picture's bytes and what they really are: image/png, image/jpeg, image/webp or image/gif."""

    data: bytes
    mime_type: str


class PictureReader:
    """Fetches pictures by their signed URLs. The HTTP client is the caller's, and must hold no credentials."""

    def __init__(self, http: httpx.AsyncClient, settings: Settings) -> None:
        self._http = http
        self._hosts = settings.cdn_hosts
        self._timeout_seconds = settings.timeout_seconds

    async def fetch(self, url: str) -> Picture:
        """Fetch a preview of at most `PREVIEW_PIXELS` on its longest side, where the address allows resizing.

        Raises:
            NotFound: the address is not one of the picture hosts', or holds no PNG, JPEG, WebP or GIF.
            Unavailable: the picture host did not answer, refused, or sent too much.

        """
        try:
            parts = urlsplit(url)
        except ValueError as error:
            raise NotFound("The picture's address is broken, so it was not fetched.") from error
        is_allowed = parts.hostname in self._hosts and (
            parts.scheme == "https" or (parts.scheme == "http" and is_loopback(parts.hostname))
        )
        if not is_allowed:
            raise NotFound("The picture lies on a host that is not among SCENARIO_CDN_HOSTS, so it was not fetched.")
        if "/assets-transform/" in parts.path and parts.query:
            # At the end and by hand: rebuilding the query would break the signature.
            url += f"&width={PREVIEW_PIXELS}&height={PREVIEW_PIXELS}&fit=inside&format=webp"
        data = await self._download(url)
        mime_type = picture_type(data)
        if mime_type is None:
            raise NotFound("What lies there is not a PNG, JPEG, WebP or GIF picture.")
        return Picture(data, mime_type)

    async def _download(self, url: str) -> bytes:
        data = bytearray()
        try:
            with anyio.fail_after(self._timeout_seconds):
                async with self._http.stream("GET", url, auth=None, follow_redirects=False) as response:
                    if response.status_code != httpx.codes.OK:
                        raise Unavailable(
                            f"The picture host refused the picture ({response.status_code}). Try again: the address is "
                            "made anew at each read."
                        )
                    async for chunk in response.aiter_bytes():
                        data += chunk
                        if len(data) > MAX_PICTURE_BYTES:
                            raise Unavailable(f"The picture is larger than {MAX_PICTURE_BYTES / 1e6} MB.")
        except (TimeoutError, ValueError, httpx.HTTPError, httpx.InvalidURL) as error:
            raise Unavailable("The picture host did not answer. Try again.") from error
        return bytes(data)


def picture_type(data: bytes) -> str | None:
    """Tell a picture's MIME type by its first bytes; None when it is none that every client can show."""
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    return next((mime_type for signature, mime_type in _SIGNATURES if data.startswith(signature)), None)
