"""The executed graph: nodes by their ids, with values and links as inputs. Source: ComfyUI's format for its API."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import NamedTuple

from scenario_mcp.sandbox.own_catalogue.generators.named_fields import plain
from scenario_mcp.sandbox.own_catalogue.generators.values import Fields

MAX_NODES = 20_000
_LARGEST_ID = 2**63
_LINK_PARTS = 2
MAX_INPUTS = 500
"""Inputs of one node; more are left out."""


class Link(NamedTuple):
    """Which output of which node an input takes its value from."""

    node: str
    slot: int


class Node(NamedTuple):
    """A node: its type, and its inputs by their plain names, each a value or a link."""

    kind: str
    inputs: Mapping[str, object]

    def links(self) -> Iterator[tuple[str, Link]]:
        """Yield the inputs that are links."""
        return ((name, value) for name, value in self.inputs.items() if isinstance(value, Link))

    def first(self, names: Iterable[str]) -> object:
        """Return the first input that is there; None if none is."""
        return next((self.inputs[name] for name in names if self.inputs.get(name) is not None), None)


@dataclass(frozen=True, slots=True)
class Graph:
    """Nodes by their ids; a link to a node that is not among them is no link."""

    nodes: Mapping[str, Node]
    sinks: tuple[str, ...] = field(default=())
    """Nodes that nobody reads: where the pictures come out, as a rule."""

    def upstream(self, start: str, follows: Callable[[str], bool] = lambda _: True) -> Iterator[str]:
        """Yield a node and those that it depends on, the nearest first, through the inputs of certain names."""
        waiting, seen = deque([start]), {start}
        while waiting:
            key = waiting.popleft()
            yield key
            for name, link in self.nodes[key].links():
                if link.node not in seen and follows(name):
                    seen.add(link.node)
                    waiting.append(link.node)


def is_executed_graph(fields: Fields) -> bool:
    """Whether an object is an executed graph: it has nodes with types."""
    return any(isinstance(node, dict) and "class_type" in node for node in fields.values())


def executed_graph(fields: Fields) -> Graph:
    """Return the graph of the JSON that ComfyUI calls `prompt`."""
    return linked(
        (key, str(node.get("class_type")), inputs)
        for key, node in fields.items()
        if isinstance(node, dict) and isinstance(inputs := node.get("inputs"), dict)
    )


def linked(raw: Iterable[tuple[str, str, Fields]]) -> Graph:
    """Return the graph of ids, types and inputs, where a link is a list of a node's id and the number of an output."""
    nodes: dict[str, Node] = {}
    read: set[str] = set()
    plain_names: dict[str, str] = {}  # a graph of megabytes has few names, many times
    for key, kind, fields in islice(raw, MAX_NODES):
        inputs: dict[str, object] = {}
        for name, value in fields.items() if len(fields) <= MAX_INPUTS else islice(fields.items(), MAX_INPUTS):
            plain_name = plain_names.get(name)
            if plain_name is None:
                plain_name = plain_names[name] = plain(name)
            if isinstance(value, list) and len(value) == _LINK_PARTS and (link := _link(*value)):
                read.add(link.node)
                inputs.setdefault(plain_name, link)
            else:
                inputs.setdefault(plain_name, value)
        nodes[key] = Node(kind, inputs)
    if not read <= nodes.keys():
        nodes = {key: _without_lost_links(node, nodes) for key, node in nodes.items()}
    return Graph(nodes, tuple(key for key in nodes if key not in read))


def _link(node: object, slot: object) -> Link | None:
    if isinstance(node, int):
        node = str(node) if abs(node) < _LARGEST_ID else ""
    return Link(node, slot) if isinstance(node, str) and isinstance(slot, int) else None


def _without_lost_links(node: Node, nodes: Mapping[str, Node]) -> Node:
    kept = {
        name: value for name, value in node.inputs.items() if not (isinstance(value, Link) and value.node not in nodes)
    }
    return Node(node.kind, kept)
