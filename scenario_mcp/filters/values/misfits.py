"""What a judge of conditions gives: a condition mended, with what was read into it, or a condition that misfits."""

from collections.abc import Mapping
from dataclasses import dataclass

from scenario_mcp.filters.tree import Between, Comparison, Condition, Contains, OneOf, StartsWith, Tree


@dataclass(frozen=True, slots=True)
class Mended:
    """A condition as it was meant; `readings` and `warnings` are a few words and sentences for the answer."""

    tree: Tree
    readings: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


class Misfit(ValueError):
    """A condition that the API takes, but that cannot mean what was meant.

    `replacement` is the condition as it may be meant, None when nobody can tell. `arguments` are what belongs beside
    the filter, in place of the condition. `choices` are conditions of which one was meant; the `question` that leaves
    them open has one answer in all of a filter.
    """

    def __init__(
        self,
        sentence: str,
        replacement: Tree | None = None,
        *,
        arguments: Mapping[str, object] | None = None,
        choices: tuple[Tree, ...] = (),
        question: str = "",
    ) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.replacement = replacement
        self.arguments = arguments or {}
        self.choices = choices
        self.question = question


def values_of(condition: Condition) -> tuple[str, ...]:
    """Return the values that a condition compares its field with."""
    match condition:
        case Comparison(_, _, value) | Contains(_, value) | StartsWith(_, value):
            return (value,)
        case Between(_, low, high):
            return (low, high)
        case OneOf(_, values):
            return values
        case _:
            return ()


def with_values(condition: Condition, values: tuple[str, ...]) -> Condition:
    """Return a condition with other values in place of its own, in the same order."""
    match condition:
        case Comparison(field, operator, _):
            return Comparison(field, operator, values[0])
        case Contains(field, _):
            return Contains(field, values[0])
        case StartsWith(field, _):
            return StartsWith(field, values[0])
        case Between(field, _, _):
            return Between(field, values[0], values[1])
        case OneOf(field, _):
            return OneOf(field, values)
        case _:
            return condition
