"""What a picture was made with, as the tests of its notes compare it."""

from typing import NamedTuple


class Recipe(NamedTuple):
    """The values that generators write, each of a form that all of them can write."""

    prompt: str = "a marzipan owl"
    negative: str = "blurry, (ugly:1.2)"
    seed: int = 4242
    steps: int = 28
    guidance: float = 6.5
    sampler: str = "euler"
    model: str = "dreamforge_v7"
    lora: str = "ink_wash"
