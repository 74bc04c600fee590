"""Numbers and switches of a graph, wherever they come from: typed in, or linked from nodes that hold them."""

from scenario_mcp.sandbox.own_catalogue.generators.comfyui.graph import Graph, Link, Node
from scenario_mcp.sandbox.own_catalogue.generators.values import number_of

_MAX_HOPS = 50
_MAX_DIGITS = 4
_HELD_AS = (
    "value",
    "seed",
    "noiseseed",
    "int",
    "number",
    "float",
    "integer",
    "intvalue",
    "floatvalue",
    "num",
    "bool",
    "boolean",
)
_SELECTORS = ("select", "index", "selected", "inputindex", "selection", "choice", "inputselect", "which", "input")
_CONDITIONS = ("switch", "boolean", "condition", "bool", "cond", "state", "enabled", "value")


def number(graph: Graph, value: object, name: str = "") -> int | float | None:
    """Return the number that an input of a name has, or leads to."""
    for _ in range(_MAX_HOPS):
        if not isinstance(value, Link):
            return number_of(value)
        node = graph.nodes[value.node]
        chosen = selected(graph, node)
        held = node.first((name, *_HELD_AS))
        links = [link for _, link in node.links()]
        value = chosen if chosen is not None else held if held is not None else (links[0] if links else None)
    return None


def selected(graph: Graph, node: Node) -> object:
    """Return the input that a switch lets through; None for a node that is no switch, or cannot tell."""
    for name in _CONDITIONS:
        state = _state(graph, node.inputs.get(name))
        if state is not None:
            found = next((each for key, each in node.inputs.items() if ("true" if state else "false") in key), None)
            if found is not None:
                return found
    for name in _SELECTORS:
        value = node.inputs.get(name)
        if isinstance(value, str | Link) and name == "input":
            continue
        place = _whole(graph, value)
        if place is not None:
            found = next((each for key, each in node.inputs.items() if key != name and _ends_with(key, place)), None)
            if found is not None:
                return found
    return None


def _ends_with(name: str, place: int) -> bool:
    """Whether a name ends with a number, as `text2` and `any02` do."""
    digits = name[len(name.rstrip("0123456789")) :]
    return 0 < len(digits) <= _MAX_DIGITS and int(digits) == place


def _state(graph: Graph, value: object) -> bool | None:
    """Return what a switch is set to, also where the setting is linked from a node that holds it."""
    for _ in range(_MAX_HOPS):
        if not isinstance(value, Link):
            return value if isinstance(value, bool) else None
        value = graph.nodes[value.node].first(("value", "boolean", "bool"))
    return None


def _whole(graph: Graph, value: object) -> int | None:
    for _ in range(_MAX_HOPS):
        if not isinstance(value, Link):
            return value if isinstance(value, int) and not isinstance(value, bool) else None
        value = graph.nodes[value.node].first(_HELD_AS)
    return None
