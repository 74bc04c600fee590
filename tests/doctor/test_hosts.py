"""What is told of hosts: each fault that is planted in a file of theirs, and the lines with their next steps."""

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import anyio
import pytest

from scenario_mcp import __version__
from scenario_mcp.doctor import conversation, hosts
from scenario_mcp.doctor.finding import Finding
from scenario_mcp.doctor.host_files import read_host_files
from scenario_mcp.doctor.hosts import HostFindings, examine_entries, find_nothing_configured
from scenario_mcp.hosts.places import Machine
from tests.support.doctor import ANSWERS, SHELL, configure, lines, machine, program, troubles

CLAUDE = ".config/Claude/claude_desktop_config.json"
TITLE = 'Claude Desktop, server "scenario"'
WHY = "→ scenario-mcp install claude-desktop --force; to see why: HOME/scenario-mcp"
AGAIN = "→ scenario-mcp install claude-desktop --force"


async def _examine(home: Path, here: Machine | None = None) -> list[Finding]:
    here = here or machine(home)
    read = read_host_files(here, home / "project")
    findings = HostFindings()
    await examine_entries(read.entries, here, SHELL, findings)
    return [*read.findings, *findings.findings]


async def test_an_entry_that_works_is_told_with_its_tools(tmp_path: Path) -> None:
    configure(tmp_path, CLAUDE, {"command": str(program(tmp_path)), "args": ["--sandbox"]})
    (line,) = lines(await _examine(tmp_path))
    assert line.startswith(f"✓ {TITLE}: it starts in ")
    assert line.endswith(" s and lists 2 tools: search_assets, view_assets")


Entry = Callable[[Path], Mapping[str, Any]]


