"""The command line, and the ways into it that the documents show."""

import json
import os
import subprocess
import sys
import sysconfig
from pathlib import Path
from typing import Any

import pytest
from mcp.client import Client
from mcp.client.stdio import StdioServerParameters, stdio_client
from mcp.types import TextContent

from scenario_mcp import __version__, cli
from tests.support.forked import forked_command, run_forked
from tests.support.raw_stdio import live

pytestmark = pytest.mark.processes

ROOT = Path(__file__).parent.parent
SCRIPT = Path(sysconfig.get_path("scripts")) / "scenario-mcp"
CLAUDE_CONFIG = json.loads((ROOT / "claude_config.example.json").read_text("utf-8"))["mcpServers"]


def _run(*arguments: str, **environ: str) -> "subprocess.CompletedProcess[str]":
    clean = {name: value for name, value in os.environ.items() if not name.startswith("SCENARIO_")}
    return run_forked(*arguments, environ={**clean, **environ})


@pytest.mark.smoke
@pytest.mark.parametrize("command", [[str(SCRIPT)], [sys.executable, "-m", "scenario_mcp"]], ids=["script", "module"])
def test_it_tells_its_version(command: list[str]) -> None:
    finished = subprocess.run([*command, "--version"], capture_output=True, text=True, timeout=30, check=True)  # noqa: S603  # our own command
    assert finished.stdout == f"scenario-mcp {__version__}\n"


def test_half_a_credential_ends_the_start_with_one_sentence() -> None:
    finished = _run(SCENARIO_SDK_API_KEY="key_of_somebody")
    assert finished.returncode == 2
    assert finished.stdout == ""
    assert finished.stderr == (
        "scenario-mcp: SCENARIO_SDK_API_KEY is set but SCENARIO_SDK_API_SECRET is not. "
        "Set both: they are the two halves of one key.\n"
    )


def test_without_credentials_it_starts_and_warns_on_stderr() -> None:
    finished = _run()
    assert (finished.returncode, finished.stdout) == (0, "")
    line = json.loads(finished.stderr)
    assert (line["level"], line["logger"]) == ("warning", "scenario_mcp.commands.serve")
    assert line["message"].startswith(
        "Every search will be refused. There are no credentials for Scenario. Set SCENARIO_SDK_API_KEY"
    )


def test_a_missing_image_folder_is_warned_of(tmp_path: Path) -> None:
    missing = tmp_path.resolve() / "missing"
    finished = _run("--sandbox", SCENARIO_MCP_IMAGE_FOLDERS=os.pathsep.join([str(tmp_path), str(missing)]))
    assert (finished.returncode, finished.stdout) == (0, "")
    line = json.loads(finished.stderr)
    assert (line["level"], line["message"]) == (
        "warning",
        f"The folder {missing} of SCENARIO_MCP_IMAGE_FOLDERS is missing: no picture is read from it.",
    )


def test_an_unknown_command_shows_the_known_ones() -> None:
    finished = _run("serve")
    assert finished.returncode == 2
    assert "sandbox" in finished.stderr
    assert "demo" in finished.stderr


def test_each_command_that_is_listed_is_one_that_runs() -> None:
    for name in (None, *cli.COMMANDS):
        command = cli.find_command(name)
        assert callable(command.add_options)
        assert callable(command.run)


def test_only_the_command_that_is_typed_is_loaded() -> None:
    code = (
        "import sys; from scenario_mcp import cli; cli.make_parser(sys.argv[1:]); "
        "print([name for name in sys.modules if name.startswith('scenario_mcp.commands.')])"
    )
    for arguments, loaded in (["--sandbox"], ["serve"]), (["--sandbox", "token"], ["serve", "token"]):
        finished = subprocess.run(  # noqa: S603  # our own code
            [sys.executable, "-c", code, *arguments], capture_output=True, text=True, timeout=30, check=True
        )
        assert finished.stdout == f"{[f'scenario_mcp.commands.{name}' for name in loaded]}\n"


