"""One JSON-RPC message a line: parsed within bounds, and serialized so that every client can read it."""

import json
import re
from collections.abc import Mapping
from typing import Any

import mcp_types as types
from pydantic import ValidationError
from pydantic_core import PydanticSerializationError, to_json

from scenario_mcp.json_size import exceeds_value_limit, within_bounds
from scenario_mcp.text import clean

MAX_ECHO_CHARACTERS = 200
MAX_VALUES = 200_000
"""Values in one message: each takes far more memory than it has bytes."""
MAX_REREAD_BYTES = 4_000_000
"""A longer line that is not a message is not parsed a second time to tell why: that takes ten times its memory."""
ID_SEARCH_BYTES = 1000
"""How much of the start and of the end of a message is searched for its id."""
_ID = rb'"id"\s*:\s*(-?\d{1,18}|"[ !#-\[\]-~]{1,200}")\s*'
_ID_AT_THE_START = re.compile(rb'\s*\{(?:\s*"[^"\\]*"\s*:\s*"[^"\\]*"\s*,)*\s*' + _ID + rb"[,}]")
_ID_AT_THE_END = re.compile(rb"[{,]\s*" + _ID + rb"\}\s*\Z")
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
_NOT_A_MESSAGE = "That is JSON, but not a JSON-RPC 2.0 message."
_A_BATCH = "Batches of messages are not taken: send each by itself."
_BEYOND_BOUNDS = "That is nested too deeply, or a number in it is too long."
_TOO_MANY_VALUES = f"A message may hold {MAX_VALUES} values."
_BAD_ID = "An id must be a string of Unicode characters or a whole number."


class Written(dict[str, Any]):
    """An object of a result beside its text, as which it is sent: it need not be written, or copied, once more."""

    __slots__ = ("text",)

    def __init__(self, value: Mapping[str, Any], text: str) -> None:
        super().__init__(value)
        self.text = text


def parse(line: bytes) -> types.JSONRPCMessage | bytes:
    """Return the message that a line holds; else the error that answers the line, with its id where that is known."""
    if exceeds_value_limit(line, MAX_VALUES):
        return serialize_error(extract_id_leniently(line, line), types.INVALID_REQUEST, _TOO_MANY_VALUES)
    try:
        return _made_valid(_read(line), line)
    except ValidationError:
        if len(line) > MAX_REREAD_BYTES:
            return serialize_error(
                extract_id_leniently(line, line), types.PARSE_ERROR, "That is not JSON, or not plain UTF-8."
            )
    return _parse_leniently(line)


def _read(line: bytes) -> types.JSONRPCMessage:
    """Read a message. Most are requests; as one of all kinds, its parameters would be made of the text twice."""
    try:
        return types.JSONRPCRequest.model_validate_json(line, by_name=False)
    except ValidationError:
        return types.jsonrpc_message_adapter.validate_json(line, by_name=False)


def _parse_leniently(line: bytes) -> types.JSONRPCMessage | bytes:
    """Return what can be used of a line that is no message as it stands; else the error that says why."""
    try:
        raw = json.loads(line.decode())
        text = json.dumps(raw, ensure_ascii=False)
    except UnicodeDecodeError:
        return serialize_error(extract_id_leniently(line, line), types.PARSE_ERROR, "That is not UTF-8.")
    except json.JSONDecodeError:
        return serialize_error(None, types.PARSE_ERROR, "That is not JSON.")
    except (RecursionError, ValueError):  # the latter for integers of over 4,300 digits
        return _call_within_bounds(line)
    request_id = raw.get("id") if isinstance(raw, dict) else None
    if isinstance(request_id, bool) or not isinstance(request_id, str | int):
        request_id = None
    elif isinstance(request_id, str) and _LONE_SURROGATE.search(request_id):
        return serialize_error(None, types.INVALID_REQUEST, _BAD_ID)
    # A text that was cut within a surrogate pair leaves half a character. The rest can be used.
    line = _LONE_SURROGATE.sub("\N{REPLACEMENT CHARACTER}", text).encode()
    try:
        return _made_valid(types.jsonrpc_message_adapter.validate_json(line, by_name=False), line)
    except ValidationError as error:
        if error.errors()[0]["type"] == "json_invalid":
            return _call_within_bounds(line)
        if _is_batch(raw):
            return serialize_error(None, types.INVALID_REQUEST, _A_BATCH)
        return serialize_error(request_id, types.INVALID_REQUEST, _NOT_A_MESSAGE)


