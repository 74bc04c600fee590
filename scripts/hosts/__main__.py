"""Write the table of hosts into docs/hosts.md: `python -m scripts.hosts`.

Each row is an entry of `scenario_mcp/hosts/table.py`. A test compares them.
"""

import re
from pathlib import Path

from scenario_mcp.hosts.host import Host
from scenario_mcp.hosts.table import HOSTS

PAGE = Path(__file__).resolve().parents[2] / "docs" / "hosts.md"
TABLE = re.compile(r"(?s)(?<=<!-- hosts: begin -->\n).*?(?=<!-- hosts: end -->)")
_NAMES = {
    "{home}": "~",
    "{config}": "CONFIG",
    "{support}": "SUPPORT",
    "{local}": "%LOCALAPPDATA%",
}


def table() -> str:
    """Return the table, in Markdown."""
    rows = [
        f"| `{host.name}` | {host.title} | {_files(host)} | {_listed(host.project_files)} | {_keys(host)} "
        f"| {'yes' if host.remote else f'no. {host.no_remote}'} | {host.source} |\n"
        for host in HOSTS
    ]
    titles = ("HOST", "Program", "Your file", "A project's file", "API keys", "`--http`", "Source")
    return f"| {' | '.join(titles)} |\n{'|---' * len(titles)}|\n" + "".join(rows)


def _files(host: Host) -> str:
    if not host.files:
        return "none: `--print` shows what to paste"
    moved = [f"; moved by `{name}`" for name in host.moved_by]
    on_windows = f"; Windows: {_listed(host.windows_files)}" if host.windows_files else ""
    both = "; each that exists" if host.writes_all and not host.windows_files else ""
    return (
        _listed(host.files)
        + both
        + on_windows
        + (", each that exists" if on_windows and host.writes_all else "")
        + "".join(moved)
    )


def _listed(patterns: tuple[str, ...]) -> str:
    return ", ".join(f"`{_shown(pattern)}`" for pattern in patterns) or "none"


def _shown(pattern: str) -> str:
    for variable, name in _NAMES.items():
        pattern = pattern.replace(variable, name)
    return pattern.replace("//", "/")


def _keys(host: Host) -> str:
    if host.asks_for_secrets:
        return "asked for by the host"
    name = host.reference or host.key_of_names
    return f"`{name}`" if name else "in the file"


def main() -> None:
    """Put the table where the old one stands."""
    text = PAGE.read_text("utf-8")
    PAGE.write_text(TABLE.sub(lambda _: table(), text), "utf-8")


if __name__ == "__main__":
    main()
