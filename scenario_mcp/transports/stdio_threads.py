"""Asyncio transports for streams that the event loop itself cannot serve: files, terminals, pipes of Windows.

One thread reads and one writes. They are daemons: a thread that is blocked in a read does not keep the process alive.
"""

import asyncio
import io
import queue
import select
import threading
from contextlib import suppress

BLOCK_BYTES = 2**16


class ReadingThread(asyncio.ReadTransport):
    """Reads a raw stream for a protocol, block by block: the next one once the protocol has taken the last."""

    def __init__(self, stream: io.RawIOBase, protocol: asyncio.Protocol) -> None:
        super().__init__()
        self._stream = stream
        self._protocol = protocol
        self._loop = asyncio.get_running_loop()
        self._is_paused = False
        self._is_closed = False
        self._may_read = threading.Event()
        self._may_read.set()
        protocol.connection_made(self)
        threading.Thread(target=self._run, daemon=True).start()

    def pause_reading(self) -> None:
        """Hand over the block that is being read, and no more until `resume_reading`."""
        self._is_paused = True

    def resume_reading(self) -> None:
        """Hand over blocks again."""
        self._is_paused = False
        self._may_read.set()

    def close(self) -> None:
        """Hand over no more blocks; the thread may be blocked in a read until the process ends."""
        self._is_closed = True

    def _run(self) -> None:
        while self._may_read.wait():
            block = self._read()
            self._may_read.clear()
            with suppress(RuntimeError):  # the event loop is closed: nobody waits for the block
                self._loop.call_soon_threadsafe(self._hand_over, block)
            if not block:
                return

    def _read(self) -> bytes:
        """Return the next block; an empty one at the end, which a terminal that hangs up reports as an error."""
        with suppress(OSError):
            while True:
                block = self._stream.read(BLOCK_BYTES)
                if block is not None:
                    return block
                select.select([self._stream], [], [])  # another process that shares the stream made it non-blocking
        return b""

    def _hand_over(self, block: bytes) -> None:
        if self._is_closed:
            return
        if block:
            self._protocol.data_received(block)
        else:
            self._protocol.eof_received()
        if not self._is_paused:
            self._may_read.set()


class WritingThread(asyncio.WriteTransport):
    """Writes to a raw stream; its protocol is paused until every byte is written, so that no answer is only queued."""

    def __init__(self, stream: io.RawIOBase, protocol: asyncio.Protocol) -> None:
        super().__init__()
        self._stream = stream
        self._protocol = protocol
        self._loop = asyncio.get_running_loop()
        self._waiting = 0
        self._lines: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        threading.Thread(target=self._run, daemon=True).start()

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Queue the bytes for the thread."""
        self._waiting += 1
        self._protocol.pause_writing()
        self._lines.put(bytes(data))

    def close(self) -> None:
        """Write the queue to its end, then tell the protocol."""
        self._lines.put(b"")

    def abort(self) -> None:
        """Leave the queue to the thread, which ends with the process."""

    def _run(self) -> None:
        error: Exception | None = None
        with suppress(RuntimeError):  # the event loop is closed: nobody waits for the news
            try:
                while line := self._lines.get():
                    self._write_all(line)
                    self._loop.call_soon_threadsafe(self._settle)
            except OSError as refused:
                error = refused
            self._loop.call_soon_threadsafe(self._protocol.connection_lost, error)

    def _write_all(self, line: bytes) -> None:
        rest = memoryview(line)
        while rest:
            written = self._stream.write(rest)
            if written is None:
                select.select([], [self._stream], [])  # as in reading
            else:
                rest = rest[written:]

    def _settle(self) -> None:
        self._waiting -= 1
        if not self._waiting:
            self._protocol.resume_writing()
