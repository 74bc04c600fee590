"""Failures on demand: each kind reaches the caller as the real one would."""

import re

import httpx
import pytest
from mcp.client import Client
from mcp.types import TextContent

from scenario_mcp.api.requests import AssetSearch
from scenario_mcp.credentials import Credentials
from scenario_mcp.errors import (
    NotAuthorized,
    NotFound,
    QuotaExceeded,
    RateLimited,
    ScenarioError,
    SearchRefused,
    SettingsRefused,
    Unavailable,
)
from scenario_mcp.sandbox import faults
from scenario_mcp.sandbox.app import create_app
from scenario_mcp.sandbox.catalogue import Catalogue
from scenario_mcp.sandbox.faults import FAULTS, OLDER_ENGINE, FaultPlan
from scenario_mcp.server.app import build_server
from scenario_mcp.settings import Live, Sandbox, Settings
from tests.support.fakes import client_over

SETTINGS = Settings(Credentials("sandbox", "sandbox"), Live("http://localhost/v1"))
EXPECTED = {
    "400": SearchRefused,
    "401": NotAuthorized,
    "403": NotAuthorized,
    "404": NotFound,
    "429": RateLimited,
    "quota": QuotaExceeded,
    "500": Unavailable,
    "503": Unavailable,
    "html": Unavailable,
    "empty": Unavailable,
    "cut": Unavailable,
    "slow": Unavailable,
}


def _transport(plan: FaultPlan | None) -> httpx.ASGITransport:
    return httpx.ASGITransport(create_app(Catalogue.load(), faults=plan))


def _http(plan: FaultPlan | None, headers: dict[str, str] | None = None) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=_transport(plan), headers=headers)


def test_every_kind_has_an_error_that_a_caller_gets() -> None:
    assert {*EXPECTED, OLDER_ENGINE} == set(FAULTS)


@pytest.mark.parametrize("kind", EXPECTED)
async def test_each_kind_becomes_the_error_of_its_name(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(faults, "SLOW_SECONDS", 0)
    async with _transport(FaultPlan.parse(kind)) as http:
        with pytest.raises(ScenarioError) as caught:
            await client_over(http, SETTINGS, tries=1).search_assets(AssetSearch(query="knight").resolve())
    assert type(caught.value) is EXPECTED[kind]


async def test_a_rate_limit_says_how_long_to_wait() -> None:
    async with _transport(FaultPlan("429")) as http:
        with pytest.raises(RateLimited) as caught:
            await client_over(http, SETTINGS, tries=1).search_assets(AssetSearch(query="knight").resolve())
    assert caught.value.wait_seconds == 2


async def test_every_third_call_fails_and_the_others_do_not() -> None:
    outcomes = []
    async with _transport(FaultPlan.parse("503:3")) as http:
        client = client_over(http, SETTINGS, tries=1)
        for _ in range(6):
            try:
                await client.search_assets(AssetSearch(query="knight").resolve())
            except Unavailable:
                outcomes.append("failed")
            else:
                outcomes.append("answered")
    assert outcomes == ["answered", "answered", "failed"] * 2


async def test_a_header_makes_one_call_fail() -> None:
    async with _http(None) as http:
        url, auth, body = "http://localhost/v1/search/assets", ("sandbox", "sandbox"), {"query": "knight"}
        failed = await http.post(url, auth=auth, json=body, headers={"X-Sandbox-Fault": "quota"})
        assert (failed.status_code, failed.json()["code"]) == (429, "QUOTA_EXCEEDED")
        assert (await http.post(url, auth=auth, json=body)).status_code == 200


@pytest.mark.parametrize(
    ("given", "rest"),
    [("teapot", ""), ("429:3", "; a plan such as 429:3 is for `scenario-mcp sandbox --fault`"), ("QUOTA", "")],
)
async def test_a_header_that_names_no_fault_is_refused_with_those_that_there_are(given: str, rest: str) -> None:
    async with _http(None, {"X-Sandbox-Fault": given}) as http:
        answer = await http.get("http://localhost/v1/tags", auth=("sandbox", "sandbox"))
    assert (answer.status_code, answer.json()["code"]) == (400, "UNKNOWN_FAULT")
    assert answer.json()["reason"] == f"`X-Sandbox-Fault` is one of {', '.join(FAULTS)}, not `{given}`{rest}"


async def test_a_wrong_key_is_refused_before_any_planned_failure() -> None:
    async with _http(FaultPlan("500")) as http:
        answer = await http.post("http://localhost/v1/search/assets", auth=("sandbox", "wrong"), json={"query": "x"})
    assert answer.status_code == 401


@pytest.mark.parametrize("text", ["418", "", "429:0", "429:x", "429:-1", "429:²"])
def test_a_plan_that_is_none_is_refused_with_the_kinds(text: str) -> None:
    with pytest.raises(SettingsRefused, match=r"A fault is one of 400, 401, 403, 404, 429, quota, 500"):
        FaultPlan.parse(text)


async def test_an_agent_meets_the_failures_through_the_server() -> None:
    async with Client(build_server(Settings(upstream=Sandbox(fault="quota")))) as client:
        result = await client.call_tool("search_assets", {"query": "knight"})
    (text,) = result.content
    assert isinstance(text, TextContent)
    assert result.is_error
    assert text.text.startswith("The plan's quota for searches is used up (429).")


async def _ids(expression: str, fault: str = "") -> list[str]:
    async with _http(None, {"X-Sandbox-Fault": fault} if fault else None) as http:
        body = {"filter": expression, "limit": 100, "offset": 0}
        answer = await http.post("http://localhost/v1/search/assets", json=body, auth=("sandbox", "sandbox"))
    return [hit["id"] for hit in answer.json()["hits"]]


@pytest.mark.parametrize(
    "expression",
    [
        "tags IN [Knight]",
        "tags NOT IN [Knight]",
        'createdAt >= "2026-11-20T08:07:59.429Z" AND createdAt < "2026-11-20T08:07:59.430Z"',
        'createdAt "2026-11-20T08:07:59.429Z" TO "2026-11-20T08:07:59.429Z"',
    ],
)
async def test_an_older_engine_compares_bounds_and_lists_as_they_are_written(expression: str) -> None:
    folded = re.sub(r"(?<=[0-9])[TZ]|Knight", lambda found: found[0].lower(), expression)
    newer = await _ids(expression)
    assert newer
    assert await _ids(expression, OLDER_ENGINE) != newer
    assert await _ids(folded) == await _ids(folded, OLDER_ENGINE) == newer


async def test_an_older_engine_ignores_case_in_equality() -> None:
    assert await _ids("tags = KNIGHT", OLDER_ENGINE) == await _ids("tags = knight") != []
