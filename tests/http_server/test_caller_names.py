"""Who is meant by a name in the log can be computed again, with the settings of the server."""

import io
import json
from collections.abc import Iterator
from typing import Any

import pytest

from scenario_mcp import cli
from scenario_mcp.http_server.auth.access_tokens import make_token
from tests.support.fakes import Network
from tests.support.hosted import OWN_KEY, PAIR, SEARCH, STRANGER, serving
from tests.support.process_state import written_log

HASH_KEY = "the-same-for-all-of-them"
SERVER = {"SCENARIO_MCP_HASH_KEY": HASH_KEY, "SCENARIO_MCP_SANDBOX": "1"}


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """Let everything be written here."""
    with written_log("info") as log:
        yield log


def callers(log: io.StringIO) -> list[Any]:
    """Return the callers of the answers that were logged."""
    lines = [json.loads(line) for line in log.getvalue().splitlines()]
    return [line["caller"] for line in lines if line["message"] == "answered"]


def computed(who: str, environ: dict[str, str], capsys: pytest.CaptureFixture[str], *options: str) -> list[list[str]]:
    """Return what the command prints: names in the log, each with its meaning."""
    assert cli.run([*options, "caller", who], environ) == 0
    return [line.split("  ") for line in capsys.readouterr().out.splitlines()]


def refused(who: str, environ: dict[str, str], capsys: pytest.CaptureFixture[str]) -> str:
    assert cli.run(["caller", who], environ) == 2
    return capsys.readouterr().err


async def test_the_holder_of_a_token_is_called_by_its_name(
    log: io.StringIO, capsys: pytest.CaptureFixture[str]
) -> None:
    token, entry = make_token("build-farm")
    async with serving(HTTP_AUTH="access-tokens", ACCESS_TOKENS=entry) as service:
        await service.post(SEARCH, authorization=f"Bearer {token}")
    assert callers(log) == ["build-farm"]
    environ = {**SERVER, "SCENARIO_MCP_HTTP_AUTH": "access-tokens", "SCENARIO_MCP_ACCESS_TOKENS": entry}
    assert computed("build-farm", environ, capsys) == [
        ["build-farm", "the name of an access token, which the log holds as it is"]
    ]
    assert refused("farm", environ, capsys) == (
        "scenario-mcp: No entry of SCENARIO_MCP_ACCESS_TOKENS has this name. The log calls callers by the names of "
        "entries.\n"
    )


async def test_a_key_and_an_address_are_hashes_that_can_be_computed(
    log: io.StringIO, api: Network, capsys: pytest.CaptureFixture[str]
) -> None:
    async with serving(OWN_KEY, HASH_KEY=HASH_KEY) as service:
        await service.post(SEARCH, **PAIR)
        await service.post(SEARCH, **{**PAIR, "x_scenario_api_secret": "another"})
        await service.post(SEARCH, address=STRANGER)
        await service.post(SEARCH)
    assert len(api.requests) == 3
    environ = {
        "SCENARIO_MCP_HASH_KEY": HASH_KEY,
        "SCENARIO_SDK_API_KEY": "api_own",
        "SCENARIO_SDK_API_SECRET": "own-secret",
        "SCENARIO_BASE_URL": "http://127.0.0.1:9/v1",
    }
    ((key, of_key),) = computed("api_ann", environ, capsys)
    ((address, of_address),) = computed(STRANGER, environ, capsys)
    assert callers(log) == [key, key, address, "own"]
    assert (of_key, of_address) == ("requests with this API key", "requests without credentials from this address")
    assert "api_ann" not in log.getvalue()
    assert STRANGER not in log.getvalue()


async def test_the_subject_of_a_token_of_oauth_can_be_computed(capsys: pytest.CaptureFixture[str]) -> None:
    oauth = {
        "HTTP_AUTH": "oauth",
        "OAUTH_ISSUER": "https://login.example.com",
        "PUBLIC_URL": "https://mcp.example.com/mcp",
        "HASH_KEY": HASH_KEY,
    }
    environ = {f"SCENARIO_MCP_{name}": value for name, value in oauth.items()}
    told = computed("ann@example.com", environ, capsys, "--sandbox")
    async with serving(**oauth) as service:
        hashes = [
            service.parts.hasher.of("oauth", "https://login.example.com", claim, "ann@example.com")
            for claim in ("sub", "client_id")
        ]
    assert told == [
        [hashes[0][:12], "a token whose sub this is"],
        [hashes[1][:12], "a token whose client_id this is"],
    ]


def test_without_a_lasting_key_of_hashes_nothing_is_computed(capsys: pytest.CaptureFixture[str]) -> None:
    assert refused("api_ann", {}, capsys) == (
        "scenario-mcp: The hashes in the log change at each start. Set SCENARIO_MCP_HASH_KEY to the same 16 characters "
        "or more for the server and for this command.\n"
    )
