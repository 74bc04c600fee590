"""Links that add the server: read back as their hosts do."""

import base64
import json
from urllib.parse import parse_qs, parse_qsl, unquote, urlsplit

import pytest

from scenario_mcp.hosts.entry import LocalServer, RemoteServer, Server, make_entry
from scenario_mcp.hosts.launch import Launch
from scenario_mcp.hosts.links import install_link
from scenario_mcp.hosts.secrets import KEY_PAIR, placeholder
from scenario_mcp.hosts.table import BY_NAME, HOSTS

LOCAL = LocalServer("art", Launch("/opt/my tools/uvx", ("scenario-mcp", "--catalogue", "/a&b=c")), {}, KEY_PAIR)
REMOTE = RemoteServer("art", "https://mcp.example.com/mcp")


def _link(name: str, server: Server = LOCAL) -> str:
    return install_link(BY_NAME[name], server, make_entry(BY_NAME[name], server, placeholder))


def test_these_hosts_have_links() -> None:
    assert [host.name for host in HOSTS if host.link] == ["cursor", "vscode", "vscode-insiders", "goose", "lm-studio"]


@pytest.mark.parametrize("name", ["cursor", "lm-studio"])
def test_the_entry_stands_in_base64(name: str) -> None:
    for server in (LOCAL, REMOTE):
        query = parse_qs(urlsplit(_link(name, server)).query)
        assert query["name"] == ["art"]
        entry = make_entry(BY_NAME[name], server, placeholder)
        assert json.loads(base64.b64decode(query["config"][0])) == entry.value


def test_vs_code_reads_the_entry_its_name_and_what_it_asks_for() -> None:
    head, _, encoded = _link("vscode").partition("?")
    read = json.loads(unquote(encoded))
    assert (head, read["name"], read["command"], read["type"]) == (
        "vscode:mcp/install",
        "art",
        "/opt/my tools/uvx",
        "stdio",
    )
    assert [each["id"] for each in read["inputs"]] == ["scenario-sdk-api-key", "scenario-sdk-api-secret"]
    assert json.loads(unquote(_link("vscode", REMOTE).partition("?")[2])) == {
        "name": "art",
        "type": "http",
        "url": "https://mcp.example.com/mcp",
    }


def test_goose_takes_a_few_commands_alone() -> None:
    assert parse_qsl(urlsplit(_link("goose")).query) == [
        ("cmd", "uvx"),
        ("arg", "scenario-mcp"),
        ("arg", "--catalogue"),
        ("arg", "/a&b=c"),
        ("id", "art"),
        ("name", "art"),
        ("description", "Search Scenario's assets and models"),
        ("timeout", "300"),
        ("env", "SCENARIO_SDK_API_KEY=API key of your Scenario project"),
        ("env", "SCENARIO_SDK_API_SECRET=API secret of your Scenario project"),
    ]
    assert parse_qsl(urlsplit(_link("goose", REMOTE)).query)[:2] == [
        ("url", "https://mcp.example.com/mcp"),
        ("type", "streamable_http"),
    ]
    by_path = LocalServer("art", Launch("/opt/bin/scenario-mcp"), {}, ())
    assert _link("goose", by_path) == ""
