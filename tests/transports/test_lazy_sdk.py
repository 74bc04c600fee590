"""The quicker start: packages whose `__init__` runs only when asked."""

import subprocess
import sys

import pytest

pytestmark = pytest.mark.processes

DEFERRED = """
import sys
from scenario_mcp.transports.lazy_sdk import defer_packages
defer_packages()
"""
AT_START = f"""{DEFERRED}
import scenario_mcp.server.app, scenario_mcp.transports.stdio
from scenario_mcp.settings import Sandbox, Settings
scenario_mcp.server.app.build_server(Settings(upstream=Sandbox()))
"""


def _python(code: str, start: str = DEFERRED) -> str:
    finished = subprocess.run(  # noqa: S603  # our own code
        [sys.executable, "-W", "error", "-c", start + code], capture_output=True, text=True, timeout=30, check=True
    )
    return finished.stdout.strip()


UNNEEDED = {
    "PIL",
    "cachetools",
    "httpx",
    "mcp.client",
    "mcp.server.mcpserver",
    "rich",
    "ruamel.yaml",
    "scenario_mcp.hosts",
    "scenario_mcp.api.client",
    "scenario_mcp.filters.repairs",
    "scenario_mcp.net.connections",
    "scenario_mcp.pictures.reader",
    "scenario_mcp.sandbox",
    "scenario_mcp.terminal.demo",
    "scenario_mcp.terminal.pictures",
    "textual_image",
    "tomlkit",
    "truststore",
}
"""What only a search, a picture or a terminal needs."""


def test_a_list_of_tools_loads_nothing_that_only_a_search_needs() -> None:
    assert _python(f"print(sorted({UNNEEDED!r} & sys.modules.keys()))", AT_START) == "[]"


def test_a_deferred_package_is_the_real_one_as_soon_as_a_name_of_it_is_used() -> None:
    assert _python("import mcp; print(mcp.ClientSession.__name__, type(mcp).__name__)") == "ClientSession module"
    assert _python("import mcp.server; print(mcp.server.MCPServer.__name__)") == "MCPServer"
    assert _python("from mcp.client.stdio import stdio_client; print(stdio_client.__name__)") == "stdio_client"


def test_a_name_that_a_deferred_package_lacks_is_an_import_error() -> None:
    code = """
try:
    from mcp import no_such_name
except ImportError as error:
    print(error.name)
"""
    assert _python(code) == "mcp"


def test_a_package_that_is_loaded_already_is_left_alone() -> None:
    assert _python("before = sys.modules['mcp']; defer_packages(); print(sys.modules['mcp'] is before)") == "True"
