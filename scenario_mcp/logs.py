"""What is logged and how: one line a record on stderr, with the call it belongs to, and nothing secret in it.

Every record passes through here, those of other packages and their tracebacks too. On a terminal a line is for a
person, elsewhere it is a JSON object.
"""

import json
import logging
import os
import re
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from types import TracebackType
from typing import Any, TextIO

from scenario_mcp.text import Secrets, without_links

MAX_LINE_CHARACTERS = 20_000
MAX_CAUSED_BY_STRANGERS = 10
"""Records of a kind a minute, in a process, that anybody can cause."""
QUIET = ("httpx", "httpcore", "mcp", "asyncio", "PIL", "uvicorn")
"""Packages logged from level warning on: below it they log whole addresses, headers and messages."""
QUIETER = ("opentelemetry.attributes", "opentelemetry.baggage", "opentelemetry.trace")
"""Packages logged from level error on: their warnings quote callers' headers."""
_MINUTE_SECONDS = 60.0
_AUTHORIZATION = re.compile(r"(?i)\b(basic|bearer)(\s+)[a-z0-9+/=._~-]{6,}")
_DATA = re.compile(r"(?i)\bdata:[a-z0-9.+/-]*;base64,\S*")
_UNSAFE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff\U000e0000-\U000e007f]"
)
_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}

_call: ContextVar[dict[str, Any] | None] = ContextVar("call", default=None)


@contextmanager
def call(**fields: Any) -> Iterator[dict[str, Any]]:
    """Let every record of this call carry these fields; what is noted meanwhile joins them.

    A call within a call is the same one, and what is known of it already stays.
    """
    outer = _call.get()
    known = {} if outer is None else outer
    for name, value in fields.items():
        known.setdefault(name, value)
    token = _call.set(known)
    try:
        yield known
    finally:
        _call.reset(token)


def known() -> Mapping[str, Any]:
    """Return the fields of the current call."""
    return _call.get() or {}


def note(**fields: Any) -> None:
    """Add fields to the current call, if there is one."""
    known = _call.get()
    if known is not None:
        known.update(fields)


def open_log(level: str, secrets: tuple[str, ...] = (), stream: TextIO | None = None) -> None:
    """Send every record from this level on, and every unhandled exception, to stderr."""
    stream = stream or sys.stderr or Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115  # as long as the process
    handler = logging.StreamHandler(stream)
    handler.setFormatter(Formatter(secrets, is_for_people=stream.isatty()))
    logging.basicConfig(handlers=[handler], level=level.upper(), force=True)
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
    for name in QUIETER:
        logging.getLogger(name).setLevel(logging.ERROR)
    sys.excepthook = _log_the_end
    threading.excepthook = _log_the_end_of_a_thread


class BoundedLog:
    """Writes at most so many records of a kind a minute, since strangers cause them.

    The first of the next minute tells how many were left out. Kinds are words of ours: there are few.
    """

    def __init__(
        self,
        logger: logging.Logger,
        most_per_minute: int = MAX_CAUSED_BY_STRANGERS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._logger = logger
        self._most = most_per_minute
        self._clock = clock
        self._minutes: dict[str, tuple[float, int]] = {}
        """When the minute of a kind ends, and how many records of it came."""

    def write(self, level: int, kind: str, message: str, **fields: Any) -> None:
        """Write a record unless there were too many of its kind."""
        if not self._logger.isEnabledFor(level):
            return
        now = self._clock()
        end, count = self._minutes.get(kind, (now + _MINUTE_SECONDS, 0))
        if now >= end:
            left_out = max(0, count - self._most)
            fields = {**fields, "left_out": left_out} if left_out else fields
            end, count = now + _MINUTE_SECONDS, 0
        self._minutes[kind] = end, count + 1
        if count < self._most:
            self._logger.log(level, "%s", message, extra=fields)


class Formatter(logging.Formatter):
    """Makes one line of a record: its fields, those of its call, and its traceback; redacted as the last step."""

    def __init__(self, secrets: tuple[str, ...] = (), *, is_for_people: bool) -> None:
        super().__init__()
        self._secrets = Secrets(secrets)
        self._is_for_people = is_for_people

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        extra = {name: value for name, value in vars(record).items() if name not in _STANDARD}
        fields = {**(_call.get() or {}), **extra}
        trace = self.formatException(record.exc_info) if record.exc_info else ""
        message = _message(record)
        if self._is_for_people:
            words = [
                record.levelname,
                f"{record.name}:",
                message,
                *(f"{name}={value}" for name, value in fields.items()),
            ]
            return self._redacted(" ".join(words)) + (f"\n{self._redacted(trace)}" if trace else "")
        moment = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created))
        line = {
            "time": f"{moment}.{record.msecs:03.0f}Z",
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": message,
            **fields,
            **({"trace": trace} if trace else {}),
        }
        return json.dumps({self._redacted(name): self._safe(value) for name, value in line.items()})

    def _safe(self, value: Any) -> Any:
        return value if value is None or isinstance(value, bool | int | float) else self._redacted(str(value))

    def _redacted(self, text: str) -> str:
        """Return the text without keys, signed addresses, picture data and characters that steer a terminal."""
        # First, since a secret with such a character in it would not be found.
        text = _UNSAFE.sub("", _whole_words(text, 4 * MAX_LINE_CHARACTERS))
        text = self._secrets.removed_from(_DATA.sub("[data removed]", text))
        text = _AUTHORIZATION.sub(r"\1\2[secret removed]", text)
        return "\n".join(map(without_links, text.split("\n")))[:MAX_LINE_CHARACTERS]


def _whole_words(text: str, most: int) -> str:
    """Cut a text between words: half a secret would not be found."""
    return text if len(text) <= most else text[:most].rpartition(" ")[0]


def _message(record: logging.LogRecord) -> str:
    try:
        return record.getMessage()
    except Exception:  # noqa: BLE001  # whatever a package's arguments do, the line is written
        return str(record.msg)


def _log_the_end(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        return
    logging.getLogger(__name__).critical("Unhandled exception; exiting.", exc_info=(kind, error, trace))


def _log_the_end_of_a_thread(ended: threading.ExceptHookArgs) -> None:
    if ended.exc_value is not None:
        trace = (ended.exc_type, ended.exc_value, ended.exc_traceback)
        logging.getLogger(__name__).error("Unhandled exception; a thread ended.", exc_info=trace)
