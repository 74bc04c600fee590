"""The quicker start: packages whose `__init__` runs only when asked."""

import subprocess
import sys
from functools import cache

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


@cache
def _modules_at_start() -> set[str]:
    return set(_python("print(*sys.modules)", AT_START).split())


def test_a_list_of_tools_loads_nothing_that_only_a_search_needs() -> None:
    assert UNNEEDED & _modules_at_start() == set()


def test_over_stdio_nothing_of_the_server_over_http_is_loaded() -> None:
    unneeded = ("scenario_mcp.http_server", "prometheus_client", "jwt", "redis", "uvloop", "httptools")
    assert [name for name in _modules_at_start() if name.startswith(unneeded)] == []


def test_a_deferred_package_is_the_real_one_as_soon_as_a_name_of_it_is_used() -> None:
    code = """
import mcp, mcp.server
for package, name in (mcp.server, "MCPServer"), (mcp, "ClientSession"):
    before = type(package).__name__
    print(before, getattr(package, name).__name__, type(package).__name__)
"""
    assert _python(code).split("\n") == ["_Deferred MCPServer module", "_Deferred ClientSession module"]


def test_a_module_is_imported_without_its_deferred_package_and_a_name_that_this_lacks_is_an_import_error() -> None:
    code = """
from mcp.client.stdio import stdio_client
print(stdio_client.__name__, type(sys.modules["mcp"]).__name__)
try:
    from mcp import no_such_name
except ImportError as error:
    print(error.name)
"""
    assert _python(code).split("\n") == ["stdio_client _Deferred", "mcp"]


def test_a_package_that_is_loaded_already_is_left_alone() -> None:
    assert _python("before = sys.modules['mcp']; defer_packages(); print(sys.modules['mcp'] is before)") == "True"
