"""What arguments mean that are not all named as the schema names them: the same call by the right names.

Each name is read as another spelling or a usual name of an argument, as a filter field, as a field that a host added,
or as what belongs to another tool; only what means one thing is taken.
"""

from collections.abc import Callable, Collection, Mapping
from typing import Any

from scenario_mcp.ids import ResourceType
from scenario_mcp.server.arguments import names
from scenario_mcp.server.arguments.conditions import Condition
from scenario_mcp.server.arguments.filter_names import Field, FieldNames, spelled
from scenario_mcp.server.arguments.refusals import MAX_PROBLEMS, Problem, nearest, unknown
from scenario_mcp.server.arguments.sortings import is_direction
from scenario_mcp.server.arguments.values import WORDS, is_absent, is_number, is_without_words
from scenario_mcp.server.arguments.wrappers import WrapperRefused, unwrapped
from scenario_mcp.text import shown

_LONGEST_NAME = 60
_MAX_COUNT = 100
_SEARCH_TOOLS: Mapping[ResourceType, str] = {"assets": "search_assets", "models": "search_models"}
_LOOKUPS: Mapping[ResourceType, tuple[str, str]] = {
    "assets": ("view_assets", "assetIds"),
    "models": ("get_models", "modelIds"),
}
_RESOURCE_TYPES: Mapping[str, ResourceType] = {
    **dict.fromkeys(("asset", "assets", "image", "images"), "assets"),
    **dict.fromkeys(("model", "models"), "models"),
}
_ID_NAMES: Mapping[str, ResourceType | None] = {
    **dict.fromkeys(("id", "ids", "uri", "uris"), None),
    **dict.fromkeys(("assetid", "assetids"), "assets"),
    **dict.fromkeys(("modelid", "modelids"), "models"),
}
_IMAGES = "images"
_SEARCHED_BY = frozenset({"query", "filter"})


