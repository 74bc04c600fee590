"""A script in place of a language model, so that the examples run without a key and without the network.

It decides as a model would: from the question and from what the tools have answered so far. Each example wraps
`next_step` in its framework's own kind of test model.
"""

import json
from collections.abc import Sequence
from typing import Any, NamedTuple

QUESTION = "Find pixel-art knights, look at them, and find more like the first one in other styles."


class ToolCall(NamedTuple):
    """A tool that the model wants to be called."""

    name: str
    args: dict[str, Any]


def next_step(answers: Sequence[str], pictures: int) -> ToolCall | str:
    """Return the next tool call, or at the end the answer to the question.

    `answers` are the texts of the tools' answers so far, `pictures` is how many pictures the model was given with them.
    """
    pages = [json.loads(answer)["hits"] for answer in answers if answer.startswith("{")]
    match len(answers):
        case 0:
            wanted = {"query": "knight", "filter": "kind = image AND tags = pixel-art", "limit": 4}
            return ToolCall("search_assets", wanted)
        case 1:
            return ToolCall("view_assets", {"assetIds": [hit["id"] for hit in pages[0]], "size": 256})
        case 2:
            alike = {"images": {"like": [pages[0][0]["id"]]}, "filter": "NOT tags = pixel-art", "limit": 4}
            return ToolCall("search_assets", alike)
    knights, others = ("".join(f"\n  - {hit['name']}" for hit in page) for page in pages)
    return f"Pixel-art knights ({pictures} pictures seen):{knights}\nLike the first, in other styles:{others}"
