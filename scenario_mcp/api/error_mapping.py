"""Maps HTTP responses and exceptions to errors: a sentence that says what to do, and whether to retry."""

import email.utils
import math
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from typing import Any

import httpx

from scenario_mcp.api.parsing import MAX_VALUES, holds_too_much, read_problem
from scenario_mcp.credentials import Credentials, KeyHolder
from scenario_mcp.errors import (
    NotAuthorized,
    NotFound,
    QuotaExceeded,
    RateLimited,
    ScenarioError,
    SearchRefused,
    Unavailable,
)
from scenario_mcp.net.bounded_body import MAX_ANSWER_BYTES, TooLarge
from scenario_mcp.net.connection_errors import explain
from scenario_mcp.settings import WAIT_LONGER, Settings
from scenario_mcp.text import Secrets, trimmed

MAX_REASON_CHARACTERS = 600
MAX_SEARCHED_CHARACTERS = 10_000
MAX_WAIT_SECONDS = 24 * 3600
MAX_SECONDS_IN_WORDS = 600
"""A longer wait is given in minutes."""
_NOT_FOR_CALLERS = re.compile(
    r"""(?i)<[a-z/!][^>]*>|Traceback|\bFile "|^\s*at \S+ ?\(|(?<!\S)/(?:[\w.-]+/){2,}""", re.MULTILINE
)
"""Markup, stack traces and paths of the upstream's machines: they do not help a caller."""


_CHECK_THE_KEY: Mapping[KeyHolder, str] = {
    "own": ("Check SCENARIO_SDK_API_KEY and SCENARIO_SDK_API_SECRET, or SCENARIO_SDK_JWT, and restart the server."),
    "caller": "Check the API key and secret, or the JWT, that your client sends with each request.",
    "operator": "They belong to this server: tell its operator.",
}
_NAME_THE_PROJECT: Mapping[KeyHolder, str] = {
    "own": "Set SCENARIO_PROJECT_ID to another project, or use a key with more rights.",
    "caller": "Name another project in the header X-Scenario-Project-Id, or send a key with more rights.",
    "operator": "The key belongs to this server: tell its operator.",
}
_BY_ID = re.compile(r"/(?:assets|models)/(?!get-bulk$)[^/]+$")
"""The end of a path that an id stands in."""
_CHECK_BASE_URL = "Check SCENARIO_BASE_URL."
_CHECK_THE_ARGUMENTS = "It does not say why: check the filter and the other arguments, or leave some of them out."
_OF_OTHERS = frozenset({405, 406, 407, 410, 415, 421, 426})
"""Statuses that no search gets from the API: they come from another server, a proxy, or a dead address."""
_NO_REASON = "."
"""What follows a status without a reason that may be quoted."""


@dataclass(frozen=True, slots=True)
class Failure:
    """A try without an answer: the error if it was the last one, and what it means for the next."""

    error: ScenarioError
    cause: str
    """For logs and metrics: a status or the name of an exception, never a stranger's text."""
    is_outage: bool
    """Whether the API was not reached, or something else answered."""
    is_retryable: bool
    wait_seconds: float | None = None
    """How long the API asks to wait."""


@lru_cache(1)
def _host(base_url: str) -> str:
    """Return host and port: a server has one base URL, and a mapper for each caller."""
    return httpx.URL(base_url).netloc.decode("ascii")


