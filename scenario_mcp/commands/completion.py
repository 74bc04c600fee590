"""`completion`: a script that completes commands, options and values in a shell."""

import argparse
import sys
from collections.abc import Mapping
from pathlib import PurePath

from scenario_mcp.errors import SettingsRefused

SHELLS = ("bash", "zsh", "fish", "powershell")
_HOW_TO = """\
To switch it on:
  bash        eval "$(scenario-mcp completion bash)"     in ~/.bashrc
  zsh         eval "$(scenario-mcp completion zsh)"      in ~/.zshrc, after compinit
  fish        scenario-mcp completion fish > ~/.config/fish/completions/scenario-mcp.fish
  PowerShell  scenario-mcp completion powershell | Out-String | Invoke-Expression     in $PROFILE
The script is made once: completing starts no Python. After an update a new shell has the new options.
"""


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = _HOW_TO
    parser.add_argument("shell", nargs="?", choices=SHELLS, help="the shell (default: that of $SHELL)")


def run(options: argparse.Namespace, environ: Mapping[str, str]) -> int:
    """Print the script; return the exit code."""
    shell = options.shell or PurePath(environ.get("SHELL", "")).name
    if shell not in SHELLS:
        raise SettingsRefused(f"Which shell? Name one of {', '.join(SHELLS)}, such as: scenario-mcp completion bash")
    from scenario_mcp.hosts.table import BY_NAME
    from scenario_mcp.terminal.completion import completion_script

    sys.stdout.write(completion_script(options.make_parser(), shell, tuple(BY_NAME)))
    return 0
