"""Texts that are made to take long: each reader looks at a text a bounded number of times."""

import time
from collections.abc import Callable

import pytest

from scenario_mcp.sandbox.own_catalogue.generators.content_credentials import read_credentials
from scenario_mcp.sandbox.own_catalogue.generators.invokeai import read_command_line
from scenario_mcp.sandbox.own_catalogue.generators.midjourney import read_midjourney_line
from scenario_mcp.sandbox.own_catalogue.generators.novelai import read_novelai_source
from scenario_mcp.sandbox.own_catalogue.generators.settings_text import loras_in_prompt
from scenario_mcp.sandbox.own_catalogue.notes.xmp import xmp_notes

BLANKS = " " * 39_000
MAX_SECONDS = 1.0
"""What grows with the square of the length takes seconds to hours."""


@pytest.mark.processes
@pytest.mark.parametrize(
    "read",
    [
        lambda: read_command_line(f'"a"{BLANKS}'),
        lambda: read_command_line('"a"' + " -aaaaaaaaaaaaaaaa" * 1_000 + " !"),
        lambda: read_midjourney_line(f"Job ID:{BLANKS}"),
        lambda: read_midjourney_line("Job ID: " * 4_000),
        lambda: read_novelai_source(f"{BLANKS}x"),
        lambda: loras_in_prompt(f"<lora:{BLANKS}"),
        lambda: loras_in_prompt(("<lora:" + " " * 250) * 200),
        lambda: loras_in_prompt("<" + BLANKS + "<lora:a" * 3_000),
        lambda: read_credentials({"softwareagent": (" 1" + "." * 10) * 800 + "\nx"}),
        lambda: read_credentials({"claimgenerator": "/1a 1 " * 1_600 + "\nx"}),
        lambda: list(xmp_notes(b"<?xml " * 600_000)),
    ],
)
def test_a_text_made_to_take_long_does_not(read: Callable[[], object]) -> None:
    start = time.process_time()
    read()
    assert time.process_time() - start < MAX_SECONDS
