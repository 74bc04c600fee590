"""The editor's graph -> the executed one, as far as it matters: ComfyUI saves it as `workflow`.

Widgets become inputs, nodes that are switched off disappear, bypassed ones pass on what comes in, and subgraphs are put
in place of the nodes that stand for them. Source: ComfyUI's workflow JSON, versions 0.4 and 1.0.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from scenario_mcp.sandbox.own_catalogue.generators.comfyui.graph import MAX_NODES, Graph, linked
from scenario_mcp.sandbox.own_catalogue.generators.comfyui.widgets import widgets_of
from scenario_mcp.sandbox.own_catalogue.generators.values import Fields, as_fields, as_list

_MUTED, _BYPASSED = 2, 4
_INPUT_NODE, _OUTPUT_NODE = "-10", "-20"
"""Ends of a subgraph, as its links call them."""
_MAX_NESTING = 10
_MAX_SOCKETS = 500
_NOTES = frozenset({"Note", "MarkdownNote"})

_Origin = tuple[str, int]
_Raw = dict[str, tuple[str, dict[str, object]]]


def is_editor_graph(fields: Fields) -> bool:
    """Whether an object is an editor's graph."""
    nodes = fields.get("nodes")
    return isinstance(nodes, list) and any(isinstance(node, dict) and "type" in node for node in nodes[:_MAX_SOCKETS])


def editor_graph(workflow: Fields) -> Graph:
    """Return the graph that a workflow would run as."""
    definitions = as_list(as_fields(workflow.get("definitions")).get("subgraphs"))
    subgraphs = {str(each["id"]): each for each in definitions if isinstance(each, dict) and "id" in each}
    whole = _Flattening(subgraphs)
    whole.add(workflow, "", {}, 0)
    whole.name_set_nodes()
    return linked(whole.nodes)


@dataclass(slots=True)
class _Flattening:
    """Nodes of a workflow and of the subgraphs in it, with ids as ComfyUI gives them: `57:3`."""

    subgraphs: Mapping[str, Fields]
    nodes: _Raw = field(default_factory=dict)

    def add(self, graph: Fields, prefix: str, given: Mapping[int, object], depth: int) -> dict[int, _Origin]:
        """Add the nodes of one level.

        `given` are the inputs of the subgraph by their places: links or values. Returns where its outputs come from.
        """
        origins = _origins(graph)
        inner: dict[str, dict[int, _Origin]] = {}
        nodes = [node for node in as_list(graph.get("nodes")) if isinstance(node, dict)]
        for node in nodes:
            if len(self.nodes) >= MAX_NODES:
                break
            key, kind, mode = f"{prefix}{node.get('id')}", str(node.get("type")), node.get("mode")
            if kind in _NOTES or mode == _MUTED:
                continue
            links = dict(self._links(node, origins, prefix, given))
            if mode == _BYPASSED:
                self.nodes[key] = ("bypassed", _of_one_type(node, links))
            elif kind in self.subgraphs and depth < _MAX_NESTING:
                inputs = self._given(node, links)
                inner[str(node.get("id"))] = self.add(self.subgraphs[kind], f"{key}:", inputs, depth + 1)
            else:
                self.nodes[key] = (kind, {**widgets_of(node), **links})
        self._enter_subgraphs(inner, prefix)
        return {
            slot: self._outer(origin, inner, prefix)
            for (target, slot), origin in origins.items()
            if target == _OUTPUT_NODE and origin[0] != _INPUT_NODE
        }

    def _links(
        self, node: Fields, origins: Mapping[tuple[str, int], _Origin], prefix: str, given: Mapping[int, object]
    ) -> Iterator[tuple[str, object]]:
        """Yield the inputs that are linked, by their names: to nodes of this level, or to what the level was given."""
        for place, socket in enumerate(as_list(node.get("inputs"))[:_MAX_SOCKETS]):
            name = as_fields(socket).get("name")
            origin = origins.get((str(node.get("id")), place))
            if not isinstance(name, str) or origin is None:
                continue
            if origin[0] != _INPUT_NODE:
                yield name, [f"{prefix}{origin[0]}", origin[1]]
            elif given.get(origin[1]) is not None:
                yield name, given[origin[1]]

    def _given(self, node: Fields, links: Mapping[str, object]) -> dict[int, object]:
        """Return the inputs of a node that stands for a subgraph, by their places."""
        values = widgets_of(node)
        sockets = [as_fields(each).get("name") for each in as_list(node.get("inputs"))[:_MAX_SOCKETS]]
        names = enumerate(name if isinstance(name, str) else "" for name in sockets)
        return {place: links.get(name, values.get(name)) for place, name in names}

    def _enter_subgraphs(self, inner: Mapping[str, Mapping[int, _Origin]], prefix: str) -> None:
        """Let links to nodes that stand for subgraphs lead to the nodes within."""
        if not inner:
            return
        places = {f"{prefix}{key}": outputs for key, outputs in inner.items()}
        for _, inputs in self.nodes.values():
            for name, value in inputs.items():
                if isinstance(value, list) and value[0] in places:
                    inputs[name] = list(places[value[0]].get(value[1], ("", 0)))

    def _outer(self, origin: _Origin, inner: Mapping[str, Mapping[int, _Origin]], prefix: str) -> _Origin:
        if origin[0] in inner:
            return inner[origin[0]].get(origin[1], ("", 0))
        return f"{prefix}{origin[0]}", origin[1]

    def name_set_nodes(self) -> None:
        """Link nodes that get a value by its name to those that set it."""
        setters = {
            str(as_first(inputs)): key
            for key, (kind, inputs) in self.nodes.items()
            if kind in {"SetNode", "easy setNode"}
        }
        for kind, inputs in self.nodes.values():
            if kind in {"GetNode", "easy getNode"} and (setter := setters.get(str(as_first(inputs)))):
                inputs["input"] = [setter, 0]


def as_first(inputs: Mapping[str, object]) -> object:
    """Return the first value that is no link."""
    return next((value for value in inputs.values() if not isinstance(value, list)), None)


def _origins(graph: Fields) -> dict[tuple[str, int], _Origin]:
    """Return where each input comes from: node and place of the input -> node and place of the output."""
    found: dict[tuple[str, int], _Origin] = {}
    for link in as_list(graph.get("links")):
        match link:
            case [_, str() | int() as node, int() as slot, str() | int() as target, int() as place, *_]:
                found[str(target), place] = (str(node), slot)
            case {
                "origin_id": str() | int() as node,
                "origin_slot": int() as slot,
                "target_id": str() | int() as target,
                "target_slot": int() as place,
            }:
                found[str(target), place] = (str(node), slot)
    return found


def _of_one_type(node: Fields, links: Mapping[str, object]) -> dict[str, object]:
    """Return the inputs that a bypassed node passes on: those of the types of its outputs."""
    types = {as_fields(each).get("name"): as_fields(each).get("type") for each in as_list(node.get("inputs"))}
    outputs = {str(as_fields(each).get("type")) for each in as_list(node.get("outputs"))}
    return {name: link for name, link in links.items() if str(types.get(name)) in outputs or not outputs}
