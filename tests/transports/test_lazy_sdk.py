"""The quicker start: packages whose `__init__` runs only when asked."""

import json
import os
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from scenario_mcp.backend import own_backend
from scenario_mcp.server import app
from scenario_mcp.settings import Sandbox, Settings
from tests.support.forked import Forked
from tests.support.raw_stdio import HANDSHAKE, INITIALIZED, SANDBOX, Message, call, request, stateless
from tests.transports.modules_at_start import OUR_MODULES, PACKAGES

pytestmark = pytest.mark.processes

DEFERRED = """
import sys
from scenario_mcp.transports.lazy_sdk import defer_packages
defer_packages()
"""
LOADED = """
import sys
from scenario_mcp.transports import lazy_sdk
assert lazy_sdk.load_lowlevel(), "the SDK cannot be imported like this any more: adapt transports/lazy_sdk.py"
"""
AT_START = f"""
import scenario_mcp.cli
{LOADED}
import scenario_mcp.server.app, scenario_mcp.transports.stdio
from scenario_mcp.settings import Sandbox, Settings
scenario_mcp.server.app.build_server(Settings(upstream=Sandbox()))
"""


def _python(code: str, start: str = DEFERRED) -> str:
    finished = subprocess.run(  # noqa: S603  # our own code
        [sys.executable, "-W", "error", "-c", start + code], capture_output=True, text=True, timeout=100, check=True
    )
    return finished.stdout.strip()


@cache
def _modules_at_start() -> set[str]:
    return set(_python("print(*sys.modules)", AT_START).split())


def test_before_the_first_answer_only_the_modules_of_the_list_are_imported() -> None:
    imported = _modules_at_start()
    assert {name for name in imported if name.startswith("scenario_mcp.")} == OUR_MODULES.keys()
    of_python = {
        *sys.stdlib_module_names,
        *_python("print(*sys.modules)", "import sys\n").split(),
    }  # and its site's own
    others = {name.partition(".")[0] for name in imported} - of_python - {"scenario_mcp"}
    assert {name for name in others if not name.startswith("_")} == PACKAGES.keys()


def test_over_stdio_nothing_of_the_server_over_http_is_loaded() -> None:
    unneeded = ("scenario_mcp.http_server", "prometheus_client", "jwt", "redis", "uvloop", "httptools")
    assert [name for name in _modules_at_start() if name.startswith(unneeded)] == []


def test_what_answers_calls_is_loaded_without_the_command_line_of_httpx() -> None:
    code = """
from scenario_mcp.late_imports import import_ahead
from scenario_mcp.server.app import load_handlers
from scenario_mcp.settings import Live
load_handlers()
print("httpx" in sys.modules)
import_ahead(Live())
print("httpx" in sys.modules, any(name in sys.modules for name in ("rich", "pygments", "click")))
"""
    assert _python(code, LOADED).split("\n") == ["False", "True False"]


