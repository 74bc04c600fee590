"""One line a record on stderr, with the call it belongs to, and nothing secret in it."""

import io
import json
import logging
import subprocess
import sys
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mcp.client import Client

from scenario_mcp.logs import MAX_LINE_CHARACTERS, BoundedLog, Formatter, call, note, open_log
from scenario_mcp.server.app import build_server
from scenario_mcp.settings import Sandbox, Settings
from tests.support.fakes import API_KEY, API_SECRET, SETTINGS, SIGNED_URL

BASIC = SETTINGS.credentials.secrets[-1]
LEAKS = (API_KEY, API_SECRET, BASIC, "Signature=", "q~W-3_x", "iVBORw0KGgo")


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """Open the log at its lowest level into a text; put back what was there."""
    root = logging.getLogger()
    handlers, level, hooks = root.handlers[:], root.level, (sys.excepthook, threading.excepthook)
    stream = io.StringIO()
    open_log("debug", SETTINGS.credentials.secrets, stream)
    yield stream
    root.handlers[:], (sys.excepthook, threading.excepthook) = handlers, hooks
    root.setLevel(level)


def lines(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_a_record_is_one_line_of_json_with_its_time_and_fields(log: io.StringIO) -> None:
    logging.getLogger("a.b").warning("It is %s", "so", extra={"tries": 2})
    (line,) = lines(log)
    assert line.pop("time")[10:11] == "T"
    assert line == {"level": "warning", "logger": "a.b", "message": "It is so", "tries": 2}


def test_records_of_a_call_carry_what_is_known_of_it_and_others_do_not(log: io.StringIO) -> None:
    note(lost="there is no call")
    with call(request=7):
        note(tool="search_assets")
        logging.getLogger("a").info("one")
    logging.getLogger("a").info("two")
    one, two = lines(log)
    assert (one["request"], one["tool"]) == (7, "search_assets")
    assert set(two) == {"time", "level", "logger", "message"}


def leaking() -> str:
    return (
        f"key {API_KEY} secret {API_SECRET} Authorization: Basic {BASIC} bearer eyJhbGciOi.eyJz.sig "
        f"{SIGNED_URL} data:image/png;base64,iVBORw0KGgo= \x1b[31m\u202e"
    )


@pytest.mark.promise(number=17)
def test_no_secret_is_in_a_line_whatever_a_package_logs(log: io.StringIO) -> None:
    logger = logging.getLogger("some.package")
    logger.error("%s", leaking(), extra={"headers": {"Authorization": leaking()}, leaking(): 1})
    try:
        int(leaking())
    except ValueError:
        logger.exception("It failed with %r", {"url": SIGNED_URL})
    text = log.getvalue()
    assert [leak for leak in (*LEAKS, "eyJhbGciOi", "\x1b", "\u202e", "\\u001b") if leak in text] == []
    first, second = lines(log)
    assert first["message"] == (
        "key [secret removed] secret [secret removed] Authorization: Basic [secret removed] bearer [secret removed] "
        "[address removed] [data removed] [31m"
    )
    assert "ValueError: invalid literal for int() with base 10: 'key [secret removed]" in second["trace"]


def test_on_a_terminal_a_line_is_for_a_person_and_just_as_safe() -> None:
    formatter = Formatter(SETTINGS.credentials.secrets, is_for_people=True)
    record = logging.LogRecord("a", logging.WARNING, __file__, 1, "Look: %s", (leaking(),), None)
    with call(tool="view_assets"):
        line = formatter.format(record)
    assert line.startswith("WARNING a: Look: key [secret removed] ")
    assert line.endswith(" [31m tool=view_assets")
    assert [leak for leak in (*LEAKS, "\x1b", "\u202e") if leak in line] == []


@given(st.text(st.characters(exclude_categories=[]), max_size=60), st.sampled_from([API_KEY, API_SECRET, BASIC]))
def test_a_secret_does_not_show_between_whatever_characters(around: str, secret: str) -> None:
    record = logging.LogRecord("a", logging.WARNING, __file__, 1, around + secret + around, (), None)
    for is_for_people in (True, False):
        line = Formatter(SETTINGS.credentials.secrets, is_for_people=is_for_people).format(record)
        assert secret not in line
        line.encode()


def test_a_record_that_cannot_be_put_together_is_logged_all_the_same() -> None:
    record = logging.LogRecord("a", logging.WARNING, __file__, 1, "%d things", ("no",), None)
    assert Formatter(is_for_people=True).format(record) == "WARNING a: %d things"


def test_a_line_has_an_end(log: io.StringIO) -> None:
    logging.getLogger("a").warning("x" * 1_000_000)
    assert len(log.getvalue()) < MAX_LINE_CHARACTERS + 500


@pytest.mark.promise(number=17)
def test_packages_that_log_addresses_are_heard_from_warnings_on(log: io.StringIO) -> None:
    for name in ("httpx", "httpcore.connection", "mcp.server", "PIL.PngImagePlugin"):
        logging.getLogger(name).info("GET %s", SIGNED_URL)
        logging.getLogger(name).debug("GET %s", SIGNED_URL)
    assert log.getvalue() == ""


def test_what_ends_a_thread_or_the_process_is_logged_and_not_printed() -> None:
    code = f"""
import sys, threading
from scenario_mcp.logs import open_log
open_log("warning", ("{API_KEY}",))
def fail(): raise ValueError("{API_KEY} {SIGNED_URL}")
thread = threading.Thread(target=fail); thread.start(); thread.join()
fail()
"""
    finished = subprocess.run(  # noqa: S603  # our own code
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=30, check=False
    )
    assert finished.returncode == 1
    thread, process = (json.loads(line) for line in finished.stderr.splitlines())
    assert (thread["level"], thread["message"]) == ("error", "Unhandled exception; a thread ended.")
    assert (process["level"], process["message"]) == ("critical", "Unhandled exception; exiting.")
    assert "ValueError: [secret removed] [address removed]" in thread["trace"]
    assert API_KEY not in finished.stderr


async def test_each_answer_is_logged_with_its_request_tool_outcome_and_time(log: io.StringIO) -> None:
    async with Client(build_server(Settings(upstream=Sandbox())), mode="legacy") as client:
        await client.call_tool("search_assets", {"query": "castle"})
        await client.call_tool("search_assets", {"query": "castle", "limit": 0})
        with pytest.raises(Exception, match="There is no tool"):
            await client.call_tool("none", {})
    answered = [line for line in lines(log) if line["message"] == "answered" and line["method"] == "tools/call"]
    known = [(line.get("tool"), line["outcome"], line.get("error")) for line in answered]
    assert known == [
        ("search_assets", "ok", None),
        ("search_assets", "error", "SearchRefused"),
        (None, "refused", None),
    ]
    assert all(line["duration_ms"] >= 0 for line in answered)
    assert len({line["request"] for line in answered}) == 3


@pytest.mark.promise(number=17)
def test_a_secret_that_invisible_characters_part_or_the_end_cuts_is_not_logged(log: io.StringIO) -> None:
    logger = logging.getLogger("a")
    logger.warning("%s\u200b%s Basic\u200b %s", API_SECRET[:4], API_SECRET[4:], BASIC)
    logger.warning("%s%s", "x " * (2 * MAX_LINE_CHARACTERS - 2), API_SECRET)
    text = log.getvalue()
    assert API_SECRET[:7] not in text
    assert BASIC[:10] not in text


def test_what_strangers_cause_is_logged_a_few_times_a_minute_and_then_counted(log: io.StringIO) -> None:
    now = [0.0]
    bounded = BoundedLog(logging.getLogger("a"), 2, lambda: now[0])
    for _ in range(5):
        bounded.write(logging.WARNING, "caller", "Refused.", status=401)
    bounded.write(logging.WARNING, "host", "Refused.", status=421)
    logging.getLogger("a").setLevel(logging.INFO)
    bounded.write(logging.DEBUG, "method", "Not for this level.")
    now[0] = 60.0
    bounded.write(logging.WARNING, "caller", "Refused.", status=401)
    now[0] = 200.0
    bounded.write(logging.WARNING, "caller", "Refused.", status=401)
    told = [(line["status"], line.get("left_out")) for line in lines(log)]
    assert told == [(401, None), (401, None), (421, None), (401, 3), (401, None)]
