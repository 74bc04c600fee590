"""MCP's endpoint takes POST alone."""

import pytest

from tests.support.hosted import ask, refusal, serving

BY_POST = "Send MCP messages by POST: this server keeps no sessions and sends nothing by itself."


@pytest.mark.parametrize("method", ["GET", "DELETE", "PUT", "PATCH", "HEAD", "OPTIONS"])
async def test_what_is_no_post_is_refused_before_anything_else_of_it_is_looked_at(method: str) -> None:
    wrong = {"host": "evil.example", "content-type": "text/plain", "authorization": "Basic !"}
    async with serving(HTTP_AUTH="access-tokens", ACCESS_TOKENS=f"a:{'0' * 64}") as service:
        answer = await ask(service, wrong, method)
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")
    assert answer.content == b"" if method == "HEAD" else answer.json() == refusal(BY_POST)
