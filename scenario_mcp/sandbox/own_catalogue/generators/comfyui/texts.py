"""Prompts of a graph: the text that an input for conditioning, or for a text, leads to."""

import re
from collections.abc import Iterator

from scenario_mcp.sandbox.own_catalogue.generators.comfyui.graph import Graph, Link, Node
from scenario_mcp.sandbox.own_catalogue.generators.comfyui.scalars import selected
from scenario_mcp.sandbox.own_catalogue.generators.named_fields import plain
from scenario_mcp.sandbox.own_catalogue.generators.values import MAX_PROMPT_CHARACTERS, names_a_file

POSITIVE, NEGATIVE = "positive", "negative"
_OPPOSITE = {POSITIVE: NEGATIVE, NEGATIVE: POSITIVE}
_MAX_DEPTH = 100
"""Nodes with several ways in a row. Python stops at 1,000 calls, of which each takes three."""
_MAX_VISITS = 5_000
_MAX_TEXT = 4 * MAX_PROMPT_CHARACTERS

_TEXT_NAME = re.compile(
    r"(?:text|prompt|string|str|caption|populatedtext|wildcardtext|wildcard|clipl|clipg|t5xxl|t5|llama|value|positive|negative|"
    r"prefix|suffix|tags?|promptstring|multiline|content)(?:[a-h]|[gl]|\d{1,3}|positive|negative)?|\w{0,30}(?:prompt|text|string)"
)
_STRING_NAME = re.compile(r"(?:input|any|part|line|opt|item|word|s|a|b|c|d|e)(?:[a-h]|\d{1,3})?|(?:input|in)\w?")
_NO_TEXT = frozenset({
    "cliptext", "textencoder", "texttype", "stringtype", "showtext", "systemprompt", "instruction", "fontfile",
    "context", "basecontext",
})  # fmt: skip
_NOT_FOLLOWED = frozenset({
    "clip", "model", "vae", "image", "images", "pixels", "mask", "latent", "latentimage", "samples", "controlnet",
    "stylemodel", "clipvision", "clipvisionoutput", "ipadapter", "audio", "video", "noise", "sigmas", "sampler",
    "insightface", "unet", "referencelatent", "startimage", "endimage", "seed", "steps", "cfg",
})  # fmt: skip
_ANYTHING = frozenset({"", "value", "any", "input", "anything", "in", "data"})
_DELIMITERS = ("delimiter", "separator", "joiner", "sep")
_TEMPLATES = ("template", "fstring", "formatstring", "format", "textformat", "stringformat")
_PLACE = re.compile(r"\{(\w{0,40})\}|%(\w{1,40})%")
_SHOWN = re.compile(r"show|preview|display", re.IGNORECASE)
_ESCAPES = {"\\n": "\n", "\\t": "\t"}