class ErrorMapper:
    """Errors of one caller: removes the caller's secrets from them, and names who can correct a refused key."""

    def __init__(self, settings: Settings, credentials: Credentials) -> None:
        self._host = _host(settings.upstream.base_url)
        self._secrets = Secrets(credentials.secrets)
        self._key_holder = credentials.holder
        self._timeout_seconds = settings.timeout_seconds

    def from_response(self, request: httpx.Request, status: int, headers: httpx.Headers, body: bytes) -> Failure:
        """Explain a status other than 200; the body is empty if it could not be read."""
        problem = read_problem(body)
        wait_seconds = _wait_seconds(headers, problem)
        error = self._error(status, problem, wait_seconds, is_by_id=_BY_ID.search(request.url.path) is not None)
        return Failure(
            error,
            cause=str(status),
            is_outage=not httpx.codes.is_client_error(status),
            is_retryable=_is_retryable(status, headers) and not isinstance(error, QuotaExceeded),
            wait_seconds=wait_seconds,
        )

    def from_exception(self, error: Exception) -> Failure:
        """Explain an exception raised while a request was sent or its answer read."""
        if isinstance(error, httpx.HTTPError) and (reason := explain(error, self._host)):
            # A certificate or a proxy: an outage for all calls, and the same again within seconds.
            unavailable = Unavailable(reason.what, for_operator=reason.for_operator)
            return Failure(unavailable, cause=type(error).__name__, is_outage=True, is_retryable=False)
        for_operator = ""
        match error:
            case httpx.ConnectError() | httpx.ConnectTimeout():
                sentence = f"Scenario could not be reached at {self._host}."
                for_operator = "Check the network, the proxy, and SCENARIO_BASE_URL."
            case TimeoutError() | httpx.TimeoutException():
                sentence = (
                    f"Scenario did not answer within {self._timeout_seconds:g} seconds. Try again, perhaps with a "
                    "smaller limit."
                )
                for_operator = WAIT_LONGER
            case TooLarge():
                sentence = (
                    f"Scenario's answer is larger than {MAX_ANSWER_BYTES // 1_000_000} MB and was not read. Ask for "
                    "less at a time, such as a smaller limit."
                )
            case _:
                sentence = "The connection to Scenario broke before the answer was complete. Try again."
        is_whole = not isinstance(error, TooLarge)  # it would come again as large
        unavailable = Unavailable(sentence, for_operator=for_operator)
        return Failure(unavailable, cause=type(error).__name__, is_outage=is_whole, is_retryable=is_whole)

    def no_free_slot(self, slots: int) -> Failure:
        """Explain that a request was not sent because so many others were in flight all the time."""
        sentence = (
            f"{slots} other requests to Scenario were in progress for {self._timeout_seconds:g} seconds, so this one "
            "was not sent. Try again, with fewer calls at a time."
        )
        return Failure(Unavailable(sentence), cause="busy", is_outage=False, is_retryable=False)

    def _error(
        self, status: int, problem: Mapping[str, Any], wait_seconds: float | None, *, is_by_id: bool
    ) -> ScenarioError:
        reason = self._vetted(problem)
        match status:
            case 400 | 422:
                todo = "Correct what it names." if reason != _NO_REASON else _CHECK_THE_ARGUMENTS
                return SearchRefused(f"Scenario refused the request ({status}){reason} {todo}", by_scenario=True)
            case 401 | 402 | 403:
                return self._no_right(status, reason)
            case 404:
                if is_by_id:
                    return NotFound(f"Scenario knows nothing at this address (404){reason} Check the id.")
                return NotFound(
                    f"Scenario knows nothing at this address (404){reason} Check the ids in the call, if it has any.",
                    for_operator="If all calls fail like this, check SCENARIO_BASE_URL: it ends with the API's path.",
                )
            case 413:
                return SearchRefused(
                    "The request is too large for Scenario (413). Give fewer or smaller pictures.", by_scenario=True
                )
            case 429 if str(problem.get("code", "")).upper() == "QUOTA_EXCEEDED":
                return QuotaExceeded(
                    "The plan's quota for searches is used up (429). Waiting a little does not help: it renews with "
                    "the billing period, or a larger plan raises it.",
                    wait_seconds=wait_seconds,
                )
            case 429:
                wait = in_words(wait_seconds) or "a moment"
                return RateLimited(
                    f"Scenario's rate limit is reached (429). Wait {wait}, then try again.",
                    wait_seconds=wait_seconds,
                )
            case _ if httpx.codes.is_redirect(status) or status in _OF_OTHERS:
                return self._other_host(status, reason)
            case _ if httpx.codes.is_client_error(status) and status not in {408, 409}:
                return SearchRefused(
                    f"Scenario refused the request ({status}){reason} Try a simpler search.", by_scenario=True
                )
            case _:
                wait = in_words(wait_seconds) or "a minute"
                return Unavailable(f"Scenario has a problem of its own ({status}). Try again in {wait}.")

    def _no_right(self, status: int, reason: str) -> NotAuthorized:
        match status:
            case 401:
                return NotAuthorized(
                    f"Scenario did not accept the credentials (401). {_CHECK_THE_KEY[self._key_holder]}"
                )
            case 402:
                return NotAuthorized(
                    f"Scenario asks to be paid for this (402){reason} The plan or its credits do not cover it: look at "
                    "the billing page of Scenario's web app."
                )
            case _:
                return NotAuthorized(
                    f"Scenario accepts the key but does not allow this (403){reason} The key's scope, its project or "
                    f"the plan forbids it. {_NAME_THE_PROJECT[self._key_holder]}"
                )

    def _other_host(self, status: int, reason: str) -> Unavailable:
        """Explain a status that Scenario's API does not give: something else is asked, or stands before it."""
        if status == httpx.codes.PROXY_AUTHENTICATION_REQUIRED:
            sentence = "A proxy on the way to Scenario asks for a name and a password (407)."
            return Unavailable(sentence, for_operator="Set them in HTTPS_PROXY, as http://NAME:PASSWORD@HOST:PORT.")
        if httpx.codes.is_redirect(status):
            sentence = f"{self._host} answered with a redirect ({status})."
        else:
            sentence = f"{self._host} takes no such requests ({status}){reason} Another search will not help."
        return Unavailable(sentence, for_operator=_CHECK_BASE_URL)

    def _vetted(self, problem: Mapping[str, Any]) -> str:
        """Return the upstream's reason as the end of a sentence: one line, bounded, without addresses and secrets."""
        reason = next((text for text in _reasons(problem) if text.strip()), "")
        if _NOT_FOR_CALLERS.search(reason[:MAX_SEARCHED_CHARACTERS]):
            return _NO_REASON
        text = trimmed(self._secrets.removed_from(reason[:MAX_SEARCHED_CHARACTERS]), MAX_REASON_CHARACTERS)
        return f': "{text.rstrip(".")}".' if text else _NO_REASON


