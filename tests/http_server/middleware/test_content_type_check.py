"""A message must be JSON."""

import pytest

from tests.support.hosted import ask, refusal, serving

PONG = {"jsonrpc": "2.0", "id": 1, "result": {}}
WRONG_KIND = "Send MCP messages with Content-Type: application/json."


@pytest.mark.parametrize(
    "kind", ["application/json", "application/json; charset=utf-8", "Application/JSON", " application/json ;x"]
)
async def test_json_is_taken_in_whatever_way_it_is_named(kind: str) -> None:
    async with serving() as service:
        answer = await ask(service, {"content-type": kind})
    assert (answer.status_code, answer.json()) == (200, PONG)


@pytest.mark.promise(number=20)
@pytest.mark.parametrize("kind", [None, "", "text/plain", "application/jsonp", "application/x-www-form-urlencoded"])
async def test_another_kind_is_refused_such_as_pages_can_send_unasked(kind: str | None) -> None:
    async with serving() as service:
        answer = await ask(service, {} if kind is None else {"content-type": kind})
    assert (answer.status_code, answer.json()) == (415, refusal(WRONG_KIND))