@pytest.mark.parametrize(
    ("entry", "line"),
    [
        (
            lambda home: {"command": f"{home}/gone/scenario-mcp", "args": ["--sandbox"]},
            (
                f"✗ {TITLE}: its program is gone: HOME/gone/scenario-mcp "
                "→ scenario-mcp install claude-desktop --sandbox --force"
            ),
        ),
        (
            lambda home: {"command": f"{home}/gone/scenario-mcp", "args": ["--catalogue", "/art work"]},
            (
                f"✗ {TITLE}: its program is gone: HOME/gone/scenario-mcp "
                "→ scenario-mcp install claude-desktop --catalogue '/art work' --force"
            ),
        ),
        (
            lambda _: {"command": "scenario-mcp"},
            f"✗ {TITLE}: there is no program scenario-mcp here {AGAIN}",
        ),
        (
            lambda _: {"command": "uvx", "args": ["scenario-mcp"]},
            f"✗ {TITLE}: there is no program uvx here → Install uvx, or write the entry anew: {AGAIN[2:]}",
        ),
        (
            lambda home: {"command": f"{program(home)} --sandbox"},
            f'✗ {TITLE}: its command holds arguments, too → Part them into "command" and "args": {AGAIN[2:]}',
        ),
        (
            lambda home: {"command": _folder(home / "scenario-mcp")},
            f"✗ {TITLE}: its program is a folder: HOME/scenario-mcp {AGAIN}",
        ),
        (
            lambda home: {"command": _without_rights(program(home))},
            f"✗ {TITLE}: its program may not be started: HOME/scenario-mcp → chmod +x HOME/scenario-mcp",
        ),
        (
            lambda home: {"command": str(program(home)), "cwd": f"{home}/gone"},
            f"✗ {TITLE}: its folder HOME/gone is missing → Correct it in HOME/{CLAUDE}",
        ),
        (
            lambda home: {"command": str(program(home)), "disabled": True},
            f'! {TITLE}: it is switched off → To use it, write "disabled": false in HOME/{CLAUDE}',
        ),
        (
            lambda home: {"command": str(program(home)), "env": {"SCENARIO_SDK_API_KEY": "${SCENARIO_SDK_API_KEY}"}},
            (
                f"✗ {TITLE}: SCENARIO_SDK_API_KEY holds a reference, and Claude Desktop does not replace it "
                f"→ Have the value itself written: {AGAIN[2:]}"
            ),
        ),
        (
            lambda home: {"command": str(program(home)), "env": {"SCENARIO_SDK_API_SECRET": "your-api-secret"}},
            (
                f"✗ {TITLE}: SCENARIO_SDK_API_SECRET holds a placeholder, not a value "
                f"→ Write the value itself in HOME/{CLAUDE}"
            ),
        ),
        (
            lambda home: {"command": str(program(home)), "args": "--sandbox"},
            (
                f"✗ {TITLE}: its arguments are one text, where hosts take a list → Write a list in "
                f"HOME/{CLAUDE}, such as "
                '"args": ["--sandbox"]'
            ),
        ),
        (
            lambda home: {"command": str(program(home)), "args": ["--http", "--port", "8000"]},
            (
                f"✗ {TITLE}: with --http it serves over HTTP, and its host speaks to it over stdio "
                f"→ Take --http out of its arguments in HOME/{CLAUDE}"
            ),
        ),
        (
            lambda home: {"command": str(program(home)), "args": ["--catalogue", "art", "doctor"]},
            (
                f"✗ {TITLE}: its arguments start the command doctor, not the server "
                f"→ Take doctor out of its arguments in HOME/{CLAUDE}"
            ),
        ),
        (
            lambda _: {"command": "docker", "args": ["run", "--rm", "ghcr.io/x/scenario-mcp"]},
            f'✗ {TITLE}: without -i its container reads nothing → Write "-i" behind "run" in HOME/{CLAUDE}',
        ),
        (
            lambda _: {"command": "~/bin/scenario-mcp"},
            f"✗ {TITLE}: Claude Desktop does not replace the ~ in its command {AGAIN}",
        ),
        (
            lambda _: {"command": ".venv/bin/scenario-mcp"},
            f"✗ {TITLE}: its program is not named by its whole path: .venv/bin/scenario-mcp {AGAIN}",
        ),
        (
            lambda home: {"command": str(program(home)), "env": {"SCENARIO_MCP_SANDBOX": 1}},
            (
                f"! {TITLE}: SCENARIO_MCP_SANDBOX is no text, and some hosts refuse the whole file then "
                f'→ Write it in quotation marks in HOME/{CLAUDE}: "SCENARIO_MCP_SANDBOX": "1"'
            ),
        ),
        (
            lambda home: {"command": str(program(home)), "env": {"SCENARIO_MCP_CATALOG": "/art"}},
            (
                f"! {TITLE}: SCENARIO_MCP_CATALOG is no setting of this server "
                f"→ Write SCENARIO_MCP_CATALOGUE in HOME/{CLAUDE}"
            ),
        ),
        (
            lambda home: {
                "command": "env",
                "args": ["SCENARIO_SDK_API_KEY=9fT2vXsecret", str(program(home, "exit 3"))],
            },
            (
                f"✗ {TITLE}: it ends at once, with code 3, without an answer → scenario-mcp install "
                f"claude-desktop --force; "
                "to see why: env ... HOME/scenario-mcp"
            ),
        ),
        (
            lambda home: {"command": str(program(home, "read -r line; exit 3"))},
            f"✗ {TITLE}: it ends at once, with code 3, without an answer {WHY}",
        ),
        (
            lambda home: {
                "command": str(
                    program(home, "echo 'scenario-mcp: X must be 1 or 0, not 2. Set it to 1.' >&2; exit 2"),
                )
            },
            f"✗ {TITLE}: it ends at once: X must be 1 or 0, not 2 → Set it to 1 (in HOME/{CLAUDE})",
        ),
        (
            lambda home: {"command": str(program(home, "echo 'No module named scenario_mcp' >&2; exit 1"))},
            f"✗ {TITLE}: it ends at once: the Python that it names has no module scenario_mcp {WHY}",
        ),
        (
            lambda home: {"command": str(program(home, "kill -9 $$"))},
            f"✗ {TITLE}: it ends at once, by signal 9, without an answer {WHY}",
        ),
        (
            lambda home: {"command": str(program(home, "yes nonsense"))},
            f"✗ {TITLE}: it answers with something else than MCP {WHY}",
        ),
        (
            lambda home: {
                "command": str(program(home, 'echo \'{"jsonrpc": "2.0", "id": 1, "error": {}}\'; read -r a'))
            },
            f"✗ {TITLE}: it answers with something else than MCP {WHY}",
        ),
        (
            lambda home: {"command": str(program(home, "sleep 30"))},
            f"✗ {TITLE}: it does not list its tools within 0.3 s {WHY}",
        ),
        (
            lambda home: {"command": str(program(home, ANSWERS.replace('[{"name"', '5, "x": [{"name"')))},
            f"✗ {TITLE}: it answers with something else than MCP {WHY}",
        ),
        (
            lambda home: {"command": _text(home / "scenario-mcp", "#!/no/such/python\n")},
            f"✗ {TITLE}: it cannot be started: its first line names /no/such/python, which is gone {WHY}",
        ),
    ],
)
async def test_each_fault_of_an_entry_is_one_line_with_its_next_step(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, entry: Entry, line: str
) -> None:
    monkeypatch.setattr(conversation, "START_SECONDS", 0.3 if "within" in line else 20)
    monkeypatch.setattr(conversation, "END_SECONDS", 0.1)
    configure(tmp_path, CLAUDE, entry(tmp_path))
    assert troubles(await _examine(tmp_path)) == [line.replace("HOME", str(tmp_path))]


