"""`--open`: the page of an asset or a model in Scenario's web app, else its picture, in the browser."""

import shutil
import tempfile
import time
import webbrowser
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

from scenario_mcp.backend import Scenario
from scenario_mcp.ids import ResourceType, Subject
from scenario_mcp.picture_formats import BY_MIME_TYPE
from scenario_mcp.settings import BASE_URL, Live, Settings
from scenario_mcp.terminal.output import say

_PAGES = {
    "assets": "https://app.scenario.com/assets?openAssetId={}",
    "models": "https://app.scenario.com/models/{}",
}
"""The web app has an asset's id in a parameter, and a model's in the path."""
_COPIES = "scenario-mcp-opened-"
"""What the names of folders with copies begin with."""
_KEPT_SECONDS = 86_400
"""How long a copy is kept: the browser reads it when it likes, and again when its tab comes back."""


async def open_in_browser(
    scenario: Scenario, settings: Settings, resource_type: ResourceType, document_id: str, file: str | None
) -> None:
    """Open the page of a document; where there is none, the file itself or a copy of its picture.

    `file` is the path of its file below the folder of an own catalogue. A signed address is never given to a browser.

    Raises:
        NotFound: it has no picture.
        ScenarioError: the picture does not come.

    """
    address = await _address(scenario, settings, resource_type, document_id, file)
    if not webbrowser.open(address):
        say(f"No browser could be opened. Open it yourself: {address}")


async def _address(
    scenario: Scenario, settings: Settings, resource_type: ResourceType, document_id: str, file: str | None
) -> str:
    if isinstance(settings.upstream, Live) and settings.upstream.base_url == BASE_URL:
        return _PAGES[resource_type].format(quote(document_id, safe=""))
    if path := scenario.local_path(file):
        return Path(path).as_uri()
    picture = await scenario.pictures.read(Subject(resource_type, document_id))
    suffix = BY_MIME_TYPE[picture.mime_type].suffixes[0]
    _remove_old_copies()
    folder = Path(tempfile.mkdtemp(prefix=_COPIES))
    copy = folder / f"{document_id.rstrip('.')}.{suffix}"
    copy.write_bytes(picture.data)
    return copy.as_uri()


def _remove_old_copies() -> None:
    """Remove what earlier commands have left for a browser."""
    for folder in Path(tempfile.gettempdir()).glob(f"{_COPIES}*"):
        with suppress(OSError):
            if time.time() - folder.lstat().st_mtime > _KEPT_SECONDS:
                shutil.rmtree(folder)  # it follows no link
