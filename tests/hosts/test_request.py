"""The server that is asked for: its arguments, the settings that travel, the secrets that it needs."""

from pathlib import Path

import pytest

from scenario_mcp.errors import SettingsRefused
from scenario_mcp.hosts.entry import LocalServer, RemoteServer
from scenario_mcp.hosts.request import make_server
from scenario_mcp.hosts.secrets import KEY_PAIR, SecretReader


def _local(environ: dict[str, str], *, is_sandbox: bool = False, folders: tuple[str, ...] = ()) -> LocalServer:
    server = make_server("scenario", environ, is_sandbox=is_sandbox, folders=folders)
    assert isinstance(server, LocalServer)
    return server


def test_settings_travel_without_secrets() -> None:
    environ = {
        "SCENARIO_SDK_API_KEY": "key_x",
        "SCENARIO_SDK_API_SECRET": "secret_x",
        "SCENARIO_PROJECT_ID": "proj_1",
        "SCENARIO_MCP_LOG_LEVEL": "debug",
        "HTTPS_PROXY": "http://proxy:1",
        "OTHER": "x",
    }
    server = _local(environ)
    assert server.settings == {"SCENARIO_MCP_LOG_LEVEL": "debug", "SCENARIO_PROJECT_ID": "proj_1"}
    assert (server.secrets, server.proxies) == (KEY_PAIR, ("HTTPS_PROXY",))
    sandbox = _local(environ, is_sandbox=True)
    assert sandbox.settings == {"SCENARIO_MCP_LOG_LEVEL": "debug"}
    assert (sandbox.secrets, sandbox.launch.arguments[-1]) == ((), "--sandbox")


def test_a_jwt_alone_is_enough() -> None:
    assert _local({"SCENARIO_SDK_JWT": "ey.x"}).secrets == ("SCENARIO_SDK_JWT",)
    assert _local({"SCENARIO_SDK_JWT": "ey.x", "SCENARIO_API_KEY": "k", "SCENARIO_API_SECRET": "s"}).secrets == KEY_PAIR


def test_folders_are_named_by_their_whole_paths(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "art").mkdir()
    monkeypatch.setenv("HOME", str(tmp_path))
    expected = ("--catalogue", str(tmp_path / "art"), "--catalogue", str(tmp_path))
    assert _local({}, folders=("art", "~")).launch.arguments[-4:] == expected
    assert _local({"SCENARIO_MCP_CATALOGUE": "art"}).launch.arguments[-2:] == expected[:2]


def test_the_sandbox_of_the_environment_counts_too() -> None:
    assert _local({"SCENARIO_MCP_SANDBOX": "1"}).launch.arguments[-1] == "--sandbox"


def test_a_server_over_http_is_an_address_and_the_name_of_a_variable() -> None:
    server = make_server("scenario", {}, url="http://localhost:8000/mcp", token="TEAM_TOKEN")
    assert server == RemoteServer("scenario", "http://localhost:8000/mcp", "TEAM_TOKEN")


def test_another_name_of_a_key_is_read_too() -> None:
    read = SecretReader({"SCENARIO_API_KEY": "key_x"}, None)
    assert read("SCENARIO_SDK_API_KEY") == "key_x"


@pytest.mark.parametrize("value", ["${KEY}", "your-api-key", "<key>", "%KEY%", "xxxx", "$KEY", "changeme", "..."])
def test_a_placeholder_is_no_secret(value: str) -> None:
    with pytest.raises(SettingsRefused, match=r"TOKEN holds a placeholder\. Give the value itself\."):
        SecretReader({"TOKEN": value}, None)("TOKEN")


def test_an_answer_that_no_header_can_hold_is_refused() -> None:
    with pytest.raises(SettingsRefused, match="API key of your Scenario project: it holds white space"):
        SecretReader({}, lambda _: "two words")("SCENARIO_SDK_API_KEY")
    with pytest.raises(SettingsRefused, match="SCENARIO_SDK_API_KEY is not set"):
        SecretReader({}, lambda _: " ")("SCENARIO_SDK_API_KEY")