@pytest.mark.parametrize("loaded", [["handlers"], []], ids=["before", "after"])
async def test_what_answers_calls_is_loaded_ahead_until_a_call_has_loaded_it(
    loaded: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []
    monkeypatch.setattr(app, "_LOADING_SECONDS", 0.0)
    monkeypatch.setattr(app, "load_handlers", lambda: seen.append("handlers"))
    settings = Settings(upstream=Sandbox())
    async with own_backend(settings) as backend:
        backend.is_asked = not loaded
        await app._load_ahead(settings, backend)
    assert seen == loaded


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


# --- stand-ins and models that wait ----------------------------------------------------------------------------------

NOT_OVER_STDIO = ("starlette", "sse_starlette", "uvicorn", "click", "mcp.server.auth", "mcp.server.streamable_http")
NOT_UNASKED = ("mcp_types._v", "mcp.server._otel", "mcp.shared._otel", "opentelemetry")
ADVICE = "has changed. Adapt transports/lazy_sdk.py or lazy_models.py, then move the bounds of mcp or pydantic."


def test_the_sdk_is_imported_without_what_serves_http_and_without_either_era() -> None:
    loaded = _python("print(*sys.modules)", LOADED).split()
    assert [name for name in loaded if name.startswith((*NOT_OVER_STDIO, *NOT_UNASKED))] == []


def test_what_stood_in_is_the_real_thing_as_soon_as_it_is_used() -> None:
    code = """
import mcp.server.lowlevel.server as server, starlette.applications
from mcp_types import methods
assert server.Starlette().__class__ is starlette.applications.Starlette
assert isinstance(starlette.applications.Starlette(), server.Starlette)
row = methods.CLIENT_REQUESTS["tools/call", "2026-07-28"]
assert row.__class__.__name__ == "_Later" and "mcp_types._v2026_07_28" not in sys.modules
row.model_validate({})
"""
    with pytest.raises(subprocess.CalledProcessError) as failed:
        _python(code, LOADED)
    assert "validation errors for CallToolRequest" in failed.value.stderr


MODELS = """
import threading, time, mcp_types
from mcp_types import methods
from pydantic import BaseModel, TypeAdapter
from pydantic_core import SchemaSerializer, SchemaValidator

def kind(built):
    return type(built.__pydantic_validator__).__name__

print(kind(mcp_types.CallToolResult), type(mcp_types.jsonrpc_message_adapter.validator).__name__)
class Ours(BaseModel):
    number: int
print(kind(Ours), type(TypeAdapter(list[Ours]).validator).__name__, BaseModel.model_config)

results, go = [], threading.Barrier(8)
def validate():
    go.wait()
    given = {"content": [{"type": "text", "text": "a"}], "isError": True}
    result = methods.serialize_server_result("tools/call", "2025-11-25", given)
    results.append((result, mcp_types.CallToolResult.model_validate(given).content[0].text))
threads = [threading.Thread(target=validate) for _ in range(8)]
[each.start() for each in threads]; [each.join() for each in threads]
print(len(results), all(each == results[0] for each in results), results[0][1])
assert mcp_types.jsonrpc_message_adapter.validate_json('{"jsonrpc": "2.0", "id": 1, "method": "ping"}').id == 1
row = methods.SERVER_RESULTS["tools/call", "2025-11-25"]
print(kind(mcp_types.CallToolResult), type(mcp_types.jsonrpc_message_adapter.validator).__name__)
print(type(methods._adapter(row).validator).__name__, type(methods._adapter(row).serializer).__name__)
"""


def test_models_of_the_sdk_are_built_once_by_whoever_comes_first_and_others_at_once() -> None:
    assert _python(MODELS, LOADED).split("\n") == [
        "MockValSer MockValSer",
        "SchemaValidator SchemaValidator {}",
        "8 True a",
        "SchemaValidator SchemaValidator",
        "SchemaValidator SchemaSerializer",
    ], f"How pydantic defers the building of models {ADVICE}"


def test_what_cannot_be_imported_like_this_is_imported_as_ever() -> None:
    code = """
def fail():
    import mcp_types._wire_base, mcp.shared.version
    raise ImportError("a module is not there any more")
lazy_sdk._load_lowlevel = fail
print(lazy_sdk.load_lowlevel(), [name for name in sys.modules if name.startswith("mcp")])
import mcp.server.lowlevel, mcp_types
print(type(mcp_types.CallToolResult.__pydantic_validator__).__name__, "starlette" in sys.modules)
"""
    start = LOADED.partition("assert")[0]
    assert _python(code, start).split("\n") == ["False []", "SchemaValidator True"]


def _messages() -> list[Message]:
    """Each kind of request, and some that are wrong."""
    prompt = {"type": "ref/prompt", "name": "find_assets"}
    return [
        request(1, "ping"),
        request(2, "tools/list"),
        request(3, "prompts/list"),
        request(4, "prompts/get", name="find_assets", arguments={"description": "a red castle"}),
        request(5, "resources/list"),
        request(6, "resources/templates/list"),
        request(7, "resources/read", uri="scenario://guide/search"),
        request(8, "completion/complete", ref=prompt, argument={"name": "tags", "value": "k"}),
        request(9, "resources/subscribe", uri="scenario://guide/search"),
        request(10, "no/such/method"),
        request(11, "tools/call", arguments=1),
        call(12, "no_such_tool"),
        call(13, "search_models", query="ink", limit=2),
        call(14, "search_assets", limit="many"),
        call(15, "list_tags_and_collections", limit=2),
    ]


@pytest.mark.parametrize("era", ["2025-11-25", "2026-07-28"])
def test_a_start_like_this_answers_as_one_that_has_built_everything(era: str, tmp_path: Path) -> None:
    if era == "2025-11-25":
        messages = [HANDSHAKE, INITIALIZED, *_messages(), request(16, "logging/setLevel", level="emergency")]
    else:
        messages = [*map(stateless, [request(0, "server/discover"), *_messages()])]
    given = tmp_path / "messages"
    given.write_text("".join(json.dumps(each) + "\n" for each in messages), "utf-8")
    with given.open("rb") as incoming, tempfile.TemporaryFile() as outgoing, Path(os.devnull).open("wb") as log:
        forked = Forked(
            ["--sandbox"], stdin=incoming.fileno(), stdout=outgoing.fileno(), stderr=log.fileno(), environ=os.environ
        )
        forked.wait(60)
        outgoing.seek(0)
        expected = _by_id(outgoing.read())
    with given.open("rb") as incoming:
        finished = subprocess.run(SANDBOX, stdin=incoming, capture_output=True, timeout=60, check=True)  # noqa: S603  # our own code
    assert _by_id(finished.stdout) == expected
    assert len(expected) == len(messages) - (era == "2025-11-25")


def _by_id(lines: bytes) -> dict[Any, bytes]:
    return {json.loads(line)["id"]: line for line in lines.splitlines()}
