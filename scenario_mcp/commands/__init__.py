"""Commands of the command line, one module each: options, and what it runs. Only the one that is typed is loaded."""

import argparse


def add_catalogue_options(parser: argparse.ArgumentParser, *, sandbox: str = "", catalogue: str) -> None:
    """Add `--sandbox` and `--catalogue` behind a command, each with its help; without help there is no `--sandbox`.

    What stood before the command stays: `folders` holds only what stands behind it.
    """
    if sandbox:
        parser.add_argument("--sandbox", action="store_true", default=argparse.SUPPRESS, help=sandbox)
    parser.add_argument("--catalogue", dest="folders", action="append", metavar="DIR", default=[], help=catalogue)
