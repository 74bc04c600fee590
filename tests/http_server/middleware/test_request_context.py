"""Each request has an id, which its answer carries."""

import re

import pytest

from tests.support.hosted import POST_HEADERS, serving
from tests.support.raw_stdio import ping


@pytest.mark.parametrize("given", ["a", "req-1.2:3_4", "x" * 64])
async def test_the_id_of_a_request_is_taken_over(given: str) -> None:
    async with serving() as service:
        answered = await service.post(ping(1), x_request_id=given)
        refused = await service.post(ping(1), x_request_id=given, content_type="text/plain")
    assert (answered.headers["x-request-id"], refused.headers["x-request-id"]) == (given, given)


@pytest.mark.parametrize("given", ["", "x" * 65, "a b", "a\tb", "<script>"])
async def test_an_id_that_is_none_is_replaced(given: str) -> None:
    headers = [*POST_HEADERS.items(), ("x-request-id", given)]
    async with serving() as service, service.client() as client:
        made = [(await client.post("/mcp", headers=headers, json=ping(1))).headers["x-request-id"] for _ in range(2)]
    assert all(re.fullmatch("[0-9a-f]{16}", each) for each in made)
    assert made[0] != made[1]
