"""A request without credentials: whether the API's host answers, how fast, and what time it is there."""

import email.utils
from time import monotonic, time
from typing import NamedTuple

import anyio
import httpx

from scenario_mcp.api.error_mapping import ErrorMapper
from scenario_mcp.credentials import Credentials
from scenario_mcp.net.connections import USER_AGENT, Network
from scenario_mcp.settings import Settings


class Probe(NamedTuple):
    """What came back."""

    status: int
    seconds: float
    """From the start of the connection to the answer's headers."""
    clock_offset_seconds: float | None
    """How much later it is here than there; None if the answer has no date."""


async def probe(settings: Settings, *, path: str = "") -> Probe:
    """Ask the upstream of the settings for a path below its base URL, once.

    Raises:
        Unavailable: there was no answer; the sentence says why.

    """
    url = settings.upstream.base_url + path
    begin, begun = monotonic(), time()
    try:
        with anyio.fail_after(settings.timeout_seconds):
            async with Network(settings.ca_bundle).transport(url) as transport:
                request = httpx.Request("GET", url, headers={"User-Agent": USER_AGENT, "Connection": "close"})
                response = await transport.handle_async_request(request)
                await response.aclose()
    except (TimeoutError, httpx.HTTPError, httpx.InvalidURL) as error:
        raise ErrorMapper(settings, Credentials()).from_exception(error).error from None
    seconds = monotonic() - begin
    return Probe(response.status_code, seconds, _offset(response.headers.get("Date", ""), begun + seconds / 2))


def _offset(date: str, here: float) -> float | None:
    parsed = email.utils.parsedate_tz(date)
    try:
        return here - email.utils.mktime_tz(parsed) if parsed else None
    except (OverflowError, ValueError):
        return None
