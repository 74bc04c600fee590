"""Which entries start this server: no other program of the user's is started."""

import pytest

from scenario_mcp.doctor.own_entry import is_own

OWN = [
    ["scenario-mcp"],
    ["/opt/art tools/scenario-mcp", "--sandbox"],
    [r"C:\Users\me\scenario-mcp.exe"],
    ["scenario-mcp --sandbox"],
    ["python3.12", "-m", "scenario_mcp"],
    ["/opt/venv/bin/python", "-X", "utf8", "-u", "-m", "scenario_mcp"],
    ["/opt/venv/bin/python", "-mscenario_mcp"],
    ["python", "/opt/venv/bin/scenario-mcp"],
    ["python", "/src/scenario_mcp/__main__.py"],
    ["uvx", "scenario-mcp"],
    ["uvx", "scenario-mcp@latest", "--sandbox"],
    ["/usr/bin/uvx", "--from", "git+https://example.com/x@abc", "scenario-mcp"],
    ["uv", "tool", "run", "--from", "/src", "scenario-mcp"],
    ["uv", "run", "--directory", "/src", "scenario-mcp"],
    ["uv", "run", "--directory=/src", "python", "-m", "scenario_mcp"],
    ["uvx", "--python", "3.12", "--", "scenario-mcp[http]==1.2"],
    ["pipx", "run", "--spec", "/src", "scenario-mcp"],
    ["cmd", "/c", "scenario-mcp.cmd", "--sandbox"],
    ["env", "A=1", "scenario-mcp"],
    ["docker", "run", "-i", "--rm", "-e", "SCENARIO_SDK_API_KEY", "ghcr.io/x/scenario-mcp:1.2"],
    ["podman", "run", "--rm", "-i", "--name", "art", "scenario-mcp", "--sandbox"],
]
OTHERS = [
    [""],
    ["npx", "-y", "@modelcontextprotocol/server-filesystem", "/home/me/scenario-mcp"],
    ["node", "/home/me/scenario-mcp/index.js"],
    ["bash", "-c", "scenario-mcp"],
    ["python", "-m", "http.server", "-m", "scenario_mcp"],
    ["python", "-c", "import os", "scenario-mcp"],
    ["python", "server.py", "scenario-mcp"],
    ["uvx", "mcp-server-git", "scenario-mcp"],
    ["uvx", "--from", "scenario-mcp", "other-program"],
    ["uv", "pip", "install", "scenario-mcp"],
    ["uv", "run", "--with", "scenario-mcp", "server.py"],
    ["uvx"],
    ["docker", "run", "--name", "scenario-mcp", "-i", "postgres"],
    ["docker", "exec", "-i", "scenario-mcp", "sh"],
    ["docker", "run", "-v", "/art:/art", "evil/other", "scenario-mcp"],
    ["npx", "mcp-remote", "https://mcp.example.com/scenario-mcp", "--header", "Authorization: Bearer x"],
    ["/opt/scenario-mcp-wrapper"],
    ["my-scenario-mcp"],
    ["cmd", "/c", "npx", "scenario-mcp"],
    ["cmd", "/c"],
]


@pytest.mark.parametrize("words", OWN, ids=" ".join)
def test_an_entry_that_starts_this_server_is_known(words: list[str]) -> None:
    assert is_own(words[0], words[1:])


@pytest.mark.parametrize("words", OTHERS, ids=" ".join)
def test_an_entry_that_starts_something_else_is_left_alone(words: list[str]) -> None:
    assert not is_own(words[0], words[1:])
