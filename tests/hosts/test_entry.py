"""Entries: a secret stands in one only where its host cannot read variables."""

import json

import pytest

from scenario_mcp.hosts.entry import LocalServer, RemoteServer, make_entry, proxy_names
from scenario_mcp.hosts.host import Host
from scenario_mcp.hosts.launch import Launch
from scenario_mcp.hosts.secrets import KEY_PAIR
from scenario_mcp.hosts.table import BY_NAME, HOSTS

LOCAL = LocalServer("scenario", Launch("/opt/scenario-mcp"), {}, KEY_PAIR, ("HTTPS_PROXY",))
REMOTE = RemoteServer("scenario", "https://mcp.example.com/mcp", "TEAM_TOKEN")
EXPANDS_IN_ENVIRONMENT = {"claude-code", "cursor", "vscode", "vscode-insiders", "gemini-cli", "opencode", "kiro"}
TAKES_NAMES = {"codex", "goose"}


def _value(name: str) -> str:
    return f"secret of {name}"


@pytest.mark.promise(number=22)
@pytest.mark.parametrize("host", HOSTS, ids=lambda host: host.name)
def test_a_secret_stands_in_an_entry_only_where_nothing_is_expanded(host: Host) -> None:
    entry = make_entry(host, LOCAL, _value)
    is_read = host.name in EXPANDS_IN_ENVIRONMENT | TAKES_NAMES
    assert ("secret of" in json.dumps(entry.value)) != is_read
    assert (entry.referenced, entry.written) == ((KEY_PAIR, ()) if is_read else ((), KEY_PAIR))
    written = make_entry(host, LOCAL, _value, write_secrets=True)
    assert written.written == KEY_PAIR
    assert "secret of SCENARIO_SDK_API_SECRET" in json.dumps(written.value)
    assert written.inputs == ()


@pytest.mark.parametrize("host", [host for host in HOSTS if host.remote], ids=lambda host: host.name)
def test_a_token_stands_in_a_header_only_where_nothing_is_expanded(host: Host) -> None:
    entry = make_entry(host, REMOTE, _value)
    is_read = host.name in EXPANDS_IN_ENVIRONMENT | {"codex", "windsurf"}
    assert ("secret of" in json.dumps(entry.value)) != is_read
    assert "TEAM_TOKEN" in json.dumps(entry.value) or entry.inputs
    bare = make_entry(host, RemoteServer("scenario", REMOTE.url), _value)
    assert REMOTE.url in bare.value.values()
    assert not {"headers", "bearer_token_env_var"} & bare.value.keys()


def test_each_reference_is_in_the_form_of_its_host() -> None:
    forms = {
        name: make_entry(BY_NAME[name], LOCAL, _value).value.get(key)
        for name, key in (("claude-code", "env"), ("cursor", "env"), ("opencode", "environment"), ("codex", "env_vars"))
    }
    assert forms == {
        "claude-code": {name: f"${{{name}:-}}" for name in KEY_PAIR},
        "cursor": {name: f"${{env:{name}}}" for name in KEY_PAIR},
        "opencode": {name: f"{{env:{name}}}" for name in KEY_PAIR},
        "codex": [*KEY_PAIR, "HTTPS_PROXY"],
    }


def test_proxies_are_passed_on_by_name_where_they_are_set() -> None:
    assert proxy_names({"https_proxy": "http://me:secret@proxy", "NO_PROXY": ""}) == ("https_proxy",)
