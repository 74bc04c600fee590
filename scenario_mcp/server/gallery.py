"""The gallery: a page that MCP hosts show beside a result (MCP Apps), and the data it gets."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from html import escape
from importlib.resources import files
from typing import Any

from pydantic_core import to_json

from scenario_mcp.addresses import is_loopback
from scenario_mcp.ids import Subject
from scenario_mcp.rendering.cards import Card, Gallery
from scenario_mcp.server.context import Context
from scenario_mcp.text import Secrets
from scenario_mcp.transports.jsonrpc import Written

_FOR_READERS = re.compile(r"^\t*(?://.*|/\*\*.*\*/)\n|^\t+", re.MULTILINE)
"""Indentation and lines of comments, for readers of the page's source."""
URI = "ui://scenario/gallery.html"
MIME_TYPE = "text/html;profile=mcp-app"
PICTURE_PIXELS = 512
"""Longest side of a picture in the grid, on a screen of two pixels to the point."""
EXTENSION = "io.modelcontextprotocol/ui"
"""The extension that a client announces when it shows such pages. Source: MCP Apps, 2026-01-26."""
MAX_BYTES = 26_000
"""Size of the page's data; with the hits, which come twice, a result stays under 100 KB."""
META_KEY = "scenario-mcp/gallery"
TOOL_META: Mapping[str, Any] = {"ui": {"resourceUri": URI}, "ui/resourceUri": URI}
"""Binds a tool to the page; the flat name is for older hosts."""


def html(picture_hosts: Sequence[str]) -> str:
    """Return the page, without what is for readers of its source.

    Its own policy holds too where a host applies none.
    """
    page = _FOR_READERS.sub("", (files(__package__) / "gallery.html").read_text("utf-8"))
    return page.replace("PICTURE_SOURCES", escape(" ".join(_picture_sources(picture_hosts))), 1)


def page_meta(picture_hosts: Sequence[str]) -> dict[str, Any]:
    """Return what a host needs to show the page: where its pictures may come from."""
    policy = {"resourceDomains": [*_picture_sources(picture_hosts), "data:"], "connectDomains": []}
    return {"ui": {"csp": policy, "permissions": {"clipboardWrite": {}}, "prefersBorder": True}}


def _picture_sources(picture_hosts: Sequence[str]) -> list[str]:
    """Return where pictures may come from, as a Content-Security-Policy writes it."""
    return [f"http://{host}:*" if is_loopback(host) else f"https://{host}" for host in picture_hosts]


async def meta_for_host(make: Callable[[], Gallery] | None, context: Context) -> Written | None:
    """Return what the page shows of a result, unless it is known that the client does not show it.

    Picture addresses, which are credentials, go only where it is known to be shown.
    """
    capabilities = context.session.client_capabilities
    is_shown = is_shown_by(capabilities)
    if make is None or not (is_shown or capabilities is None):
        return None
    backend, shown = context.lifespan_context, make()
    if is_shown:
        pictures, resource_type = (await backend.scenario()).pictures, shown.resource_type
        shown = shown.with_pictures(
            lambda card_id: pictures.address(Subject(resource_type, card_id), pixels=PICTURE_PIXELS)
        )
    return result_meta(shown, backend.secrets)


def result_meta(gallery: Gallery, secrets: Secrets) -> Written | None:
    """Return what the page shows of a result: less of each of very many cards, at worst nothing (it shows the hits)."""
    for left_out in ((), ("prompt",), ("prompt", "picture")):
        cards = [*gallery.cards] if not left_out else [_without(card, left_out) for card in gallery.cards]
        meta: dict[str, Any] = {"resourceType": gallery.resource_type, "cards": cards}
        if gallery.note is not None:
            meta["note"] = gallery.note
        if gallery.hits:
            meta["hits"] = [*gallery.hits]
        text = to_json(meta)
        if len(text) <= MAX_BYTES:
            whole = text.decode()
            shown = secrets.removed_from(whole)
            return Written({META_KEY: meta if shown == whole else json.loads(shown)}, f'{{"{META_KEY}":{shown}}}')
    return None


def _without(card: Card, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: value for name, value in card.items() if name not in names}


def is_shown_by(capabilities: Any) -> bool:
    """Whether a client that announces these capabilities shows the page."""
    extensions = getattr(capabilities, "extensions", None)
    settings = extensions.get(EXTENSION) if isinstance(extensions, Mapping) else None
    mime_types = settings.get("mimeTypes") if isinstance(settings, Mapping) else None
    return isinstance(mime_types, list | tuple) and MIME_TYPE in mime_types
