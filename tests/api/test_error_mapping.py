"""Every status and every failure of the network has a sentence of its own, in which upstream text is vetted."""

import base64
import email.utils
import time
from dataclasses import replace
from typing import Any

import anyio
import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scenario_mcp.api.error_mapping import MAX_REASON_CHARACTERS
from scenario_mcp.errors import (
    NotAuthorized,
    NotFound,
    QuotaExceeded,
    RateLimited,
    ScenarioError,
    SearchRefused,
    Unavailable,
)
from scenario_mcp.net.bounded_body import MAX_PROBLEM_BYTES
from scenario_mcp.settings import Live, Settings
from tests.support.fakes import API_KEY, API_SECRET, SETTINGS, SIGNED_URL, Network, answering, failure_of, is_plain
from tests.support.faulty_upstream import Upstream, answer, dripping, head, then_silent
from tests.support.upstream_client import BROKEN, SECRET, SIGNED, client_of, failure, own_problem

TOKEN = "eyJhbGci.eyJzdWIi.c2ln"
BASIC = base64.b64encode(f"{API_KEY}:{API_SECRET}".encode()).decode()
UNEXPLAINED = "It does not say why: check the filter and the other arguments, or leave some of them out."
REFUSALS = [
    (400, SearchRefused, "Scenario refused the request (400){}"),
    (422, SearchRefused, "Scenario refused the request (422){}"),
    (418, SearchRefused, "Scenario refused the request (418){} Try a simpler search."),
    (
        402,
        NotAuthorized,
        (
            "Scenario asks to be paid for this (402){} The plan or its credits do not cover it: look at the billing "
            "page of Scenario's web app."
        ),
    ),
    *(
        (
            status,
            Unavailable,
            (
                f"api.cloud.scenario.com takes no such requests ({status}){{}} Another search will not help. Check "
                "SCENARIO_BASE_URL."
            ),
        )
        for status in (405, 406, 410, 415, 421, 426)
    ),
    (
        407,
        Unavailable,
        (
            "A proxy on the way to Scenario asks for a name and a password (407). Set them in HTTPS_PROXY, as "
            "http://NAME:PASSWORD@HOST:PORT."
        ),
    ),
    (
        403,
        NotAuthorized,
        (
            "Scenario accepts the key but does not allow this (403){} The key's scope, its project or the plan forbids "
            "it. Set SCENARIO_PROJECT_ID to another project, or use a key with more rights."
        ),
    ),
    (
        404,
        NotFound,
        (
            "Scenario knows nothing at this address (404){} Check the ids in the call, if it has any. If all calls "
            "fail like this, check SCENARIO_BASE_URL: it ends with the API's path."
        ),
    ),
    (
        401,
        NotAuthorized,
        (
            "Scenario did not accept the credentials (401). Check SCENARIO_SDK_API_KEY and SCENARIO_SDK_API_SECRET, or "
            "SCENARIO_SDK_JWT, and restart the server."
        ),
    ),
    (413, SearchRefused, "The request is too large for Scenario (413). Give fewer or smaller pictures."),
    (429, RateLimited, "Scenario's rate limit is reached (429). Wait a moment, then try again."),
    *(
        (status, Unavailable, f"Scenario has a problem of its own ({status}). Try again in a minute.")
        for status in (408, 409, 500, 502, 503, 504, 529, 204)
    ),
    *(
        (status, Unavailable, f"api.cloud.scenario.com answered with a redirect ({status}). Check SCENARIO_BASE_URL.")
        for status in (301, 302, 307, 308)
    ),
]


@pytest.mark.parametrize(("status", "kind", "sentence"), REFUSALS, ids=str)
@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b'{"reason": "No such attribute."}', ': "No such attribute".'),
        (b"<html><h1>Bad Gateway</h1></html>", "."),
        (b"", "."),
        (b'["no object"]', "."),
        (b"[" * 100_000, "."),
    ],
    ids=["reason", "HTML", "empty", "list", "deep"],
)
async def test_every_status_has_its_own_sentence(
    status: int, kind: type[ScenarioError], sentence: str, content: bytes, reason: str
) -> None:
    network = answering(content, status, {"Location": "https://evil.example.com/"})
    error = await failure_of(network)
    assert (type(error), error.told(to_operator=True)) == (kind, sentence.format(reason) + _advice(status, reason))
    assert len(network.requests) == 1