def _folder(path: Path) -> str:
    path.mkdir()
    return str(path)


def _text(path: Path, text: str) -> str:
    path.write_text(text)
    path.chmod(0o755)
    return str(path)


def _without_rights(path: Path) -> str:
    path.chmod(0o644)
    return str(path)


async def test_a_program_of_the_shells_path_alone_is_not_found_from_the_desktop(tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    program(tmp_path / "bin")
    configure(tmp_path, CLAUDE, {"command": "scenario-mcp"})
    configure(tmp_path, ".claude.json", {"command": "scenario-mcp"})
    here = machine(tmp_path, environ={"PATH": f"{tmp_path}/bin:/usr/bin:/bin"})
    desktop, terminal = lines(await _examine(tmp_path, here))
    assert desktop == (
        f"✗ {TITLE}: Claude Desktop does not look for scenario-mcp in {tmp_path}/bin → Write the whole path, "
        f"{tmp_path}/bin/scenario-mcp, in {tmp_path}/{CLAUDE}; or {AGAIN[2:]}"
    )
    assert terminal.startswith('✓ Claude Code, server "scenario": it starts in ')


async def test_a_reference_to_a_variable_that_is_not_set_is_told(tmp_path: Path) -> None:
    env = {"SCENARIO_SDK_API_KEY": "${env:SCENARIO_SDK_API_KEY}"}
    configure(tmp_path, ".cursor/mcp.json", {"command": str(program(tmp_path)), "env": env})
    assert troubles(await _examine(tmp_path)) == [
        (
            '! Cursor, server "scenario": SCENARIO_SDK_API_KEY comes from SCENARIO_SDK_API_KEY, which is not set here '
            "→ Set it where Cursor starts: export SCENARIO_SDK_API_KEY=VALUE"
        )
    ]


async def test_a_reference_in_the_notation_of_another_host_is_told(tmp_path: Path) -> None:
    env = {"SCENARIO_SDK_API_KEY": "${SCENARIO_SDK_API_KEY}"}
    path = configure(tmp_path, ".cursor/mcp.json", {"command": str(program(tmp_path)), "env": env})
    assert troubles(await _examine(tmp_path)) == [
        (
            '✗ Cursor, server "scenario": SCENARIO_SDK_API_KEY holds a reference, and Cursor does not replace it '
            f"→ Write ${{env:SCENARIO_SDK_API_KEY}} in {path}"
        )
    ]


async def test_a_variable_that_codex_passes_on_and_nobody_sets_is_told(tmp_path: Path) -> None:
    path = tmp_path / ".codex" / "config.toml"
    path.parent.mkdir()
    command = program(tmp_path)
    path.write_text(f'[mcp_servers.art]\ncommand = "{command}"\nenv_vars = ["SCENARIO_SDK_JWT", "HTTPS_PROXY"]\n')
    assert troubles(await _examine(tmp_path)) == [
        (
            '! Codex, server "art": SCENARIO_SDK_JWT comes from the environment or keyring of Codex, and is not set '
            "here → Set it where Codex starts: export SCENARIO_SDK_JWT=VALUE"
        )
    ]


async def test_a_server_of_another_version_or_with_noise_or_slow_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hosts, "SLOW_SECONDS", 0)
    script = "echo 'Welcome!'\n" + ANSWERS.replace(f'"{__version__}"', '"0.0.9"')
    configure(tmp_path, CLAUDE, {"command": str(program(tmp_path, script))})
    slow, version, noise = troubles(await _examine(tmp_path))
    assert slow.startswith(f"! {TITLE}: it starts in ")
    assert slow.endswith(
        "lists 2 tools: search_assets, view_assets; some hosts wait 0 s → If Claude Desktop gives up, close what keeps "
        "this machine busy, or raise the start time in its settings"
    )
    assert version == f"! {TITLE}: it is version 0.0.9, and this is {__version__} {AGAIN}"
    assert noise == f"! {TITLE}: its program writes other lines than MCP, at which hosts stumble {AGAIN}"


