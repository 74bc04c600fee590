"""This server put into the files of hosts, and taken out of them."""

from pathlib import Path
from typing import Any

from scenario_mcp.hosts.entry import LocalServer, RemoteServer, make_entry
from scenario_mcp.hosts.host import Host
from scenario_mcp.hosts.installation import Installation
from scenario_mcp.hosts.launch import Launch
from scenario_mcp.hosts.secrets import KEY_PAIR

SANDBOX = LocalServer("scenario", Launch("/opt/art tools/scenario-mcp", ("--sandbox",)), {}, ())
LIVE = LocalServer("scenario", Launch("/opt/art tools/scenario-mcp"), {"SCENARIO_PROJECT_ID": "proj_1"}, KEY_PAIR)
REMOTE = RemoteServer("scenario", "https://mcp.example.com/mcp", "TEAM_TOKEN")


def value_of(name: str) -> str:
    return f"value-of-{name}"


def put(path: Path, host: Host, server: LocalServer | RemoteServer = SANDBOX, **options: Any) -> str:
    return Installation(path, host, server.name).install(make_entry(host, server, value_of), **options).what


def names_in(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.iterdir())


def taken_out(path: Path, host: Host) -> str:
    return Installation(path, host, "scenario").remove().what
