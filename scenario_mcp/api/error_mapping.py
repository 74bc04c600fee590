"""Turns a status other than 200 into what happened and what to do."""

import email.utils
import math
import re
import time
from collections.abc import Mapping, Sequence
from typing import Any

import httpx

from scenario_mcp.api.parsing import read_problem
from scenario_mcp.api.retries import Failure
from scenario_mcp.errors import (
    NotAuthorized,
    NotFound,
    QuotaExceeded,
    RateLimited,
    ScenarioError,
    SearchRefused,
    Unavailable,
)
from scenario_mcp.settings import KeyHolder
from scenario_mcp.text import Secrets, trimmed

MAX_REASON_CHARACTERS = 600
MAX_SEARCHED_CHARACTERS = 10_000
MAX_WAIT_SECONDS = 24 * 3600
MAX_SECONDS_IN_WORDS = 600
"""A longer wait is said in minutes."""
_NOT_FOR_CALLERS = re.compile(
    r"""(?i)<[a-z/!][^>]*>|Traceback|\bFile "|^\s*at \S+ ?\(|(?<!\S)/(?:[\w.-]+/){2,}""", re.MULTILINE
)
"""Markup, stack traces and paths of the upstream's machines: they help nobody who searches."""


_CHECK_THE_KEY: Mapping[KeyHolder, str] = {
    "own": ("Check SCENARIO_SDK_API_KEY and SCENARIO_SDK_API_SECRET, or SCENARIO_SDK_JWT, and restart the server."),
    "caller": "Check the API key and secret, or the JWT, that your client sends with each request.",
    "operator": "They are this server's own: tell who runs it.",
}
_NAME_THE_PROJECT: Mapping[KeyHolder, str] = {
    "own": "SCENARIO_PROJECT_ID names another project.",
    "caller": "the header X-Scenario-Project-Id names another project.",
    "operator": "tell who runs this server, since the key is its own.",
}


class ErrorMapper:
    """Knows what never leaves, the secrets that an error may quote, and who can do something about a refused key."""

    def __init__(self, host: str, secrets: Sequence[str], whose_key: KeyHolder) -> None:
        self._host = host
        self._secrets = Secrets(secrets)
        self._whose_key: KeyHolder = whose_key

    def read(self, status: int, headers: httpx.Headers, body: bytes) -> Failure:
        """Read a whole refusal; the body is empty if it could not be had."""
        problem = read_problem(body)
        wait_seconds = _wait_seconds(headers, problem)
        error = self._error(status, problem, wait_seconds)
        return Failure(
            error,
            cause=str(status),
            is_outage=not httpx.codes.is_client_error(status),
            is_retryable=_is_retryable(status, headers) and not isinstance(error, QuotaExceeded),
            wait_seconds=wait_seconds,
        )

    def _error(self, status: int, problem: Mapping[str, Any], wait_seconds: float | None) -> ScenarioError:
        reason = self._vetted(problem)
        match status:
            case 400 | 422:
                return SearchRefused(f"Scenario refused the request ({status}){reason} Correct what it names.")
            case 401:
                return NotAuthorized(
                    f"Scenario did not accept the credentials (401). {_CHECK_THE_KEY[self._whose_key]}"
                )
            case 403:
                return NotAuthorized(
                    f"Scenario accepts the key but does not allow this (403){reason} The key's scope, its project or "
                    f"the plan forbids it; {_NAME_THE_PROJECT[self._whose_key]}"
                )
            case 404:
                return NotFound(f"Scenario knows nothing at this address (404){reason} Check the id.")
            case 413:
                return SearchRefused("The request is too large for Scenario (413). Give fewer or smaller pictures.")
            case 429 if str(problem.get("code", "")).upper() == "QUOTA_EXCEEDED":
                return QuotaExceeded(
                    "The plan's quota for searches is used up (429). Waiting a little does not help: it renews with "
                    "the billing period, or a larger plan raises it.",
                    wait_seconds=wait_seconds,
                )
            case 429:
                wait = in_words(wait_seconds) or "a moment"
                return RateLimited(
                    f"Scenario limits how often it may be asked (429). Wait {wait}, then try again.",
                    wait_seconds=wait_seconds,
                )
            case _ if httpx.codes.is_redirect(status):
                return Unavailable(f"{self._host} answered with a redirect ({status}). Check SCENARIO_BASE_URL.")
            case _ if httpx.codes.is_client_error(status) and status not in {408, 409}:
                return SearchRefused(f"Scenario refused the request ({status}){reason} Try a simpler search.")
            case _:
                wait = in_words(wait_seconds) or "a minute"
                return Unavailable(f"Scenario has a problem of its own ({status}). Try again in {wait}.")

    def _vetted(self, problem: Mapping[str, Any]) -> str:
        """Return the upstream's reason as the rest of a sentence: one line, bounded, no addresses, no secrets."""
        reason = next((text for text in _reasons(problem) if text.strip()), "")
        if _NOT_FOR_CALLERS.search(reason[:MAX_SEARCHED_CHARACTERS]):
            return "."
        text = trimmed(self._secrets.removed_from(reason[:MAX_SEARCHED_CHARACTERS]), MAX_REASON_CHARACTERS)
        return f': "{text.rstrip(".")}".' if text else "."


def _is_retryable(status: int, headers: httpx.Headers) -> bool:
    """Tell whether another try may help. Source: Scenario's SDK 2.4, where a header has the last word."""
    told: str = headers.get("x-should-retry", "").strip().lower()
    if told in {"true", "false"}:
        return told == "true"
    return status in {408, 409, 429} or httpx.codes.is_server_error(status)


def _reasons(problem: Mapping[str, Any]) -> list[str]:
    """List the places where an error body may hold its reason, best first (error bodies have at least five shapes)."""
    candidates = [problem.get(name) for name in ("reason", "message", "error", "detail", "apiError")]
    errors = problem.get("errors")
    for item in [*candidates, *(errors if isinstance(errors, list) else ())]:
        if isinstance(item, dict):
            candidates += [item.get("message"), item.get("reason")]
    return [text for text in candidates if isinstance(text, str)]


def _wait_seconds(headers: httpx.Headers, problem: Mapping[str, Any]) -> float | None:
    """Read how long to wait: `retry-after-ms`, else `Retry-After` in seconds or as a date, else the body's word."""
    waits = (
        _seconds(headers.get("retry-after-ms"), thousandths=True),
        _seconds(headers.get("retry-after")),
        _seconds(problem.get("remainingSeconds")),
    )
    return next((wait for wait in waits if wait is not None), None)


def _seconds(value: Any, *, thousandths: bool = False) -> float | None:
    """Return a wait of up to a day; None for anything that is not one."""
    try:
        if isinstance(value, bool):
            return None
        date = email.utils.parsedate_tz(value) if isinstance(value, str) else None
        wait = float(value) if date is None else email.utils.mktime_tz(date) - time.time()
    except (ValueError, TypeError, OverflowError):
        return None
    wait = wait / 1000 if thousandths else wait
    return wait if 0 < wait < MAX_WAIT_SECONDS else None


def in_words(wait_seconds: float | None) -> str:
    """Say how long to wait, in whole units; nothing for less than about a second."""
    if not wait_seconds or wait_seconds <= 1:
        return ""
    if wait_seconds > MAX_SECONDS_IN_WORDS:
        return f"{math.ceil(wait_seconds / 60)} minutes"
    return f"{math.ceil(wait_seconds)} seconds"