class Interpretation:
    """One call, as it is read: arguments by their names, filter fields with their values, and what is wrong."""

    def __init__(
        self, properties: Mapping[str, Mapping[str, Any]], fields: FieldNames, resource_type: ResourceType | None
    ) -> None:
        self.arguments: dict[str, Any] = {}
        self.conditions: list[Any] = []
        """Conditions beside the argument `filter`, which all join it."""
        self.direction: object = None
        """The direction of an order, given apart from it."""
        self.problems: list[Problem] = []
        self._properties = properties
        self._by_spelling = {spelled(name): name for name in properties}
        self._names = fields
        self._fields = fields.fields
        self._resource_type = resource_type
        self._written: dict[str, str] = {}
        self._rivals: dict[str, list[str]] = {}
        self._direction_names: list[str] = []
        self._raw: Mapping[str, Any] = {}

    def read(self, raw: Mapping[str, Any]) -> None:
        """Read every argument, until there are more problems than are told."""
        try:
            self._raw = unwrapped(raw, self._properties)
        except WrapperRefused as refused:
            self.problems.append(refused.problem)
            return
        for name in sorted(self._raw, key=self._turn):
            if len(self.problems) >= MAX_PROBLEMS:
                return
            self._read_one(name, self._raw[name])
        self._refuse_rivals()
        if self.direction is not None and "sortBy" not in self.arguments:
            way = "asc" if str(self.direction).strip().lower().startswith(("asc", "1", "up")) else "desc"
            call = self._mended_call(self._direction_names, sortBy=[f"createdAt:{way}"])
            told = f"{shown(self.direction)} does not say what to sort by."
            self.problems.append(Problem(f"{told} Write sortBy.", call, f"{told} Write:"))

    def _refuse_rivals(self) -> None:
        """Ask back which of the names that give different values for one argument is meant; words go together."""
        kept = dict[str, Any]()
        for found, rivals in self._rivals.items():
            values = [self._raw[name] for name in rivals]
            are_words = found in WORDS and all(isinstance(value, str) for value in values)
            kept[found] = " ".join(values) if are_words else self.arguments[found]
        call = self._mended_call({name for rivals in self._rivals.values() for name in rivals}, **kept)
        for found, rivals in self._rivals.items():
            *others, last = [name[:60] for name in rivals]
            both = "both" if len(others) == 1 else "all"
            told = f"{', '.join(others)} and {last} {both} say {found}."
            self.problems.append(Problem(f"{told} Write one of them.", call, f"{told} Write:"))

    def _turn(self, name: str) -> int:
        """Return when a name is read: exact names first, and last a ratio, which is that of words or pictures."""
        if name in self._properties:
            return 0
        return 2 if len(name) <= _LONGEST_NAME and spelled(name) == names.SEMANTIC_RATIO else 1

    def _mended_call(self, left_out: Collection[str], **given: Any) -> dict[str, Any]:
        """Return the whole call with arguments given in place of those left out."""
        unwanted = {*left_out, *names.HOST_FIELDS}
        rest = {key: item for key, item in self._raw.items() if key not in unwanted and item is not None}
        return {**rest, **given}

    def _read_one(self, name: str, value: Any) -> None:
        plain = spelled(name) if len(name) <= _LONGEST_NAME else ""
        if found := self._by_spelling.get(plain):
            self._take(found, name, value)
        elif name in names.HOST_FIELDS or is_without_words(value):
            return
        elif not any(read(name, plain, value) for read in self._readers) and not is_absent(value):
            meant = nearest(name, self._properties, self._fields)
            call = None if meant is None or meant in self._raw else self._mended_call({name}, **{meant: value})
            self.problems.append(Problem(unknown(name, self._properties, self._fields), call))

    @property
    def _readers(self) -> tuple[Callable[[str, str, Any], bool], ...]:
        """Ways to read a name that is no argument's own, the surest first; each says whether it did."""
        return (
            self._read_target,
            self._read_direction,
            self._read_ratio,
            self._read_count_or_bytes,
            self._read_usual_name,
            self._read_ids,
            self._read_search,
            self._read_field,
        )

    def _take(self, found: str, name: str, value: Any) -> None:
        """Take an argument's value; of two that differ, neither is taken."""
        if is_without_words(value) if found in WORDS else is_absent(value):
            return
        if found not in self.arguments:
            self.arguments[found] = value
            self._written[found] = name
        elif found == "filter":
            self.conditions.append(value)  # Scenario's own server takes both `filter` and `filters`
        elif self.arguments[found] != value:
            self._rivals.setdefault(found, [self._written[found]]).append(name)

    def _read_target(self, name: str, plain: str, value: Any) -> bool:
        """Read what is to be searched, which the choice of the tool has said already."""
        is_kind = plain == "type" and "type" not in self._fields
        value = value[0] if isinstance(value, list) and len(value) == 1 else value
        if self._resource_type is None or not (plain in names.TARGETS or is_kind) or not isinstance(value, str):
            return False
        meant = _RESOURCE_TYPES.get(value.strip().lower())
        if is_kind and value.strip().lower() not in {"asset", "assets", "model", "models"}:
            return False
        if meant is None:
            told = f"{name[:60]}: search_assets searches assets and search_models models. Leave {name[:60]} out."
            self.problems.append(Problem(told, self._mended_call({name})))
        elif meant != self._resource_type:
            tool = _SEARCH_TOOLS[meant] if "query" in self._properties else _LOOKUPS[meant][0]
            told = f"This tool knows {self._resource_type} only. Call {tool}"
            self.problems.append(Problem(f"{told}.", self._mended_call({name}), f"{told} with", tool=tool))
        return True

    def _read_direction(self, name: str, plain: str, value: Any) -> bool:
        if "sortBy" not in self._properties or plain not in names.DIRECTIONS or not is_direction(value):
            return False
        self.direction = value
        self._direction_names.append(name)
        return True

    def _read_ratio(self, name: str, plain: str, value: Any) -> bool:
        """Read a ratio that does not say of what: it is that of words or of pictures, whichever the call has."""
        if plain != names.SEMANTIC_RATIO or "querySemanticRatio" not in self._properties:
            return False
        by_words = "query" in self.arguments
        by_picture = any(each in self.arguments for each in ("image", _IMAGES))
        if by_words == by_picture:
            told = f"{name[:60]} may be querySemanticRatio or imageSemanticRatio. Write the one you mean."
            self.problems.append(Problem(told))
        else:
            self._take("querySemanticRatio" if by_words else "imageSemanticRatio", name, value)
        return True

    def _read_count_or_bytes(self, name: str, plain: str, value: Any) -> bool:
        """Ask back where `size` may be the number of hits, as in Elasticsearch, or a size in bytes."""
        if plain != "size" or "size" not in self._fields or "limit" not in self._properties:
            return False
        text = value.strip() if isinstance(value, str) else str(value) if is_number(value) else ""
        if len(text) > len(str(_MAX_COUNT)) or not text.isdecimal() or not 0 < int(text) <= _MAX_COUNT:
            return False
        call = self._mended_call({name}, limit=int(text))
        told = f"{name} is in bytes, and a filter field. For the number of hits write"
        self.problems.append(Problem(f"{told} limit.", call, f"{told}:"))
        return True

    def _read_usual_name(self, name: str, plain: str, value: Any) -> bool:
        found = names.usual_property(plain, self._properties)
        if found is None:
            return False
        if found == "limit" and "hitsPerPage" in self._properties and self._pages_by_number:
            found = "hitsPerPage"
        if found == "sortBy" and plain != "sort" and not isinstance(value, str | list | tuple | dict):
            return False
        top, _, side = found.partition(".")
        if not side:
            self._take(found, name, value)
        elif not isinstance(self.arguments.get(top, {}), dict):
            return False
        elif not is_absent(value):
            sides = self.arguments.setdefault(top, {})
            self.arguments[top] = {side: value, **sides}
            first = self._written.setdefault(top, name)
            if self.arguments[top][side] != value:
                self._rivals.setdefault(top, [first]).append(name)
        return True

    @property
    def _pages_by_number(self) -> bool:
        """Whether the call asks for a page by its number, so that a count is that of a page."""
        given = {
            self._by_spelling.get(spelled(name[:_LONGEST_NAME]))
            for name, value in self._raw.items()
            if not is_absent(value)
        }
        return not given.isdisjoint({"page", "hitsPerPage"}) and given.isdisjoint({"limit", "offset"})

    def _read_ids(self, name: str, plain: str, value: Any) -> bool:
        """Read ids, which another tool looks up."""
        if plain not in _ID_NAMES or self._resource_type is None:
            return False
        is_search = "query" in self._properties
        meant = _ID_NAMES[plain] or self._resource_type
        if is_search and meant == "models" and "modelId" in self._fields:
            return False  # of the models that made an asset
        if is_absent(value):
            return True
        tool, argument = _LOOKUPS[meant]
        ids = value if isinstance(value, list | tuple) else [value]
        also = ". For look-alikes give image." if is_search and meant == "assets" else ""
        told = f"{name}: ids are looked up by {tool}"
        self.problems.append(Problem(f"{told}{also or '.'}", {argument: ids}, f"{told} with", also, tool))
        return True

    def _read_search(self, name: str, plain: str, value: Any) -> bool:
        """Read what only a search takes, where ids are wanted."""
        if self._resource_type is None or "query" in self._properties or is_absent(value):
            return False
        if name not in _SEARCHED_BY and names.usual_property(plain, _SEARCHED_BY) is None:
            return False
        tool = _SEARCH_TOOLS[self._resource_type]
        told = f"{name} is for a search: call {tool}"
        self.problems.append(Problem(f"{told}.", {name: value}, f"{told} with", tool=tool))
        return True

    def _read_field(self, name: str, plain: str, value: Any) -> bool:
        field = self._names.read(name)
        if field is None and plain in names.WANTED_FIELDS and self._fields:
            field = Field(plain, "=", name)
        if field is None:
            return False
        if not is_absent(value):
            self.conditions.append(Condition(field, value))
        return True
