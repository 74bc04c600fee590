"""What the page on the sandbox claims, held against the sandbox."""

import re
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from mcp.client import Client

from scenario_mcp.api.requests import AssetSearch
from scenario_mcp.credentials import Credentials
from scenario_mcp.errors import ScenarioError
from scenario_mcp.sandbox.app import create_app
from scenario_mcp.sandbox.faults import FAULTS, SLOW_SECONDS, FaultPlan
from scenario_mcp.server.app import build_server
from scenario_mcp.settings import Live, Sandbox, Settings
from tests.support.fakes import client_over, no_wait
from tests.support.sample_search import SAMPLES

PAGE = (Path(__file__).parents[2] / "docs" / "sandbox.md").read_text("utf-8")
SETTINGS = Settings(Credentials("sandbox", "sandbox"), Live("http://localhost/v1"))
HIDDEN = {
    name: row[2].startswith("yes")
    for line in PAGE.partition("| Fault |")[2].split("\n\n")[0].splitlines()[2:]
    for row in [[cell.strip() for cell in line.strip("|").split("|")]]
    for name in re.findall(r"`([^`]+)`", row[0])
}


def test_it_lists_every_fault_and_how_long_a_slow_one_takes() -> None:
    assert list(HIDDEN) == sorted(FAULTS, key=list(HIDDEN).index)
    assert f"nothing for {SLOW_SECONDS} seconds" in PAGE


@pytest.mark.parametrize("fault", FAULTS)
async def test_the_servers_own_tries_hide_the_faults_that_it_says(fault: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scenario_mcp.api.retries.FIRST_TRY_SHARE", 0.02)  # so the first is given up soon, not the next
    settings = replace(SETTINGS, timeout_seconds=20.0) if fault == "slow" else SETTINGS
    is_hidden = True
    async with httpx.ASGITransport(create_app(SAMPLES, faults=FaultPlan(fault, every=2))) as transport:
        client = client_over(transport, settings, sleep=no_wait, random=lambda: 0.0)
        for _ in range(2):
            try:
                await client.search_assets(AssetSearch(query="knight", limit=1).resolve())
            except ScenarioError:
                is_hidden = False
    assert is_hidden is HIDDEN[fault]


async def test_an_agent_sees_the_faults_of_the_setting() -> None:
    async with Client(build_server(Settings(upstream=Sandbox(fault="429:3")))) as client:
        failed = [(await client.call_tool("search_assets", {"query": "knight"})).is_error for _ in range(3)]
    assert failed == [False, False, True]


async def test_it_lists_every_path() -> None:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(create_app(SAMPLES))) as client:
        answer = await client.get("http://sandbox/v1/nowhere", auth=("sandbox", "sandbox"))
    there = answer.json()["reason"].partition("The sandbox has ")[2].split(", ")
    assert sorted(there) == sorted(re.findall(r"`((?:GET|POST) /v1/[^`]+)`", PAGE.partition("- Any other")[0]))
