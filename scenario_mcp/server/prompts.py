"""Prompts: ready-made requests that a person picks in a client and fills in."""

from collections.abc import Mapping
from typing import Literal, NamedTuple, TypeAlias

from scenario_mcp.text import clean, shown

MAX_ARGUMENT_CHARACTERS = 2_000

Completable: TypeAlias = Literal["assets", "models", "tags", "collections"]
"""What completes a blank: ids of recent hits, or the names of the project's tags or collections."""


class Argument(NamedTuple):
    """One blank to fill in; `completes` tells by what it is completed."""

    name: str
    description: str
    is_required: bool = False
    completes: Completable | None = None


class Prompt(NamedTuple):
    """One ready-made request; each blank stands in `text` by its name, an empty one takes its line with it."""

    name: str
    title: str
    description: str
    arguments: tuple[Argument, ...]
    text: str


class PromptRefused(Exception):
    """There is no such prompt, or a blank is empty: a sentence that says which there are."""


PROMPTS = (
    Prompt(
        "find_assets",
        "Find assets by description",
        "Find pictures, videos, sounds, 3D objects or texts that fit a description, and look at the best.",
        (
            Argument("description", "What they show, in your own words", is_required=True),
            Argument("conditions", "What must be true of them: from last week, 16:9, videos only"),
            Argument("tags", "Tags that they must have, separated by commas", completes="tags"),
            Argument("collection", "The collection that they must be in", completes="collections"),
        ),
        "Find assets in Scenario that fit this description: {description}\n"
        "They must also meet these conditions, written as a filter: {conditions}\n"
        "They must have these tags: {tags}\n"
        "They must be in this collection: {collection}\n"
        "Search with search_assets. If words find too little, search by meaning (querySemanticRatio 0.7). Look at the "
        "best four with view_assets, then tell me which fit and why, with their ids.",
    ),
    Prompt(
        "more_like_this",
        "More like this, less like that",
        "Find assets that look like some and unlike others.",
        (
            Argument(
                "like", "Asset ids, file paths or web addresses to be close to", is_required=True, completes="assets"
            ),
            Argument("unlike", "Asset ids, file paths or web addresses to be far from", completes="assets"),
            Argument("description", "Words that should also count"),
        ),
        "Find assets in Scenario that look like: {like}\n"
        "They should not look like: {unlike}\n"
        "These words should count too: {description}\n"
        "Give the pictures to search_assets in images.like and images.unlike. Look at the best four with view_assets, "
        "leave out what misses the point, and tell me what they have in common with the pictures I gave.",
    ),
    Prompt(
        "mood_board",
        "Mood board from a brief",
        "Collect pictures for a brief: subjects, colours, light, style.",
        (
            Argument("brief", "The brief, or what the board is for", is_required=True),
            Argument("count", "How many pictures (default 8)"),
        ),
        "Make a mood board from assets in Scenario for this brief: {brief}\n"
        "How many pictures: {count}\n"
        "Break the brief into three to five directions (subject, palette, light, style, detail). Search each with "
        "search_assets by meaning (querySemanticRatio 0.7), in the project and with public true. Look at candidates "
        "with view_assets, choose eight that belong together unless I said otherwise, and present them by direction: "
        "id, name, and one sentence on why it is there.",
    ),
    Prompt(
        "choose_model",
        "Which model suits a style",
        "Compare models for a style or a task and recommend one.",
        (
            Argument("style", "The style or task: flat vector icons, dark fantasy portraits", is_required=True),
            Argument("reference", "An asset id that shows the style", completes="assets"),
        ),
        "Which Scenario model suits this style or task best: {style}\n"
        "This asset shows the style: {reference}\n"
        "Search with search_models, in the project and with public true; if I gave an asset, also by image. Read about "
        "the best three with get_models and look at some of their exampleAssetIds with view_assets. Recommend one, say "
        "why, what it cannot do, and which would be second.",
    ),
)


def find(name: str) -> Prompt:
    """Return the prompt of that name; raises PromptRefused."""
    for prompt in PROMPTS:
        if prompt.name == name:
            return prompt
    names = ", ".join(prompt.name for prompt in PROMPTS)
    raise PromptRefused(f"There is no prompt {shown(name)}. The prompts are {names}.")


def fill_in(prompt: Prompt, given: Mapping[str, str]) -> str:
    """Return the request with its blanks filled in.

    Raises:
        PromptRefused: a required blank is empty, or one is given that there is not.

    """
    known = [argument.name for argument in prompt.arguments]
    for name in given:
        if name not in known:
            raise PromptRefused(f"{prompt.name} has no argument {shown(name)}. Its arguments are {', '.join(known)}.")
    values = {name: clean(given.get(name) or "", MAX_ARGUMENT_CHARACTERS) for name in known}
    for argument in prompt.arguments:
        if argument.is_required and not values[argument.name]:
            raise PromptRefused(f"{prompt.name} needs {argument.name}: {argument.description}.")
    lines = prompt.text.split("\n")
    left = [line for line in lines if all(values[name] for name in known if f"{{{name}}}" in line)]
    return "\n".join(left).format(**values)