async def test_an_unknown_id_is_told_as_one() -> None:
    for ask in ("get_asset", "get_model"):
        with pytest.raises(NotFound) as refused:
            await getattr(answering(b"", 404).client(), ask)("asset_1")
        assert refused.value.told(to_operator=True) == "Scenario knows nothing at this address (404). Check the id."
    with pytest.raises(NotFound) as refused:
        await answering(b"", 404).client().get_assets(["asset_1"])
    assert "SCENARIO_BASE_URL" in refused.value.for_operator


@pytest.mark.parametrize(
    "problem",
    [
        {"reason": "Bad attribute"},
        {"reason": "", "message": "Bad attribute"},
        {"reason": None, "message": " ", "error": "Bad attribute"},
        {"detail": "Bad attribute", "trace_id": "t1"},
        {"apiError": "Bad attribute", "code": "X"},
        {"error": {"message": "Bad attribute"}},
        {"apiError": {"reason": "Bad attribute"}},
        {"errors": [{"message": "Bad attribute"}, {"message": "second"}]},
        {"errors": [None, 5, {"message": ""}, {"message": "Bad attribute"}], "message": 5},
        {"errors": ["Bad attribute", "second"]},
        {"detail": [{"loc": ["body", "filter"], "msg": "Bad attribute", "type": "value_error"}]},
        {"reason": "Bad attribute", "message": "second", "error": "third"},
        {"reason": " Bad\n\tattribute\u200b. "},
    ],
    ids=str,
)
async def test_the_reason_is_found_in_every_shape_of_an_error_body(problem: dict[str, Any]) -> None:
    error = await failure_of(answering(problem, 400))
    assert error.told(to_operator=True) == 'Scenario refused the request (400): "Bad attribute". Correct what it names.'


@pytest.mark.parametrize(
    "problem",
    [{}, {"errors": "x"}, {"errors": {}}, {"message": 5}, {"code": "BAD"}, {"id": "t1"}, {"reason": "\u200b\u202e"}],
    ids=ascii,
)
async def test_an_error_body_without_a_reason_is_not_quoted(problem: dict[str, Any]) -> None:
    error = await failure_of(answering(problem, 400))
    assert error.told(to_operator=True) == f"Scenario refused the request (400). {UNEXPLAINED}"


@pytest.mark.promise(number=7)
@pytest.mark.promise(number=17)
@pytest.mark.promise(number=18)
@pytest.mark.parametrize(
    ("reason", "shown"),
    [
        (f"see {SIGNED_URL} for it", "see [address removed] for it"),
        ("see " + SIGNED_URL.replace("//", "\u200b//", 1), "see [address removed]"),
        (f"the key {API_KEY} is wrong", "the key [secret removed] is wrong"),
        (f"{API_KEY}:{API_SECRET}!", "[secret removed]:[secret removed]!"),
        (f"Authorization: Basic {BASIC}", "Authorization: Basic [secret removed]"),
        (f"token {TOKEN}", "token [secret removed]"),
        ("one\r\ntwo\x1b[31m\u202ethree", "one two[31mthree"),
    ],
)
async def test_upstream_text_is_vetted_before_it_is_quoted(reason: str, shown: str) -> None:
    error = await failure_of(answering({"reason": reason}, 422), Settings(replace(SETTINGS.credentials, jwt=TOKEN)))
    assert error.told(to_operator=True) == f'Scenario refused the request (422): "{shown}". Correct what it names.'


