"""What a person reads who starts the server by hand, in a terminal, where no host talks to it."""

import select
import sys

from scenario_mcp import __version__

WAITING = "scenario-mcp: MCP server on stdio, waiting for a client. Ctrl-C ends it. For people: scenario-mcp demo\n"
FIRST_MESSAGE_SECONDS = 0.5
"""How long a host that talks through a pseudo-terminal may take for its first message; nobody types a line faster."""
STEPS = {
    "demo": "see it search the samples; no account needed",
    "search knight --sandbox": "search in this terminal",
    "install claude-desktop": "put it into a host; docs/hosts.md lists them",
    "doctor": "find out what does not work, and why",
    "--help": "all commands and options",
    "--stdio": "serve MCP in this terminal all the same",
}
"""What to type next, behind the name of the program, and what it does."""
_MAX_COLUMNS = 100


def introduce(program: str) -> str:
    """Say what this program is and what to type next; `program` is how it is called here."""
    lines = {f"  {program} {step}": meaning for step, meaning in STEPS.items()}
    width = max(map(len, lines))
    is_wide = any(width + 2 + len(meaning) > _MAX_COLUMNS for meaning in lines.values())
    return "\n".join(
        [
            f"scenario-mcp {__version__} is an MCP server that searches Scenario's assets and models.",
            "A host such as Claude Desktop starts it. In a terminal, type one of:",
            *(f"{line}\n      {each}" if is_wide else f"{line:{width}}  {each}" for line, each in lines.items()),
            "",
        ]
    )


def is_message_coming() -> bool:
    """Whether standard input, which is a terminal, brings something at once, as a host does."""
    if sys.platform == "win32":
        return False  # its terminals cannot be asked
    return bool(select.select([sys.stdin], [], [], FIRST_MESSAGE_SECONDS)[0])
