"""Every answer of the sandbox that is not a success: its status, its code and the shape of its body.

Scenario's error bodies have several shapes. The sandbox uses the one with `reason`, `code` and `trace_id`.
"""

import uuid

from starlette.responses import JSONResponse, PlainTextResponse, Response


class Refused(Exception):
    """A request that is answered with an error."""

    def __init__(self, status: int, code: str, reason: str) -> None:
        super().__init__(reason)
        self.status = status
        self.code = code
        self.reason = reason

    def response(self) -> Response:
        """Return the JSON body; a lone surrogate that the request brought along becomes a question mark."""
        reason = self.reason.encode("utf-8", "replace").decode("utf-8")
        body = {"reason": reason, "code": self.code, "trace_id": uuid.uuid4().hex}
        headers = {"WWW-Authenticate": "Basic"} if self.status == 401 else None  # noqa: PLR2004  # HTTP asks for it
        return JSONResponse(body, self.status, headers)


def invalid_body(reason: str) -> Refused:
    """Refuse a body that is not what the endpoint takes."""
    return Refused(400, "INVALID_BODY", reason)


def invalid_filter(reason: str) -> Refused:
    """Refuse a filter expression."""
    return Refused(400, "INVALID_SEARCH_FILTER", reason)


def invalid_sort(reason: str) -> Refused:
    """Refuse an item of `sortBy`."""
    return Refused(400, "INVALID_SEARCH_SORT", reason)


def invalid_image(reason: str) -> Refused:
    """Refuse a reference picture."""
    return Refused(400, "INVALID_SEARCH_IMAGE", reason)


def invalid_parameter(reason: str) -> Refused:
    """Refuse a URL parameter."""
    return Refused(400, "INVALID_PARAMETER", reason)


def unauthorized() -> Refused:
    """Refuse missing or wrong credentials."""
    return Refused(401, "UNAUTHORIZED", "Unauthorized")


def foreign_project(project_id: str) -> Refused:
    """Refuse a project that the key does not belong to."""
    return Refused(403, "FORBIDDEN", f"The API key has no access to the project `{project_id}`")


def not_found(what: str) -> Refused:
    """Refuse an id or a path that nothing is kept under."""
    return Refused(404, "NOT_FOUND", f"{what} not found")


def method_not_allowed() -> Refused:
    """Refuse a method that the path does not have."""
    return Refused(405, "METHOD_NOT_ALLOWED", "Method not allowed")


def body_too_large(limit_bytes: int) -> Refused:
    """Refuse a body over the limit."""
    return Refused(413, "PAYLOAD_TOO_LARGE", f"The request body is larger than {limit_bytes} bytes")


def access_denied() -> Response:
    """Refuse a link that is not signed, or no longer valid, in the way of Scenario's CDN."""
    body = (
        '<?xml version="1.0" encoding="UTF-8"?><Error><Code>AccessDenied</Code><Message>Access denied</Message></Error>'
    )
    return PlainTextResponse(body, 403, media_type="application/xml")
