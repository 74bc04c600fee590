"""Pages of hits as the API would answer them, and as they are sent on."""

import json
from typing import Any

from jsonschema import Draft202012Validator
from pydantic_core import to_jsonable_python

from scenario_mcp.api.replies import Asset, SearchPage
from scenario_mcp.api.requests import AssetSearch
from scenario_mcp.rendering.hits import AssetPage, ModelPage
from scenario_mcp.server.arguments import portable_schema

CASTLE = AssetSearch(query="castle")


def page_of(*documents: dict[str, Any], **rest: Any) -> SearchPage[Asset]:
    dropped = rest.pop("dropped", 0)
    page = SearchPage[Asset].model_validate({"hits": documents, **rest})
    return page.model_copy(update={"dropped": dropped})


def assets(number: int, **rest: Any) -> SearchPage[Asset]:
    return page_of(*({"id": f"asset_{index}"} for index in range(number)), **rest)


def written(page: AssetPage | ModelPage) -> dict[str, Any]:
    """Return a page as it is sent, once it fits the schema that is published for it."""
    answer: dict[str, Any] = to_jsonable_python(page, exclude_none=True)
    schema = portable_schema(type(page))
    Draft202012Validator.check_schema(schema)
    Draft202012Validator(schema).validate(answer)
    json.dumps(answer, allow_nan=False, ensure_ascii=False).encode()
    return answer
