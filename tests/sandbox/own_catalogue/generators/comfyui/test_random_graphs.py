"""Graphs of any shape: longer ways, other names, more nodes, loops, junk."""

import json
import random
import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scenario_mcp.sandbox.own_catalogue.generators.comfyui.editor import editor_graph
from scenario_mcp.sandbox.own_catalogue.generators.comfyui.graph import executed_graph
from scenario_mcp.sandbox.own_catalogue.generators.comfyui.reading import read_graph
from scenario_mcp.sandbox.own_catalogue.generators.reading import read_generation_parameters
from scenario_mcp.sandbox.own_catalogue.notes.note import Note
from tests.sandbox.own_catalogue.generators.comfyui.test_reading import WHOLE
from tests.support import comfy_graphs as graphs
from tests.support.comfy_graphs import Graph, node
from tests.support.examples import examples
from tests.support.recipes import Recipe


def lengthened(graph: Graph, rng: random.Random) -> Graph:
    """Return the graph with other ids, other types, other order, and nodes on its links that pass on what comes in."""
    ids = {key: rng.choice([str(rng.randrange(10**6)), f"{rng.randrange(99)}:{key}", f"n{key}"]) + key for key in graph}
    longer: Graph = {}
    for key, each in graph.items():
        inputs: dict[str, Any] = {}
        for name, value in each["inputs"].items():
            if isinstance(value, list) and rng.random() < 0.5:
                way = f"way{len(longer)}_{name}"
                longer[way] = node("Reroute", **{rng.choice(["", "value", "any"]): [ids[value[0]], value[1]]})
                for step in range(rng.randrange(4)):
                    longer[f"{way}_{step}"] = node("Pass", **{rng.choice(["", "any", "*"]): [way, 0]})
                    way = f"{way}_{step}"
                inputs[name] = [way, 0]
            elif isinstance(value, list):
                inputs[name] = [ids[value[0]], value[1]]
            else:
                inputs[name] = value
        kind = each["class_type"] if rng.random() < 0.5 else f"Custom {rng.randrange(100)}"
        longer[ids[key]] = node(kind, **inputs)
    for number in range(rng.randrange(4)):
        longer[f"junk{number}"] = node("CLIPTextEncode", text="never used", clip=[ids["4"], 1])
    items = list(longer.items())
    rng.shuffle(items)
    return dict(items)


@settings(max_examples=examples(40), deadline=None)
@given(st.sampled_from([graphs.basic, graphs.sdxl, graphs.control_net, graphs.upscaled]), st.integers(0, 10**9))
def test_ways_names_and_order_tell_nothing(graph_of: Any, seed: int) -> None:
    graph = lengthened(graph_of(Recipe()), random.Random(seed))  # noqa: S311  # a shape, not a secret
    assert read_graph(executed_graph(json.loads(json.dumps(graph)))) == WHOLE


NAMES = st.sampled_from(
    [
        "positive", "negative", "text", "seed", "noise_seed", "steps", "cfg", "model", "pipe", "guider", "sigmas",
        "noise", "value", "select", "switch", "on_true", "template", "find", "replace", "string_a", "delimiter",
        "lora_1", "ckpt_name", "images", "", "\0",
    ]
)  # fmt: skip
LINKS = st.tuples(st.sampled_from(["1", "2", "3", "4", "5", 3]), st.integers(-1, 3)).map(list)
ODD: list[Any] = ["", "an owl", "{a} %b%", -1, 10**400, 1e400, True, None, {}, [[]], [], "9" * 999]
JUNK = st.sampled_from(ODD)
VALUES = st.one_of(LINKS, JUNK)
NODES = st.fixed_dictionaries(
    {
        "class_type": st.sampled_from(["KSampler", "SaveImage", "Switch", "ShowText", "X"]),
        "inputs": st.dictionaries(NAMES, VALUES, max_size=8),
    }
)


@settings(max_examples=examples(80), deadline=None)
@given(st.dictionaries(st.sampled_from("12345"), st.one_of(NODES, NODES, NODES, st.none(), st.just([])), max_size=5))
def test_no_graph_breaks_the_reader(graph: Any) -> None:
    found = read_graph(executed_graph(graph))
    assert found.seed == "" or 0 <= int(found.seed) < 2**64
    assert found.steps is None or found.steps > 0


PLACES = st.one_of(st.integers(-3, 6), st.none(), st.text(max_size=2))
SOCKETS = st.lists(
    st.one_of(st.none(), st.fixed_dictionaries({"name": NAMES, "link": PLACES, "widget": st.just({"name": "seed"})})),
    max_size=3,
)
EDITED = st.fixed_dictionaries(
    {
        "id": PLACES,
        "type": st.sampled_from(["KSampler", "sub", "SetNode", "GetNode", "SaveImage", "PrimitiveNode"]),
        "mode": st.sampled_from([0, 2, 4]),
        "inputs": SOCKETS,
        "widgets_values": st.one_of(
            st.none(), st.lists(VALUES, max_size=4), st.dictionaries(NAMES, VALUES, max_size=3)
        ),
    }
)
EDITED_LINKS = st.lists(st.one_of(st.lists(PLACES, min_size=4, max_size=6), st.none()), max_size=6)


@settings(max_examples=examples(50), deadline=None)
@given(st.lists(EDITED, max_size=5), EDITED_LINKS, st.lists(EDITED, max_size=3), EDITED_LINKS)
def test_no_workflow_breaks_the_reader(nodes: Any, links: Any, inner: Any, inner_links: Any) -> None:
    subgraph = {"id": "sub", "nodes": inner, "links": inner_links}
    read_graph(editor_graph({"nodes": nodes, "links": links, "definitions": {"subgraphs": [subgraph]}}))


def large_graph() -> Graph:
    """Return a graph of some 2 MB in which every node leads to the sampler."""
    graph = graphs.basic(Recipe())
    graph["6"]["inputs"]["text"] = ["j0", 0]
    for number in range(17_000):
        following: Any = [f"j{number + 1}", 0] if number % 50 else "a word"
        graph[f"j{number}"] = node("Join", text_a=f"word {number}", text_b=following, delimiter=", ")
    return graph


@pytest.mark.processes
def test_a_graph_of_megabytes_costs_little_more_than_its_json() -> None:
    text = json.dumps(large_graph())
    assert len(text) > 2_000_000
    parsing, reading = [], []
    for _ in range(3):  # of which the quickest counts: a collection of garbage may fall into any of them
        started = time.process_time()
        json.loads(text)
        parsed = time.process_time()
        assert read_generation_parameters([Note("png", "prompt", text)]).seed == "4242"
        parsing.append(parsed - started)
        reading.append(time.process_time() - parsed)
    assert min(reading) < 20 * min(parsing) + 0.1
