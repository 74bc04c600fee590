"""The editor's graph alone, as files of the editor and some savers hold it."""

from dataclasses import replace
from typing import Any

import pytest

from scenario_mcp.sandbox.own_catalogue.generators.comfyui.editor import editor_graph, is_editor_graph
from scenario_mcp.sandbox.own_catalogue.generators.comfyui.reading import read_graph
from scenario_mcp.sandbox.own_catalogue.generators.parameters import GenerationParameters
from tests.sandbox.own_catalogue.generators.comfyui.test_reading import RECIPE, WHOLE
from tests.support import comfy_graphs as graphs

Workflow = dict[str, Any]
SUBGRAPH = "0f3c1f62-2d3d-4d0e-9a3c-0a8f5a2b1c3d"


def read(workflow: object) -> GenerationParameters:
    assert isinstance(workflow, dict)
    return read_graph(editor_graph(workflow))


def changed(number: int, **fields: Any) -> Workflow:
    """Return the basic workflow with fields of one node changed."""
    workflow = graphs.editor(RECIPE)
    workflow["nodes"] = [node | fields if node["id"] == number else node for node in workflow["nodes"]]
    return workflow


def with_node(kind: str, widgets: object, link: tuple[int, int, str], **fields: Any) -> Workflow:
    """Return the basic workflow with the node 99, linked to an input of another one by its place and name."""
    workflow = graphs.editor(RECIPE)
    target, place, name = link
    workflow["nodes"].append({"id": 99, "type": kind, "mode": 0, "widgets_values": widgets, **fields})
    for node in workflow["nodes"]:
        if node["id"] == target:
            sockets = node["inputs"] + [{"name": "", "link": None}] * (place - len(node["inputs"]))
            node["inputs"] = [*sockets, {"name": name, "link": 50, "widget": {"name": name}}]
    workflow["links"].append([50, 99, 0, target, place, "*"])
    return workflow


def test_widgets_without_names_are_told_by_the_type_of_the_node() -> None:
    assert read(graphs.editor(RECIPE)) == WHOLE


def test_widgets_with_names_are_told_by_them() -> None:
    workflow = graphs.editor(RECIPE)
    names = ["seed", "steps", "cfg", "sampler_name", "scheduler", "denoise"]
    for node in workflow["nodes"]:
        if node["id"] == 3:
            node["type"] = "A sampler of its own kind"
            node["inputs"] += [{"name": name, "widget": {"name": name}, "link": None} for name in names]
        if node["id"] in (6, 7):
            node["type"] = "An encoder"
            node["inputs"] += [{"name": "text", "widget": {"name": "text"}, "link": None}]
    assert read(workflow) == WHOLE


def test_widgets_may_be_an_object() -> None:
    widgets = {"seed": 4242, "steps": 28, "cfg": 6.5, "sampler_name": "euler", "control_after_generate": "fixed"}
    assert read(changed(3, type="Custom", widgets_values=widgets)) == WHOLE


def test_widgets_of_unknown_nodes_are_told_by_their_form() -> None:
    found = read(changed(6, type="My Prompt Node", widgets_values=[1.0, "an owl", True]))
    assert found.prompt == "an owl"
    loader = {"on": True, "lora": "grain.safetensors", "strength": 1}
    power = changed(10, type="Power Lora Loader (rgthree)", widgets_values=[{}, {"type": "header"}, loader, {}, ""])
    assert read(power).loras == ("grain",)


@pytest.mark.parametrize(
    ("kind", "widgets"),
    [
        ("PrimitiveNode", ["an owl", "fixed"]),
        ("PrimitiveString", ["an owl"]),
        ("PrimitiveStringMultiline", ["an owl"]),
        ("Text Multiline", ["an owl"]),
        ("ttN text", ["an owl"]),
    ],
)
def test_a_text_may_be_linked_from_a_node_of_its_own(kind: str, widgets: list[object]) -> None:
    assert read(with_node(kind, widgets, (6, 1, "text"))) == replace(WHOLE, prompt="an owl")


def test_a_seed_may_be_linked_from_a_node_of_its_own() -> None:
    for kind in ("PrimitiveNode", "PrimitiveInt", "Seed (rgthree)", "CR Seed"):
        assert read(with_node(kind, [77, "fixed"], (3, 4, "seed"))).seed == "77"


def test_values_may_be_set_in_one_place_and_got_in_another() -> None:
    workflow = with_node("GetNode", ["my prompt"], (6, 1, "text"))
    workflow["nodes"] += [
        {"id": 98, "type": "SetNode", "widgets_values": ["my prompt"], "inputs": [{"name": "STRING", "link": 60}]},
        {"id": 97, "type": "PrimitiveString", "widgets_values": ["an owl"]},
    ]
    workflow["links"].append([60, 97, 0, 98, 0, "STRING"])
    assert read(workflow).prompt == "an owl"


