"""Reads the body of a response, decompressed, within a bound.

httpx decompresses each chunk of 64 kB whole, which may become 64 MB. Here no more than the limit ever comes out.
"""

import zlib

import httpx

MAX_ANSWER_BYTES = 8_000_000
"""Of a search or a bulk answer, decompressed. The largest to be expected, 200 assets with three signed URLs of 700
characters, a prompt of 10,000 and 100 fields, is 3.5 MB; 100 models with 500 example ids each are 1.8 MB."""
MAX_PROBLEM_BYTES = 64_000
"""Of an error. Its reason is quoted up to a hundredth of that."""


class TooLarge(Exception):
    """The body goes on past its limit."""


class Undecodable(Exception):
    """The compressed body is damaged or incomplete, or its encoding was not asked for."""


async def read_body(response: httpx.Response, limit: int) -> bytes:
    """Read a streamed response. The caller closes it, which drops the connection if there is more to read.

    Raises:
        TooLarge: more than `limit` bytes arrived or came out.
        Undecodable: they cannot be decompressed.
        httpx.HTTPError: the connection broke.

    """
    declared = response.headers.get("content-length", "")
    if declared.isascii() and declared.isdigit() and (len(declared) > len(str(limit)) or int(declared) > limit):
        raise TooLarge
    encoding = response.headers.get("content-encoding", "").strip().lower()
    decompressor = None if encoding in {"", "identity"} else _Decompressor(encoding)
    chunks: list[bytes] = []
    arrived = decompressed = 0
    async for received in response.stream:  # type: ignore[union-attr]  # an asynchronous client's response
        arrived += len(received)
        chunk = received if decompressor is None else decompressor.decompress(received, limit + 1 - decompressed)
        decompressed += len(chunk)
        if arrived > limit or decompressed > limit:
            raise TooLarge
        chunks.append(chunk)
    if decompressor is not None and arrived and not decompressor.is_complete:
        raise Undecodable
    return chunks[0] if len(chunks) == 1 else b"".join(chunks)


class _Decompressor:
    """Decompresses one of the two encodings that were asked for, a bounded piece at a time."""

    def __init__(self, encoding: str) -> None:
        if encoding not in {"gzip", "x-gzip", "deflate"}:
            raise Undecodable
        self._may_be_bare = encoding == "deflate"  # some servers leave out the header that the standard asks for
        self._zlib = zlib.decompressobj(zlib.MAX_WBITS if self._may_be_bare else zlib.MAX_WBITS | 16)

    @property
    def is_complete(self) -> bool:
        return self._zlib.eof

    def decompress(self, chunk: bytes, at_most: int) -> bytes:
        try:
            # The rest of the chunk need not be kept: the caller stops as soon as the bound is reached.
            decompressed = self._zlib.decompress(chunk, at_most)
        except zlib.error:
            if not self._may_be_bare:
                raise Undecodable from None
            self._may_be_bare = False
            self._zlib = zlib.decompressobj(-zlib.MAX_WBITS)
            return self.decompress(chunk, at_most)
        self._may_be_bare = False
        return decompressed
