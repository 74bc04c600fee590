"""The same pass-through on FastMCP, in an environment of its own."""

import logging
import os
import sys
from typing import Any

import httpx
from fastmcp import FastMCP

server = FastMCP("fastmcp")
client = httpx.AsyncClient(
    base_url=os.environ["SCENARIO_BASE_URL"],
    auth=(os.environ["SCENARIO_SDK_API_KEY"], os.environ["SCENARIO_SDK_API_SECRET"]),
)


@server.tool  # type: ignore[untyped-decorator]  # FastMCP is in an environment of its own
async def search_assets(
    query: str | None = None,
    filter: str | None = None,  # noqa: A002  # the API's name
    limit: int | None = None,
    offset: int | None = None,
) -> dict[str, Any]:
    """Search assets."""
    given = {"query": query, "filter": filter, "limit": limit, "offset": offset}
    reply = await client.post(
        "/search/assets", json={name: value for name, value in given.items() if value is not None}
    )
    reply.raise_for_status()
    answer: dict[str, Any] = reply.json()
    return answer


if __name__ == "__main__":
    logging.disable(logging.WARNING)
    if sys.argv[1:2] == ["--http"]:
        import uvicorn

        app = server.http_app(stateless_http=True, json_response=True)
        uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[2]), log_level="error", access_log=False)
    else:
        server.run(show_banner=False)
