"""What a tool is, and what it answers before the server puts that into MCP's words."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Generic, NamedTuple, TypeVar

from pydantic import BaseModel
from pydantic_core import to_json

from scenario_mcp.api.request_values import Request
from scenario_mcp.backend import Scenario
from scenario_mcp.pictures.resize import Picture
from scenario_mcp.rendering.cards import Gallery
from scenario_mcp.rendering.hits import AssetPage, ModelPage, WrittenHits
from scenario_mcp.server.arguments import ArgumentReader, portable_schema

RequestT = TypeVar("RequestT", bound=Request)


class Answer(NamedTuple):
    """Texts and pictures in their order, or a page of hits or labels; beside it, what makes what the gallery shows."""

    blocks: tuple[str | Picture, ...] = ()
    page: BaseModel | None = None
    gallery: Callable[[], Gallery] | None = None


@dataclass(frozen=True)
class Tool(Generic[RequestT]):
    """One tool: what is published of it, how its arguments are read, and what it does.

    Its schemas are made when they are first asked for, and kept.
    """

    name: str
    title: str
    description: str
    request: type[RequestT]
    run: Callable[[Scenario, RequestT], Awaitable[Answer]]
    result: type[BaseModel] | None = None
    """Left out where the answer holds pictures: a schema demands structured content, beside which clients lose them."""
    has_gallery: bool = True

    @cached_property
    def _arguments(self) -> ArgumentReader[RequestT]:
        return ArgumentReader(self.request, _reader_of)

    @property
    def input_schema(self) -> Mapping[str, Any]:
        """The JSON Schema of its arguments, in the portable dialect."""
        return self._arguments.schema

    @cached_property
    def output_schema(self) -> Mapping[str, Any] | None:
        """The JSON Schema of its structured content."""
        return portable_schema(self.result) if self.result else None

    async def answer(self, scenario: Scenario, arguments: Mapping[str, Any] | None) -> Answer:
        """Read the arguments, then ask.

        Raises:
            ScenarioError: the arguments are wrong, or Scenario has no answer.

        """
        return await self.run(scenario, self.read(arguments))

    def read(self, arguments: Mapping[str, Any] | None) -> RequestT:
        """Return the request that the arguments ask for; raises SearchRefused."""
        return self._arguments.read(arguments)


def _reader_of(name: str) -> ArgumentReader[Any]:
    """Return what reads the arguments of a tool."""
    from scenario_mcp.server.tools import TOOLS

    return TOOLS[name]._arguments  # noqa: SLF001  # a tool like this one


def plain(page: BaseModel) -> dict[str, Any]:
    """Return a page as it travels: what is not known is left out."""
    written = page.model_dump(mode="json", exclude_none=True, by_alias=True, exclude={"hits"})
    if isinstance(page, AssetPage | ModelPage):
        written["hits"] = [*page.hits]  # plain already
    return written


def as_json(page: BaseModel, plain_page: dict[str, Any]) -> str:
    """Return the JSON of a page that `plain` has made plain; hits that are written already are not written anew."""
    hits = getattr(page, "hits", None)
    if not isinstance(hits, WrittenHits):
        return to_json(plain_page).decode()
    rest = to_json({name: value for name, value in plain_page.items() if name != "hits"})
    return f'{rest[:-1].decode()},"hits":{hits.json.decode()}}}'