def _is_batch(raw: Any) -> bool:
    return isinstance(raw, list) and any(isinstance(each, dict) and "jsonrpc" in each for each in raw)


def _call_within_bounds(line: bytes) -> types.JSONRPCMessage | bytes:
    """Return a tool's call without what cannot be parsed: the tool then says which argument it was, and of what kind.

    No tool takes null or infinity, which stand in its place, for a value. Any other message is refused.
    """
    try:
        message = types.jsonrpc_message_adapter.validate_json(within_bounds(line), by_name=False)
    except ValidationError:
        message = None
    if isinstance(message, types.JSONRPCRequest) and message.method == "tools/call":
        return _made_valid(message, line)
    return serialize_error(extract_id_leniently(line, line), types.INVALID_REQUEST, _BEYOND_BOUNDS)


def _made_valid(message: types.JSONRPCMessage, line: bytes) -> types.JSONRPCMessage | bytes:
    """Refuse a request with an invalid id, which the SDK takes for a notification: its sender waits for an answer.

    Arguments that are no object become one, so that the tool reads them or says what it takes. Notes beside a request
    (`_meta`) that are no object, and a token for progress that is neither text nor number, are left out.
    """
    if isinstance(message, types.JSONRPCRequest):
        params = message.params
        if params and "_meta" in params:
            notes = params["_meta"]
            if not isinstance(notes, dict):
                del params["_meta"]
            elif isinstance(token := notes.get("progressToken", ""), bool) or not isinstance(token, str | int):
                del notes["progressToken"]
        if params and message.method == "tools/call" and not isinstance(params.get("arguments"), dict | None):
            params["arguments"] = {"arguments": params["arguments"]}
    elif isinstance(message, types.JSONRPCNotification) and b'"id"' in line and "id" in json.loads(line):
        return serialize_error(None, types.INVALID_REQUEST, _BAD_ID)
    return message


def extract_id_leniently(start: bytes, end: bytes) -> types.RequestId | None:
    """Return the id of a message that cannot be parsed, if it stands where clients write it.

    JSON-RPC allows null in its place, but clients drop an error without an id, and the call would wait for its timeout.
    """
    found = _ID_AT_THE_START.match(start[:ID_SEARCH_BYTES]) or _ID_AT_THE_END.search(end[-ID_SEARCH_BYTES:])
    return json.loads(found[1]) if found else None


def serialize(message: types.JSONRPCMessage) -> bytes:
    """Return a message as JSON, with a replacement character for each lone surrogate, as file names may hold them."""
    if isinstance(message, types.JSONRPCResponse):
        return serialize_result(message.id, message.result)
    if isinstance(message, types.JSONRPCError) and message.error.data is not None:
        message.error.data = _echo(message.error.data)
    try:
        return message.model_dump_json(by_alias=True, exclude_unset=True).encode()
    except (PydanticSerializationError, UnicodeEncodeError):
        return _without_lone_surrogates(message.model_dump(by_alias=True, exclude_unset=True))


def serialize_result(request_id: types.RequestId, result: Mapping[str, Any]) -> bytes:
    """Return the answer to a request as JSON; what is `Written` in its result is not written again."""
    try:
        members = [b"%b:%b" % (to_json(name), _json(value)) for name, value in result.items()]
    except PydanticSerializationError:
        return _without_lone_surrogates({"jsonrpc": "2.0", "id": request_id, "result": result})
    return b'{"jsonrpc":"2.0","id":%b,"result":{%b}}' % (to_json(request_id), b",".join(members))


def _json(value: Any) -> bytes:
    return value.text.encode() if isinstance(value, Written) else to_json(value, inf_nan_mode="null")


def _without_lone_surrogates(message: Mapping[str, Any]) -> bytes:
    text = json.dumps(message, ensure_ascii=False, default=str)
    return _LONE_SURROGATE.sub("\N{REPLACEMENT CHARACTER}", text).encode()


def _echo(data: Any) -> Any:
    """Clean and cut the texts in an error's data: the SDK repeats parts of the request, such as its method."""
    if isinstance(data, dict):
        return {key: _echo(value) for key, value in data.items()}
    return clean(data, MAX_ECHO_CHARACTERS) if isinstance(data, str) else data


def serialize_error(request_id: types.RequestId | None, code: int, message: str) -> bytes:
    """Return an error as JSON, without a line end."""
    error = {"code": code, "message": message}
    return json.dumps({"jsonrpc": "2.0", "id": request_id, "error": error}, separators=(",", ":")).encode()
