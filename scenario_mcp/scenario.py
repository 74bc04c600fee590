"""What a tool or a resource needs to answer."""

from typing import TYPE_CHECKING, NamedTuple

from scenario_mcp.recent import RecentHits

if TYPE_CHECKING:
    from scenario_mcp.client import ScenarioClient
    from scenario_mcp.media import PictureReader
    from scenario_mcp.references import ReferenceReader


class Scenario(NamedTuple):
    """The API, the pictures behind its addresses, the pictures that users give, and what was found lately."""

    client: "ScenarioClient"
    pictures: "PictureReader"
    references: "ReferenceReader"
    recent: RecentHits
