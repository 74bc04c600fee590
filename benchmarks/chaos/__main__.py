"""Runs seeds, and prints what each has shown; the exit code is 1 if anything was wrong."""

import argparse
import sys
from pathlib import Path

import benchmarks.chaos
from benchmarks.chaos.plan import make_plan
from benchmarks.chaos.programs import LIBFAKETIME
from benchmarks.chaos.run import run

SHOWN_FINDINGS = 20


def main() -> int:
    """Run what was asked for; return the exit code."""
    parser = argparse.ArgumentParser(
        "python -m benchmarks.chaos",
        description=benchmarks.chaos.__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--seed", type=int, nargs="+", default=[1], metavar="N", help="run these, one after the other")
    parser.add_argument("--calls", type=int, default=20_000, metavar="N")
    parser.add_argument("--connections", type=int, default=32, metavar="N")
    parser.add_argument("--folder", type=Path, help="a folder in which the logs of each seed are kept")
    parser.add_argument("--plan", action="store_true", help="print the disturbances, and run nothing")
    options = parser.parse_args()
    if LIBFAKETIME is None:
        print("libfaketime is not installed (Debian: apt-get install libfaketime): the clocks are left alone")
    found = 0
    for seed in options.seed:
        plan = make_plan(seed, options.calls)
        print(f"seed {seed}, {len(plan.calls):,} calls, {len(plan.steps)} steps, digest {plan.digest}", flush=True)
        if options.plan:
            print("\n".join(f"  {step.at:>6} {step.action} {step.target} {step.argument}" for step in plan.steps))
            continue
        folder = options.folder and options.folder / f"seed-{seed}"
        if folder:
            folder.mkdir(parents=True)
        report = run(plan, connections=options.connections, folder=folder)
        found += len(report.findings)
        outcomes = ", ".join(f"{count:,} {name}" for name, count in sorted(report.outcomes.items()))
        grown = ", ".join(f"{each / 1e6:+.1f}" for each in report.grown.values())
        print(
            f"  {report.seconds:.0f} s; {outcomes}; calm again in {report.settled_seconds:.1f} s; "
            f"memory {grown} MB; {len(report.findings)} wrong",
            *report.findings[:SHOWN_FINDINGS],
            sep="\n    ",
            flush=True,
        )
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
