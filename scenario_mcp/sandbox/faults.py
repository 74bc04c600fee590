"""Failures on demand, to test how an agent or a client handles them.

A plan such as `429:3` makes every third call fail in that way; the header `X-Sandbox-Fault: 429` makes one call fail.
Bodies and headers are those that Scenario documents: its guides (quota), its editor plug-ins
(`remainingSeconds`) and its SDK (`Retry-After`).
"""

from dataclasses import dataclass
from typing import Self

import anyio
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from scenario_mcp.errors import SettingsRefused
from scenario_mcp.sandbox import api_errors

HEADER = "X-Sandbox-Fault"
RETRY_AFTER_SECONDS = 2
SLOW_SECONDS = 60
OLDER_ENGINE = "older-engine"
"""The one fault whose request is answered, in the way of an older engine."""

FAULTS = {
    "400": "the request is refused",
    "401": "the key is not accepted",
    "403": "the key may not do this",
    "404": "there is no such asset or model",
    "429": f"too many requests, with Retry-After: {RETRY_AFTER_SECONDS}",
    "quota": "the plan's searches are used up",
    "500": "the service has a problem of its own",
    "503": "the service is not available",
    "html": "a gateway answers with a page of its own",
    "empty": "an answer without a body",
    "cut": "half an answer",
    "slow": f"no answer for {SLOW_SECONDS} seconds",
    OLDER_ENGINE: "filters compare bounds and IN values as written, as search engines up to Meilisearch 1.42.1 do",
}
"""The faults and their meanings."""

_REASONS = {
    "400": ("BAD_REQUEST", "The request is not valid"),
    "401": ("UNAUTHORIZED", "Unauthorized"),
    "403": ("FORBIDDEN", "The API key has no access to this resource"),
    "404": ("NOT_FOUND", "Not found"),
    "500": ("INTERNAL_ERROR", "Internal server error"),
    "503": ("UNAVAILABLE", "Service unavailable"),
}


@dataclass(frozen=True, slots=True)
class FaultPlan:
    """Every `every`-th call fails with a fault."""

    fault: str
    every: int = 1

    @classmethod
    def parse(cls, text: str, source: str = "SCENARIO_MCP_SANDBOX_FAULT") -> Self:
        """Read `FAULT` or `FAULT:N`; `source` is where a person wrote it.

        Raises:
            SettingsRefused: there is no such fault; the message lists all.

        """
        fault, _, every = text.strip().partition(":")
        if fault not in FAULTS or not (every or "1").isdecimal() or int(every or "1") < 1:
            raise SettingsRefused(
                f"A fault is one of {', '.join(FAULTS)}, or with a number as in 429:3 for every third call, "
                f"not {text[:40]!a}, as {source} says."
            )
        return cls(fault, int(every or "1"))


class Faults:
    """Middleware that fails a request when a plan or a header says so; a header that names no fault is refused."""

    def __init__(self, app: ASGIApp, plan: FaultPlan | None) -> None:
        self._app = app
        self._plan = plan
        self._calls = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or let it through."""
        self._calls += 1
        request = Request(scope)
        fault = request.headers.get(HEADER, "").strip()
        if fault not in {"", *FAULTS}:
            raise api_errors.unknown_fault(HEADER, fault, FAULTS)
        if not fault and self._plan is not None and self._calls % self._plan.every == 0:
            fault = self._plan.fault
        if not fault:
            await self._app(scope, receive, send)
            return
        request.state.fault = fault
        if fault == OLDER_ENGINE:
            request.state.is_engine_older = True
            await self._app(scope, receive, send)
            return
        if fault == "slow":
            await anyio.sleep(SLOW_SECONDS)
        await _answer(fault)(scope, receive, send)


def _answer(fault: str) -> Response:
    match fault:
        case "429":
            body = {"error": "Too many requests", "remainingSeconds": RETRY_AFTER_SECONDS}
            return JSONResponse(body, 429, {"Retry-After": str(RETRY_AFTER_SECONDS)})
        case "quota":
            return JSONResponse({"error": "Quota exceeded for search", "code": "QUOTA_EXCEEDED"}, 429)
        case "html":
            return HTMLResponse("<html><body><h1>502 Bad Gateway</h1></body></html>", 502)
        case "empty":
            return Response(status_code=200)
        case "cut":
            return Response('{"hits": [{"id": "asset_', media_type="application/json")
        case _:
            code, reason = _REASONS["503" if fault == "slow" else fault]
            return JSONResponse({"reason": reason, "code": code}, 503 if fault == "slow" else int(fault))