def test_nodes_that_are_switched_off_are_not_read() -> None:
    assert read(changed(10, mode=4, outputs=[{"type": "MODEL"}, {"type": "CLIP"}])) == replace(WHOLE, loras=())
    muted = graphs.editor(RECIPE)
    muted["nodes"].append({"id": 90, "type": "SaveImage", "mode": 2, "inputs": [{"name": "images", "link": 9}]})
    assert read(muted) == WHOLE


def in_subgraph(*, promoted: bool) -> Workflow:
    """Return the basic workflow in a subgraph, but for its output; the text is typed within, or at the outer node."""
    inner = graphs.editor(RECIPE)
    texts: list[Any] = [{"name": "text", "type": "STRING", "widget": {"name": "text"}, "link": 70}] if promoted else []
    nodes = [node for node in inner["nodes"] if node["id"] != 9]
    for node in nodes:
        if node["id"] == 6 and promoted:
            node["inputs"] += texts
            node["widgets_values"] = ["what stood here before"]
    names = ("id", "origin_id", "origin_slot", "target_id", "target_slot", "type")
    links = [dict(zip(names, link, strict=True)) for link in inner["links"] if link[3] != 9]
    links.append({"id": 9, "origin_id": 8, "origin_slot": 0, "target_id": -20, "target_slot": 0, "type": "IMAGE"})
    if promoted:
        links.append({"id": 70, "origin_id": -10, "origin_slot": 0, "target_id": 6, "target_slot": 1, "type": "STRING"})
    outer = {"id": 57, "type": SUBGRAPH, "mode": 0, "inputs": [], "widgets_values": []}
    if promoted:
        outer["inputs"] = [{"name": "text", "type": "STRING", "widget": {"name": "text"}, "link": None}]
        outer["widgets_values"] = [RECIPE.prompt]
    save = {"id": 9, "type": "SaveImage", "widgets_values": ["x"], "inputs": [{"name": "images", "link": 1}]}
    return {
        "nodes": [save, outer],
        "links": [[1, 57, 0, 9, 0, "IMAGE"]],
        "definitions": {"subgraphs": [{"id": SUBGRAPH, "name": "Owls", "nodes": nodes, "links": links}]},
    }


@pytest.mark.parametrize("promoted", [False, True])
def test_subgraphs_are_read_as_if_their_nodes_stood_in_their_place(promoted: bool) -> None:  # noqa: FBT001  # a case
    assert read(in_subgraph(promoted=promoted)) == WHOLE


def test_a_text_may_come_into_a_subgraph_from_outside() -> None:
    workflow = in_subgraph(promoted=True)
    workflow["nodes"][1]["inputs"][0]["link"] = 2
    workflow["nodes"].append({"id": 5, "type": "PrimitiveString", "widgets_values": ["an owl"]})
    workflow["links"].append([2, 5, 0, 57, 0, "STRING"])
    assert read(workflow) == replace(WHOLE, prompt="an owl")


def test_subgraphs_in_themselves_end() -> None:
    workflow = in_subgraph(promoted=False)
    (definition,) = workflow["definitions"]["subgraphs"]
    definition["nodes"] += [{"id": number, "type": SUBGRAPH} for number in (200, 201, 202)]
    assert read(workflow) == WHOLE


@pytest.mark.parametrize(
    "workflow",
    [
        {"nodes": [{"id": 1, "type": "KSampler", "widgets_values": [[], {}, None]}], "links": [[], None, 5, [1, 2, 3]]},
        {"nodes": [{"id": [], "type": {}, "inputs": [None, 3, {"name": 4}], "widgets_values": 3}], "links": {}},
        {"nodes": [{"type": "x"}, 5, None], "links": [[1, 1, 0, 1, 0, "A"]], "definitions": {"subgraphs": [3, {}]}},
        {"nodes": [{"id": 1, "type": "GetNode"}, {"id": 2, "type": "SetNode"}], "links": []},
    ],
)
def test_odd_workflows_tell_nothing(workflow: Workflow) -> None:
    assert is_editor_graph(workflow)
    assert read(workflow) == GenerationParameters(generator="ComfyUI")


def test_other_objects_are_no_workflows() -> None:
    others: list[Any] = [{}, [], [[]], [{"id": 1}], None]
    for nodes in others:
        assert not is_editor_graph({"nodes": nodes})