class TextReader:
    """Reads the texts of one graph; every node is read once for a prompt, and so many nodes in all."""

    def __init__(self, graph: Graph, polarity: str) -> None:
        self._graph = graph
        self._polarity = polarity
        self._visits = 0
        self._seen: set[str] = set()
        self._strings: dict[Link, str | None] = {}

    def prompt(self, value: object) -> str:
        """Return the texts that an input for conditioning leads to, each once."""
        texts = list(dict.fromkeys(text.strip() for text in self._conditioning(value, 0) if text.strip()))
        return (
            (texts[0] if len(texts) == 1 else ", ".join(text.strip(" ,") for text in texts))[:_MAX_TEXT]
            if texts
            else ""
        )

    def _conditioning(self, value: object, depth: int) -> list[str]:
        while isinstance(value, Link) and self._enters(value.node, depth):
            node = self._graph.nodes[value.node]
            if "zeroout" in plain(node.kind):
                return []
            if (chosen := selected(self._graph, node)) is not None:
                value = chosen
                continue
            if (passed := _passed_on(node)) is not None:
                value = passed
                continue
            if (texts := self._texts_in(node, depth)) is not None:
                return texts
            ways = list(self._ways(node))
            if len(ways) != 1:
                return [text for link in ways for text in self._conditioning(link, depth + 1)]
            value = ways[0]
        return [value] if isinstance(value, str) and not names_a_file(value) else []

    def _enters(self, key: str, depth: int) -> bool:
        self._visits += 1
        if key in self._seen or depth > _MAX_DEPTH or self._visits > _MAX_VISITS:
            return False
        self._seen.add(key)
        return True

    def _texts_in(self, node: Node, depth: int) -> list[str] | None:
        """Return a node's own texts; None if it has no input for any."""
        found = [value for _, value in self._inputs_of_texts(node)]
        if not found:
            return None
        texts = [text for value in found if (text := self.string(value, depth + 1)) is not None]
        return texts or None

    def _inputs_of_texts(self, node: Node) -> list[tuple[str, object]]:
        """Return the inputs that hold texts; of a node for both prompts only those of one."""
        inputs: list[tuple[str, object]] = [
            (name, value)
            for name, value in node.inputs.items()
            if isinstance(value, str | Link)
            and name not in _NO_TEXT
            and _TEXT_NAME.fullmatch(name)
            and _OPPOSITE[self._polarity] not in name
            and not (isinstance(value, Link) and name in {POSITIVE, NEGATIVE})
            and not (isinstance(value, str) and names_a_file(value))
        ]
        if isinstance(populated := node.inputs.get("populatedtext"), str) and populated.strip():
            return [("populatedtext", populated)]
        own: list[tuple[str, object]] = [(name, value) for name, value in inputs if self._polarity in name]
        return own or inputs

    def _ways(self, node: Node) -> Iterator[Link]:
        """Yield the links by which conditioning comes into a node."""
        links = [(name, link) for name, link in node.links() if _OPPOSITE[self._polarity] not in name]
        own = [link for name, link in links if self._polarity in name]
        yield from own or (link for name, link in links if name not in _NOT_FOLLOWED)

    def string(self, value: object, depth: int = 0) -> str | None:
        """Return the text that an input for a text has, or leads to; None if there is no text."""
        path: list[Link] = []
        found: str | None = None
        while isinstance(value, Link) and value not in self._strings and depth <= _MAX_DEPTH:
            self._visits += 1
            if self._visits > _MAX_VISITS:
                break
            self._strings[value] = None  # what a loop finds
            path.append(value)
            node = self._graph.nodes[value.node]
            value = self._only_way(node)
            if value is None:
                found = self._string_of(node, depth)
        if isinstance(value, str):
            found = value
        elif isinstance(value, int | float) and not isinstance(value, bool):
            found = str(value)[:40]
        elif isinstance(value, Link):
            found = self._strings.get(value)
        for link in path:
            self._strings[link] = found
        return found

    def _only_way(self, node: Node) -> object:
        """Return the one input that a node passes on; None if it makes a text out of several."""
        if (chosen := selected(self._graph, node)) is not None:
            return chosen
        if any(name in node.inputs for name in (*_TEMPLATES, "find")):
            return None
        inputs = self._inputs_of_texts(node)
        if len(inputs) == 1:
            return inputs[0][1]
        return next(self._ways(node), None) if not inputs and len(node.inputs) == 1 else None

    def _string_of(self, node: Node, depth: int) -> str | None:
        for name in _TEMPLATES:
            if isinstance(template := node.inputs.get(name), str) and _PLACE.search(template):
                return self._filled(template[:_MAX_TEXT], node, depth)
        inputs = self._inputs_of_texts(node) or [
            (name, value) for name, value in node.inputs.items() if _STRING_NAME.fullmatch(name)
        ]
        if "find" in node.inputs and "replace" in node.inputs and inputs:
            return self._replaced(node, inputs[0][1], depth)
        is_shown = _SHOWN.search(node.kind) is not None
        links = [(name, value) for name, value in inputs if isinstance(value, Link)]
        if is_shown and links:  # what was shown of a text that cannot be read from the graph stands beside it
            inputs = links + [(name, value) for name, value in inputs if not isinstance(value, Link)]
        texts = ((self.string(value, depth + 1) or "").strip("\n") for _, value in inputs)
        found = [text for text in texts if text.strip()]
        if found and (is_shown or "switch" in node.kind.lower()):
            return found[0]
        if found:
            return self._delimiter(node, depth).join(found)[:_MAX_TEXT]
        if inputs and not links:
            return ""
        others = (self.string(link, depth + 1) for link in self._ways(node))
        return next(filter(None, others), None)

    def _delimiter(self, node: Node, depth: int) -> str:
        for name in _DELIMITERS:
            text = self.string(node.inputs.get(name), depth + 1)
            if text is not None and len(text) <= len(", and then "):
                return _ESCAPES.get(text, text)
        return ", "

    def _filled(self, template: str, node: Node, depth: int) -> str:
        def value(match: re.Match[str]) -> str:
            return self.string(node.inputs.get(plain(match[1] or match[2] or "")), depth + 1) or match[0]

        return _PLACE.sub(value, template)[:_MAX_TEXT]

    def _replaced(self, node: Node, value: object, depth: int) -> str | None:
        text, old, new = (self.string(each, depth + 1) for each in (value, node.inputs["find"], node.inputs["replace"]))
        if not text or not old:
            return text
        return text[:_MAX_TEXT].replace(old, (new or "")[:1000], 1000)[:_MAX_TEXT]


def _passed_on(node: Node) -> Link | None:
    """Return the one link of a node that passes on whatever comes in."""
    if len(node.inputs) != 1:
        return None
    return next((link for name, link in node.links() if name in _ANYTHING), None)
