"""A whole examination of somebody who has secrets everywhere shows none of them."""

import io
import sys
from pathlib import Path

import pytest

from scenario_mcp import cli
from scenario_mcp.commands import doctor
from tests.support.doctor import configure, program

SECRETS = {
    "key": "api_4kQ7key-of-mine",
    "secret": "9fT2vXsecret-of-mine",
    "host key": "api_8mW2key-of-a-host",
    "host secret": "3hZ9secret-of-a-host",
    "argument": "7bN5secret-in-arguments",
    "header": "eyJhbGciOi.header-token.abc",
    "proxy": "p4ssword-of-proxy",
    "broken file": "5xC1secret-in-a-broken-file",
    "other server": "2vB8secret-of-another-server",
    "database": "6nM3password-of-redis",
}


@pytest.mark.promise(number=23)
@pytest.mark.parametrize("options", [(), ("--json",)])
def test_no_secret_is_shown_wherever_it_stands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, options: tuple[str, ...]
) -> None:
    said = f"echo 'scenario-mcp: X is not {SECRETS['host key']} {SECRETS['argument']}. Mend it.' >&2; exit 2"
    own = str(program(tmp_path, said))
    configure(
        tmp_path,
        ".config/Claude/claude_desktop_config.json",
        {
            "command": "env",
            "args": [f"SCENARIO_SDK_JWT={SECRETS['argument']}", own, "--header", f"X-Token: {SECRETS['header']}"],
            "env": {
                "SCENARIO_SDK_API_KEY": SECRETS["host key"],
                "SCENARIO_SDK_API_SECRET": SECRETS["host secret"],
                "SCENARIO_MCP_TIMEOUT_SECONDS": SECRETS["host secret"],
            },
        },
    )
    configure(
        tmp_path,
        ".junie/mcp/mcp.json",
        {"command": "npx", "args": ["mcp-remote", "--header", SECRETS["other server"]]},
    )
    broken = f'{{"mcpServers": {{"scenario-mcp": {{"env": {{"KEY": "{SECRETS["broken file"]}" oops'
    for file in (".cursor/mcp.json", ".codex/config.toml", ".config/goose/config.yaml", ".gemini/settings.json"):
        path = tmp_path / file
        path.parent.mkdir(parents=True)
        path.write_text(broken)
    environ = {
        "HOME": str(tmp_path),
        "PATH": "/usr/bin:/bin",
        "SCENARIO_SDK_API_KEY": SECRETS["key"],
        "SCENARIO_SDK_API_SECRET": f"{SECRETS['secret']}\n",
        "SCENARIO_MCP_TIMEOUT_SECONDS": SECRETS["secret"],
        "SCENARIO_MCP_LOG_LEVEL": SECRETS["key"],
        "SCENARIO_BASE_URL": "http://127.0.0.1:9/v1",
        "SCENARIO_MCP_REDIS_URL": f"redis://:{SECRETS['database']}@127.0.0.1:9",
    }
    monkeypatch.setenv("HTTPS_PROXY", f"http://ann:{SECRETS['proxy']}@127.0.0.1:9")
    monkeypatch.chdir(tmp_path)
    output = type("Stream", (io.StringIO,), {"encoding": "utf-8"})()
    monkeypatch.setattr(sys, "stdout", output)
    read = cli.make_parser(["doctor"]).parse_args(["doctor", *options])
    assert doctor.run(read, environ | {"HTTPS_PROXY": f"http://ann:{SECRETS['proxy']}@127.0.0.1:9"}) == 1
    shown = output.getvalue()
    assert [name for name, secret in SECRETS.items() if secret in shown] == []
    assert "it ends at once: X is not [secret removed] [secret removed]" in shown
