"""What the tools by id are asked for: several assets to look at, several models to read about."""

import re
from typing import Annotated

from pydantic import BeforeValidator, Field

from scenario_mcp.api.replies import ID
from scenario_mcp.api.requests import Request, not_a_boolean

MAX_IDS = 8
"""As many pictures as a model can tell apart, and as fit into one result."""
DEFAULT_SIZE = 512
MIN_SIZE, MAX_SIZE = 64, 1024

_MAX_ITEMS = 1_000
_MAX_CHARACTERS = 10_000
_URI = re.compile(r"scenario://(?:assets|models)/([^/]*)(?:/image)?")
_ASSET_EXAMPLE = ["asset_GTrL3mq4SXWyMxkOHRxlpw"]
_MODEL_EXAMPLE = ["model_GTrL3mq4SXWyMxkOHRxlpw"]


def _ids(value: object) -> tuple[str, ...]:
    """Read ids as they are given: each once, several in one text taken apart, a resource URI as its id."""
    if not isinstance(value, list | tuple) or not all(isinstance(item, str) for item in value):
        raise ValueError("takes a list of ids")
    if len(value) > _MAX_ITEMS or sum(map(len, value)) > _MAX_CHARACTERS:
        raise ValueError(f"takes 1 to {MAX_IDS} ids, not that many: ask for the rest in another call")
    parts = [part for item in value for part in re.split(r"[\s,]+", item.strip())]
    ids = tuple(dict.fromkeys(uri[1] if (uri := _URI.fullmatch(part)) else part for part in parts))
    if not 1 <= len(ids) <= MAX_IDS:
        raise ValueError(f"takes 1 to {MAX_IDS} ids, not {len(ids)}: ask for the rest in another call")
    for item in ids:
        if not ID.fullmatch(item):
            raise ValueError("takes ids as they stand in hits: letters, digits, _ - . only")
    return ids


Ids = Annotated[tuple[str, ...], BeforeValidator(_ids)]
Pixels = Annotated[int, Field(ge=MIN_SIZE, le=MAX_SIZE), BeforeValidator(not_a_boolean)]


class AssetsView(Request):
    """The arguments of `view_assets`."""

    asset_ids: Annotated[Ids, Field(description=f"1-{MAX_IDS} asset ids", examples=[_ASSET_EXAMPLE])]
    size: Annotated[
        Pixels | None,
        Field(
            description=f"Longest side, {MIN_SIZE}-{MAX_SIZE} pixels, default {DEFAULT_SIZE}",
            examples=[DEFAULT_SIZE],
        ),
    ] = None
    nsfw: Annotated[bool | None, Field(description="true: also show NSFW-labelled pictures", examples=[True])] = None
    details: Annotated[
        bool | None, Field(description="true: every known fact as JSON in place of pictures", examples=[True])
    ] = None


class ModelsLookup(Request):
    """The arguments of `get_models`."""

    model_ids: Annotated[Ids, Field(description=f"1-{MAX_IDS} model ids", examples=[_MODEL_EXAMPLE])]