@pytest.mark.parametrize("arguments", [["--sandbox"], []])
async def test_the_sandbox_can_be_asked_for_by_option_and_by_setting(arguments: list[str]) -> None:
    environ = {} if arguments else {"SCENARIO_MCP_SANDBOX": "1"}
    command, *arguments = [str(SCRIPT), *arguments] if arguments else forked_command()
    parameters = StdioServerParameters(command=command, args=arguments, env={**os.environ, **environ})
    async with Client(stdio_client(parameters, errlog=sys.stderr)) as client:
        assert not (await client.call_tool("search_assets", {"query": "knight"})).is_error


@pytest.mark.parametrize("name", CLAUDE_CONFIG)
async def test_the_example_configuration_starts_the_server(name: str) -> None:
    entry: dict[str, Any] = CLAUDE_CONFIG[name]
    assert entry["command"].endswith("/.venv/bin/scenario-mcp")
    environ = {**os.environ, **entry.get("env", {}), "SCENARIO_BASE_URL": "http://127.0.0.1:9/v1"}
    command, *arguments = forked_command(*entry["args"])
    parameters = StdioServerParameters(command=command, args=arguments, env=environ)
    async with Client(stdio_client(parameters, errlog=sys.stderr)) as client:
        assert len((await client.list_tools()).tools) == 5
        result = await client.call_tool("search_assets", {"query": "knight"})
    (text,) = result.content
    assert isinstance(text, TextContent)
    if "env" in entry:  # the example's own words in place of a key
        assert text.text == (
            "SCENARIO_SDK_API_KEY and SCENARIO_SDK_API_SECRET hold placeholders, not the API key. Write the key itself "
            "where the host keeps this server's settings, or set SCENARIO_MCP_SANDBOX=1 to search the built-in sample "
            "catalogue without an account."
        )
    else:
        assert result.structured_content["returned"] > 0


def test_the_options_are_read_in_this_process_too(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run([], {"SCENARIO_MCP_LOG_LEVEL": "loud"}) == 2
    assert capsys.readouterr().err == (
        "scenario-mcp: SCENARIO_MCP_LOG_LEVEL must be one of debug, info, warning, error, not 'loud'.\n"
    )


def test_words_behind_two_dashes_are_no_options() -> None:
    options = cli.make_parser(["search"]).parse_args(
        ["search", "--limit", "3", "--", "knight", "-wip", "--limit", "--"]
    )
    assert (options.words, options.limit) == (["knight", "-wip", "--limit", "--"], "3")
    assert cli.make_parser(["export"]).parse_args(["export", "--", "-out"]).folder == Path("-out")
    assert cli.make_parser(["completion"]).parse_args(["completion", "--", "bash"]).shell == "bash"


def test_an_unknown_failure_is_refused_at_the_start() -> None:
    finished = _run(SCENARIO_MCP_SANDBOX="1", SCENARIO_MCP_SANDBOX_FAULT="418")
    assert finished.returncode == 2
    assert finished.stderr.startswith("scenario-mcp: A fault is one of 400, 401, 403, 404, 429, quota, 500,")


LOGS_ITS_SECRETS = """
import anyio, logging, os
from scenario_mcp import cli
anyio.run = lambda *_: logging.getLogger("a.package").warning("%s %s", "key", "secret-of-nine")
raise SystemExit(cli.run([], os.environ))
"""


@pytest.mark.promise(number=17)
def test_the_log_of_the_server_knows_its_secrets() -> None:
    environ = live("http://127.0.0.1:9/v1") | {"SCENARIO_SDK_API_SECRET": "secret-of-nine"}
    finished = run_forked("-c", LOGS_ITS_SECRETS, environ=environ)
    assert '"message": "key [secret removed]"' in finished.stderr
    assert "secret-of-nine" not in finished.stderr
