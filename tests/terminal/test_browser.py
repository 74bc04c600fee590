"""What `--open` opens: a page, a file, or a copy of a picture; never a signed address."""

import os
import time
from pathlib import Path
from urllib.request import url2pathname

import pytest
from PIL import Image

from scenario_mcp.backend import open_scenario
from scenario_mcp.ids import ResourceType
from scenario_mcp.settings import Sandbox, Settings
from scenario_mcp.terminal import browser
from tests.support.fakes import SETTINGS, picture

KNIGHT = "asset_BO9HqvvucTMSRoWMWYX1Lq"


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    addresses: list[str] = []

    def open_it(address: str) -> bool:
        addresses.append(address)
        return True

    monkeypatch.setattr("webbrowser.open", open_it)
    return addresses


def _copies(temporary: Path) -> list[Path]:
    return [*temporary.glob("*/*")]


@pytest.mark.promise(number=17)
@pytest.mark.parametrize(
    ("resource_type", "address"),
    [
        ("assets", "https://app.scenario.com/assets?openAssetId=asset_1"),
        ("models", "https://app.scenario.com/models/asset_1"),
    ],
)
async def test_of_an_account_it_is_the_page_of_the_web_app(
    resource_type: ResourceType, address: str, opened: list[str]
) -> None:
    async with open_scenario(SETTINGS) as scenario:
        await browser.open_in_browser(scenario, SETTINGS, resource_type, "asset_1", None)
    assert opened == [address]


async def test_of_the_samples_it_is_a_copy_of_the_picture(
    opened: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    settings = Settings(upstream=Sandbox())
    async with open_scenario(settings) as scenario:
        await browser.open_in_browser(scenario, settings, "assets", KNIGHT, None)
    (copy,) = _copies(tmp_path)
    assert copy.name == f"{KNIGHT}.webp"
    assert opened == [copy.as_uri()]
    with Image.open(copy) as image:
        assert image.size == (768, 1024)


async def test_copies_of_more_than_a_day_ago_go_with_the_next(
    opened: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    settings = Settings(upstream=Sandbox())
    async with open_scenario(settings) as scenario:
        for hours in (25, 23, 0):
            await browser.open_in_browser(scenario, settings, "assets", KNIGHT, None)
            copy = Path(url2pathname(opened[-1].removeprefix("file://")))
            os.utime(copy.parent, (time.time() - hours * 3_600,) * 2)
    assert {copy.as_uri() for copy in _copies(tmp_path)} == {*opened[1:]}


async def test_of_an_own_catalogue_it_is_the_file_itself(
    opened: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    (tmp_path / "art").mkdir()
    (tmp_path / "art" / "my knight.png").write_bytes(picture())
    settings = Settings(upstream=Sandbox((str(tmp_path / "art"),)))
    async with open_scenario(settings) as scenario:
        await browser.open_in_browser(scenario, settings, "assets", "any", "my knight.png")
    assert [url2pathname(each.removeprefix("file://")) for each in opened] == [str(tmp_path / "art" / "my knight.png")]
