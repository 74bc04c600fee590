"""A request whose parameters are none is refused with the place of the mistake, and without what stands there."""

from types import SimpleNamespace
from typing import Any, cast

import mcp_types as types
import pytest
from mcp.server.context import HandlerResult, ServerRequestContext
from mcp.shared.exceptions import MCPError
from mcp_types.methods import validate_client_request

from scenario_mcp.backend import Backend
from scenario_mcp.server.request_shape import name_what_is_wrong


async def refusal(method: str, params: dict[str, Any] | None) -> MCPError:
    async def validated(ctx: ServerRequestContext[Backend]) -> HandlerResult:
        validate_client_request(ctx.method, "2025-11-25", ctx.params)
        return {}

    request = cast("ServerRequestContext[Backend]", SimpleNamespace(method=method, params=params))
    with pytest.raises(MCPError) as caught:
        await name_what_is_wrong(request, validated)
    assert caught.value.error.code == types.INVALID_PARAMS
    assert caught.value.__cause__ is None
    return caught.value


@pytest.mark.promise(number=7)
@pytest.mark.parametrize(
    ("method", "params", "mistake"),
    [
        ("tools/call", {}, "params.name is missing"),
        ("tools/call", None, "params is missing"),
        ("tools/call", {"name": 7}, "params.name should be a valid string"),
        ("tools/call", {"name": "x", "task": 7}, "params.task should be an object"),
        (
            "tools/call",
            {"name": "x", "task": {"ttl": "soon"}},
            "params.task.ttl should be a valid integer, unable to parse string as an integer",
        ),
        ("resources/read", {"uri": ["a secret"]}, "params.uri should be a valid string"),
        ("tools/list", {"cursor": 7}, "params.cursor should be a valid string"),
        (
            "prompts/get",
            {"name": "x", "arguments": {"sub\u202eject": 7}},
            "params.arguments.subject should be a valid string",
        ),
        ("completion/complete", {}, "params.argument is missing"),
        ("completion/complete", {"ref": 7, "argument": {"name": "x", "value": "y"}}, "params.ref should be an object"),
    ],
)
async def test_the_place_of_a_mistake_is_named(method: str, params: dict[str, Any] | None, mistake: str) -> None:
    assert (await refusal(method, params)).error.message == f"Invalid request parameters: {mistake}."


@pytest.mark.promise(number=18)
async def test_a_place_is_cleaned_and_cut() -> None:
    params = {"name": "x", "arguments": {"\u202e" + "x" * 5000: 7}}
    message = (await refusal("prompts/get", params)).error.message
    assert message.startswith("Invalid request parameters: params.arguments.xxx")
    assert message.endswith("xxx… should be a valid string.")
    assert len(message) < 300


async def test_what_is_right_is_passed_on() -> None:
    async def answered(_ctx: ServerRequestContext[Backend]) -> HandlerResult:
        return {"pages": 1}

    request = cast("ServerRequestContext[Backend]", SimpleNamespace(method="ping", params=None))
    assert await name_what_is_wrong(request, answered) == {"pages": 1}
