"""One process of the server over HTTP: what it imports before its first caller comes."""

import json
import subprocess
import sys

import pytest

pytestmark = pytest.mark.processes

MODULES = """
import sys
from scenario_mcp.credentials import Credentials
from scenario_mcp.http_server.process import create_app
from scenario_mcp.http_server.settings import HttpSettings
from scenario_mcp.settings import Settings

settings = Settings(credentials=Credentials("key", "secret"))
create_app(settings, HttpSettings.from_environ({}, settings, host="127.0.0.1", port=0, workers=1))
print(*sys.modules)
"""
FAILING = """
from scenario_mcp.errors import Unavailable
from scenario_mcp.http_server import compose

def fail(settings, http):
    raise Unavailable("The file is gone. Put it back.")

compose.compose = fail
"""
NOT_USED = ("mcp.client", "mcp.server.auth", "mcp.server.mcpserver", "mcp.server.streamable_http", "sse_starlette")
NOT_ASKED_FOR = ("cryptography", "jwt", "redis", "PIL", "rich", "scenario_mcp.sandbox")
WHAT_CALLERS_NEED = ("aiohttp", "mcp_types._v2025_11_25", "mcp_types._v2026_07_28", "scenario_mcp.server.results")


def test_a_process_has_what_callers_need_before_the_first_one_comes_and_nothing_that_nobody_asked_for() -> None:
    finished = subprocess.run([sys.executable, "-c", MODULES], capture_output=True, text=True, timeout=100, check=True)  # noqa: S603  # our own code
    modules = finished.stdout.split()
    assert [name for name in modules if name.startswith((*NOT_USED, *NOT_ASKED_FOR))] == []
    assert [name for name in WHAT_CALLERS_NEED if name not in modules] == []


def test_a_process_whose_parts_cannot_be_made_ends_with_a_sentence_and_an_exit_code() -> None:
    finished = subprocess.run(  # noqa: S603  # our own code
        [sys.executable, "-c", FAILING + MODULES], capture_output=True, text=True, timeout=100, check=False
    )
    assert (finished.returncode, finished.stdout) == (3, "")
    line = json.loads(finished.stderr)
    assert (line["level"], line["message"]) == ("error", "The file is gone. Put it back.")