@pytest.mark.promise(number=7)
async def test_upstream_text_is_cut() -> None:
    error = await failure_of(answering({"reason": "word " * 10_000}, 403))
    prefix = 'Scenario accepts the key but does not allow this (403): "'
    quoted = error.told(to_operator=True).removeprefix(prefix).partition('"')[0]
    assert quoted == ("word " * (MAX_REASON_CHARACTERS // 5)).strip() + "…"


@given(st.text(st.characters(exclude_categories=[]), max_size=400))
def test_no_upstream_text_can_break_out_of_its_sentence(reason: str) -> None:
    async def search() -> ScenarioError:
        return await failure_of(answering({"message": f"{reason}{SIGNED_URL} {API_SECRET}"}, 400))

    message = anyio.run(search).told(to_operator=True)
    assert is_plain(message)
    assert len(message) < MAX_REASON_CHARACTERS + 100
    assert API_SECRET not in message
    assert "Signature" not in message


NO_WAIT = "a moment"
NO_SECONDS: list[Any] = [None, [], {}, "soon", -1, 0, 10**400]


@pytest.mark.promise(number=4)
@pytest.mark.parametrize(
    ("headers", "problem", "wait_seconds", "words"),
    [
        ({"Retry-After": "30"}, {}, 30.0, "30 seconds"),
        ({"Retry-After": "1.2"}, {}, 1.2, "2 seconds"),
        ({"Retry-After": "1"}, {}, 1.0, NO_WAIT),
        ({"retry-after-ms": "2500"}, {}, 2.5, "3 seconds"),
        ({"retry-after-ms": "400"}, {}, 0.4, NO_WAIT),
        ({"retry-after-ms": "2000", "Retry-After": "90"}, {}, 2.0, "2 seconds"),
        ({"Retry-After": "5"}, {"remainingSeconds": 60}, 5.0, "5 seconds"),
        ({}, {"remainingSeconds": 42}, 42.0, "42 seconds"),
        ({}, {"remainingSeconds": "42"}, 42.0, "42 seconds"),
        *(
            ({"Retry-After": text}, {}, None, NO_WAIT)
            for text in ("0", "-5", "soon", "nan", "inf", "", "1e9", "86400", "Wed, 21 Oct 2015 07:28:00 GMT")
        ),
        *(({}, {"remainingSeconds": value}, None, NO_WAIT) for value in NO_SECONDS),
        ({"retry-after-ms": "soon"}, {}, None, NO_WAIT),
        ({}, {}, None, NO_WAIT),
    ],
    ids=str,
)
async def test_a_limited_rate_says_how_long_to_wait(
    headers: dict[str, str], problem: dict[str, Any], wait_seconds: float | None, words: str
) -> None:
    error = await failure_of(answering(problem, 429, headers))
    assert isinstance(error, RateLimited)
    assert (type(error), error.wait_seconds) == (RateLimited, wait_seconds)
    assert error.told(to_operator=True) == f"Scenario's rate limit is reached (429). Wait {words}, then try again."


async def test_a_limited_rate_may_name_the_time_of_day() -> None:
    at = email.utils.formatdate(time.time() + 100, usegmt=True)
    error = await failure_of(answering({}, 429, {"Retry-After": at}))
    assert isinstance(error, RateLimited)
    assert error.wait_seconds is not None
    assert 90 < error.wait_seconds <= 100


@given(st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=40))
def test_any_retry_after_is_a_time_to_wait_or_none(text: str) -> None:
    async def search() -> ScenarioError:
        return await failure_of(answering({}, 429, {"Retry-After": text}))

    error = anyio.run(search)
    assert isinstance(error, RateLimited)
    assert error.wait_seconds is None or 0 < error.wait_seconds < 24 * 3600


@pytest.mark.parametrize("code", ["QUOTA_EXCEEDED", "quota_exceeded"])
async def test_a_used_up_quota_is_not_worth_another_try(code: str) -> None:
    problem = {"error": "Quota exceeded for search", "code": code}
    error = await failure_of(answering(problem, 429, {"Retry-After": "30"}))
    assert type(error) is QuotaExceeded
    assert error.told(to_operator=True) == (
        "The plan's quota for searches is used up (429). Waiting a little does not help: it renews with the billing "
        "period, or a larger plan raises it."
    )


UNREACHABLE = "Scenario could not be reached at localhost:1. Check the network, the proxy, and SCENARIO_BASE_URL."
TOO_LATE = (
    "Scenario did not answer within 7.5 seconds. Try again, perhaps with a smaller limit. "
    "Set SCENARIO_MCP_TIMEOUT_SECONDS to wait longer."
)


@pytest.mark.promise(number=1)
@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (httpx.ConnectError("refused"), UNREACHABLE),
        (httpx.ConnectTimeout("late"), UNREACHABLE),
        (httpx.ReadTimeout("late"), TOO_LATE),
        (httpx.WriteTimeout("late"), TOO_LATE),
        (httpx.PoolTimeout("late"), TOO_LATE),
        (httpx.ReadError("gone"), BROKEN),
        (httpx.RemoteProtocolError("no HTTP"), BROKEN),
        (httpx.DecodingError("no gzip"), BROKEN),
        (httpx.InvalidURL(f"broken {API_SECRET}"), BROKEN),
    ],
    ids=lambda value: type(value).__name__,
)
async def test_a_failing_network_is_put_into_words(error: Exception, sentence: str) -> None:
    settings = replace(SETTINGS, upstream=Live("http://localhost:1/v1"), timeout_seconds=7.5)
    refused = await failure_of(Network(error), settings)
    assert (type(refused), refused.told(to_operator=True)) == (Unavailable, sentence)


async def test_an_error_shows_no_credential_and_has_no_cause_that_could() -> None:
    for network in (
        Network(httpx.ConnectError(f"refused {API_SECRET}")),
        answering({"message": f"{API_KEY} {API_SECRET} {BASIC}"}, 400),
        answering(f"<html>{API_SECRET}</html>".encode()),
    ):
        error = await failure_of(network)
        assert all(secret not in repr(error) for secret in (API_KEY, API_SECRET, BASIC))
        assert (error.__cause__, error.__context__) == (None, None)


