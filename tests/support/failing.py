"""A stream that cannot be written, as on a full disk or to a reader who left."""

import io


class Failing(io.RawIOBase):
    """A stream that takes so many writes, then fails."""

    def __init__(self, failure: OSError, writes: int = 0) -> None:
        super().__init__()
        self.written = b""
        self._failure = failure
        self._writes = writes

    def writable(self) -> bool:
        return True

    def write(self, data: bytes, /) -> int:  # type: ignore[override]  # what text is written as
        if not self._writes:
            raise self._failure
        self._writes -= 1
        self.written += data
        return len(data)