def circuit_open(wait_seconds: float, last_outage: ScenarioError) -> Failure:
    """Explain that a request was not sent because the API is known to be down."""
    sentence = (
        "Scenario was not asked, because the last requests failed. It can be asked again in "
        f"{in_words(wait_seconds) or 'a second'}. The last error was: {last_outage.message}"
    )
    unavailable = Unavailable(sentence, for_operator=last_outage.for_operator)
    return Failure(unavailable, cause="down", is_outage=False, is_retryable=False)


def not_the_api(body: bytes) -> Failure:
    """Explain a body that is no answer of the API's, or one that would take too much memory to read."""
    if holds_too_much(body):  # and would come again so
        sentence = f"Scenario's answer holds more than {MAX_VALUES:,} values and was not read. Ask for a smaller limit."
        return Failure(Unavailable(sentence), cause="200", is_outage=False, is_retryable=False)
    sentence = "The answer does not come from Scenario's API. Try again in a minute."
    # A page, of a sign-in or of a wrong address, does not go away within seconds; half an answer may.
    is_page = body[:100].lstrip().startswith(b"<")
    unavailable = Unavailable(sentence, for_operator=_CHECK_BASE_URL)
    return Failure(unavailable, cause="200", is_outage=True, is_retryable=not is_page)


def quota_still_exceeded(wait_seconds: float) -> QuotaExceeded:
    """Explain that a search was not sent because the quota is known to be used up."""
    return QuotaExceeded(
        "The plan's quota for searches was used up at the last request (429), so Scenario was not asked again. It is "
        f"asked again in {in_words(wait_seconds) or 'a second'}; a larger plan raises the quota.",
        wait_seconds=wait_seconds,
    )


def _is_retryable(status: int, headers: httpx.Headers) -> bool:
    """Return whether another try may help. Source: Scenario's SDK 2.4, where a header decides if it is there."""
    told: str = headers.get("x-should-retry", "").strip().lower()
    if told in {"true", "false"}:
        return told == "true"
    return status in {408, 409, 429} or httpx.codes.is_server_error(status)


def _reasons(problem: Mapping[str, Any]) -> list[str]:
    """List the places where an error body may hold its reason, best first (error bodies have at least five shapes)."""
    candidates = [problem.get(name) for name in ("reason", "message", "error", "detail", "apiError")]
    lists = (value for value in (problem.get("errors"), problem.get("detail")) if isinstance(value, list))
    for item in [*candidates, *chain(*lists)]:
        if isinstance(item, dict):
            candidates += [item.get("message"), item.get("reason"), item.get("msg")]
        else:
            candidates.append(item)
    return [text for text in candidates if isinstance(text, str)]


def _wait_seconds(headers: httpx.Headers, problem: Mapping[str, Any]) -> float | None:
    """Read how long to wait: `retry-after-ms`, else `Retry-After` in seconds or as a date, else the body's field."""
    waits = (
        _seconds(headers.get("retry-after-ms"), thousandths=True),
        _seconds(headers.get("retry-after")),
        _seconds(problem.get("remainingSeconds")),
    )
    return next((wait for wait in waits if wait is not None), None)


def _seconds(value: Any, *, thousandths: bool = False) -> float | None:
    """Return a wait of less than a day; None for anything else."""
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
    """Return a wait in words, in whole units; an empty text for a second or less."""
    if not wait_seconds or wait_seconds <= 1:
        return ""
    if wait_seconds > MAX_SECONDS_IN_WORDS:
        return f"{math.ceil(wait_seconds / 60)} minutes"
    return f"{math.ceil(wait_seconds)} seconds"
