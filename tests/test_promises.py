"""Promises of SECURITY.md that no other test holds; `benchmarks/mutations.py` names the test of each."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import anyio
import pytest

from scenario_mcp.api.references import Place
from scenario_mcp.api.replies import Asset
from scenario_mcp.api.requests import AssetSearch
from scenario_mcp.backend import open_scenario
from scenario_mcp.credentials import Credentials
from scenario_mcp.errors import Unavailable
from scenario_mcp.ids import Subject
from scenario_mcp.net.download import is_public
from scenario_mcp.pictures.resize import Resizer
from scenario_mcp.rendering.facts import facts
from scenario_mcp.settings import Live, Settings
from tests.support.fakes import API_KEY, API_SECRET, SETTINGS, answering, picture
from tests.support.faulty_upstream import Exchange, Upstream, answer
from tests.support.raw_stdio import live

NOT_THE_API = "The answer does not come from Scenario's API. Check SCENARIO_BASE_URL, or try again in a minute."


async def test_making_a_reference_picture_small_has_a_deadline_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(picture())
    settings = replace(SETTINGS, image_folders=(str(tmp_path),), timeout_seconds=0.2)
    references = answering({}).scenario(settings).references
    monkeypatch.setattr(Resizer, "fit", lambda *_, **__: anyio.sleep_forever())
    with anyio.fail_after(5), pytest.raises(Unavailable) as refused:
        await references.resolve(AssetSearch(image=Place(str(path))))
    assert refused.value.message == (
        "image: The picture did not come in time. Try again. An asset id or a data URL always works."
    )


@pytest.mark.parametrize("address", ["224.0.0.251", "239.255.255.250", "::ffff:224.0.0.1", "ff02::1", "ff0e::1"])
def test_no_multicast_address_is_public(address: str) -> None:
    assert not is_public(address)


def test_the_name_of_a_fact_is_one_line_without_hidden_characters() -> None:
    asset = Asset.model_validate({"id": "a", "one\n\u202etwo\x1b\U000e0041": 1})
    assert facts(asset) == '{"id":"a","one two":1}'


async def test_no_connection_that_carried_a_credential_fetches_a_picture() -> None:
    peers: list[Any] = []

    async def behave(exchange: Exchange) -> None:
        peers.append(exchange.writer.get_extra_info("peername"))
        is_search = exchange.received.line.startswith("POST /v1/search/assets ")
        await answer({"hits": [{"id": "a"}]} if is_search else picture())(exchange)

    async with Upstream(behave) as upstream:
        origin = upstream.base_url.removesuffix("/v1")
        settings = Settings(Credentials(API_KEY, API_SECRET), Live(upstream.base_url), cdn_hosts=("127.0.0.1",))
        async with open_scenario(settings) as scenario:
            await scenario.client.search_assets(AssetSearch(query="castle").resolve())
            scenario.pictures.remember(Subject("assets", "a"), f"{origin}/a.png")
            assert (await scenario.pictures.read(Subject("assets", "a"))).data == picture()
    assert ["authorization" in each.headers for each in upstream.received] == [True, False]
    assert peers[0] != peers[1]


LOGS_ITS_SECRETS = """
import anyio, logging, os
from scenario_mcp import cli
anyio.run = lambda *_: logging.getLogger("a.package").warning("%s %s", "key", "secret-of-nine")
raise SystemExit(cli.run([], os.environ))
"""


def test_the_log_of_the_server_knows_its_secrets() -> None:
    environ = live("http://127.0.0.1:9/v1") | {"SCENARIO_SDK_API_SECRET": "secret-of-nine"}
    finished = subprocess.run(  # noqa: S603  # our own program
        [sys.executable, "-c", LOGS_ITS_SECRETS], env=environ, capture_output=True, text=True, timeout=30, check=True
    )
    assert '"message": "key [secret removed]"' in finished.stderr
    assert "secret-of-nine" not in finished.stderr
