"""What this server costs beside others, all in one run.

    python -m benchmarks.compare [--rows ours mcpserver ...] [--rounds 9] [--calls 500] [--json FILE] [--page]

Every server passes the same search through to the same upstream, a process that answers with one canned page of 20
hits; every search is another one. Rounds alternate between the rows, so that the machine's other load falls on all
alike: read the ratios. FastMCP and the TypeScript SDK are installed into the user's cache once.
"""

import argparse
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import platformdirs

from benchmarks import page
from benchmarks.compare import table
from benchmarks.compare.measurement import Counts, measure
from benchmarks.compare.rows import NAMES, ROWS, before
from benchmarks.upstream import reply_of_the_api, upstream


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure what was asked for, and print the tables."""
    options = _parser().parse_args(arguments)
    if options.read:
        found, run = table.from_json(options.read.read_text("utf-8"))
    else:
        rows = [row for row in ROWS if row.name in options.rows]
        if options.before:
            rows.insert(0, before(options.before))
        counts = Counts(**{name: getattr(options, name) for name in Counts._fields})
        began = time.monotonic()

        def tell(what: str) -> None:
            sys.stderr.write(f"{time.monotonic() - began:5.0f} s  {what}\n")

        found, run = {}, table.this_run(counts)
        with upstream(reply_of_the_api()) as canned:
            for found in measure(rows, counts, canned, options.workdir, tell):
                if options.json:  # a run that is interrupted keeps its rounds
                    options.json.write_text(table.as_json(found, run), "utf-8")
    if options.page:
        page.write(table.MARK, table.as_markdown(found, run))
    print(table.as_markdown(found, run) if options.markdown else table.as_text(found), end="")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.compare",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--rows", nargs="+", choices=NAMES, default=NAMES, metavar="ROW", help=", ".join(NAMES))
    parser.add_argument("--before", metavar="COMMIT", help="a row more: this server as it was at a commit")
    parser.add_argument("--rounds", type=int, default=9, help="over stdio: a start and calls each (default 9)")
    parser.add_argument("--starts", type=int, default=10, help="further starts (default 10)")
    parser.add_argument("--calls", type=int, default=500, help="a round, after as many to warm up (default 500)")
    parser.add_argument("--http-rounds", type=int, default=5, help="over HTTP (default 5)")
    parser.add_argument("--http-calls", type=int, default=1500, help="a round, after as many (default 1500)")
    parser.add_argument("--protocol", default="2025-11-25", help="revision of MCP over HTTP (default %(default)s)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every value of every round")
    parser.add_argument("--read", type=Path, metavar="FILE", help="show such a file in place of measuring")
    parser.add_argument("--markdown", action="store_true", help="print Markdown")
    parser.add_argument("--page", action="store_true", help="put the tables into docs/performance.md")
    parser.add_argument(
        "--workdir",
        type=Path,
        metavar="DIR",
        default=platformdirs.user_cache_path("scenario-mcp") / "compare",
        help="where other servers are installed (default: %(default)s)",
    )
    return parser


if __name__ == "__main__":
    main()
