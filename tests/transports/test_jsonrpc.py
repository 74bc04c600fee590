"""Lines that are not messages are answered, with their id where it can be read; half characters are replaced."""

import json

import mcp_types as types
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scenario_mcp.json_size import MAX_DEPTH
from scenario_mcp.transports import jsonrpc
from tests.support.raw_stdio import Server, ping, request, started
from tests.transports.refusals import (
    A_BATCH,
    BAD_ID,
    BEYOND_BOUNDS,
    NO_MESSAGE,
    NOT_JSON,
    NOT_UTF8,
    OWN_SERVER,
    check_refusals,
    peak_megabytes,
)

MODULE_LOOP = pytest.mark.asyncio(loop_scope="module")


def _deep(levels: int) -> bytes:
    return b'{"jsonrpc":"2.0","id":21,"method":"ping","params":{"a":' + b"[" * levels + b"]" * levels + b"}}"


@pytest.mark.promise(number=15)
@MODULE_LOOP
async def test_what_is_no_message_is_answered_and_the_server_goes_on(server: Server) -> None:
    await check_refusals(
        server,
        (b"not json", None, NOT_JSON),
        (b'{"jsonrpc":"2.0","id":1,"method":"ping"', None, NOT_JSON),
        (b'{"jsonrpc":"2.0","id":1,"method":"ping"}\x00', None, NOT_JSON),
        (b'{"jsonrpc":"2.0","id":1,"method":"pi\x00ng"}', None, NOT_JSON),
        (b"\x00", None, NOT_JSON),
        ('{"jsonrpc":"2.0","id":1,"method":"ping"}'.encode("utf-16-le"), None, NOT_JSON),
        (b"\xff\xfe", None, NOT_UTF8),
        (b'{"jsonrpc":"2.0","id":7,"method":"p\xffing"}', 7, NOT_UTF8),
        (b'{"method":"ping","params":{"a":"caf\xe9"},"jsonrpc":"2.0","id":"x-8"}', "x-8", NOT_UTF8),
        (b'{"jsonrpc":"2.0","id":"\xed\xa0\x80","method":"ping"}', None, NOT_UTF8),
        (b"17", None, NO_MESSAGE),
        (b"null", None, NO_MESSAGE),
        (b"[]", None, NO_MESSAGE),
        (b'[{"jsonrpc":"2.0","id":1,"method":"ping"}]', None, A_BATCH),
        (b'{"id": 5}', 5, NO_MESSAGE),
        (b'{"id": "five", "method": "ping"}', "five", NO_MESSAGE),
        (b'{"jsonrpc": "1.0", "id": 5, "method": "ping"}', 5, NO_MESSAGE),
        (b'{"jsonrpc": "2.0", "id": 5, "method": 1}', 5, NO_MESSAGE),
        (b'{"jsonrpc": "2.0", "id": 5, "method": "ping", "params": [1]}', 5, NO_MESSAGE),
        (b'{"jsonrpc": "2.0", "id": 5, "method": "ping", "params": "x"}', 5, NO_MESSAGE),
        (b'{"jsonrpc": "2.0", "id": true, "method": 1}', None, NO_MESSAGE),
    )
    assert server.complaints() == ""


@pytest.mark.promise(number=15)
@MODULE_LOOP
async def test_bad_ids_and_deep_json_are_refused_since_their_senders_wait(server: Server) -> None:
    ids = (b"null", b"1.5", b"1.0", b"true", b"{}", b"[1]", b"NaN", b'"\\ud800"')
    await check_refusals(
        server,
        *((b'{"jsonrpc":"2.0","id":%b,"method":"ping"}' % each, None, BAD_ID) for each in ids),
        (b'{"jsonrpc":"2.0","id":%b,"method":"ping"}' % (b"9" * 5000), None, BEYOND_BOUNDS),
        (b'{"jsonrpc":"2.0","id":3,"method":"ping","params":{"a":%b}}' % (b"9" * 5000), 3, BEYOND_BOUNDS),
        (_deep(500), 21, BEYOND_BOUNDS),
        (_deep(5000), 21, BEYOND_BOUNDS),
        (b"[" * 5000 + b"]" * 5000, None, BEYOND_BOUNDS),
    )
    for request_id in (0, -1, 10**30, "", "0", "1.5", "\N{GRINNING FACE}", "x" * 10_000):
        assert (await server.ask(ping(request_id)))["id"] == request_id
    assert await server.ask(_deep(100)) == {"jsonrpc": "2.0", "id": 21, "result": {}}
    assert server.complaints() == ""


