"""The search whose hits an export saves, page by page."""

import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

from pydantic import ValidationError

from scenario_mcp.api.requests import Search
from scenario_mcp.errors import SettingsRefused
from scenario_mcp.filters import EVERYTHING
from scenario_mcp.filters.check import FilterProblem
from scenario_mcp.ids import RESOURCE_TYPES, ResourceType

DEFAULT_MOST = 1000
PAGE_SIZE = 100

SearchT = TypeVar("SearchT", bound=Search)


@dataclass(frozen=True, slots=True)
class ExportRequest:
    """The search whose hits are saved."""

    resource_types: tuple[ResourceType, ...] = RESOURCE_TYPES
    query: str = ""
    filter: str = ""
    public: bool = False
    most: int = DEFAULT_MOST
    """Of assets and of models, each."""
    with_pictures: bool = True

    def search(self, request_type: type[SearchT], until: str = "", offset: int = 0) -> SearchT:
        """Return the request for one page of the search; with a date, of documents that were created until then.

        Raises:
            SettingsRefused: the filter is wrong.

        """
        filters = [self.filter or EVERYTHING]
        if until:  # before, the filter stands as it was typed: an error quotes it
            filters = [f"({self.filter})" if self.filter else EVERYTHING, f'createdAt <= "{until}"']
        try:
            return request_type.model_validate(
                {
                    "query": self.query or None,
                    "filter": None if self.query and not self.filter else " AND ".join(filters),
                    "public": self.public or None,
                    "sort_by": None if self.query else ("createdAt:desc",),
                    "limit": PAGE_SIZE,
                    "offset": offset,
                }
            )
        except ValidationError as error:
            detail = error.errors(include_url=False)[0]
            reason = detail["msg"].removeprefix("Value error, ")
            problem = detail.get("ctx", {}).get("error")
            if isinstance(problem, FilterProblem) and problem.arguments:
                reason = f"{problem.sentence} Write: {_options(problem.corrected({'query': self.query}) or {})}"
            raise SettingsRefused(f"The search is not valid: {reason}") from error


def _options(arguments: Mapping[str, object]) -> str:
    """Return arguments of a search as options of this command."""
    return " ".join(
        f"--{name}" if value is True else f"--{name} {shlex.quote(str(value))}"
        for name, value in arguments.items()
        if value
    )
