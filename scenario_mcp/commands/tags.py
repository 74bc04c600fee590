"""`tags`: the tags of the project, in the terminal."""

import argparse
from collections.abc import Mapping

from scenario_mcp.terminal import label_options


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    label_options.add_options(parser)


def run(options: argparse.Namespace, environ: Mapping[str, str]) -> int:
    """List the tags; return the exit code."""
    return label_options.run("tags", options, environ)