@pytest.mark.promise(number=15)
@pytest.mark.parametrize(
    ("notes", "kept"),
    [
        *((each, {}) for each in ("7", '"x"', "[]", "[{}]", "true", "null")),
        *((f'{{"progressToken":{each},"a":1}}', {"_meta": {"a": 1}}) for each in ("{}", "[1]", "1.5", "null", "true")),
        ("{}", {"_meta": {}}),
        ('{"progressToken":"x"}', {"_meta": {"progressToken": "x"}}),
        ('{"progressToken":7,"b":null}', {"_meta": {"progressToken": 7, "b": None}}),
    ],
)
def test_notes_beside_a_request_that_cannot_be_read_are_left_out(notes: str, kept: dict[str, object]) -> None:
    for method in ("tools/call", "tools/list"):
        line = f'{{"jsonrpc":"2.0","id":1,"method":"{method}","params":{{"name":"x","_meta":{notes}}}}}'
        message = jsonrpc.parse(line.encode())
        assert isinstance(message, types.JSONRPCRequest)
        assert message.params == {"name": "x", **kept}


@pytest.mark.promise(number=15)
@MODULE_LOOP
async def test_half_a_character_in_a_request_is_replaced_or_refused(server: Server) -> None:
    search = (
        rb'{"jsonrpc":"2.0","id":1,"method":"tools/call",'
        rb'"params":{"name":"search_assets","arguments":{"query":"castle\ud83d","limit":1}}}'
    )
    assert not (await server.ask(search))["result"].get("isError")
    for line, request_id in (
        (rb'{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"\ud800","arguments":{}}}', 2),
        (search.replace(b'"query"', rb'"qu\udfffery"').replace(b":1,", b":3,"), 3),
        (rb'{"jsonrpc":"2.0","id":4,"method":"resources/read","params":{"uri":"scenario://\ud800"}}', 4),
        (rb'{"jsonrpc":"2.0","id":5,"method":"pi\ud800ng"}', 5),
        (
            rb'{"jsonrpc":"2.0","id":6,"method":"prompts/get","params":{"name":"\ud800","arguments":{"\udc00":"x"}}}',
            6,
        ),
    ):
        answer = await server.ask(line)
        assert answer["id"] == request_id
        assert "error" in answer or answer["result"]["isError"]
    assert server.complaints() == ""


@pytest.mark.promise(number=12)
@MODULE_LOOP
async def test_a_message_of_very_many_values_is_refused_before_it_is_parsed(server: Server) -> None:
    crowd = b'{"jsonrpc":"2.0","id":7,"method":"ping","params":{"a":[' + b"[]," * 5_000_000 + b"1]}}"
    answer = await server.ask(crowd)
    assert answer == {
        "jsonrpc": "2.0",
        "id": 7,
        "error": {"code": -32600, "message": "A message may hold 200000 values."},
    }
    assert await server.ask(ping(1)) == {"jsonrpc": "2.0", "id": 1, "result": {}}
    assert peak_megabytes(server) < 150


@pytest.mark.promise(number=15)
async def test_half_a_character_in_an_answer_is_replaced() -> None:
    async with started(OWN_SERVER) as server:
        await server.shake_hands()
        asked = request(1, "tools/call", name="works", arguments={}, _meta={"progressToken": "half"})
        assert (await server.ask(asked))["params"]["message"] == "half of \N{REPLACEMENT CHARACTER}"
        result = (await server.receive())["result"]
        assert result["content"] == [{"type": "text", "text": "café \N{REPLACEMENT CHARACTER} \N{GRINNING FACE}"}]
        assert result["structuredContent"] == {"text": "\N{REPLACEMENT CHARACTER}"}
        failed = await server.ask(request(2, "tools/call", name="fails", arguments={}))
        assert failed["error"]["message"] == "It failed at \N{REPLACEMENT CHARACTER}."
        assert await server.ask(ping(3)) == {"jsonrpc": "2.0", "id": 3, "result": {}}
        assert server.complaints() == ""


@pytest.mark.promise(number=18)
def test_what_the_sdk_repeats_of_a_request_is_cleaned() -> None:
    data = {"method": "one\n\u202etwo\x1b"}
    error = types.JSONRPCError(jsonrpc="2.0", id=1, error=types.ErrorData(code=-32601, message="No.", data=data))
    told = json.loads(jsonrpc.serialize(error))["error"]["data"]
    assert told["method"] == "one two"


