"""The command that puts this server into each host, and links that add it with a click."""

from urllib.parse import quote

from scenario_mcp.hosts.entry import LocalServer, make_entry
from scenario_mcp.hosts.host import Host
from scenario_mcp.hosts.launch import Launch
from scenario_mcp.hosts.links import install_link
from scenario_mcp.hosts.table import BY_NAME, HOSTS
from scripts.pages.markdown import code, table

LINKED = ("cursor", "vscode", "lm-studio")
_ON_THE_WEB = {
    "cursor://anysphere.cursor-deeplink/mcp/install?": "https://cursor.com/en/install-mcp?",
    "vscode:": "https://insiders.vscode.dev/redirect?url=vscode%3A",
}
"""Pages of the hosts that lead on to a link of their own: forges take no other links than those of the web."""


def commands() -> str:
    """Return a table of one line a host: its command, and how to see the server at work."""
    return table(("Host", "Command", "Then"), ((host.title, code(_command(host)), host.see) for host in HOSTS))


def links() -> str:
    """Return a line of links that add the server with the samples, as a command on the PATH."""
    return " · ".join(f"[{BY_NAME[name].title}]({web_link(BY_NAME[name])})" for name in LINKED) + "\n"


def web_link(host: Host) -> str:
    """Return the address that adds the server to a host."""
    server = LocalServer("scenario-sandbox", Launch("scenario-mcp", ("--sandbox",)), {}, ())
    link = install_link(host, server, make_entry(host, server, str))
    for scheme, page in _ON_THE_WEB.items():
        if link.startswith(scheme):
            rest = link.removeprefix(scheme)
            return page + (quote(rest, safe="") if page.endswith("%3A") else rest)
    return link


def _command(host: Host) -> str:
    by_hand = "" if host.files else " --print"
    return f"scenario-mcp install {host.name}{by_hand}"
