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
_MAX_LEVELS = 2_000
"""Nodes that stand for subgraphs, in all."""
_MAX_SOCKETS = 500
_NOTES = ("Note", "MarkdownNote")
_SETTERS, _GETTERS = ("SetNode", "easy setNode"), ("GetNode", "easy getNode")
"""Nodes that hand a value on by a name in place of a link."""

_Origin = tuple[str, int]
_Raw = dict[str, tuple[str, dict[str, object]]]


def is_editor_graph(fields: Fields) -> bool:
    """Whether an object is an editor's graph."""
    nodes = fields.get("nodes")
    return isinstance(nodes, list) and any(isinstance(node, dict) and "type" in node for node in nodes[:_MAX_SOCKETS])


def editor_graph(workflow: Fields) -> Graph:
    """Return the graph that a workflow would run as."""
    definitions = as_list(as_fields(workflow.get("definitions")).get("subgraphs"))
    whole = _Flattening({str(each["id"]): each for each in definitions if isinstance(each, dict) and "id" in each})
    whole.add(workflow, "", {}, ())
    return linked((key, kind, inputs) for key, (kind, inputs) in whole.linked_nodes().items())


@dataclass(slots=True)
class _Flattening:
    """Nodes of a workflow and of the subgraphs in it, with ids as ComfyUI gives them: `57:3`."""

    subgraphs: Mapping[str, Fields]
    nodes: _Raw = field(default_factory=dict)
    outputs: dict[_Origin, _Origin] = field(default_factory=dict)
    """Outputs of nodes that stand for subgraphs: the outputs within that they are."""
    levels: int = 0

    def add(self, graph: Fields, prefix: str, given: Mapping[int, object], around: tuple[str, ...]) -> None:
        """Add the nodes of one level; `given` are the inputs of the subgraph by their places: links or values."""
        self.levels += 1
        origins = _origins(graph)
        for node in as_list(graph.get("nodes")):
            if len(self.nodes) >= MAX_NODES or self.levels > _MAX_LEVELS:
                return
            if not isinstance(node, dict) or node.get("mode") == _MUTED or node.get("type") in _NOTES:
                continue
            key, kind = f"{prefix}{node.get('id')}", str(node.get("type"))
            links = dict(self._links(node, origins, prefix, given))
            if node.get("mode") == _BYPASSED:
                self.nodes[key] = ("bypassed", _of_one_type(node, links))
            elif kind in self.subgraphs and kind not in around and len(around) < _MAX_NESTING:
                self.add(self.subgraphs[kind], f"{key}:", _given(node, links), (*around, kind))
            else:
                self.nodes[key] = (kind, {**widgets_of(node), **links})
        for (target, place), (node_id, slot) in origins.items():
            if target == _OUTPUT_NODE and prefix:
                self.outputs[prefix[:-1], place] = (f"{prefix}{node_id}", slot)

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

    def linked_nodes(self) -> _Raw:
        """Return the nodes with links into subgraphs, and to values by their names, put right."""
        setters = {_first(inputs): key for key, (kind, inputs) in self.nodes.items() if kind in _SETTERS}
        for kind, inputs in self.nodes.values():
            if kind in _GETTERS:
                setter = setters.get(_first(inputs))
                inputs.clear()
                inputs.update({} if setter is None else {"value": [setter, 0]})
            for name, value in inputs.items():
                if isinstance(value, list):
                    inputs[name] = self._within((value[0], value[1]))
        for kind, inputs in self.nodes.values():
            if kind in _SETTERS:  # its name is no value that is set
                for name in [name for name, value in inputs.items() if not isinstance(value, list)]:
                    del inputs[name]
        return self.nodes

    def _within(self, origin: _Origin) -> list[object]:
        """Return the output that a link leads to, if need be through the outputs of subgraphs."""
        for _ in range(_MAX_NESTING):
            if origin not in self.outputs:
                break
            origin = self.outputs[origin]
        return list(origin)


def _given(node: Fields, links: Mapping[str, object]) -> dict[int, object]:
    """Return the inputs of a node that stands for a subgraph, by their places."""
    values = widgets_of(node)
    sockets = (as_fields(each).get("name") for each in as_list(node.get("inputs"))[:_MAX_SOCKETS])
    return {place: links.get(name, values.get(name)) for place, name in enumerate(sockets) if isinstance(name, str)}


def _first(inputs: Mapping[str, object]) -> str:
    """Return the first value that is no link: the name of what is set or got."""
    return str(next((value for value in inputs.values() if not isinstance(value, list)), ""))


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
