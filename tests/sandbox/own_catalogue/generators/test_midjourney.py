"""Midjourney's line."""

import pytest

from scenario_mcp.sandbox.own_catalogue.generators.midjourney import read_midjourney_line
from scenario_mcp.sandbox.own_catalogue.generators.parameters import GenerationParameters
from tests.support.generator_notes import JOB


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (
            f"a knight --ar 3:4 --v 6 --seed 2468 Job ID: {JOB}",
            GenerationParameters(
                "Midjourney", "a knight --ar 3:4 --v 6 --seed 2468", seed="2468", models=("Midjourney 6",)
            ),
        ),
        (
            f"a knight --no rain, fog --niji 6 Job ID: {JOB}",
            GenerationParameters(
                "Midjourney", "a knight --no rain, fog --niji 6", "rain, fog", models=("Midjourney niji 6",)
            ),
        ),
        (f"a knight Job ID: {JOB}", GenerationParameters("Midjourney", "a knight", models=("Midjourney",))),
        (
            "a knight --v 5.2 --ar 16:9",
            GenerationParameters("Midjourney", "a knight --v 5.2 --ar 16:9", models=("Midjourney 5.2",)),
        ),
        (f"a knight --seed {'9' * 400} Job ID: {JOB}", None),
    ],
)
def test_the_line_of_midjourney_is_a_prompt_with_options(line: str, expected: GenerationParameters | None) -> None:
    found = read_midjourney_line(line)
    assert found == expected if expected else found is not None and found.seed == ""


@pytest.mark.parametrize("text", ["a knight -- and his horse", "run it with --verbose --version 3", "Job ID: 5", ""])
def test_other_lines_are_left_to_others(text: str) -> None:
    assert read_midjourney_line(text) is None
