"""Options of the command line: each has an effect, or a sentence says why it has none."""

import os
from collections.abc import Mapping
from itertools import product
from pathlib import Path

import pytest

from scenario_mcp import cli
from scenario_mcp.environment import OptionEnviron

SERVER_OPTIONS: Mapping[str, tuple[str, ...]] = {
    "--sandbox": (),
    "--catalogue": ("{folder}",),
    "--stdio": (),
    "--http": (),
    "--host": ("0.0.0.0",),  # noqa: S104  # it is refused
    "--port": ("9000",),
    "--workers": ("2",),
}
ARGUMENTS = {
    "export": ["x"],
    "token": ["x"],
    "install": ["cursor"],
    "show": ["asset_x"],
    "completion": ["bash"],
    "caller": ["x"],
}
"""What a command needs at least."""
TAKES = {
    "--sandbox": {"SCENARIO_MCP_SANDBOX": "1", "SCENARIO_MCP_CATALOGUE": ""},
    "--catalogue": {"SCENARIO_MCP_CATALOGUE": "{folder}"},
}


@pytest.mark.parametrize(("command", "option"), [*product(cli.COMMANDS, SERVER_OPTIONS)])
def test_an_option_before_a_command_counts_there_or_is_refused(
    command: str,
    option: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    ran: list[Mapping[str, str]] = []

    def run(_: object, environ: Mapping[str, str]) -> int:
        ran.append(environ)
        return 0

    monkeypatch.setattr(cli.find_command(command), "run", run)
    values = [value.format(folder=tmp_path) for value in SERVER_OPTIONS[option]]
    code = cli.run([option, *values, command, *ARGUMENTS.get(command, [])], {"SCENARIO_MCP_CATALOGUE": "other"})
    told = capsys.readouterr().err
    if code == 0:
        expected = {name: value.format(folder=tmp_path) for name, value in TAKES[option].items()}
        assert (ran, told) == ([expected], "")
        assert isinstance(ran[0], OptionEnviron)
        assert set(ran[0].options.values()) == {option}
        return
    behind = f"{option} before {command} is an option of the server. Write it behind: scenario-mcp {command} {option}"
    assert code == 2
    assert ran == []
    assert told in {
        f"scenario-mcp: {option} has no effect on {command}. Leave it out.\n",
        f"scenario-mcp: {behind}\n",
    }


@pytest.mark.parametrize("command", ["sandbox", "export", "search"])
def test_folders_before_a_command_and_behind_it_count(command: str, monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[Mapping[str, str]] = []

    def run(_: object, environ: Mapping[str, str]) -> int:
        ran.append(environ)
        return 0

    monkeypatch.setattr(cli.find_command(command), "run", run)
    line = ["--catalogue", "a", command, *ARGUMENTS.get(command, []), "--catalogue", "b", "--catalogue", "c"]
    assert cli.run(line, {}) == 0
    assert ran == [{"SCENARIO_MCP_CATALOGUE": os.pathsep.join("abc")}]


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("--port 9000", "--port needs --http: without it MCP is served over stdio."),
        ("--port 0", "--port needs --http: without it MCP is served over stdio."),
        ("--host 127.0.0.1", "--host needs --http: without it MCP is served over stdio."),
        ("--workers 1", "--workers needs --http: without it MCP is served over stdio."),
        (
            "--stdio --host :: --port 1 --workers 2",
            "--host and --port and --workers need --http: without it MCP is served over stdio.",
        ),
        ("--http --stdio", "--http and --stdio are two ways to serve. Give one of them."),
        ("--sandbox --catalogue .", "--sandbox searches the samples, --catalogue your own folders. Give one of them."),
        (
            "--sandbox export x --catalogue .",
            "--sandbox searches the samples, --catalogue your own folders. Give one of them.",
        ),
        ("--http demo", "--http has no effect on demo. Leave it out."),
        ("--sandbox sandbox", "--sandbox has no effect on sandbox. Leave it out."),
        (
            "--port 1 sandbox",
            "--port before sandbox is an option of the server. Write it behind: scenario-mcp sandbox --port",
        ),
        ("install cursor --token-env T", "--token-env needs --http URL."),
        ("install cursor --print --force", "--force has no effect with --print. Leave one of them out."),
        ("install cursor --print --dry-run", "--dry-run has no effect with --print. Leave one of them out."),
        ("install cursor --sandbox --write-keys", "--write-keys has no effect with --sandbox. Leave one of them out."),
        *(
            (
                f"install cursor --remove {given}",
                f"{given.split()[0]} has no effect with --remove. Leave one of them out.",
            )
            for given in (
                "--http http://localhost/mcp",
                "--token-env T",
                "--sandbox",
                "--catalogue .",
                "--print",
                "--force",
                "--write-keys",
            )
        ),
    ],
)
def test_options_without_effect_are_refused(line: str, sentence: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(line.split(), {}) == 2
    assert capsys.readouterr().err == f"scenario-mcp: {sentence}\n"


@pytest.mark.parametrize(
    ("arguments", "environ", "named"),
    [
        (["--catalogue", "/nowhere"], {}, "--catalogue"),
        (["--catalogue", "none"], {}, "--catalogue"),
        (["--catalogue", "/nowhere"], {"SCENARIO_MCP_CATALOGUE": os.curdir}, "--catalogue"),
        ([], {"SCENARIO_MCP_CATALOGUE": "/nowhere"}, "SCENARIO_MCP_CATALOGUE"),
        (["sandbox"], {"SCENARIO_MCP_CATALOGUE": "/nowhere"}, "SCENARIO_MCP_CATALOGUE"),
        (["sandbox", "--catalogue", "/nowhere"], {}, "--catalogue"),
        (["--catalogue", "/nowhere", "export", "x"], {}, "--catalogue"),
        (["--http", "--catalogue", "/nowhere"], {}, "--catalogue"),
        (["search", "x", "--catalogue", "/nowhere"], {}, "--catalogue"),
        (["tags", "--catalogue", "/nowhere"], {}, "--catalogue"),
        (["install", "cursor"], {"SCENARIO_MCP_CATALOGUE": "/nowhere"}, "SCENARIO_MCP_CATALOGUE"),
    ],
)
def test_a_refusal_names_what_the_user_wrote(
    arguments: list[str], environ: dict[str, str], named: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.run(arguments, environ) == 2
    folder = "none" if "none" in arguments else "/nowhere"
    assert capsys.readouterr().err == (
        f"scenario-mcp: The catalogue '{folder}' is not a folder. Give {named} the path of an existing one.\n"
    )


@pytest.mark.parametrize(
    ("arguments", "environ", "named"),
    [
        (["sandbox", "--fault", "418"], {}, "--fault"),
        (["--sandbox"], {"SCENARIO_MCP_SANDBOX_FAULT": "418"}, "SCENARIO_MCP_SANDBOX_FAULT"),
        (["search", "x", "--sandbox"], {"SCENARIO_MCP_SANDBOX_FAULT": "418"}, "SCENARIO_MCP_SANDBOX_FAULT"),
    ],
)
def test_an_unknown_fault_is_refused_where_it_was_written(
    arguments: list[str], environ: dict[str, str], named: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.run(arguments, environ) == 2
    told = capsys.readouterr().err
    assert told.startswith("scenario-mcp: A fault is one of 400, ")
    assert told.endswith(f"for every third call, not '418', as {named} says.\n")
