"""The start: `scenario-mcp` and `python -m scenario_mcp`."""

import sys

from scenario_mcp.cli import run


def main() -> int:
    """Run the command line; return its exit code."""
    return run(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
