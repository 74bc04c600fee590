"""The command that puts this server into each host, and a button where the host has one."""

from scenario_mcp.hosts.host import Host
from scenario_mcp.hosts.table import HOSTS
from scripts.pages.markdown import code, table


def commands() -> str:
    """Return a table of one line a host: its command, and how to see the server at work."""
    return table(("Host", "Command", "Then"), ((host.title, code(_command(host)), host.see) for host in HOSTS))


def _command(host: Host) -> str:
    by_hand = "" if host.files else " --print"
    return f"scenario-mcp install {host.name}{by_hand}"
