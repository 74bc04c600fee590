"""Errors as the API replies with them: status, code and the shape of the body.

Scenario's error bodies have several shapes. The sandbox uses the one with `reason`, `code` and `trace_id`.
"""

import uuid
from collections.abc import Iterable, Mapping, Sequence

from starlette.responses import JSONResponse, PlainTextResponse, Response

from scenario_mcp.sandbox.engine.errors import InvalidFilter, InvalidImage, InvalidSort
from scenario_mcp.sandbox.requests import InvalidBody, InvalidParameter

REJECTIONS: Mapping[type[Exception], str] = {
    InvalidBody: "INVALID_BODY",
    InvalidFilter: "INVALID_SEARCH_FILTER",
    InvalidImage: "INVALID_SEARCH_IMAGE",
    InvalidParameter: "INVALID_PARAMETER",
    InvalidSort: "INVALID_SEARCH_SORT",
}
"""What the rest of the sandbox raises without knowing HTTP -> the API's code for it."""


class ApiError(Exception):
    """A reply that is an error."""

    def __init__(self, status: int, code: str, reason: str) -> None:
        super().__init__(reason)
        self.status = status
        self.code = code
        self.reason = reason

    def response(self) -> Response:
        """Return the JSON reply; a lone surrogate from the request becomes a question mark."""
        reason = self.reason.encode("utf-8", "replace").decode("utf-8")
        body = {"reason": reason, "code": self.code, "trace_id": uuid.uuid4().hex}
        headers = {"WWW-Authenticate": "Basic"} if self.status == 401 else None  # noqa: PLR2004  # HTTP asks for it
        return JSONResponse(body, self.status, headers)


def bad_request(error: Exception) -> ApiError:
    """Reply to a request that one of the `REJECTIONS` says is wrong."""
    return ApiError(400, REJECTIONS[type(error)], str(error))


def unauthorized() -> ApiError:
    """Reply to missing or wrong credentials."""
    return ApiError(401, "UNAUTHORIZED", "Unauthorized")


def foreign_project(project_id: str) -> ApiError:
    """Reply to a request for a project that the key does not belong to."""
    return ApiError(403, "FORBIDDEN", f"The API key has no access to the project `{project_id}`")


def not_found(what: str) -> ApiError:
    """Reply to an unknown id or path."""
    return ApiError(404, "NOT_FOUND", f"{what} not found")


def gone() -> ApiError:
    """Reply for a file that is gone since its folder was read."""
    return ApiError(410, "GONE", "The file is no longer there")


def unknown_fault(header: str, fault: str, faults: Iterable[str]) -> ApiError:
    """Reply to a header that asks for a fault that there is not, so that no call passes for one that survived it."""
    plan = "; a plan such as 429:3 is for `scenario-mcp sandbox --fault`" if ":" in fault else ""
    return ApiError(400, "UNKNOWN_FAULT", f"`{header}` is one of {', '.join(faults)}, not `{fault[:40]}`{plan}")


def no_route(status: int, method: str, named: Sequence[str]) -> ApiError:
    """Reply to a path, or a method of one, that is not among the `named`."""
    there = f"The sandbox has {', '.join(named)}"
    if status == 405:  # noqa: PLR2004  # the status is the name
        return ApiError(405, "METHOD_NOT_ALLOWED", f"The path has no method {method[:20]}. {there}")
    return ApiError(404, "NOT_FOUND", f"Path not found. {there}")


def body_too_large(limit_bytes: int) -> ApiError:
    """Reply to a body over the limit."""
    return ApiError(413, "PAYLOAD_TOO_LARGE", f"The request body is larger than {limit_bytes} bytes")


def access_denied() -> Response:
    """Reply to a link that is not signed, or no longer valid, as Scenario's CDN does."""
    body = (
        '<?xml version="1.0" encoding="UTF-8"?><Error><Code>AccessDenied</Code><Message>Access denied</Message></Error>'
    )
    return PlainTextResponse(body, 403, media_type="application/xml")
