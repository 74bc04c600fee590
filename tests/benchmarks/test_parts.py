"""Where time goes: the part that a file or a module counts as."""

import pytest

from benchmarks.parts import REST, Stack, part_of_file, part_of_module, step_of


@pytest.mark.parametrize(
    ("path", "part"),
    [
        ("/a/clone/scenario_mcp/rendering/hits.py", "this package: `rendering`"),
        ("/a/clone/scenario_mcp/text.py", "this package: `text`"),
        ("/venv/lib/python3.11/site-packages/mcp/server/lowlevel/server.py", "the SDK's `mcp`"),
        ("/venv/lib/python3.11/site-packages/h11/_events.py", "`h11`"),
        ("/usr/lib/python3.11/asyncio/events.py", "Python's own `asyncio`"),
        ("/usr/lib/python3.11/contextlib.py", "Python's own `contextlib`"),
        ("<string>", "Python's own `<string>`"),
    ],
)
def test_a_file_counts_as_its_package_or_room(path: str, part: str) -> None:
    assert part_of_file(path) == part


@pytest.mark.parametrize(
    ("module", "part"),
    [
        ("scenario_mcp.server.app", "this package"),
        ("mcp_types._types", "the SDK's `mcp_types`"),
        ("pydantic_core", "`pydantic`"),
        ("_ssl", "Python's own library"),
        ("anyio.abc", "`anyio`"),
    ],
)
def test_a_module_counts_as_its_package(module: str, part: str) -> None:
    assert part_of_module(module) == part


TRIMMING = ("/a/scenario_mcp/rendering/hits.py", "trim_assets")
SEARCHING = ("/a/scenario_mcp/server/tools/search.py", "search_assets")


@pytest.mark.parametrize(
    ("stack", "step"),
    [
        ([("/a/scenario_mcp/text.py", "trimmed"), TRIMMING, SEARCHING], "hits trimmed"),
        ([SEARCHING, ("/a/scenario_mcp/server/app.py", "_call_tool")], "the rest of the search"),
        ([("/lib/selectors.py", "EpollSelector.select"), ("/lib/asyncio/base_events.py", "run_forever")], REST),
    ],
)
def test_a_stack_counts_as_its_innermost_step(stack: Stack, step: str) -> None:
    assert step_of(stack) == step
