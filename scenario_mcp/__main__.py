"""The start: `scenario-mcp` and `python -m scenario_mcp`."""

import os
import signal
import sys


def main() -> int:
    """Run the command line; return its exit code."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _leave)
    # Imported here: half of the start is imports, and whoever interrupts them should see no traceback.
    from scenario_mcp.cli import run

    code = run(sys.argv[1:])
    signal.signal(signal.SIGINT, lambda *_: os._exit(code))  # while Python itself ends
    return code


def _leave(*_: object) -> None:
    """End at once; nothing has begun that needs to be ended."""
    os._exit(0)


if __name__ == "__main__":
    sys.exit(main())
