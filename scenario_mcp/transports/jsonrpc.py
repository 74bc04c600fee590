"""One message of JSON-RPC is one line: read with care, and written so that every client can read it."""

import json
import re
from typing import Any

import mcp_types as types
from pydantic import ValidationError
from pydantic_core import PydanticSerializationError

from scenario_mcp.json_size import is_overfull
from scenario_mcp.text import clean

MAX_ECHO_CHARACTERS = 200
MAX_VALUES = 200_000
"""Values in one message: each takes far more memory than it has bytes."""
MAX_REREAD_BYTES = 4_000_000
"""A longer line that is no message is not looked at closely: that takes ten times its memory."""
GLIMPSE_BYTES = 1000
"""How much of the start and the end of a message is searched for its id."""
_ID = rb'"id"\s*:\s*(-?\d{1,18}|"[ !#-\[\]-~]{1,200}")\s*'
_ID_AT_THE_START = re.compile(rb'\s*\{(?:\s*"[^"\\]*"\s*:\s*"[^"\\]*"\s*,)*\s*' + _ID + rb"[,}]")
_ID_AT_THE_END = re.compile(rb"[{,]\s*" + _ID + rb"\}\s*\Z")
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
_NO_MESSAGE = "That is JSON, but not a JSON-RPC 2.0 message."
_BEYOND_BOUNDS = "That is nested too deeply, or a number in it is too long."
_OVERFULL = f"A message may hold {MAX_VALUES} values."
_BAD_ID = "An id must be a string of Unicode characters or a whole number."


def read(line: bytes) -> types.JSONRPCMessage | bytes:
    """Return the message that a line is; else the line that answers it, under its own id where it has one."""
    if is_overfull(line, MAX_VALUES):
        return error_line(glimpsed_id(line, line), types.INVALID_REQUEST, _OVERFULL)
    try:
        return _with_valid_id(types.jsonrpc_message_adapter.validate_json(line, by_name=False), line)
    except ValidationError:
        if len(line) > MAX_REREAD_BYTES:
            return error_line(glimpsed_id(line, line), types.PARSE_ERROR, "That is not JSON, or not plain UTF-8.")
    try:
        raw = json.loads(line.decode())
        text = json.dumps(raw, ensure_ascii=False)
    except UnicodeDecodeError:
        return error_line(glimpsed_id(line, line), types.PARSE_ERROR, "That is not UTF-8.")
    except json.JSONDecodeError:
        return error_line(None, types.PARSE_ERROR, "That is not JSON.")
    except (RecursionError, ValueError):  # the latter for integers of over 4,300 digits
        return error_line(glimpsed_id(line, line), types.INVALID_REQUEST, _BEYOND_BOUNDS)
    request_id = raw.get("id") if isinstance(raw, dict) else None
    if isinstance(request_id, bool) or not isinstance(request_id, str | int):
        request_id = None
    elif isinstance(request_id, str) and _LONE_SURROGATE.search(request_id):
        return error_line(None, types.INVALID_REQUEST, _BAD_ID)
    # What cuts a text between the halves of a character leaves one that stands for nothing. The rest can be used.
    line = _LONE_SURROGATE.sub("\N{REPLACEMENT CHARACTER}", text).encode()
    try:
        return _with_valid_id(types.jsonrpc_message_adapter.validate_json(line, by_name=False), line)
    except ValidationError as error:
        is_beyond_bounds = error.errors()[0]["type"] == "json_invalid"
        return error_line(request_id, types.INVALID_REQUEST, _BEYOND_BOUNDS if is_beyond_bounds else _NO_MESSAGE)


def _with_valid_id(message: types.JSONRPCMessage, line: bytes) -> types.JSONRPCMessage | bytes:
    """Refuse what the SDK takes for a notification, since the id is no id: its sender waits for an answer."""
    if isinstance(message, types.JSONRPCNotification) and b'"id"' in line and "id" in json.loads(line):
        return error_line(None, types.INVALID_REQUEST, _BAD_ID)
    return message


def glimpsed_id(start: bytes, end: bytes) -> types.RequestId | None:
    """Return the id of a message that cannot be read whole, if it stands where clients write it."""
    found = _ID_AT_THE_START.match(start[:GLIMPSE_BYTES]) or _ID_AT_THE_END.search(end[-GLIMPSE_BYTES:])
    return json.loads(found[1]) if found else None


def line(message: types.JSONRPCMessage) -> bytes:
    """Return a message as JSON; what is not Unicode in it, be it from upstream or a file's name, is replaced."""
    if isinstance(message, types.JSONRPCError) and message.error.data is not None:
        message.error.data = _echo(message.error.data)
    try:
        return message.model_dump_json(by_alias=True, exclude_unset=True).encode()
    except (PydanticSerializationError, UnicodeEncodeError):
        text = json.dumps(message.model_dump(by_alias=True, exclude_unset=True), ensure_ascii=False, default=str)
        return _LONE_SURROGATE.sub("\N{REPLACEMENT CHARACTER}", text).encode()


def _echo(data: Any) -> Any:
    """Clean and cut what the SDK repeats of a request in an error's data, such as a method's name."""
    if isinstance(data, dict):
        return {key: _echo(value) for key, value in data.items()}
    return clean(data, MAX_ECHO_CHARACTERS) if isinstance(data, str) else data


def error_line(request_id: types.RequestId | None, code: int, message: str) -> bytes:
    """Return an error as JSON, without the end of a line."""
    error = {"code": code, "message": message}
    return json.dumps({"jsonrpc": "2.0", "id": request_id, "error": error}, separators=(",", ":")).encode()