async def test_a_server_without_tools_is_told(tmp_path: Path) -> None:
    script = ANSWERS.replace('{"name": "search_assets"}, {"name": "view_assets"}', "")
    configure(tmp_path, CLAUDE, {"command": str(program(tmp_path, script))})
    assert troubles(await _examine(tmp_path)) == [f"✗ {TITLE}: it starts, but lists no tools {AGAIN}"]


async def test_equal_entries_are_started_once(tmp_path: Path) -> None:
    script = f"echo started >> {tmp_path}/starts\n{ANSWERS}"
    entry = {"command": str(program(tmp_path, script)), "args": ["--sandbox"]}
    for file in (CLAUDE, ".cursor/mcp.json", ".codeium/windsurf/mcp_config.json"):
        configure(tmp_path, file, entry)
    found = lines(await _examine(tmp_path))
    assert [each.partition(",")[0] for each in found] == ["✓ Claude Desktop", "✓ Cursor", "✓ Windsurf"]
    assert (tmp_path / "starts").read_text() == "started\nstarted\n"  # Claude Desktop's PATH is another


async def test_offline_what_may_be_fetched_is_not_started(tmp_path: Path) -> None:
    uvx = program(tmp_path, f"touch {tmp_path}/started", name="uvx")
    configure(tmp_path, CLAUDE, {"command": str(uvx), "args": ["scenario-mcp", "--sandbox"]})
    here = machine(tmp_path)
    findings = HostFindings()
    entries = read_host_files(here, tmp_path / "project").entries
    await examine_entries(entries, here, SHELL, findings, is_offline=True)
    assert lines(findings.findings) == [f"- {TITLE}: it is not started, since uvx may fetch it over the network"]
    assert not (tmp_path / "started").exists()


@pytest.mark.promise(number=23)
async def test_servers_that_are_not_this_one_are_neither_started_nor_told(tmp_path: Path) -> None:
    other = {"command": "/bin/sh", "args": ["-c", f"touch {tmp_path}/started", "scenario-mcp"]}
    configure(tmp_path, CLAUDE, other)
    assert lines(await _examine(tmp_path)) == []
    assert not (tmp_path / "started").exists()


@pytest.mark.promise(number=23)
async def test_what_a_server_started_ends_with_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conversation, "END_SECONDS", 0.1)
    held = tmp_path / "held"
    os.mkfifo(held)
    reader = os.open(held, os.O_RDONLY | os.O_NONBLOCK)
    # Held before the first answer, so that it is held in any case when the server is ended.
    script = f"exec 5> {held}\nsleep 300 &\nexec 5>&-\n{ANSWERS}"
    configure(tmp_path, CLAUDE, {"command": str(program(tmp_path, script))})
    await _examine(tmp_path)
    with anyio.fail_after(30):
        await anyio.wait_readable(reader)  # the end of the file comes when nobody holds it any more
    assert os.read(reader, 1) == b""
    os.close(reader)


def test_hosts_without_this_server_are_named(tmp_path: Path) -> None:
    assert lines(find_nothing_configured(machine(tmp_path), [], SHELL)) == [
        "! No host was found on this machine → To see the entry to paste: scenario-mcp install claude-desktop --print"
    ]
    for folder in (".cursor", ".codex"):
        (tmp_path / folder).mkdir()
    assert lines(find_nothing_configured(machine(tmp_path), [], SHELL)) == [
        "! No host has this server yet; found here: Cursor, Codex → scenario-mcp install cursor"
    ]
