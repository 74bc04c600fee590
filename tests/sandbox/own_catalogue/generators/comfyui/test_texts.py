"""Prompts that are put together from several nodes."""

from typing import Any

import pytest

from tests.sandbox.own_catalogue.generators.comfyui.test_reading import RECIPE, read
from tests.support import comfy_graphs as graphs
from tests.support.comfy_graphs import Graph, node


def prompt_of(**nodes: dict[str, Any]) -> str:
    """Return the prompt of the basic graph, whose text is linked from the node `text`."""
    graph: Graph = graphs.basic(RECIPE) | nodes
    graph["6"]["inputs"]["text"] = ["text", 0]
    return read(graph).prompt


def conditioned_by(**nodes: dict[str, Any]) -> str:
    """Return the prompt of the basic graph, whose conditioning is linked from the node `last`."""
    graph: Graph = graphs.basic(RECIPE) | nodes
    graph["3"]["inputs"]["positive"] = ["last", 0]
    return read(graph).prompt


OWL, CASTLE = (
    node("CLIPTextEncode", text="an owl", clip=["4", 1]),
    node("CLIPTextEncode", text="a castle", clip=["4", 1]),
)
TEXT = node("PrimitiveStringMultiline", value="a castle")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (node("PrimitiveString", value="an owl"), "an owl"),
        (node("PrimitiveStringMultiline", value="an owl"), "an owl"),
        (node("Text Multiline", text="an owl"), "an owl"),
        (node("CR Prompt Text", prompt="an owl"), "an owl"),
        (node("easy positive", positive="an owl"), "an owl"),
        (node("StringConstantMultiline", string="an owl", strip_newlines=True), "an owl"),
        (node("StringConcatenate", string_a="an owl", string_b=["n1", 0], delimiter=" and "), "an owl and a castle"),
        (node("StringConcatenate", string_a="an owl", string_b=["n1", 0], delimiter=""), "an owla castle"),
        (node("Text Concatenate", delimiter=", ", text_a="an owl", text_b=["n1", 0], text_c=""), "an owl, a castle"),
        (node("JoinStrings", string1="an owl", string2=["n1", 0], delimiter="\\n"), "an owl a castle"),
        (node("StringReplace", string="an owl", find="owl", replace="egret"), "an egret"),
        (node("StringReplace", string=["n1", 0], find="castle", replace="keep"), "a keep"),
        (node("FormatString", template="{a} under {b}", a="an owl", b=["n1", 0]), "an owl under a castle"),
        (node("ShowText|pysssss", text=["n1", 0], text_0="a castle"), "a castle"),
        (node("ShowText|pysssss", text=["n2", 0], text_0="what it said"), "what it said"),
        (node("PreviewAny", source=["n1", 0]), "a castle"),
        (node("Reroute", **{"": ["n1", 0]}), "a castle"),
        (node("ImpactWildcardProcessor", wildcard_text="__bird__", populated_text="an owl", mode="fixed"), "an owl"),
        (node("SDXLPromptStyler", text_positive="an owl", text_negative="rain", style="base"), "an owl"),
        (node("CR Text Input Switch", Input=2, text1="an owl", text2=["n1", 0]), "a castle"),
        (node("ImpactSwitch", select=1, input1=["n1", 0], input2=["n3", 0], sel_mode=False), "a castle"),
        (node("ComfySwitchNode", switch=False, on_true=["n3", 0], on_false=["n1", 0]), "a castle"),
        (node("ComfySwitchNode", switch=["n4", 0], on_true=["n1", 0], on_false=["n3", 0]), "a castle"),
        (node("Any Switch (rgthree)", any_01=["n2", 0], any_02=["n1", 0]), "a castle"),
    ],
)
def test_a_text_is_followed_through_other_nodes(text: dict[str, Any], expected: str) -> None:
    empty = node("LLM", temperature=1.0)
    nodes = {
        "n1": TEXT,
        "n2": empty,
        "n3": node("PrimitiveString", value="a boat"),
        "n4": node("PrimitiveBoolean", value=True),
    }
    assert prompt_of(text=text, **nodes) == expected


@pytest.mark.parametrize(
    ("last", "expected"),
    [
        (node("ConditioningCombine", conditioning_1=["n1", 0], conditioning_2=["n2", 0]), "an owl, a castle"),
        (node("ConditioningConcat", conditioning_to=["n1", 0], conditioning_from=["n2", 0]), "an owl, a castle"),
        (node("ConditioningAverage", conditioning_to=["n1", 0], conditioning_from=["n1", 0]), "an owl"),
        (node("ConditioningSetTimestepRange", conditioning=["n2", 0], start=0.1, end=1), "a castle"),
        (node("CLIPTextEncodeSDXL", text_g="an owl", text_l="a castle", clip=["4", 1]), "an owl, a castle"),
        (
            node("CLIPTextEncodeSD3", clip_l="an owl", clip_g="an owl", t5xxl="an owl by night"),
            "an owl, an owl by night",
        ),
        (node("TextEncodeQwenImageEdit", prompt="an owl", image=["5", 0], clip=["4", 1]), "an owl"),
        (
            node(
                "BNK_CLIPTextEncodeAdvanced", text="an owl", token_normalization="none", weight_interpretation="comfy"
            ),
            "an owl",
        ),
        (node("smZ CLIPTextEncode", text="an owl", parser="A1111", mean_normalization=True), "an owl"),
        (node("ReferenceLatent", conditioning=["n1", 0], latent=["5", 0]), "an owl"),
        (node("LTXVConditioning", positive=["n1", 0], negative=["n2", 0], frame_rate=25), "an owl"),
        (node("ImpactWildcardEncode", wildcard_text="__b__", populated_text="an owl", clip=["4", 1], seed=1), "an owl"),
    ],
)
def test_conditioning_is_followed_to_every_text(last: dict[str, Any], expected: str) -> None:
    assert conditioned_by(last=last, n1=OWL, n2=CASTLE) == expected


def test_long_chains_of_nodes_are_followed() -> None:
    chain = {f"c{number}": node("Reroute", **{"": [f"c{number + 1}", 0]}) for number in range(3000)}
    assert prompt_of(text=node("Reroute", **{"": ["c0", 0]}), **chain, c3000=TEXT) == "a castle"
    sets = {f"c{number}": node("SetArea", conditioning=[f"c{number + 1}", 0], strength=1) for number in range(3000)}
    assert conditioned_by(last=node("SetArea", conditioning=["c0", 0]), **sets, c3000=CASTLE) == "a castle"


def test_deep_forks_and_loops_end() -> None:
    forks = {
        f"f{number}": node("Join", text_a=[f"f{number + 1}", 0], text_b=[f"f{number + 1}", 0], delimiter="")
        for number in range(2000)
    }
    assert len(prompt_of(text=node("Reroute", x=["f0", 0]), **forks, f2000=TEXT)) <= 10_000
    loop = node("Join", text_a=["text", 0], text_b="an owl", delimiter=" ")
    assert prompt_of(text=loop) == "an owl"