@pytest.mark.promise(number=7)
@pytest.mark.parametrize(
    "reason",
    [
        "<html><body><h1>Bad request</h1></body></html>",
        'Traceback (most recent call last):\n  File "/srv/api/app.py", line 3, in f',
        "boom\n    at Object.search (/var/task/index.js:1:2)",
        "cannot read /srv/api/config.yaml",
    ],
)
async def test_markup_traces_and_paths_of_the_upstream_are_not_passed_on(reason: str) -> None:
    error = await failure_of(answering({"reason": reason}, 400))
    assert error.told(to_operator=True) == f"Scenario refused the request (400). {UNEXPLAINED}"


async def test_a_reason_that_only_looks_like_them_is_passed_on() -> None:
    error = await failure_of(answering({"reason": "width < 5 and a/b and 3 > 2"}, 400))
    assert error.told(to_operator=True) == (
        'Scenario refused the request (400): "width < 5 and a/b and 3 > 2". Correct what it names.'
    )


REASONS: dict[str, tuple[bytes, str]] = {
    "reason": (b'{"reason": "No such field."}', ': "No such field".'),
    "message": (b'{"message": "No such field", "code": "X", "trace_id": "t"}', ': "No such field".'),
    "error": (b'{"error": {"message": "No such field"}}', ': "No such field".'),
    "detail": (b'{"detail": "No such field"}', ': "No such field".'),
    "apiError and errors": (b'{"apiError": "", "errors": [{"message": "No such field"}]}', ': "No such field".'),
    "HTML": (b"<html><h1>Bad Gateway</h1></html>", "."),
    "nothing": (b"", "."),
    "signed URL": (f'{{"reason": "at {SIGNED} {SECRET}"}}'.encode(), ': "at [address removed] [secret removed]".'),
    "too long to read": (b'{"reason": "' + b"x" * MAX_PROBLEM_BYTES + b'"}', "."),
}
READ = {400, 402, 403, 404, 422, 500}
"""One status of each kind: with all the bodies. The others have one each, by turns."""
STATUSES = [*range(300, 310), *range(400, 432), 444, 451, 460, 499, *range(500, 512), *range(520, 531), 561, 598, 599]


def _expected(status: int, reason: str, host: str) -> tuple[type[ScenarioError], str, int]:
    """Say what a status comes to: the error, its sentence, and how many requests it takes."""
    for known, kind, sentence in REFUSALS:
        if known == status:
            told = sentence.format(reason).replace("api.cloud.scenario.com", host)
            return kind, told + _advice(status, reason), 3 if status in {408, 409, 429} or status >= 500 else 1
    if status < 400:
        return Unavailable, f"{host} answered with a redirect ({status}). Check SCENARIO_BASE_URL.", 1
    if status < 500:
        return SearchRefused, f"Scenario refused the request ({status}){reason} Try a simpler search.", 1
    return Unavailable, own_problem(status), 3


def _advice(status: int, reason: str) -> str:
    if status not in {400, 422}:
        return ""
    return f" {UNEXPLAINED if reason == '.' else 'Correct what it names.'}"


@pytest.mark.promise(number=3)
@pytest.mark.parametrize("status", STATUSES)
async def test_every_status_has_its_sentence_and_its_number_of_tries(status: int) -> None:
    bodies = [*REASONS.values()]
    if status == 304:  # By HTTP it has no body; what follows it would be the next answer.
        bodies = [(b"", ".")]
    elif status not in READ:
        bodies = [bodies[status % len(bodies)]]
    for content, reason in bodies:
        refusal = answer(content, status, location="http://127.0.0.1:1/elsewhere")
        async with Upstream(refusal) as upstream, client_of(upstream) as client:
            error = await failure(client)
            expected = _expected(status, reason, upstream.base_url.split("/")[2])
            assert (type(error), error.told(to_operator=True), len(upstream.received)) == expected


@pytest.mark.promise(number=2)
async def test_the_body_of_an_error_is_waited_for_no_longer_than_it_is_worth(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scenario_mcp.api.retries.PROBLEM_SECONDS", 0.05)
    for behaviour in (
        then_silent(head(403, content_length=100) + b'{"reason": "'),
        dripping(head(403, transfer_encoding="chunked"), b"1\r\nx\r\n"),
    ):
        async with Upstream(behaviour) as upstream, client_of(upstream) as client:
            error = await failure(client)
            assert error.told(to_operator=True) == _expected(403, ".", "")[1]
