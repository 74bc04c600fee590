"""What a tool answers, before the server puts it into MCP's words."""

from typing import NamedTuple

from scenario_mcp.pictures.resize import Picture
from scenario_mcp.rendering.cards import Gallery
from scenario_mcp.rendering.hits import Page


class Answer(NamedTuple):
    """Texts and pictures in their order, or a page of hits; what the gallery shows travels beside it."""

    blocks: tuple[str | Picture, ...] = ()
    page: Page | None = None
    gallery: Gallery | None = None