@given(
    st.fixed_dictionaries(
        {"jsonrpc": st.just("2.0") | st.just("1.0")},
        optional={
            "id": st.integers() | st.text(max_size=3) | st.none() | st.floats(),
            "method": st.sampled_from(["ping", "tools/list", "notifications/cancelled"]) | st.none(),
            "params": st.dictionaries(st.text(max_size=3), st.integers(), max_size=2) | st.none() | st.just([]),
            "result": st.dictionaries(st.text(max_size=3), st.integers(), max_size=2),
        },
    )
    | st.just({"jsonrpc": "2.0", "id": 1, "error": {"code": 1, "message": "no"}})
)
def test_a_line_is_the_message_that_the_sdk_takes_it_for(message: dict[str, object]) -> None:
    line = json.dumps(message).encode()
    read = jsonrpc.parse(line)
    if isinstance(read, bytes):
        assert "error" in json.loads(read)
    else:
        assert read == types.jsonrpc_message_adapter.validate_json(line, by_name=False)


def test_what_is_written_already_is_sent_as_it_stands() -> None:
    page = jsonrpc.Written({"hits": [1]}, '{"hits": [1.0]}')
    assert jsonrpc.serialize_result("a", {"content": [], "page": page, "none": float("nan")}) == (
        b'{"jsonrpc":"2.0","id":"a","result":{"content":[],"page":{"hits": [1.0]},"none":null}}'
    )
    assert json.loads(jsonrpc.serialize_result(1, {"page": page, "half": "\ud800"}))["result"] == {
        "page": {"hits": [1]},
        "half": "\N{REPLACEMENT CHARACTER}",
    }


# --- calls of tools beyond the bounds ---------------------------------------------------------------------------------


def _call(arguments: str, method: str = "tools/call") -> bytes:
    params = f'{{"name":"search_assets","arguments":{arguments}}}'
    return f'{{"jsonrpc":"2.0","id":4,"method":"{method}","params":{params}}}'.encode()


def _arguments(line: bytes) -> object:
    message = jsonrpc.parse(line)
    assert isinstance(message, types.JSONRPCRequest), message
    assert message.params is not None
    return message.params["arguments"]


LONG = "9" * 5000
ENDLESS_LIST = "[" * 100_000
DEEP_LIST = "[" * 5000 + '"]", {"a": 1}' + "]" * 5000
DEEP_OBJECT = '{"a\\"[":' * 5000 + "1" + "}" * 5000


@pytest.mark.parametrize("deep", [DEEP_LIST, DEEP_OBJECT, f"[{DEEP_LIST}, {DEEP_OBJECT}]"])
def test_of_a_call_only_what_is_nested_too_deeply_is_left_out(deep: str) -> None:
    arguments = _arguments(_call(f'{{"query": "a]b\\\\", "filter": {deep}, "limit": 5}}'))
    assert isinstance(arguments, dict)
    value = arguments.pop("filter")
    assert arguments == {"query": "a]b\\", "limit": 5}
    depth = 3  # of the message, its params and its arguments
    while isinstance(value, list | dict) and value:
        value = value[0] if isinstance(value, list) else next(iter(value.values()))
        depth += 1
    assert (value, depth) == (None, MAX_DEPTH)


@pytest.mark.promise(number=15)
@pytest.mark.parametrize("number", [LONG, f"-{LONG}", f"{LONG}.5", f"{LONG}e-5", f"{LONG}.5E+7"])
def test_of_a_call_only_a_number_that_is_too_long_is_left_out(number: str) -> None:
    infinity = float("inf")
    assert _arguments(_call(f'{{"limit": {number}, "query": "{LONG}", "seeds": [1, {number}]}}')) == {
        "limit": infinity,
        "query": LONG,
        "seeds": [1, infinity],
    }


@pytest.mark.promise(number=6)
@pytest.mark.parametrize("given", ["5", "true", '"owl"', '["owl"]', "0", "1e999", LONG, DEEP_LIST])
def test_arguments_that_are_no_object_reach_the_tool_which_says_what_it_takes(given: str) -> None:
    arguments = _arguments(_call(given))
    assert isinstance(arguments, dict)
    assert list(arguments) == ["arguments"]
    assert _arguments(_call("null")) is None


@pytest.mark.promise(number=15)
@pytest.mark.parametrize("line", [_call(LONG, "prompts/get"), _call(DEEP_LIST, "ping"), _call(ENDLESS_LIST)])
def test_nothing_else_is_taken_without_a_part_of_it(line: bytes) -> None:
    assert jsonrpc.parse(line) == jsonrpc.serialize_error(4, types.INVALID_REQUEST, str(BEYOND_BOUNDS["message"]))


@pytest.mark.parametrize("part", ['"\\"', "[", "[]", '"', "{", '[{"a":'])
def test_however_a_line_repeats_it_is_refused_in_time(part: str) -> None:
    line = _call("[" * 300 + part * 90_000)  # a search that goes back for each would take minutes
    assert isinstance(jsonrpc.parse(line), bytes)
